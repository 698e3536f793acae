"""Decisions, the steps after them and the independent contact in Welsh beside English."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

COLUMNS = {
    'decision': {
        'reasons_cy': sa.Text(),
        'conditions_cy': sa.Text(),
        'dissent_cy': sa.Text(),
        'next_steps_cy': sa.Text(),
        'without_equality_cy': sa.Text(),
    },
    'proposal': {'scrutineer_contact_cy': sa.Text()},
    'implementation_step': {'title_cy': sa.String(length=200), 'note_cy': sa.Text()},
}


def upgrade() -> None:
    """Forward only."""
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, kind in columns.items():
                batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=''))
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, kind in columns.items():
                batch_op.alter_column(name, existing_type=kind, server_default=None)

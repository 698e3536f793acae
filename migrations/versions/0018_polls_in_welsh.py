"""Polls and constituencies in Welsh beside English."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

COLUMNS = {
    'poll': {'title_cy': sa.String(length=200), 'introduction_cy': sa.Text()},
    'question': {'text_cy': sa.String(length=500)},
    'option': {
        'text_cy': sa.String(length=200),
        'description_cy': sa.Text(),
        'benefits_cy': sa.Text(),
        'drawbacks_cy': sa.Text(),
        'source_cy': sa.Text(),
    },
    'constituency': {'name_cy': sa.String(length=100)},
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

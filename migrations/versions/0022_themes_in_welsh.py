"""Themes, their answers and later news in Welsh beside English."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

COLUMNS = {
    'theme': {
        'name_cy': sa.String(length=120),
        'summary_cy': sa.Text(),
        'response_cy': sa.Text(),
    },
    'theme_update': {'text_cy': sa.Text()},
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

"""The reasons that the public reads, and how to reach an issuer, in Welsh beside English."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

COLUMNS = {
    'document': {'withdrawn_because_cy': sa.Text()},
    'poll': {
        'all_needed_reason_cy': sa.Text(),
        'issuer_contact_cy': sa.String(length=300),
        'hold_reason_cy': sa.Text(),
    },
    'consultation': {'hold_reason_cy': sa.Text(), 'dates_reason_cy': sa.Text()},
    'redaction': {'reason_cy': sa.String(length=200)},
    'dispute': {'reason_cy': sa.Text()},
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

"""Why a question that was shown is withdrawn, for the public, in English and in Welsh."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

COLUMNS = ('withdrawn_because', 'withdrawn_because_cy')


def upgrade() -> None:
    """Forward only."""
    with op.batch_alter_table('enquiry', schema=None) as batch_op:
        for name in COLUMNS:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('enquiry', schema=None) as batch_op:
        for name in COLUMNS:
            batch_op.alter_column(name, existing_type=sa.Text(), server_default=None)

"""How long ballots are kept, legal hold, and when they were destroyed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    with op.batch_alter_table('poll', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kept_months', sa.Integer(), nullable=False, server_default='12'))
        batch_op.add_column(sa.Column('hold_reason', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('purged_at', sa.DateTime(), nullable=True))
    with op.batch_alter_table('poll', schema=None) as batch_op:
        batch_op.alter_column('kept_months', existing_type=sa.Integer(), server_default=None)
        batch_op.alter_column('hold_reason', existing_type=sa.Text(), server_default=None)

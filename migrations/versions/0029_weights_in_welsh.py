"""The reason of an elector's weight in Welsh."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    with op.batch_alter_table('elector', schema=None) as batch_op:
        batch_op.add_column(sa.Column('weight_reason_cy', sa.String(length=500), nullable=False, server_default=''))
    with op.batch_alter_table('elector', schema=None) as batch_op:
        batch_op.alter_column('weight_reason_cy', existing_type=sa.String(length=500), server_default=None)

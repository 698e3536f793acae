"""Reminders that an elector has stopped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    with op.batch_alter_table('elector', schema=None) as batch_op:
        batch_op.add_column(sa.Column('wants_reminders', sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table('elector', schema=None) as batch_op:
        batch_op.alter_column('wants_reminders', existing_type=sa.Boolean(), server_default=None)

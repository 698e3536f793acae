"""Which constituency another one was joined to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    with op.batch_alter_table('constituency', schema=None) as batch_op:
        batch_op.add_column(sa.Column('joined_to_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_constituency_joined_to_id_constituency'),
            'constituency',
            ['joined_to_id'],
            ['id'],
        )

"""What the columns of an uploaded roll are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    op.add_column('roll_import', sa.Column('layout', sa.Text(), nullable=False, server_default=''))

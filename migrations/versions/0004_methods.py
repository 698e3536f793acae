"""How each question is answered and counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    with op.batch_alter_table('question') as table:
        table.add_column(sa.Column('method_json', sa.Text(), server_default='{}', nullable=False))

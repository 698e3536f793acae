"""The report of a consultation as a PDF in Welsh beside the English one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    with op.batch_alter_table('consultation_report', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pdf_cy', sa.LargeBinary(), nullable=True))
        batch_op.add_column(
            sa.Column('sha256_cy', sa.String(length=64), nullable=False, server_default='')
        )
    with op.batch_alter_table('consultation_report', schema=None) as batch_op:
        batch_op.alter_column(
            'sha256_cy', existing_type=sa.String(length=64), server_default=None
        )

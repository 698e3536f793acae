"""Texts as they were published, under the hash that the public trail tells of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    op.create_table('record_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_record_text_proposal_id_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_text')),
    sa.UniqueConstraint('proposal_id', 'sha256', name=op.f('uq_record_text_proposal_id_sha256'))
    )

"""Equality monitoring: counts of answers, without a key to anyone and without a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    op.create_table('equality_count',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(length=40), nullable=False),
    sa.Column('answer', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_equality_count_consultation_id_consultation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_equality_count')),
    sa.UniqueConstraint('consultation_id', 'question', 'answer', name=op.f('uq_equality_count_consultation_id_question_answer'))
    )

"""Counts of equality monitoring without a number of their own: in the order of their words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

COLUMNS = ('consultation_id', 'question', 'answer', 'number')


def upgrade() -> None:
    """Forward only. The table is made anew, so that nothing of the order of its rows remains."""
    old = sa.table('equality_count', *(sa.column(name) for name in COLUMNS))
    chosen = sa.select(*(old.c[name] for name in COLUMNS))
    rows = op.get_bind().execute(chosen.order_by(*(old.c[name] for name in COLUMNS[:3]))).mappings().all()
    op.drop_table('equality_count')
    op.create_table('equality_count',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(length=40), nullable=False),
    sa.Column('answer', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_equality_count_consultation_id_consultation')),
    sa.PrimaryKeyConstraint('consultation_id', 'question', 'answer', name=op.f('pk_equality_count')),
    sqlite_with_rowid=False
    )
    if rows:
        op.bulk_insert(old, [dict(row) for row in rows])

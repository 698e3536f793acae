"""From which constituency a question was asked, so that it is told by the name it has now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only. A question whose constituency has another name by now keeps the old one."""
    with op.batch_alter_table('enquiry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('constituency_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_enquiry_constituency_id'), ['constituency_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_enquiry_constituency_id_constituency'), 'constituency', ['constituency_id'], ['id'])
    enquiry = sa.table('enquiry', *map(sa.column, ('proposal_id', 'asker', 'constituency_id')))
    constituency = sa.table('constituency', *map(sa.column, ('id', 'proposal_id', 'name')))
    of_that_name = sa.select(sa.func.min(constituency.c.id)).where(
        constituency.c.proposal_id == enquiry.c.proposal_id, constituency.c.name == enquiry.c.asker
    )
    op.execute(sa.update(enquiry).values(constituency_id=of_that_name.scalar_subquery()))

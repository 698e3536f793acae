"""Who replaced a respondent's link, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    op.create_table('respondent_link_replacement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('asked_for', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_respondent_link_replacement_account_id_account')),
    sa.ForeignKeyConstraint(['participant_id'], ['participant.id'], name=op.f('fk_respondent_link_replacement_participant_id_participant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_respondent_link_replacement'))
    )
    with op.batch_alter_table('respondent_link_replacement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_respondent_link_replacement_participant_id'), ['participant_id'], unique=False)

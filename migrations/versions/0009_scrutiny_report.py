"""Scrutineers' signed reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    op.create_table('scrutiny_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('election_id', sa.Integer(), nullable=False),
    sa.Column('scrutineer_id', sa.Integer(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('signed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['election_id'], ['election.id'], name=op.f('fk_scrutiny_report_election_id_election')),
    sa.ForeignKeyConstraint(['scrutineer_id'], ['scrutineer.id'], name=op.f('fk_scrutiny_report_scrutineer_id_scrutineer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scrutiny_report')),
    sa.UniqueConstraint('election_id', 'scrutineer_id', name=op.f('uq_scrutiny_report_election_id_scrutineer_id'))
    )
    with op.batch_alter_table('scrutiny_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scrutiny_report_scrutineer_id'), ['scrutineer_id'], unique=False)

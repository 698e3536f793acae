"""Voting codes made by an independent issuer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    with op.batch_alter_table('poll', schema=None) as batch_op:
        batch_op.add_column(sa.Column('issuer', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('issuer_contact', sa.String(length=300), nullable=False, server_default=''))
    with op.batch_alter_table('poll', schema=None) as batch_op:
        batch_op.alter_column('issuer', existing_type=sa.String(length=200), server_default=None)
        batch_op.alter_column('issuer_contact', existing_type=sa.String(length=300), server_default=None)

    op.create_table('issue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('constituency_id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=40), nullable=False),
    sa.Column('group', sa.String(length=40), nullable=False),
    sa.Column('roll_sha256', sa.String(length=64), nullable=False),
    sa.Column('electors', sa.Integer(), nullable=False),
    sa.Column('total_weight', sa.Integer(), nullable=False),
    sa.Column('begun_at', sa.DateTime(), nullable=False),
    sa.Column('received_at', sa.DateTime(), nullable=True),
    sa.Column('public_list', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['constituency_id'], ['constituency.id'], name=op.f('fk_issue_constituency_id_constituency')),
    sa.ForeignKeyConstraint(['poll_id'], ['poll.id'], name=op.f('fk_issue_poll_id_poll')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue')),
    sa.UniqueConstraint('poll_id', 'constituency_id', name=op.f('uq_issue_poll_id_constituency_id')),
    sa.UniqueConstraint('uuid', name=op.f('uq_issue_uuid'))
    )

"""The checking period between close and count, and the problems that voters report in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only. Polls that are frozen already keep what they were frozen with: no period."""
    with op.batch_alter_table('poll', schema=None) as batch_op:
        batch_op.add_column(sa.Column('checking_hours', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('closed_at', sa.DateTime(), nullable=True))
    with op.batch_alter_table('poll', schema=None) as batch_op:
        batch_op.alter_column('checking_hours', existing_type=sa.Integer(), server_default=None)
    op.execute("UPDATE poll SET checking_hours = 24 WHERE state = 'draft'")

    op.create_table('dispute',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('constituency_id', sa.Integer(), nullable=True),
    sa.Column('reference', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('tracker', sa.String(length=25), nullable=False),
    sa.Column('finding', sa.String(length=10), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('contact', sa.String(length=254), nullable=False),
    sa.Column('raised_at', sa.DateTime(), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint("contact = '' OR finding IN ('', 'not-found')", name=op.f('ck_dispute_no_ballot_by_contact')),
    sa.ForeignKeyConstraint(['constituency_id'], ['constituency.id'], name=op.f('fk_dispute_constituency_id_constituency')),
    sa.ForeignKeyConstraint(['poll_id'], ['poll.id'], name=op.f('fk_dispute_poll_id_poll')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispute')),
    sa.UniqueConstraint('reference', name=op.f('uq_dispute_reference'))
    )
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dispute_poll_id'), ['poll_id'], unique=False)

"""Scrutineers who hold the keys of a poll together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    with op.batch_alter_table('poll') as table:
        table.add_column(sa.Column('key_holding', sa.String(length=20), server_default='simple', nullable=False))
        table.add_column(sa.Column('key_size', sa.Integer(), server_default='3', nullable=False))
        table.add_column(sa.Column('threshold', sa.Integer(), server_default='2', nullable=False))
        table.add_column(sa.Column('with_service_key', sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column('all_needed_reason', sa.Text(), server_default='', nullable=False))
        table.add_column(sa.Column('ceremony', sa.String(length=40), nullable=True))
    op.create_table('scrutineer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('email_key', sa.String(length=254), nullable=False),
    sa.Column('organisation', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('link_generation', sa.Integer(), nullable=False),
    sa.Column('certificate', sa.LargeBinary(), nullable=True),
    sa.Column('contribution', sa.LargeBinary(), nullable=True),
    sa.Column('output', sa.LargeBinary(), nullable=True),
    sa.Column('certified_at', sa.DateTime(), nullable=True),
    sa.Column('proved_at', sa.DateTime(), nullable=True),
    sa.Column('contributed_at', sa.DateTime(), nullable=True),
    sa.Column('finished_at', sa.DateTime(), nullable=True),
    sa.Column('approved_at', sa.DateTime(), nullable=True),
    sa.Column('lost_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['poll_id'], ['poll.id'], name=op.f('fk_scrutineer_poll_id_poll')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scrutineer')),
    sa.UniqueConstraint('poll_id', 'email_key', name=op.f('uq_scrutineer_poll_id_email_key')),
    sa.UniqueConstraint('poll_id', 'position', name=op.f('uq_scrutineer_poll_id_position'))
    )
    with op.batch_alter_table('letter') as table:
        table.add_column(sa.Column('scrutineer_id', sa.Integer(), nullable=True))
        table.create_foreign_key(op.f('fk_letter_scrutineer_id_scrutineer'), 'scrutineer', ['scrutineer_id'], ['id'])
        table.create_index(op.f('ix_letter_scrutineer_id'), ['scrutineer_id'])

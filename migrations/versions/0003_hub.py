"""hub"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""

    op.create_table('glossary_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('term', sa.String(length=200), nullable=False),
    sa.Column('meaning', sa.Text(), nullable=False),
    sa.Column('term_cy', sa.String(length=200), nullable=False),
    sa.Column('meaning_cy', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_glossary_entry_proposal_id_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_glossary_entry'))
    )
    with op.batch_alter_table('glossary_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_glossary_entry_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('hub',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('is_bilingual', sa.Boolean(), nullable=False),
    sa.Column('public_may_ask', sa.Boolean(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('who_decides', sa.Text(), nullable=False),
    sa.Column('title_cy', sa.String(length=200), nullable=False),
    sa.Column('summary_cy', sa.Text(), nullable=False),
    sa.Column('deciding_cy', sa.Text(), nullable=False),
    sa.Column('still_open_cy', sa.Text(), nullable=False),
    sa.Column('who_decides_cy', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_hub_proposal_id_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hub')),
    sa.UniqueConstraint('proposal_id', name=op.f('uq_hub_proposal_id'))
    )
    op.create_table('library_edit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('english', sa.Text(), nullable=False),
    sa.Column('welsh', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_library_edit_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_library_edit')),
    sa.UniqueConstraint('code', name=op.f('uq_library_edit_code'))
    )
    op.create_table('milestone',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('title_cy', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_milestone_proposal_id_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestone'))
    )
    with op.batch_alter_table('milestone', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_milestone_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('proposal_option',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(length=40), nullable=False),
    sa.Column('is_staying', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('owners', sa.Text(), nullable=False),
    sa.Column('assets', sa.Text(), nullable=False),
    sa.Column('benefits', sa.Text(), nullable=False),
    sa.Column('drawbacks', sa.Text(), nullable=False),
    sa.Column('cost', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('name_cy', sa.String(length=200), nullable=False),
    sa.Column('description_cy', sa.Text(), nullable=False),
    sa.Column('owners_cy', sa.Text(), nullable=False),
    sa.Column('assets_cy', sa.Text(), nullable=False),
    sa.Column('benefits_cy', sa.Text(), nullable=False),
    sa.Column('drawbacks_cy', sa.Text(), nullable=False),
    sa.Column('cost_cy', sa.Text(), nullable=False),
    sa.Column('source_cy', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_option_proposal_id_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_option')),
    sa.UniqueConstraint('proposal_id', 'position', name=op.f('uq_proposal_option_proposal_id_position'))
    )
    op.create_table('proposal_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_version_proposal_id_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_version')),
    sa.UniqueConstraint('proposal_id', 'number', name=op.f('uq_proposal_version_proposal_id_number'))
    )
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.alter_column('mf_recovery_codes',
               existing_type=sa.TEXT(),
               type_=sa.UnicodeText(),
               existing_nullable=True)

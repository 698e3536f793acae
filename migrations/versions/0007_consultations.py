"""Consultations, who is invited to them, and what is answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    op.create_table('consultation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('title_cy', sa.String(length=200), nullable=False),
    sa.Column('introduction', sa.Text(), nullable=False),
    sa.Column('introduction_cy', sa.Text(), nullable=False),
    sa.Column('privacy_notice', sa.Text(), nullable=False),
    sa.Column('privacy_notice_cy', sa.Text(), nullable=False),
    sa.Column('is_bilingual', sa.Boolean(), nullable=False),
    sa.Column('by_section', sa.Boolean(), nullable=False),
    sa.Column('asks_equality', sa.Boolean(), nullable=False),
    sa.Column('retention_months', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('tested_at', sa.DateTime(), nullable=True),
    sa.Column('closes_at', sa.DateTime(), nullable=True),
    sa.Column('dates_reason', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(), nullable=True),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('respond_by', sa.DateTime(), nullable=True),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('frozen_json', sa.Text(), nullable=True),
    sa.Column('frozen_hash', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_consultation_proposal_id_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation')),
    sa.UniqueConstraint('proposal_id', 'slug', name=op.f('uq_consultation_proposal_id_slug'))
    )
    op.create_table('consultation_audience',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('constituency_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['constituency_id'], ['constituency.id'], name=op.f('fk_consultation_audience_constituency_id_constituency')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_consultation_audience_consultation_id_consultation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation_audience')),
    sa.UniqueConstraint('consultation_id', 'constituency_id', name=op.f('uq_consultation_audience_consultation_id_constituency_id'))
    )
    with op.batch_alter_table('consultation_audience', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consultation_audience_constituency_id'), ['constituency_id'], unique=False)

    op.create_table('consultation_section',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('title_cy', sa.String(length=200), nullable=False),
    sa.Column('introduction', sa.Text(), nullable=False),
    sa.Column('introduction_cy', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_consultation_section_consultation_id_consultation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation_section'))
    )
    with op.batch_alter_table('consultation_section', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consultation_section_consultation_id_position'), ['consultation_id', 'position'], unique=False)

    op.create_table('consultation_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('section_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('text_cy', sa.String(length=500), nullable=False),
    sa.Column('help', sa.Text(), nullable=False),
    sa.Column('help_cy', sa.Text(), nullable=False),
    sa.Column('choices', sa.Text(), nullable=False),
    sa.Column('rows', sa.Text(), nullable=False),
    sa.Column('least', sa.Integer(), nullable=True),
    sa.Column('most', sa.Integer(), nullable=True),
    sa.Column('is_required', sa.Boolean(), nullable=False),
    sa.Column('is_personal', sa.Boolean(), nullable=False),
    sa.Column('show_if_id', sa.Integer(), nullable=True),
    sa.Column('show_if_option', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['section_id'], ['consultation_section.id'], name=op.f('fk_consultation_question_section_id_consultation_section')),
    sa.ForeignKeyConstraint(['show_if_id'], ['consultation_question.id'], name=op.f('fk_consultation_question_show_if_id_consultation_question')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation_question'))
    )
    with op.batch_alter_table('consultation_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consultation_question_section_id_position'), ['section_id', 'position'], unique=False)

    op.create_table('participant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('audience_id', sa.Integer(), nullable=False),
    sa.Column('elector_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('email_key', sa.String(length=254), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('link_generation', sa.Integer(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(), nullable=True),
    sa.Column('has_responded', sa.Boolean(), nullable=False),
    sa.Column('stops_reminders', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['audience_id'], ['consultation_audience.id'], name=op.f('fk_participant_audience_id_consultation_audience')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_participant_consultation_id_consultation')),
    sa.ForeignKeyConstraint(['elector_id'], ['elector.id'], name=op.f('fk_participant_elector_id_elector')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participant')),
    sa.UniqueConstraint('consultation_id', 'elector_id', name=op.f('uq_participant_consultation_id_elector_id')),
    sa.UniqueConstraint('consultation_id', 'email_key', name=op.f('uq_participant_consultation_id_email_key'))
    )
    with op.batch_alter_table('participant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_participant_audience_id'), ['audience_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_participant_elector_id'), ['elector_id'], unique=False)

    op.create_table('response',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('audience_id', sa.Integer(), nullable=False),
    sa.Column('handle', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('draft', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('is_counted', sa.Boolean(), nullable=False),
    sa.Column('is_organisation', sa.Boolean(), nullable=False),
    sa.Column('organisation', sa.String(length=200), nullable=False),
    sa.Column('may_publish', sa.Boolean(), nullable=False),
    sa.Column('seen', sa.Text(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(), nullable=True),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('checked_by_id', sa.Integer(), nullable=True),
    sa.Column('reference', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['audience_id'], ['consultation_audience.id'], name=op.f('fk_response_audience_id_consultation_audience')),
    sa.ForeignKeyConstraint(['checked_by_id'], ['account.id'], name=op.f('fk_response_checked_by_id_account')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_response_consultation_id_consultation')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['account.id'], name=op.f('fk_response_entered_by_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_response')),
    sa.UniqueConstraint('consultation_id', 'handle', name=op.f('uq_response_consultation_id_handle'))
    )
    with op.batch_alter_table('response', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_response_audience_id'), ['audience_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_response_consultation_id_is_counted_id'), ['consultation_id', 'is_counted', 'id'], unique=False)

    op.create_table('answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('response_id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('is_current', sa.Boolean(), nullable=False),
    sa.Column('is_declined', sa.Boolean(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['consultation_question.id'], name=op.f('fk_answer_question_id_consultation_question')),
    sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_answer_response_id_response')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer')),
    sa.UniqueConstraint('response_id', 'question_id', 'version', name=op.f('uq_answer_response_id_question_id_version'))
    )
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_question_id_is_current_id'), ['question_id', 'is_current', 'id'], unique=False)

    op.create_table('answer_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('response_id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['consultation_question.id'], name=op.f('fk_answer_file_question_id_consultation_question')),
    sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_answer_file_response_id_response')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_file'))
    )
    with op.batch_alter_table('answer_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_file_response_id'), ['response_id'], unique=False)

    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.add_column(sa.Column('participant_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('consultation_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_letter_consultation_id_kind_state'), ['consultation_id', 'kind', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_participant_id'), ['participant_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_letter_consultation_id_consultation'), 'consultation', ['consultation_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_letter_participant_id_participant'), 'participant', ['participant_id'], ['id'])

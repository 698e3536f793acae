"""Consultations: what is asked of whom. What people answer is in ``store/responses.py``."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from voting.domain.asking import Asked, Choice, Condition, Kind
from voting.store.database import Base
from voting.store.languages import InTwoLanguages
from voting.store.proposals import Constituency, Proposal


class Consultation(InTwoLanguages, Base):
    """Questions put to people about a proposal. States: draft, open, closed.

    Texts ending in ``_cy`` are Welsh and empty unless ``is_bilingual``. ``respond_by`` is set when
    it closes; ``answered_at`` when the response to it was published.
    """

    __tablename__ = "consultation"
    __table_args__ = (UniqueConstraint("proposal_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    slug: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    title: Mapped[str] = mapped_column(String(200))
    title_cy: Mapped[str] = mapped_column(String(200), default="")
    introduction: Mapped[str] = mapped_column(Text, default="")
    introduction_cy: Mapped[str] = mapped_column(Text, default="")
    privacy_notice: Mapped[str] = mapped_column(Text, default="")
    privacy_notice_cy: Mapped[str] = mapped_column(Text, default="")
    is_bilingual: Mapped[bool] = mapped_column(default=False)
    by_section: Mapped[bool] = mapped_column(default=False)  # a page holds a short section
    asks_equality: Mapped[bool] = mapped_column(default=True)
    retention_months: Mapped[int] = mapped_column(default=24)  # how long responses are kept
    hold_reason: Mapped[str] = mapped_column(Text, default="")  # legal hold: kept for longer
    hold_reason_cy: Mapped[str] = mapped_column(Text, default="")
    purged_at: Mapped[dt.datetime | None]  # the responses were destroyed
    created_at: Mapped[dt.datetime]
    tested_at: Mapped[dt.datetime | None]  # an organiser went through it as it stands
    closes_at: Mapped[dt.datetime | None]
    dates_reason: Mapped[str] = mapped_column(Text, default="")  # why shorter, or in a holiday
    dates_reason_cy: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    respond_by: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    frozen_json: Mapped[str | None] = mapped_column(Text)  # canonical: what was asked, as opened
    frozen_hash: Mapped[str | None] = mapped_column(String(64))

    proposal: Mapped[Proposal] = relationship()
    audiences: Mapped[list[Audience]] = relationship(
        order_by="Audience.id", back_populates="consultation", cascade="all, delete-orphan"
    )
    sections: Mapped[list[Section]] = relationship(
        order_by="Section.position", back_populates="consultation", cascade="all, delete-orphan"
    )

    @property
    def needs_welsh(self) -> bool:
        """Whether what is told of it is in both languages: it is, or the proposal is."""
        return self.is_bilingual or self.proposal.is_bilingual

    @property
    def questions(self) -> list[ConsultationQuestion]:
        """Every question in the order asked."""
        return [question for section in self.sections for question in section.questions]

    @property
    def places(self) -> dict[int, int]:
        """The place of each audience in their order, by its number."""
        return {audience.id: place for place, audience in enumerate(self.audiences)}


class Audience(Base):
    """Who is consulted: a constituency by personal link, or the public when there is none."""

    __tablename__ = "consultation_audience"
    __table_args__ = (UniqueConstraint("consultation_id", "constituency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    constituency_id: Mapped[int | None] = mapped_column(ForeignKey("constituency.id"), index=True)

    consultation: Mapped[Consultation] = relationship(back_populates="audiences")
    constituency: Mapped[Constituency | None] = relationship()

    @property
    def is_public(self) -> bool:
        """Whether anyone may answer who confirms a mail address."""
        return self.constituency_id is None

    @property
    def name(self) -> str:
        """The constituency's name, or "The public"."""
        return self.constituency.name if self.constituency else "The public"

    @property
    def name_cy(self) -> str:
        """The same in Welsh; empty where there is none."""
        return self.constituency.name_cy if self.constituency else "Y cyhoedd"


class Section(Base):
    """Some questions under one heading."""

    __tablename__ = "consultation_section"
    __table_args__ = (Index(None, "consultation_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    title_cy: Mapped[str] = mapped_column(String(200), default="")
    introduction: Mapped[str] = mapped_column(Text, default="")
    introduction_cy: Mapped[str] = mapped_column(Text, default="")

    consultation: Mapped[Consultation] = relationship(back_populates="sections")
    questions: Mapped[list[ConsultationQuestion]] = relationship(
        order_by="ConsultationQuestion.position",
        back_populates="section",
        cascade="all, delete-orphan",
    )


class ConsultationQuestion(Base):
    """One question. ``choices`` and ``rows`` are JSON: lists of ``[English, Welsh]``.

    ``show_if_id`` and ``show_if_option``: asked only of those who chose that option there.
    """

    __tablename__ = "consultation_question"
    __table_args__ = (Index(None, "section_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("consultation_section.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(500))
    text_cy: Mapped[str] = mapped_column(String(500), default="")
    help: Mapped[str] = mapped_column(Text, default="")
    help_cy: Mapped[str] = mapped_column(Text, default="")
    choices: Mapped[str] = mapped_column(Text, default="[]")
    rows: Mapped[str] = mapped_column(Text, default="[]")
    least: Mapped[int | None]
    most: Mapped[int | None]
    is_required: Mapped[bool] = mapped_column(default=False)
    is_personal: Mapped[bool] = mapped_column(default=False)  # offers "Prefer not to say"
    show_if_id: Mapped[int | None] = mapped_column(ForeignKey("consultation_question.id"))
    show_if_option: Mapped[int | None]

    section: Mapped[Section] = relationship(back_populates="questions")

    @property
    def asked(self) -> Asked:
        """The question as the house rules see it."""
        condition = None
        if self.show_if_id is not None and self.show_if_option is not None:
            condition = Condition(self.show_if_id, self.show_if_option)
        return Asked(
            id=self.id,
            kind=Kind(self.kind),
            text=Choice(self.text, self.text_cy),
            help=Choice(self.help, self.help_cy),
            choices=_read_choices(self.choices),
            rows=_read_choices(self.rows),
            least=self.least,
            most=self.most,
            is_required=self.is_required,
            is_personal=self.is_personal,
            condition=condition,
        )


def _read_choices(text: str) -> tuple[Choice, ...]:
    return tuple(Choice(english, welsh) for english, welsh in json.loads(text))


def write_choices(choices: tuple[Choice, ...]) -> str:
    """*choices* as the tables keep them."""
    return json.dumps([[each.en, each.cy] for each in choices], ensure_ascii=False)


def find_consultation(session: Session, proposal_id: int, slug: str) -> Consultation | None:
    """The consultation of a proposal with this slug."""
    return session.scalar(
        select(Consultation).where(
            Consultation.proposal_id == proposal_id, Consultation.slug == slug
        )
    )


def lock_consultation(session: Session, consultation_id: int) -> Consultation:
    """The consultation, its row locked until the transaction ends."""
    query = select(Consultation).where(Consultation.id == consultation_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def list_consultations(session: Session, proposal_id: int) -> list[Consultation]:
    """A proposal's consultations, oldest first."""
    return list(
        session.scalars(
            select(Consultation)
            .where(Consultation.proposal_id == proposal_id)
            .order_by(Consultation.id)
        )
    )


def list_unfinished(session: Session, proposal_id: int) -> list[str]:
    """The titles of a proposal's consultations that were opened and are not closed yet."""
    every = list_consultations(session, proposal_id)
    return [each.title for each in every if each.state == "open"]


def list_asking(session: Session, constituency_id: int) -> list[Consultation]:
    """The consultations that ask a constituency, in the order in which they were made."""
    return list(
        session.scalars(
            select(Consultation)
            .join(Audience, Audience.consultation_id == Consultation.id)
            .where(Audience.constituency_id == constituency_id)
            .order_by(Consultation.id)
        )
    )


def list_due_to_close(session: Session, now: dt.datetime) -> list[Consultation]:
    """Open consultations whose closing time has passed."""
    return list(
        session.scalars(
            select(Consultation)
            .where(Consultation.state == "open", Consultation.closes_at <= now)
            .order_by(Consultation.id)
        )
    )


def describe(consultation: Consultation) -> dict[str, Any]:
    """All that a consultation asks, as plain values: what is hashed when it opens."""
    return {
        "title": [consultation.title, consultation.title_cy],
        "introduction": [consultation.introduction, consultation.introduction_cy],
        "privacy_notice": [consultation.privacy_notice, consultation.privacy_notice_cy],
        "audiences": [audience.name for audience in consultation.audiences],
        "sections": [
            {
                "title": [section.title, section.title_cy],
                "introduction": [section.introduction, section.introduction_cy],
                "questions": [question.asked.to_json() for question in section.questions],
            }
            for section in consultation.sections
        ],
    }

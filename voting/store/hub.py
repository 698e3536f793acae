"""What a proposal tells the public: texts, options, glossary and dates, in numbered versions."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from voting.domain.governance import MODELS, GovernanceModel
from voting.store.database import Base


class Hub(Base):
    """What stands on a proposal's public page beside its own texts. ``_cy`` is Welsh."""

    __tablename__ = "hub"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    is_bilingual: Mapped[bool] = mapped_column(default=False)
    public_may_ask: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[str] = mapped_column(Text, default="")  # what is proposed
    who_decides: Mapped[str] = mapped_column(Text, default="")
    title_cy: Mapped[str] = mapped_column(String(200), default="")
    summary_cy: Mapped[str] = mapped_column(Text, default="")
    deciding_cy: Mapped[str] = mapped_column(Text, default="")
    still_open_cy: Mapped[str] = mapped_column(Text, default="")
    who_decides_cy: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[dt.datetime | None]


class ProposalOption(Base):
    """One of the options that are weighed, with its balanced background in both languages."""

    __tablename__ = "proposal_option"
    __table_args__ = (UniqueConstraint("proposal_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    position: Mapped[int]
    model: Mapped[str] = mapped_column(String(40), default="")  # code in the library it came from
    is_staying: Mapped[bool] = mapped_column(default=False)  # keeps things as they are (G1)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    owners: Mapped[str] = mapped_column(Text, default="")
    assets: Mapped[str] = mapped_column(Text, default="")
    benefits: Mapped[str] = mapped_column(Text, default="")
    drawbacks: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    name_cy: Mapped[str] = mapped_column(String(200), default="")
    description_cy: Mapped[str] = mapped_column(Text, default="")
    owners_cy: Mapped[str] = mapped_column(Text, default="")
    assets_cy: Mapped[str] = mapped_column(Text, default="")
    benefits_cy: Mapped[str] = mapped_column(Text, default="")
    drawbacks_cy: Mapped[str] = mapped_column(Text, default="")
    cost_cy: Mapped[str] = mapped_column(Text, default="")
    source_cy: Mapped[str] = mapped_column(Text, default="")


class GlossaryEntry(Base):
    """One word of the glossary and what it means here."""

    __tablename__ = "glossary_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    term: Mapped[str] = mapped_column(String(200))
    meaning: Mapped[str] = mapped_column(Text)
    term_cy: Mapped[str] = mapped_column(String(200), default="")
    meaning_cy: Mapped[str] = mapped_column(Text, default="")


class Milestone(Base):
    """A day of the timetable that no consultation, poll or decision stands for."""

    __tablename__ = "milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    on: Mapped[dt.date] = mapped_column("on_day")
    title: Mapped[str] = mapped_column(String(200))
    title_cy: Mapped[str] = mapped_column(String(200), default="")


class ProposalVersion(Base):
    """All that the public page said at one time, as canonical JSON; its hash is in the trail."""

    __tablename__ = "proposal_version"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]  # from 1
    at: Mapped[dt.datetime]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    hash: Mapped[str] = mapped_column(String(64))


class LibraryEdit(Base):
    """A model of the library whose built-in text an organiser replaced; JSON of its parts."""

    __tablename__ = "library_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    english: Mapped[str] = mapped_column(Text)
    welsh: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[dt.datetime]


def find_hub(session: Session, proposal_id: int) -> Hub | None:
    """The public texts of a proposal, or None when nothing was written yet."""
    return session.scalar(select(Hub).where(Hub.proposal_id == proposal_id))


def list_options(session: Session, proposal_id: int) -> list[ProposalOption]:
    """The options that are weighed, in their order."""
    return list(
        session.scalars(
            select(ProposalOption)
            .where(ProposalOption.proposal_id == proposal_id)
            .order_by(ProposalOption.position)
        )
    )


def list_terms(session: Session, proposal_id: int) -> list[GlossaryEntry]:
    """The glossary, by term."""
    terms = session.scalars(select(GlossaryEntry).where(GlossaryEntry.proposal_id == proposal_id))
    return sorted(terms, key=lambda entry: (entry.term.casefold(), entry.id))


def list_milestones(session: Session, proposal_id: int) -> list[Milestone]:
    """The days of the timetable, the first one first."""
    return list(
        session.scalars(
            select(Milestone)
            .where(Milestone.proposal_id == proposal_id)
            .order_by(Milestone.on, Milestone.id)
        )
    )


def list_versions(session: Session, proposal_id: int) -> list[ProposalVersion]:
    """Every version of the public page, oldest first; their contents are read when asked for."""
    return list(
        session.scalars(
            select(ProposalVersion)
            .where(ProposalVersion.proposal_id == proposal_id)
            .order_by(ProposalVersion.number)
        )
    )


def list_library_edits(session: Session) -> dict[str, LibraryEdit]:
    """The models whose built-in text was replaced, by code."""
    return {edit.code: edit for edit in session.scalars(select(LibraryEdit))}


def list_library(session: Session) -> list[GovernanceModel]:
    """The sixteen models as they read now, edits included."""
    edits = list_library_edits(session)
    return [
        GovernanceModel.parse(model.code, edits[model.code].english, edits[model.code].welsh)
        if model.code in edits
        else model
        for model in MODELS
    ]

"""What the commissioner decided on a proposal, on which evidence, and what came of it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

from voting.store.database import Base


class Decision(Base):
    """One decision with its reasons. ``content`` is what is hashed: canonical JSON of it all."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]  # from 1; another follows one that was put off, or newer evidence
    outcome: Mapped[str] = mapped_column(String(30))  # approved, with-conditions, refused, deferred
    reasons: Mapped[str] = mapped_column(Text)
    conditions: Mapped[str] = mapped_column(Text, default="")
    dissent: Mapped[str] = mapped_column(Text, default="")
    next_steps: Mapped[str] = mapped_column(Text)
    without_equality: Mapped[str] = mapped_column(Text, default="")
    # the same in Welsh, where the proposal is in both languages:
    reasons_cy: Mapped[str] = mapped_column(Text, default="")
    conditions_cy: Mapped[str] = mapped_column(Text, default="")
    dissent_cy: Mapped[str] = mapped_column(Text, default="")
    next_steps_cy: Mapped[str] = mapped_column(Text, default="")
    without_equality_cy: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(String(200))  # name and office, as published
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[dt.datetime]
    challenge_until: Mapped[dt.datetime]
    evidence_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    hash: Mapped[str] = mapped_column(String(64))

    steps: Mapped[list[ImplementationStep]] = relationship(order_by="ImplementationStep.id")


class ImplementationStep(Base):
    """One thing that was to be done after a decision, and how it stands."""

    __tablename__ = "implementation_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[dt.date | None]
    state: Mapped[str] = mapped_column(String(20), default="planned")  # under-way, done, dropped
    note: Mapped[str] = mapped_column(Text, default="")
    title_cy: Mapped[str] = mapped_column(String(200), default="")
    note_cy: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[dt.datetime]


def list_decisions(session: Session, proposal_id: int) -> list[Decision]:
    """The decisions on a proposal, the newest last."""
    return list(
        session.scalars(
            select(Decision).where(Decision.proposal_id == proposal_id).order_by(Decision.number)
        )
    )


def find_decision(session: Session, proposal_id: int) -> Decision | None:
    """The newest decision on a proposal."""
    return next(reversed(list_decisions(session, proposal_id)), None)

"""Problems that voters report before the count, and what was decided about each."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from voting.store.database import Base
from voting.store.polls import Poll
from voting.store.proposals import Constituency


class Dispute(Base):
    """One problem that a voter reported. No ballot that is in a box stands beside a contact."""

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint(
            "contact = '' OR finding IN ('', 'not-found')", name="no_ballot_by_contact"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), index=True)
    constituency_id: Mapped[int | None] = mapped_column(ForeignKey("constituency.id"))
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[str] = mapped_column(String(20))  # not-found, replaced, not-mine, other
    tracker: Mapped[str] = mapped_column(String(25), default="")  # digits, as typed
    finding: Mapped[str] = mapped_column(String(10), default="")  # in-box, replaced, not-found
    words: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(254), default="")
    raised_at: Mapped[dt.datetime]
    decision: Mapped[str] = mapped_column(
        String(10), default=""
    )  # "": undecided; founded, unfounded
    reason: Mapped[str] = mapped_column(Text, default="")  # public
    reason_cy: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[dt.datetime | None]

    poll: Mapped[Poll] = relationship()
    constituency: Mapped[Constituency | None] = relationship()

    def __repr__(self) -> str:
        return f"<Dispute {self.reference}>"


def list_disputes(session: Session, poll_id: int) -> list[Dispute]:
    """Everything that was reported in a poll, oldest first."""
    return list(
        session.scalars(select(Dispute).where(Dispute.poll_id == poll_id).order_by(Dispute.id))
    )


def find_dispute(session: Session, poll_id: int, reference: str) -> Dispute | None:
    """The report of this poll with this reference."""
    return session.scalar(
        select(Dispute).where(Dispute.poll_id == poll_id, Dispute.reference == reference)
    )


def count_undecided(session: Session, poll_id: int) -> int:
    """How many reports of a poll wait for a decision."""
    query = select(func.count()).select_from(Dispute)
    return session.scalar(query.where(Dispute.poll_id == poll_id, Dispute.decision == "")) or 0


def find_same(session: Session, dispute: Dispute) -> Dispute | None:
    """An undecided report that says exactly the same: the form was sent twice."""
    return session.scalar(
        select(Dispute).where(
            Dispute.poll_id == dispute.poll_id,
            Dispute.decision == "",
            Dispute.kind == dispute.kind,
            Dispute.tracker == dispute.tracker,
            Dispute.words == dispute.words,
            Dispute.contact == dispute.contact,
        )
    )

"""Scrutineers' signed reports on each election."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from voting.store.database import Base
from voting.store.polls import Election
from voting.store.proposals import Constituency
from voting.store.trustees import Scrutineer


class ScrutinyReport(Base):
    """What one scrutineer signed about one election; ``body`` is the text that is hashed."""

    __tablename__ = "scrutiny_report"
    __table_args__ = (UniqueConstraint("election_id", "scrutineer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"))
    scrutineer_id: Mapped[int] = mapped_column(ForeignKey("scrutineer.id"), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)  # canonical JSON
    hash: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[dt.datetime]

    election: Mapped[Election] = relationship()
    scrutineer: Mapped[Scrutineer] = relationship()


def find_report(session: Session, election_id: int, scrutineer_id: int) -> ScrutinyReport | None:
    """What this scrutineer signed about this election."""
    return session.scalar(
        select(ScrutinyReport).where(
            ScrutinyReport.election_id == election_id,
            ScrutinyReport.scrutineer_id == scrutineer_id,
        )
    )


def list_reports(session: Session, poll_id: int) -> list[ScrutinyReport]:
    """Every report on a poll, by election and in the order signed."""
    return list(
        session.scalars(
            select(ScrutinyReport)
            .join(Election)
            .where(Election.poll_id == poll_id)
            .order_by(ScrutinyReport.election_id, ScrutinyReport.id)
        )
    )


def list_unreported(session: Session, poll_id: int) -> list[str]:
    """The constituencies of a poll on whose election no scrutineer has signed a report."""
    reported = exists().where(ScrutinyReport.election_id == Election.id)
    return list(
        session.scalars(
            select(Constituency.name)
            .join(Election, Election.constituency_id == Constituency.id)
            .where(Election.poll_id == poll_id, ~reported)
            .order_by(Election.id)
        )
    )

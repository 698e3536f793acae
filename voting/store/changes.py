"""Notices of significant changes: what differs between two versions of a proposal, as sent."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from voting.store.database import Base


class ChangeNotice(Base):
    """One notice. ``content`` is what is hashed: canonical JSON of the words and the comparison."""

    __tablename__ = "change_notice"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]  # from 1
    from_version: Mapped[int]
    to_version: Mapped[int]
    explanation: Mapped[str] = mapped_column(Text)
    explanation_cy: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[dt.datetime]
    recipients: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    hash: Mapped[str] = mapped_column(String(64))


def list_notices(session: Session, proposal_id: int) -> list[ChangeNotice]:
    """The notices of a proposal, oldest first."""
    return list(
        session.scalars(
            select(ChangeNotice)
            .where(ChangeNotice.proposal_id == proposal_id)
            .order_by(ChangeNotice.number)
        )
    )


def find_notice(session: Session, proposal_id: int, number: int) -> ChangeNotice | None:
    """The notice of a proposal with this number."""
    return session.scalar(
        select(ChangeNotice).where(
            ChangeNotice.proposal_id == proposal_id, ChangeNotice.number == number
        )
    )

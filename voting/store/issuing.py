"""Codes that an independent issuer makes: what was asked for, and the public list that came."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

from voting.store.database import Base
from voting.store.proposals import Constituency


class Issue(Base):
    """The codes of one constituency in one poll. ``public_list`` is None until it has come."""

    __tablename__ = "issue"
    __table_args__ = (UniqueConstraint("poll_id", "constituency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    constituency_id: Mapped[int] = mapped_column(ForeignKey("constituency.id"))
    uuid: Mapped[str] = mapped_column(String(40), unique=True)  # of the election to be
    group: Mapped[str] = mapped_column(String(40))
    roll_sha256: Mapped[str] = mapped_column(String(64))
    electors: Mapped[int]
    total_weight: Mapped[int]
    begun_at: Mapped[dt.datetime]
    received_at: Mapped[dt.datetime | None]
    public_list: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))

    constituency: Mapped[Constituency] = relationship()


def list_issues(session: Session, poll_id: int) -> list[Issue]:
    """What the issuer of a poll was asked for, by constituency."""
    return list(session.scalars(select(Issue).where(Issue.poll_id == poll_id).order_by(Issue.id)))


def find_issue(session: Session, poll_id: int, constituency_id: int) -> Issue | None:
    """What the issuer was asked for in one constituency."""
    return session.scalar(
        select(Issue).where(Issue.poll_id == poll_id, Issue.constituency_id == constituency_id)
    )

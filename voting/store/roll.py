"""The roll: electors, imports that wait for confirmation, and public credentials."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from voting.store.database import Base
from voting.store.proposals import Constituency


class Elector(Base):
    """A person on the roll of one constituency (a *voter* once at the booth)."""

    __tablename__ = "elector"
    __table_args__ = (
        UniqueConstraint("constituency_id", "email_key"),
        CheckConstraint("weight >= 1", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    constituency_id: Mapped[int] = mapped_column(ForeignKey("constituency.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))  # casefolded: what makes it unique
    reference: Mapped[str] = mapped_column(String(100), default="")
    language: Mapped[str] = mapped_column(String(2), default="en")
    weight: Mapped[int] = mapped_column(default=1)
    weight_reason: Mapped[str] = mapped_column(String(500), default="")
    link_generation: Mapped[int] = mapped_column(default=1)  # a replacement link adds one

    constituency: Mapped[Constituency] = relationship()

    def __repr__(self) -> str:
        return f"<Elector {self.id}>"


class RollImport(Base):
    """An uploaded roll, kept as it came until the organiser confirms or drops it."""

    __tablename__ = "roll_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    constituency_id: Mapped[int] = mapped_column(ForeignKey("constituency.id"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20))  # waiting, confirmed, dropped
    created_at: Mapped[dt.datetime]


class Credential(Base):
    """The public half of one elector's voting code in one election.

    ``elector_id`` is set when the service issues the code, or on the first ballot when someone else
    issued it. The private code is stored nowhere.
    """

    __tablename__ = "credential"
    __table_args__ = (
        UniqueConstraint("election_id", "public_credential"),
        UniqueConstraint("election_id", "elector_id"),
        Index(None, "elector_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"))
    public_credential: Mapped[str] = mapped_column(Text)
    weight: Mapped[int] = mapped_column(default=1)
    elector_id: Mapped[int | None] = mapped_column(ForeignKey("elector.id"))
    has_voted: Mapped[bool] = mapped_column(default=False)


class LinkReplacement(Base):
    """Why and when a voter's link was replaced (the old one stops working)."""

    __tablename__ = "link_replacement"

    id: Mapped[int] = mapped_column(primary_key=True)
    elector_id: Mapped[int] = mapped_column(ForeignKey("elector.id"), index=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    generation: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[dt.datetime]


def count_electors(session: Session, constituency_id: int) -> int:
    """How many people are on the roll of a constituency."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Elector)
            .where(Elector.constituency_id == constituency_id)
        )
        or 0
    )


def list_electors(
    session: Session, constituency_id: int, *, after: int = 0, limit: int | None = None
) -> list[Elector]:
    """Electors of a constituency by id, from after id *after*, at most *limit*."""
    query = (
        select(Elector)
        .where(Elector.constituency_id == constituency_id, Elector.id > after)
        .order_by(Elector.id)
    )
    return list(session.scalars(query.limit(limit) if limit else query))


def iter_electors(session: Session, constituency_id: int, batch: int = 1000) -> Iterator[Elector]:
    """All electors of a constituency, read in batches so that memory stays flat."""
    after = 0
    while chunk := list_electors(session, constituency_id, after=after, limit=batch):
        yield from chunk
        after = chunk[-1].id
        session.expunge_all()


def find_elector_by_email(session: Session, constituency_id: int, email_key: str) -> Elector | None:
    """The elector with this casefolded address in the constituency."""
    return session.scalar(
        select(Elector).where(
            Elector.constituency_id == constituency_id, Elector.email_key == email_key
        )
    )


def find_credential(session: Session, election_id: int, elector_id: int) -> Credential | None:
    """The credential bound to this elector in this election."""
    return session.scalar(
        select(Credential).where(
            Credential.election_id == election_id, Credential.elector_id == elector_id
        )
    )


def lock_credential(
    session: Session, election_id: int, public_credential: str
) -> Credential | None:
    """The credential with this public text, its row locked until the transaction ends."""
    return session.scalar(
        select(Credential)
        .where(
            Credential.election_id == election_id,
            Credential.public_credential == public_credential,
        )
        .with_for_update()
    )

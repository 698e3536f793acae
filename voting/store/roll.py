"""The roll: electors, imports that wait for confirmation, and public credentials."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

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
    weight_reason_cy: Mapped[str] = mapped_column(String(500), default="")
    link_generation: Mapped[int] = mapped_column(default=1)  # a replacement link adds one
    wants_reminders: Mapped[bool] = mapped_column(default=True)  # stopped by one POST (P2)

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
    layout: Mapped[str] = mapped_column(Text, default="")  # JSON: what its columns are, once chosen
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


@dataclass(frozen=True, slots=True)
class Weighting:
    """How much a vote counts, why, and for how many people of a roll."""

    weight: int
    reason: str
    reason_cy: str
    count: int


class LinkReplacement(Base):
    """Why and when a voter's link was replaced (the old one stops working)."""

    __tablename__ = "link_replacement"

    id: Mapped[int] = mapped_column(primary_key=True)
    elector_id: Mapped[int] = mapped_column(ForeignKey("elector.id"), index=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    generation: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[dt.datetime]


def count_electors(session: Session, constituency_id: int, *, language: str = "") -> int:
    """How many people are on the roll of a constituency: all, or those who read *language*."""
    chosen = [Elector.constituency_id == constituency_id]
    if language:
        chosen.append(Elector.language == language)
    return session.scalar(select(func.count()).select_from(Elector).where(*chosen)) or 0


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
    """All electors of a constituency, read in batches; memory stays flat."""
    after = 0
    while chunk := list_electors(session, constituency_id, after=after, limit=batch):
        yield from chunk
        after = chunk[-1].id


def iter_weights(
    session: Session, constituency_id: int, batch: int = 5000
) -> Iterator[tuple[int, int]]:
    """Every elector's id and weight, by id, read in batches and without anything personal."""
    after = 0
    while True:
        rows = session.execute(
            select(Elector.id, Elector.weight)
            .where(Elector.constituency_id == constituency_id, Elector.id > after)
            .order_by(Elector.id)
            .limit(batch)
        ).all()
        if not rows:
            return
        yield from ((row[0], row[1]) for row in rows)
        after = rows[-1][0]


def add_credentials(
    session: Session, election_id: int, rows: Iterable[tuple[str, int, int]], batch: int = 5000
) -> None:
    """Insert credentials ``(public credential, weight, elector id)`` in the order given."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, batch)):
        session.execute(
            insert(Credential),
            [
                {
                    "election_id": election_id,
                    "public_credential": public,
                    "weight": weight,
                    "elector_id": elector_id,
                    "has_voted": False,
                }
                for public, weight, elector_id in chunk
            ],
        )


def find_credential(session: Session, election_id: int, elector_id: int) -> Credential | None:
    """The credential bound to this elector in this election."""
    return session.scalar(
        select(Credential).where(
            Credential.election_id == election_id, Credential.elector_id == elector_id
        )
    )


_BY_PUBLIC = select(Credential).where(  # built once: every ballot that is cast asks this
    Credential.election_id == bindparam("election_id"),
    Credential.public_credential == bindparam("public_credential"),
)
_BY_PUBLIC_LOCKED = _BY_PUBLIC.with_for_update()


def find_credential_by_public(
    session: Session, election_id: int, public_credential: str
) -> Credential | None:
    """The credential with this public text, unlocked."""
    asked = {"election_id": election_id, "public_credential": public_credential}
    return session.scalar(_BY_PUBLIC, asked)


def lock_credential(
    session: Session, election_id: int, public_credential: str
) -> Credential | None:
    """The credential with this public text, its row locked until the transaction ends."""
    asked = {"election_id": election_id, "public_credential": public_credential}
    return session.scalar(_BY_PUBLIC_LOCKED, asked)


_NOTE_VOTE = (
    update(Credential).where(Credential.id == bindparam("credential_id")).values(has_voted=True)
)


def note_vote(session: Session, credential: Credential) -> bool:
    """Note that the credential was used, past the unit of work; whether it had been used before."""
    if credential.has_voted:
        return True
    session.connection().execute(_NOTE_VOTE, {"credential_id": credential.id})
    set_committed_value(credential, "has_voted", True)
    return False


def list_email_keys(session: Session, constituency_id: int) -> set[str]:
    """The address keys on the roll of one constituency."""
    return set(
        session.scalars(select(Elector.email_key).where(Elector.constituency_id == constituency_id))
    )


def list_email_keys_elsewhere(session: Session, constituency: Constituency) -> set[str]:
    """The address keys on the rolls of the proposal's other constituencies."""
    return set(
        session.scalars(
            select(Elector.email_key)
            .join(Constituency)
            .where(
                Constituency.proposal_id == constituency.proposal_id,
                Constituency.id != constituency.id,
                Constituency.joined_to_id.is_(None),
            )
        )
    )


def insert_electors(
    session: Session, constituency_id: int, rows: Iterable[dict[str, Any]], batch: int = 5000
) -> int:
    """Put people on a roll in bulk; answers how many. Each row: name, email, email_key, ..."""
    number = 0
    waiting = iter(rows)
    while chunk := [{"constituency_id": constituency_id, **row} for row in islice(waiting, batch)]:
        session.execute(insert(Elector), chunk)
        number += len(chunk)
    return number


def count_on_both(session: Session, constituency_id: int, other_id: int) -> int:
    """How many on the roll of one constituency are on that of another by the same address."""
    there = select(Elector.email_key).where(Elector.constituency_id == other_id)
    here = (Elector.constituency_id == constituency_id, Elector.email_key.in_(there))
    return session.scalar(select(func.count()).select_from(Elector).where(*here)) or 0


def move_electors(session: Session, constituency_id: int, other_id: int) -> int:
    """Put everyone on a roll on another one, but for those who are there; answers how many."""
    number = count_electors(session, constituency_id)
    number -= count_on_both(session, constituency_id, other_id)
    there = select(Elector.email_key).where(Elector.constituency_id == other_id)
    here = (Elector.constituency_id == constituency_id, Elector.email_key.not_in(there))
    session.execute(update(Elector).where(*here).values(constituency_id=other_id))
    return number


def delete_electors(session: Session, constituency_id: int) -> int:
    """Empty the roll of a constituency; answers how many were on it."""
    number = count_electors(session, constituency_id)
    session.execute(delete(Elector).where(Elector.constituency_id == constituency_id))
    return number


def list_weights(session: Session, constituency_id: int) -> list[Weighting]:
    """Each weight with its reason and the number of people who have it, without names."""
    kinds = (Elector.weight, Elector.weight_reason, Elector.weight_reason_cy)
    rows = session.execute(
        select(*kinds, func.count())
        .where(Elector.constituency_id == constituency_id)
        .group_by(*kinds)
        .order_by(*kinds)
    )
    return [Weighting(*row) for row in rows]


def has_credentials(session: Session, constituency_id: int) -> bool:
    """Whether anyone on this roll was given a voting code in a frozen poll."""
    found = session.scalar(
        select(Credential.id)
        .join(Elector, Elector.id == Credential.elector_id)
        .where(Elector.constituency_id == constituency_id)
        .limit(1)
    )
    return found is not None


def count_waiting_imports(session: Session, constituency_id: int) -> int:
    """How many uploads of this roll were neither confirmed nor dropped."""
    query = select(func.count()).select_from(RollImport)
    query = query.where(
        RollImport.constituency_id == constituency_id, RollImport.state == "waiting"
    )
    return session.scalar(query) or 0


def delete_imports(session: Session, constituency_id: int) -> None:
    """Forget every upload of this roll."""
    session.execute(delete(RollImport).where(RollImport.constituency_id == constituency_id))


def get_constituency(session: Session, constituency_id: int) -> Constituency:
    """The constituency with this id; raises LookupError."""
    constituency = session.get(Constituency, constituency_id)
    if constituency is None:
        raise LookupError(f"no constituency {constituency_id}")
    return constituency


def find_credential_of(session: Session, elector_id: int) -> Credential | None:
    """Any credential that this elector was given, in whatever election."""
    return session.scalar(select(Credential).where(Credential.elector_id == elector_id).limit(1))


def search_electors(
    session: Session, constituency_id: int, text: str, *, after: int = 0, limit: int
) -> list[Elector]:
    """Electors whose name, address or reference contains *text* (all when it is empty), by id."""
    query = select(Elector).where(Elector.constituency_id == constituency_id, Elector.id > after)
    if text:
        columns = (Elector.name, Elector.email, Elector.reference)
        query = query.where(or_(*(c.icontains(text, autoescape=True) for c in columns)))
    return list(session.scalars(query.order_by(Elector.id).limit(limit)))


def find_elector(session: Session, constituency_id: int, elector_id: int) -> Elector | None:
    """The elector with this id on the roll of the constituency, or None."""
    elector = session.get(Elector, elector_id)
    return elector if elector and elector.constituency_id == constituency_id else None


def list_waiting_imports(session: Session, constituency_id: int) -> list[tuple[int, str]]:
    """Id and file name of each upload that was neither confirmed nor dropped, oldest first."""
    rows = session.execute(
        select(RollImport.id, RollImport.filename)
        .where(RollImport.constituency_id == constituency_id, RollImport.state == "waiting")
        .order_by(RollImport.id)
    )
    return [(import_id, filename) for import_id, filename in rows]


def list_uploads(
    session: Session, constituency_id: int | None, state: str, *, before: dt.datetime | None = None
) -> list[RollImport]:
    """Uploads in a state, of one roll or of all, and if *before* is given only older ones."""
    query = select(RollImport).where(RollImport.state == state)
    if constituency_id is not None:
        query = query.where(RollImport.constituency_id == constituency_id)
    if before is not None:
        query = query.where(RollImport.created_at < before)
    return list(session.scalars(query.order_by(RollImport.id)))

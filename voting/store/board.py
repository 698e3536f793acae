"""The bulletin board of each election: append-only, hash-chained, read forward only.

There is no time, address, account or elector on a ballot's row (requirement D2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from voting.store.database import Base
from voting.store.polls import Election

NO_END = 2**31 - 1  # no board has so many events
BLOCK = 512


class TakenError(Exception):
    """The position or the payload stands on the board already: somebody else was first."""


class BoardEvent(Base):
    """One link of the chain; ``body`` is the exact text that is hashed."""

    __tablename__ = "board_event"
    __table_args__ = (
        UniqueConstraint("election_id", "payload"),
        Index(None, "election_id", "credential", "position"),
        Index(None, "election_id", "digits"),
        Index(None, "digits"),
    )

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # the event's height
    type: Mapped[str] = mapped_column(String(20))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str | None] = mapped_column(String(64))
    credential: Mapped[str | None]  # ballots: public credential
    digits: Mapped[str | None] = mapped_column(String(25))  # ballots: the tracker as digits


class BoardData(Base):
    """One data record of an event, in archive order; bytes as they came."""

    __tablename__ = "board_data"

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # of the event it belongs to
    part: Mapped[int] = mapped_column(primary_key=True)  # order within the event
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)


# Built once: every ballot that is cast uses these.
_INSERT_EVENT = insert(BoardEvent)
_INSERT_DATA = insert(BoardData)
_HEAD = (
    select(
        BoardEvent.position, BoardEvent.type, BoardEvent.body, BoardEvent.hash, BoardEvent.payload
    )
    .where(BoardEvent.election_id == bindparam("election_id"))
    .order_by(BoardEvent.position.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Link:
    """One event as the board keeps it; a ballot also has its credential and tracking number."""

    position: int
    type: str
    body: bytes
    hash: str
    payload: str | None = None
    credential: str | None = None
    digits: str | None = None


@dataclass(frozen=True, slots=True)
class Tracked:
    """One ballot as the public sees it: its place, its tracking number, whether it was replaced."""

    position: int
    digits: str
    replaced: bool


# ------------------------------------------------------------------ appending


def lock_head(session: Session, election_id: int) -> Link | None:
    """Lock the election's board until the transaction ends and return its newest event.

    On SQLite a writing transaction has locked everything already.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.scalar(select(Election.id).where(Election.id == election_id).with_for_update())
    return find_head(session, election_id)


def find_head(session: Session, election_id: int) -> Link | None:
    """The newest event of the board, unlocked."""
    row = session.execute(_HEAD, {"election_id": election_id}).first()
    return None if row is None else Link(*row)


def append(session: Session, election_id: int, link: Link, records: Sequence[bytes]) -> None:
    """Append one event with its data *records*, in archive order; one transaction holds both.

    Raises TakenError when the position or the payload is on the board already; the transaction must
    then be rolled back.
    """
    event = {
        "election_id": election_id,
        "position": link.position,
        "type": link.type,
        "body": link.body,
        "hash": link.hash,
        "payload": link.payload,
        "credential": link.credential,
        "digits": link.digits,
    }
    rows = [
        {
            "election_id": election_id,
            "position": link.position,
            "part": part,
            "hash": hashlib.sha256(body).hexdigest(),
            "body": body,
        }
        for part, body in enumerate(records)
    ]
    try:
        session.connection().execute(_INSERT_EVENT, event)
        if rows:
            session.connection().execute(_INSERT_DATA, rows)
    except IntegrityError as error:
        raise TakenError(f"position {link.position} of board {election_id}") from error


# ------------------------------------------------------------------ reading the chain


def get_records(session: Session, election_id: int, position: int) -> list[bytes]:
    """The data records of one event, in archive order."""
    return list(
        session.scalars(
            select(BoardData.body)
            .where(BoardData.election_id == election_id, BoardData.position == position)
            .order_by(BoardData.part)
        )
    )


def find_records(session: Session, election_id: int, kind: str) -> list[bytes]:
    """The data records of the newest event of this type; none when there is no such event."""
    position = session.scalar(
        select(func.max(BoardEvent.position)).where(
            BoardEvent.election_id == election_id, BoardEvent.type == kind
        )
    )
    return [] if position is None else get_records(session, election_id, position)


def find_event_hash(session: Session, election_id: int, kind: str) -> str | None:
    """The hash of the newest event of this type; None when there is no such event."""
    return session.scalar(
        select(BoardEvent.hash)
        .where(BoardEvent.election_id == election_id, BoardEvent.type == kind)
        .order_by(BoardEvent.position.desc())
        .limit(1)
    )


def list_owned(session: Session, election_id: int, kind: str) -> list[bytes]:
    """The last data record of every event of this type, in board order."""
    return list(
        session.scalars(
            select(BoardData.body)
            .join(
                BoardEvent,
                and_(
                    BoardEvent.election_id == BoardData.election_id,
                    BoardEvent.position == BoardData.position,
                    BoardEvent.payload == BoardData.hash,
                ),
            )
            .where(BoardEvent.election_id == election_id, BoardEvent.type == kind)
            .order_by(BoardEvent.position)
        )
    )


def list_payloads(session: Session, election_id: int, kind: str) -> list[tuple[bytes, bytes]]:
    """The first and the last data record of every event of this type, in board order."""
    positions = session.scalars(
        select(BoardEvent.position)
        .where(BoardEvent.election_id == election_id, BoardEvent.type == kind)
        .order_by(BoardEvent.position)
    ).all()
    found = [get_records(session, election_id, position) for position in positions]
    return [(records[0], records[-1]) for records in found]


def iter_events(
    session: Session,
    election_id: int,
    *,
    after: int = -1,
    before: int = NO_END,
    batch: int = 200,
) -> Iterator[tuple[list[bytes], bytes]]:
    """Between the positions *after* and *before*: each event's data records and its body.

    Memory stays flat.
    """
    while True:
        events = session.execute(
            select(BoardEvent.position, BoardEvent.body)
            .where(
                BoardEvent.election_id == election_id,
                BoardEvent.position > after,
                BoardEvent.position < before,
            )
            .order_by(BoardEvent.position)
            .limit(batch)
        ).all()
        if not events:
            return
        last = events[-1].position
        data: dict[int, list[bytes]] = {}
        for position, body in session.execute(
            select(BoardData.position, BoardData.body)
            .where(
                BoardData.election_id == election_id,
                BoardData.position > after,
                BoardData.position <= last,
            )
            .order_by(BoardData.position, BoardData.part)
        ):
            data.setdefault(position, []).append(body)
        for position, body in events:
            yield data.pop(position, []), body
        after = last


def find_first(session: Session, election_id: int, kind: str) -> int | None:
    """The position of the first event of this type; None when there is no such event."""
    return session.scalar(
        select(func.min(BoardEvent.position)).where(
            BoardEvent.election_id == election_id, BoardEvent.type == kind
        )
    )


def measure_archive(session: Session, election_id: int, *, before: int = NO_END) -> int:
    """How many bytes the events and data records before a position take in the archive.

    Each is a header block and its content filled up to whole blocks.
    """
    return sum(
        session.scalar(
            select(
                func.coalesce(
                    func.sum(BLOCK + (func.length(table.body) + BLOCK - 1) // BLOCK * BLOCK), 0
                )
            ).where(table.election_id == election_id, table.position < before)
        )
        or 0
        for table in (BoardEvent, BoardData)
    )


# ------------------------------------------------------------------ ballots


_later = aliased(BoardEvent)
_is_replaced = exists().where(
    _later.election_id == BoardEvent.election_id,
    _later.credential == BoardEvent.credential,
    _later.position > BoardEvent.position,
)


def iter_counted(
    session: Session, election_id: int, *, batch: int = 200
) -> Iterator[tuple[str, bytes]]:
    """The last ballot of each credential, with the credential, in board order; memory flat."""
    after = -1
    while True:
        rows = session.execute(
            select(BoardEvent.position, BoardEvent.credential, BoardData.body)
            .join(
                BoardData,
                and_(
                    BoardData.election_id == BoardEvent.election_id,
                    BoardData.position == BoardEvent.position,
                ),
            )
            .where(
                BoardEvent.election_id == election_id,
                BoardEvent.type == "Ballot",
                BoardEvent.position > after,
                ~_is_replaced,
            )
            .order_by(BoardEvent.position)
            .limit(batch)
        ).all()
        if not rows:
            return
        for _, credential, body in rows:
            yield credential or "", body
        after = rows[-1][0]


_TRACKED = select(BoardEvent.position, BoardEvent.digits, _is_replaced)
_BY_PAYLOAD = _TRACKED.where(
    BoardEvent.election_id == bindparam("election_id"), BoardEvent.payload == bindparam("payload")
)


def find_ballot(session: Session, election_id: int, payload: str) -> Tracked | None:
    """The ballot of this board with this hexadecimal hash."""
    row = session.execute(_BY_PAYLOAD, {"election_id": election_id, "payload": payload}).first()
    return None if row is None else Tracked(row[0], row[1] or "", row[2])


def search_ballots(
    session: Session, *, digits: str | None = None, payload: str | None = None
) -> list[tuple[int, Tracked]]:
    """Ballots on any board with this tracking number or hash, with the ids of their elections."""
    wanted = BoardEvent.digits == digits if digits else BoardEvent.payload == payload
    rows = session.execute(
        select(BoardEvent.election_id, BoardEvent.position, BoardEvent.digits, _is_replaced)
        .where(wanted, BoardEvent.type == "Ballot")
        .order_by(BoardEvent.election_id, BoardEvent.position)
    )
    return [(row[0], Tracked(row[1], row[2] or "", row[3])) for row in rows]


def list_ballots(
    session: Session, election_id: int, *, after: int = -1, limit: int = 100
) -> list[Tracked]:
    """Ballots of one board in order, from after position *after*, a page at a time."""
    rows = session.execute(
        _TRACKED.where(
            BoardEvent.election_id == election_id,
            BoardEvent.type == "Ballot",
            BoardEvent.position > after,
        )
        .order_by(BoardEvent.position)
        .limit(limit)
    )
    return [Tracked(row[0], row[1] or "", row[2]) for row in rows]


def count_ballots(session: Session, election_id: int) -> tuple[int, int]:
    """Ballots on the board, and how many electors they come from."""
    row = session.execute(
        select(func.count(), func.count(func.distinct(BoardEvent.credential))).where(
            BoardEvent.election_id == election_id, BoardEvent.type == "Ballot"
        )
    ).one()
    return int(row[0]), int(row[1])

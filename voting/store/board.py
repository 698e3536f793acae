"""The bulletin board of each election: append-only, hash-chained, read forward only.

There is no time, address, account or elector on a ballot's row (requirement D2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from voting.store.database import Base
from voting.store.polls import Election


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


def lock_head(session: Session, election_id: int) -> BoardEvent | None:
    """Lock the election's board until the transaction ends and return its newest event."""
    session.scalar(select(Election.id).where(Election.id == election_id).with_for_update())
    return find_head(session, election_id)


def find_head(session: Session, election_id: int) -> BoardEvent | None:
    """The newest event of the board, unlocked."""
    return session.scalar(
        select(BoardEvent)
        .where(BoardEvent.election_id == election_id)
        .order_by(BoardEvent.position.desc())
        .limit(1)
    )


def append(
    session: Session,
    event: BoardEvent,
    records: list[tuple[str, bytes]],
) -> None:
    """Append *event* with its data records ``(hash, body)``; the same transaction holds both.

    The database refuses a position or payload that is already there (IntegrityError at flush).
    """
    session.add(event)
    for part, (digest, body) in enumerate(records):
        session.add(
            BoardData(
                election_id=event.election_id,
                position=event.position,
                part=part,
                hash=digest,
                body=body,
            )
        )
    session.flush()


def has_payload(session: Session, election_id: int, payload: str) -> bool:
    """Whether an event with this payload hash is already on the board."""
    return (
        session.scalar(
            select(BoardEvent.position).where(
                BoardEvent.election_id == election_id, BoardEvent.payload == payload
            )
        )
        is not None
    )


def iter_events(
    session: Session, election_id: int, *, after: int = -1, batch: int = 500
) -> Iterator[tuple[BoardEvent, list[BoardData]]]:
    """Events with their data records from position *after* + 1 on, in batches, memory flat."""
    while True:
        events = list(
            session.scalars(
                select(BoardEvent)
                .where(BoardEvent.election_id == election_id, BoardEvent.position > after)
                .order_by(BoardEvent.position)
                .limit(batch)
            )
        )
        if not events:
            return
        last = events[-1].position
        data: dict[int, list[BoardData]] = {}
        for row in session.scalars(
            select(BoardData)
            .where(
                BoardData.election_id == election_id,
                BoardData.position > after,
                BoardData.position <= last,
            )
            .order_by(BoardData.position, BoardData.part)
        ):
            data.setdefault(row.position, []).append(row)
        for event in events:
            yield event, data.get(event.position, [])
        after = last
        session.expunge_all()


def find_ballots_by_digits(session: Session, digits: str) -> list[BoardEvent]:
    """Ballot events with this tracking number, on any board."""
    return list(session.scalars(select(BoardEvent).where(BoardEvent.digits == digits)))


def find_ballot_by_payload(session: Session, payload: str) -> BoardEvent | None:
    """The ballot event whose ballot has this hexadecimal hash, on any board."""
    return session.scalar(
        select(BoardEvent).where(BoardEvent.payload == payload, BoardEvent.type == "Ballot")
    )


def is_replaced(session: Session, event: BoardEvent) -> bool:
    """Whether a later ballot of the same credential stands on the same board."""
    return (
        session.scalar(
            select(BoardEvent.position)
            .where(
                BoardEvent.election_id == event.election_id,
                BoardEvent.credential == event.credential,
                BoardEvent.position > event.position,
            )
            .limit(1)
        )
        is not None
    )


def count_ballots(session: Session, election_id: int) -> tuple[int, int]:
    """Ballots on the board, and how many electors they come from."""
    row = session.execute(
        select(func.count(), func.count(func.distinct(BoardEvent.credential))).where(
            BoardEvent.election_id == election_id, BoardEvent.type == "Ballot"
        )
    ).one()
    return int(row[0]), int(row[1])


def list_ballots(
    session: Session, election_id: int, *, after: int = -1, limit: int = 100
) -> list[BoardEvent]:
    """Ballot events of one board in order, a page at a time."""
    return list(
        session.scalars(
            select(BoardEvent)
            .where(
                BoardEvent.election_id == election_id,
                BoardEvent.type == "Ballot",
                BoardEvent.position > after,
            )
            .order_by(BoardEvent.position)
            .limit(limit)
        )
    )

"""Letters: who is owed one, under which idempotency key, and what became of it.

How a sender takes letters from here and hands them over is in ``store/outbox.py``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    cast,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from voting.store.database import Base
from voting.store.polls import Election
from voting.store.proposals import Constituency
from voting.store.roll import Credential, Elector
from voting.store.trustees import Scrutineer

OWED = "letters_owed"  # set in a session's info once it owes a letter


class Letter(Base):
    """One letter. States: owed, sending, sent, deferred, bounced, failed, withdrawn.

    The text is made when it is sent; nothing secret is ever stored in a row.
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index(None, "state", "due_at"),
        Index(None, "poll_id", "kind", "state"),
        Index(None, "consultation_id", "kind", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)  # idempotency
    kind: Mapped[str] = mapped_column(String(30))  # invitation, receipt, replacement, result, reset
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("poll.id"))
    elector_id: Mapped[int | None] = mapped_column(ForeignKey("elector.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    scrutineer_id: Mapped[int | None] = mapped_column(ForeignKey("scrutineer.id"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("reader.id"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="en")
    details: Mapped[str] = mapped_column(Text, default="{}")  # JSON; emptied once sent
    state: Mapped[str] = mapped_column(String(10), default="owed")
    due_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    lease_holder: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    uncertain: Mapped[bool] = mapped_column(default=False)  # a sender died while sending it
    last_error: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[dt.datetime | None]

    def __repr__(self) -> str:
        return f"<Letter {self.id} {self.kind} {self.state}>"


_INSERTS: dict[str, Any] = {  # built once: a receipt is owed with every ballot
    "postgresql": postgresql.insert(Letter),
    "sqlite": sqlite.insert(Letter),
}
_OWE = {
    name: insert.on_conflict_do_nothing(index_elements=["key"]).returning(Letter.id)
    for name, insert in _INSERTS.items()
}


def insert_letters(session: Session) -> Any:
    """An INSERT that leaves an existing idempotency key alone, in the database's own words."""
    session.info[OWED] = True
    return _INSERTS[session.connection().dialect.name]


class About(TypedDict, total=False):
    """Whom a letter goes to and what it is about: the ids of those that apply."""

    poll_id: int | None
    elector_id: int | None
    account_id: int | None
    scrutineer_id: int | None
    participant_id: int | None
    consultation_id: int | None
    proposal_id: int | None
    reader_id: int | None


def _row(
    *,
    kind: str,
    key: str,
    now: dt.datetime,
    language: str = "en",
    details: Mapping[str, Any] | None = None,
    due_at: dt.datetime | None = None,
    **about: Unpack[About],
) -> dict[str, Any]:
    return {
        **dict.fromkeys(About.__annotations__),
        **about,
        "key": key,
        "kind": kind,
        "language": language,
        "details": json.dumps(dict(details or {}), sort_keys=True),
        "state": "owed",
        "due_at": due_at or now,
        "attempts": 0,
        "uncertain": False,
        "last_error": "",
    }


def owe(
    session: Session,
    *,
    kind: str,
    key: str,
    now: dt.datetime,
    language: str = "en",
    details: Mapping[str, Any] | None = None,
    due_at: dt.datetime | None = None,
    **about: Unpack[About],
) -> int | None:
    """Owe one letter in the caller's transaction; its id, or None if *key* is owed or sent already.

    *details* is JSON that must hold nothing secret unless it is sealed; it is emptied once sent.
    """
    row = _row(
        kind=kind, key=key, now=now, language=language, details=details, due_at=due_at, **about
    )
    session.flush()
    session.info[OWED] = True
    connection = session.connection()
    made: int | None = connection.execute(_OWE[connection.dialect.name], row).scalar()
    return made


def _key_of(poll_id: int, kind: str, round_number: int) -> ColumnElement[str]:
    """``kind:poll:elector:number``; the number of an invitation is the link's generation."""
    number: ColumnElement[str] = literal(str(round_number))
    if kind == "invitation":
        number = cast(Elector.link_generation, String)
    return literal(f"{kind}:{poll_id}:") + cast(Elector.id, String) + literal(":") + number


def _recipients(poll_id: int, kind: str, round_number: int) -> Select[Any]:
    """Electors of the poll who have not been owed this letter; for a reminder, non-voters."""
    query = (
        select(Elector)
        .join(Election, Election.constituency_id == Elector.constituency_id)
        .where(Election.poll_id == poll_id)
    )
    same = [Letter.elector_id == Elector.id, Letter.poll_id == poll_id]
    if kind == "invitation":
        same += [Letter.kind.in_(("invitation", "replacement")), Letter.state != "withdrawn"]
    else:
        same += [Letter.key == _key_of(poll_id, kind, round_number)]
    query = query.where(~exists().where(*same))
    if kind == "reminder":
        voted = exists().where(
            Credential.election_id == Election.id,
            Credential.elector_id == Elector.id,
            Credential.has_voted.is_(True),
        )
        query = query.where(~voted, Elector.wants_reminders.is_(True))
    return query


def owe_to_electors(
    session: Session, *, poll_id: int, kind: str, now: dt.datetime, round_number: int = 1
) -> int:
    """Owe one letter to every elector of the poll (a reminder: every non-voter), in one statement.

    Keys are ``kind:poll:elector:round`` (an invitation has the link's generation in place of the
    round), so repeating it owes nothing twice. Returns how many letters are new.
    """
    columns: dict[str, Any] = {
        "key": _key_of(poll_id, kind, round_number),
        "kind": literal(kind),
        "poll_id": literal(poll_id),
        "elector_id": Elector.id,
        "language": Elector.language,
        "details": literal("{}"),
        "state": literal("owed"),
        "due_at": literal(now, Letter.due_at.type),
        "attempts": literal(0),
        "uncertain": literal(False),
        "last_error": literal(""),
    }
    chosen = _recipients(poll_id, kind, round_number).with_only_columns(*columns.values())
    return insert_chosen(session, list(columns), chosen.order_by(Elector.id))


def insert_chosen(session: Session, columns: list[str], chosen: Select[Any]) -> int:
    """Owe a letter for each row of *chosen*, keys that exist left alone; how many are new."""
    statement = (
        insert_letters(session)
        .from_select(columns, chosen, include_defaults=False)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    counted = {"preserve_rowcount": True}
    return int(session.connection().execute(statement, execution_options=counted).rowcount)


def count_recipients_in(
    session: Session, poll_id: int, kind: str, round_number: int, *, language: str
) -> int:
    """How many of those who would be owed this letter now read this *language*."""
    query = _recipients(poll_id, kind, round_number).where(Elector.language == language)
    return session.scalar(query.with_only_columns(func.count(Elector.id))) or 0


def count_readers_of(session: Session, poll_id: int, language: str) -> int:
    """How many on the poll's rolls read this *language*, whatever they were sent before."""
    query = (
        select(func.count(Elector.id))
        .join(Election, Election.constituency_id == Elector.constituency_id)
        .where(Election.poll_id == poll_id, Elector.language == language)
    )
    return session.scalar(query) or 0


def count_recipients(
    session: Session, poll_id: int, kind: str, round_number: int = 1
) -> list[tuple[str, int]]:
    """Who would be owed this letter now: (constituency name, number), in the roll's order."""
    query = _recipients(poll_id, kind, round_number).join(
        Constituency, Constituency.id == Elector.constituency_id
    )
    rows = session.execute(
        query.with_only_columns(Constituency.name, func.count(Elector.id))
        .group_by(Constituency.id, Constituency.name, Constituency.position)
        .order_by(Constituency.position, Constituency.id)
    )
    return [(name, number) for name, number in rows]


def count_rounds(session: Session, poll_id: int, kind: str) -> int:
    """How many rounds of this letter the poll has had: the most that any one elector was owed."""
    return most_owed(session, Letter.elector_id, Letter.poll_id == poll_id, Letter.kind == kind)


def most_owed(session: Session, to: Any, *letters: ColumnElement[bool]) -> int:
    """The most of these letters that any one of their readers was owed; *to* is who each is for."""
    each = select(func.count().label("number")).where(*letters).group_by(to).subquery()
    return session.scalar(select(func.max(each.c.number))) or 0


def count_states(session: Session, poll_id: int) -> dict[str, dict[str, int]]:
    """How many of the poll's letters are in each state: ``{kind: {state: number}}``."""
    return tally_states(session, Letter.poll_id == poll_id)


def tally_states(session: Session, letters: ColumnElement[bool]) -> dict[str, dict[str, int]]:
    """How many of these letters are in each state: ``{kind: {state: number}}``."""
    rows = session.execute(
        select(Letter.kind, Letter.state, func.count())
        .where(letters)
        .group_by(Letter.kind, Letter.state)
        .order_by(Letter.kind, Letter.state)
    )
    counts: dict[str, dict[str, int]] = {}
    for kind, state, number in rows:
        counts.setdefault(kind, {})[state] = number
    return counts


def withdraw(session: Session, poll_id: int, elector_id: int, kinds: tuple[str, ...]) -> None:
    """Withdraw this elector's letters of these kinds that have not gone out and are not going."""
    withdraw_where(
        session,
        Letter.poll_id == poll_id,
        Letter.elector_id == elector_id,
        Letter.kind.in_(kinds),
    )


def withdraw_where(session: Session, *which: ColumnElement[bool]) -> None:
    """Withdraw the letters *which* have not gone out and are not going."""
    session.execute(
        update(Letter)
        .where(*which, Letter.state.in_(("owed", "deferred", "bounced", "failed")))
        .values(state="withdrawn", details="{}", lease_holder=None, lease_until=None)
    )


def has_letter(session: Session, poll_id: int, elector_id: int, kinds: tuple[str, ...]) -> bool:
    """Whether this elector was ever owed a letter of these kinds, withdrawn ones included."""
    same = exists().where(
        Letter.poll_id == poll_id, Letter.elector_id == elector_id, Letter.kind.in_(kinds)
    )
    return bool(session.scalar(select(same)))


def list_scrutineer_states(session: Session, poll_id: int) -> dict[int, str]:
    """What became of the newest letter to each scrutineer of the poll: ``{id: state}``."""
    rows = session.execute(
        select(Scrutineer.id, Letter.state)
        .join(Letter, Letter.scrutineer_id == Scrutineer.id)
        .where(Scrutineer.poll_id == poll_id)
        .order_by(Letter.id)
    )
    return {scrutineer_id: state for scrutineer_id, state in rows}

"""Letters about a whole proposal: to everyone on its rolls, and to readers who want updates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select
from sqlalchemy.orm import Session

from voting.store.letters import Letter, insert_letters
from voting.store.proposals import Constituency
from voting.store.readers import Reader
from voting.store.roll import Elector


def count_roll(session: Session, proposal_id: int) -> int:
    """How many people are on the rolls of a proposal."""
    query = (
        select(func.count(Elector.id))
        .join(Constituency, Constituency.id == Elector.constituency_id)
        .where(Constituency.proposal_id == proposal_id)
    )
    return session.scalar(query) or 0


def owe_to_roll(
    session: Session, *, proposal_id: int, kind: str, number: int, now: dt.datetime
) -> int:
    """Owe everyone on the rolls one letter; repeating it owes nothing twice. How many are new."""
    people = (
        select(Elector)
        .join(Constituency, Constituency.id == Elector.constituency_id)
        .where(Constituency.proposal_id == proposal_id)
        .order_by(Elector.id)
    )
    columns = _columns(proposal_id, kind, number, now, "elector", Elector.id, Elector.language)
    return _owe(session, people, columns | {"elector_id": Elector.id})


def owe_to_readers(
    session: Session, *, proposal_id: int, kind: str, number: int, now: dt.datetime
) -> int:
    """Owe everyone who wants updates one letter; repeating it owes nothing twice."""
    people = (
        select(Reader)
        .where(Reader.proposal_id == proposal_id, Reader.wants_updates.is_(True))
        .order_by(Reader.id)
    )
    columns = _columns(proposal_id, kind, number, now, "reader", Reader.id, Reader.language)
    return _owe(session, people, columns | {"reader_id": Reader.id})


def _columns(
    proposal_id: int,
    kind: str,
    number: int,
    now: dt.datetime,
    who: str,
    person: Any,
    language: Any,
) -> dict[str, Any]:
    start = literal(f"{kind}:{proposal_id}:{number}:{who}:")
    return {
        "key": start + cast(person, String),
        "kind": literal(kind),
        "proposal_id": literal(proposal_id),
        "language": language,
        "details": literal(f'{{"number": {number}}}'),
        "state": literal("owed"),
        "due_at": literal(now, Letter.due_at.type),
        "attempts": literal(0),
        "uncertain": literal(False),
        "last_error": literal(""),
    }


def _owe(session: Session, people: Select[Any], columns: dict[str, Any]) -> int:
    chosen = people.with_only_columns(*columns.values())
    statement = (
        insert_letters(session)
        .from_select(list(columns), chosen, include_defaults=False)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    counted = {"preserve_rowcount": True}
    return int(session.connection().execute(statement, execution_options=counted).rowcount)

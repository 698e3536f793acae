"""Letters about a whole proposal: to its rolls, to all who were consulted, to its readers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select
from sqlalchemy.orm import Session

from voting.store.consultations import Audience, Consultation
from voting.store.letters import Letter, insert_chosen
from voting.store.participants import Participant
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


def count_consulted(session: Session, proposal_id: int) -> dict[str, int]:
    """How many letters would go to all who were consulted and to readers: by elector, participant
    and reader."""
    groups = _consulted(proposal_id).items()
    counts = [(who, select(func.count()).select_from(people.subquery())) for who, people in groups]
    return {who: session.scalar(query) or 0 for who, query in counts}


def owe_to_consulted(
    session: Session, *, proposal_id: int, kind: str, number: int, now: dt.datetime
) -> int:
    """Owe a letter to the rolls and the public that were consulted, and to readers; how many.

    An address of the public or of a reader that is on such a roll gets one letter, not two.
    """
    owed = 0
    tables: dict[str, Any] = {"elector": Elector, "participant": Participant, "reader": Reader}
    for who, people in _consulted(proposal_id).items():
        table = tables[who]
        columns = _columns(proposal_id, kind, number, now, who, table.id, table.language)
        owed += _owe(session, people.order_by(table.id), columns | {f"{who}_id": table.id})
    return owed


def _consulted(proposal_id: int) -> dict[str, Select[Any]]:
    """Everyone who was asked in a consultation that opened, and readers; each address once."""
    rolls = (
        select(Audience.constituency_id)
        .join(Consultation, Consultation.id == Audience.consultation_id)
        .where(Consultation.proposal_id == proposal_id, Consultation.opened_at.is_not(None))
        .where(Audience.constituency_id.is_not(None))
    )
    on_roll = Elector.constituency_id.in_(rolls)
    addresses = select(Elector.email_key).where(on_roll)
    confirmed = (
        select(func.min(Participant.id))
        .join(Consultation, Consultation.id == Participant.consultation_id)
        .where(Consultation.proposal_id == proposal_id, Participant.confirmed_at.is_not(None))
        .where(Participant.email_key.not_in(addresses))
        .group_by(Participant.email_key)
    )
    public = Participant.id.in_(confirmed)
    return {
        "elector": select(Elector).where(on_roll),
        "participant": select(Participant).where(public),
        "reader": select(Reader).where(
            Reader.proposal_id == proposal_id,
            Reader.wants_updates.is_(True),
            Reader.email_key.not_in(addresses),
            Reader.email_key.not_in(select(Participant.email_key).where(public)),
        ),
    }


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
    return insert_chosen(session, list(columns), people.with_only_columns(*columns.values()))

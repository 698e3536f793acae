"""Letters about a whole proposal: to its rolls, to all who were consulted, to its readers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Select, String, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from voting.store.consultations import Audience, Consultation
from voting.store.letters import Letter, insert_chosen
from voting.store.participants import Participant
from voting.store.proposals import Constituency
from voting.store.readers import Reader
from voting.store.roll import Elector


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
    return _count(session, _list_people(proposal_id, _consulted_rolls(proposal_id)))


def owe_to_consulted(
    session: Session, *, proposal_id: int, kind: str, number: int, now: dt.datetime
) -> int:
    """Owe a letter to the rolls and the public that were consulted, and to readers; how many.

    Each address gets one letter, however often it is on rolls, confirmed or among the readers.
    """
    people = _list_people(proposal_id, _consulted_rolls(proposal_id))
    return _owe_each(session, people, proposal_id, kind, number, now)


def count_everyone(session: Session, proposal_id: int) -> dict[str, int]:
    """How many letters would go to all rolls, the public that was consulted and readers: by
    elector, participant and reader."""
    return _count(session, _list_people(proposal_id, _every_roll(proposal_id)))


def owe_to_everyone(
    session: Session, *, proposal_id: int, kind: str, number: int, now: dt.datetime
) -> int:
    """Owe a letter to all rolls, consulted or not, to the public that was consulted, and to
    readers; how many. Each address gets one letter."""
    people = _list_people(proposal_id, _every_roll(proposal_id))
    return _owe_each(session, people, proposal_id, kind, number, now)


def _every_roll(proposal_id: int) -> Select[Any]:
    """The constituencies of a proposal, by id."""
    return select(Constituency.id).where(Constituency.proposal_id == proposal_id)


def _consulted_rolls(proposal_id: int) -> Select[Any]:
    """The constituencies that were asked in a consultation that opened, by id."""
    return (
        select(Audience.constituency_id)
        .join(Consultation, Consultation.id == Audience.consultation_id)
        .where(Consultation.proposal_id == proposal_id, Consultation.opened_at.is_not(None))
        .where(Audience.constituency_id.is_not(None))
    )


def _list_people(proposal_id: int, rolls: Select[Any]) -> dict[str, Select[Any]]:
    """Everyone on *rolls*, the public who confirmed their address, and readers.

    Each address once: the first elector who has it, else the first of the public, else the reader.
    """
    on_roll = Elector.constituency_id.in_(rolls)
    electors = select(func.min(Elector.id)).where(on_roll).group_by(Elector.email_key)
    confirmed = (
        select(func.min(Participant.id))
        .join(Consultation, Consultation.id == Participant.consultation_id)
        .where(Consultation.proposal_id == proposal_id, Participant.confirmed_at.is_not(None))
        .where(~exists().where(on_roll, Elector.email_key == Participant.email_key))
        .group_by(Participant.email_key)
    )
    public = Participant.id.in_(confirmed)
    return {
        "elector": select(Elector).where(Elector.id.in_(electors)),
        "participant": select(Participant).where(public),
        "reader": select(Reader).where(
            Reader.proposal_id == proposal_id,
            Reader.wants_updates.is_(True),
            ~exists().where(on_roll, Elector.email_key == Reader.email_key),
            ~exists().where(public, Participant.email_key == Reader.email_key),
        ),
    }


def _count(session: Session, people: dict[str, Select[Any]]) -> dict[str, int]:
    counts = {who: select(func.count()).select_from(of.subquery()) for who, of in people.items()}
    return {who: session.scalar(query) or 0 for who, query in counts.items()}


def _owe_each(
    session: Session,
    people: dict[str, Select[Any]],
    proposal_id: int,
    kind: str,
    number: int,
    now: dt.datetime,
) -> int:
    owed = 0
    tables: dict[str, Any] = {"elector": Elector, "participant": Participant, "reader": Reader}
    for who, chosen in people.items():
        table = tables[who]
        columns = _columns(proposal_id, kind, number, now, who, table.id, table.language)
        owed += _owe(session, chosen.order_by(table.id), columns | {f"{who}_id": table.id})
    return owed


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

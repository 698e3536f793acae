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

NEWS, CHANGES, DECISION = "news", "changes", "decision"
_TABLES: dict[str, Any] = {"elector": Elector, "participant": Participant, "reader": Reader}


def count_people(
    session: Session, proposal_id: int, kind: str, language: str = ""
) -> dict[str, int]:
    """How many letters of this *kind* would go out, to readers of *language* or to all: by elector,
    participant and reader."""
    counts = {}
    for who, people in _list_people(proposal_id, kind).items():
        chosen = people.where(_TABLES[who].language == language) if language else people
        counts[who] = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    return counts


def owe_letters(
    session: Session, *, proposal_id: int, kind: str, number: int, now: dt.datetime
) -> int:
    """Owe everyone whom this *kind* reaches a letter about its *number*; how many are new.

    Each address gets one, however often it is on rolls, confirmed or among the readers; repeating
    it owes nothing twice.
    """
    owed = 0
    for who, people in _list_people(proposal_id, kind).items():
        table = _TABLES[who]
        columns = _columns(proposal_id, kind, number, now, who, table.id, table.language)
        columns[f"{who}_id"] = table.id
        chosen = people.order_by(table.id).with_only_columns(*columns.values())
        owed += insert_chosen(session, list(columns), chosen)
    return owed


def _every_roll(proposal_id: int) -> Select[Any]:
    """The constituencies of a proposal, by id."""
    return select(Constituency.id).where(Constituency.proposal_id == proposal_id)


def _consulted_rolls(proposal_id: int) -> Select[Any]:
    """The constituencies that were asked in a consultation that opened, by id.

    Where one was joined to another since, its people are on the roll of that.
    """
    return (
        select(func.coalesce(Constituency.joined_to_id, Constituency.id))
        .join(Audience, Audience.constituency_id == Constituency.id)
        .join(Consultation, Consultation.id == Audience.consultation_id)
        .where(Consultation.proposal_id == proposal_id, Consultation.opened_at.is_not(None))
    )


def _list_people(proposal_id: int, kind: str) -> dict[str, Select[Any]]:
    """Whom a letter of this *kind* reaches: an update its readers, a notice of changes those who
    were consulted as well, a decision everyone on the rolls."""
    readers = select(Reader).where(
        Reader.proposal_id == proposal_id, Reader.wants_updates.is_(True)
    )
    if kind == NEWS:
        return {"reader": readers}
    rolls = _consulted_rolls(proposal_id) if kind == CHANGES else _every_roll(proposal_id)
    return _list_each_once(proposal_id, rolls, readers)


def _list_each_once(
    proposal_id: int, rolls: Select[Any], readers: Select[Any]
) -> dict[str, Select[Any]]:
    """Everyone on *rolls*, the public who confirmed their address, and *readers*.

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
        "reader": readers.where(
            ~exists().where(on_roll, Elector.email_key == Reader.email_key),
            ~exists().where(public, Participant.email_key == Reader.email_key),
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

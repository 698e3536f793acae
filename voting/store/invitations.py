"""Letters of consultations: who is owed one, and what became of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from voting.store.letters import Letter, insert_chosen, most_owed, tally_states, withdraw_where
from voting.store.participants import Participant
from voting.store.roll import Elector


def count_rounds(session: Session, consultation_id: int, kind: str) -> int:
    """How many rounds of this letter there were: the most that any one participant was owed."""
    ours = Letter.consultation_id == consultation_id
    return most_owed(session, Letter.participant_id, ours, Letter.kind == kind)


def count_states(session: Session, consultation_id: int) -> dict[str, dict[str, int]]:
    """How many letters are in each state: ``{kind: {state: number}}``."""
    return tally_states(session, Letter.consultation_id == consultation_id)


def count_recipients(session: Session, consultation_id: int, kind: str, round_number: int) -> int:
    """How many would be owed this letter now."""
    chosen = _recipients(consultation_id, kind, round_number)
    return session.scalar(chosen.with_only_columns(func.count(Participant.id))) or 0


def owe_to_participants(
    session: Session, consultation_id: int, kind: str, *, now: dt.datetime, round_number: int
) -> int:
    """Owe one letter to everyone it is for, in one statement; repeating it owes nothing twice."""
    columns: dict[str, Any] = {
        "key": _key_of(kind, round_number),
        "kind": literal(kind),
        "consultation_id": literal(consultation_id),
        "participant_id": Participant.id,
        "language": Participant.language,
        "details": literal("{}"),
        "state": literal("owed"),
        "due_at": literal(now, Letter.due_at.type),
        "attempts": literal(0),
        "uncertain": literal(False),
        "last_error": literal(""),
    }
    chosen = _recipients(consultation_id, kind, round_number).with_only_columns(*columns.values())
    return insert_chosen(session, list(columns), chosen.order_by(Participant.id))


def _key_of(kind: str, round_number: int) -> ColumnElement[str]:
    start = literal(f"{kind}:") + cast(Participant.id, String)
    return start + literal(f":{round_number}")


def _recipients(consultation_id: int, kind: str, round_number: int) -> Select[Any]:
    """Participants who were not owed this letter; for a reminder, those who have not answered."""
    same = exists().where(Letter.key == _key_of(kind, round_number))
    query = select(Participant.id).where(Participant.consultation_id == consultation_id, ~same)
    if kind == "consultation-reminder":
        reached = Participant.elector_id.is_not(None) | Participant.confirmed_at.is_not(None)
        return query.where(
            Participant.has_responded.is_(False), Participant.stops_reminders.is_(False), reached
        )
    return query.where(Participant.elector_id.is_not(None))


def count_readers_of(session: Session, consultation_id: int, language: str) -> int:
    """How many who were asked, or joined, read this *language*, whatever they were sent before."""
    query = select(func.count()).where(
        Participant.consultation_id == consultation_id, Participant.language == language
    )
    return session.scalar(query) or 0


def count_uninvited(
    session: Session, consultation_id: int, constituency_id: int, language: str | None = None
) -> int:
    """How many on a roll (of one *language*) were not owed an invitation to it yet."""
    there = exists().where(
        Participant.consultation_id == consultation_id, Participant.elector_id == Elector.id
    )
    query = select(func.count()).select_from(Elector)
    query = query.where(Elector.constituency_id == constituency_id, ~there)
    if language is not None:
        query = query.where(Elector.language == language)
    return session.scalar(query) or 0


def withdraw(session: Session, participant_id: int, kinds: tuple[str, ...]) -> None:
    """Withdraw this participant's letters of these kinds that have not gone out."""
    withdraw_where(session, Letter.participant_id == participant_id, Letter.kind.in_(kinds))

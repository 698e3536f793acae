"""Letters that bounced or were given up: whom to reach in another way, and trying them again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from voting.store.letters import OWED, Letter
from voting.store.participants import Participant
from voting.store.roll import Elector

UNDELIVERED = ("bounced", "failed")


def list_of_poll(
    session: Session, poll_id: int, *, limit: int, without: tuple[str, ...] = ()
) -> list[tuple[Letter, Elector]]:
    """Bounced and failed letters, except the kinds *without*, each with the elector it was for."""
    rows = session.execute(
        select(Letter, Elector)
        .join(Elector, Elector.id == Letter.elector_id)
        .where(Letter.poll_id == poll_id, Letter.state.in_(UNDELIVERED))
        .where(Letter.kind.not_in(without))
        .order_by(Letter.id)
        .limit(limit)
    )
    return [(letter, elector) for letter, elector in rows]


def list_of_consultation(
    session: Session, consultation_id: int, *, limit: int, kinds: tuple[str, ...]
) -> list[tuple[Letter, Participant]]:
    """Bounced and failed letters of these *kinds*, each with the participant it was for."""
    rows = session.execute(
        select(Letter, Participant)
        .join(Participant, Participant.id == Letter.participant_id)
        .where(Letter.consultation_id == consultation_id, Letter.state.in_(UNDELIVERED))
        .where(Letter.kind.in_(kinds))
        .order_by(Letter.id)
        .limit(limit)
    )
    return [(letter, participant) for letter, participant in rows]


def owe_again_of_poll(
    session: Session, poll_id: int, letter_ids: Iterable[int] | None, *, now: dt.datetime
) -> int:
    """Owe bounced and failed letters of the poll afresh (all, or only these ids); how many."""
    return _owe_again(session, letter_ids, now, Letter.poll_id == poll_id)


def owe_again_of_consultation(
    session: Session,
    consultation_id: int,
    letter_ids: Iterable[int] | None,
    *,
    now: dt.datetime,
    kinds: tuple[str, ...],
) -> int:
    """Owe bounced and failed letters of these *kinds* afresh, as :func:`owe_again_of_poll`."""
    ours = (Letter.consultation_id == consultation_id, Letter.kind.in_(kinds))
    return _owe_again(session, letter_ids, now, *ours)


def _owe_again(
    session: Session,
    letter_ids: Iterable[int] | None,
    now: dt.datetime,
    *which: ColumnElement[bool],
) -> int:
    chosen = [Letter.state.in_(UNDELIVERED), *which]
    if letter_ids is not None:
        chosen.append(Letter.id.in_(list(letter_ids)))
    fresh = {"state": "owed", "due_at": now, "attempts": 0, "uncertain": False, "last_error": ""}
    session.info[OWED] = True
    again = update(Letter).where(*chosen).values(**fresh).returning(Letter.id)
    return len(session.scalars(again).all())

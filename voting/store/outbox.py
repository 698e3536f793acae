"""The outbox: letters leased by one sender at a time, handed over, and settled.

A letter is ``owed`` (or ``deferred`` after a temporary failure) until a sender reserves it. The
reservation alone says nothing about delivery. Just before the letter is handed to the mail server
it becomes ``sending``, in a transaction of its own; what became of it is written down afterwards in
another. A letter found ``sending`` with its lease run out had its sender die in between: it may or
may not have arrived, so it is marked ``uncertain`` and tried once more, and never a third time.

Every change is guarded by the state and the holder, so a sender that was thought dead and comes
back changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from voting.store.letters import Letter

URGENT = (
    "reset", "notice", "receipt", "replacement", "consultation-replacement", "test",
)  # fmt: skip  # never queue behind a bulk send
LEASE = dt.timedelta(minutes=5)
CANNOT_TELL = "We cannot tell whether it was delivered: sending was cut short twice."


def reserve_due(
    session: Session, *, now: dt.datetime, holder: str, limit: int, lease: dt.timedelta = LEASE
) -> list[int]:
    """Reserve up to *limit* due letters for *holder* until ``now + lease``; their ids, in order.

    Also settles letters whose sender died: tried once more, or failed the second time.
    """
    _settle_abandoned(session, now)
    unreserved = or_(Letter.lease_until.is_(None), Letter.lease_until <= now)
    due = (Letter.state.in_(("owed", "deferred")), Letter.due_at <= now, unreserved)
    chosen: list[int] = []
    for urgent in (Letter.kind.in_(URGENT), Letter.kind.not_in(URGENT)):
        query = select(Letter.id).where(*due, urgent).order_by(Letter.due_at, Letter.id)
        query = query.limit(limit - len(chosen)).with_for_update(skip_locked=True)
        chosen += session.scalars(query)
        if len(chosen) == limit:
            break
    session.execute(
        update(Letter)
        .where(Letter.id.in_(chosen), *due)
        .values(lease_holder=holder, lease_until=now + lease)
    )
    return chosen


def _settle_abandoned(session: Session, now: dt.datetime) -> None:
    abandoned = (Letter.state == "sending", Letter.lease_until <= now)
    free = {"lease_holder": None, "lease_until": None}
    session.execute(
        update(Letter)
        .where(*abandoned, Letter.uncertain.is_(True))
        .values(state="failed", last_error=CANNOT_TELL, **free)
    )
    session.execute(
        update(Letter)
        .where(*abandoned)
        .values(state="deferred", uncertain=True, due_at=now, **free)
    )


def begin_sending(
    session: Session,
    letter_id: int,
    *,
    now: dt.datetime,
    holder: str,
    lease: dt.timedelta = LEASE,
) -> bool:
    """Mark a reserved letter as being handed over; False if *holder* no longer holds it."""
    return _change(
        session,
        letter_id,
        ("owed", "deferred"),
        holder,
        state="sending",
        lease_until=now + lease,
        tried=1,
        unless_before=now,
    )


def end_sending(
    session: Session,
    letter_id: int,
    *,
    holder: str,
    state: str,
    now: dt.datetime,
    error: str = "",
    due_at: dt.datetime | None = None,
    uncertain: bool = False,
) -> bool:
    """Write down what became of a letter that *holder* was sending; False if it lost its lease.

    *state* is sent, deferred (with *due_at*), bounced or failed. Details are emptied at the end.
    """
    changes: dict[str, Any] = {"state": state, "last_error": error, **_released()}
    if state == "sent":
        changes |= {"sent_at": now, "details": "{}", "uncertain": False}
    if due_at is not None:
        changes["due_at"] = due_at
    if uncertain:
        changes["uncertain"] = True
    return _change(session, letter_id, ("sending",), holder, **changes)


def give_back(session: Session, letter_ids: Iterable[int], *, holder: str) -> None:
    """End *holder*'s reservations of letters that it did not get to; they are due again at once."""
    session.execute(
        update(Letter)
        .where(
            Letter.id.in_(list(letter_ids)),
            Letter.lease_holder == holder,
            Letter.state.in_(("owed", "deferred")),
        )
        .values(**_released())
    )


def settle_unsent(
    session: Session,
    letter_id: int,
    *,
    holder: str,
    state: str,
    error: str,
    due_at: dt.datetime | None = None,
    attempts: int = 0,
) -> bool:
    """End a reservation without a hand-over: withdrawn, bounced, failed, or deferred (*due_at*).

    *attempts* is added to the count of attempts.
    """
    changes: dict[str, Any] = {"state": state, "last_error": error, **_released()}
    if due_at is not None:
        changes["due_at"] = due_at
    if state == "withdrawn":
        changes["details"] = "{}"
    return _change(session, letter_id, ("owed", "deferred"), holder, tried=attempts, **changes)


def _released() -> dict[str, None]:
    return {"lease_holder": None, "lease_until": None}


def _change(
    session: Session,
    letter_id: int,
    states: tuple[str, ...],
    holder: str,
    *,
    tried: int = 0,
    unless_before: dt.datetime | None = None,
    **changes: Any,
) -> bool:
    """Change a letter that is in one of *states* and held by *holder*, past the unit of work.

    A letter that *session* has loaded is read again when it is next asked for anything.
    """
    session.flush()
    statement = _build_change(states, tuple(changes), unless_before is not None)
    values = {f"new_{name}": value for name, value in changes.items()}
    values |= {"letter": letter_id, "holder": holder, "tried": tried}
    if unless_before is not None:
        values["moment"] = unless_before
    changed = session.connection().execute(statement, values).first() is not None
    session.expire_all()
    return changed


@cache  # two of these are asked for with every letter
def _build_change(
    states: tuple[str, ...], names: tuple[str, ...], is_timed: bool
) -> ReturningUpdate[tuple[int]]:
    guard = [
        Letter.id == bindparam("letter"),
        Letter.state.in_(states),
        Letter.lease_holder == bindparam("holder"),
    ]
    if is_timed:
        guard.append(Letter.lease_until > bindparam("moment"))
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    values["attempts"] = Letter.attempts + bindparam("tried")
    return update(Letter).where(*guard).values(**values).returning(Letter.id)

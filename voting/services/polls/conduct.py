"""What may be done to a poll once it is frozen: open, extend, cancel. Each act is public."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_time
from voting.domain.errors import Conflict, FieldError, NotOpen, refuse_faults
from voting.domain.holding import Holding, count_safe, tell_how_many
from voting.domain.lifecycle import STANDING, State, require_transition, seals_at
from voting.domain.rules import LONGEST_VOTE
from voting.domain.wording import Words, check_both, read_words
from voting.services.polls.bilingual import list_untold
from voting.store.accounts import Account
from voting.store.polls import Poll, list_polls_in, lock_poll
from voting.store.proposals import append_act
from voting.store.trustees import list_scrutineers


def open_poll(session: Session, poll: Poll, *, now: dt.datetime) -> Poll:
    """Open a ready poll whose opening time has come; else Conflict or NotOpen.

    Conflict also while scrutineers who hold the keys have not approved it, and while a text of a
    proposal in two languages is missing in one.
    """
    poll = lock_poll(session, poll.id)
    require_transition(State(poll.state), State.OPEN)
    if now < poll.timetable.opens_at:
        raise NotOpen("The opening time has not come yet.")
    hindrance = find_hindrance(session, poll)
    if hindrance is not None:
        raise Conflict(hindrance)
    poll.state = State.OPEN
    _record(session, poll, "opened", now, {})
    return poll


def open_due(session: Session, now: dt.datetime) -> list[Poll]:
    """Open every ready poll whose time has come and whom nothing hinders, and answer which."""
    return [
        open_poll(session, poll, now=now)
        for poll in list_polls_in(session, State.READY)
        if poll.timetable.opens_at <= now and find_hindrance(session, poll) is None
    ]


def find_hindrance(session: Session, poll: Poll) -> str | None:
    """Why a ready poll cannot open yet, or None.

    Where scrutineers hold the keys, as many as can count must have approved the frozen set-up, and
    as many must still have their keys. A proposal in two languages has every text in both.
    """
    return _find_one_language(poll) or _find_missing_keys(session, poll)


def _find_one_language(poll: Poll) -> str | None:
    untold = list_untold(poll)
    if not untold:
        return None
    if not poll.is_bilingual:
        return (
            "This proposal is in English and in Welsh, but this vote was frozen in English alone. "
            "Cancel it and set it up again, or say on the public page that the proposal is in "
            "English alone."
        )
    return " ".join(each.message for each in untold)


def _find_missing_keys(session: Session, poll: Poll) -> str | None:
    if poll.key_holding == Holding.SIMPLE:
        return None
    people = [person.standing for person in list_scrutineers(session, poll.id)]
    safe = count_safe(people)
    if safe < poll.threshold:
        return (
            f"Only {tell_how_many(safe, poll.key_size)} kept their keys, and {poll.threshold} are "
            "needed to count. Cancel this vote and set it up again: its votes could never be "
            "counted."
        )
    approved = sum(person.has_approved for person in people)
    if approved < poll.threshold:
        return (
            f"{tell_how_many(approved, poll.key_size)} approved the frozen set-up. Voting opens "
            f"once {poll.threshold} have."
        )
    return None


def extend(
    session: Session,
    poll: Poll,
    *,
    closes_at: dt.datetime,
    reason: str,
    actor: Account | None,
    now: dt.datetime,
    reason_cy: str = "",
) -> Poll:
    """Move the closing time of an open poll to a later one, for a reason that is published.

    Possible until the ballot box is sealed, any number of times. Raises Conflict when it is too
    late or the poll is not open, BadInput for the fields closes_at and reason.
    """
    poll = lock_poll(session, poll.id)
    _require_open(poll, now)
    timetable = poll.timetable
    words = read_words(reason, reason_cy, bilingual=poll.is_bilingual)
    faults = _check_reason(words)
    if closes_at <= max(timetable.closes_at, now):
        told = "The new closing time must be later than now and than the present closing time."
        faults.append(FieldError("closes_at", told))
    elif closes_at - timetable.opens_at > LONGEST_VOTE:
        faults.append(FieldError("closes_at", "Voting must close within a year of opening."))
    refuse_faults(faults)
    times = {"was": canonical_time(timetable.closes_at), "closes_at": canonical_time(closes_at)}
    poll.closes_at = closes_at
    _record(session, poll, "extended", now, {**words.tell("reason"), **times, **_by(actor)})
    return poll


def cancel(
    session: Session,
    poll: Poll,
    *,
    reason: str,
    actor: Account | None,
    now: dt.datetime,
    reason_cy: str = "",
) -> Poll:
    """Cancel a poll that is not being counted yet, for a reason that is published.

    The keys are destroyed by the keys service. Raises Conflict when it cannot be cancelled (any
    more), BadInput for the field reason.
    """
    poll = lock_poll(session, poll.id)
    if poll.state == State.DRAFT:
        raise Conflict("This vote is still a draft. There is nothing to cancel.")
    require_transition(State(poll.state), State.CANCELLED)
    words = read_words(reason, reason_cy, bilingual=poll.is_bilingual)
    refuse_faults(_check_reason(words))
    poll.state = State.CANCELLED
    _record(session, poll, "cancelled", now, {**words.tell("reason"), **_by(actor)})
    return poll


def close_early_for_demo(session: Session, poll: Poll, *, reason: str, now: dt.datetime) -> Poll:
    """Bring the closing time of an open poll forward to *now*, without grace.

    Only for the demonstration: the door calls it only when the demonstration is switched on.
    """
    poll = lock_poll(session, poll.id)
    _require_open(poll, now)
    words = read_words(reason, "", bilingual=False)  # nobody is asked for it outside of a demo
    refuse_faults(_check_reason(words))
    was = canonical_time(poll.timetable.closes_at)
    poll.closes_at = now
    poll.grace_minutes = 0
    details = {**words.tell("reason"), "was": was, "closes_at": canonical_time(now)}
    _record(session, poll, "closing-brought-forward", now, details)
    return poll


def _require_open(poll: Poll, now: dt.datetime) -> None:
    if poll.state != State.OPEN:
        raise Conflict(
            f"This vote {STANDING[State(poll.state)]}. Its closing time can only be moved while it "
            "is open."
        )
    if now > seals_at(poll.timetable):
        raise Conflict("This vote has closed. Its closing time can no longer be moved.")


def _check_reason(words: Words) -> list[FieldError]:
    return check_both("reason", "the reason, which is published", words, limit=1_000)


def _by(actor: Account | None) -> dict[str, Any]:
    return {"account": actor.id if actor else None}


def _record(
    session: Session, poll: Poll, kind: str, now: dt.datetime, details: dict[str, Any]
) -> None:
    append_act(session, poll.proposal_id, poll.id, kind, now=now, details=details)

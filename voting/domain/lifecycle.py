"""The life of a poll: its states, what may follow what, and the one rule for "voting is open"."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from voting.domain.errors import Closed, Conflict, NotOpen


class State(StrEnum):
    """Where a poll stands. ``ready``: frozen, keys made. ``closed``: the checking period."""

    DRAFT = "draft"
    READY = "ready"
    OPEN = "open"
    CLOSED = "closed"
    COUNTING = "counting"
    DECLARED = "declared"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.READY}),
    State.READY: frozenset({State.OPEN, State.CANCELLED}),
    State.OPEN: frozenset({State.CLOSED, State.CANCELLED}),
    State.CLOSED: frozenset({State.COUNTING, State.CANCELLED}),
    State.COUNTING: frozenset({State.DECLARED}),
    State.DECLARED: frozenset({State.PUBLISHED}),
    State.PUBLISHED: frozenset(),
    State.CANCELLED: frozenset(),
}

STANDING = {
    State.DRAFT: "is still a draft",
    State.READY: "is frozen and has not opened yet",
    State.OPEN: "is open",
    State.CLOSED: "has closed",
    State.COUNTING: "is being counted",
    State.DECLARED: "has been counted",
    State.PUBLISHED: "has been published",
    State.CANCELLED: "was cancelled",
}

WANTED = {
    State.DRAFT: "made a draft again",
    State.READY: "frozen",
    State.OPEN: "opened",
    State.CLOSED: "closed",
    State.COUNTING: "counted",
    State.DECLARED: "declared",
    State.PUBLISHED: "published",
    State.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a poll takes ballots. Times are aware; ``grace`` is 0 to 10 minutes after closing.

    ``checking`` is how long nothing may be counted once the ballot box is sealed, which happened
    at ``closed_at`` (None: not yet).
    """

    opens_at: dt.datetime
    closes_at: dt.datetime
    grace: dt.timedelta
    state: State
    checking: dt.timedelta = dt.timedelta(0)
    closed_at: dt.datetime | None = None


def require_transition(current: State, wanted: State) -> None:
    """Raise Conflict unless a poll in state *current* may become *wanted*."""
    if wanted not in TRANSITIONS[current]:
        raise Conflict(f"This vote {STANDING[current]}. It cannot be {WANTED[wanted]} now.")


def require_draft(current: State) -> None:
    """Raise Conflict unless the poll may still be edited."""
    if current is not State.DRAFT:
        raise Conflict(
            f"This vote {STANDING[current]}. Its questions, options, rules and dates were fixed "
            "when it was frozen and cannot be changed."
        )


def require_voting_open(
    timetable: Timetable, now: dt.datetime, begun_at: dt.datetime | None = None
) -> None:
    """Raise NotOpen or Closed unless a ballot may be cast at *now*.

    From the opening time to just before the closing time any ballot may. From the closing time to
    the end of the grace, only a ballot begun (*begun_at*) before the closing time may.
    """
    state = timetable.state
    if state in (State.DRAFT, State.READY) or now < timetable.opens_at:
        raise NotOpen("Voting has not opened yet.")
    if state is State.CANCELLED:
        raise Closed("This vote was cancelled. No more votes can be cast.")
    if state is not State.OPEN:
        raise Closed("Voting has closed. No more votes can be cast.")
    if now < timetable.closes_at:
        return
    begun_in_time = begun_at is not None and begun_at < timetable.closes_at
    if not (timetable.grace and begun_in_time and now <= seals_at(timetable)):
        raise Closed("Voting has closed. No more votes can be cast.")


def seals_at(timetable: Timetable) -> dt.datetime:
    """When the ballot box is sealed: the last moment a ballot begun in time may be cast."""
    return timetable.closes_at + timetable.grace


def is_sealing_due(timetable: Timetable, now: dt.datetime) -> bool:
    """Whether the ballot box of an open poll must be sealed at *now*."""
    return timetable.state is State.OPEN and now >= seals_at(timetable)


def checked_until(timetable: Timetable) -> dt.datetime:
    """The end of the checking period; before the box is sealed, the earliest that it can be."""
    return (timetable.closed_at or seals_at(timetable)) + timetable.checking


def is_being_checked(timetable: Timetable, now: dt.datetime) -> bool:
    """Whether the box is sealed and its checking period, if it has one, is not over at *now*."""
    has_period = timetable.checking > dt.timedelta(0)
    return timetable.state is State.CLOSED and has_period and now < checked_until(timetable)


def require_checked(timetable: Timetable, undecided: int, now: dt.datetime) -> None:
    """Raise Conflict unless the count may begin at *now*.

    It may once the ballot box is sealed, the checking period is over and none of the problems that
    voters reported is *undecided*.
    """
    require_transition(timetable.state, State.COUNTING)
    if is_being_checked(timetable, now):
        raise Conflict(
            "The checking period is not over. Nothing can be counted before it ends, whoever asks."
        )
    if undecided:
        told = "1 problem that was reported has" if undecided == 1 else f"{undecided} problems have"
        raise Conflict(f"{told} not been decided. Nothing can be counted before that.")


def is_count_due(timetable: Timetable, undecided: int, now: dt.datetime) -> bool:
    """Whether a count that was asked for may begin at *now*, or has begun."""
    if timetable.state is State.CLOSED:
        return not is_being_checked(timetable, now) and not undecided
    return timetable.state is State.COUNTING


def is_reporting_open(timetable: Timetable, now: dt.datetime) -> bool:
    """Whether a problem may be reported at *now*: while voting, and until its checking is over."""
    if timetable.state is State.CLOSED:
        return is_being_checked(timetable, now)
    return timetable.state is State.OPEN


def require_reporting_open(timetable: Timetable, now: dt.datetime) -> None:
    """Raise NotOpen or Closed unless a voter may report a problem at *now*.

    From the opening of the poll to the end of its checking period.
    """
    if timetable.state in (State.DRAFT, State.READY):
        raise NotOpen("Voting has not opened yet, so there is nothing to report.")
    if not is_reporting_open(timetable, now):
        raise Closed("The time for checking is over. Tell the people who watch this vote.")

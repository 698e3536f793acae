"""The life of a poll, and when a ballot may be cast."""

import datetime as dt

import pytest

from voting.domain.errors import Closed, Conflict, NotOpen
from voting.domain.lifecycle import (
    TRANSITIONS,
    State,
    Timetable,
    checked_until,
    is_count_due,
    is_reporting_open,
    is_sealing_due,
    require_checked,
    require_draft,
    require_reporting_open,
    require_transition,
    require_voting_open,
    seals_at,
)

OPENS = dt.datetime(2026, 3, 3, 9, 0, tzinfo=dt.UTC)
CLOSES = dt.datetime(2026, 3, 13, 17, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def make_timetable(state=State.OPEN, grace=10):
    return Timetable(OPENS, CLOSES, dt.timedelta(minutes=grace), state)


def is_open(now, begun_at=None, **timetable):
    try:
        require_voting_open(make_timetable(**timetable), now, begun_at)
    except (NotOpen, Closed):
        return False
    return True


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - SECOND, False),
        (OPENS, True),
        (CLOSES - SECOND, True),
        (CLOSES, False),
        (CLOSES + SECOND, False),
    ],
)
def test_voting_is_open_from_the_opening_to_just_before_the_closing(now, expected):
    assert is_open(now) is expected


@pytest.mark.parametrize(
    ("late", "begun", "expected"),
    [
        (0, -SECOND, True),
        (600, -SECOND, True),
        (601, -SECOND, False),
        (1, 0 * SECOND, False),
        (1, None, False),
    ],
)
def test_a_ballot_begun_before_closing_has_the_grace(late, begun, expected):
    begun_at = None if begun is None else CLOSES + begun

    assert is_open(CLOSES + late * SECOND, begun_at) is expected


def test_without_grace_nothing_is_taken_at_the_closing_time():
    assert not is_open(CLOSES, OPENS, grace=0)


@pytest.mark.parametrize("state", [State.DRAFT, State.READY])
def test_nothing_is_taken_before_the_poll_was_opened(state):
    with pytest.raises(NotOpen, match="has not opened"):
        require_voting_open(make_timetable(state), OPENS)


@pytest.mark.parametrize("state", [State.CLOSED, State.COUNTING, State.DECLARED, State.PUBLISHED])
def test_nothing_is_taken_once_the_box_is_sealed_whatever_the_clock_says(state):
    with pytest.raises(Closed, match="has closed"):
        require_voting_open(make_timetable(state), OPENS, OPENS)


def test_a_cancelled_poll_says_that_it_was_cancelled():
    with pytest.raises(Closed, match="was cancelled"):
        require_voting_open(make_timetable(State.CANCELLED), OPENS)


def test_the_box_is_sealed_after_the_grace_and_only_while_open():
    timetable = make_timetable()

    assert seals_at(timetable) == CLOSES + dt.timedelta(minutes=10)
    assert not is_sealing_due(timetable, seals_at(timetable) - SECOND)
    assert is_sealing_due(timetable, seals_at(timetable))
    assert not is_sealing_due(make_timetable(State.CLOSED), seals_at(timetable))


@pytest.mark.parametrize("current", list(State))
@pytest.mark.parametrize("wanted", list(State))
def test_only_the_declared_transitions_are_possible(current, wanted):
    if wanted in TRANSITIONS[current]:
        require_transition(current, wanted)
    else:
        with pytest.raises(Conflict, match="This vote"):
            require_transition(current, wanted)


def test_a_counted_or_cancelled_poll_never_opens_again():
    for state in (State.COUNTING, State.DECLARED, State.PUBLISHED, State.CANCELLED):
        assert not TRANSITIONS[state] & {State.OPEN, State.READY, State.DRAFT, State.CANCELLED}


def test_only_a_draft_is_edited():
    require_draft(State.DRAFT)
    with pytest.raises(Conflict, match="were fixed when it was frozen"):
        require_draft(State.READY)


# ------------------------------------------------------------------ the checking period

DAY = dt.timedelta(days=1)
SEALED = CLOSES + dt.timedelta(minutes=10)


def make_closed(checking=DAY, closed_at=SEALED, state=State.CLOSED):
    return Timetable(OPENS, CLOSES, dt.timedelta(minutes=10), state, checking, closed_at)


def test_the_checking_period_runs_from_the_sealing_of_the_box():
    assert checked_until(make_closed(closed_at=None)) == SEALED + DAY
    assert checked_until(make_closed(closed_at=SEALED + 3 * DAY)) == SEALED + 4 * DAY
    assert checked_until(make_closed(checking=0 * DAY)) == SEALED


@pytest.mark.parametrize(
    ("checking", "undecided", "now", "may"),
    [
        (DAY, 0, SEALED, False),
        (DAY, 0, SEALED + DAY - SECOND, False),
        (DAY, 0, SEALED + DAY, True),
        (DAY, 1, SEALED + DAY, False),
        (7 * DAY, 0, SEALED + 7 * DAY - SECOND, False),
        (7 * DAY, 0, SEALED + 7 * DAY, True),
        (0 * DAY, 0, SEALED, True),
        (0 * DAY, 2, SEALED, False),
    ],
)
def test_nothing_is_counted_before_the_checking_period_ends_and_all_is_decided(
    checking, undecided, now, may
):
    timetable = make_closed(checking)
    assert is_count_due(timetable, undecided, now) is may
    if may:
        require_checked(timetable, undecided, now)
        return
    with pytest.raises(Conflict, match="counted"):
        require_checked(timetable, undecided, now)


@pytest.mark.parametrize("state", [s for s in State if s is not State.CLOSED])
def test_a_count_begins_in_no_state_but_closed(state):
    with pytest.raises(Conflict):
        require_checked(make_closed(state=state), 0, SEALED + 9 * DAY)
    assert is_count_due(make_closed(state=state), 0, SEALED) is (state is State.COUNTING)


@pytest.mark.parametrize(
    ("state", "now", "may"),
    [
        (State.READY, OPENS - SECOND, False),
        (State.OPEN, OPENS, True),
        (State.CLOSED, SEALED, True),
        (State.CLOSED, SEALED + DAY - SECOND, True),
        (State.CLOSED, SEALED + DAY, False),
        (State.COUNTING, SEALED + DAY, False),
        (State.CANCELLED, SEALED, False),
    ],
)
def test_a_problem_is_reported_while_voting_and_until_the_checking_is_over(state, now, may):
    timetable = make_closed(state=state)
    assert is_reporting_open(timetable, now) is may
    if may:
        require_reporting_open(timetable, now)
        return
    with pytest.raises((NotOpen, Closed)):
        require_reporting_open(timetable, now)

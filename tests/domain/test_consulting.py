"""Requirements G3 and C1, and when answers are taken."""

from __future__ import annotations

import datetime as dt

import pytest

from voting.domain.consulting import (
    get_response_date,
    is_overdue,
    list_date_warnings,
    require_open,
    show_number,
)
from voting.domain.days import end_of_day
from voting.domain.errors import Closed, NotOpen

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(weeks=1)


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [
        ("2026-03-02", "2026-05-25", []),
        ("2026-03-02", "2026-03-30", []),
        ("2026-03-02", "2026-03-29", ["less than 28"]),
        ("2026-11-02", "2026-12-17", []),
        ("2026-11-02", "2026-12-18", ["18 December"]),
        ("2027-01-04", "2027-03-01", ["18 December"]),
        ("2027-01-05", "2027-03-01", []),
        ("2026-07-01", "2026-07-31", []),
        ("2026-07-01", "2026-08-01", ["August"]),
        ("2026-08-20", "2027-01-20", ["18 December", "August"]),
    ],
)
def test_g3_short_consultations_and_holidays_are_warned_of(
    opens: str, closes: str, words: list[str]
) -> None:
    warnings = list_date_warnings(dt.date.fromisoformat(opens), dt.date.fromisoformat(closes))
    assert len(warnings) == len(words)
    assert all(word in warning for word, warning in zip(words, warnings, strict=True))


def test_c1_the_response_is_due_twelve_weeks_after_closing() -> None:
    due = get_response_date(NOW)
    assert due == NOW + 12 * WEEK
    assert not is_overdue(due, None, due)
    assert not is_overdue(due, None, end_of_day(due) - dt.timedelta(seconds=1))
    assert is_overdue(due, None, end_of_day(due))
    assert not is_overdue(due, due, due + WEEK)
    assert not is_overdue(None, None, NOW)


def test_answers_are_taken_until_the_closing_time() -> None:
    require_open("open", NOW + WEEK, NOW)
    with pytest.raises(NotOpen):
        require_open("draft", NOW + WEEK, NOW)
    for stage, closes_at in (("open", NOW), ("closed", NOW + WEEK)):
        with pytest.raises(Closed):
            require_open(stage, closes_at, NOW)


def test_fewer_than_ten_responses_are_not_told() -> None:
    assert [show_number(number) for number in (0, 9, 10)] == [None, None, 10]

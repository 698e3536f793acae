"""How long ballots are kept."""

from __future__ import annotations

import datetime as dt

import pytest

from voting.domain.errors import Conflict
from voting.domain.retention import kept_until, require_purgeable

NOW = dt.datetime(2027, 3, 18, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("announced", "months", "until"),
    [
        ((2026, 3, 18), 12, (2027, 3, 18)),
        ((2028, 2, 29), 12, (2029, 2, 28)),
        ((2026, 8, 31), 6, (2027, 2, 28)),
        ((2026, 12, 1), 1, (2027, 1, 1)),
    ],
)
def test_the_time_ends_on_the_same_day_of_a_later_month(
    announced: tuple[int, int, int], months: int, until: tuple[int, int, int]
) -> None:
    at = dt.datetime(*announced, 9, 30, tzinfo=dt.UTC)
    assert kept_until(at, months) == dt.datetime(*until, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("until", "hold", "purged_at", "told"),
    [
        (None, "", None, "not been announced"),
        (NOW + SECOND, "", None, "not over"),
        (NOW, "A complaint.", None, "legal hold"),
        (NOW, "", NOW, "have been destroyed"),
    ],
)
def test_ballots_are_kept_for_their_time_and_while_on_hold(
    until: dt.datetime | None, hold: str, purged_at: dt.datetime | None, told: str
) -> None:
    with pytest.raises(Conflict, match=told):
        require_purgeable(until, hold, purged_at, NOW)
    require_purgeable(NOW, "", None, NOW)

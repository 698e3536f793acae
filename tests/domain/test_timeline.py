"""A proposal's dates in order, and where we are."""

from __future__ import annotations

import datetime as dt

from voting.domain.timeline import Moment, make_timeline

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def test_moments_are_sorted_and_parted_at_the_present():
    early, late = Moment(NOON - HOUR, "poll-opens", "A"), Moment(NOON + HOUR, "poll-closes", "A")

    timeline = make_timeline([late, early], NOON)

    assert (timeline.past, timeline.coming) == ((early,), (late,))
    assert make_timeline([early], NOON - HOUR).past == (early,)


def test_a_day_is_over_when_it_has_ended():
    day = Moment(NOON.replace(hour=0), "milestone", "Open meeting", is_day=True)

    assert make_timeline([day], NOON).coming == (day,)
    assert make_timeline([day], NOON + 12 * HOUR).past == (day,)


def test_a_day_ends_at_midnight_in_the_united_kingdom():
    summer = NOON.replace(month=6, hour=22)  # 11pm

    day = Moment(summer, "respond-by", "A", is_day=True)

    assert make_timeline([day], NOON.replace(month=6, hour=22, minute=59)).coming == (day,)
    assert make_timeline([day], NOON.replace(month=6, hour=23)).past == (day,)

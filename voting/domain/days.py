"""Days as people here count them: in the clock time of the United Kingdom."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")


def is_past(day: dt.date, now: dt.datetime) -> bool:
    """Whether *day* has ended at *now*."""
    return now.astimezone(ZONE).date() > day


def end_of_day(at: dt.datetime) -> dt.datetime:
    """The midnight that ends the day of *at*."""
    following = at.astimezone(ZONE).date() + dt.timedelta(days=1)
    return dt.datetime.combine(following, dt.time(), ZONE).astimezone(dt.UTC)

"""Dates and times as an organiser types them, in the United Kingdom's clock time."""

from __future__ import annotations

import datetime as dt

from wtforms import Field

from voting.domain.days import ZONE

SKIPPED = "The clocks go forward over this hour. Enter a time before or after it"


def parse_day(text: str) -> dt.date:
    """A day typed as 2027-03-14 (what a date picker sends) or 14/3/2027; raises ValueError."""
    text = text.strip()
    if "/" in text:
        day, month, year = (int(part) for part in text.split("/"))
        return _sensible(dt.date(year, month, day))
    return _sensible(dt.date.fromisoformat(text))


def _sensible(day: dt.date) -> dt.date:
    if not 2000 <= day.year <= 2199:
        raise ValueError("the year has four figures")
    return day


def parse_hour(text: str) -> dt.time:
    """A time of day typed as 17:00 (what a time picker sends) or 5:30 pm; raises ValueError."""
    text = text.strip().lower().replace(" ", "").replace(".", ":")
    if text in ("midday", "noon"):
        return dt.time(12)
    half = text[-2:] if text[-2:] in ("am", "pm") else ""
    hours, _, minutes = text.removesuffix(half).partition(":")
    if not (hours.isascii() and hours.isdigit() and (not minutes or len(minutes[:2]) == 2)):
        raise ValueError("a time of day is written 17:00 or 5pm")
    if half and not 1 <= int(hours) <= 12:
        raise ValueError("a time with am or pm has an hour from 1 to 12")
    if not half and not minutes:
        raise ValueError("a time without am or pm has minutes")
    hour = int(hours) % 12 + (12 if half == "pm" else 0) if half else int(hours)
    return dt.time(hour, int(minutes.partition(":")[0] or 0))


def read_moment(day_field: Field, hour_field: Field) -> dt.datetime | None:
    """The moment two fields name; None, with each fault beside its field, if they name none."""
    day = hour = None
    try:
        day = parse_day(day_field.data)
    except ValueError:
        day_field.errors = ["Enter a real date, for example 14/3/2027"]
    try:
        hour = parse_hour(hour_field.data)
    except ValueError:
        hour_field.errors = ["Enter a real time of day, for example 17:00 or 5pm"]
    if day is None or hour is None:
        return None
    try:
        return join_moment(day, hour)
    except ValueError:
        hour_field.errors = [SKIPPED]
        return None


def join_moment(day: dt.date, hour: dt.time) -> dt.datetime:
    """The moment of *hour* on *day* in the United Kingdom, as an aware UTC time.

    Where the clocks go back and the hour comes twice, the first is meant. Raises ValueError for an
    hour that the clocks skip in spring.
    """
    local = dt.datetime.combine(day, hour, ZONE)
    moment = local.astimezone(dt.UTC)
    if moment.astimezone(ZONE).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError("the clocks skip this hour")
    return moment


def split_moment(moment: dt.datetime | None) -> tuple[str, str]:
    """The day and the time of day in the United Kingdom, as date and time inputs want them."""
    if moment is None:
        return "", ""
    local = moment.astimezone(ZONE)
    return local.date().isoformat(), local.strftime("%H:%M")

"""The life of a consultation: how long it runs, when it is open, when its response is due."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from enum import StrEnum

from voting.domain.canonical import canonical_json
from voting.domain.days import end_of_day
from voting.domain.errors import Closed, FieldError, NotOpen

USUAL = dt.timedelta(weeks=12)
SHORT = dt.timedelta(days=28)
RESPONSE_WITHIN = dt.timedelta(weeks=12)
LONGEST = dt.timedelta(days=366)
MAX_REMINDERS = 3
FEWEST_SHOWN = 10  # fewer responses than this are not told


class Stage(StrEnum):
    """Where a consultation stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


def hash_sent(handle: str, parts: Sequence[object]) -> str:
    """The hexadecimal SHA-256 of one response: the handle it is kept under, its answers and files.

    The handle is a keyed hash that nobody outside knows, so that no answer can be found by trying.
    """
    return hashlib.sha256(canonical_json([handle, parts])).hexdigest()


def list_date_warnings(opens_on: dt.date, closes_on: dt.date) -> list[str]:
    """What speaks against these days (G3): too short, or across a time when people are away."""
    warnings = []
    days = (closes_on - opens_on).days
    if days < SHORT.days:
        lasts = "1 day" if days == 1 else f"{max(days, 0)} days"
        warnings.append(f"The consultation runs for {lasts}, which is less than 28.")
    if _overlaps(opens_on, closes_on, (12, 18), (12, 31)) or _overlaps(
        opens_on, closes_on, (1, 1), (1, 4)
    ):
        warnings.append("It runs across the time from 18 December to 4 January.")
    if _overlaps(opens_on, closes_on, (8, 1), (8, 31)):
        warnings.append("It runs across August.")
    return warnings


def _overlaps(first: dt.date, last: dt.date, start: tuple[int, int], end: tuple[int, int]) -> bool:
    return any(
        first <= dt.date(year, *end) and dt.date(year, *start) <= last
        for year in range(first.year, last.year + 1)
    )


def require_open(stage: str, closes_at: dt.datetime | None, now: dt.datetime) -> None:
    """Raise NotOpen or Closed unless answers are taken at *now*."""
    if stage == Stage.DRAFT:
        raise NotOpen("This consultation has not opened yet.")
    if not is_open(stage, closes_at, now):
        raise Closed("This consultation has closed.")


def is_open(stage: str, closes_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether answers are taken at *now*."""
    return stage == Stage.OPEN and closes_at is not None and now < closes_at


def get_response_date(closed_at: dt.datetime) -> dt.datetime:
    """By when the organisation owes its response (C1)."""
    return closed_at + RESPONSE_WITHIN


def is_overdue(
    respond_by: dt.datetime | None, answered_at: dt.datetime | None, now: dt.datetime
) -> bool:
    """Whether the response to a closed consultation is late at *now* (C1): its day is over."""
    if respond_by is None or answered_at is not None:
        return False
    return now >= end_of_day(respond_by)


def check_unchecked(number: int, *, is_known: bool) -> list[FieldError]:
    """The fault of going on while *number* typed answers wait for their check, unless it is known.

    *is_known*: the person said that they go on all the same.
    """
    if not number or is_known:
        return []
    told = "1 response waits" if number == 1 else f"{number:,} responses wait"
    message = f"{told} for a second person. Have them checked, or select that you go on without."
    return [FieldError("unchecked", message)]


def show_number(number: int) -> int | None:
    """A number of responses as it may be shown while a consultation runs; None when it is small."""
    return number if number >= FEWEST_SHOWN else None

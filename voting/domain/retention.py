"""How long the ballots of a vote are kept, and when they may be destroyed (S3)."""

from __future__ import annotations

import calendar
import datetime as dt

from voting.domain.errors import Conflict

KEPT_MONTHS = 12  # after the announcement


def kept_until(announced_at: dt.datetime, months: int) -> dt.datetime:
    """The end of so many months after *announced_at*: the same day, or the last of that month."""
    count = announced_at.month - 1 + months
    year, month = announced_at.year + count // 12, count % 12 + 1
    day = min(announced_at.day, calendar.monthrange(year, month)[1])
    return announced_at.replace(year=year, month=month, day=day)


def require_purgeable(
    until: dt.datetime | None, hold: str, purged_at: dt.datetime | None, now: dt.datetime
) -> None:
    """Raise Conflict unless ballots kept *until* may be destroyed at *now*; a *hold* forbids it."""
    if purged_at is not None:
        raise Conflict("The ballots of this vote have been destroyed.")
    if until is None:
        raise Conflict("The outcome has not been announced, so the ballots are kept.")
    if hold:
        raise Conflict("The ballots are on legal hold. Lift it first.")
    if now < until:
        raise Conflict("The time for which the ballots are kept is not over.")

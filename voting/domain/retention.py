"""How long ballots (S3) and the answers to a consultation are kept, and when they may end."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from voting.domain.errors import BadInput, Conflict, FieldError


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept, in the words of a refusal."""

    name: str  # "ballots"
    whole: str  # "The ballots of this vote"
    before: str  # why their time has not begun


BALLOTS = Kept("ballots", "The ballots of this vote", "The outcome has not been announced")
RESPONSES = Kept("responses", "The answers to this consultation", "The consultation has not closed")


def kept_until(announced_at: dt.datetime, months: int) -> dt.datetime:
    """The end of so many months after *announced_at*: the same day, or the last of that month."""
    count = announced_at.month - 1 + months
    year, month = announced_at.year + count // 12, count % 12 + 1
    day = min(announced_at.day, calendar.monthrange(year, month)[1])
    return announced_at.replace(year=year, month=month, day=day)


def require_purgeable(
    until: dt.datetime | None,
    hold: str,
    purged_at: dt.datetime | None,
    now: dt.datetime,
    kept: Kept = BALLOTS,
) -> None:
    """Raise Conflict unless what is *kept* until then may be destroyed at *now*; a *hold* forbids
    it."""
    require_kept(purged_at, kept)
    if until is None:
        raise Conflict(f"{kept.before}, so the {kept.name} are kept.")
    if hold:
        raise Conflict(f"The {kept.name} are on legal hold. Lift it first.")
    if now < until:
        raise Conflict(f"The time for which the {kept.name} are kept is not over.")


def require_kept(purged_at: dt.datetime | None, kept: Kept = BALLOTS) -> None:
    """Raise Conflict once they were destroyed."""
    if purged_at is not None:
        raise Conflict(f"{kept.whole} have been destroyed.")


def require_typed(typed: str, number: int, kept: Kept = BALLOTS) -> None:
    """Raise BadInput (field typed) unless *typed* is how many are destroyed."""
    if "".join(typed.split()).replace(",", "") != str(number):
        told = f"Enter {number}, the number of {kept.name} that are destroyed, to confirm"
        raise BadInput([FieldError("typed", told)])

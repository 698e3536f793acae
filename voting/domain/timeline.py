"""A proposal's dates in order, and where we are in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from voting.domain.days import end_of_day


@dataclass(frozen=True, slots=True)
class Moment:
    """One date. ``kind`` says what happens; ``title`` and ``title_cy`` name the thing."""

    at: dt.datetime
    kind: str
    title: str
    title_cy: str = ""
    is_day: bool = False  # the hour means nothing


@dataclass(frozen=True, slots=True)
class Timeline:
    """The dates that are over and those to come, each in order."""

    past: tuple[Moment, ...]
    coming: tuple[Moment, ...]


def make_timeline(moments: Sequence[Moment], now: dt.datetime) -> Timeline:
    """*moments* sorted, parted at *now*. A day is over when it has ended."""
    ordered = sorted(moments, key=lambda moment: moment.at)
    return Timeline(
        tuple(moment for moment in ordered if _ends_at(moment) <= now),
        tuple(moment for moment in ordered if _ends_at(moment) > now),
    )


def _ends_at(moment: Moment) -> dt.datetime:
    return end_of_day(moment.at) if moment.is_day else moment.at

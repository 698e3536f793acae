"""Where bars and grades stand in the pictures of a sheet; the template draws them as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

BAR_WIDTH = 316
ROW, TOP = 40, 22
MOST_GRADES = 8  # shades that the style sheet has
NARROW = 22  # a part of a bar too narrow for its number


@dataclass(frozen=True, slots=True)
class Bar:
    """A candidate's bar: its top, its length, the votes as text, and elected or excluded."""

    name: str
    votes: str
    y: int
    length: float
    mark: str


@dataclass(frozen=True, slots=True)
class Bars:
    """One stage as bars. ``quota_at`` is where the line of the quota stands, None without one."""

    stage: int
    height: int
    bars: tuple[Bar, ...]
    quota: str
    quota_at: float | None


def make_bars(count: Mapping[str, Any]) -> list[Bars]:
    """A picture for each stage that has votes, all to one scale."""
    stages = [stage for stage in count["stages"] if stage["votes"]]
    most = max((_most(stage) for stage in stages), default=Decimal(0))
    return [_bars(stage, most or Decimal(1)) for stage in stages]


def _most(stage: Mapping[str, Any]) -> Decimal:
    numbers = [*stage["votes"].values(), stage["quota"] or "0"]
    return max(Decimal(number) for number in numbers)


def _bars(stage: Mapping[str, Any], most: Decimal) -> Bars:
    top = TOP if stage["quota"] else 0
    bars = tuple(
        Bar(name, shorten(votes), top + at * ROW, _along(votes, most), find_mark(stage, name))
        for at, (name, votes) in enumerate(stage["votes"].items())
    )
    quota = stage["quota"] or ""
    return Bars(
        stage["stage"],
        top + len(bars) * ROW,
        bars,
        shorten(quota) if quota else "",
        _along(quota, most) if quota else None,
    )


def _along(votes: str, most: Decimal) -> float:
    return round(float(Decimal(votes) / most * BAR_WIDTH), 1)


def find_mark(stage: Mapping[str, Any], name: str) -> str:
    """What a stage did with a candidate: elected, excluded, or "" for neither."""
    if name in stage["elected"]:
        return "elected"
    return "excluded" if name in stage["excluded"] else ""


def shorten(number: str) -> str:
    """A decimal for a picture, cut off after two places; the table has all of them."""
    exact = Decimal(number)
    if -exact.as_tuple().exponent <= 2:  # type: ignore[operator]
        return f"{exact:,}"
    return f"{exact.quantize(Decimal('0.01'), ROUND_DOWN):,}"


# Grades


@dataclass(frozen=True, slots=True)
class Part:
    """How many papers gave one grade. ``shade`` is 0 for the best grade."""

    grade: str
    papers: int
    x: float
    width: float
    shade: int


@dataclass(frozen=True, slots=True)
class Profile:
    """One candidate's grades, the best at the left, and the middle one."""

    name: str
    parts: tuple[Part, ...]
    middle: str
    y: int

    def fits(self, part: Part) -> bool:
        """Whether the number has room in its part of the bar."""
        return part.width >= NARROW


@dataclass(frozen=True, slots=True)
class Profiles:
    """All candidates in order, best first. ``grades`` are named the best first."""

    height: int
    profiles: tuple[Profile, ...]
    grades: tuple[tuple[str, int], ...]


def make_profiles(count: Mapping[str, Any], names: Sequence[str] = ()) -> Profiles | None:
    """The picture of a majority judgment; None for other counts."""
    found = count["details"].get("profiles")
    if not isinstance(found, Mapping) or not found:
        return None
    number = len(next(iter(found.values()))["grades"])
    words = list(names) if len(names) == number else [str(at) for at in range(1, number + 1)]
    order = [name for place in count["ranking"] for name in _group(place)]
    rows = tuple(
        _profile(name, found[name], words, TOP + at * ROW) for at, name in enumerate(order)
    )
    grades = tuple((word, _shade(at, number)) for at, word in enumerate(words))
    return Profiles(TOP + len(rows) * ROW, rows, grades)


def _group(place: str | Sequence[str]) -> Sequence[str]:
    return (place,) if isinstance(place, str) else place


def _shade(at: int, number: int) -> int:
    return at if number <= MOST_GRADES else at * MOST_GRADES // number


def _profile(name: str, found: Mapping[str, Any], words: Sequence[str], y: int) -> Profile:
    best_first = found["grades"][::-1]
    total = sum(best_first) or 1
    parts, x = [], 0.0
    for at, papers in enumerate(best_first):
        width = papers * BAR_WIDTH / total
        if papers:
            shade = _shade(at, len(words))
            parts.append(Part(words[at], papers, round(x, 1), round(width, 1), shade))
        x += width
    return Profile(name, tuple(parts), words[len(words) - 1 - found["middle"]], y)

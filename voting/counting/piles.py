"""Papers lying with candidates in parcels of equal value: what every hand-countable STV moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from voting.counting.tabulation import CountingError, Papers, Ranking

Strict = tuple[int, ...]
Bundle = tuple[Strict, int, int]
"""A ranking, the position of the preference in use, and the number of such papers."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Papers that came to a candidate together, each worth ``value`` units."""

    value: int
    bundles: list[Bundle]

    @property
    def papers(self) -> int:
        """How many papers there are."""
        return sum(count for _, _, count in self.bundles)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Parcels sorted by next preference. ``lost`` papers have no further usable one."""

    bundles: Mapping[int, list[Bundle]]
    lost: int

    @property
    def papers(self) -> int:
        """How many papers go on to a candidate."""
        return sum(count for bundles in self.bundles.values() for _, _, count in bundles)


@dataclass(slots=True)
class Piles:
    """Votes and parcels of every candidate, and who may still receive papers."""

    votes: list[int]
    parcels: list[list[Parcel]]
    continuing: list[bool]
    history: list[list[int]] = field(default_factory=list)
    sitting: frozenset[int] = frozenset()

    def lowest(self) -> list[int]:
        """The continuing candidates with the fewest votes, but for those who keep their places."""
        left = [one for one in self.left() if one not in self.sitting]
        fewest = min(self.votes[candidate] for candidate in left)
        return [candidate for candidate in left if self.votes[candidate] == fewest]

    def left(self) -> list[int]:
        """The continuing candidates."""
        return [candidate for candidate, on in enumerate(self.continuing) if on]

    def sort(self, parcels: Iterable[Parcel]) -> Sorted:
        """Sort papers by their next preference for a continuing candidate."""
        onward: dict[int, list[Bundle]] = {}
        lost = 0
        continuing = self.continuing
        for parcel in parcels:
            for ranking, at, count in parcel.bundles:
                for place in range(at + 1, len(ranking)):
                    candidate = ranking[place]
                    if continuing[candidate]:
                        onward.setdefault(candidate, []).append((ranking, place, count))
                        break
                else:
                    lost += count
        return Sorted(onward, lost)

    def give(self, papers: Sorted, value: int) -> None:
        """Put sorted papers with their candidates, each paper worth *value* units."""
        for candidate, bundles in sorted(papers.bundles.items()):
            parcel = Parcel(value, bundles)
            self.parcels[candidate].append(parcel)
            self.votes[candidate] += value * parcel.papers


@dataclass(frozen=True, slots=True)
class Usable:
    """The part of each paper that a rule can use, and the papers without any."""

    rankings: Mapping[Strict, int]
    blank: int
    spoiled: int

    @property
    def valid(self) -> int:
        """Votes on papers with a usable first preference."""
        return sum(self.rankings.values())


def read_consecutive(papers: Papers) -> Usable:
    """Use each paper up to the first number that is left out or given twice.

    A paper with no single first preference is spoiled, one with nothing on it blank. CountingError
    when nothing can be used.
    """
    return _read(papers, _consecutive)


def read_in_order(papers: Papers) -> Usable:
    """Use the order of the preferences alone: a number left out is closed up.

    CountingError when two candidates share a number, or when nothing can be used.
    """
    return _read(papers, _in_order)


def read_preferences(papers: Papers, shared: str) -> Usable:
    """Close up numbers left out; at a number given twice do as *shared* says.

    ``exhaust`` stops there and ``skip`` passes over it. ``continuing`` keeps it, unless it is the
    first: such papers are for SharedPiles alone. CountingError when nothing can be used.
    """
    parts = {"exhaust": _stop_at_shared, "skip": _skip_shared, "continuing": _keep_shared}
    return _read(papers, parts[shared])


def _read(papers: Papers, part: Callable[[Ranking], Strict]) -> Usable:
    rankings: dict[Strict, int] = {}
    blank, spoiled = 0, papers.spoiled
    for ranking, votes in papers.groups.items():
        usable = part(ranking)
        if usable:
            rankings[usable] = rankings.get(usable, 0) + votes
        elif ranking:
            spoiled += votes
        else:
            blank += votes
    if not any(rankings.values()):
        raise CountingError("There is no valid paper to count.")
    return Usable(rankings, blank, spoiled)


def _consecutive(ranking: Ranking) -> Strict:
    usable: list[int] = []
    for preference in ranking:
        if not isinstance(preference, int):
            break
        usable.append(preference)
    return tuple(usable)


def _in_order(ranking: Ranking) -> Strict:
    usable: list[int] = []
    for preference in ranking:
        if isinstance(preference, int):
            usable.append(preference)
        elif preference:
            raise CountingError("This rule has no place for candidates who share a number.")
    return tuple(usable)


def _stop_at_shared(ranking: Ranking) -> Strict:
    usable: list[int] = []
    for preference in ranking:
        if isinstance(preference, int):
            usable.append(preference)
        elif preference:
            break
    return tuple(usable)


def _skip_shared(ranking: Ranking) -> Strict:
    return tuple(preference for preference in ranking if isinstance(preference, int))


def _keep_shared(ranking: Ranking) -> Strict:
    usable = [preference for preference in ranking if preference != ()]
    if not usable or not isinstance(usable[0], int):
        return ()
    return cast(Strict, tuple(usable))


def find_sitting(names: Sequence[str], sitting: Sequence[str]) -> frozenset[int]:
    """The positions of those who keep their places in a countback."""
    return frozenset(at for at, name in enumerate(names) if name in sitting)


def is_filled(sitting: frozenset[int], elected: Iterable[int]) -> bool:
    """Whether a countback is over: someone is elected beside those who keep their places."""
    return bool(sitting) and any(one not in sitting for one in elected)


def deal(
    usable: Usable, candidates: int, unit: int, sitting: frozenset[int] = frozenset()
) -> Piles:
    """Give every paper to its first preference, worth *unit* units."""
    bundles: list[list[Bundle]] = [[] for _ in range(candidates)]
    for ranking, count in usable.rankings.items():
        bundles[ranking[0]].append((ranking, 0, count))
    parcels = [[Parcel(unit, pile)] if pile else [] for pile in bundles]
    votes = [sum(unit * parcel.papers for parcel in pile) for pile in parcels]
    return Piles(votes, parcels, [True] * candidates, sitting=sitting)


def check_seats(seats: int, candidates: Sequence[str]) -> None:
    """Raise CountingError unless there is a seat to fill and a candidate for each."""
    if seats < 1:
        raise CountingError("There must be at least 1 seat to fill.")
    if seats > len(candidates):
        raise CountingError(
            f"There are more seats ({seats}) than candidates ({len(candidates)}) to fill them."
        )


def check_unweighted(papers: Papers, rule: str) -> None:
    """Raise CountingError when papers have weights, which *rule* has no place for."""
    if papers.weighted:
        raise CountingError(
            f"The rule {rule} counts every paper alike; it has no place for weighted papers."
        )

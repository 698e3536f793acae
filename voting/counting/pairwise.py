"""Who is ranked above whom: the table that Condorcet rules read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from voting.counting.halves import Halves, count_all
from voting.counting.tabulation import CountingError, Pairs, Papers, Ranking

Strength = tuple[int, int]
"""How strong a defeat is; the greater, the stronger. (0, 0) is no defeat."""

NO_DEFEAT: Strength = (0, 0)


def make_pairs(papers: Papers) -> Pairs:
    """Compare all candidates on all papers.

    Candidates who share a number are level; those without a number are level below all others.
    CountingError when every paper is blank.
    """
    size = len(papers.candidates)
    blank = papers.groups.get((), 0)
    valid = count_all(papers.groups) - blank
    if not valid:
        raise CountingError("There is no valid paper to count.")
    rows = _gather(papers.groups, size)
    return Pairs(papers.candidates, rows, valid, blank, papers.spoiled, papers.title)


def _gather(groups: Mapping[Ranking, int], size: int) -> tuple[tuple[int, ...], ...]:
    """How many papers put each candidate above each other.

    A row of the table is one long whole number while papers are added: every candidate has a few of
    its bits, enough for all papers, so that one sum adds a paper to all of the row.
    """
    width = count_all(groups).bit_length()
    units = [1 << width * candidate for candidate in range(size)]
    rows = [0] * size
    parts = _cut(groups, units) if isinstance(groups, Halves) else _keep(groups, units)
    for level, ranking, votes in parts:
        below = level
        for preference in ranking:
            if isinstance(preference, int):
                below -= units[preference]
                rows[preference] += below * votes
                continue
            below -= sum(units[one] for one in preference)
            for one in preference:
                rows[one] += below * votes
    most = (1 << width) - 1
    return tuple(tuple(row >> width * lower & most for lower in range(size)) for row in rows)


Part = tuple[int, Ranking, int]
"""A piece of a ranking: the units of all who are in it or below it, and how many papers have it."""


def _keep(groups: Mapping[Ranking, int], units: Sequence[int]) -> Iterator[Part]:
    """Whole rankings."""
    everyone = sum(units)
    return ((everyone, ranking, votes) for ranking, votes in groups.items())


def _cut(groups: Halves, units: Sequence[int]) -> Iterator[Part]:
    """Beginnings and ends of rankings.

    Beginnings that differ in their order alone leave the same candidates below, so that the ends of
    all of these are added up first.
    """
    everyone = sum(units)
    shared: dict[int, dict[Ranking, int]] = {}
    for beginning, ends in groups.ends.items():
        yield everyone, beginning, sum(ends.values())
        named = chain.from_iterable((one,) if isinstance(one, int) else one for one in beginning)
        together = shared.setdefault(everyone - sum(units[one] for one in named), {})
        for end, votes in ends.items():
            together[end] = together.get(end, 0) + votes
    for below, together in shared.items():
        for end, votes in together.items():
            yield below, end, votes


@dataclass(frozen=True, slots=True)
class StrengthRule:
    """How defeats are compared: winning votes (then fewer against), or margins."""

    name: str

    def __post_init__(self) -> None:
        if self.name not in ("winning", "margins"):
            raise CountingError("The strength of a defeat is by winning or by margins.")

    def of(self, pairs: Pairs, upper: int, lower: int) -> Strength:
        """The strength of *upper*'s defeat of *lower*; NO_DEFEAT unless more papers say so."""
        won, lost = pairs.over[upper][lower], pairs.over[lower][upper]
        if won <= lost:
            return NO_DEFEAT
        return (won, -lost) if self.name == "winning" else (won - lost, 0)


def table(pairs: Pairs) -> Mapping[str, Mapping[str, int]]:
    """The pairs by name, for a sheet: row above column."""
    names = pairs.candidates
    return {
        upper: {
            lower: pairs.over[row][column] for column, lower in enumerate(names) if row != column
        }
        for row, upper in enumerate(names)
    }

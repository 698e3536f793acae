"""Who is ranked above whom: the table that Condorcet rules read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    over = [[0] * size for _ in range(size)]
    everyone = frozenset(range(size))
    blank = 0
    for ranking, votes in papers.groups.items():
        if ranking:
            _compare(ranking, votes, over, everyone)
        else:
            blank += votes
    valid = sum(papers.groups.values()) - blank
    if not valid:
        raise CountingError("There is no valid paper to count.")
    rows = tuple(tuple(row) for row in over)
    return Pairs(papers.candidates, rows, valid, blank, papers.spoiled, papers.title)


def _compare(ranking: Ranking, votes: int, over: list[list[int]], everyone: frozenset[int]) -> None:
    below = set(everyone)
    for preference in ranking:
        if isinstance(preference, int):
            below.discard(preference)
            row = over[preference]
            for lower in below:
                row[lower] += votes
            continue
        below.difference_update(preference)
        for upper in preference:
            row = over[upper]
            for lower in below:
                row[lower] += votes


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

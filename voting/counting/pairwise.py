"""Who is ranked above whom: the table that Condorcet rules read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voting.counting.tabulation import CountingError, Pairs, Papers

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
    valid = sum(papers.groups.values()) - blank
    if not valid:
        raise CountingError("There is no valid paper to count.")
    over = [[0] * size for _ in range(size)]
    for place, votes in _gather(papers, size).items():
        below, upper = divmod(place, size)
        row = over[upper]
        for lower in range(size):
            if below >> lower & 1:
                row[lower] += votes
    rows = tuple(tuple(row) for row in over)
    return Pairs(papers.candidates, rows, valid, blank, papers.spoiled, papers.title)


def _gather(papers: Papers, size: int) -> dict[int, int]:
    """How many papers put a candidate right above the rest: by bits of the rest and candidate.

    Many papers share these, so that the table is filled from few of them. A key is the bits of the
    rest times the number of candidates, plus the candidate.
    """
    found: dict[int, int] = {}
    everyone = (1 << size) - 1
    for ranking, votes in papers.groups.items():
        below = everyone
        for preference in ranking:
            if isinstance(preference, int):
                below ^= 1 << preference
                key = below * size + preference
                found[key] = found.get(key, 0) + votes
                continue
            for one in preference:
                below ^= 1 << one
            for one in preference:
                key = below * size + one
                found[key] = found.get(key, 0) + votes
    return found


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

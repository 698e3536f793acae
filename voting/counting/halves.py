"""Rankings cut in two: what many papers have in common is then looked at once."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from functools import cached_property

from voting.counting.tabulation import Ranking

CUT = 4

Ends = dict[Ranking, dict[Ranking, int]]
"""``ends[beginning][end]`` papers have the ranking beginning + end."""


@dataclass(frozen=True, eq=False)
class Halves(Mapping[Ranking, int]):
    """The number of papers of each ranking, kept by how they begin and how they end.

    The same ranking may be cut in more than one place, and an end may have no papers. As a mapping
    it shows whole rankings that have papers; they are put together when they are first asked for.
    """

    ends: Ends

    @cached_property
    def _whole(self) -> dict[Ranking, int]:
        whole: dict[Ranking, int] = {}
        for beginning, ends in self.ends.items():
            for end, votes in ends.items():
                if votes:
                    ranking = beginning + end
                    whole[ranking] = whole.get(ranking, 0) + votes
        return whole

    def __getitem__(self, ranking: Ranking) -> int:
        cuts = range(len(ranking) + 1)
        votes = sum(self.ends.get(ranking[:cut], {}).get(ranking[cut:], 0) for cut in cuts)
        if not votes:
            raise KeyError(ranking)
        return votes

    def __iter__(self) -> Iterator[Ranking]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    def items(self) -> ItemsView[Ranking, int]:
        """Rankings with their numbers of papers."""
        return self._whole.items()

    def values(self) -> ValuesView[int]:
        """The numbers of papers."""
        return self._whole.values()


def count_all(groups: Mapping[Ranking, int]) -> int:
    """The number of all papers."""
    if isinstance(groups, Halves):
        return sum(sum(ends.values()) for ends in groups.ends.values())
    return sum(groups.values())


def add_ranking(ends: Ends, ranking: Ranking, votes: int) -> None:
    """Add papers with one ranking."""
    beginning, end = ranking[:CUT], ranking[CUT:]
    found = ends.get(beginning)
    if found is None:
        ends[beginning] = {end: votes}
    else:
        found[end] = found.get(end, 0) + votes

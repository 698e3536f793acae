"""From places to seats: who wins when candidates are only put in order, and shared places."""

from __future__ import annotations

from collections.abc import Sequence

from voting.counting.tabulation import Placed
from voting.counting.ties import Ties


def by_votes(votes: Sequence[int]) -> list[list[int]]:
    """Candidates in groups of equal votes, most votes first."""
    return [
        [candidate for candidate, number in enumerate(votes) if number == level]
        for level in sorted(set(votes), reverse=True)
    ]


def name_places(groups: Sequence[Sequence[int]], names: Sequence[str]) -> tuple[Placed, ...]:
    """Groups by name; a group of one is just that name."""
    return tuple(
        names[group[0]] if len(group) == 1 else tuple(names[one] for one in group)
        for group in groups
    )


def fill_seats(
    groups: Sequence[Sequence[int]], seats: int, ties: Ties, *, settle: bool
) -> list[list[int]]:
    """Who takes *seats* places from the top.

    A group that is larger than the places left is told apart by *ties* when *settle* is set; else
    it stands last, as a tie for those places.
    """
    winners: list[list[int]] = []
    left = seats
    for group in groups:
        if left == 0:
            break
        if len(group) <= left:
            winners.append(list(group))
            left -= len(group)
        elif settle:
            for one in _draw(group, left, ties):
                winners.append([one])
            left = 0
        else:
            winners.append(list(group))
            left = 0
    return winners


def _draw(group: Sequence[int], left: int, ties: Ties) -> list[int]:
    rest, drawn = list(group), []
    for _ in range(left):
        chosen = ties.by_rule(rest, 1, "candidate to elect")
        drawn.append(chosen)
        rest.remove(chosen)
    return drawn

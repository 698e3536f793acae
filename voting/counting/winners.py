"""A question that a counting rule decides: who won, and how many papers it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from voting.counting.tabulation import Choices, Grades, Outcome, Pairs, Papers, Scores, Votes


@dataclass(frozen=True, slots=True)
class WinnersTally:
    """One question counted by a rule. ``winners`` are positions of options, in order of election.

    ``papers`` are all papers returned, the ``blank`` and ``spoiled`` ones included. ``rule`` is the
    rule's name as sentences tell it. Raises ValueError for numbers that no set of papers can have.
    """

    options: tuple[str, ...]
    winners: tuple[int, ...]
    blank: int
    spoiled: int
    papers: int
    rule: str

    def __post_init__(self) -> None:
        if min(self.blank, self.spoiled, self.valid) < 0:
            raise ValueError("there cannot be more blank and spoiled papers than papers")
        if not all(0 <= place < len(self.options) for place in self.winners):
            raise ValueError("a winner is one of the options")

    @property
    def valid(self) -> int:
        """Papers that are neither blank nor spoiled."""
        return self.papers - self.blank - self.spoiled

    @property
    def winning(self) -> tuple[str, ...]:
        """The winning options by name, in the order of the question."""
        return tuple(self.options[place] for place in sorted(self.winners))


def count_unused(votes: Votes) -> tuple[int, int]:
    """How many papers are blank and how many are spoiled, whatever the rule makes of them."""
    if isinstance(votes, Papers):
        return votes.groups.get((), 0), votes.spoiled
    if isinstance(votes, Scores):
        return _sum_blank(votes), votes.spoiled
    return _told(votes)


def _sum_blank(scores: Scores) -> int:
    return sum(
        number for row, number in scores.groups.items() if all(points is None for points in row)
    )


def _told(votes: Choices | Grades | Pairs) -> tuple[int, int]:
    return votes.blank, votes.spoiled


def find_winners(outcome: Outcome) -> tuple[int, ...]:
    """The positions of the winners of an outcome; those that share a place stand side by side."""
    names: Iterable[str] = (
        name
        for place in outcome.winners
        for name in ((place,) if isinstance(place, str) else place)
    )
    return tuple(outcome.candidates.index(name) for name in names)

"""Counting choices: how often each option was chosen, and which leads.

All numbers are weighted totals, as the opened tally gives them: a paper of weight 3 counts three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuestionTally:
    """One question counted. ``maximum`` is how many options one paper may choose.

    ``papers`` are all papers returned, blank ones included. Raises ValueError for numbers that no
    set of papers can have.
    """

    options: tuple[str, ...]
    votes: tuple[int, ...]
    blank: int
    papers: int
    maximum: int = 1

    def __post_init__(self) -> None:
        if len(self.options) != len(self.votes) or not self.options:
            raise ValueError("a tally has one number for each option")
        if not 0 <= self.blank <= self.papers:
            raise ValueError("there cannot be more blank papers than papers")
        if not all(0 <= number <= self.valid for number in self.votes):
            raise ValueError("an option cannot have more votes than there are valid papers")
        if sum(self.votes) > self.valid * self.maximum:
            raise ValueError("there are more votes than the valid papers can hold")

    @property
    def valid(self) -> int:
        """Papers that are not blank."""
        return self.papers - self.blank

    @property
    def leading(self) -> tuple[int, ...]:
        """Positions of the options with the most votes: several when tied, none without votes."""
        most = max(self.votes)
        if most == 0:
            return ()
        return tuple(place for place, number in enumerate(self.votes) if number == most)


def read_counts(
    options: Sequence[str], counts: Sequence[int], *, papers: int, maximum: int = 1
) -> QuestionTally:
    """The tally of a question that offers a blank vote.

    *counts* is one question's part of the opened result: the blank votes first, then each option
    (Belenios specification, "Result"). *papers* is the total weight of the counted ballots. Raises
    ValueError for numbers that do not fit together.
    """
    if len(counts) != len(options) + 1:
        raise ValueError("a result has one number for the blank vote and one for each option")
    return QuestionTally(tuple(options), tuple(counts[1:]), counts[0], papers, maximum)

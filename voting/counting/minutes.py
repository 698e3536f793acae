"""The running record of a count by stages: votes after each, and who was elected when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voting.counting.tabulation import Stage, in_words, show


@dataclass(slots=True)
class Minutes:
    """Stages written so far. ``total`` is all valid votes, in units of 10 ** -places."""

    names: Sequence[str]
    total: int
    places: int
    stages: list[Stage] = field(default_factory=list)
    elected: list[int] = field(default_factory=list)

    @property
    def next_number(self) -> int:
        """The number of the stage that is now being counted."""
        return len(self.stages) + 1

    def name(self, candidates: Sequence[int]) -> tuple[str, ...]:
        """Candidates by name."""
        return tuple(self.names[candidate] for candidate in candidates)

    def show(self, number: int) -> str:
        """A number as decimal text."""
        return show(number, self.places)

    def add(
        self,
        votes: Sequence[int],
        quota: int | None,
        done: str,
        *,
        elected: Sequence[int] = (),
        excluded: Sequence[int] = (),
        loss: int = 0,
    ) -> None:
        """Write down a stage; who is newly *elected* stands in order of election."""
        self.elected += elected
        sentence = done + decided(self.name(elected), self.name(excluded))
        self.stages.append(
            Stage(
                self.next_number,
                dict(zip(self.names, votes, strict=True)),
                self.total - sum(votes),
                quota,
                self.name(elected),
                self.name(excluded),
                sentence,
                loss,
            )
        )

    def winners(self) -> tuple[str, ...]:
        """Those elected, in order of election."""
        return self.name(self.elected)


def decided(elected: Sequence[str], excluded: Sequence[str]) -> str:
    """What was decided at the end of a stage, as the end of its sentence."""
    told = ""
    if elected:
        told += f" {in_words(elected)} {'is' if len(elected) == 1 else 'are'} elected."
    if excluded:
        told += f" {in_words(excluded)} {'is' if len(excluded) == 1 else 'are'} excluded."
    return told


def count_papers(number: int) -> str:
    """A number of papers in words that agree with it."""
    return f"{number:,} paper{'' if number == 1 else 's'}"

"""The running record of a count by stages: votes after each, and who was elected when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voting.counting.tabulation import Stage, show
from voting.counting.words import Said, phrase, phrase_many


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
        done: Said,
        *,
        elected: Sequence[int] = (),
        excluded: Sequence[int] = (),
        loss: int = 0,
    ) -> None:
        """Write down a stage; who is newly *elected* stands in order of election."""
        self.elected += elected
        self.stages.append(
            Stage(
                self.next_number,
                dict(zip(self.names, votes, strict=True)),
                self.total - sum(votes),
                quota,
                self.name(elected),
                self.name(excluded),
                (done, *decided(self.name(elected), self.name(excluded))),
                loss,
            )
        )

    def winners(self) -> tuple[str, ...]:
        """Those elected, in order of election."""
        return self.name(self.elected)


def decided(elected: tuple[str, ...], excluded: tuple[str, ...]) -> tuple[Said, ...]:
    """What was decided at the end of a stage."""
    told = []
    if elected:
        told.append(
            phrase_many(
                "%(names)s is elected.", "%(names)s are elected.", len(elected), names=elected
            )
        )
    if excluded:
        told.append(
            phrase_many(
                "%(names)s is excluded.",
                "%(names)s are excluded.",
                len(excluded),
                names=excluded,
            )
        )
    return tuple(told)


def value_papers(number: int, value: str) -> Said:
    """So many papers, each at its value."""
    return phrase_many(
        "%(number)s paper at %(value)s", "%(number)s papers at %(value)s", number, value=value
    )


def first_preferences() -> Said:
    """What the first stage does."""
    return phrase("First preferences.")

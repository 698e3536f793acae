"""What goes into a count (papers, grades, scores, pairs) and what comes out of it (an outcome).

Every number is a whole number, of votes or of a fixed decimal fraction of a vote. No float is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from voting.counting.words import Said

Preference = int | tuple[int, ...]
"""A candidate's position, or several that share one number; () is a number that was left out."""

Ranking = tuple[Preference, ...]
"""Preferences, best first. An empty ranking is a blank paper."""

Row = tuple[int | None, ...]
"""A number that a paper gives to each candidate, a grade or points; None where it gives none."""

Placed = str | tuple[str, ...]
"""A candidate's name, or several names that share a place."""


class CountingError(Exception):
    """The papers, the rule and its options do not fit together. The message is for a person."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Candidates that were withdrawn, and how many papers named nobody else.

    Such papers count as blank. ``emptied`` is None where the votes do not tell how many there are.
    """

    names: tuple[str, ...] = ()
    emptied: int | None = 0

    def and_also(self, names: Iterable[str], emptied: int | None) -> Gone:
        """These and more."""
        known = self.emptied is not None and emptied is not None
        total = (self.emptied or 0) + (emptied or 0) if known else None
        return Gone((*self.names, *names), total)


NOBODY = Gone()


@dataclass(frozen=True, slots=True)
class Papers:
    """Ranked papers, identical ones together: ``groups`` gives each ranking its number of votes.

    A paper of weight 3 is three votes; ``weighted`` says that there are such papers. ``spoiled``
    papers are counted but not used. ``seats`` is what the file asks for. ``tie_order`` is the order
    of candidates in which ties are settled, when it is not the order of the candidates.
    """

    candidates: tuple[str, ...]
    groups: Mapping[Ranking, int]
    seats: int | None = None
    spoiled: int = 0
    weighted: bool = False
    title: str = ""
    tie_order: tuple[int, ...] = ()
    gone: Gone = NOBODY

    def without(self, names: Iterable[str]) -> Papers:
        """The same papers as if these had never stood. CountingError for unknown names."""
        gone, kept = split_names(self.candidates, names)
        place = {old: new for new, old in enumerate(kept)}
        groups: dict[Ranking, int] = {}
        emptied = 0
        for ranking, votes in self.groups.items():
            shorter = _drop(ranking, place)
            groups[shorter] = groups.get(shorter, 0) + votes
            if ranking and not shorter:
                emptied += votes
        return replace(
            self,
            candidates=tuple(self.candidates[at] for at in kept),
            groups=groups,
            tie_order=tuple(place[at] for at in self.tie_order if at in place),
            gone=self.gone.and_also(gone, emptied),
        )


def split_names(
    candidates: Sequence[str], names: Iterable[str]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Who of *candidates* is among *names*, and the positions of the others.

    CountingError for a name that is no candidate's, and when nobody is left.
    """
    gone = set(names)
    if unknown := gone - set(candidates):
        raise CountingError(f"No candidate is called {sorted(unknown)[0]!r}.")
    if len(gone) == len(candidates):
        raise CountingError("Every candidate is withdrawn; nobody is left to count.")
    kept = tuple(at for at, name in enumerate(candidates) if name not in gone)
    return tuple(name for name in candidates if name in gone), kept


def _drop(ranking: Ranking, place: Mapping[int, int]) -> Ranking:
    shorter: list[Preference] = []
    for preference in ranking:
        if isinstance(preference, int):
            if preference in place:
                shorter.append(place[preference])
        elif not preference:
            shorter.append(())
        elif left := tuple(place[at] for at in preference if at in place):
            shorter.append(left[0] if len(left) == 1 else left)
    while shorter and shorter[-1] == ():
        shorter.pop()
    return tuple(shorter)


@dataclass(frozen=True, slots=True)
class Choices:
    """Votes already added up per option, as the opened tally of a secret ballot gives them.

    ``most`` is how many options one paper may choose. ``valid`` is None when these figures do not
    tell how many papers name somebody who is left.
    """

    candidates: tuple[str, ...]
    votes: tuple[int, ...]
    valid: int | None
    blank: int = 0
    spoiled: int = 0
    weighted: bool = False
    title: str = ""
    most: int = 1
    gone: Gone = NOBODY


@dataclass(frozen=True, slots=True)
class Scores:
    """Papers that give each candidate a whole number, or None: identical papers together.

    ``zeros_are_blank``: a paper of nothing but 0 is blank, as sealed papers are.
    """

    candidates: tuple[str, ...]
    groups: Mapping[Row, int]
    spoiled: int = 0
    weighted: bool = False
    title: str = ""
    zeros_are_blank: bool = False
    gone: Gone = NOBODY


@dataclass(frozen=True, slots=True)
class Grades:
    """How often each candidate got each grade, worst grade first.

    ``missing`` names what to do when candidates have different numbers of grades: refuse,
    static (``default`` is the grade to give, counted from the worst, 0), median or normalised.
    ``papers`` are those that were added up, 1 for the best grade; None when they are not known.
    """

    candidates: tuple[str, ...]
    tallies: tuple[tuple[int, ...], ...]
    participants: int | None = None
    missing: str = "refuse"
    default: int = 0
    blank: int = 0
    spoiled: int = 0
    title: str = ""
    papers: Mapping[Row, int] | None = None
    gone: Gone = NOBODY


@dataclass(frozen=True, slots=True)
class Pairs:
    """``over[a][b]`` is the number of papers that put candidate a above candidate b.

    ``valid`` is the number of papers; None when only the pairs are known.
    """

    candidates: tuple[str, ...]
    over: tuple[tuple[int, ...], ...]
    valid: int | None = None
    blank: int = 0
    spoiled: int = 0
    title: str = ""
    gone: Gone = NOBODY


Votes = Papers | Choices | Scores | Grades | Pairs


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of the sheet: what was done, the votes after it, and what was then decided.

    ``votes``, ``non_transferable``, ``quota`` and ``loss`` are in units of 10 ** -places.
    ``non_transferable`` is all that is with no candidate; ``loss``, a part of it, is what went in
    rounding. ``elected`` and ``excluded`` are decided at the end of the stage, on these votes.
    ``told`` is its sentence in parts.
    """

    number: int
    votes: Mapping[str, int]
    non_transferable: int
    quota: int | None
    elected: tuple[str, ...]
    excluded: tuple[str, ...]
    told: tuple[Said, ...]
    loss: int = 0

    @property
    def sentence(self) -> str:
        """What was done and decided, in plain English."""
        return " ".join(map(str, self.told))


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie that had to be settled: between whom, who was chosen for *purpose*, and how."""

    stage: int
    purpose: str
    between: tuple[str, ...]
    chosen: str
    told: tuple[Said, ...]

    @property
    def how(self) -> str:
        """How it was settled, in plain English."""
        return ", then ".join(map(str, self.told))

    def to_json(self) -> dict[str, object]:
        """The tie as a JSON object."""
        return {
            "stage": self.stage,
            "purpose": self.purpose,
            "between": list(self.between),
            "chosen": self.chosen,
            "how": self.how,
            "told": [said.to_json() for said in self.told],
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a count came to. Numbers are in units of 10 ** -places, seats and papers excepted.

    ``winners`` are in order of election and ``ranking`` is of all candidates where the rule gives
    one; those who share a place stand together in a tuple. ``valid`` is None where only the pairs
    are known. ``vacant`` places stay empty because "none of these" won them.
    """

    rule: str
    version: str
    options: Mapping[str, object]
    candidates: tuple[str, ...]
    seats: int
    valid: int | None
    quota: int | None
    winners: tuple[Placed, ...]
    stages: tuple[Stage, ...]
    ranking: tuple[Placed, ...] = ()
    ties: tuple[Tie, ...] = ()
    places: int = 0
    blank: int = 0
    spoiled: int = 0
    title: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    vacant: int = 0

    def show(self, number: int) -> str:
        """A number as exact decimal text, with all its places."""
        return show(number, self.places)

    @property
    def transfers(self) -> tuple[Mapping[str, int], ...]:
        """What each stage gave to or took from whom, in the units of the votes; none at first.

        What left the candidates altogether is the growth of ``non_transferable``.
        """
        moved: list[Mapping[str, int]] = [{} for _ in self.stages[:1]]
        for before, after in pairwise(self.stages):
            gained = {name: votes - before.votes[name] for name, votes in after.votes.items()}
            moved.append({name: votes for name, votes in gained.items() if votes})
        return tuple(moved)

    def _signed(self, moved: Mapping[str, int]) -> dict[str, str]:
        return {name: f"{'+' if n > 0 else ''}{self.show(n)}" for name, n in moved.items()}

    def to_json(self) -> dict[str, object]:
        """The outcome as a JSON object: decimals as text, candidates by name."""
        return {
            "rule": self.rule,
            "version": self.version,
            "options": dict(self.options),
            "title": self.title,
            "candidates": list(self.candidates),
            "seats": self.seats,
            "valid": self.valid,
            "blank": self.blank,
            "spoiled": self.spoiled,
            "quota": None if self.quota is None else self.show(self.quota),
            "winners": _placed(self.winners),
            "vacant": self.vacant,
            "ranking": _placed(self.ranking),
            "stages": [
                {**self._stage_json(stage), "transfers": self._signed(moved)}
                for stage, moved in zip(self.stages, self.transfers, strict=True)
            ],
            "ties": [tie.to_json() for tie in self.ties],
            "details": dict(self.details),
        }

    def _stage_json(self, stage: Stage) -> dict[str, object]:
        return {
            "stage": stage.number,
            "votes": {name: self.show(votes) for name, votes in stage.votes.items()},
            "non_transferable": self.show(stage.non_transferable),
            "rounding_loss": self.show(stage.loss),
            "quota": None if stage.quota is None else self.show(stage.quota),
            "elected": list(stage.elected),
            "excluded": list(stage.excluded),
            "sentence": stage.sentence,
            "told": [said.to_json() for said in stage.told],
        }


def _placed(places: Sequence[Placed]) -> list[object]:
    return [place if isinstance(place, str) else list(place) for place in places]


def show(number: int, places: int) -> str:
    """A whole number of 10 ** -places as decimal text: show(10758, 2) is '107.58'."""
    if places == 0:
        return str(number)
    whole, part = divmod(abs(number), 10**places)
    return f"{'-' if number < 0 else ''}{whole}.{part:0{places}}"

"""Papers in JSON files: lists of numbers, or objects with a ranking, ranks, points or grades."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from voting.counting.reading.grouping import MOST_REMEMBERED
from voting.counting.reading.json_text import MOST_DIGITS, JsonText, is_whole
from voting.counting.reading.tables import MOST_GRADES, ranking_of
from voting.counting.tabulation import Preference, Ranking, Row

HOLDING: Mapping[str, tuple[str, ...]] = {
    "ranks": ("ranking", "ranks"),
    "choices": ("ranking", "ranks"),
    "points": ("scores", "points"),
    "grades": ("grades",),
}
"""What an object of each kind holds: one of these, beside a count and a weight."""

Step = str | int


class _WrongError(Exception):
    """A part of a paper is wrong: the way to it, by names and numbers, and what was expected."""

    def __init__(self, message: str, *path: Step) -> None:
        super().__init__(message)
        self.path = path


@dataclass(slots=True)
class PaperReader:
    """Adds up papers of one *kind* (a key of HOLDING). ``names`` may be found out from a paper."""

    kind: str
    shares: bool
    grades: int | None
    names: tuple[str, ...] | None = None
    papers: dict[Any, int] = field(default_factory=dict)
    weighted: bool = False
    _places: dict[str, int] = field(default_factory=dict)
    _known: dict[str, tuple[Ranking | Row, int]] = field(default_factory=dict)

    def read(self, json: JsonText, at: int, value: object, times: int = 1) -> None:
        """Add a paper that stands so many times. Raises BadFileError at the part that is wrong."""
        raw = json.text[at : json.end]
        found = self._known.get(raw)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            try:
                found = self._known[raw] = self._parse(value)
            except _WrongError as error:
                raise json.bad(json.find(at, *error.path), str(error)) from error
        paper, votes = found
        self.papers[paper] = self.papers.get(paper, 0) + votes * times

    def _parse(self, value: object) -> tuple[Ranking | Row, int]:
        """One paper and its number of votes."""
        if isinstance(value, list):
            return self._numbers(value, ()), 1
        if not isinstance(value, dict):
            raise _WrongError("expected a paper: a list of numbers, or an object")
        held = [name for name in HOLDING[self.kind] if name in value]
        for name in value:
            if name not in (*held[:1], "count", "weight"):
                raise _WrongError(f"expected {self._told} here, found {name[:60]!r}", name)
        if not held:
            raise _WrongError(f"expected {self._told} in the paper")
        votes = _whole(value, "count") * (weight := _whole(value, "weight"))
        self.weighted |= weight != 1
        content = value[held[0]]
        if held[0] == "ranking":
            return self._ranking(content), votes
        if not isinstance(content, list):
            raise _WrongError("expected a list of numbers", held[0])
        return self._numbers(content, (held[0],)), votes

    @property
    def _told(self) -> str:
        return f"one of {', '.join(HOLDING[self.kind])}, and count or weight"

    # A number for each candidate

    def _numbers(self, numbers: list[object], path: tuple[Step, ...]) -> Ranking | Row:
        if self.names is None:
            if not numbers:
                raise _WrongError("expected one number for each candidate", *path)
            self.names = tuple(f"Option {place}" for place in range(1, len(numbers) + 1))
        if len(numbers) != len(self.names):
            raise _WrongError(f"expected {len(self.names)} numbers, found {len(numbers)}", *path)
        row: list[int | None] = []
        for at, number in enumerate(numbers):
            if number is not None and not is_whole(number):
                told = (
                    f"of {MOST_DIGITS} digits at most"
                    if isinstance(number, int) and number > 1
                    else "0 or more"
                )
                raise _WrongError(f"expected a whole number, {told}", *path, at)
            row.append(number if isinstance(number, int) else None)
        if self.kind == "grades":
            self._check_grades(row, path)
        return tuple(row) if self.kind in ("points", "grades") else self._ranks(row, path)

    def _check_grades(self, row: list[int | None], path: tuple[Step, ...]) -> None:
        most = self.grades or MOST_GRADES
        for at, grade in enumerate(row):
            if grade is not None and grade > most:
                raise _WrongError(f"expected a grade from 1 to {most}, found {grade}", *path, at)

    def _ranks(self, row: list[int | None], path: tuple[Step, ...]) -> Ranking:
        levels: dict[int, list[int]] = {}
        for candidate, rank in enumerate(row):
            if not rank:
                continue
            if rank > len(row):
                told = f"expected a rank from 1 to {len(row)}, found {rank}"
                raise _WrongError(told, *path, candidate)
            if rank in levels and not self.shares:
                raise _WrongError("this rule has no place for equal ranks", *path, candidate)
            levels.setdefault(rank, []).append(candidate)
        return ranking_of(levels)

    # Candidates by name

    def _ranking(self, ranking: object) -> Ranking:
        if self.names is None:
            raise _WrongError("expected a list of candidates in the file, to rank them by name")
        if not isinstance(ranking, list):
            raise _WrongError("expected a list of names, best first", "ranking")
        if not self._places:
            self._places = {name: place for place, name in enumerate(self.names)}
        seen: set[int] = set()
        found = tuple(self._level(level, at, seen) for at, level in enumerate(ranking))
        while found and found[-1] == ():
            found = found[:-1]
        return found

    def _level(self, value: object, at: int, seen: set[int]) -> Preference:
        candidates = [self._name(name, path, seen) for name, path in _names_in(value, at)]
        if len(candidates) > 1 and not self.shares:
            raise _WrongError("this rule has no place for equal preferences", "ranking", at)
        return candidates[0] if len(candidates) == 1 else tuple(sorted(candidates))

    def _name(self, name: object, path: tuple[Step, ...], seen: set[int]) -> int:
        place = self._places.get(name) if isinstance(name, str) else None
        if place is None:
            raise _WrongError(f"expected the name of a candidate, found {name!r:.60}", *path)
        if place in seen:
            raise _WrongError(f"expected each candidate once, found {name!r:.60} again", *path)
        seen.add(place)
        return place


def _names_in(value: object, at: int) -> Iterator[tuple[object, tuple[Step, ...]]]:
    if isinstance(value, list):
        for place, name in enumerate(value):
            yield name, ("ranking", at, place)
    else:
        yield value, ("ranking", at)


def _whole(value: Mapping[str, object], name: str) -> int:
    number = value.get(name, 1)
    if not isinstance(number, int) or not is_whole(number) or number < 1:
        raise _WrongError(f"expected a whole number, 1 or more, as {name!r}", name)
    return number

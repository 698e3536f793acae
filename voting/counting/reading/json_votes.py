"""JSON files of votes: rankings, grades, points, tallies of grades, or tables of pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from voting.counting.gradings import tally_grades
from voting.counting.reading.grouping import MOST_REMEMBERED
from voting.counting.reading.json_pieces import Pieces
from voting.counting.reading.json_text import JsonText
from voting.counting.reading.lines import BadFileError
from voting.counting.reading.tables import ranking_of
from voting.counting.tabulation import (
    Grades,
    Pairs,
    Papers,
    Preference,
    Ranking,
    Row,
    Scores,
    Votes,
)

_NAMES = ("candidates", "options", "names")
_PAPERS = ("ballots", "rankings", "papers", "votes")
_PAIRS = ("pairwise", "pairs", "matrix")
_MODES = {
    "plain": "refuse",
    "staticdefault": "static",
    "mediandefault": "median",
    "normalized": "normalised",
    "normalised": "normalised",
}


@dataclass(slots=True)
class _File:
    """Where the parts of the file stand."""

    json: JsonText
    places: dict[str, int] = field(default_factory=dict)

    def find(self, *names: str) -> int | None:
        for name in names:
            if name in self.places:
                return self.places[name]
        return None

    def names(self) -> tuple[str, ...] | None:
        """The candidates, if the file names them."""
        at = self.find(*_NAMES)
        if at is None:
            return None
        names: list[str] = []
        for place, name in self.json.items(at):
            if not isinstance(name, str) or not name.strip():
                raise self.json.bad(place, "expected the name of a candidate")
            if name in names:
                raise self.json.bad(place, f"expected different names, found {name!r} again")
            names.append(name)
        return tuple(names)

    def whole(self, name: str) -> int | None:
        """A whole number of the file's top level."""
        at = self.places.get(name)
        if at is None:
            return None
        value = self.json.value(at)[0]
        if value is None:
            return None
        if type(value) is not int or value < 0:
            raise self.json.bad(at, f"expected a whole number, 0 or more, as {name!r}")
        return value

    def text(self, name: str) -> str:
        """A text of the file's top level, or an empty one."""
        at = self.places.get(name)
        value = "" if at is None else self.json.value(at)[0]
        return value if isinstance(value, str) else ""


def read_json(
    pieces: Pieces, *, kind: str, shares: bool, seats: int | None, grades: int | None
) -> Votes:
    """Read a JSON file. *kind* is what the papers hold: ranks, choices, points or grades.

    A list of papers, or an object with candidates and ballots; a paper is a list of one number for
    each candidate (a rank, 1 for the best and 0 for none; points; or a grade, 1 for the best), or
    an object with a ranking of names, or ranks, and a count and a weight. Else an object with
    tallies (grades worst first) or pairwise. A list may be of any length; an object is read whole.
    Raises BadFileError.
    """
    json = JsonText("", pieces.next)
    at = json.next_mark(0)
    if json.text.startswith("[", at):
        return _read_papers(_File(json), None, (kind, shares, seats, grades))
    json.text += pieces.whole()
    file = _File(json)
    for name, place in json.members(at):
        if name in file.places:
            raise json.bad(place, f"expected {name!r} only once")
        file.places[name] = place
    if (tallies := file.find("tallies")) is not None:
        return _read_tallies(file, tallies)
    if (pairs := file.find(*_PAIRS)) is not None:
        return _read_pairs(file, pairs)
    if (papers := file.find(*_PAPERS)) is not None:
        return _read_papers(file, papers, (kind, shares, seats, grades))
    raise json.bad(at, "expected an object with ballots, tallies or pairwise")


# Papers


@dataclass(slots=True)
class _PaperReader:
    file: _File
    kind: str
    shares: bool
    names: tuple[str, ...] | None
    grades: int | None = None
    papers: dict[Any, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    weighted: bool = False
    _known: dict[str, tuple[Ranking | Row, int]] = field(default_factory=dict)

    def read(self, at: int, value: object) -> None:
        """Add one paper. Raises BadFileError at its place."""
        raw = self.file.json.text[at : self.file.json.end]
        found = self._known.get(raw)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[raw] = self._parse(at, value)
        paper, votes = found
        self.papers[paper] = self.papers.get(paper, 0) + votes

    def _parse(self, at: int, value: object) -> tuple[Ranking | Row, int]:
        """One paper and its number of votes."""
        if isinstance(value, list):
            return self.numbers(at, value), 1
        if not isinstance(value, dict):
            raise self.bad(at, "expected a paper: a list of numbers, or an object")
        votes = self.whole(at, value, "count") * self.weight(at, value)
        if "ranking" in value:
            return self.named(at, value["ranking"]), votes
        numbers = value.get("ranks", value.get("scores", value.get("grades")))
        if not isinstance(numbers, list):
            raise self.bad(at, "expected a ranking, or a list of ranks, in the paper")
        return self.numbers(at, numbers), votes

    def bad(self, at: int, message: str) -> BadFileError:
        return self.file.json.bad(at, message)

    def weight(self, at: int, value: Mapping[str, object]) -> int:
        weight = self.whole(at, value, "weight")
        self.weighted |= weight != 1
        return weight

    def whole(self, at: int, value: Mapping[str, object], name: str) -> int:
        number = value.get(name, 1)
        if type(number) is not int or number < 1:
            raise self.bad(at, f"expected a whole number, 1 or more, as {name!r}")
        return number

    def numbers(self, at: int, numbers: list[object]) -> Ranking | Row:
        if self.names is None:
            if not numbers:
                raise self.bad(at, "expected one number for each candidate")
            self.names = tuple(f"Option {place}" for place in range(1, len(numbers) + 1))
        if len(numbers) != len(self.names):
            raise self.bad(at, f"expected {len(self.names)} numbers, found {len(numbers)}")
        row: list[int | None] = []
        for number in numbers:
            if number is not None and (type(number) is not int or number < 0):
                raise self.bad(at, "expected whole numbers, 0 or more")
            if number is not None and self.grades is not None and number > self.grades:
                raise self.bad(at, f"expected grades from 1 to {self.grades}, found {number}")
            row.append(number)
        return tuple(row) if self.kind in ("points", "grades") else self.ranking(at, row)

    def ranking(self, at: int, row: list[int | None]) -> Ranking:
        levels: dict[int, list[int]] = {}
        for candidate, rank in enumerate(row):
            if not rank:
                continue
            if rank > len(row):
                raise self.bad(at, f"expected ranks from 1 to {len(row)}, found {rank}")
            if rank in levels and not self.shares:
                raise self.bad(at, "this rule has no place for equal ranks")
            levels.setdefault(rank, []).append(candidate)
        return ranking_of(levels)

    def named(self, at: int, ranking: object) -> Ranking:
        if self.names is None:
            raise self.bad(at, "expected a list of candidates in the file, to rank them by name")
        if not isinstance(ranking, list):
            raise self.bad(at, "expected a list of names, best first")
        if not self.places:
            self.places = {name: place for place, name in enumerate(self.names)}
        seen: set[int] = set()
        found = tuple(self.preference(at, one, seen) for one in ranking)
        while found and found[-1] == ():
            found = found[:-1]
        return found

    def preference(self, at: int, value: object, seen: set[int]) -> Preference:
        level = value if isinstance(value, list) else [value]
        if len(level) > 1 and not self.shares:
            raise self.bad(at, "this rule has no place for equal preferences")
        candidates = []
        for name in level:
            if not isinstance(name, str) or name not in self.places:
                raise self.bad(at, f"expected the name of a candidate, found {name!r:.60}")
            candidates.append(self.places[name])
            if self.places[name] in seen:
                raise self.bad(at, f"expected each candidate once, found {name!r} again")
            seen.add(self.places[name])
        return candidates[0] if len(candidates) == 1 else tuple(sorted(candidates))


def _read_papers(
    file: _File, at: int | None, how: tuple[str, bool, int | None, int | None]
) -> Votes:
    kind, shares, seats, grades = how
    reader = _PaperReader(file, kind, shares, file.names(), grades if kind == "grades" else None)
    for place, value in file.json.stream() if at is None else file.json.items(at):
        reader.read(place, value)
    title = file.text("title")
    if not reader.papers or reader.names is None:
        raise file.json.bad(at or 0, "expected at least one paper")
    if kind == "points":
        return Scores(reader.names, reader.papers, weighted=reader.weighted, title=title)
    if kind == "grades":
        return tally_grades(reader.names, reader.papers, grades, title)
    wanted = file.whole("seats") if seats is None else seats
    if wanted is not None and wanted > len(reader.names) and seats is None:
        told = f"expected no more seats than candidates, found {wanted}"
        raise file.json.bad(file.places["seats"], told)
    return Papers(reader.names, reader.papers, wanted, weighted=reader.weighted, title=title)


# Tallies of grades


def _read_tallies(file: _File, at: int) -> Grades:
    tallies: list[tuple[int, ...]] = []
    for place, value in file.json.items(at):
        if not isinstance(value, list) or not value:
            raise file.json.bad(place, "expected how often each grade was given, worst first")
        for number in value:
            if type(number) is not int or number < 0:
                raise file.json.bad(place, "expected whole numbers, 0 or more")
        if tallies and len(value) != len(tallies[0]):
            told = f"expected {len(tallies[0])} grades, found {len(value)}"
            raise file.json.bad(place, told)
        tallies.append(tuple(value))
    if not tallies:
        raise file.json.bad(at, "expected at least one tally")
    names = file.names() or tuple(f"Option {one}" for one in range(1, len(tallies) + 1))
    if len(names) != len(tallies):
        raise file.json.bad(at, f"expected {len(names)} tallies, found {len(tallies)}")
    mode = file.text("mode").casefold().replace(" ", "") or "plain"
    if mode not in _MODES:
        raise file.json.bad(file.places["mode"], f"expected one of the modes {', '.join(_MODES)}")
    return Grades(
        names,
        tuple(tallies),
        participants=file.whole("participants"),
        missing=_MODES[mode],
        default=file.whole("default") or 0,
        title=file.text("title"),
    )


# Pairs


def _read_pairs(file: _File, at: int) -> Pairs:
    if file.json.text.startswith("{", at):
        return _read_named_pairs(file, at)
    rows: list[list[object]] = []
    for place, value in file.json.items(at):
        if not isinstance(value, list) or (rows and len(value) != len(rows[0])):
            raise file.json.bad(place, "expected a row of the table of pairs")
        for column, number in enumerate(value):
            if number is None and column == len(rows):
                continue
            if type(number) is not int or number < 0:
                raise file.json.bad(place, "expected whole numbers, 0 or more")
        rows.append(value)
    names = file.names() or tuple(f"Option {one}" for one in range(1, len(rows) + 1))
    if not rows or len(rows) != len(rows[0]) or len(names) != len(rows):
        raise file.json.bad(at, "expected a square table, one row for each candidate")
    over = tuple(
        tuple(
            number if isinstance(number, int) and line != column else 0
            for column, number in enumerate(row)
        )
        for line, row in enumerate(rows)
    )
    return _make_pairs(file, names, over)


def _read_named_pairs(file: _File, at: int) -> Pairs:
    value = file.json.value(at)[0]
    found: dict[tuple[str, str], int] = {}
    for pair, number in value.items() if isinstance(value, dict) else ():
        upper, mark, lower = (part.strip() for part in pair.partition(">"))
        if not (upper and mark and lower) or type(number) is not int or number < 0:
            raise file.json.bad(at, f'expected pairs such as "A>B": 20, found {pair[:60]!r}')
        found[upper, lower] = number
    seen = dict.fromkeys(name for pair in found for name in pair)
    names = file.names() or tuple(sorted(seen))
    if not found or set(seen) - set(names):
        raise file.json.bad(at, "expected pairs of the candidates")
    over = tuple(tuple(found.get((upper, lower), 0) for lower in names) for upper in names)
    return _make_pairs(file, names, over)


def _make_pairs(file: _File, names: tuple[str, ...], over: tuple[tuple[int, ...], ...]) -> Pairs:
    valid = file.whole("valid")
    for upper, lower in combinations(range(len(names)), 2):
        both = over[upper][lower] + over[lower][upper]
        if valid is not None and both > valid:
            told = f"expected no more than {valid} papers to compare {names[upper]} and "
            raise file.json.bad(file.places["valid"], f"{told}{names[lower]}, found {both}")
    return Pairs(names, over, valid=valid, title=file.text("title"))

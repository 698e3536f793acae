"""JSON files of votes: rankings, grades, points, tallies of grades, or tables of pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

from voting.counting.gradings import tally_grades
from voting.counting.reading.json_papers import PaperReader
from voting.counting.reading.json_pieces import Pieces
from voting.counting.reading.json_text import JsonText, is_readable, is_whole
from voting.counting.reading.lines import BadFileError
from voting.counting.tabulation import Grades, Pairs, Papers, Scores, Votes

MOST_WHOLE = 1 << 26
_NAMES = ("candidates", "options", "names")
_PAPERS = ("ballots", "rankings", "papers", "votes")
_PAIRS = ("pairwise", "pairs", "matrix")
_NUMBERS = ("seats", "valid", "participants", "default")
_TEXTS = ("title", "mode")
_MODES = {
    "plain": "refuse",
    "staticdefault": "static",
    "mediandefault": "median",
    "normalized": "normalised",
    "normalised": "normalised",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the file that lies behind."""

    line: int
    column: int

    def bad(self, message: str) -> BadFileError:
        """An error there."""
        return BadFileError(self.line, self.column, message)


def read_json(
    pieces: Pieces, *, kind: str, shares: bool, seats: int | None, grades: int | None
) -> Votes:
    """Read a JSON file. *kind* is what the papers hold: ranks, choices, points or grades.

    A list of papers, or an object with candidates and ballots; a paper is a list of one number for
    each candidate (a rank, 1 for the best and 0 for none; points; or a grade, 1 for the best), or
    an object with a ranking of names, or ranks, points or grades, and a count and a weight. Else an
    object with tallies (grades worst first) or pairwise. Papers are read one by one, however many
    there are; where they stand before the candidates, different ones are kept until those come.
    Raises BadFileError.
    """
    json = JsonText("", pieces.next)
    reader = PaperReader(kind, shares, grades if kind == "grades" else None)
    at = json.next_mark(0)
    file = _File(json, reader, Spot(*json.place(at)))
    if json.text.startswith("[", at):
        file.read_papers(at)
        json.check_end()
        return file.papers("", seats, grades)
    for name, place in json.stream_members(at):
        file.take(name, place)
    json.check_end()
    return file.votes(seats, grades)


@dataclass(slots=True)
class _File:
    """What was found so far, and where each part of it begins."""

    json: JsonText
    reader: PaperReader
    start: Spot
    names: tuple[str, ...] | None = None
    tallies: tuple[tuple[int, ...], ...] | None = None
    table: list[list[int]] | None = None
    pairs: dict[tuple[str, str], int] | None = None
    numbers: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)
    waiting: dict[str, tuple[int, Spot]] = field(default_factory=dict)
    end: Spot = Spot(1, 1)

    def bad(self, at: int, message: str) -> BadFileError:
        return self.json.bad(at, message)

    def spot(self, at: int) -> Spot:
        return Spot(*self.json.place(at))

    def take(self, name: str, at: int) -> None:
        """Read the value of a name; what nobody asks for is passed over. Raises BadFileError."""
        part = self.find_part(name, at)
        if part in self.spots and part != "names":
            raise self.bad(at, f"expected {part} only once, found {name!r} too")
        if part == "papers":
            self.spots[part] = self.spot(at)
            self.read_papers(at)
            return
        spot, value = self.spot(at), self.json.value(at, MOST_WHOLE)
        end = self.json.end
        if part == "names" and part not in self.spots:
            self.read_names(at)
        elif part == "tallies":
            self.read_tallies(at)
        elif part == "pairs":
            self.read_pairs(at, value)
        elif part in _NUMBERS and value is not None:
            self.numbers[part] = self.whole(at, part, value)
        elif part in _TEXTS and value is not None:
            self.texts[part] = self.text(at, part, value)
        self.json.end = end
        self.spots.setdefault(part, spot)

    def find_part(self, name: str, at: int) -> str:
        """What a name stands for. Its other names mean it only before a list, or a table."""
        for part, known in _PARTS.items():
            listed = self.json.text[at : at + 1] in ("[", "{" if part == "pairs" else "[")
            if name == known[0] or (name in known and listed):
                return part
        return name

    def whole(self, at: int, name: str, value: object) -> int:
        if not isinstance(value, int) or not is_whole(value):
            raise self.bad(at, f"expected a whole number, 0 or more, as {name!r}")
        return value

    def text(self, at: int, name: str, value: object) -> str:
        if not isinstance(value, str) or not is_readable(value):
            raise self.bad(at, f"expected text, without control characters, as {name!r}")
        return value

    def read_names(self, at: int) -> None:
        names: dict[str, None] = {}
        for place, name in self.json.items(at):
            if not isinstance(name, str) or not name.strip() or not is_readable(name):
                raise self.bad(place, "expected the name of a candidate")
            if name in names:
                raise self.bad(place, f"expected different names, found {name[:60]!r} again")
            names[name] = None
        if not names:
            raise self.bad(at, "expected the names of the candidates")
        self.names = tuple(names)

    # Papers

    def read_papers(self, at: int) -> None:
        """Read papers one by one, or keep them where they need names that come later."""
        self.reader.names = self.names
        for place, value in self.json.stream_items(at):
            if self.names is None and isinstance(value, dict):
                self.keep(place)
            else:
                self.reader.read(self.json, place, value)
        self.end = self.spot(self.json.end - 1)

    def keep(self, at: int) -> None:
        raw = self.json.text[at : self.json.end]
        number, first = self.waiting.get(raw) or (0, self.spot(at))
        self.waiting[raw] = number + 1, first

    def read_waiting(self) -> None:
        found, self.reader.names = self.reader.names, self.names or self.reader.names
        if found is not None and self.names is not None and len(found) != len(self.names):
            told = f"expected papers of {len(self.names)} numbers, found {len(found)}"
            raise self.spots["papers"].bad(told)
        for raw, (number, first) in self.waiting.items():
            json = JsonText(raw, lines=first.line - 1, columns=first.column - 1)
            self.reader.read(json, 0, json.value(0), number)

    def papers(self, title: str, seats: int | None, grades: int | None) -> Votes:
        self.read_waiting()
        reader = self.reader
        if not reader.papers or reader.names is None:
            raise self.end.bad("expected at least one paper")
        if reader.kind == "points":
            return Scores(reader.names, reader.papers, weighted=reader.weighted, title=title)
        if reader.kind == "grades":
            return tally_grades(reader.names, reader.papers, grades, title)
        wanted = self.numbers.get("seats") if seats is None else seats
        if wanted is not None and seats is None and not 1 <= wanted <= len(reader.names):
            told = "at least 1 seat" if wanted < 1 else "no more seats than candidates"
            raise self.spots["seats"].bad(f"expected {told}, found {wanted}")
        return Papers(reader.names, reader.papers, wanted, weighted=reader.weighted, title=title)

    # Tallies and pairs

    def read_tallies(self, at: int) -> None:
        tallies: list[tuple[int, ...]] = []
        for place, value in self.json.items(at):
            if not isinstance(value, list) or not value:
                raise self.bad(place, "expected how often each grade was given, worst first")
            row = [self.number(place, one, number) for one, number in enumerate(value)]
            if tallies and len(row) != len(tallies[0]):
                raise self.bad(place, f"expected {len(tallies[0])} grades, found {len(row)}")
            tallies.append(tuple(row))
        if not tallies:
            raise self.bad(at, "expected at least one tally")
        self.tallies = tuple(tallies)

    def number(self, at: int, one: int, number: object) -> int:
        """A number of papers: item *one* of the list at *at*."""
        if not isinstance(number, int) or not is_whole(number):
            raise self.bad(self.json.find(at, one), "expected a whole number, 0 or more")
        return number

    def read_pairs(self, at: int, value: object) -> None:
        if isinstance(value, dict):
            self.pairs = self.read_named(at, value)
            return
        self.table = []
        for place, row in self.json.items(at):
            if not isinstance(row, list) or (self.table and len(row) != len(self.table[0])):
                raise self.bad(place, "expected a row of the table of pairs")
            line = len(self.table)
            numbers = [
                0 if one == line and number is None else self.number(place, one, number)
                for one, number in enumerate(row)
            ]
            self.table.append([0 if one == line else n for one, n in enumerate(numbers)])

    def read_named(self, at: int, value: dict[str, object]) -> dict[tuple[str, str], int]:
        pairs: dict[tuple[str, str], int] = {}
        for pair, place in self.json.members(at):
            upper, mark, lower = (part.strip() for part in pair.partition(">"))
            if not (upper and mark and lower) or upper == lower or not is_readable(pair):
                told = f'expected pairs such as "A>B": 20, found {pair[:60]!r}'
                raise self.bad(place, told)
            if (upper, lower) in pairs:
                raise self.bad(place, f"expected each pair once, found {pair[:60]!r} again")
            pairs[upper, lower] = self.whole(place, pair[:60], value[pair])
        return pairs

    # Votes

    def votes(self, seats: int | None, grades: int | None) -> Votes:
        """What the object comes to. BadFileError when its parts do not fit together."""
        found = [part for part in ("papers", "tallies", "pairs") if part in self.spots]
        if len(found) != 1:
            place = self.spots[found[1]] if found else self.start
            raise place.bad("expected an object with one of ballots, tallies or pairwise")
        if self.tallies is not None:
            return self.make_grades(self.tallies, grades)
        if found == ["pairs"]:
            return self.make_pairs()
        return self.papers(self.texts.get("title", ""), seats, grades)

    def make_grades(self, tallies: tuple[tuple[int, ...], ...], grades: int | None) -> Grades:
        spot = self.spots["tallies"]
        names = self.names or tuple(f"Option {one}" for one in range(1, len(tallies) + 1))
        if len(names) != len(tallies):
            raise spot.bad(f"expected {len(names)} tallies, found {len(tallies)}")
        if grades is not None and grades != len(tallies[0]):
            raise spot.bad(f"expected {grades} grades, found {len(tallies[0])}")
        participants = self.numbers.get("participants")
        most = max(map(sum, tallies))
        if participants is not None and most > participants:
            told = f"expected no more than {participants} grades of a candidate, found {most}"
            raise self.spots["participants"].bad(told)
        mode = self.texts.get("mode", "").casefold().replace(" ", "") or "plain"
        if mode not in _MODES:
            raise self.spots["mode"].bad(f"expected one of the modes {', '.join(_MODES)}")
        default = self.numbers.get("default", 0)
        if _MODES[mode] == "static" and default >= len(tallies[0]):
            raise self.spots["default"].bad(f"expected a grade from 0 to {len(tallies[0]) - 1}")
        title = self.texts.get("title", "")
        return Grades(names, tallies, participants, _MODES[mode], default, title=title)

    def make_pairs(self) -> Pairs:
        names, over = self.find_named() if self.table is None else self.find_table(self.table)
        spot, valid = self.spots["pairs"], self.numbers.get("valid")
        if not valid and not any(map(any, over)):
            raise spot.bad("expected at least one paper that puts one candidate above another")
        for upper, lower in combinations(range(len(names)), 2):
            both = over[upper][lower] + over[lower][upper]
            if valid is not None and both > valid:
                told = f"expected no more than {valid} papers to compare {names[upper]} and "
                raise self.spots["valid"].bad(f"{told}{names[lower]}, found {both}")
        return Pairs(names, over, valid=valid, title=self.texts.get("title", ""))

    def find_table(
        self, table: list[list[int]]
    ) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
        names = self.names or tuple(f"Option {one}" for one in range(1, len(table) + 1))
        if not table or len(table) != len(table[0]) or len(names) != len(table):
            told = "expected a square table, one row for each candidate"
            raise self.spots["pairs"].bad(told)
        return names, tuple(map(tuple, table))

    def find_named(self) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
        found = self.pairs or {}
        seen = {name for pair in found for name in pair}
        names = self.names or tuple(sorted(seen))
        if not found or seen - set(names):
            raise self.spots["pairs"].bad("expected pairs of the candidates")
        return names, tuple(
            tuple(found.get((upper, lower), 0) for lower in names) for upper in names
        )


_PARTS = {"names": _NAMES, "papers": _PAPERS, "pairs": _PAIRS}

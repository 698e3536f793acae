"""CSV files: rankings, points or grades by paper, or a square table of pairs."""

from __future__ import annotations

import csv
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import TypeVar

from voting.counting.gradings import tally_grades
from voting.counting.reading.grouping import Grouper
from voting.counting.reading.lines import BadFileError, LineError, Lines
from voting.counting.tabulation import Grades, Pairs, Papers, Preference, Ranking, Row, Scores

DELIMITERS = ",;\t"
MOST_COLUMNS = 10_000
MOST_GRADES = 1_000
Paper = TypeVar("Paper", Ranking, Row)


def split_cells(text: str, delimiter: str) -> list[str]:
    """The cells of one line, without spaces around them. LineError for a quote left open."""
    text = text.rstrip("\r\n")
    if '"' not in text:
        return [cell.strip() for cell in text.split(delimiter)]
    try:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter, strict=True))]
    except csv.Error as error:
        raise LineError(text.rfind('"') + 1, "expected the end of a quoted cell") from error


def find_column(text: str, delimiter: str, at: int) -> int:
    """The column at which cell number *at* of a line begins."""
    place, quoted = 0, False
    for column, character in enumerate(text, 1):
        if place == at:
            return column
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            place += 1
    return len(text.rstrip("\r\n")) + 1


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a table: where the candidates, the count and the weight stand."""

    delimiter: str
    names: tuple[str, ...]
    columns: tuple[int, ...]
    count: int | None
    weight: int | None
    width: int
    line: int

    def cells(self, text: str) -> list[str]:
        """The cells of a row. LineError unless there is one for each column."""
        cells = split_cells(text, self.delimiter)
        if len(cells) != self.width:
            raise LineError(
                len(text.rstrip()) + 1, f"expected {self.width} cells, found {len(cells)}"
            )
        return cells

    def votes(self, cells: Sequence[str], text: str) -> tuple[int, bool]:
        """How many votes a row is, and whether its papers have weights."""
        count = 1 if self.count is None else self._whole(cells, self.count, text)
        weight = 1 if self.weight is None else self._whole(cells, self.weight, text)
        return count * weight, weight != 1

    def _whole(self, cells: Sequence[str], at: int, text: str) -> int:
        number = parse_whole(cells[at])
        if number is None or number == 0:
            raise LineError(
                self.column(at, text),
                f"expected a whole number, 1 or more, found {cells[at][:40]!r}",
            )
        return number

    def column(self, at: int, text: str) -> int:
        """The column in the text at which cell number *at* begins."""
        return find_column(text, self.delimiter, at)


def parse_whole(text: str) -> int | None:
    """A whole number, 0 or more, written plainly; None for anything else."""
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        return None
    return int(text)


def read_head(lines: Lines, special: Sequence[str] = ("count", "weight")) -> Head:
    """Read the first line of a table, in which *special* names are no candidates. BadFileError."""
    for text in lines.texts():
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        try:
            return _parse_head(text, special, lines.number)
        except LineError as error:
            raise error.at(lines.number) from error
    raise BadFileError(1, 1, "expected a line with the names of the candidates; the file is empty")


def _parse_head(text: str, known: Sequence[str], line: int) -> Head:
    delimiter = max(DELIMITERS, key=text.count)
    cells = split_cells(text, delimiter)
    special: dict[str, int] = {}
    names: dict[str, int] = {}
    if len(cells) > MOST_COLUMNS:
        raise LineError(1, f"expected at most {MOST_COLUMNS:,} columns")
    for at, cell in enumerate(cells):
        key = cell.casefold()
        if key in known:
            if key in special:
                told = f"expected one column {key!r}, found another in cell {at + 1}"
                raise LineError(find_column(text, delimiter, at), told)
            special[key] = at
        elif not cell and at > 0:
            told = f"expected a name in cell {at + 1} of the first line"
            raise LineError(find_column(text, delimiter, at), told)
        elif cell in names:
            told = f"expected different names, found {cell[:60]!r} again in cell {at + 1}"
            raise LineError(find_column(text, delimiter, at), told)
        elif cell:
            names[cell] = at
    if not names:
        raise LineError(1, "expected the names of the candidates")
    count, weight = special.get("count"), special.get("weight")
    places = tuple(names.values())
    return Head(delimiter, tuple(names), places, count, weight, len(cells), line)


# Papers


@dataclass(slots=True)
class _RankReader:
    head: Head
    shares: bool
    zero_is_none: bool
    weighted: bool = False

    def read(self, text: str) -> tuple[Ranking, int]:
        cells = self.head.cells(text)
        votes, weighted = self.head.votes(cells, text)
        levels: dict[int, list[int]] = {}
        for candidate, at in enumerate(self.head.columns):
            cell = cells[at]
            if cell in ("", "-") or (self.zero_is_none and cell == "0"):
                continue
            rank = parse_whole(cell)
            if rank is None or not 1 <= rank <= len(self.head.names):
                raise LineError(
                    self.head.column(at, text),
                    f"expected a rank from 1 to {len(self.head.names)} for "
                    f"{self.head.names[candidate]}, or nothing, found {cell[:40]!r}",
                )
            if rank in levels and not self.shares:
                raise LineError(
                    self.head.column(at, text), "this rule has no place for equal ranks"
                )
            levels.setdefault(rank, []).append(candidate)
        self.weighted |= weighted
        return ranking_of(levels), votes


def ranking_of(levels: dict[int, list[int]]) -> Ranking:
    """A ranking from who has which rank; ranks that nobody has are gaps."""
    ranking: list[Preference] = []
    for rank in range(1, max(levels, default=0) + 1):
        level = levels.get(rank, [])
        ranking.append(level[0] if len(level) == 1 else tuple(sorted(level)))
    return tuple(ranking)


def read_rank_table(lines: Lines, *, shares: bool, zero_is_none: bool) -> Papers:
    """Read rankings: a rank for each candidate, blank for none. Raises BadFileError.

    With *zero_is_none* a 0 is no rank, as in tables of choices.
    """
    head = read_head(lines)
    reader = _RankReader(head, shares, zero_is_none)
    grouper = Grouper(lines, reader.read)
    grouper.read()
    _check_some(grouper, lines)
    return Papers(head.names, grouper.groups, weighted=reader.weighted)


def _check_some(grouper: Grouper[Paper], lines: Lines) -> None:
    if not grouper.groups:
        raise BadFileError(lines.number + 1, 1, "expected at least one paper")


@dataclass(slots=True)
class _NumberReader:
    head: Head
    what: str
    most: int | None = None
    weighted: bool = False

    def read(self, text: str) -> tuple[Row, int]:
        cells = self.head.cells(text)
        votes, weighted = self.head.votes(cells, text)
        row: list[int | None] = []
        for candidate, at in enumerate(self.head.columns):
            number = parse_whole(cells[at])
            beyond = number is not None and self.most is not None and number > self.most
            if beyond or (number is None and cells[at] not in ("", "-")):
                raise LineError(
                    self.head.column(at, text),
                    f"expected {self.what} for {self.head.names[candidate]}, or nothing, "
                    f"found {cells[at][:40]!r}",
                )
            row.append(number)
        self.weighted |= weighted
        return tuple(row), votes


def read_score_table(lines: Lines) -> Scores:
    """Read points: a whole number for each candidate, blank for none. Raises BadFileError."""
    head = read_head(lines)
    reader = _NumberReader(head, "a whole number of points")
    grouper = Grouper(lines, reader.read)
    grouper.read()
    _check_some(grouper, lines)
    return Scores(head.names, grouper.groups, weighted=reader.weighted)


def read_grade_table(lines: Lines, grades: int | None) -> Grades:
    """Read grades, 1 for the best. Raises BadFileError.

    *grades* is how many there are; by default as many as the worst that was given.
    """
    head = read_head(lines)
    most = grades or MOST_GRADES
    grouper = Grouper(lines, _NumberReader(head, f"a grade from 1 to {most}", most).read)
    grouper.read()
    _check_some(grouper, lines)
    return tally_grades(head.names, grouper.groups, grades)


# Pairs


def read_pair_table(lines: Lines) -> Pairs:
    """Read a square table: an empty cell and the names, then a row for each name. BadFileError."""
    head = read_head(lines, special=())
    rows: dict[str, tuple[int, ...]] = {}
    for text in lines.texts():
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        try:
            name, row = _parse_pair_row(head, text, rows)
        except LineError as error:
            raise error.at(lines.number) from error
        rows[name] = row
    if len(rows) < len(head.names):
        raise BadFileError(
            lines.number + 1, 1, f"expected {len(head.names)} rows, found {len(rows)}"
        )
    if not any(map(any, rows.values())):
        told = "expected at least one paper that puts one candidate above another"
        raise BadFileError(lines.number + 1, 1, told)
    return Pairs(head.names, tuple(rows[name] for name in head.names))


def _parse_pair_row(head: Head, text: str, rows: Container[str]) -> tuple[str, tuple[int, ...]]:
    cells = head.cells(text)
    if cells[0] in rows or cells[0] not in head.names:
        raise LineError(1, f"expected one row for each name, found {cells[0][:60]!r}")
    row = []
    for at in head.columns:
        same = head.names[head.columns.index(at)] == cells[0]
        number = 0 if same and cells[at] in ("", "-") else parse_whole(cells[at])
        if number is None:
            raise LineError(
                head.column(at, text), f"expected a number of papers, found {cells[at][:40]!r}"
            )
        row.append(0 if same else number)
    return cells[0], tuple(row)

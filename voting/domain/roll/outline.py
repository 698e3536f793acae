"""A sheet before its values are read: how far it reaches, and which of its cells to refuse.

The reader of values (calamine) makes room for every cell between the first and the last, repeats
what the file says is repeated, and does not tell a formula from a number. So the XML is gone
through first, a piece at a time, and a sheet that would need too much is refused here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from voting.domain.roll.faults import UnreadableFileError, name_column
from voting.domain.roll.package import Damaged

MOST_ROWS = 250_000
MOST_COLUMNS = 200
MOST_CELLS = 3_000_000
MOST_TEXT = 128 * 1024 * 1024
FORMULA = "is worked out by a formula. Put the value itself into the cell (copy, paste as values)"
ERROR = "holds an error such as #N/A instead of a value"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PADDED = re.compile(r"(0{2,20})(;.*)?")
_SHOWN_PADDED = re.compile(r"0[0-9]{1,20}")

Attributes = dict[str, str]


class Outline:
    """How far a sheet reaches, where its formulas and errors are, which numbers begin with zeros.

    ``formulas`` and ``errors`` have a bit for each column of a row, ``padded`` for each width the
    same: a number that the sheet shows with so many digits.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0
        self.text = 0
        self.formulas: dict[int, int] = {}
        self.errors: dict[int, int] = {}
        self.padded: defaultdict[int, dict[int, int]] = defaultdict(dict)

    def reach(self, row: int, column: int) -> None:
        """There is something in this cell (counted from 0). Raises UnreadableFileError."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if (
            self.rows > MOST_ROWS + 1
            or self.columns > MOST_COLUMNS
            or self.rows * self.columns > MOST_CELLS
        ):
            raise UnreadableFileError(
                f"The sheet reaches to cell {name_column(column)}{row + 1}. At most "
                f"{MOST_ROWS:,} rows, {MOST_COLUMNS} columns and {MOST_CELLS:,} cells can be read "
                "from a spreadsheet. Delete what is far away, or save it as 'CSV UTF-8'."
            )

    def add_text(self, length: int) -> None:
        """So many characters stand in a cell. Raises UnreadableFileError."""
        self.text += length
        if self.text > MOST_TEXT:
            raise UnreadableFileError("The sheet holds more text than can be read.")

    def find_faults(self, row: int) -> dict[int, str]:
        """What is wrong with cells of this row, by their position."""
        found = {}
        for marks, told in ((self.errors, ERROR), (self.formulas, FORMULA)):
            mask = marks.get(row, 0)
            found.update({place: told for place in range(mask.bit_length()) if mask >> place & 1})
        return found


class XlsxScan:
    """Goes through the XML of one sheet of a workbook."""

    def __init__(self, lengths: list[int], widths: dict[str, int]) -> None:
        self.outline = Outline()
        self._lengths = lengths  # of each shared string
        self._widths = widths  # by the number of a style that shows zeros in front
        self._row = self._column = -1
        self._kind = self._style = ""
        self._index: list[str] | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if self._index is not None:
            self._add_shared()
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v":
            self._reach()
            if self._kind == "s":
                self._index = []
        elif name == "is":
            self._reach()
        elif name == "f":
            self._reach()
            _mark(self.outline.formulas, self._row, self._column)
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1

    def text(self, told: str) -> None:
        """Characters between the elements."""
        if self._index is not None:
            self._index.append(told)

    def finish(self) -> Outline:
        """What was found."""
        if self._index is not None:
            self._add_shared()
        return self.outline

    def _begin_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        if place is None:
            self._column += 1
        else:
            found = _REFERENCE.fullmatch(place)
            if found is None:
                raise Damaged
            self._row, self._column = int(found[2]) - 1, _position(found[1])
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")

    def _reach(self) -> None:
        if self._row < 0 or self._column < 0:
            raise Damaged
        self.outline.reach(self._row, self._column)
        if self._kind == "e":
            _mark(self.outline.errors, self._row, self._column)
        elif self._kind == "n" and self._style in self._widths:
            _mark(self.outline.padded[self._widths[self._style]], self._row, self._column)

    def _add_shared(self) -> None:
        index, self._index = int("".join(self._index or ())), None
        self.outline.add_text(self._lengths[index])


class OdsScan:
    """Goes through the tables of an OpenDocument spreadsheet; one outline for each."""

    def __init__(self) -> None:
        self.outlines: dict[str, Outline] = {}
        self._outline = Outline()
        self._depth = 0  # tables within tables
        self._row = self._rows = 0
        self._column = self._columns = 0
        self._cell: Attributes | None = None
        self._said: list[str] = []
        self._filled = False

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if name == "table":
            self._depth += 1
            if self._depth > 1:
                raise UnreadableFileError("The sheet has a table within a table.")
            self._outline = self.outlines[attributes["table:name"]] = Outline()
            self._row = 0
        elif name == "table-row":
            self._rows = _read_repeats(attributes, "number-rows-repeated")
            self._column, self._filled = 0, False
        elif name in ("table-cell", "covered-table-cell"):
            self._columns = _read_repeats(attributes, "number-columns-repeated")
            self._cell = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            self._said = []
        elif name == "p" and self._cell is not None:
            self._cell.setdefault("value-type", "string")

    def text(self, told: str) -> None:
        """Characters between the elements."""
        if self._cell is not None:
            self._said.append(told)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "table":
            self._depth -= 1
            if sum(each.rows * each.columns for each in self.outlines.values()) > MOST_CELLS:
                raise UnreadableFileError("The spreadsheet has more cells than can be read.")
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            if "value-type" in self._cell or "formula" in self._cell:
                self._fill(self._outline, self._cell)
            self._column += self._columns
            self._cell = None
        elif name == "table-row":
            self._row += self._rows

    def _fill(self, outline: Outline, cell: Attributes) -> None:
        last_row, last_column = self._row + self._rows - 1, self._column + self._columns - 1
        outline.reach(last_row, last_column)
        said = "".join(self._said).strip()
        outline.add_text(len(said) * self._rows * self._columns)
        marks = []
        if "formula" in cell:
            marks.append(outline.formulas)
        if cell.get("value-type") == "error":
            marks.append(outline.errors)
        if cell.get("value-type") == "float" and _SHOWN_PADDED.fullmatch(said):
            marks.append(outline.padded[len(said)])
        for mark in marks:
            for row in range(self._row, last_row + 1):
                for column in range(self._column, last_column + 1):
                    _mark(mark, row, column)


def scan(
    content: bytes,
    start: Callable[[str, Attributes], None],
    text: Callable[[str], None] | None = None,
    end: Callable[[str], None] | None = None,
) -> None:
    """Go through XML; names come without their prefix. Raises UnreadableFileError."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def begin(name: str, attributes: Attributes) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        start(name, attributes)

    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = _refuse
    if text is not None:
        parser.CharacterDataHandler = text
    if end is not None:
        finish = end
        parser.EndElementHandler = lambda name: finish(name.rpartition(":")[2])
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, IndexError, KeyError, OverflowError) as damage:
        raise Damaged from damage


def measure_strings(content: bytes) -> list[int]:
    """How long each shared string of a workbook is, at most."""
    lengths: list[int] = []

    def start(name: str, _attributes: Attributes) -> None:
        if name == "si":
            lengths.append(0)

    def text(told: str) -> None:
        if lengths:
            lengths[-1] += len(told)

    scan(content, start, text)
    return lengths


def find_widths(content: bytes) -> dict[str, int]:
    """The styles of a workbook that show a number with zeros in front, and with how many digits."""
    formats: dict[str, int] = {}
    widths: dict[str, int] = {}
    place = [-1]  # -1 outside of the list that cells refer to

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            found = _PADDED.fullmatch(attributes.get("formatCode", ""))
            if found:
                formats[attributes.get("numFmtId", "")] = len(found[1])
        elif name == "cellXfs":
            place[0] = 0
        elif name in ("cellStyles", "dxfs"):
            place[0] = -1
        elif name == "xf" and place[0] >= 0:
            width = formats.get(attributes.get("numFmtId", ""))
            if width:
                widths[str(place[0])] = width
            place[0] += 1

    scan(content, start)
    return widths


def _refuse(*_parts: Any) -> None:
    raise Damaged


def _mark(marks: dict[int, int], row: int, column: int) -> None:
    marks[row] = marks.get(row, 0) | 1 << column


def _read_repeats(attributes: Attributes, name: str) -> int:
    return max(1, int(attributes.get(f"table:{name}", "1")))


def _position(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1

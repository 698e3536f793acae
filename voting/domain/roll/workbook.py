"""Spreadsheets: XLSX and ODS files as rows of text, as a person reads them in the sheet.

Values are read by calamine. It is given only what was measured before (``outline``), packed anew:
macros, pictures and other sheets never reach it.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from python_calamine import CalamineError, CalamineSheet, SheetVisibleEnum, load_workbook

from voting.domain.roll.faults import UnreadableFileError
from voting.domain.roll.outline import (
    OdsScan,
    Outline,
    XlsxScan,
    find_widths,
    measure_strings,
    scan,
)
from voting.domain.roll.package import LOCKED, Damaged, Package, pack
from voting.domain.roll.source import Record

BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
LONG = "is a number of more than 15 digits, which a spreadsheet does not keep. Write it as text"
MANIFEST = "META-INF/manifest.xml"
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
ROOT = (  # what a reader looks for first in a workbook
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="a" Target="xl/workbook.xml" Type="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


class Workbook(ABC):
    """An XLSX or ODS file; the kinds differ in how a sheet is loaded."""

    encoding = ""
    kind: str
    sheets: tuple[str, ...]

    def __init__(self) -> None:
        self._loaded: dict[int, tuple[CalamineSheet, Outline]] = {}

    def iter_records(self, sheet: int = 0) -> Iterator[Record]:
        """Every row of a sheet from the first, empty ones too. Raises UnreadableFileError."""
        if not 0 <= sheet < len(self.sheets):
            raise UnreadableFileError("The spreadsheet has no such sheet.")
        if sheet not in self._loaded:
            self._loaded[sheet] = self.load(sheet)
        values, outline = self._loaded[sheet]
        start = [""] * (values.start[1] if values.start else 0)
        for row, read in enumerate(values.iter_rows()):
            cells = start + [value if type(value) is str else to_text(value) for value in read]
            faults = outline.find_faults(row)
            for place, value in enumerate(read, len(start)):
                if type(value) is float and abs(value) >= EXACT:
                    faults.setdefault(place, LONG)
            for width, marks in outline.padded.items():
                _pad(cells, marks.get(row, 0), width)
            yield Record(row + 1, cells, faults)

    @abstractmethod
    def load(self, sheet: int) -> tuple[CalamineSheet, Outline]:
        """The values of a sheet and its outline; raises UnreadableFileError."""


class Xlsx(Workbook):
    """An Excel workbook, with or without macros."""

    kind = "Excel workbook (XLSX)"

    def __init__(self, package: Package) -> None:
        super().__init__()
        self._package = package
        wanted = [name for name in (STRINGS, STYLES) if name in package]
        self._parts = {name: package.read(name) for name in (BOOK, RELATIONS, *wanted)}
        self._places = self._find_sheets()
        self.sheets = tuple(self._places)
        _require_sheets(self.sheets)
        self._lengths = measure_strings(self._parts[STRINGS]) if STRINGS in wanted else []
        self._widths = find_widths(self._parts[STYLES]) if STYLES in wanted else {}

    def _find_sheets(self) -> dict[str, str]:
        targets: dict[str, str] = {}
        places: dict[str, str] = {}

        def relate(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes["Type"].endswith("/worksheet"):
                target = attributes["Target"].replace("\\", "/")
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                targets[attributes["Id"]] = path

        def list_sheet(name: str, attributes: dict[str, str]) -> None:
            if name == "sheet" and attributes.get("state", "visible") == "visible":
                number = next(value for key, value in attributes.items() if key.endswith(":id"))
                if number in targets and attributes["name"] in places:
                    raise Damaged
                if number in targets:
                    places[attributes["name"]] = targets[number]

        scan(self._parts[RELATIONS], relate)
        scan(self._parts[BOOK], list_sheet)
        return places

    def load(self, sheet: int) -> tuple[CalamineSheet, Outline]:
        """The values of a sheet and its outline; raises UnreadableFileError."""
        name = self.sheets[sheet]
        content = self._package.read(self._places[name])
        looked = XlsxScan(self._lengths, self._widths)
        scan(content, looked.start, looked.text)
        parts = {"_rels/.rels": ROOT, **self._parts, self._places[name]: content}
        return _load(parts, name), looked.finish()


class Ods(Workbook):
    """An OpenDocument spreadsheet."""

    kind = "OpenDocument spreadsheet (ODS)"

    def __init__(self, package: Package) -> None:
        super().__init__()
        if MANIFEST in package and b"encryption-data" in package.read(MANIFEST):
            raise UnreadableFileError(LOCKED)
        content = package.read("content.xml")
        looked = OdsScan()
        scan(content, looked.start, looked.text, looked.end)
        self._outlines = looked.outlines
        self._parts = {"mimetype": ODS_TYPE, MANIFEST: b"<manifest/>", "content.xml": content}
        with _told():
            listed = load_workbook(pack(self._parts)).sheets_metadata
        self.sheets = tuple(s.name for s in listed if s.visible == SheetVisibleEnum.Visible)
        if len(set(looked.outlines) | set(self.sheets)) != len(looked.outlines):
            raise Damaged
        _require_sheets(self.sheets)

    def load(self, sheet: int) -> tuple[CalamineSheet, Outline]:
        """The values of a sheet and its outline; raises UnreadableFileError."""
        name = self.sheets[sheet]
        return _load(self._parts, name), self._outlines[name]


def open_workbook(content: bytes) -> Workbook:
    """The file as a spreadsheet; raises UnreadableFileError for any other zip file."""
    package = Package(content)
    if BOOK in package:
        return Xlsx(package)
    if "mimetype" in package and package.read("mimetype").strip().startswith(ODS_TYPE):
        return Ods(package)
    raise UnreadableFileError(
        "This is not a spreadsheet that can be read. Save it as XLSX, ODS or 'CSV UTF-8'."
    )


def to_text(value: Any) -> str:
    """A value as a person reads it: 123.0 is "123", a date is written year-month-day."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    return str(value)


def _pad(cells: list[str], mask: int, width: int) -> None:
    for place in range(mask.bit_length()):
        if mask >> place & 1 and cells[place].isdecimal():
            cells[place] = cells[place].zfill(width)


def _require_sheets(sheets: tuple[str, ...]) -> None:
    if not sheets:
        raise UnreadableFileError("The spreadsheet has no sheet that can be seen.")


def _load(parts: dict[str, bytes], name: str) -> CalamineSheet:
    with _told():
        return load_workbook(pack(parts)).get_sheet_by_name(name)


@contextmanager
def _told() -> Iterator[None]:
    """Turn every way in which the reader of values fails into one that a person is told."""
    try:
        yield
    except CalamineError as fault:
        raise Damaged from fault
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":  # not one of Exception, and not importable
            raise
        raise Damaged from fault

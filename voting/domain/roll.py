"""Reading a roll from a CSV file: every person on it, and every fault with its row and column.

Rows are numbered as in a spreadsheet: the row of column names is row 1.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from voting.domain.roll_cells import COLUMNS, REQUIRED, CellReader, mask_address
from voting.domain.wording import list_in_words

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 1_000_000
MOST_FAULTS = 1_000
DELIMITERS = (",", ";", "\t")
_CHUNK = 1 << 20
_ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}


@dataclass(frozen=True, slots=True)
class RollRow:
    """One person of a roll, checked. ``email_key`` is what makes an address unique."""

    row: int
    name: str
    email: str
    email_key: str
    reference: str
    language: str
    weight: int
    weight_reason: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault, its row as in a spreadsheet (0: the file) and its column ("": the row)."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class RollReport:
    """What a file holds.

    ``rows`` are the rows without fault; ``faults`` lists at most 1,000 of ``fault_count``.
    ``is_unreadable`` says that the file as a whole could not be read: then no row counts.
    ``refused_rows`` is how many rows have a fault. ``encoding`` is "" when it was not found out.
    """

    rows: tuple[RollRow, ...] = ()
    faults: tuple[RowFault, ...] = ()
    fault_count: int = 0
    refused_rows: int = 0
    notes: tuple[str, ...] = ()
    encoding: str = ""
    is_unreadable: bool = False


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; ``fault`` says why and where."""

    def __init__(self, message: str, *, row: int = 0, column: str = "") -> None:
        super().__init__(message)
        self.fault = RowFault(row, column, message)


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    existing: Collection[str]
    place: str
    cells: CellReader
    rows: list[RollRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    fault_count: int = 0
    refused_rows: int = 0
    empty_rows: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    def add_fault(self, row: int, column: str, message: str) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(RowFault(row, column, message))


def parse_roll(
    content: bytes,
    *,
    existing: Collection[str] = (),
    elsewhere: Collection[str] = (),
    place: str = "",
) -> RollReport:
    """Read a CSV file as a roll; whatever the bytes are, the answer is a report.

    *existing* are the address keys already on this constituency's roll (a second one is a fault),
    *elsewhere* those on the proposal's other rolls (only noted). *place* is the constituency's name
    for the messages.
    """
    encoding = ""
    try:
        encoding = find_encoding(content)
        reading = _Reading(existing, place, CellReader(mixed=encoding == "cp1252"))
        _read_rows(content, encoding, reading)
    except UnreadableFileError as unreadable:
        return RollReport(
            faults=(unreadable.fault,),
            fault_count=1,
            encoding=_ENCODINGS.get(encoding, ""),
            is_unreadable=True,
        )
    return RollReport(
        rows=tuple(reading.rows),
        faults=tuple(reading.faults),
        fault_count=reading.fault_count,
        refused_rows=reading.refused_rows,
        notes=tuple(_list_notes(reading, encoding, elsewhere)),
        encoding=_ENCODINGS[encoding],
    )


def find_encoding(content: bytes) -> str:
    """``utf-8-sig`` or ``cp1252``; raises UnreadableFileError for anything that is not CSV text."""
    _check_kind(content)
    if _is_text(content, "utf-8-sig"):
        return "utf-8-sig"
    if content.startswith(codecs.BOM_UTF8) or not _is_text(content, "cp1252"):
        raise UnreadableFileError(
            "The file is in an encoding that cannot be read. Save it as 'CSV UTF-8'."
        )
    return "cp1252"


def _check_kind(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise UnreadableFileError("The file is larger than 64 MB.")
    if not content.strip():
        raise UnreadableFileError("The file is empty.")
    if content.startswith(b"PK\x03\x04") or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFileError("This is a spreadsheet file, not CSV. Save it as 'CSV UTF-8'.")
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if wide or b"\0" in content[:2]:
        raise UnreadableFileError("The file is in UTF-16. Save it as 'CSV UTF-8'.")


def _is_text(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _read_rows(content: bytes, encoding: str, reading: _Reading) -> None:
    records = _iter_records(content, encoding)
    columns = _read_header(next(records, []))
    for row, record in enumerate(records, start=2):
        if row > MOST_ROWS + 1:
            raise UnreadableFileError(f"The file has more than {MOST_ROWS:,} rows.", row=row)
        if any(cell.strip() for cell in record):
            _read_row(row, record, columns, reading)
        else:
            reading.empty_rows += 1
    if not reading.rows and not reading.faults:
        raise UnreadableFileError("The file has no rows below the column names.", row=1)


def _iter_records(content: bytes, encoding: str) -> Iterator[list[str]]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    delimiter = _find_delimiter(text.readline(_CHUNK))
    text.seek(0)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            told = f"Row {row}: {_explain(str(error))}"
            raise UnreadableFileError(told, row=row) from error


def _explain(told: str) -> str:
    if "field limit" in told:
        return (
            "a cell is far too long, or a quotation mark is not closed. "
            "Nothing from this row on could be read."
        )
    if "unexpected end" in told:
        return "a quotation mark is opened in this row and never closed."
    return "a quotation mark stands where there may be none."


def _find_delimiter(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _read_header(record: list[str]) -> list[str]:
    names = ["_".join(cell.strip().casefold().replace("-", " ").split()) for cell in record]
    names = [name.replace("__", "_") for name in names]
    while names and not names[-1]:
        names.pop()
    told = f"The first row has: {', '.join(cell.strip()[:60] for cell in record[:20])}."
    for name in REQUIRED:
        if name not in names:
            raise UnreadableFileError(f"The column '{name}' is missing. {told}", row=1, column=name)
    for name, cell in zip(names, record, strict=False):
        shown = cell.strip()[:60]
        if name not in COLUMNS:
            raise UnreadableFileError(
                f"The column '{shown}' is not one a roll may have. Remove it from the file: "
                f"only {list_in_words(COLUMNS)} are kept.",
                row=1,
                column=shown,
            )
        if names.count(name) > 1:
            raise UnreadableFileError(f"The column '{shown}' is there twice.", row=1, column=name)
    return names


def _read_row(row: int, record: list[str], columns: list[str], reading: _Reading) -> None:
    before = reading.fault_count
    if any(cell.strip() for cell in record[len(columns) :]):
        told = f"Row {row} has more cells than there are columns."
        reading.add_fault(row, "", told)
    values = reading.cells.read(dict(zip(columns, record, strict=False)))
    for fault in values.faults:
        reading.add_fault(row, fault.column, f"Row {row}: {fault.message}")
    if values.email_key:
        _check_address(row, values.email, values.email_key, reading)
    if reading.fault_count > before:
        reading.refused_rows += 1
        return
    reading.rows.append(
        RollRow(
            row,
            values.name,
            values.email,
            values.email_key,
            values.reference,
            values.language,
            values.weight,
            values.weight_reason,
        )
    )


def _check_address(row: int, email: str, key: str, reading: _Reading) -> None:
    first = reading.seen.setdefault(key, row)
    if first != row:
        told = f"Row {row} has the same address as row {first} ({mask_address(email)})."
        reading.add_fault(row, "email", told)
    elif key in reading.existing:
        where = f"the roll of {reading.place}" if reading.place else "this roll"
        told = f"Row {row} has an address that is already on {where} ({mask_address(email)})."
        reading.add_fault(row, "email", told)


def _list_notes(reading: _Reading, encoding: str, elsewhere: Collection[str]) -> Iterator[str]:
    if encoding == "cp1252":
        yield (
            "The file is not UTF-8. It was read as Windows-1252: check that accented letters "
            "are right."
        )
    if reading.empty_rows:
        yield f"{_number(reading.empty_rows, 'empty row was', 'empty rows were')} left out."
    shared = sum(row.email_key in elsewhere for row in reading.rows) if elsewhere else 0
    if shared:
        told = _number(shared, "person is", "people are")
        yield f"{told} on another roll of this proposal too, and will have a vote in each."
    weighted = sum(row.weight != 1 for row in reading.rows)
    if weighted:
        told = _number(weighted, "person has", "people have")
        yield f"{told} a weight other than 1. Weights and reasons are published without names."


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"

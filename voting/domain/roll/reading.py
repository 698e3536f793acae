"""Reading a roll from a file: every person on it, and every fault with its row and its cell.

Rows are numbered as in a spreadsheet, empty ones counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from voting.domain.roll.cells import (
    CellFault,
    CellReader,
    RowValues,
    mask_address,
    name_field,
)
from voting.domain.roll.columns import Layout, Sight, check_layout, look_at
from voting.domain.roll.faults import RowFault, UnreadableFileError, name_column
from voting.domain.roll.files import open_file
from voting.domain.roll.source import Record, Source

MOST_ROWS = 1_000_000
MOST_FAULTS = 1_000
MOST_REPEATED = 3  # references that stand twice, as examples


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
    weight_reason_cy: str = ""


@dataclass(frozen=True, slots=True)
class RollReport:
    """What a file holds.

    ``rows`` are the rows without fault; ``faults`` lists the first of ``fault_count``.
    ``is_unreadable`` says that the file as a whole could not be read: then no row counts.
    ``refused_rows`` is how many rows have a fault. ``encoding`` is "" when it was not found out.
    """

    rows: tuple[RollRow, ...] = ()
    faults: tuple[RowFault, ...] = ()
    fault_count: int = 0
    refused_rows: int = 0
    notes: tuple[str, ...] = ()
    kind: str = ""
    encoding: str = ""
    is_unreadable: bool = False

    @property
    def fingerprint(self) -> str:
        """What tells this report from another, to know that the accepted one is the same."""
        told = [f"{len(self.rows)} {self.refused_rows} {self.fault_count}"]
        told += [f"{fault.row} {fault.cell} {fault.message}" for fault in self.faults]
        return hashlib.sha256("\n".join(told).encode("utf-8", "replace")).hexdigest()


@dataclass(slots=True)
class _Reading:
    """What has been read so far. ``places`` are the columns in which each field stands."""

    existing: Collection[str]
    place: str
    most_faults: int
    cells: CellReader
    places: dict[str, int]
    joined: tuple[int, ...]
    width: int | None
    rows: list[RollRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    fault_count: int = 0
    refused_rows: int = 0
    empty_rows: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    references: dict[str, int] = field(default_factory=dict)
    repeated: list[tuple[str, int, int]] = field(default_factory=list)

    def add_fault(self, row: int, column: str, message: str) -> None:
        self.fault_count += 1
        if len(self.faults) < self.most_faults:
            place = self.places.get(column)
            cell = f"{name_column(place)}{row}" if place is not None else ""
            self.faults.append(RowFault(row, column, message, cell))


def parse_roll(
    content: bytes | Source,
    *,
    layout: Layout | None = None,
    existing: Collection[str] = (),
    elsewhere: Collection[str] = (),
    place: str = "",
    bilingual: bool = False,
    most_faults: int = MOST_FAULTS,
) -> RollReport:
    """Read a file, opened or as its bytes, as a roll; whatever it is, the answer is a report.

    Without a *layout* the columns are told from their headings. *existing* are the address keys
    already on this constituency's roll (a second one is a fault), *elsewhere* those on the
    proposal's other rolls (only noted). *place* is the constituency's name for the messages;
    *bilingual* notes reasons that have no Welsh.
    """
    source: Source | None = None
    try:
        source = open_file(content) if isinstance(content, bytes) else content
        layout = layout or guess_layout(source)
        reading = _begin(source, layout, existing, place, most_faults)
        _read_rows(source, layout, reading)
    except UnreadableFileError as unreadable:
        return RollReport(
            faults=(unreadable.fault,),
            fault_count=1,
            kind=source.kind if source else "",
            encoding=source.encoding if source else "",
            is_unreadable=True,
        )
    return RollReport(
        rows=tuple(reading.rows),
        faults=tuple(reading.faults),
        fault_count=reading.fault_count,
        refused_rows=reading.refused_rows,
        notes=tuple(_list_notes(reading, source, elsewhere, bilingual=bilingual)),
        kind=source.kind,
        encoding=source.encoding,
    )


def guess_layout(source: Source) -> Layout:
    """The layout that the headings tell. Raises UnreadableFileError when they do not tell it."""
    sight = look_at(source)
    require_addresses(sight)
    if check_layout(sight.layout):
        missing = "email" if "email" not in sight.layout.fields else "name"
        raise _missing(sight, missing)
    return sight.layout


def require_addresses(sight: Sight) -> None:
    """Raise UnreadableFileError for a sheet without rows, or without any mail address."""
    if sight.is_empty:
        raise UnreadableFileError("The sheet is empty.")
    if "email" not in sight.layout.fields and not sight.has_address:
        raise _missing(sight, "email")


def _missing(sight: Sight, column: str) -> UnreadableFileError:
    headings = ", ".join(column.heading[:60] for column in sight.columns[:20])
    row = sight.layout.heading_row
    told = f"The column '{column}' is missing. Row {row} has: {headings}."
    return UnreadableFileError(told, row=row, column=column)


def _begin(
    source: Source, layout: Layout, existing: Collection[str], place: str, most_faults: int
) -> _Reading:
    places = {name: number for number, name in enumerate(layout.fields) if name}
    joined = tuple(places[name] for name in ("first_name", "last_name") if name in places)
    if joined:
        places["name"] = joined[0]
    return _Reading(
        existing=existing,
        place=place,
        most_faults=most_faults,
        cells=CellReader(mixed=source.encoding == "Windows-1252"),
        places=places,
        joined=joined,
        width=len(layout.fields) if source.encoding else None,
    )


def _read_rows(source: Source, layout: Layout, reading: _Reading) -> None:
    last = MOST_ROWS + layout.heading_row
    for record in source.iter_records(layout.sheet):
        if record.row <= layout.heading_row:
            continue
        if record.row > last:
            raise UnreadableFileError(f"The file has more than {MOST_ROWS:,} rows.", row=record.row)
        if record.faults or any(cell.strip() for cell in record.cells):
            _read_row(record, reading)
        else:
            reading.empty_rows += 1
    if not reading.rows and not reading.faults:
        told = "The file has no rows below the column names."
        raise UnreadableFileError(told, row=layout.heading_row)


def _read_row(record: Record, reading: _Reading) -> None:
    row, before = record.row, reading.fault_count
    if reading.width and any(cell.strip() for cell in record.cells[reading.width :]):
        told = f"Row {row} has more cells than there are columns."
        reading.add_fault(row, "", told)
    values = reading.cells.read(_pick(record, reading), _list_unusable(record, reading))
    for fault in values.faults:
        reading.add_fault(row, fault.column, f"Row {row}: {fault.message}")
    if values.email_key:
        _check_address(row, values.email, values.email_key, reading)
    if reading.fault_count > before:
        reading.refused_rows += 1
        return
    _note_reference(row, values, reading)
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
            values.weight_reason_cy,
        )
    )


def _pick(record: Record, reading: _Reading) -> dict[str, str]:
    cells, length = record.cells, len(record.cells)
    picked = {name: cells[place] for name, place in reading.places.items() if place < length}
    if reading.joined:
        parts = (cells[place].strip(" ") for place in reading.joined if place < length)
        picked["name"] = " ".join(part for part in parts if part)
    return picked


def _list_unusable(record: Record, reading: _Reading) -> list[CellFault]:
    if not record.faults:
        return []
    found = {
        name: record.faults[place]
        for name, place in reading.places.items()
        if place in record.faults
    }
    for place in reading.joined:
        if place in record.faults:
            found["name"] = record.faults[place]
    return [
        CellFault(name, f"the {name_field(name)} {told}.")
        for name, told in found.items()
        if name not in ("first_name", "last_name")
    ]


def _check_address(row: int, email: str, key: str, reading: _Reading) -> None:
    first = reading.seen.setdefault(key, row)
    if first != row:
        told = f"Row {row} has the same address as row {first} ({mask_address(email)})."
        reading.add_fault(row, "email", told)
    elif key in reading.existing:
        where = f"the roll of {reading.place}" if reading.place else "this roll"
        told = f"Row {row} has an address that is already on {where} ({mask_address(email)})."
        reading.add_fault(row, "email", told)


def _note_reference(row: int, values: RowValues, reading: _Reading) -> None:
    if values.reference:
        first = reading.references.setdefault(values.reference, row)
        if first != row:
            reading.repeated.append((values.reference, first, row))


def _list_notes(
    reading: _Reading, source: Source, elsewhere: Collection[str], *, bilingual: bool
) -> Iterator[str]:
    if source.encoding == "Windows-1252":
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
    if reading.repeated:
        yield _tell_repeated(reading.repeated)
    yield from _list_weights(reading.rows, bilingual=bilingual)


def _list_weights(rows: list[RollRow], *, bilingual: bool) -> Iterator[str]:
    weighted = [row for row in rows if row.weight != 1]
    if weighted:
        told = _number(len(weighted), "person has", "people have")
        yield f"{told} a weight other than 1. Weights and reasons are published without names."
    untold = sum(not row.weight_reason_cy for row in weighted)
    if bilingual and untold:
        told = _number(untold, "reason is", "reasons are")
        yield (
            f"{told} in English alone, and the proposal is in English and Welsh. Put the Welsh "
            "into a column “weight_reason_cy”."
        )


def _tell_repeated(repeated: list[tuple[str, int, int]]) -> str:
    examples = ", ".join(
        f"“{reference}” in rows {first} and {row}"
        for reference, first, row in repeated[:MOST_REPEATED]
    )
    told = _number(len(repeated), "reference stands", "references stand")
    return (
        f"{told} in an earlier row too ({examples}). If that is one person with two addresses, "
        "they would have two votes."
    )


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"

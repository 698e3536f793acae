"""Which column of a file holds what: guessed from the headings, decided by the organiser."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice

from voting.domain.errors import FieldError
from voting.domain.roll.cells import COLUMNS, REQUIRED
from voting.domain.roll.faults import UnreadableFileError, name_column
from voting.domain.roll.source import Record, Source

FIELDS = {  # in words, in the order in which they are offered
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "Email address",
    "reference": "Reference",
    "language": "Language of letters",
    "weight": "Weight",
    "weight_reason": "Reason for the weight",
    "weight_reason_cy": "Reason for the weight in Welsh",
}
HEADINGS = {
    "name": "full name|employee name|staff name|member name|elector|voter|person|enw|enw llawn",
    "first_name": "forename|forenames|given name|given names|first names|enw cyntaf|enwau cyntaf",
    "last_name": "surname|family name|second name|cyfenw|enw olaf",
    "email": "e mail|mail|email address|e mail address|work email|work e mail|work email address|"
    "e bost|ebost|cyfeiriad e bost|cyfeiriad ebost|e bost gwaith",
    "reference": "ref|id|number|payroll number|payroll no|payroll|employee number|employee no|"
    "employee id|staff number|staff no|staff id|personnel number|assignment number|"
    "membership number|member number|member no|member id|cyfeirnod|rhif|rhif gweithiwr|"
    "rhif cyflogres|rhif staff|rhif aelod|rhif aelodaeth|rhif cyflogai",
    "language": "preferred language|language preference|language of letters|"
    "correspondence language|iaith|dewis iaith|iaith gohebu|iaith gohebiaeth",
    "weight": "voting weight|vote weight|pwysau|pwysiad",
    "weight_reason": "reason|reason for weight|reason for the weight|weight reason en|"
    "weight reason in english|reason in english|rheswm saesneg",
    "weight_reason_cy": "weight reason in welsh|reason in welsh|reason cy|"
    "reason for weight in welsh|reason for the weight in welsh|rheswm cymraeg|rheswm yn gymraeg|"
    "rheswm|rheswm dros y pwysau|rheswm am y pwysau",
}
EITHER = frozenset({"rheswm", "rheswm dros y pwysau", "rheswm am y pwysau"})
"""Welsh headings of the one reason that a file has, or of the Welsh one beside the English."""
SYNONYMS = {
    heading: name
    for name in FIELDS
    for heading in (name.replace("_", " "), *HEADINGS[name].split("|"))
}
MOST_COLUMNS = 200
LOOKED_AT = 25  # rows at the top in which the headings and first values are looked for
FIRST_VALUES = 3
_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_MARKS = re.compile(r"[-_/.:()]")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is read: which of its sheets, the row of its headings (0: none), and for each
    column the field that it holds, or "" for a column that is not used."""

    sheet: int = 0
    heading_row: int = 1
    fields: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The layout as text; ``parse_layout`` reads it."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it is shown: its letters, its heading, its first values, what it may be."""

    letters: str
    heading: str
    values: tuple[str, ...]
    guess: str


@dataclass(frozen=True, slots=True)
class Sight:
    """The top of one sheet of a file.

    ``is_certain``: there is one sheet and every heading is one of ours, so nothing is to be asked.
    """

    layout: Layout
    sheets: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    is_certain: bool = False
    has_address: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found at all."""
        return not self.columns


def parse_layout(text: str) -> Layout:
    """The layout that ``to_json`` wrote."""
    told = json.loads(text)
    return Layout(int(told["sheet"]), int(told["heading_row"]), tuple(map(str, told["fields"])))


def look_at(source: Source, sheet: int = 0, heading_row: int | None = None) -> Sight:
    """The columns of a sheet with a guess of what each holds. Raises UnreadableFileError.

    *heading_row* is the row of the headings, 0 for a file without any, None to find it.
    """
    records = _read_top(source, sheet)
    filled = [record for record in records if any(cell.strip() for cell in record.cells)]
    if not filled:
        return Sight(Layout(sheet, heading_row or 1), source.sheets)
    row = _find_heading_row(filled) if heading_row is None else heading_row
    headings = next((record.cells for record in records if record.row == row), [])
    rows = [record.cells for record in filled if record.row > row]
    # In CSV text a row longer than its headings is a fault; in a sheet it is one more column.
    width = _width([headings] if source.encoding and row else [headings, *rows])
    if width > MOST_COLUMNS:
        raise UnreadableFileError(f"The file has more than {MOST_COLUMNS} columns.", row=row)
    texts = [_cell(headings, place) for place in range(width)]
    guesses = _guess(texts, rows)
    columns = tuple(
        Column(name_column(place), texts[place], _first_values(rows, place), guesses[place])
        for place in range(width)
    )
    return Sight(
        Layout(sheet, row, guesses),
        source.sheets,
        columns,
        is_certain=len(source.sheets) == 1 and _is_certain(texts),
        has_address=any(_ADDRESS.fullmatch(cell.strip()) for cells in rows for cell in cells),
    )


def check_layout(layout: Layout) -> list[FieldError]:
    """What keeps a layout from being used; a fault of a column names it ("column-2")."""
    faults = [
        FieldError(f"column-{place}", "Select what the column is from the list")
        for place, name in enumerate(layout.fields)
        if name and name not in FIELDS
    ]
    for name, words in FIELDS.items():
        places = [place for place, field in enumerate(layout.fields) if field == name]
        faults += [
            FieldError(
                f"column-{place}",
                f"Column {name_column(places[0])} is the {words.lower()} already",
            )
            for place in places[1:]
        ]
    chosen = set(layout.fields)
    if not chosen & {"name", "first_name", "last_name"}:
        faults.append(FieldError("column-0", "Select the column with the name"))
    elif "name" in chosen and chosen & {"first_name", "last_name"}:
        place = layout.fields.index("name")
        told = "Select the whole name, or first and last name, not both"
        faults.append(FieldError(f"column-{place}", told))
    if "email" not in chosen:
        faults.append(FieldError("column-0", "Select the column with the email address"))
    return faults


def _read_top(source: Source, sheet: int) -> list[Record]:
    """The first rows; a fault further down is told when the whole file is read."""
    records: list[Record] = []
    try:
        records.extend(islice(source.iter_records(sheet), LOOKED_AT))
    except UnreadableFileError:
        if not records:
            raise
    return records


def _find_heading_row(filled: Sequence[Record]) -> int:
    for record in filled:
        known = {SYNONYMS.get(_plain(cell), "") for cell in record.cells} - {""}
        if len(known) > 1:
            return record.row
    first = filled[0]
    is_person = any(_ADDRESS.fullmatch(cell.strip()) for cell in first.cells)
    return 0 if is_person else first.row


def _guess(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    guesses: list[str] = []
    for heading in headings:
        field = SYNONYMS.get(_plain(heading), "")
        guesses.append("" if field in guesses else field)
    if "email" not in guesses:
        for place in range(len(guesses)):
            if not guesses[place] and _holds_addresses(rows, place):
                guesses[place] = "email"
                break
    if "weight_reason_cy" in guesses and "weight_reason" not in guesses:
        place = guesses.index("weight_reason_cy")
        if _plain(headings[place]) in EITHER:
            guesses[place] = "weight_reason"
    if "last_name" in guesses and "name" in guesses and "first_name" not in guesses:
        guesses[guesses.index("name")] = "first_name"  # headed Name and Surname
    if "name" in guesses:
        guesses = ["" if guess in ("first_name", "last_name") else guess for guess in guesses]
    return tuple(guesses)


def _holds_addresses(rows: Sequence[Sequence[str]], place: int) -> bool:
    cells = [_cell(row, place) for row in rows]
    return sum(bool(_ADDRESS.fullmatch(cell)) for cell in cells) * 2 > sum(map(bool, cells)) > 0


def _is_certain(headings: Sequence[str]) -> bool:
    names = [_plain(heading).replace(" ", "_") for heading in headings]
    names = ["email" if name == "e_mail" else name for name in names]
    return (
        len(set(names)) == len(names)
        and set(names) <= set(COLUMNS)
        and all(name in names for name in REQUIRED)
    )


def _first_values(rows: Sequence[Sequence[str]], place: int) -> tuple[str, ...]:
    values = [value for row in rows if (value := _cell(row, place))]
    return tuple(value[:60] for value in values[:FIRST_VALUES])


def _width(rows: Sequence[Sequence[str]]) -> int:
    return max(
        (place + 1 for row in rows for place, cell in enumerate(row) if cell.strip()), default=0
    )


def _cell(cells: Sequence[str], place: int) -> str:
    return " ".join(cells[place].split()) if place < len(cells) else ""


def _plain(heading: str) -> str:
    return " ".join(_MARKS.sub(" ", heading.casefold()).split())

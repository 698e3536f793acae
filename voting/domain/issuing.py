"""The tables that go to and from an independent issuer of codes: the roll, and the letters."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEADER = ("elector", "reference", "name", "email", "language", "weight")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class UnreadableRoll(Exception):
    """A roll file cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One person to make a code for. ``elector`` is the service's number of them."""

    elector: int
    reference: str
    name: str
    email: str
    language: str
    weight: int

    def cells(self) -> tuple[str, ...]:
        """The row as cells of a table, none of which a spreadsheet takes for a formula."""
        return tuple(defuse(str(getattr(self, name))) for name in HEADER)


def write_roll(rows: Iterable[IssueRow]) -> Iterator[str]:
    """The roll file for the issuer, line by line."""
    yield from _write([HEADER])
    yield from _write(row.cells() for row in rows)


def write_letters(rows: Iterable[tuple[IssueRow, str]], page: str = "") -> Iterator[str]:
    """The mail-merge file: each person with their code, and a link with it where there is a *page*.

    The code stands behind the # of the link, so a browser does not send it.
    """
    links = ("link",) if page else ()
    yield from _write([(*HEADER, "code", *links)])
    yield from _write(
        (*row.cells(), code, *(f"{page}#{code}" for _ in links)) for row, code in rows
    )


def read_roll(content: bytes) -> list[IssueRow]:
    """The people of a roll file that :func:`write_roll` wrote, even if a spreadsheet saved it anew.

    Raises UnreadableRoll naming the row: rows are counted as in a spreadsheet.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableRoll("The roll is not in UTF-8. Use the file as it came.") from None
    lines = text.splitlines()
    cut = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=cut)
    missing = [name for name in HEADER if name not in (table.fieldnames or ())]
    if missing:
        raise UnreadableRoll(f"The roll has no column {missing[0]}. Use the file as it came.")
    rows, seen = [], set()
    for number, cells in enumerate(table, 2):
        row = _read_row(number, {name: restore(cells[name] or "") for name in HEADER})
        if row.elector in seen:
            raise UnreadableRoll(f"Row {number}: elector {row.elector} is in the roll twice.")
        seen.add(row.elector)
        rows.append(row)
    if not rows:
        raise UnreadableRoll("There is nobody on the roll.")
    return rows


def defuse(cell: str) -> str:
    """*cell* with an apostrophe in front when a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def restore(cell: str) -> str:
    """*cell* without the apostrophe that :func:`defuse` puts in front."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def _read_row(number: int, cells: dict[str, str]) -> IssueRow:
    for name in ("elector", "weight"):
        if not (cells[name].isascii() and cells[name].isdigit() and int(cells[name]) > 0):
            raise UnreadableRoll(f"Row {number}: {name} is not a whole number above 0.")
    return IssueRow(
        int(cells["elector"]),
        cells["reference"],
        cells["name"],
        cells["email"],
        cells["language"],
        int(cells["weight"]),
    )


def _write(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow(row)
        yield text.getvalue()
        text.seek(0)
        text.truncate()

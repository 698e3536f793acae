"""A file of people as a table: whatever its kind, records of text with their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol


class Record(NamedTuple):
    """One row, numbered as in a spreadsheet. ``faults``: what is wrong with a cell, by position."""

    row: int
    cells: list[str]
    faults: Mapping[int, str]


class Source(Protocol):
    """A file that was opened.

    ``kind`` is its kind in words, ``encoding`` that of a text file ("" for a spreadsheet),
    ``sheets`` the names of its sheets that can be seen; a text file has one, without a name.
    """

    @property
    def kind(self) -> str: ...
    @property
    def encoding(self) -> str: ...
    @property
    def sheets(self) -> tuple[str, ...]: ...

    def iter_records(self, sheet: int) -> Iterator[Record]:
        """Every row of a sheet from the first, empty ones too. Raises UnreadableFileError."""
        ...

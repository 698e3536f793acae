"""What is wrong with a file of people, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault: its row as in a spreadsheet (0: the file), what it is in ("": the row), its cell.

    ``column`` is the field of the roll, ``cell`` the place as spreadsheets name it: "B5".
    """

    row: int
    column: str
    message: str
    cell: str = ""


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; ``fault`` says why and where."""

    def __init__(self, message: str, *, row: int = 0, column: str = "") -> None:
        super().__init__(message)
        self.fault = RowFault(row, column, message)


def name_column(position: int) -> str:
    """The letters of a column as spreadsheets name it, from position 0: A, B ... Z, AA."""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        letters = chr(65 + letter) + letters
    return letters

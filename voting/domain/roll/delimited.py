"""CSV files: their encoding, their delimiter, their rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from voting.domain.roll.faults import UnreadableFileError
from voting.domain.roll.source import Record

DELIMITERS = (",", ";", "\t")
_CHUNK = 1 << 20
_ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
_NO_FAULTS: dict[int, str] = {}


@dataclass(frozen=True, slots=True)
class DelimitedFile:
    """A CSV file. Opening one finds its encoding; raises UnreadableFileError."""

    content: bytes = field(repr=False)
    codec: str = ""
    kind: str = "CSV"
    sheets: tuple[str, ...] = ("",)

    @property
    def encoding(self) -> str:
        """The name of the encoding that it was read in."""
        return _ENCODINGS[self.codec]

    def iter_records(self, sheet: int = 0) -> Iterator[Record]:
        """Every row, empty ones too. Raises UnreadableFileError at the row that cannot be read."""
        text = io.TextIOWrapper(io.BytesIO(self.content), encoding=self.codec, newline="")
        delimiter = _find_delimiter(text.readline(_CHUNK))
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        row = 0
        while True:
            row += 1
            try:
                yield Record(row, next(reader), _NO_FAULTS)
            except StopIteration:
                return
            except csv.Error as error:
                told = f"Row {row}: {_explain(str(error))}"
                raise UnreadableFileError(told, row=row) from error


def open_delimited(content: bytes) -> DelimitedFile:
    """The file as CSV; raises UnreadableFileError for anything that is not CSV text."""
    return DelimitedFile(content, find_encoding(content))


def find_encoding(content: bytes) -> str:
    """``utf-8-sig`` or ``cp1252``; raises UnreadableFileError for what is in neither."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if wide or b"\0" in content[:2]:
        raise UnreadableFileError("The file is in UTF-16. Save it as 'CSV UTF-8'.")
    if _is_text(content, "utf-8-sig"):
        return "utf-8-sig"
    if content.startswith(codecs.BOM_UTF8) or not _is_text(content, "cp1252"):
        raise UnreadableFileError(
            "The file is in an encoding that cannot be read. Save it as 'CSV UTF-8'."
        )
    return "cp1252"


def _is_text(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


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

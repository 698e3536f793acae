"""Lines of a file: decoded, and named by line and column when they are wrong."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from voting.counting.tabulation import CountingError

CHUNK = 1 << 20
LONGEST_LINE = 1 << 20
MARK = b"\xef\xbb\xbf"
_WIDE = re.compile(rb"\xc3[\x80-\xbf]")  # an accented letter of UTF-8
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Source(Protocol):
    """Where bytes come from: a file, or anything else that is read in pieces."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, about *size* of them; all that are left for -1; none at the end."""


class BadFileError(CountingError):
    """The file is not what it should be. Lines and columns are counted from 1."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column


class LineError(Exception):
    """A line is wrong at *column*; whoever knows the line's number makes a BadFileError of it."""

    def __init__(self, column: int, message: str) -> None:
        super().__init__(message)
        self.column = column

    def at(self, line: int) -> BadFileError:
        """The same, with the number of the line."""
        return BadFileError(line, self.column, str(self))


@dataclass(slots=True)
class Decoder:
    """Decodes lines as UTF-8, or all of them as Windows-1252 when one cannot be UTF-8.

    A file that has lines of both kinds is refused: some of its names would be read wrongly.
    """

    wide: int | None = None
    legacy: int | None = None

    def decode(self, raw: bytes, line: int) -> str:
        """Return one line as text. LineError for mixed encodings and for control characters."""
        text = raw.decode("ascii") if raw.isascii() else self._decode_accents(raw, line)
        if CONTROL.search(raw):
            column = next(at for at, one in enumerate(text, 1) if one < " " and one not in "\t\r")
            raise LineError(column, "expected text, found a control character")
        return text

    def _decode_accents(self, raw: bytes, line: int) -> str:
        try:
            text = raw.decode("utf-8")
            self.wide = self.wide or line
        except UnicodeDecodeError as error:
            text = self._decode_legacy(raw, error.start + 1)
            self.legacy = self.legacy or line
        if self.wide and self.legacy:
            column = next(at for at, byte in enumerate(raw, 1) if byte > 127)
            first = min(self.wide, self.legacy)
            raise LineError(
                column, f"expected one encoding; line {first} is in another one than this line"
            )
        return text

    def _decode_legacy(self, raw: bytes, column: int) -> str:
        if wide := _WIDE.search(raw):
            at = max(column, wide.start() + 1)
            raise LineError(at, "expected one encoding; this line has letters in two")
        try:
            return raw.decode("cp1252")
        except UnicodeDecodeError as error:
            raise LineError(column, "expected UTF-8 or Windows-1252 text") from error


@dataclass(slots=True)
class Lines:
    """A file read line by line, never more than a little of it at a time.

    ``number`` is that of the line read last.
    """

    stream: Source
    decoder: Decoder = field(default_factory=Decoder)
    number: int = 0
    _ready: deque[bytes] = field(default_factory=deque)
    _rest: bytes = b""
    _last: bytes = b""
    _started: bool = False

    def take_block(self) -> list[bytes]:
        """The next lines as they stand, without their ends, many at a time; empty at the end."""
        if not self._ready:
            self._fill()
        block = list(self._ready)
        self._ready.clear()
        return block

    def give_back(self, block: list[bytes]) -> None:
        """Put lines back that were taken."""
        self._ready.extendleft(reversed(block))

    def _fill(self) -> None:
        while not self._ready:
            chunk = self.stream.read(CHUNK)
            if not self._started:
                chunk = self._begin(chunk)
            if not chunk:
                if self._rest:
                    self._ready.append(self._rest)
                    self._rest = b""
                return
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            self._ready.extend(lines)
            if len(self._rest) > LONGEST_LINE:
                line = self.number + len(self._ready) + 1
                raise BadFileError(line, LONGEST_LINE, "expected the line to end long before")

    def _begin(self, chunk: bytes) -> bytes:
        self._started = True
        if chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise BadFileError(1, 1, "expected UTF-8 text; save the file as UTF-8, not UTF-16")
        return chunk.removeprefix(MARK)

    def texts(self) -> Iterator[str]:
        """The lines that are left, as text. BadFileError when one cannot be read."""
        while (text := self.next_text()) is not None:
            yield text

    def next_text(self) -> str | None:
        """The next line as text, or None at the end. BadFileError when it cannot be read."""
        if not self._ready:
            self._fill()
        if not self._ready:
            return None
        self.number += 1
        self._last = self._ready.popleft()
        return self.decode_at(self._last, self.number)

    def unread(self) -> None:
        """Put back the line that next_text gave last."""
        self.number -= 1
        self._ready.appendleft(self._last)

    def decode_at(self, raw: bytes, line: int) -> str:
        """A line as text. BadFileError when it cannot be read."""
        try:
            return self.decoder.decode(raw, line)
        except LineError as error:
            raise error.at(line) from error

"""Lines of a file: decoded, counted in blocks, and named by line and column when they are wrong."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from voting.counting.tabulation import CountingError

CHUNK = 1 << 20
LONGEST_LINE = 1 << 20
MOST_REMEMBERED = 1 << 18
MARK = b"\xef\xbb\xbf"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Paper = TypeVar("Paper")


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
        if _CONTROL.search(raw):
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


def _nothing_is_plain(_raw: bytes) -> None:
    """No line can be read in haste."""


@dataclass(slots=True)
class Grouper(Generic[Paper]):
    """Adds up lines that mean a paper: each different line is read once, however often it comes.

    *parse* makes a paper and its number of votes of a line; it says None to a line that ends the
    papers, and raises LineError. *quick* does the same for the plainest lines, and says None to any
    other. ``groups`` are the papers with their votes.
    """

    lines: Lines
    parse: Callable[[str], tuple[Paper, int] | None]
    quick: Callable[[bytes], tuple[Paper, int] | None] = _nothing_is_plain
    groups: dict[Paper, int] = field(default_factory=dict)
    _known: dict[bytes, tuple[Paper, int]] = field(default_factory=dict)

    def read(self) -> bool:
        """Read papers up to the line that ends them, which stays to be read next.

        Return False when the file ended first. Raises BadFileError with the first wrong line.
        """
        while block := self.lines.take_block():
            if len(self._known) > MOST_REMEMBERED:
                self._known.clear()
            counted = Counter(block)
            odd = {raw for raw in counted if raw not in self._known and not self._learn(raw)}
            if not odd:
                self.lines.number += len(block)
                self._add_all(counted)
            elif self._read_one_by_one(block, odd):
                return True
        return False

    def _learn(self, raw: bytes) -> bool:
        """Parse a line of plain characters and remember it; False when it needs a closer look."""
        if (plain := self.quick(raw)) is not None:
            self._known[raw] = plain
            return True
        if raw.lstrip()[:1] in (b"", b"#") or not raw.isascii() or _CONTROL.search(raw):
            return False
        try:
            known = self.parse(raw.decode("ascii"))
        except LineError:
            return False
        if known is None:
            return False
        self._known[raw] = known
        return True

    def _add_all(self, counted: Counter[bytes]) -> None:
        groups, known = self.groups, self._known
        for raw, number in counted.items():
            paper, votes = known[raw]
            groups[paper] = groups.get(paper, 0) + votes * number

    def _read_one_by_one(self, block: list[bytes], odd: set[bytes]) -> bool:
        """Read a block with odd lines in it; True when one of them ends the papers."""
        plain: Counter[bytes] = Counter()
        start = 0
        for at, raw in enumerate(block):
            if raw not in odd:
                continue
            plain.update(block[start:at])
            start = at + 1
            if self._read_odd(raw, at):
                self._add_all(plain)
                self.lines.number += at
                self.lines.give_back(block[at:])
                return True
        plain.update(block[start:])
        self._add_all(plain)
        self.lines.number += len(block)
        return False

    def _read_odd(self, raw: bytes, at: int) -> bool:
        """Read one odd line, *at* lines after the last that was numbered; True for the end."""
        line = self.lines.number + at + 1
        text = self.lines.decode_at(raw, line)
        if not text.strip() or text.lstrip().startswith("#"):
            return False
        try:
            known = self.parse(text)
        except LineError as error:
            raise error.at(line) from error
        if known is None:
            return True
        paper, votes = known
        self.groups[paper] = self.groups.get(paper, 0) + votes
        return False

"""JSON text walked piece by piece, so that what is wrong in it has a line and a column."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from voting.counting.reading.lines import BadFileError

ENOUGH = 1 << 16
LONGEST_VALUE = 1 << 20

_SPACES = (" ", "\t", "\r", "\n")


class NotWhole:
    """A number with a fraction, or no number at all: it is no int, and so is refused in place."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


_DECODER = json.JSONDecoder(parse_float=NotWhole, parse_constant=NotWhole)


def _nothing() -> str:
    """The text is whole."""
    return ""


@dataclass(slots=True)
class JsonText:
    """A text, and words for what is wrong at a place in it.

    *more* gives the next piece of a text that is not whole, and nothing at its end. Places count
    from the beginning of what is kept: :meth:`pass_by` forgets what lies before one. ``end`` is
    where the value that was yielded last ends.
    """

    text: str
    more: Callable[[], str] = _nothing
    end: int = 0
    _lines: int = 0
    _columns: int = 0

    def bad(self, at: int, message: str) -> BadFileError:
        """An error at character number *at*."""
        line = self._lines + self.text.count("\n", 0, at) + 1
        start = self.text.rfind("\n", 0, at)
        return BadFileError(line, at - start + (self._columns if start < 0 else 0), message)

    def pass_by(self, at: int) -> int:
        """Forget what lies before *at* when little is left after it; return where it is now."""
        if len(self.text) - at >= ENOUGH:
            return at
        before = self.text[:at]
        if lines := before.count("\n"):
            self._lines += lines
            self._columns = 0
        self._columns += at - before.rfind("\n") - 1
        self.text = self.text[at:] + self.more()
        return 0

    def skip(self, at: int) -> int:
        """The next character that is not white space."""
        while self.text[at : at + 1] in _SPACES:
            at += 1
        return at

    def value(self, at: int) -> tuple[object, int]:
        """The value that begins at *at*, and where it ends. BadFileError."""
        while True:
            try:
                return _DECODER.raw_decode(self.text, at)
            except json.JSONDecodeError as error:
                if not self._read_on(at):
                    raise self.bad(error.pos, f"expected JSON: {error.msg}") from error
            except RecursionError as error:
                raise self.bad(at, "expected lists that are not so deep") from error
            except ValueError as error:
                raise self.bad(at, str(error)) from error

    def _read_on(self, at: int) -> bool:
        """Read another piece, if there is one and the value at *at* is not too long already."""
        piece = self.more() if len(self.text) - at < LONGEST_VALUE else ""
        self.text += piece
        return bool(piece)

    def expect(self, at: int, mark: str) -> int:
        """The character after *mark*, which must come next. BadFileError."""
        at = self.skip(at)
        if not self.text.startswith(mark, at):
            raise self.bad(at, f"expected {mark!r}")
        return at + len(mark)

    def items(self, at: int) -> Iterator[tuple[int, object]]:
        """The values of the list at *at*, each with its place. BadFileError."""
        at = self.skip(self.expect(at, "["))
        if self.text.startswith("]", at):
            return
        while True:
            at = self.skip(at)
            value, self.end = self.value(at)
            yield at, value
            at = self.skip(self.end)
            if self.text.startswith("]", at):
                return
            at = self.expect(at, ",")

    def stream(self) -> Iterator[tuple[int, object]]:
        """The values of a list that is the whole text, forgetting each that was used."""
        at = self.next_mark(self.expect(self.next_mark(0), "["))
        while not self.text.startswith("]", at):
            value, self.end = self.value(at)
            yield at, value
            at = self.next_mark(self.end)
            if not self.text.startswith("]", at):
                at = self.next_mark(self.expect(at, ","))
                if self.text.startswith("]", at):
                    raise self.bad(at, "expected a value after the comma")
        at = self.next_mark(at + 1)
        self.check_end(at)

    def next_mark(self, at: int) -> int:
        """The next character that is not white space, with enough text after it."""
        while True:
            at = self.pass_by(self.skip(at))
            if at < len(self.text) and self.text[at] not in _SPACES:
                return at
            if not self.text:
                return at

    def members(self, at: int) -> Iterator[tuple[str, int]]:
        """The names in the object at *at*, each with the place of its value. BadFileError.

        The value's end is found by reading it; nothing may follow the object.
        """
        at = self.skip(self.expect(at, "{"))
        if self.text.startswith("}", at):
            return
        while True:
            at = self.skip(at)
            name, end = self.value(at)
            if not isinstance(name, str):
                raise self.bad(at, "expected a name in quotes")
            at = self.skip(self.expect(end, ":"))
            yield name, at
            _, at = self.value(at)
            at = self.skip(at)
            if self.text.startswith("}", at):
                self.check_end(at + 1)
                return
            at = self.expect(at, ",")

    def check_end(self, at: int) -> None:
        """Raise BadFileError when anything but white space follows."""
        if (at := self.skip(at)) < len(self.text):
            raise self.bad(at, "expected the end of the file")

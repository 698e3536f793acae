"""JSON text walked piece by piece, so that what is wrong in it has a line and a column."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from voting.counting.reading.lines import BadFileError

ENOUGH = 1 << 16
LONGEST_VALUE = 1 << 20
MOST_DIGITS = 15
_SPACES = (" ", "\t", "\r", "\n")
_COMMA = re.compile(r"[ \t\r\n]*,[ \t\r\n]*(?=[^\] \t\r\n])")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class NotWhole:
    """A number with a fraction, or no number at all: it is no int, and so is refused in place."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class _RepeatedError(Exception):
    """An object has a name twice: one of the two values would be lost."""


def _make_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedError(next(name for name in made if names.count(name) > 1))
    return made


_DECODER = json.JSONDecoder(
    parse_float=NotWhole, parse_constant=NotWhole, object_pairs_hook=_make_object
)


def is_whole(value: object) -> bool:
    """Whether a value is a whole number, 0 or more, of no more digits than votes can have."""
    return type(value) is int and 0 <= value < 10**MOST_DIGITS


def is_readable(text: str) -> bool:
    """Whether a text can be shown: no control characters, no halves of characters."""
    return not _UNREADABLE.search(text)


def _nothing() -> str:
    """The text is whole."""
    return ""


@dataclass(slots=True)
class JsonText:
    """A text, and words for what is wrong at a place in it.

    *more* gives the next piece of a text that is not whole, and nothing at its end. Places count
    from the beginning of what is kept: :meth:`pass_by` forgets what lies before one. ``end`` is
    where the value that was read last ends. ``lines`` and ``columns`` lie before the text.
    """

    text: str
    more: Callable[[], str] = _nothing
    end: int = 0
    lines: int = 0
    columns: int = 0
    _found: tuple[int, int, int] = field(init=False)

    def __post_init__(self) -> None:
        self._found = (0, self.lines + 1, self.columns + 1)

    def bad(self, at: int, message: str) -> BadFileError:
        """An error at character number *at*."""
        return BadFileError(*self.place(at), message)

    def place(self, at: int) -> tuple[int, int]:
        """The line and the column of character number *at*."""
        start, line, column = self._found
        if at < start:
            start, line, column = 0, self.lines + 1, self.columns + 1
        between = self.text[start:at]
        if lines := between.count("\n"):
            line, column = line + lines, 0
        column += len(between) - (between.rfind("\n") if lines else 0)
        self._found = (at, line, column)
        return line, column

    def pass_by(self, at: int) -> int:
        """Forget what lies before *at* when little is left after it; return where it is now."""
        if len(self.text) - at >= ENOUGH:
            return at
        before = self.text[:at]
        if lines := before.count("\n"):
            self.lines += lines
            self.columns = 0
        self.columns += at - before.rfind("\n") - 1
        pieces = [self.text[at:]]
        size = len(pieces[0])
        while size < ENOUGH and (piece := self.more()):
            pieces.append(piece)
            size += len(piece)
        self.text = "".join(pieces)
        self._found = (0, self.lines + 1, self.columns + 1)
        return 0

    def skip(self, at: int) -> int:
        """The next character that is not white space."""
        while self.text[at : at + 1] in _SPACES:
            at += 1
        return at

    def value(self, at: int, longest: int = LONGEST_VALUE) -> object:
        """The value that begins at *at*; ``end`` is where it ends. BadFileError."""
        while True:
            try:
                found, self.end = _DECODER.raw_decode(self.text, at)
            except json.JSONDecodeError as error:
                if not self._read_on(at, longest):
                    raise self.bad(error.pos, f"expected JSON: {error.msg}") from error
            except RecursionError as error:
                raise self.bad(at, "expected lists that are not so deep") from error
            except _RepeatedError as error:
                raise self.bad(at, f"expected {str(error)[:60]!r} only once here") from error
            except ValueError as error:
                raise self.bad(at, "expected numbers that are not so long") from error
            else:
                return found

    def _read_on(self, at: int, longest: int) -> bool:
        """Read as much again, if there is more and the value at *at* is not too long already."""
        held, pieces, size = len(self.text) - at, [], 0
        while held < longest and size <= held and (piece := self.more()):
            pieces.append(piece)
            size += len(piece)
        self.text += "".join(pieces)
        return bool(pieces)

    def expect(self, at: int, mark: str) -> int:
        """The character after *mark*, which must come next. BadFileError."""
        at = self.skip(at)
        if not self.text.startswith(mark, at):
            raise self.bad(at, f"expected {mark!r}")
        return at + len(mark)

    def items(self, at: int) -> Iterator[tuple[int, object]]:
        """The values of the list at *at*, which is here as a whole, each with its place."""
        at = self.skip(self.expect(at, "["))
        while not self.text.startswith("]", at):
            value = self.value(at)
            end = self.end
            yield at, value
            at = self.skip(end)
            if not self.text.startswith("]", at):
                at = self.skip(self.expect(at, ","))

    def members(self, at: int) -> Iterator[tuple[str, int]]:
        """The names in the object at *at*, which is here as a whole, with their values' places."""
        at = self.skip(self.expect(at, "{"))
        while not self.text.startswith("}", at):
            name = str(self.value(at))
            place = self.skip(self.expect(self.end, ":"))
            self.value(place)
            at = self.skip(self.end)
            yield name, place
            if not self.text.startswith("}", at):
                at = self.skip(self.expect(at, ","))

    def find(self, at: int, *path: str | int) -> int:
        """The place of a value inside the value at *at*, by names and numbers."""
        for step in path:
            if isinstance(step, str):
                at = dict(self.members(at))[step]
            else:
                at = [place for place, _ in self.items(at)][step]
        return at

    def stream_items(self, at: int) -> Iterator[tuple[int, object]]:
        """The values of the list at *at*, each with its place, forgetting each that was used.

        ``end`` is then after the list. BadFileError.
        """
        at = self.next_mark(self.expect(at, "["))
        while not self.text.startswith("]", at):
            value = self.value(at)
            end = self.end
            yield at, value
            comma = _COMMA.match(self.text, end)
            if comma and len(self.text) - comma.end() >= ENOUGH:
                at = comma.end()
                continue
            at = self.next_mark(end)
            if not self.text.startswith("]", at):
                at = self.next_mark(self.expect(at, ","))
                if self.text.startswith("]", at):
                    raise self.bad(at, "expected a value after the comma")
        self.end = at + 1

    def stream_members(self, at: int) -> Iterator[tuple[str, int]]:
        """The names in the object at *at*, each with the place of its value.

        Whoever asks must read each value, so that ``end`` is after it. BadFileError, also for a
        name that was there before.
        """
        at = self.next_mark(self.expect(at, "{"))
        seen: set[str] = set()
        while not self.text.startswith("}", at):
            name = self.value(at)
            if not isinstance(name, str):
                raise self.bad(at, "expected a name in quotes")
            if name in seen:
                raise self.bad(at, f"expected {name[:60]!r} only once")
            seen.add(name)
            yield name, self.next_mark(self.expect(self.next_mark(self.end), ":"))
            at = self.next_mark(self.end)
            if not self.text.startswith("}", at):
                at = self.next_mark(self.expect(at, ","))
        self.end = at + 1

    def next_mark(self, at: int) -> int:
        """The next character that is not white space, with enough text after it."""
        while True:
            at = self.pass_by(self.skip(at))
            if at < len(self.text) and self.text[at] not in _SPACES:
                return at
            if not self.text:
                return at

    def check_end(self) -> None:
        """Raise BadFileError when anything but white space follows the value read last."""
        at = self.next_mark(self.end)
        if at < len(self.text):
            raise self.bad(at, "expected the end of the file")

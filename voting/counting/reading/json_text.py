"""JSON text walked piece by piece, so that what is wrong in it has a line and a column."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from voting.counting.reading.lines import BadFileError

_SPACES = (" ", "\t", "\r", "\n")


class NotWhole:
    """A number with a fraction, or no number at all: it is no int, and so is refused in place."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


_DECODER = json.JSONDecoder(parse_float=NotWhole, parse_constant=NotWhole)


@dataclass(frozen=True, slots=True)
class JsonText:
    """A text, and words for what is wrong at a place in it."""

    text: str

    def bad(self, at: int, message: str) -> BadFileError:
        """An error at character number *at*."""
        line = self.text.count("\n", 0, at) + 1
        return BadFileError(line, at - self.text.rfind("\n", 0, at), message)

    def skip(self, at: int) -> int:
        """The next character that is not white space."""
        while self.text[at : at + 1] in _SPACES:
            at += 1
        return at

    def value(self, at: int) -> tuple[object, int]:
        """The value that begins at *at*, and where it ends. BadFileError."""
        try:
            return _DECODER.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            raise self.bad(error.pos, f"expected JSON: {error.msg}") from error
        except RecursionError as error:
            raise self.bad(at, "expected lists that are not so deep") from error
        except ValueError as error:
            raise self.bad(at, str(error)) from error

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
            value, end = self.value(at)
            yield at, value
            at = self.skip(end)
            if self.text.startswith("]", at):
                return
            at = self.expect(at, ",")

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

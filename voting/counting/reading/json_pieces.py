"""JSON files decoded piece by piece, so that a file of any length needs little memory."""

from __future__ import annotations

from dataclasses import dataclass

from voting.counting.reading.lines import CHUNK, BadFileError, Source

MARK = "\ufeff"


@dataclass(slots=True)
class Pieces:
    """The text of a file of UTF-8, which JSON is, from one piece to the next."""

    stream: Source
    _rest: bytes = b""
    _line: int = 1
    _column: int = 1
    _started: bool = False

    def next(self) -> str:
        """The next piece, empty at the end. BadFileError when it is not UTF-8."""
        while chunk := self.stream.read(CHUNK):
            text = self._decode(self._rest + chunk, ended=False)
            if text and not self._started:
                text, self._started = self._begin(text), True
            if text:
                return text
        rest, self._rest = self._rest, b""
        return self._decode(rest, ended=True)

    def _begin(self, text: str) -> str:
        if text.startswith(MARK):
            self._column -= len(MARK.encode())
        return text.removeprefix(MARK)

    def _decode(self, raw: bytes, *, ended: bool) -> str:
        try:
            text, self._rest = raw.decode("utf-8"), b""
        except UnicodeDecodeError as error:
            cut = error.start
            if ended or error.reason != "unexpected end of data":
                self._pass(raw[:cut])
                told = "expected UTF-8 text, which JSON is"
                raise BadFileError(self._line, self._column, told) from error
            raw, self._rest = raw[:cut], raw[cut:]
            text = raw.decode("utf-8")
        self._pass(raw)
        return text

    def _pass(self, raw: bytes) -> None:
        """Count the lines and columns that lie behind now."""
        if lines := raw.count(b"\n"):
            self._line += lines
            self._column = 1
        self._column += len(raw) - raw.rfind(b"\n") - 1

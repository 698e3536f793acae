"""One question's answers as they are exported: in the words that people chose, not as numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from voting.domain.answer_words import tell_answer
from voting.domain.asking import Asked, Given, Kind
from voting.domain.cells import defuse
from voting.services.analysis.sheets import Cell

REMEMBERED = 4096  # thousands of people give the same few answers
LONGEST_NUMBER = 15  # figures that every spreadsheet program keeps

_encode = json.JSONEncoder(ensure_ascii=False).encode


def _as_it_is(sentence: str) -> str:
    return sentence


class Teller:
    """Tells the answers to a question, each given as the JSON text it is kept in.

    *files*: the names of files that were sent, by number.
    """

    def __init__(self, asked: Asked, files: Mapping[int, str]) -> None:
        self.asked, self.files = asked, files
        self._cells: dict[str, Cell] = {}
        self._encoded: dict[str, str] = {}

    def to_cell(self, kept: str) -> Cell:
        """The answer as the cell of a sheet: its parts one after the other; nothing for none."""
        cell = self._cells.get(kept)
        if cell is None:
            cell = self._make_cell(json.loads(kept))
            if len(self._cells) < REMEMBERED:
                self._cells[kept] = cell
        return cell

    def to_json(self, kept: str) -> str:
        """The answer as JSON: words, a list of them, or words by row; null for none."""
        encoded = self._encoded.get(kept)
        if encoded is None:
            encoded = _encode(self._describe(json.loads(kept)))
            if len(self._encoded) < REMEMBERED:
                self._encoded[kept] = encoded
        return encoded

    def _make_cell(self, value: Any) -> Cell:
        if self.asked.kind is Kind.RATING and isinstance(value, int):
            return value
        if self.asked.kind is Kind.NUMBER and value is not None:
            text = str(value)
            whole = text.removeprefix("-").isdigit() and len(text) <= LONGEST_NUMBER
            return int(text) if whole and str(int(text)) == text else defuse(text)
        return defuse("; ".join(self._list_parts(value)))

    def _list_parts(self, value: Any) -> list[str]:
        parts = tell_answer(self.asked, Given(value), "en", self.files, _as_it_is)
        if self.asked.kind is Kind.FILE and value is not None:
            return [f"{name} (file {value})" for name in parts]
        return parts

    def _describe(self, value: Any) -> Any:
        choices = self.asked.choices
        if value is None:
            return None
        match self.asked.kind:
            case Kind.SINGLE:
                return choices[value].en
            case Kind.SEVERAL | Kind.RANKING:
                return [choices[each].en for each in value]
            case Kind.MATRIX:
                rows = zip(self.asked.rows, value, strict=False)
                return {row.en: choices[at].en for row, at in rows if at is not None}
            case Kind.FILE:
                return self._list_parts(value)[0]
            case _:
                return value

"""Debian's tally sheets: lines 'V: 12-3', a rank for each option in order, '-' for none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from voting.counting.reading.lines import BadFileError, Lines
from voting.counting.reading.tables import ranking_of
from voting.counting.tabulation import Papers, Ranking

VOTE = re.compile(r"\s*V:\s*(\S*)")
_OPTION = re.compile(r"[\s|/\\]*Option\s+(\d+)\s*[-=:>]*\s*(.*?)\s*$", re.IGNORECASE)
_RANKS = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(slots=True)
class _Sheet:
    names: dict[int, str] = field(default_factory=dict)
    groups: dict[Ranking, int] = field(default_factory=dict)
    width: int = 0


def read_debian(lines: Lines) -> Papers:
    """Read a tally sheet; lines that are neither votes nor names of options are passed over.

    Ranks above 9 are letters, A for 10. Raises BadFileError.
    """
    sheet = _Sheet()
    for text in lines.texts():
        if match := VOTE.match(text):
            _add(sheet, match[1], lines.number, match.start(1) + 1)
        elif (match := _OPTION.match(text)) and not sheet.groups:
            sheet.names[int(match[1])] = match[2]
    if not sheet.groups:
        raise BadFileError(lines.number + 1, 1, "expected at least one line 'V: ' with a vote")
    return Papers(_names(sheet), sheet.groups)


def _add(sheet: _Sheet, vote: str, line: int, column: int) -> None:
    if not vote:
        raise BadFileError(line, column, "expected a rank for each option, or '-'")
    if not sheet.width:
        sheet.width = len(vote)
    if len(vote) != sheet.width:
        raise BadFileError(line, column, f"expected {sheet.width} ranks, found {len(vote)}")
    levels: dict[int, list[int]] = {}
    for at, letter in enumerate(vote.upper()):
        if letter == "-":
            continue
        rank = _RANKS.find(letter) + 1
        if not 1 <= rank <= sheet.width:
            raise BadFileError(line, column + at, f"expected a rank from 1 to {sheet.width} or '-'")
        levels.setdefault(rank, []).append(at)
    ranking = ranking_of(levels)
    sheet.groups[ranking] = sheet.groups.get(ranking, 0) + 1


def _names(sheet: _Sheet) -> tuple[str, ...]:
    names = tuple(sheet.names.get(at) or f"Option {at}" for at in range(1, sheet.width + 1))
    if len(set(names)) < len(names):
        return tuple(f"Option {at}" for at in range(1, sheet.width + 1))
    return names

"""BLT files: a line with candidates and seats, one line a paper, a line 0, then the names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from voting.counting.halves import count_all
from voting.counting.reading.grouping import Grouper
from voting.counting.reading.lines import BadFileError, LineError, Lines
from voting.counting.reading.plain import PlainPapers
from voting.counting.tabulation import Papers, Preference, Ranking

_TOKEN = re.compile(r"\S+")
_QUOTED = re.compile(r'"([^"]*)"')
_DIRECTIVE = re.compile(r"\[\s*(\w+)\s*([^\]]*)\]\s*(?:#.*)?$")
_IGNORED = frozenset({"droop"})  # tells the program of that name by which rule to count
MOST_CANDIDATES = 10_000
MOST_DIGITS = 16
MOST_AFTER = 16  # lines after the title that are looked at: a paper there would be left out
_PAPER = re.compile(r"\s*\d+(\s+[\d=]+)*\s+0\s*(#.*)?$")


@dataclass(slots=True)
class _Head:
    """What stands before the papers."""

    candidates: int
    seats: int
    seats_column: int
    line: int
    withdrawn: set[int] = field(default_factory=set)
    nicknames: dict[str, int] = field(default_factory=dict)
    tie_order: tuple[int, ...] = ()


def read_blt(lines: Lines, *, shares: bool, seats: int | None) -> Papers:
    """Read a BLT file. *seats*, when given, is used instead of the file's.

    Allowed: comments (#), a missing final 0 of a paper, names without quotes, withdrawn candidates
    (-3), equal preferences (2=3, only with *shares*), a preference left out (-), [tie ...] and
    [nick ...], spaces anywhere, and a paper's name in brackets instead of its number. Raises
    BadFileError.
    """
    head = _read_head(lines)
    plain = PlainPapers(0 if head.nicknames else head.candidates)
    grouper = Grouper(lines, _PaperReader(head, shares).read, plain.add)
    if not grouper.read():
        raise BadFileError(lines.number + 1, 1, "expected a line 0 that ends the papers")
    lines.next_text()
    groups = plain.groups(grouper.groups)
    if not count_all(groups):
        raise BadFileError(lines.number, 1, "expected at least one paper before this line")
    names, title = _read_names(lines, head.candidates)
    left = head.candidates - len(head.withdrawn)
    if not left or (seats is None and head.seats > left):
        told = f"expected no more seats than candidates, found {head.seats} for {left}"
        raise BadFileError(head.line, head.seats_column, told)
    papers = Papers(
        names,
        groups,
        head.seats if seats is None else seats,
        title=title,
        tie_order=head.tie_order,
    )
    return papers.without(names[at] for at in head.withdrawn) if head.withdrawn else papers


# Before the papers


def _read_head(lines: Lines) -> _Head:
    for text in lines.texts():
        tokens = _tokens(text)
        if not tokens:
            continue
        try:
            head = _parse_first(tokens, lines.number)
            _read_directives(lines, head)
        except LineError as error:
            raise error.at(lines.number) from error
        return head
    raise BadFileError(1, 1, "expected the numbers of candidates and of seats; the file is empty")


def _tokens(text: str) -> list[tuple[int, str]]:
    found = []
    for match in _TOKEN.finditer(text):
        if match[0].startswith("#"):
            break
        found.append((match.start() + 1, match[0]))
    return found


def _parse_first(tokens: list[tuple[int, str]], line: int) -> _Head:
    numbers = [_number(column, token, "a number") for column, token in tokens[:2]]
    if len(tokens) != 2:
        column = tokens[2][0] if len(tokens) > 2 else tokens[-1][0] + len(tokens[-1][1])
        raise LineError(column, "expected two numbers: candidates and seats")
    if not 1 <= numbers[0] <= MOST_CANDIDATES:
        raise LineError(tokens[0][0], f"expected from 1 to {MOST_CANDIDATES:,} candidates")
    if numbers[1] < 1:
        raise LineError(tokens[1][0], "expected at least 1 seat")
    return _Head(numbers[0], numbers[1], tokens[1][0], line)


def _number(column: int, token: str, wanted: str) -> int:
    if not (token.isascii() and token.isdecimal()) or len(token) >= MOST_DIGITS:
        raise LineError(column, f"expected {wanted}, found {token[:40]!r}")
    return int(token)


def _read_directives(lines: Lines, head: _Head) -> None:
    """Read withdrawals and [..] lines, and leave the first line that is neither to be read."""
    while (text := lines.next_text()) is not None:
        if match := _DIRECTIVE.match(text.strip()):
            _apply_directive(match[1].lower(), match[2].split(), text.find("[") + 1, head)
        elif (tokens := _tokens(text)) and all(token[0] == "-" for _, token in tokens):
            for column, token in tokens:
                head.withdrawn.add(_candidate(column, token[1:], head) - 1)
        elif tokens:
            lines.unread()
            return


def _apply_directive(word: str, values: list[str], column: int, head: _Head) -> None:
    if word == "nick":
        if len(set(values)) != head.candidates or len(values) != head.candidates:
            raise LineError(column, f"expected {head.candidates} different nicknames")
        head.nicknames = {name: at for at, name in enumerate(values, 1)}
    elif word == "tie":
        order = tuple(_candidate(column, value, head) - 1 for value in values)
        if sorted(order) != list(range(head.candidates)):
            raise LineError(column, "expected every candidate once in the order of ties")
        head.tie_order = order
    elif word not in _IGNORED:
        raise LineError(column, f"expected [tie ...] or [nick ...], found [{word[:40]} ...]")


def _candidate(column: int, token: str, head: _Head) -> int:
    if token in head.nicknames:
        return head.nicknames[token]
    number = _number(column, token, "the number of a candidate")
    if not 1 <= number <= head.candidates:
        raise LineError(column, f"expected a candidate from 1 to {head.candidates}, found {number}")
    return number


# The papers


class _PaperReader:
    def __init__(self, head: _Head, shares: bool) -> None:
        self.head = head
        self.shares = shares

    def read(self, text: str) -> tuple[Ranking, int] | None:
        """One paper and its number; None for the line 0 that ends them. Raises LineError."""
        tokens, end = _tokens(text), len(text.rstrip()) + 1
        if [token for _, token in tokens] == ["0"]:
            return None
        votes = _votes(*tokens[0])
        if len(tokens) == 1:
            raise LineError(end, "expected preferences, or 0 for a blank paper")
        seen: set[int] = set()
        ranking: list[Preference] = []
        for at, (column, token) in enumerate(tokens[1:], 2):
            if token == "0":  # noqa: S105 (no password)
                if at < len(tokens):
                    raise LineError(tokens[at][0], "expected the end of the line after 0")
                break
            ranking.append(self._preference(column, token, seen))
        while ranking and ranking[-1] == ():
            ranking.pop()
        return tuple(ranking), votes

    def _preference(self, column: int, token: str, seen: set[int]) -> Preference:
        if token == "-":  # noqa: S105 (no password)
            return ()
        parts = token.split("=")
        level = []
        for part in parts:
            number = _candidate(column, part, self.head) - 1
            if number in seen:
                raise LineError(column, f"expected each candidate once, found {part} a second time")
            seen.add(number)
            level.append(number)
            column += len(part) + 1
        if len(level) > 1 and not self.shares:
            raise LineError(column - len(token) - 1, "this rule has no place for equal preferences")
        return level[0] if len(level) == 1 else tuple(sorted(level))


def _votes(column: int, token: str) -> int:
    if token.startswith("(") and token.endswith(")"):
        return 1
    votes = _number(column, token, "a whole number of papers, 1 or more")
    if votes == 0:
        raise LineError(column, "expected a whole number of papers, 1 or more, found 0")
    return votes


# After the papers


def _read_names(lines: Lines, candidates: int) -> tuple[tuple[str, ...], str]:
    found = list(islice(_name_lines(lines), candidates + 1))
    if len(found) < candidates:
        found = [(line, [part]) for line, parts in found for part in parts]
    if len(found) < candidates:
        raise BadFileError(
            lines.number + 1, 1, f"expected {candidates} names of candidates, found {len(found)}"
        )
    names: dict[str, int] = {}
    for line, parts in found[:candidates]:
        if not parts[0]:
            raise BadFileError(line, 1, "expected a name")
        if parts[0] in names:
            raise BadFileError(line, 1, f"expected different names, found {parts[0]!r} again")
        names[parts[0]] = line
    title = found[candidates][1][0] if len(found) > candidates else ""
    for text in islice(lines.texts(), MOST_AFTER):
        if _PAPER.match(text):
            raise BadFileError(lines.number, 1, "expected no paper after the names of candidates")
    return tuple(names), title


def _name_lines(lines: Lines) -> Iterator[tuple[int, list[str]]]:
    for text in lines.texts():
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith('"'):
            rest = _QUOTED.sub("", line).strip()
            if rest and not rest.startswith("#"):
                column = text.find('"') + 1 if '"' in rest else text.find(rest.split()[0]) + 1
                raise BadFileError(lines.number, max(column, 1), "expected names in quotes")
            yield lines.number, [name.strip() for name in _quoted_before_comment(line)]
        else:
            yield lines.number, [line]


def _quoted_before_comment(line: str) -> list[str]:
    names, end = [], 0
    for match in _QUOTED.finditer(line):
        if "#" in line[end : match.start()]:
            break
        names.append(match[1])
        end = match.end()
    return names

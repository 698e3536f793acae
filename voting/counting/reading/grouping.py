"""Lines that each mean a paper, counted in blocks: a line that comes often is read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from voting.counting.reading.lines import CONTROL, LineError, Lines

MOST_REMEMBERED = 1 << 17

Paper = TypeVar("Paper")


def _nothing_is_plain(counted: Mapping[bytes, int]) -> Mapping[bytes, int]:
    """No line can be read in haste."""
    return counted


@dataclass(slots=True)
class Grouper(Generic[Paper]):
    """Adds up lines that mean a paper.

    *parse* makes a paper and its number of votes of a line; it says None to a line that ends the
    papers, and raises LineError. *add_plain* adds up the plainest lines, each so many times, by
    itself, and returns the others. ``groups`` are the papers of those, with their votes.
    """

    lines: Lines
    parse: Callable[[str], tuple[Paper, int] | None]
    add_plain: Callable[[Mapping[bytes, int]], Mapping[bytes, int]] = _nothing_is_plain
    groups: dict[Paper, int] = field(default_factory=dict)
    _known: dict[bytes, tuple[Paper, int]] = field(default_factory=dict)

    def read(self) -> bool:
        """Read papers up to the line that ends them, which stays to be read next.

        Return False when the file ended first. Raises BadFileError with the first wrong line.
        """
        while block := self.lines.take_block():
            odd = self._add(Counter(block))
            if odd and self._read_odd(block, odd):
                return True
            self.lines.number += len(block)
        return False

    def _add(self, counted: Mapping[bytes, int]) -> set[bytes]:
        """Add lines, each so many times; return those that need a closer look."""
        odd = set()
        for raw, number in self.add_plain(counted).items():
            if (known := self._known.get(raw) or self._learn(raw)) is None:
                odd.add(raw)
                continue
            paper, votes = known
            self.groups[paper] = self.groups.get(paper, 0) + votes * number
        return odd

    def _learn(self, raw: bytes) -> tuple[Paper, int] | None:
        """Parse a line and remember it; None for one that is not just a paper."""
        if raw.lstrip()[:1] in (b"", b"#") or not raw.isascii() or CONTROL.search(raw):
            return None
        try:
            known = self.parse(raw.decode("ascii"))
        except LineError:
            return None
        if known is not None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[raw] = known
        return known

    def _read_odd(self, block: list[bytes], odd: set[bytes]) -> bool:
        """Read the odd lines of a block in order; True when one of them ends the papers.

        What comes after the end was added with the block, and is taken back.
        """
        for at, raw in enumerate(block):
            if raw in odd and self._read_one(raw, self.lines.number + at + 1):
                after = Counter(line for line in block[at:] if line not in odd)
                self._add({line: -number for line, number in after.items()})
                self.groups = {paper: votes for paper, votes in self.groups.items() if votes}
                self.lines.number += at
                self.lines.give_back(block[at:])
                return True
        return False

    def _read_one(self, raw: bytes, line: int) -> bool:
        """Read one odd line; True for the end."""
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

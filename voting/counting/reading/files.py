"""One way to read any file of votes: its format is told from its first lines."""

from __future__ import annotations

import io
import re

from voting.counting.reading.blt import read_blt
from voting.counting.reading.debian import read_debian
from voting.counting.reading.json_pieces import Pieces
from voting.counting.reading.json_votes import read_json
from voting.counting.reading.lines import MARK, Lines, Source
from voting.counting.reading.tables import (
    read_grade_table,
    read_pair_table,
    read_rank_table,
    read_score_table,
)
from voting.counting.rules import RULES
from voting.counting.tabulation import Votes

FORMATS = ("blt", "csv", "json", "debian", "pairs")
_SAMPLE = 1 << 16
_VOTE = re.compile(rb"^[ \t]*V:[ \t]+\S", re.MULTILINE)
_BLT = re.compile(rb"\s*\d+\s+\d+\s*(#.*)?$")
_KINDS = {
    "score": "points",
    "majority-judgment": "grades",
    "plurality": "choices",
    "approval": "choices",
}


def find_format(sample: bytes) -> str:
    """The format of a file that begins with *sample*: one of FORMATS."""
    line = _find_first(sample.removeprefix(MARK))
    first = line.strip()
    if first[:1] in (b"{", b"["):
        return "json"
    if b"V:" in sample and _VOTE.search(sample):
        return "debian"
    if _BLT.match(line):
        return "blt"
    if first[:1] in (b",", b";") or line[:1] == b"\t":
        return "pairs"
    if any(mark in first for mark in (b",", b";", b"\t")):
        return "csv"
    return "blt"


def _find_first(sample: bytes) -> bytes:
    """The first line that says anything and is no comment; empty when there is none."""
    for line in io.BytesIO(sample):
        if line.strip() and not line.lstrip().startswith(b"#"):
            return line.rstrip(b"\n")
    return b""


def read_votes(
    stream: Source,
    *,
    rule: str,
    format: str | None = None,
    seats: int | None = None,
    grades: int | None = None,
) -> Votes:
    """Read a file of votes for *rule*, from a stream that need not be seekable.

    *format* is one of FORMATS, found out when None. *seats* is used instead of what the file says;
    *grades* is how many grades there are. Raises BadFileError with line and column.
    """
    sample = stream.read(_SAMPLE)
    whole = _Joined(sample, stream)
    kind = _KINDS.get(rule, "ranks")
    shares = RULES[rule].shares if rule in RULES else True
    found = format or find_format(sample)
    if found == "json":
        return read_json(Pieces(whole), kind=kind, shares=shares, seats=seats, grades=grades)
    lines = Lines(whole)
    if found == "blt":
        return read_blt(lines, shares=shares, seats=seats)
    if found == "debian":
        return read_debian(lines)
    if found == "pairs":
        return read_pair_table(lines)
    if kind == "points":
        return read_score_table(lines)
    if kind == "grades":
        return read_grade_table(lines, grades)
    return read_rank_table(lines, shares=shares, zero_is_none=kind == "choices")


class _Joined:
    """A sample that was read already, and the stream that it came from."""

    def __init__(self, sample: bytes, stream: Source) -> None:
        self._sample = sample
        self._stream = stream

    def read(self, size: int) -> bytes:
        """The next bytes, at most *size* or as many as the sample has."""
        sample, self._sample = self._sample, b""
        more = max(size - len(sample), 0)
        return sample + self._stream.read(more) if more else sample

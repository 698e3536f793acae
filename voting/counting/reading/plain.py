"""The plainest lines of BLT files, read in haste: nearly all lines of nearly all files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voting.counting.halves import Ends, Halves, add_ranking
from voting.counting.tabulation import Ranking

MANY = 4096  # different lines, from which on it pays to cut them in two
HEAD = 10  # bytes of a line, about, that hold its number and its first few preferences
MOST_DIGITS = 15
PLAIN = b"0123456789 \t\r"

Head = tuple[int, int, dict[Ranking, int]]
"""What a line begins with: how many votes, its candidates as bits, and the ends of such papers."""

Tail = tuple[int, Ranking]
"""What a line ends with: its candidates as bits, and in order."""


@dataclass(slots=True)
class PlainPapers:
    """Adds up lines that have a number, then candidates, then 0, all of them in digits.

    Where there are many different lines, each is cut in two: few heads and tails make many lines,
    so that each is read once and a line costs little more than to look both up. Where that turns
    out not to be so, lines are no longer cut. Candidates are numbered from 1 to ``candidates``.
    """

    candidates: int
    whole: dict[Ranking, int] = field(default_factory=dict)
    ends: Ends = field(default_factory=dict)
    _heads: dict[bytes, Head] = field(default_factory=dict)
    _tails: dict[bytes, Tail] = field(default_factory=dict)
    _is_varied: bool = False
    _places: dict[bytes, int] = field(init=False)

    def __post_init__(self) -> None:
        self._places = {b"%d" % (place + 1): place for place in range(self.candidates)}

    def add(self, counted: Mapping[bytes, int]) -> dict[bytes, int]:
        """Add lines, each so many times; return those that are not plain, or wrong."""
        if self._is_varied or len(counted) < MANY:
            return self._add_whole(counted)
        odd = self._add_halves(counted)
        self._is_varied = len(self._tails) > len(counted) // 2
        return odd

    def groups(self, others: Mapping[Ranking, int]) -> Mapping[Ranking, int]:
        """All papers that were added and not taken back again, and the *others*."""
        whole = {ranking: votes for ranking, votes in self.whole.items() if votes}
        for ranking, votes in others.items():
            whole[ranking] = whole.get(ranking, 0) + votes
        if not self.ends:
            return whole
        for ranking, votes in whole.items():
            add_ranking(self.ends, ranking, votes)
        return Halves(self.ends)

    def _add_whole(self, counted: Mapping[bytes, int]) -> dict[bytes, int]:
        odd: dict[bytes, int] = {}
        whole, place = self.whole, self._places.__getitem__
        for raw, number in counted.items():
            words = raw.split()
            try:
                votes, ranking = int(words[0]), tuple(map(place, words[1:-1]))
            except (LookupError, ValueError):
                odd[raw] = number
                continue
            different = len(set(ranking)) == len(ranking) == len(words) - 2
            if different and words[-1] == b"0" and _is_plain(raw, words, votes):
                whole[ranking] = whole.get(ranking, 0) + votes * number
            else:
                odd[raw] = number
        return odd

    def _add_halves(self, counted: Mapping[bytes, int]) -> dict[bytes, int]:
        odd: dict[bytes, int] = {}
        heads, tails = self._heads, self._tails
        for raw, number in counted.items():
            cut = raw.rfind(b" ", 0, HEAD)
            try:
                votes, above, ends = heads[raw[:cut]]
                below, end = tails[raw[cut:]]
            except KeyError:
                if not self._learn(raw[:cut], raw[cut:]):
                    odd[raw] = number
                    continue
                votes, above, ends = heads[raw[:cut]]
                below, end = tails[raw[cut:]]
            if above & below:
                odd[raw] = number
            else:
                ends[end] = ends.get(end, 0) + votes * number
        return odd

    def _learn(self, head: bytes, tail: bytes) -> bool:
        """Read and remember those halves of a line that are new; False when it is not plain."""
        try:
            if tail not in self._tails:
                self._tails[tail] = self._read_tail(tail)
            if head not in self._heads:
                self._heads[head] = self._read_head(head)
        except (LookupError, ValueError):
            return False
        return True

    def _read_head(self, head: bytes) -> Head:
        words = head.split()
        votes = int(words[0])
        if not _is_plain(head, words, votes):
            raise ValueError
        bits, ranking = self._read(words[1:])
        return votes, bits, self.ends.setdefault(ranking, {})

    def _read_tail(self, tail: bytes) -> Tail:
        words = tail.split()
        if words[-1] != b"0" or tail[:1] != b" " or tail.translate(None, PLAIN):
            raise ValueError
        return self._read(words[:-1])

    def _read(self, words: list[bytes]) -> Tail:
        """Candidates as bits and in order. LookupError or ValueError when they cannot be so."""
        ranking = tuple(map(self._places.__getitem__, words))
        bits = 0
        for place in ranking:
            bits |= 1 << place
        if bits.bit_count() < len(ranking):
            raise ValueError
        return bits, ranking


def _is_plain(raw: bytes, words: list[bytes], votes: int) -> bool:
    """Whether a line has a number of votes, and nothing in it but digits."""
    return votes > 0 and len(words[0]) <= MOST_DIGITS and not raw.translate(None, PLAIN)

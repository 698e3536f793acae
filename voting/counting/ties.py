"""Settling ties in the open: by what earlier stages show, then by lot or a declared order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from voting.counting.tabulation import CountingError, Tie
from voting.counting.words import Said, phrase

History = Sequence[Sequence[int]]
"""The votes of every candidate at each point of the count so far, oldest first."""


@dataclass(frozen=True, slots=True)
class TieRule:
    """What settles a tie that the votes leave open.

    With a ``seed``, a lot: candidates are drawn in the order of SHA-256(seed, a zero byte, name),
    so that one drawing stands for the whole count and anyone can repeat it. Without one, the
    declared order. Whoever comes first in it is taken first, be it to be elected or to be excluded.
    """

    seed: str | None = None

    @property
    def name(self) -> str:
        """How the rule is written on the command line."""
        return "order" if self.seed is None else f"lot:{self.seed}"

    @property
    def told(self) -> Said:
        """How the rule is told on a sheet."""
        if self.seed is None:
            return phrase("by the declared order of candidates")
        return phrase("by lot (seed %(seed)s)", seed=self.seed)

    def positions(self, names: Sequence[str], declared: Sequence[int] = ()) -> list[int]:
        """For each candidate, its position in the drawing."""
        order = self._draw(names) if self.seed is not None else _complete(declared, len(names))
        positions = [0] * len(names)
        for position, candidate in enumerate(order):
            positions[candidate] = position
        return positions

    def _draw(self, names: Sequence[str]) -> list[int]:
        def ticket(candidate: int) -> bytes:
            return hashlib.sha256(f"{self.seed}\0{names[candidate]}".encode()).digest()

        return sorted(range(len(names)), key=ticket)


def make_lot_seed(definition_hash: str, board_head: str) -> str:
    """The seed of a poll's lots: SHA-256, in hexadecimal, of "lot|DEFINITION|HEAD".

    *definition_hash* is that of the frozen definition and *board_head* that of the last event on
    the board at close. The first was fixed before anyone voted and the second depends on every
    vote, so that nobody chooses the seed and everybody can work it out.
    """
    return hashlib.sha256(f"lot|{definition_hash}|{board_head}".encode()).hexdigest()


def parse_tie_rule(text: str) -> TieRule:
    """Read 'order' or 'lot:SEED'. CountingError for anything else."""
    if text == "order":
        return TieRule()
    kind, _, seed = text.partition(":")
    if kind == "lot" and seed:
        return TieRule(seed)
    raise CountingError("A tie is settled by 'order' or by 'lot:' followed by a seed.")


def _complete(declared: Sequence[int], count: int) -> list[int]:
    rest = set(declared)
    return [*declared, *(candidate for candidate in range(count) if candidate not in rest)]


@dataclass(slots=True)
class Ties:
    """Settles the ties of one count and keeps the record of them."""

    names: Sequence[str]
    rule: TieRule
    declared: Sequence[int] = ()
    record: list[Tie] = field(default_factory=list)
    _positions: list[int] | None = None

    def by_rule(self, among: Sequence[int], stage: int, purpose: str) -> int:
        """Choose by lot or declared order."""
        return self._settle(among, among, stage, purpose, None)

    def by_latest(
        self, among: Sequence[int], history: History, stage: int, purpose: str, *, highest: bool
    ) -> int:
        """Choose who was highest (lowest) at the latest earlier point that tells them apart.

        Those still level there are compared at the point before it, and so on; then by lot.
        """
        points = list(enumerate(history, 1))[::-1]
        return self._by_history(among, points, stage, purpose, highest=highest)

    def by_earliest(
        self, among: Sequence[int], history: History, stage: int, purpose: str, *, highest: bool
    ) -> int:
        """Choose who was highest (lowest) at the first point that tells them apart; then by lot."""
        return self._by_history(among, list(enumerate(history, 1)), stage, purpose, highest=highest)

    def _by_history(
        self,
        among: Sequence[int],
        points: Sequence[tuple[int, Sequence[int]]],
        stage: int,
        purpose: str,
        *,
        highest: bool,
    ) -> int:
        left, told = narrow(among, points, highest=highest)
        return self._settle(among, left, stage, purpose, told)

    def _settle(
        self, among: Sequence[int], left: Sequence[int], stage: int, purpose: str, told: Said | None
    ) -> int:
        if len(among) == 1:
            return among[0]
        how = [] if told is None else [told]
        if len(left) > 1:
            how.append(self.rule.told)
        chosen = min(left, key=self.position)
        names = tuple(self.names[candidate] for candidate in among)
        self.record.append(Tie(stage, purpose, names, self.names[chosen], tuple(how)))
        return chosen

    def position(self, candidate: int) -> int:
        """The position of a candidate in the drawing or the declared order."""
        if self._positions is None:
            self._positions = self.rule.positions(self.names, self.declared)
        return self._positions[candidate]


def narrow(
    among: Sequence[int], points: Sequence[tuple[int, Sequence[int]]], *, highest: bool
) -> tuple[list[int], Said | None]:
    """Those of *among* who are not told apart by the votes at *points*, and words for how."""
    left = list(among)
    told = None
    for number, votes in points:
        if len(left) == 1:
            break
        best = (max if highest else min)(votes[candidate] for candidate in left)
        fewer = [candidate for candidate in left if votes[candidate] == best]
        if len(fewer) < len(left):
            told = phrase("by the votes at point %(point)s of the count", point=str(number))
            left = fewer
    return left, told

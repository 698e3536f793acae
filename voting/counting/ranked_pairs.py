"""Ranked pairs (Tideman 1987): the strongest majorities stand, unless they make a circle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from voting.counting.options import Options
from voting.counting.pairwise import NO_DEFEAT, Strength, StrengthRule, make_pairs, table
from voting.counting.ranking_outcome import Sheet, make_outcome
from voting.counting.tabulation import Outcome, Pairs, Papers, Tie
from voting.counting.ties import Ties

RULE, VERSION = "ranked-pairs", "1"

Majority = tuple[Strength, int, int]


@dataclass(slots=True)
class _Locked:
    """Majorities locked in: ``below[a]`` are all whom a is above, directly or through others."""

    size: int
    below: list[set[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.below = self.below or [set() for _ in range(self.size)]

    def allows(self, upper: int, lower: int) -> bool:
        return upper not in self.below[lower]

    def lock(self, upper: int, lower: int) -> None:
        gained = {lower} | self.below[lower]
        for one in range(self.size):
            if one == upper or upper in self.below[one]:
                self.below[one] |= gained

    def copy(self) -> _Locked:
        return _Locked(self.size, [set(one) for one in self.below])

    def groups(self) -> list[list[int]]:
        left, groups = list(range(self.size)), []
        while left:
            first = [one for one in left if not any(one in self.below[other] for other in left)]
            groups.append(first)
            left = [one for one in left if one not in first]
        return groups


def lock_in(pairs: Pairs, rule: StrengthRule, ties: Ties) -> _Locked:
    """Lock in the majorities, strongest first; equal ones in the order that *ties* gives.

    A tie is recorded when the order of equal majorities decided which of them were locked in.
    """
    size = len(pairs.candidates)
    found: list[Majority] = [
        (strength, upper, lower)
        for upper in range(size)
        for lower in range(size)
        if (strength := rule.of(pairs, upper, lower)) != NO_DEFEAT
    ]
    found.sort(key=lambda one: (_falling(one[0]), ties.position(one[1]), ties.position(one[2])))
    locked = _Locked(size)
    for _, level in groupby(found, key=lambda one: one[0]):
        _lock_level(list(level), locked, pairs.candidates, ties)
    return locked


def _falling(strength: Strength) -> Strength:
    return (-strength[0], -strength[1])


def _lock_level(
    level: Sequence[Majority], locked: _Locked, names: Sequence[str], ties: Ties
) -> None:
    before = locked.copy()
    for _, upper, lower in level:
        if locked.allows(upper, lower):
            locked.lock(upper, lower)
        elif before.allows(upper, lower):
            between = tuple(f"{names[one]} over {names[other]}" for _, one, other in level)
            how = f"by {ties.rule.words}: {names[upper]} over {names[lower]} is left out"
            ties.record.append(Tie(1, "order of equal majorities", between, between[0], how))


def count_ranked_pairs(votes: Papers | Pairs, options: Options) -> Outcome:
    """Count by ranked pairs.

    ``strength`` is winning (then fewer against) or margins. Equal majorities are taken in the
    declared order or the lot's order of the winning, then of the losing candidate. Raises
    CountingError for more seats than candidates and when no paper is valid.
    """
    rule = StrengthRule(options.strength)
    pairs = make_pairs(votes) if isinstance(votes, Papers) else votes
    declared = votes.tie_order if isinstance(votes, Papers) else ()
    ties = Ties(pairs.candidates, options.tie_rule, declared)
    locked = lock_in(pairs, rule, ties)
    sheet = Sheet(
        RULE,
        VERSION,
        {"strength": rule.name, "equal majorities": options.tie_rule.name},
        locked.groups(),
        pairs.valid or 0,
        pairs.blank,
        pairs.spoiled,
        "The majorities between each two candidates are locked in, the strongest first.",
        details={"pairwise": table(pairs)},
    )
    seats = options.seats_for(votes) if isinstance(votes, Papers) else options.seats or 1
    return make_outcome(votes, sheet, options, seats, ties)

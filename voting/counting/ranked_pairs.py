"""Ranked pairs (Tideman 1987): the strongest majorities stand, unless they make a circle.

Majorities of equal strength have no order of their own. When the order decides what stands, all
orders are tried, and whoever wins in any of them shares the win, unless a tie rule was chosen: then
equal majorities are taken in its order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from voting.counting.options import Options
from voting.counting.pairwise import NO_DEFEAT, Strength, StrengthRule, make_pairs, table
from voting.counting.ranking_outcome import Sheet, make_outcome
from voting.counting.tabulation import Outcome, Pairs, Papers, Tie
from voting.counting.ties import Ties
from voting.counting.words import phrase

RULE, VERSION = "ranked-pairs", "1"
MOST_STATES = 10_000  # of what equal majorities may have locked in, in all their orders
MOST_RESULTS = 500
MANY = "in the declared order of candidates, for there are too many orders to try them all"

Majority = tuple[Strength, int, int]
Groups = list[list[int]]


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

    def lock_allowed(self, level: Iterable[Majority]) -> None:
        """Lock in one majority after the other, but for those that close a circle."""
        for _, upper, lower in level:
            if self.allows(upper, lower):
                self.lock(upper, lower)

    def go_on(self, level: Sequence[Majority]) -> list[_Locked]:
        """With one more of *level* locked in, in every way that changes anything."""
        ways = []
        for _, upper, lower in level:
            if self.allows(upper, lower) and lower not in self.below[upper]:
                ways.append(self.copy())
                ways[-1].lock(upper, lower)
        return ways

    def copy(self) -> _Locked:
        return _Locked(self.size, [set(one) for one in self.below])

    def key(self) -> tuple[frozenset[int], ...]:
        return tuple(frozenset(one) for one in self.below)

    def first(self, among: Sequence[int]) -> list[int]:
        """Those of *among* whom none of them is above."""
        return [one for one in among if not any(one in self.below[other] for other in among)]

    def groups(self, first: Sequence[int] = ()) -> Groups:
        """All candidates in order; *first* stand at the top whatever is locked in."""
        left = list(range(self.size))
        groups: Groups = []
        while left:
            group = list(first) if first and not groups else self.first(left)
            groups.append(group)
            left = [one for one in left if one not in group]
        return groups


def list_majorities(pairs: Pairs, rule: StrengthRule) -> list[list[Majority]]:
    """All majorities, strongest first, those of equal strength together."""
    size = range(len(pairs.candidates))
    found: list[Majority] = [
        (strength, upper, lower)
        for upper in size
        for lower in size
        if (strength := rule.of(pairs, upper, lower)) != NO_DEFEAT
    ]
    found.sort(key=lambda one: _falling(one[0]))
    return [list(level) for _, level in groupby(found, key=lambda one: one[0])]


def _falling(strength: Strength) -> Strength:
    return (-strength[0], -strength[1])


# With a tie rule: one order


def lock_in_order(levels: Sequence[list[Majority]], names: Sequence[str], ties: Ties) -> _Locked:
    """Lock in the majorities, equal ones in the order that *ties* gives.

    A tie is recorded when that order decided which of them were locked in.
    """
    locked = _Locked(len(names))
    for level in levels:
        level.sort(key=lambda one: (ties.position(one[1]), ties.position(one[2])))
        before = locked.copy()
        for _, upper, lower in level:
            if locked.allows(upper, lower):
                locked.lock(upper, lower)
            elif before.allows(upper, lower):
                between = _tell(level, names)
                how = (
                    ties.rule.told,
                    phrase(
                        "%(upper)s over %(lower)s is left out",
                        upper=(names[upper],),
                        lower=(names[lower],),
                    ),
                )
                ties.record.append(Tie(1, "order of equal majorities", between, between[0], how))
    return locked


def _tell(level: Sequence[Majority], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{names[one]} over {names[other]}" for _, one, other in level)


# Without one: all orders


class _TooManyError(Exception):
    """There are more orders of equal majorities than can be tried."""


def lock_in_all_orders(
    levels: Sequence[list[Majority]], names: Sequence[str], ties: Ties
) -> list[_Locked]:
    """What is locked in at the end, for every order of equal majorities; each result once.

    Raises _TooManyError when there are too many orders to try.
    """
    results = [_Locked(len(names))]
    for level in levels:
        following = {one.key(): one for locked in results for one in _lock_all_ways(locked, level)}
        if len(following) > len(results):
            how = (phrase("every order was tried; whoever wins in any of them shares the win"),)
            purpose = "order of equal majorities"
            ties.record.append(Tie(1, purpose, _tell(level, names), "", how))
        results = list(following.values())
        if len(results) > MOST_RESULTS:
            raise _TooManyError
    return results


def _lock_all_ways(locked: _Locked, level: Sequence[Majority]) -> list[_Locked]:
    """Every result of locking in *level*: the order counts of those that may close a circle.

    What is locked in says which majorities are still open, however it came about: so each such
    state is gone on from once, and not once for every order that leads to it.
    """
    whole = locked.copy()
    for _, upper, lower in level:
        if locked.allows(upper, lower):
            whole.lock(upper, lower)
    first = locked.copy()
    first.lock_allowed(one for one in level if one[1] not in whole.below[one[2]])
    seen, waiting, ways = {first.key()}, [first], []
    while waiting:
        state = waiting.pop()
        following = state.go_on(level)
        if not following:
            ways.append(state)
        for one in following:
            if (key := one.key()) not in seen:
                seen.add(key)
                waiting.append(one)
        if len(seen) > MOST_STATES:
            raise _TooManyError
    return ways


def join_results(results: Sequence[_Locked]) -> Groups:
    """All candidates in order: first whoever wins in any result, then by what all results say."""
    size = results[0].size
    shared = [set.intersection(*(one.below[at] for one in results)) for at in range(size)]
    first = sorted({one for result in results for one in result.first(range(size))})
    return _Locked(size, shared).groups(first)


def _lock_in(levels: Sequence[list[Majority]], ties: Ties, options: Options) -> tuple[Groups, str]:
    """All candidates in order, and words for the orders of equal majorities that were tried."""
    if options.tie is None:
        try:
            return join_results(lock_in_all_orders(levels, ties.names, ties)), "every order"
        except _TooManyError:
            ties.record.clear()
    groups = lock_in_order(levels, ties.names, ties).groups()
    return groups, "by the tie rule" if options.tie else MANY


def count_ranked_pairs(votes: Papers | Pairs, options: Options) -> Outcome:
    """Count by ranked pairs.

    ``strength`` is winning (then fewer against) or margins. Without a tie rule, whoever wins under
    any order of equal majorities shares the win; with one they are taken in its order of the
    winning, then of the losing candidate, and so are they when there are too many orders to try.
    Raises CountingError for more seats than candidates and when no paper is valid.
    """
    rule = StrengthRule(options.strength)
    pairs = make_pairs(votes) if isinstance(votes, Papers) else votes
    declared = votes.tie_order if isinstance(votes, Papers) else ()
    ties = Ties(pairs.candidates, options.tie_rule, declared)
    levels = list_majorities(pairs, rule)
    groups, orders = _lock_in(levels, ties, options)
    sheet = Sheet(
        RULE,
        VERSION,
        {"strength": rule.name, "equal majorities": orders},
        groups,
        pairs.valid,
        pairs.blank,
        pairs.spoiled,
        phrase("The majorities between each two candidates are locked in, the strongest first."),
        details={"pairwise": table(pairs)},
    )
    seats = options.seats_for(votes) if isinstance(votes, Papers) else options.seats or 1
    return make_outcome(votes, sheet, options, seats, ties)

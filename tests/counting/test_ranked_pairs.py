"""Ranked pairs where majorities are equal: every order of them is tried, or it is said."""

from __future__ import annotations

from itertools import permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counting.ground import count, elections
from voting.counting.options import Options
from voting.counting.pairwise import StrengthRule, make_pairs
from voting.counting.ranked_pairs import count_ranked_pairs, list_majorities
from voting.counting.tabulation import Pairs, Papers


def win_in_any_order(papers: Papers, strength: str) -> set[int]:
    """The rule as it is told: lock in level by level, in every order of each level."""
    size = range(len(papers.candidates))
    results: set[frozenset[tuple[int, int]]] = {frozenset()}
    for level in list_majorities(make_pairs(papers), StrengthRule(strength)):
        following = set()
        for locked in results:
            for order in permutations([(upper, lower) for _, upper, lower in level]):
                chosen = set(locked)
                for upper, lower in order:
                    if not leads(chosen, lower, upper):
                        chosen.add((upper, lower))
                following.add(frozenset(chosen))
        results = following
    return {one for locked in results for one in size if all(lower != one for _, lower in locked)}


def leads(locked: set[tuple[int, int]], start: int, end: int) -> bool:
    """Whether *start* is above *end*, directly or through others."""
    reached = waiting = {start}
    while waiting:
        waiting = {lower for upper, lower in locked if upper in waiting} - reached
        reached = reached | waiting
    return end in reached


@settings(max_examples=150, deadline=None)
@given(papers=elections(most_papers=9, most=4), strength=st.sampled_from(["winning", "margins"]))
def test_whoever_wins_in_any_order_of_equal_majorities_shares_the_win(
    papers: Papers, strength: str
) -> None:
    first = count("ranked-pairs", papers, seats=1, strength=strength).ranking[0]

    ours = {
        papers.candidates.index(name) for name in ((first,) if isinstance(first, str) else first)
    }

    assert ours == win_in_any_order(papers, strength)


def make_level(size: int) -> Pairs:
    """Every two candidates are told apart by the same majority, in no order."""
    chance, over = Random(2), [[0] * size for _ in range(size)]
    for one in range(size):
        for other in range(one):
            upper, lower = chance.sample((one, other), 2)
            over[upper][lower], over[lower][upper] = 2, 1
    return Pairs(tuple("ABCDEFGHIJ"[:size]), tuple(map(tuple, over)), 3)


def test_fifteen_equal_majorities_are_still_tried_in_every_order() -> None:
    outcome = count_ranked_pairs(make_level(6), Options())

    assert outcome.options["equal majorities"] == "every order"
    assert outcome.ties[0].purpose == "order of equal majorities"


def test_too_many_orders_are_told_and_settled_by_the_order_of_candidates() -> None:
    outcome = count_ranked_pairs(make_level(10), Options())

    assert "too many orders" in str(outcome.options["equal majorities"])
    assert all("by the declared order" in tie.how for tie in outcome.ties)

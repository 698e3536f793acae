"""A thousand small elections a second, by every rule, and what must hold of each of them.

The aim is met with much room (benchmarks/counting.py writes the rates), so that this may be held
here: it is the processor's time, and one round of five is enough.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.counting.ground import ORDER_WAYS, STAGED_WAYS, hold_sums, make_papers
from voting.counting.options import Options
from voting.counting.rules import RULES, count_votes
from voting.counting.tabulation import Grades, Outcome, Papers, Scores, Votes
from voting.counting.ties import TieRule

NUMBER, ROUNDS, LIMIT = 1000, 5, 1.0
WAYS = (
    *STAGED_WAYS,
    *ORDER_WAYS,
    ("ranked-pairs", {"tie": TieRule()}),
    ("score", {}),
    ("majority-judgment", {"middle": "lower"}),
    ("majority-judgment", {"middle": "upper"}),
)


def _draw_papers(chance: Random) -> Papers:
    candidates = chance.randint(2, 6)
    rankings = [
        tuple(chance.sample(range(candidates), chance.randint(0, candidates)))
        for _ in range(chance.randint(1, 30))
    ]
    return make_papers([*rankings, (0,)], candidates)


def _draw_scores(chance: Random) -> Scores:
    candidates, groups = chance.randint(2, 6), dict[tuple[int | None, ...], int]()
    for _ in range(chance.randint(1, 30)):
        row = tuple(chance.randint(0, 9) for _ in range(candidates))
        groups[row] = groups.get(row, 0) + 1
    return Scores(tuple("ABCDEF"[:candidates]), groups)


def _draw_grades(chance: Random) -> Grades:
    candidates, papers, tallies = chance.randint(2, 6), chance.randint(1, 30), []
    for _ in range(candidates):
        given = chance.choices(range(6), k=papers)
        tallies.append(tuple(given.count(grade) for grade in range(6)))
    return Grades(tuple("ABCDEF"[:candidates]), tuple(tallies))


@cache
def draw_elections(rule: str) -> list[Votes]:
    """A thousand elections of the kind that a rule counts, always the same."""
    draw = {Scores: _draw_scores, Grades: _draw_grades}.get(RULES[rule].takes[0], _draw_papers)
    chance = Random(1)
    return [draw(chance) for _ in range(NUMBER)]


def count_all(rule: str, made: Sequence[Votes], options: Options) -> tuple[list[Outcome], float]:
    """All outcomes, and the seconds of processor that they took."""
    began = time.process_time()
    outcomes = [count_votes(rule, votes, options) for votes in made]
    return outcomes, time.process_time() - began


def _list_ways() -> list[Any]:
    """Every rule with every option, for one seat and for two; instant runoff fills one."""
    return [
        pytest.param(way, seats, id=" ".join([way[0], *map(str, way[1].values()), str(seats)]))
        for seats in (1, 2)
        for way in WAYS
        if way[0] != "irv" or seats == 1
    ]


@pytest.mark.parametrize(("way", "seats"), _list_ways())
def test_a_thousand_small_elections_are_counted_in_a_second_and_are_right(
    way: tuple[str, dict[str, object]], seats: int
) -> None:
    rule, chosen = way
    made = draw_elections(rule)

    best = float("inf")
    for _ in range(ROUNDS):
        outcomes, took = count_all(rule, made, Options(seats=seats, **chosen))  # type: ignore[arg-type]
        best = min(best, took)
        if best < LIMIT:
            break

    assert best < LIMIT
    for votes, outcome in zip(made, outcomes, strict=True):
        hold_places(votes, outcome, seats)
        if way in STAGED_WAYS:
            hold_sums(outcome)


def hold_places(votes: Votes, outcome: Outcome, seats: int) -> None:
    """Nobody stands in two places, and the places are filled unless they are shared."""
    won = [name for place in outcome.winners for name in _each(place)]
    assert len(won) == len(set(won)) <= len(votes.candidates)
    assert set(won) <= set(votes.candidates)
    if outcome.ranking:
        ranked = [name for place in outcome.ranking for name in _each(place)]
        assert sorted(ranked) == sorted(votes.candidates)
    if outcome.rule != "belenios-stv":  # which elects fewer when too few are on any paper
        assert len(won) >= seats
    if all(isinstance(place, str) for place in outcome.winners):
        assert len(won) <= seats


def _each(place: str | tuple[str, ...]) -> tuple[str, ...]:
    return (place,) if isinstance(place, str) else place

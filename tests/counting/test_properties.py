"""What must hold of every count, whatever the papers: checked on thousands of small elections."""

from __future__ import annotations

import json
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counting.ground import (
    RANKED_WAYS,
    STAGED_WAYS,
    STRICT,
    STV,
    Way,
    count,
    count_way,
    elections,
    hold_sums,
    make_papers,
    units,
    weak_elections,
)
from voting.counting.pairwise import make_pairs
from voting.counting.sheet import write_sheet
from voting.counting.tabulation import Papers, Ranking
from voting.counting.ties import TieRule

quick = settings(max_examples=300, deadline=None)
few = settings(max_examples=150, deadline=None)
LOOSE = tuple(way for way in STAGED_WAYS if way[0] not in (*STRICT, "belenios-stv"))


@quick
@given(papers=elections(), way=st.sampled_from(STAGED_WAYS))
def test_votes_and_non_transferable_add_up_to_the_valid_papers(papers: Papers, way: Way) -> None:
    outcome = count_way(way, papers)

    hold_sums(outcome)
    told = outcome.to_json()
    for stage in told["stages"]:  # type: ignore[attr-defined]
        held = sum(units(number) for number in stage["votes"].values())
        assert held + units(stage["non_transferable"]) == outcome.valid
    before: dict[str, Any] | None = None
    for stage in told["stages"]:  # type: ignore[attr-defined]
        moved = sum(units(number) for number in stage["transfers"].values())
        lost = units(stage["non_transferable"]) - units((before or stage)["non_transferable"])
        assert moved + lost == 0
        assert all(number[0] in "+-" for number in stage["transfers"].values())
        before = stage
    shown = "(of which lost in rounding)" in write_sheet(outcome)
    assert shown == any(stage.loss for stage in outcome.stages)


@few
@given(papers=weak_elections(), way=st.sampled_from(LOOSE))
def test_so_they_do_where_numbers_are_shared_or_left_out(papers: Papers, way: Way) -> None:
    outcome = count_way(way, papers)

    hold_sums(outcome)
    assert outcome.valid is not None
    assert outcome.valid + outcome.blank + outcome.spoiled == sum(papers.groups.values())


@few
@given(papers=weak_elections())
def test_points_of_a_borda_count_add_up(papers: Papers) -> None:
    outcome, size = count("borda", papers), len(papers.candidates)

    points = sum(units(outcome.show(votes)) for votes in outcome.stages[0].votes.values())

    assert points == Fraction((outcome.valid or 0) * size * (size - 1), 2)


@quick
@given(
    papers=elections(),
    rule=st.sampled_from(("scottish-stv", "ers97", "meek", "hww", "wigm-prf")),
)
def test_every_seat_is_filled_once_by_someone_who_was_not_excluded(
    papers: Papers, rule: str
) -> None:
    way: Way = ("meek", {"variant": rule}) if rule == "hww" else (rule, {})
    outcome = count_way(way, papers)

    assert len(outcome.winners) == len(set(outcome.winners)) == papers.seats
    elected = [name for stage in outcome.stages for name in stage.elected]
    excluded = [name for stage in outcome.stages for name in stage.excluded]
    assert tuple(elected) == outcome.winners
    assert not set(elected) & set(excluded)
    assert len(set(excluded)) == len(excluded)


def rename(papers: Papers, mark: str) -> Papers:
    """The same papers of candidates whose names occur in no sentence."""
    names = tuple(f"{mark}{at}{mark}" for at in range(len(papers.candidates)))
    return Papers(names, papers.groups, papers.seats)


@quick
@given(papers=elections(), way=st.sampled_from(RANKED_WAYS))
def test_other_names_only_rename_in_figures_ties_and_sentences(papers: Papers, way: Way) -> None:
    ours = json.dumps(count_way(way, rename(papers, "QQ")).to_json())
    theirs = json.dumps(count_way(way, rename(papers, "ZZ")).to_json())

    assert theirs.replace("ZZ", "QQ") == ours


@quick
@given(papers=elections(), rule=st.sampled_from(STV[:-1]), seed=st.text(min_size=1, max_size=5))
def test_a_lot_is_the_same_whatever_the_order_of_candidates(
    papers: Papers, rule: str, seed: str
) -> None:
    last = len(papers.candidates) - 1
    turned = Papers(
        papers.candidates[::-1],
        {tuple(last - one for one in ranking): n for ranking, n in papers.groups.items()},  # type: ignore[operator]
        papers.seats,
    )

    ours = count_way((rule, {}), papers, tie=TieRule(seed))
    theirs = count_way((rule, {}), turned, tie=TieRule(seed))

    assert set(ours.winners) == set(theirs.winners)


def lift(ranking: Ranking, candidate: int, by: int) -> Ranking:
    """The same ranking with one candidate higher; the others keep their order."""
    if candidate not in ranking:
        return (*ranking, candidate)
    at = ranking.index(candidate)
    others = [one for one in ranking if one != candidate]
    others.insert(max(at - by, 0), candidate)
    return tuple(others)


@quick
@given(
    papers=elections(),
    strength=st.sampled_from(["winning", "margins"]),
    seed=st.integers(0, 2**32),
)
def test_schulze_is_monotone(papers: Papers, strength: str, seed: int) -> None:
    before = count("schulze", papers, seats=1, strength=strength).ranking[0]
    winners = (before,) if isinstance(before, str) else before
    chance = Random(seed)
    winner = papers.candidates.index(chance.choice(winners))
    rankings = [ranking for ranking, n in papers.groups.items() for _ in range(n)]
    for at in chance.sample(range(len(rankings)), chance.randint(1, len(rankings))):
        rankings[at] = lift(rankings[at], winner, chance.randint(1, 3))
    better = make_papers(rankings, len(papers.candidates))

    after = count("schulze", better, seats=1, strength=strength).ranking[0]

    assert papers.candidates[winner] in ((after,) if isinstance(after, str) else after)


@few
@given(papers=weak_elections())
def test_condorcet_rules_elect_whoever_beats_all_others(papers: Papers) -> None:
    over = make_pairs(papers).over
    everyone = range(len(over))
    beats_all = [
        one
        for one in everyone
        if all(over[one][other] > over[other][one] for other in everyone if other != one)
    ]
    for rule in ("schulze", "ranked-pairs"):
        first = count(rule, papers, seats=1).ranking[0]
        if beats_all:
            assert first == papers.candidates[beats_all[0]]

"""What must hold of every count, whatever the papers: checked on thousands of small elections."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counting.ground import STAGED, STV, count, elections, make_papers
from voting.counting.majority_judgment import rank
from voting.counting.options import Options
from voting.counting.pairwise import make_pairs
from voting.counting.rules import count_votes
from voting.counting.tabulation import Grades, Outcome, Papers, Ranking
from voting.counting.ties import TieRule

quick = settings(max_examples=300, deadline=None)
ORDERED = ("plurality", "approval", "borda", "schulze", "ranked-pairs")


def _count(rule: str, papers: Papers, **chosen: object) -> Outcome:
    seats = 1 if rule == "irv" else papers.seats
    return count(rule, papers, seats=seats, **chosen)


@quick
@given(papers=elections(), rule=st.sampled_from(STAGED))
def test_votes_and_non_transferable_add_up_to_the_valid_papers(papers: Papers, rule: str) -> None:
    outcome = _count(rule, papers)

    total = outcome.valid * 10**outcome.places
    for stage in outcome.stages:
        assert sum(stage.votes.values()) + stage.non_transferable == total
        assert 0 <= stage.loss <= stage.non_transferable <= total
        assert all(votes >= 0 for votes in stage.votes.values())


@quick
@given(papers=elections(), rule=st.sampled_from(("scottish-stv", "ers97", "meek", "wigm-prf")))
def test_every_seat_is_filled_once_by_someone_who_was_not_excluded(
    papers: Papers, rule: str
) -> None:
    outcome = _count(rule, papers)

    assert len(outcome.winners) == len(set(outcome.winners)) == papers.seats
    elected = [name for stage in outcome.stages for name in stage.elected]
    excluded = [name for stage in outcome.stages for name in stage.excluded]
    assert tuple(elected) == outcome.winners
    assert not set(elected) & set(excluded)
    assert len(set(excluded)) == len(excluded)


@quick
@given(
    papers=elections(),
    rule=st.sampled_from((*STAGED, *ORDERED)),
    seed=st.integers(0, 2**32),
)
def test_the_order_and_grouping_of_papers_change_nothing(
    papers: Papers, rule: str, seed: int
) -> None:
    shuffled = list(papers.groups.items())
    Random(seed).shuffle(shuffled)
    other = Papers(papers.candidates, dict(shuffled), papers.seats)

    assert _count(rule, papers).to_json() == _count(rule, other).to_json()


@quick
@given(papers=elections(), rule=st.sampled_from((*STAGED, *ORDERED)))
def test_other_names_only_rename(papers: Papers, rule: str) -> None:
    renamed = Papers(tuple(f"{name}x" for name in papers.candidates), papers.groups, papers.seats)

    ours, theirs = _count(rule, papers), _count(rule, renamed)

    assert [list(one.votes.values()) for one in ours.stages] == [
        list(one.votes.values()) for one in theirs.stages
    ]
    names = [name if isinstance(name, tuple) else (name,) for name in ours.winners]
    others = [name if isinstance(name, tuple) else (name,) for name in theirs.winners]
    assert [tuple(f"{one}x" for one in group) for group in names] == others


@quick
@given(papers=elections(), rule=st.sampled_from(STV), seed=st.text(min_size=1, max_size=5))
def test_a_lot_is_the_same_whatever_the_order_of_candidates(
    papers: Papers, rule: str, seed: str
) -> None:
    if rule == "belenios-stv":
        return  # settles its ties by the order of candidates
    last = len(papers.candidates) - 1
    turned = Papers(
        papers.candidates[::-1],
        {tuple(last - one for one in ranking): n for ranking, n in papers.groups.items()},  # type: ignore[operator]
        papers.seats,
    )

    ours = _count(rule, papers, tie=TieRule(seed))
    theirs = _count(rule, turned, tie=TieRule(seed))

    assert set(ours.winners) == set(theirs.winners)


def _raise(ranking: Ranking, candidate: int) -> Ranking:
    if candidate not in ranking:
        return (*ranking, candidate)
    at = ranking.index(candidate)
    if at == 0:
        return ranking
    moved = list(ranking)
    moved[at - 1], moved[at] = moved[at], moved[at - 1]
    return tuple(moved)


@quick
@given(
    papers=elections(),
    strength=st.sampled_from(["winning", "margins"]),
    which=st.integers(0, 10**6),
)
def test_schulze_is_monotone(papers: Papers, strength: str, which: int) -> None:
    before = count("schulze", papers, seats=1, strength=strength).ranking[0]
    winners = (before,) if isinstance(before, str) else before
    winner = papers.candidates.index(winners[0])
    rankings = [ranking for ranking, n in papers.groups.items() for _ in range(n)]
    at = which % len(rankings)
    rankings[at] = _raise(rankings[at], winner)
    better = make_papers(rankings, len(papers.candidates))

    after = count("schulze", better, seats=1, strength=strength).ranking[0]

    assert winners[0] in ((after,) if isinstance(after, str) else after)


@quick
@given(papers=elections())
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


@st.composite
def tallies(draw: st.DrawFn) -> list[list[int]]:
    size, grades, papers = (
        draw(st.integers(1, 5)),
        draw(st.integers(2, 5)),
        draw(st.integers(1, 12)),
    )
    made = []
    for _ in range(size):
        given_grades = draw(st.lists(st.integers(0, grades - 1), min_size=papers, max_size=papers))
        made.append([given_grades.count(grade) for grade in range(grades)])
    return made


def _by_removal(tally: list[int], *, upper: bool) -> list[int]:
    """The rule as it is told: write down the middle grade, remove it, and again."""
    left = [grade for grade, number in enumerate(tally) for _ in range(number)]
    found = []
    while left:
        found.append(left.pop(len(left) // 2 if upper else (len(left) - 1) // 2))
    return found


@settings(max_examples=400, deadline=None)
@given(made=tallies(), upper=st.booleans())
def test_majority_judgment_on_counts_is_removal_paper_by_paper(
    made: list[list[int]], upper: bool
) -> None:
    keys = [tuple(_by_removal(tally, upper=upper)) for tally in made]

    groups = rank(made, upper=upper)

    assert [keys[group[0]] for group in groups] == sorted(set(keys), reverse=True)
    assert all(keys[one] == keys[group[0]] for group in groups for one in group)


@settings(max_examples=200, deadline=None)
@given(made=tallies(), upper=st.booleans(), which=st.integers(0, 100))
def test_majority_judgment_is_monotone(made: list[list[int]], upper: bool, which: int) -> None:
    winner = rank(made, upper=upper)[0][0]
    tally = made[winner]
    raisable = [grade for grade, number in enumerate(tally[:-1]) if number]
    if raisable:
        grade = raisable[which % len(raisable)]
        tally[grade] -= 1
        tally[grade + 1] += 1

    assert winner in rank(made, upper=upper)[0]


def test_majority_judgment_takes_no_longer_for_a_billion_papers() -> None:
    half = 5 * 10**8
    grades = Grades(("A", "B"), ((half, 1, half), (half - 1, 3, half - 1)))

    started = time.perf_counter()
    outcome = count("majority-judgment", grades)

    assert outcome.winners == ("B",)  # the second paper from the middle is better
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("rule", [*STAGED, *ORDERED])
def test_a_thousand_small_elections_are_counted_in_seconds(rule: str) -> None:
    random = Random(1)
    made = []
    for _ in range(1000):
        candidates = random.randint(2, 6)
        rankings = [
            tuple(random.sample(range(candidates), random.randint(1, candidates)))
            for _ in range(random.randint(1, 30))
        ]
        made.append(make_papers(rankings, candidates))

    started = time.process_time()
    for papers in made:
        count_votes(rule, papers, Options(seats=1))

    assert time.process_time() - started < 2.5  # one second on a quiet machine

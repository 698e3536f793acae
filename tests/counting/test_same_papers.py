"""The same papers come to the same count, however they lie, are grouped, weighed or written."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counting.ground import (
    ORDER_WAYS,
    RANKED_WAYS,
    STRICT,
    Way,
    count,
    count_way,
    elections,
    read,
    weak_elections,
)
from tests.counting.written import list_rows, write_blt, write_csv, write_json
from voting.counting.rules import RULES
from voting.counting.tabulation import CountingError, Papers

some = settings(max_examples=200, deadline=None)
WEIGHED = (("irv", {}), ("irv", {"until": "two"}), ("meek", {}), ("meek", {"variant": "hww"}))
ALIKE = ("scottish-stv", "ers97", "wigm-prf", "belenios-stv")


@st.composite
def counts(draw: st.DrawFn) -> tuple[Papers, Way]:
    """Papers and a way to count them, with shared numbers where the rule has a place for them."""
    way = draw(st.sampled_from(RANKED_WAYS))
    weak = way[0] not in (*STRICT, "belenios-stv") and draw(st.booleans())
    return draw(weak_elections() if weak else elections()), way


@some
@given(drawn=counts(), seed=st.integers(0, 2**32))
def test_the_order_of_papers_changes_nothing(drawn: tuple[Papers, Way], seed: int) -> None:
    papers, way = drawn
    shuffled = list(papers.groups.items())
    Random(seed).shuffle(shuffled)
    other = Papers(papers.candidates, dict(shuffled), papers.seats)

    assert count_way(way, papers).to_json() == count_way(way, other).to_json()


@settings(max_examples=300, deadline=None)
@given(drawn=counts(), seed=st.integers(0, 2**32))
def test_blt_csv_and_json_grouped_or_not_come_to_the_same(
    drawn: tuple[Papers, Way], seed: int
) -> None:
    papers, way = drawn
    chance, rule = Random(seed), way[0]
    files = {
        (write.__name__, grouped): write(papers, list_rows(papers, chance, grouped=grouped))
        for write in (write_blt, write_csv, write_json)
        for grouped in (True, False)
        if write is not write_csv or rule not in ("plurality", "approval")
    }

    def recount(content: str) -> dict[str, object]:
        seats = 1 if rule == "irv" else papers.seats
        return count(rule, read(content, rule), **{"seats": seats, **way[1]}).to_json()

    expected = count_way(way, papers).to_json()
    for form, content in files.items():
        assert recount(content) == expected, form


# Weights


def weigh(papers: Papers, chance: Random, weights: dict[int, int]) -> tuple[str, str]:
    """A table of papers with weights, and one in which each is so many papers."""
    rows = list_rows(papers, chance, grouped=False)
    heavy = [(ranking, weights[at % len(weights)]) for at, (ranking, _) in enumerate(rows)]
    many = [(ranking, 1) for ranking, weight in heavy for _ in range(weight)]
    return write_csv(papers, heavy, column="weight"), write_csv(papers, many)


@some
@given(
    papers=elections(most_papers=12),
    way=st.sampled_from((*WEIGHED, *ORDER_WAYS[2:])),
    weights=st.lists(st.integers(1, 6), min_size=1, max_size=4).map(lambda w: dict(enumerate(w))),
    seed=st.integers(0, 2**32),
)
def test_a_paper_of_weight_k_is_k_papers(
    papers: Papers, way: Way, weights: dict[int, int], seed: int
) -> None:
    seats = 1 if way[0] == "irv" else papers.seats
    chosen = {"seats": seats, **way[1]}

    heavy, many = (read(text, way[0]) for text in weigh(papers, Random(seed), weights))

    assert isinstance(heavy, Papers)
    used = [weights[at % len(weights)] for at in range(sum(papers.groups.values()))]
    assert heavy.weighted == any(weight != 1 for weight in used)
    assert count(way[0], heavy, **chosen).to_json() == count(way[0], many, **chosen).to_json()


@some
@given(
    rows=st.lists(
        st.tuples(st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(1, 9)),
        min_size=1,
        max_size=12,
    )
)
def test_points_choices_and_first_preferences_are_multiplied_by_weights(
    rows: list[tuple[list[int], int]],
) -> None:
    for rule, most in (("score", 9), ("approval", 1), ("plurality", 1)):
        cells = [
            ([1, 0, 0] if rule == "plurality" else [min(one, most) for one in row], weight)
            for row, weight in rows
        ]
        heavy = [f"{weight},{row[0]},{row[1]},{row[2]}\n" for row, weight in cells]
        many = [f"{row[0]},{row[1]},{row[2]}\n" for row, weight in cells for _ in range(weight)]
        if rule == "approval" and not any(any(row) for row, _ in cells):
            continue  # nobody chose anything
        theirs = count(rule, "A,B,C\n" + "".join(many)).to_json()
        assert count(rule, "weight,A,B,C\n" + "".join(heavy)).to_json() == theirs


@pytest.mark.parametrize("rule", ALIKE)
def test_a_rule_whose_papers_are_alike_refuses_weights(rule: str) -> None:
    votes = read("weight,A,B\n2,1,2\n1,2,1\n", rule)

    with pytest.raises(CountingError, match="no place for weighted papers"):
        count(rule, votes)


def test_huge_weights_stay_exact() -> None:
    most = 10**14
    outcome = count("borda", f"weight,A,B,C\n{most},1,2,3\n{most - 1},2,1,3\n1,3,1,2\n")

    assert outcome.winners == ("B",)
    assert outcome.stages[0].votes == {"A": 3 * most - 1, "B": 3 * most, "C": 1}
    assert outcome.valid == 2 * most


def test_every_rule_takes_weights_or_refuses_them() -> None:
    told = {way[0] for way in (*WEIGHED, *ORDER_WAYS)} | {"score", *ALIKE}
    assert told | {"majority-judgment"} == set(RULES)

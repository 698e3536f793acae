"""Ties: the rule's own way first, then a lot that anyone can repeat, always written down."""

from __future__ import annotations

import hashlib

import pytest

from tests.counting.ground import count, read
from voting.counting.tabulation import CountingError
from voting.counting.ties import TieRule, narrow, parse_tie_rule

NAMES = '"A"\n"B"\n"C"\n"D"\n"E"\n"F"\n'


def test_a_lot_is_drawn_by_hash_and_can_be_repeated_by_hand() -> None:
    names = ("Ann", "Bob", "Cy")
    by_hand = sorted(names, key=lambda name: hashlib.sha256(f"seed\0{name}".encode()).hexdigest())

    positions = TieRule("seed").positions(names)

    assert [name for _, name in sorted(zip(positions, names, strict=True))] == by_hand


def test_a_lot_does_not_depend_on_the_order_of_candidates() -> None:
    first = TieRule("s").positions(("A", "B", "C", "D"))
    turned = TieRule("s").positions(("D", "C", "B", "A"))

    assert first == turned[::-1]


@pytest.mark.parametrize("text", ["lot", "lot:", "coin", "", "order:1"])
def test_other_ways_to_settle_ties_are_refused(text: str) -> None:
    with pytest.raises(CountingError, match="A tie is settled by"):
        parse_tie_rule(text)


def test_ties_are_narrowed_at_each_point() -> None:
    points = [(2, [5, 5, 3]), (1, [1, 2, 9])]

    left, told = narrow([0, 1, 2], points, highest=True)
    assert (left, str(told)) == ([1], "by the votes at point 1 of the count")
    assert narrow([0, 1, 2], points, highest=False)[0] == [2]


def _third_excluded(rule: str) -> tuple[str, ...]:
    """A leads B by 5 to 4 at stage 1, B leads A by 6 to 5 at stage 2, they are level at 3."""
    papers = "5 1 0\n4 2 0\n2 3 2 0\n1 4 1 0\n2 4 0\n9 5 0\n"
    outcome = count(rule, f'5 1\n{papers}0\n"A"\n"B"\n"C"\n"D"\n"E"\n')
    assert [outcome.stages[at].excluded for at in (0, 1)] == [("C",), ("D",)]
    assert len(outcome.ties) == 1
    return outcome.stages[2].excluded


def test_scottish_exclusion_ties_go_by_the_latest_difference() -> None:
    assert _third_excluded("scottish-stv") == ("A",)


def test_instant_runoff_exclusion_ties_go_by_the_latest_difference() -> None:
    assert _third_excluded("irv") == ("A",)


def test_ers97_exclusion_ties_go_by_the_earliest_difference() -> None:
    assert _third_excluded("ers97") == ("B",)


def test_scottish_surplus_ties_go_to_whoever_was_ahead_last() -> None:
    content = f"6 4\n10 1 3 0\n8 2 0\n6 3 0\n5 4 0\n3 5 4 0\n3 6 4 0\n0\n{NAMES}"

    outcome = count("scottish-stv", content)

    assert outcome.ties[-1].between == ("E", "F")
    assert outcome.ties[-1].chosen == "E"
    assert outcome.ties[-1].how == "by the declared order of candidates"


def test_the_seed_decides_what_the_votes_leave_open() -> None:
    content = "2 1\n1 1 0\n1 2 0\n0\nA\nB\n"
    winners = {count("meek", content, tie=TieRule(str(seed))).winners for seed in range(20)}

    assert winners == {("A",), ("B",)}


def test_two_left_level_in_an_instant_runoff_share_the_win_unless_a_lot_is_asked_for() -> None:
    votes = read("3 1\n2 1 0\n2 2 0\n1 3 0\n0\nA\nB\nC\n", "irv")

    assert count("irv", votes).winners == (("A", "B"),)
    assert count("irv", votes, tie=TieRule("x")).winners in (("A",), ("B",))


def test_ranked_pairs_tells_when_the_order_of_equal_majorities_decided() -> None:
    circle = "A,B,C\n1,2,3\n3,1,2\n2,3,1\n"

    shared = count("ranked-pairs", circle)
    drawn = count("ranked-pairs", circle, tie=TieRule("3"))

    assert shared.winners == (("A", "B", "C"),)
    assert len(drawn.winners) == 1
    assert isinstance(drawn.winners[0], str)
    assert drawn.ties[0].purpose == "order of equal majorities"
    assert count("schulze", circle).winners == (("A", "B", "C"),)

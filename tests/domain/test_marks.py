"""What a voter marks on a ranked, graded or scored paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voting.domain.marks import find_faults, from_order, list_order, move, to_numbers
from voting.domain.methods import Kind, default_method

RANK, GRADE, SCORE = (default_method(kind) for kind in (Kind.RANK, Kind.GRADE, Kind.SCORE))
EQUAL = replace(RANK, rule="schulze", equal_ranks=True)


def faults(method, marks):
    size = len([mark for mark in marks if mark != "blank"]) or 3
    return [(fault.code, fault.places, fault.number) for fault in find_faults(method, size, marks)]


@pytest.mark.parametrize("method", [RANK, EQUAL, GRADE, SCORE])
def test_blank_is_said_and_never_together_with_marks(method):
    assert faults(method, ["blank"]) == []
    assert faults(method, ["", " ", "", "blank"]) == []
    assert faults(method, ["1", "", "", "blank"]) == [("both", (), 0)]
    assert faults(method, ["", "", ""]) == [("none", (), 0)]
    assert faults(method, []) == [("none", (), 0)]
    assert to_numbers(3, ["blank"]) == [0, 0, 0]


def test_ranks_without_gap_and_repeat_are_fine():
    assert faults(RANK, ["2", "", "1"]) == []
    assert to_numbers(3, ["2", "", " 1"]) == [2, 0, 1]


def test_every_repeat_and_every_gap_is_named():
    assert faults(RANK, ["2", "2", "5", "5", "1"]) == [
        ("repeat", (0, 1), 2),
        ("repeat", (2, 3), 5),
        ("gap", (2,), 3),
        ("gap", (2,), 4),
    ]


def test_equal_ranks_may_repeat_but_not_leave_a_gap():
    assert faults(EQUAL, ["1", "1", "2"]) == []
    assert faults(EQUAL, ["1", "1", "3"]) == [("gap", (2,), 2)]


@pytest.mark.parametrize("typed", ["0", "4", "-1", "1.5", "first", "1000", "²"])
def test_a_rank_is_a_whole_number_up_to_the_options(typed):
    assert faults(RANK, [typed, "1", ""]) == [("number", (0,), 3)]


def test_no_more_ranks_than_allowed():
    assert faults(replace(RANK, most_ranks=2), ["1", "2", "3"]) == [("number", (2,), 2)]


def test_every_option_has_a_grade():
    assert faults(GRADE, ["1", "6", "3"]) == []
    assert faults(GRADE, ["1", "", ""]) == [("ungraded", (1,), 0), ("ungraded", (2,), 0)]
    assert faults(GRADE, ["1", "7", "2"]) == [("number", (1,), 6)]


def test_no_points_are_no_vote_and_too_many_are_named():
    assert faults(SCORE, ["5", "", "0"]) == []
    assert to_numbers(3, ["5", "", "0"]) == [5, 0, 0]
    assert faults(SCORE, ["0", "0", ""]) == [("zero", (), 0)]
    assert faults(SCORE, ["6", "x", ""]) == [("number", (0,), 5), ("number", (1,), 5)]


def test_order_and_marks_say_the_same():
    assert from_order(4, [2, 0]) == ["2", "", "1", ""]
    assert list_order(["2", "", "1", ""]) == [[2], [0]]
    assert list_order(["1", "2", "1"]) == [[0, 2], [1]]
    assert list_order(["blank"]) == []


@pytest.mark.parametrize(
    ("place", "act", "order"),
    [
        (1, "up", [1, 2, 0]),
        (2, "up", [2, 1, 0]),
        (2, "down", [1, 2, 0]),
        (0, "down", [2, 1, 0]),
        (1, "remove", [2, 0]),
        (3, "up", [2, 1, 0]),
    ],
)
def test_a_button_moves_one_option_by_one(place, act, order):
    marks = from_order(4, [2, 1, 0])
    assert [group[0] for group in list_order(move(marks, place, act))] == order

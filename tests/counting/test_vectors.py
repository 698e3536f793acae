"""The opened numbers of sealed papers as papers that a rule counts."""

from __future__ import annotations

import pytest

from voting.counting.options import Options
from voting.counting.rules import count_votes
from voting.counting.vectors import read_gradings, read_rankings, read_scorings

NAMES = ("Ann", "Bob", "Cat")


def test_ranks_become_preferences_and_zeros_a_blank_paper():
    papers = read_rankings(NAMES, [[2, 0, 1], [2, 0, 1], [0, 0, 0], [1, 2, 3]])

    assert papers.groups == {(2, 0): 2, (): 1, (0, 1, 2): 1}
    assert papers.spoiled == 0


@pytest.mark.parametrize("vector", [[1, 1, 0], [1, 3, 0], [2, 0, 0], [0, 255, 1]])
def test_a_paper_with_a_gap_or_a_repeat_is_spoiled_and_counted_as_that(vector):
    papers = read_rankings(NAMES, [vector, [1, 0, 0]])

    assert (papers.spoiled, papers.groups) == (1, {(0,): 1})
    assert count_votes("irv", papers, Options()).spoiled == 1


def test_equal_ranks_where_they_are_allowed():
    papers = read_rankings(NAMES, [[1, 1, 2], [1, 1, 3], [2, 0, 1]], equal=True)

    assert papers.groups == {((0, 1), 2): 1, (2, 0): 1}
    assert papers.spoiled == 1


def test_a_paper_with_more_ranks_than_allowed_is_spoiled():
    assert read_rankings(NAMES, [[1, 2, 3], [1, 2, 0]], most=2).spoiled == 1


def test_grades_are_told_worst_first_and_a_missing_grade_spoils():
    grades = read_gradings(NAMES, [[1, 2, 3], [1, 1, 3], [0, 0, 0], [0, 1, 1], [4, 1, 1]], grades=3)

    assert grades.tallies == ((0, 0, 2), (0, 1, 1), (2, 0, 0))
    assert (grades.participants, grades.blank, grades.spoiled) == (2, 1, 2)


def test_points_are_added_up_and_too_many_spoil():
    scores = read_scorings(NAMES, [[5, 0, 1], [0, 0, 0], [6, 0, 0]], highest=5)
    outcome = count_votes("score", scores, Options())

    assert outcome.winners == ("Ann",)
    assert (outcome.valid, outcome.blank, outcome.spoiled) == (1, 1, 1)

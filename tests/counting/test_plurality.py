"""Counting choices."""

import pytest

from voting.counting.plurality import QuestionTally, read_counts


def make_tally(votes=(3, 2), *, blank=1, papers=6, maximum=1):
    options = tuple(f"Option {index}" for index in range(len(votes)))
    return QuestionTally(options, tuple(votes), blank, papers, maximum)


def test_valid_papers_are_those_that_are_not_blank():
    assert make_tally((3, 2), blank=1, papers=6).valid == 5


@pytest.mark.parametrize(
    ("votes", "leading"), [((3, 2), (0,)), ((2, 3), (1,)), ((2, 2), (0, 1)), ((0, 0), ())]
)
def test_the_leading_options_are_named_and_none_leads_without_votes(votes, leading):
    assert make_tally(votes).leading == leading


def test_a_result_has_the_blank_votes_first():
    tally = read_counts(["Yes", "No"], [4, 10, 6], papers=20)

    assert (tally.blank, tally.votes, tally.valid) == (4, (10, 6), 16)


def test_a_result_of_another_length_is_refused():
    with pytest.raises(ValueError, match="one number for the blank vote"):
        read_counts(["Yes", "No"], [4, 10], papers=20)


@pytest.mark.parametrize(
    ("tally", "told"),
    [
        ({"votes": ()}, "one number for each option"),
        ({"blank": 7}, "more blank papers"),
        ({"blank": -1}, "more blank papers"),
        ({"votes": (6, 0)}, "more votes than there are valid"),
        ({"votes": (-1, 0)}, "more votes than there are valid"),
        ({"votes": (4, 4)}, "more votes than the valid papers can hold"),
    ],
)
def test_numbers_that_no_papers_can_have_are_refused(tally, told):
    with pytest.raises(ValueError, match=told):
        make_tally(**tally)


def test_several_choices_on_a_paper_may_add_up_to_more_than_the_papers():
    assert make_tally((4, 4), maximum=2).leading == (0, 1)

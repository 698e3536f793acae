"""The counting rule of a question, from opened numbers to the winners that carry."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from voting.counting.decision import ConstituencyCount, ConstituencyRule, evaluate
from voting.counting.winners import WinnersTally
from voting.domain.methods import Kind, Method, default_method, method_to_json
from voting.domain.outcome_words import tell_outcome
from voting.services.declaration.questions import count_question

MODELS = ("Society", "Trust", "Stay as we are", "None of these")


def ask(method, texts=MODELS, maximum=1):
    return {
        "text": "Which model?",
        "maximum": maximum,
        "options": [{"text": text} for text in texts],
        "counting": method_to_json(method),
    }


def count(method, opened, papers=None, **more):
    papers = len(opened) if papers is None else papers
    return count_question(ask(method, **more), opened, papers=papers, weighted=False, seed="a-seed")


def test_a_ranked_question_is_counted_by_its_rule_with_blank_and_spoiled_apart():
    opened = [[1, 2, 0, 0], [1, 0, 0, 0], [2, 1, 0, 0], [0, 0, 0, 0], [1, 1, 0, 0]]

    counted = count(default_method(Kind.RANK), opened)

    tally = counted.tally
    assert tally.winning == ("Society",)
    assert (tally.valid, tally.blank, tally.spoiled, tally.papers) == (3, 1, 1, 5)
    assert counted.outcome.rule == "irv"
    assert json.dumps(counted.outcome.to_json())


def test_the_options_of_the_rule_reach_the_count():
    method = Method(Kind.RANK, "meek", 2, options={"variant": "hww"})
    counted = count(method, [[1, 2, 3, 4], [2, 1, 3, 4], [3, 1, 2, 0]])

    assert counted.outcome.options["variant"] == "hww"
    assert len(counted.tally.winners) == 2


def test_grades_and_points_are_counted_by_theirs():
    graded = count(default_method(Kind.GRADE), [[1, 6, 3, 3], [2, 5, 3, 3], [0, 0, 0, 0]])
    scored = count(default_method(Kind.SCORE), [[0, 5, 3, 0], [1, 4, 0, 0], [9, 0, 0, 0]])

    assert graded.tally.winning == ("Society",)
    assert (graded.tally.valid, graded.tally.blank) == (2, 1)
    assert scored.tally.winning == ("Trust",)
    assert (scored.tally.valid, scored.tally.spoiled) == (2, 1)


def test_several_places_among_plain_choices_are_filled_by_most_votes():
    counted = count(Method(seats=2), [1, 5, 2, 4, 0], papers=10, maximum=2)

    assert counted.tally.winning == ("Society", "Stay as we are")
    assert counted.outcome.rule == "approval"


BOARD = [[1, 0, 0, 2], [1, 0, 0, 2], [1, 0, 0, 2], [0, 0, 0, 1], [0, 0, 0, 1], [0, 1, 0, 0]]


@pytest.mark.parametrize("rule", ["scottish-stv", "ers97", "meek", "wigm-prf", "belenios-stv"])
def test_of_several_places_one_that_none_of_these_wins_stays_empty(rule):
    counted = count(Method(Kind.RANK, rule, 2), BOARD)

    assert counted.tally.winning == ("Society",)
    assert counted.outcome.vacant == 1
    assert counted.outcome.options["none of these"] == "None of these"
    named = count(Method(Kind.RANK, rule, 2), BOARD, texts=("Ann", "Bob", "Cat", "Dee"))
    assert named.tally.winning == ("Ann", "Dee")
    assert "none of these" not in named.outcome.options


def test_of_one_place_none_of_these_is_an_answer_like_the_others():
    counted = count(default_method(Kind.RANK), [[2, 0, 0, 1], [0, 0, 0, 1]])

    assert counted.tally.winning == ("None of these",)
    assert counted.outcome.vacant == 0


def test_points_too_leave_a_place_empty():
    counted = count(Method(Kind.SCORE, "score", 2), [[0, 0, 0, 5], [1, 0, 0, 5]])

    assert (counted.tally.winning, counted.outcome.vacant) == (("Society",), 1)


def test_equal_ranks_where_they_are_not_allowed_are_spoiled():
    method = Method(Kind.RANK, "schulze", options={"strength": "winning"})
    opened = [[1, 2, 3], [2, 1, 1], [3, 1, 1]]

    counted = count(method, opened, texts=("Ann", "Bob", "Cat"))

    assert (counted.tally.winning, counted.tally.spoiled) == (("Ann",), 2)


def test_a_tie_that_nothing_settles_goes_by_lot_with_the_published_seed():
    opened = [[1, 0, 0, 0], [0, 1, 0, 0]]

    outcomes = {
        count_question(
            ask(default_method(Kind.RANK)), opened, papers=2, weighted=False, seed=str(seed)
        ).tally.winning
        for seed in range(12)
    }
    tied = count(default_method(Kind.RANK), opened).outcome

    assert outcomes == {("Society",), ("Trust",)}
    assert "a-seed" in str(tied.to_json())


@pytest.mark.parametrize("kind", [Kind.RANK, Kind.GRADE, Kind.SCORE])
def test_nothing_wins_when_every_paper_is_blank(kind):
    counted = count(default_method(kind), [[0, 0, 0, 0]])

    assert counted.tally.winners == ()
    assert counted.outcome is None
    assert counted.fault


def decide(winners, *, carrying=None, voters=10, turnout=50):
    rule = ConstituencyRule("decides", "more-than", Fraction(1, 2), "valid", Fraction(turnout, 100))
    tally = WinnersTally(MODELS, winners, 1, 1, voters, "Schulze’s rule")
    return evaluate(
        [ConstituencyCount("staff", "Staff", rule, tally, 20, voters, 20)], carrying=carrying
    )


def test_the_winner_of_the_count_carries():
    decision = decide((1,))

    assert (decision.verdict, decision.option) == ("carried", "Trust")
    (part,) = decision.constituencies
    assert part.rule_in_words.startswith("What wins the count by Schulze’s rule is carried.")
    assert part.sum_in_words == (
        "“Trust” won the count by Schulze’s rule. Turnout: 10 of 20 (50.0%), at least 50% is "
        "needed. Carried."
    )
    assert (part.valid, part.blank, part.papers) == (8, 1, 10)


def test_a_named_option_carries_only_if_it_wins():
    assert decide((1,), carrying=1).verdict == "carried"
    assert decide((1,), carrying=0).verdict == "not-carried"
    assert decide((2, 0), carrying=0).verdict == "carried"


def test_too_few_voters_carry_nothing_and_nothing_wins_without_papers():
    assert decide((1,), voters=9).verdict == "not-quorate"
    nothing = decide(())
    assert (nothing.verdict, nothing.option) == ("not-carried", None)


def test_several_winners_are_named_together():
    assert decide((2, 0)).option == "Society and Stay as we are"


@pytest.mark.parametrize(("blank", "spoiled", "winners"), [(9, 9, ()), (0, 0, (4,)), (-1, 0, ())])
def test_numbers_that_no_papers_can_have_are_refused(blank, spoiled, winners):
    with pytest.raises(ValueError, match=r"papers|winner"):
        WinnersTally(MODELS, winners, blank, spoiled, 10, "irv")


@pytest.mark.parametrize(
    ("verdict", "winners", "told"),
    [
        ("carried", ["Trust"], "Staff chose “Trust”: 8 valid papers, 1 blank, 1 spoiled."),
        ("not-carried", ["Trust"], "Staff chose “Trust” and did not carry “Society”: "),
        ("not-quorate", ["Trust"], "Staff chose “Trust”, but too few people voted: "),
        ("not-carried", [], "Staff chose nothing: 8 valid papers"),
    ],
)
def test_the_sentence_is_told_again_from_the_figures(verdict, winners, told):
    question = {
        "options": [{"text": text} for text in MODELS],
        "winners": winners,
        **{"valid": 8, "blank": 1, "spoiled": 1},
    }
    part = {"code": "s", "name": "Staff", "standing": "decides", "verdict": verdict}
    outcome = {
        "rule": {"deciding_question": 0},
        "constituencies": [{"code": "s", "questions": [question]}],
        "decision": {"constituencies": [{**part, "option": "Society"}]},
    }
    assert tell_outcome(outcome, lambda pattern: pattern).startswith(told)


def test_shorter_rankings_than_allowed_are_fine_and_longer_ones_spoil():
    counted = count(replace(default_method(Kind.RANK), most_ranks=1), [[1, 2, 0, 0], [0, 1, 0, 0]])

    assert (counted.tally.winning, counted.tally.spoiled) == (("Trust",), 1)

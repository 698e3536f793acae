"""Which questions, rules and dates may be declared."""

import datetime as dt

import pytest

from voting.domain.rules import OptionInput, check_dates, check_question, check_rule

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def fields(faults):
    return [fault.field for fault in faults]


def messages(faults):
    return [fault.message for fault in faults]


def options(*texts):
    return [OptionInput(text).cleaned() for text in texts]


def test_a_question_with_two_options_is_fine():
    assert check_question("Shall we?", 1, 1, options("Yes", "No")) == []


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        ((0, 1), ["A voter must choose at least 1 option."]),
        ((1, 0), ["A voter must be able to choose at least 1 option."]),
        ((2, 1), ["The fewest choices (2) cannot be more than the most choices (1)."]),
        ((1, 3), ["A voter cannot choose 3 of 2 options."]),
    ],
)
def test_the_bounds_of_a_question_fit_its_options(bounds, told):
    assert messages(check_question("Shall we?", *bounds, options("Yes", "No"))) == told


def test_one_option_is_no_choice():
    faults = check_question("Shall we?", 1, 1, options("Yes"))

    assert messages(faults) == ["Enter at least two options, staying as we are included."]


def test_too_many_options_are_refused():
    faults = check_question("Which?", 1, 1, options(*(str(n) for n in range(51))))

    assert messages(faults) == ["Enter at most 50 options."]


def test_empty_and_duplicate_options_are_each_told_beside_their_field():
    faults = check_question("", 1, 1, options("Yes", "", " yes ", ""))

    assert fields(faults) == ["text", "options-1-text", "options-2-text", "options-3-text"]
    assert messages(faults)[1:3] == [
        "Enter the text of option 2.",
        "Option 3 is the same as option 1 (yes).",
    ]


def test_every_part_of_an_option_has_a_limit():
    option = OptionInput("Yes", "d" * 5001, "b" * 5001, "w" * 5001, "s" * 5001).cleaned()
    faults = check_question("Shall we?", 1, 1, [option, OptionInput("No")])

    parts = ("description", "benefits", "drawbacks", "source")
    assert fields(faults) == [f"options-0-{part}" for part in parts]


def make_rule(**changes):
    rule = {
        "standing": "decides",
        "comparison": "more-than",
        "numerator": 1,
        "denominator": 2,
        "base": "valid",
        "turnout_percent": 50,
    }
    return {**rule, **changes}


@pytest.mark.parametrize(
    "changes",
    [{}, {"comparison": "at-least", "numerator": 1, "denominator": 1}, {"numerator": 0}],
)
def test_rules_that_can_be_reached_and_missed_are_fine(changes):
    assert check_rule(**make_rule(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"standing": "watches"}, "standing"),
        ({"comparison": "exactly"}, "comparison"),
        ({"base": "mood"}, "base"),
        ({"turnout_percent": -1}, "turnout_percent"),
        ({"turnout_percent": 101}, "turnout_percent"),
        ({"denominator": 0}, "numerator"),
        ({"numerator": -1}, "numerator"),
        ({"numerator": 10**30}, "numerator"),
        ({"numerator": 2}, "numerator"),
        ({"comparison": "at-least", "numerator": 3}, "numerator"),
        ({"comparison": "at-least", "numerator": 0}, "numerator"),
    ],
)
def test_rules_that_make_no_sense_are_refused_by_field(changes, field):
    assert fields(check_rule(**make_rule(**changes))) == [field]


@pytest.mark.parametrize(
    ("opens", "closes", "grace", "field"),
    [
        (DAY, DAY, 10, "closes_at"),
        (2 * DAY, DAY, 10, "closes_at"),
        (DAY, 400 * DAY, 10, "closes_at"),
        (3000 * DAY, 3001 * DAY, 10, "opens_at"),
        (DAY, 2 * DAY, 11, "grace_minutes"),
        (DAY, 2 * DAY, -1, "grace_minutes"),
    ],
)
def test_dates_that_make_no_sense_are_refused_by_field(opens, closes, grace, field):
    assert fields(check_dates(NOW + opens, NOW + closes, grace, NOW)) == [field]


def test_dates_may_be_missing_in_a_draft():
    assert check_dates(None, NOW, 0, NOW) == []
    assert check_dates(NOW, None, 0, NOW) == []
    assert check_dates(NOW, NOW + DAY, 10, NOW) == []

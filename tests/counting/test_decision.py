"""The declared rule is evaluated exactly, per constituency and as a whole."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.counting.decision import (
    ConstituencyCount,
    ConstituencyRule,
    Verdict,
    evaluate,
    read_rule,
)
from voting.counting.decision_words import describe_percent
from voting.counting.plurality import QuestionTally

OPTIONS = ("Become a mutual", "Stay as we are")


def make_rule(
    *, standing="decides", comparison="more-than", share="1/2", base="valid", turnout="0"
):
    return ConstituencyRule(standing, comparison, Fraction(share), base, Fraction(turnout))


def make_count(
    votes=(61, 41),
    *,
    blank=6,
    name="Staff",
    electors=120,
    voters=None,
    roll_weight=None,
    maximum=1,
    **rule,
):
    papers = sum(votes) + blank if maximum == 1 else max(votes) + blank
    return ConstituencyCount(
        code=name.lower(),
        name=name,
        rule=make_rule(**rule),
        tally=QuestionTally(OPTIONS[: len(votes)], votes, blank, papers, maximum),
        electors=electors,
        voters=papers if voters is None else voters,
        roll_weight=electors if roll_weight is None else roll_weight,
    )


def decide(count, carrying=0):
    return evaluate([count], carrying=carrying).constituencies[0]


def test_the_sum_can_be_redone_by_anyone():
    decision = decide(make_count(turnout="1/2"))

    assert decision.sum_in_words == (
        "“Become a mutual”: 61 of 102 valid votes (59.8%). More than 1/2 is needed: "
        "61 × 2 = 122 is more than 102. Turnout: 108 of 120 (90.0%), at least 50% is needed. "
        "Carried."
    )
    assert decision.rule_in_words == (
        "More than 1/2 of valid votes must be for “Become a mutual”. At least 50% of the people on "
        "the roll must return a paper, blank or not."
    )


@pytest.mark.parametrize(
    ("votes", "rule", "verdict", "told"),
    [
        ((51, 51), {}, "not-carried", "51 × 2 = 102 is not more than 102."),
        ((52, 51), {}, "carried", "52 × 2 = 104 is more than 103."),
        (
            (51, 51),
            {"comparison": "at-least"},
            "carried",
            "51 × 2 = 102 is at least 102.",
        ),
        (
            (68, 34),
            {"comparison": "at-least", "share": "2/3"},
            "carried",
            "68 × 3 = 204 is at least 102 × 2 = 204.",
        ),
        (
            (67, 35),
            {"comparison": "at-least", "share": "2/3"},
            "not-carried",
            "67 × 3 = 201 is less than 102 × 2 = 204.",
        ),
    ],
)
def test_more_than_and_at_least_differ_at_the_edge(votes, rule, verdict, told):
    decision = decide(make_count(votes, **rule))

    assert decision.verdict == verdict
    assert told in decision.sum_in_words


@pytest.mark.parametrize(
    ("base", "verdict", "of"),
    [
        ("valid", "carried", "of 80 valid votes"),
        ("papers", "not-carried", "of 100 papers returned, blank ones included"),
        ("roll", "not-carried", "of 120 votes on the roll"),
    ],
)
def test_the_base_says_what_the_share_is_of(base, verdict, of):
    decision = decide(make_count((45, 35), blank=20, base=base))

    assert decision.verdict == verdict
    assert of in decision.sum_in_words


@pytest.mark.parametrize("comparison", ["more-than", "at-least"])
@pytest.mark.parametrize(("blank", "base"), [(0, "valid"), (0, "papers"), (9, "valid")])
def test_nothing_is_carried_without_any_vote(comparison, base, blank):
    decision = decide(make_count((0, 0), blank=blank, comparison=comparison, base=base))

    assert decision.verdict is Verdict.NOT_CARRIED
    assert "Without any, nothing is carried." in decision.sum_in_words


def test_an_empty_roll_is_evaluated_and_carries_nothing():
    decision = decide(make_count((0, 0), blank=0, electors=0, turnout="1/2"))

    assert decision.verdict is Verdict.NOT_CARRIED
    assert decision.turnout_papers == "0 of 0 (0.0%)"


def test_blank_papers_count_for_the_turnout():
    reached = decide(make_count((30, 10), blank=20, turnout="1/2"))
    missed = decide(make_count((30, 10), blank=19, turnout="1/2"))

    assert (reached.verdict, missed.verdict) == (Verdict.CARRIED, Verdict.NOT_QUORATE)
    assert reached.turnout_papers == "60 of 120 (50.0%)"
    assert reached.turnout_valid == "40 of 120 (33.3%)"
    assert missed.sum_in_words.endswith("Not carried: too few people voted.")


def test_weights_count_for_the_majority_and_people_for_the_turnout():
    count = make_count(
        (300, 200), blank=0, electors=10, voters=5, roll_weight=1000, base="roll", turnout="1/2"
    )
    decision = decide(count)

    assert decision.verdict is Verdict.NOT_CARRIED
    assert "300 of 1,000 votes on the roll" in decision.sum_in_words
    assert "Turnout: 5 of 10 (50.0%)" in decision.sum_in_words
    assert "Votes are counted by weight, turnout in people." in decision.sum_in_words
    assert decision.turnout_valid == "500 of 1,000 (50.0%) by weight"


def test_without_a_named_option_the_leading_one_is_held_to_the_rule():
    decision = decide(make_count((20, 60)), carrying=None)

    assert (decision.verdict, decision.option) == (Verdict.CARRIED, "Stay as we are")
    assert "the option with the most votes, alone in the lead" in decision.rule_in_words


def test_a_tie_for_the_lead_carries_nothing():
    whole = evaluate([make_count((40, 40), comparison="at-least")])
    decision = whole.constituencies[0]

    assert (decision.verdict, decision.option) == (Verdict.NOT_CARRIED, None)
    assert decision.sum_in_words.startswith(
        "“Become a mutual” and “Stay as we are” are tied with 40 votes each"
    )
    assert whole.sentence == "Not carried. Staff had no option alone in the lead."


def test_one_vote_each_is_said_in_the_singular():
    assert "tied with 1 vote each" in decide(make_count((1, 1)), carrying=None).sum_in_words


def test_no_option_leads_without_votes():
    decision = decide(make_count((0, 0)), carrying=None)

    assert decision.sum_in_words.startswith("No option has any vote, so none leads.")


def test_several_choices_are_held_against_papers_not_votes():
    decision = decide(make_count((60, 60), maximum=2, blank=0))

    assert decision.verdict is Verdict.CARRIED
    assert "60 of 60 valid papers (100.0%)" in decision.sum_in_words


def test_advice_is_reported_and_changes_nothing():
    whole = evaluate(
        [make_count((61, 41)), make_count((1, 9), name="Users", standing="advises")], carrying=0
    )

    assert (whole.verdict, whole.option) == (Verdict.CARRIED, "Become a mutual")
    assert whole.sentence == (
        "Carried. Staff carried “Become a mutual”. As advice only: Users did not carry "
        "“Become a mutual”."
    )


@pytest.mark.parametrize(
    ("users", "combination", "verdict"),
    [
        ((60, 40), "all-deciding", "carried"),
        ((40, 60), "all-deciding", "not-carried"),
        ((40, 60), "any-deciding", "carried"),
        ((6, 4), "all-deciding", "not-quorate"),
        ((6, 4), "any-deciding", "carried"),
    ],
)
def test_those_that_decide_combine_as_declared(users, combination, verdict):
    whole = evaluate(
        [make_count((61, 41)), make_count(users, blank=0, name="Users", turnout="1/2")],
        combination=combination,
        carrying=0,
    )

    assert whole.verdict == verdict


def test_a_lost_majority_weighs_more_than_a_missed_turnout():
    whole = evaluate(
        [make_count((41, 61)), make_count((6, 4), name="Users", turnout="1/2")], carrying=0
    )

    assert whole.verdict is Verdict.NOT_CARRIED
    assert whole.sentence == (
        "Not carried. Staff did not carry “Become a mutual” and Users did not reach the turnout. "
        "Every constituency that decides had to carry it."
    )


@pytest.mark.parametrize("combination", ["all-deciding", "any-deciding"])
def test_different_leading_options_carry_nothing_together(combination):
    whole = evaluate(
        [make_count((61, 41)), make_count((20, 60), name="Users")], combination=combination
    )

    assert (whole.verdict, whole.option) == (Verdict.NOT_CARRIED, None)
    assert "They did not carry the same option." in whole.sentence


def test_somebody_must_decide():
    with pytest.raises(ValueError, match="no constituency decides"):
        evaluate([make_count(standing="advises")])


def test_an_unknown_combination_is_refused():
    with pytest.raises(ValueError, match="not a combination"):
        evaluate([make_count()], combination="most")


@pytest.mark.parametrize(
    "rule",
    [
        {"standing": "watches"},
        {"comparison": "exactly"},
        {"base": "mood"},
        {"share": "3/2"},
        {"turnout": "101/100"},
    ],
)
def test_an_unknown_rule_is_refused(rule):
    with pytest.raises(ValueError, match="not a decision rule"):
        make_rule(**rule)


def test_more_papers_than_people_are_refused():
    with pytest.raises(ValueError, match="more papers than the roll allows"):
        make_count((61, 41), electors=100)


def test_the_frozen_rule_is_read_as_it_was_declared():
    frozen = {
        "standing": "advises",
        "comparison": "at-least",
        "numerator": 2,
        "denominator": 3,
        "base": "papers",
        "turnout_percent": 40,
    }

    assert read_rule(frozen) == make_rule(
        standing="advises", comparison="at-least", share="2/3", base="papers", turnout="2/5"
    )


def test_a_percentage_never_seems_to_reach_what_it_missed():
    assert describe_percent(49_999, 100_000) == "50.0%"
    assert describe_percent(49_999, 100_000, Fraction(1, 2)) == "49.999%"


def test_a_turnout_that_is_no_whole_per_cent_is_written_with_a_decimal():
    decision = decide(make_count(turnout="1/3"))

    assert "at least 33.3% is needed" in decision.sum_in_words


sizes = st.integers(0, 60)
shares = st.fractions(0, 1, max_denominator=12)


@given(
    sizes,
    sizes,
    sizes,
    shares,
    st.sampled_from(["more-than", "at-least"]),
    st.sampled_from(["valid", "papers", "roll"]),
)
def test_a_vote_that_moves_over_to_an_option_never_costs_it_the_decision(
    votes, against, blank, share, comparison, base
):
    before = make_count(
        (votes, against + 1),
        blank=blank,
        electors=200,
        comparison=comparison,
        share=share,
        base=base,
    )
    after = make_count(
        (votes + 1, against),
        blank=blank,
        electors=200,
        comparison=comparison,
        share=share,
        base=base,
    )

    if decide(before).verdict is Verdict.CARRIED:
        assert decide(after).verdict is Verdict.CARRIED


@given(sizes, sizes, sizes, shares, shares)
def test_the_sum_in_words_and_the_verdict_say_the_same(votes, against, blank, share, turnout):
    decision = decide(
        make_count((votes, against), blank=blank, electors=200, share=share, turnout=turnout)
    )

    carried = decision.verdict is Verdict.CARRIED
    majority = "is more than" in decision.sum_in_words
    quorum = decision.voters >= decision.electors * turnout
    assert carried == (majority and quorum)
    assert decision.sum_in_words.endswith(" Carried.") == carried

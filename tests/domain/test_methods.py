"""Which counting rule takes which answers, and what may be set for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voting.counting.options import Options
from voting.counting.rules import RULES as COUNTED
from voting.counting.tabulation import Choices, Grades, Papers, Scores
from voting.domain.methods import (
    CHOICES,
    DEFAULT_GRADES,
    RULES,
    Kind,
    Method,
    check_method,
    clean_method,
    default_method,
    order_options,
    read_method,
    write_method,
)

TAKEN = {Kind.CHOOSE: Choices, Kind.RANK: Papers, Kind.GRADE: Grades, Kind.SCORE: Scores}


def fields(method, size=5):
    return [fault.field for fault in check_method(clean_method(method), size)]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_starts_with_a_rule_that_is_fine(kind):
    method = default_method(kind)

    assert check_method(method, 3) == []
    assert clean_method(method) == method
    assert read_method(write_method(method)) == method
    assert method.is_sealed_whole == (kind != Kind.CHOOSE)


def test_every_rule_that_may_be_declared_is_one_that_counts_such_papers():
    assert {rule for rules in RULES.values() for rule in rules} == set(COUNTED)
    for kind, rules in RULES.items():
        for rule in rules:
            assert TAKEN[kind] in COUNTED[rule].takes


def test_what_a_rule_leaves_open_is_what_counting_knows():
    for rule, choices in CHOICES.items():
        assert rule in COUNTED
        for name, values in choices.items():
            assert getattr(Options(), name) == values[0]


def test_a_rule_must_fit_the_answers():
    assert fields(Method(Kind.GRADE, "meek", grades=DEFAULT_GRADES)) == ["rule"]
    assert fields(Method(Kind.RANK, "majority-judgment")) == ["rule"]
    assert fields(Method("wish", "irv")) == ["kind"]


@pytest.mark.parametrize(
    ("rule", "seats", "size", "wrong"),
    [
        ("scottish-stv", 3, 5, []),
        ("scottish-stv", 5, 5, ["seats"]),
        ("scottish-stv", 0, 5, ["seats"]),
        ("irv", 2, 5, ["seats"]),
        ("schulze", 2, 5, []),
    ],
)
def test_seats_fit_the_options_and_the_rule(rule, seats, size, wrong):
    assert fields(Method(Kind.RANK, rule, seats), size) == wrong


def test_equal_ranks_only_where_the_rule_counts_them():
    assert fields(Method(Kind.RANK, "schulze", equal_ranks=True)) == []
    assert fields(Method(Kind.RANK, "scottish-stv", equal_ranks=True)) == ["equal_ranks"]


@pytest.mark.parametrize(("most", "wrong"), [(None, []), (1, []), (5, []), (6, ["most_ranks"])])
def test_no_more_ranks_than_options(most, wrong):
    assert fields(Method(Kind.RANK, "irv", most_ranks=most)) == wrong


def test_grades_are_named_apart_and_few():
    grading = default_method(Kind.GRADE)
    assert fields(replace(grading, grades=("Good",))) == ["grades"]
    assert fields(replace(grading, grades=("Good", "good "))) == ["grades"]
    assert fields(replace(grading, grades=tuple("abcdefghijk"))) == ["grades"]
    assert fields(replace(grading, grades=("Bad", "x" * 61))) == ["grades"]
    assert fields(replace(grading, grades=(" Bad ", "", "Good"))) == []


def test_points_have_a_limit():
    assert fields(replace(default_method(Kind.SCORE), highest=0)) == ["highest"]
    assert fields(replace(default_method(Kind.SCORE), highest=101)) == ["highest"]


def test_an_option_of_the_rule_has_one_of_its_values():
    assert fields(Method(Kind.RANK, "meek", options={"variant": "nz"})) == ["variant"]
    assert clean_method(Method(Kind.RANK, "irv", options={"middle": "upper"})).options == {
        "until": "majority",
        "exclude": "single",
    }


def test_few_options_are_ranked_on_pages_and_many_with_a_rank_each():
    method = default_method(Kind.RANK)

    assert method.is_paged(7)
    assert not method.is_paged(8)
    assert not replace(method, equal_ranks=True).is_paged(3)
    assert replace(method, most_ranks=2).ranks_for(5) == 2


def test_the_random_order_follows_from_its_seed_alone():
    texts = ["Society", "Trust", "Stay as we are", "None of these"]

    order = order_options(texts, "5f1d")
    again = order_options(texts[::-1], "5f1d")

    assert [texts[at] for at in order] == [texts[::-1][at] for at in again]
    assert {tuple(order_options(texts, str(seed))) for seed in range(40)} != {tuple(order)}

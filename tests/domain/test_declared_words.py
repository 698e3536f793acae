"""The rule and the sum of an outcome, told again in another language sentence by sentence."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from voting.counting.decision import ConstituencyCount, ConstituencyRule, evaluate
from voting.counting.plurality import QuestionTally
from voting.counting.winners import WinnersTally
from voting.domain.declared_words import (
    BASES,
    HELD,
    RULES,
    SENTENCES,
    VERDICTS,
    list_names,
    tell_declared,
)
from voting.domain.methods import RULE_NAMES

OPTIONS = ("Form a mutual. Now, and well", "Stay as we are", "Staff and users")
PLACES = ("Staff", "Staff and users", "Users of the pool, and did not swim")
NAMES = {f"“{name}”": f"“{name.upper()}”" for name in OPTIONS} | {
    name: name.upper() for name in PLACES
}
KNOWN = {*SENTENCES, *VERDICTS, *BASES, *RULES, HELD, "%(rest)s and %(last)s"}


def count(place: int, tally: QuestionTally | WinnersTally, rule: ConstituencyRule, voters: int):
    name = PLACES[place]
    return ConstituencyCount(f"c{place}", name, rule, tally, 100, voters, 110 if place else 100)


def rule(place: int, comparison: str, share: str, base: str, turnout: str) -> ConstituencyRule:
    standing = "advises" if place == 2 else "decides"
    return ConstituencyRule(standing, comparison, Fraction(share), base, Fraction(turnout))


TALLIES = (
    QuestionTally(OPTIONS, (40, 20, 0), 4, 64),
    QuestionTally(OPTIONS, (30, 30, 0), 4, 44, 2),
    QuestionTally(OPTIONS, (1, 1, 0), 4, 6),
    QuestionTally(OPTIONS, (0, 0, 0), 4, 4),
    WinnersTally(OPTIONS, (0, 2), 3, 1, 64, RULE_NAMES["schulze"]),
    WinnersTally(OPTIONS, (), 3, 1, 64, RULE_NAMES["irv"]),
)
SHAPES = (
    ("more-than", "1/2", "valid", "1/2"),
    ("at-least", "2/3", "papers", "0"),
    ("at-least", "1/3", "roll", "9/10"),
    ("more-than", "3/5", "roll", "1/3"),
)


@pytest.mark.parametrize("tally", TALLIES, ids=range(len(TALLIES)))
@pytest.mark.parametrize("shape", SHAPES, ids=[shape[2] + shape[0] for shape in SHAPES])
@pytest.mark.parametrize("carrying", [None, 0])
@pytest.mark.parametrize("combination", ["all-deciding", "any-deciding"])
def test_every_declared_sentence_is_known(
    tally: QuestionTally | WinnersTally,
    shape: tuple[str, str, str, str],
    carrying: int | None,
    combination: str,
) -> None:
    """What is not ours to translate (numbers, names) comes through; nothing English is left."""
    asked: set[str] = set()

    def translate(sentence: str) -> str:
        assert sentence in KNOWN
        asked.add(sentence)
        return sentence

    decision = evaluate(
        [count(place, tally, rule(place, *shape), 60) for place in range(3)],
        combination=combination,
        carrying=carrying,
    )
    told = [decision.sentence]
    for part in decision.constituencies:
        told += [part.rule_in_words, part.sum_in_words]
    joint = isinstance(tally, WinnersTally) and carrying is None and len(tally.winners) > 1
    for text in told[1:] if joint else told:
        again = tell_declared(text, NAMES, translate)
        assert again is not None, text
        assert again.casefold() == text.casefold()
        for name in OPTIONS:
            assert f"“{name}”" not in again
    assert asked


def test_several_winners_that_are_told_as_one_are_known() -> None:
    def describe(*options: str) -> dict[str, Any]:
        told = {"options": [{"text": each} for each in options], "winners": list(options[:0:-1])}
        parts = [{"name": options[0], "questions": [told]}]
        return {"rule": {"deciding_question": 0}, "constituencies": parts}

    names = list_names(describe("Staff", "Pool", "Gym"), describe("Y staff", "Pwll", "Campfa"))
    told = tell_declared("Carried. Staff carried “Pool and Gym”.", names, str)
    assert told == "Carried. Y staff carried “Pwll”, “Campfa”."


def test_what_is_not_known_stays_as_it_was_declared() -> None:
    for text in ("Carried. By acclamation.", "“Another” must win the count by score voting.", ""):
        assert tell_declared(text, NAMES, str) is None


def test_every_rule_has_its_name_here() -> None:
    assert set(RULES) == set(RULE_NAMES.values())

"""The outcome told again from its figures: the same sentence, and the same in Welsh."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.election_ground import AIMS, BLANK, FORM, NO, YES, make_ground
from tests.services.test_declaration import declare
from voting import mail
from voting.domain.outcome_words import tell_outcome


def as_it_is(sentence: str) -> str:
    return sentence


@pytest.mark.parametrize(
    ("ground", "choices", "welsh"),
    [
        ({}, (YES, YES, NO), "Staff: pleidleisiwyd dros “Yes” (2 o blaid, 1 yn erbyn, 0 yn wag)."),
        ({}, (NO, BLANK), "Staff: ni dderbyniwyd “Yes” (0 o blaid, 1 yn erbyn, 1 yn wag)."),
        (
            {"rolls": ((1, 7, 1),)},
            (NO, YES),
            "Staff: pleidleisiwyd dros “Yes” (7 o blaid, 1 yn erbyn, 0 yn wag), "
            "wedi'u cyfrif yn ôl pwysau.",
        ),
    ],
)
def test_the_figures_tell_the_declared_sentence_and_its_welsh(
    engine: Engine, ground: dict[str, Any], choices: tuple[list[int], ...], welsh: str
) -> None:
    made = make_ground(engine, **ground)
    for voter, choice in enumerate(choices):
        made.vote(choice, voter=voter)
    outcome = declare(made)
    assert tell_outcome(outcome, as_it_is) == outcome["sentence"]
    assert tell_outcome(outcome, mail.translator("cy")) == welsh


def test_of_several_questions_the_one_that_decides_is_told(engine: Engine) -> None:
    ground = make_ground(engine, questions=(FORM, AIMS))
    ground.vote(YES, [0, 1, 0, 1, 0])
    outcome = declare(ground)
    assert tell_outcome(outcome, as_it_is) == outcome["sentence"]
    outcome["decision"]["constituencies"][0] |= {"option": None, "verdict": "not-carried"}
    assert tell_outcome(outcome, mail.translator("cy")) == (
        "Staff: nid oedd yr un opsiwn ar y blaen ar ei ben ei hun (“Yes” 1, “No” 0, 0 yn wag)."
    )

"""From the result to the declared outcome."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.election_ground import AIMS, BLANK, FORM, NO, YES, Ground, make_ground
from voting.domain.errors import Conflict
from voting.store.polls import Election, Poll
from voting.store.proposals import list_acts


def declare(ground: Ground) -> dict[str, Any]:
    ground.close()
    ground.count()
    ground.declare()
    with ground.session() as session:
        raw = session.get_one(Poll, ground.poll_id).outcome_json
        assert raw is not None
        outcome: dict[str, Any] = json.loads(raw)
        return outcome


def vote_all(ground: Ground, choices: Sequence[list[int]], place: int = 0) -> None:
    for voter, choice in enumerate(choices):
        ground.vote(choice, voter=voter, place=place)


@pytest.mark.parametrize(
    ("choices", "sentence", "verdict"),
    [
        ((YES, YES, NO), "Staff voted for “Yes”: 2 for, 1 against, 0 blank.", "carried"),
        ((YES, NO, BLANK), "Staff did not carry “Yes”: 1 for, 1 against, 1 blank.", "not-carried"),
        ((), "Staff did not carry “Yes”: 0 for, 0 against, 0 blank.", "not-carried"),
    ],
)
def test_the_outcome_is_one_sentence_and_the_rules_verdict(
    engine: Engine, choices, sentence, verdict
):
    ground = make_ground(engine)
    vote_all(ground, choices)
    outcome = declare(ground)
    assert outcome["sentence"] == sentence
    assert outcome["decision"]["verdict"] == verdict
    assert outcome["state"] == "declared"


def test_only_those_who_decide_are_in_the_sentence_and_all_in_the_table(engine: Engine):
    ground = make_ground(engine, rolls=((1, 1), (1, 1, 1)))
    vote_all(ground, (YES, YES))
    vote_all(ground, (NO, NO), place=1)
    outcome = declare(ground)
    assert outcome["sentence"] == "Staff voted for “Yes”: 2 for, 0 against, 0 blank."
    staff, users = outcome["decision"]["constituencies"]
    assert (staff["standing"], staff["verdict"]) == ("decides", "carried")
    assert (users["standing"], users["verdict"]) == ("advises", "not-carried")
    assert "As advice only: Users did not carry “Yes”." in outcome["decision"]["sentence"]
    assert users["turnout_papers"] == "2 of 3 (66.7%)"


def test_weights_count_in_votes_and_people_in_turnout(engine: Engine):
    ground = make_ground(engine, rolls=((1, 7, 1),))
    vote_all(ground, (NO, YES))
    outcome = declare(ground)
    told = "Staff voted for “Yes”: 7 for, 1 against, 0 blank, counted by weight."
    assert outcome["sentence"] == told
    (part,) = outcome["constituencies"]
    assert (part["electors"], part["total_weight"]) == (3, 9)
    assert (part["voters"], part["papers"]) == (2, 8)
    assert outcome["decision"]["constituencies"][0]["turnout_papers"] == "2 of 3 (66.7%)"


def test_every_question_is_told_and_the_frozen_one_decides(engine: Engine):
    ground = make_ground(engine, questions=(FORM, AIMS))
    ground.vote(YES, [0, 1, 0, 1, 0])
    ground.vote(YES, [1, 0, 0, 0, 0], voter=1)
    outcome = declare(ground)
    form, aims = outcome["constituencies"][0]["questions"]
    assert [option["votes"] for option in form["options"]] == [2, 0]
    assert aims == {
        "text": AIMS[0],
        "options": [
            {"text": "Hours", "votes": 1},
            {"text": "Prices", "votes": 0},
            {"text": "Repairs", "votes": 1},
            {"text": "Training", "votes": 0},
        ],
        "blank": 1,
        "valid": 1,
    }
    assert outcome["rule"]["question"] == FORM[0]


def test_the_rule_that_was_frozen_is_used_whatever_the_tables_say_now(engine: Engine):
    ground = make_ground(engine)
    vote_all(ground, (YES, YES, NO))
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        poll.rules[0].numerator = 1
        poll.rules[0].denominator = 1
        poll.questions[0].options[0].text = "Something else"
        session.commit()
    outcome = declare(ground)
    assert outcome["sentence"] == "Staff voted for “Yes”: 2 for, 1 against, 0 blank."


def test_the_declaration_is_a_public_act_with_the_outcomes_hash(engine: Engine):
    ground = make_ground(engine)
    vote_all(ground, (YES,))
    outcome = declare(ground)
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        acts = list_acts(session, poll.proposal_id)
    assert [act.kind for act in acts] == ["closed", "counted", "keys-destroyed", "declared"]
    assert [act["kind"] for act in outcome["trail"]] == ["closed", "counted", "keys-destroyed"]
    assert json.loads(acts[-1].body)["verdict"] == "carried"


def test_nothing_is_declared_before_everything_is_counted(engine: Engine):
    ground = make_ground(engine, rolls=((1,), (1,)))
    ground.close()
    with pytest.raises(Conflict):
        ground.declare()
    ground.count()
    with ground.session() as session:
        session.get_one(Election, ground.elections[1]).result = None
        session.commit()
    with pytest.raises(Conflict, match="Users have not been counted"):
        ground.declare()


@pytest.mark.parametrize("word", ["binding", "statutory"])
def test_the_outcome_claims_no_force_of_law(engine: Engine, word: str):
    ground = make_ground(engine)
    vote_all(ground, (YES, YES))
    assert word not in json.dumps(declare(ground)).lower()

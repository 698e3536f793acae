"""How questions are counted: set in the draft, checked before freezing, frozen with its order."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.factories_polls import NOW, make_draft, make_electors
from voting.domain.errors import BadInput
from voting.domain.methods import Kind, Method, order_options
from voting.services import polls
from voting.services.polls import OptionInput
from voting.services.polls.freezing import _fix_order, describe

MODELS = ("Society", "Trust", "Stay as we are", "None of these")


def ask(session, poll, kind=Kind.RANK, texts=MODELS):
    return polls.add_question(
        session,
        poll,
        text="Which model?",
        maximum=1,
        options=[OptionInput(text) for text in texts],
        kind=kind,
    )


def find_task(session, poll, code):
    return next(task for task in polls.list_tasks(session, poll, now=NOW) if task.code == code)


def test_a_question_starts_with_the_usual_rule_of_its_kind_and_another_may_be_set(session, draft):
    question = ask(session, draft)
    assert question.method.rule == "irv"

    polls.set_method(session, question, Method(Kind.RANK, "scottish-stv", 3, papers=True))

    assert (question.method.rule, question.method.seats) == ("scottish-stv", 3)


def test_a_rule_that_does_not_fit_is_refused_and_nothing_changes(session, draft):
    question = ask(session, draft)
    with pytest.raises(BadInput) as refused:
        polls.set_method(session, question, Method(Kind.RANK, "irv", 2, equal_ranks=True))

    assert [fault.field for fault in refused.value.errors] == ["seats", "equal_ranks"]
    assert question.method.seats == 1


def test_an_unknown_kind_is_refused(session, draft):
    with pytest.raises(BadInput):
        ask(session, draft, kind="wish")


def test_changing_the_words_keeps_the_rule_and_changing_the_kind_does_not(session, draft):
    question = ask(session, draft)
    polls.set_method(session, question, Method(Kind.RANK, "schulze"))
    words = {"maximum": 1, "options": [OptionInput(text) for text in MODELS]}

    polls.update_question(session, question, text="Which?", kind=Kind.RANK, **words)
    assert question.method.rule == "schulze"
    polls.update_question(session, question, text="Which?", kind=Kind.GRADE, **words)
    assert question.method.rule == "majority-judgment"


def test_fewer_options_than_places_are_a_problem(session, draft):
    question = ask(session, draft)
    polls.set_method(session, question, Method(Kind.RANK, "meek", 3))
    options = [OptionInput(text) for text in MODELS[:3]]
    polls.update_question(session, question, text="Which?", maximum=1, options=options)

    assert find_task(session, draft, "questions").problems == [
        "Question 2: 3 of 3 options cannot be elected: nothing would be decided."
    ]


def test_weights_are_refused_where_papers_are_mixed(session):
    poll = make_draft(session, electors={"Practices": 0})
    make_electors(session, poll.proposal.constituencies[0], 12, weights=[2])
    assert find_task(session, poll, "rolls").problems == []

    ask(session, poll)

    (problem,) = find_task(session, poll, "rolls").problems
    assert "weight other than 1" in problem


@pytest.mark.parametrize(
    ("group", "size", "fine"),
    [
        ("Ed25519", 30, True),
        ("Ed25519", 31, False),
        ("BELENIOS-2048", 2, False),
        ("RFC-3526-2048", 50, True),
    ],
)
def test_the_group_must_hold_such_a_paper(session, draft, group, size, fine):
    ask(session, draft, texts=[f"Model {number}" for number in range(size)])
    polls.update_poll(session, draft, group=group, now=NOW)

    assert (find_task(session, draft, "sealing").problems == []) is fine


def test_a_choice_among_models_lets_people_refuse_them_all(session, draft):
    ask(session, draft, texts=MODELS[:3])
    polls.update_poll(session, draft, deciding_question=1, carrying_option=None, now=NOW)

    assert any("none of these" in told for told in find_task(session, draft, "questions").warnings)


def test_every_paper_of_a_small_roll_stays_unpublished_and_the_organiser_is_told(session, draft):
    question = ask(session, draft)
    polls.set_method(session, question, replace(question.method, papers=True))

    assert len(find_task(session, draft, "rolls").warnings) == 2


def test_one_random_order_for_all_is_made_at_freezing_and_can_be_made_again(session, draft):
    question = ask(session, draft)
    polls.set_method(session, question, replace(question.method, shuffled=True))
    polls.update_poll(session, draft, deciding_question=1, carrying_option=0, now=NOW)

    _fix_order(session, question)

    frozen = describe(session, draft)["questions"][1]
    seed = frozen["counting"]["order_seed"]
    texts = [option["text"] for option in frozen["options"]]
    assert texts == [MODELS[at] for at in order_options(MODELS, seed)]
    assert texts[draft.carrying_option] == MODELS[0]
    assert json.dumps(frozen)

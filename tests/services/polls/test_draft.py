"""Writing a poll."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.factories_polls import (
    CLOSES_AT,
    NOW,
    OPENS_AT,
    add_question,
    freeze,
    make_constituency,
    make_proposal,
)
from tests.refusals import fields
from voting.domain.errors import BadInput, Conflict
from voting.services import polls
from voting.services.polls import OptionInput

DAY = dt.timedelta(days=1)
RULE = {
    "standing": "decides",
    "comparison": "at-least",
    "numerator": 2,
    "denominator": 3,
    "base": "papers",
    "turnout_percent": 40,
}


def find_task(session, poll, code, now=NOW):
    return next(task for task in polls.list_tasks(session, poll, now=now) if task.code == code)


def options(*texts):
    return [OptionInput(text) for text in texts]


def test_a_new_poll_has_the_default_rule_for_each_constituency(session):
    proposal = make_proposal(session)
    for name in ("Users", "Staff", "Community"):
        make_constituency(session, proposal, name)

    poll = polls.create_poll(session, proposal, title=" Forming a\nmutual ", now=NOW)

    assert (poll.title, poll.slug, poll.state) == ("Forming a mutual", "forming-a-mutual", "draft")
    rules = {rule.constituency.code: rule for rule in poll.rules}
    assert {code: rule.standing for code, rule in rules.items()} == {
        "users": "advises",
        "staff": "decides",
        "community": "advises",
    }
    staff = rules["staff"]
    assert (staff.comparison, staff.numerator, staff.denominator) == ("more-than", 1, 2)
    assert (staff.base, staff.turnout_percent) == ("valid", 50)
    assert rules["users"].turnout_percent == 0


def test_without_staff_the_first_constituency_decides(session):
    proposal = make_proposal(session)
    for name in ("Practices", "Patients"):
        make_constituency(session, proposal, name)

    poll = polls.create_poll(session, proposal, title="A vote", now=NOW)

    assert [rule.standing for rule in poll.rules] == ["decides", "advises"]


def test_default_rules_leave_those_alone_that_were_set(session, draft):
    staff = draft.proposal.constituencies[0]
    polls.set_rule(session, draft, staff, **RULE)

    polls.default_rules(session, draft)

    assert [rule.base for rule in draft.rules] == ["papers", "valid"]


def test_a_poll_needs_a_title(session):
    with pytest.raises(BadInput) as refusal:
        polls.create_poll(session, make_proposal(session), title=" ", now=NOW)
    assert fields(refusal) == ["title"]


def test_what_is_not_given_stays(session, draft):
    polls.update_poll(session, draft, introduction=" Read this.\r\n", now=NOW)

    assert draft.introduction == "Read this."
    assert (draft.opens_at, draft.carrying_option, draft.group) == (OPENS_AT, 0, "Ed25519")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"introduction": "x" * 5001}, "introduction"),
        ({"group": "secp256k1"}, "group"),
        ({"combination": "most"}, "combination"),
        ({"closes_at": OPENS_AT}, "closes_at"),
        ({"closes_at": OPENS_AT - DAY}, "closes_at"),
        ({"opens_at": CLOSES_AT + DAY}, "closes_at"),
        ({"grace_minutes": 11}, "grace_minutes"),
        ({"deciding_question": 1}, "deciding_question"),
        ({"deciding_question": -1}, "deciding_question"),
        ({"carrying_option": 2}, "carrying_option"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_by_field_and_changes_nothing(
    session, draft, changes, field
):
    with pytest.raises(BadInput) as refusal:
        polls.update_poll(session, draft, now=NOW, show_ballot_count=True, **changes)

    assert fields(refusal) == [field]
    assert draft.show_ballot_count is False


def test_no_option_carrying_means_the_leading_one(session, draft):
    assert polls.update_poll(session, draft, carrying_option=None, now=NOW).carrying_option is None


def test_the_carrying_option_may_be_chosen_before_there_are_questions(session):
    poll = polls.create_poll(session, make_proposal(session), title="A vote", now=NOW)

    assert polls.update_poll(session, poll, carrying_option=0, now=NOW).carrying_option == 0


def test_a_question_keeps_its_options_in_order(session, draft):
    question = polls.add_question(
        session, draft, text=" Which  two? ", maximum=2, options=options(" A ", "B", "C")
    )

    assert (question.text, question.position, question.maximum) == ("Which two?", 1, 2)
    assert [(option.position, option.text) for option in question.options] == [
        (0, "A"),
        (1, "B"),
        (2, "C"),
    ]


def test_faults_of_a_question_are_told_by_field_and_nothing_is_stored(session, draft):
    with pytest.raises(BadInput) as refusal:
        polls.add_question(
            session, draft, text="", minimum=4, maximum=3, options=options("A", "", "a")
        )

    assert fields(refusal) == ["text", "minimum", "options-1-text", "options-2-text"]
    assert len(draft.questions) == 1


def test_there_is_an_end_to_questions(session, draft):
    for number in range(19):
        add_question(session, draft, text=f"Question {number}")

    with pytest.raises(Conflict, match="at most 20"):
        add_question(session, draft)


@pytest.mark.parametrize(
    ("before", "texts", "after"),
    [
        (0, ("Stay as we are", "Become a mutual"), 1),
        (0, ("Form a mutual", "Stay as we are"), 0),
        (1, ("Something else", "Become a mutual", "Third"), -1),
        (None, ("Other", "Another"), None),
    ],
)
def test_the_option_that_carries_is_followed_when_options_change(
    session, draft, before, texts, after
):
    polls.update_poll(session, draft, carrying_option=before, now=NOW)

    polls.update_question(
        session, draft.questions[0], text="Anew?", maximum=1, options=options(*texts)
    )

    assert draft.carrying_option == after
    assert [option.text for option in draft.questions[0].options] == list(texts)
    problems = find_task(session, draft, "rules").problems
    assert bool(problems) == (after == -1)


def test_an_option_that_is_lost_stays_lost_until_chosen_again(session, draft):
    for texts in (("A", "B", "C"), ("D", "E")):
        polls.update_question(
            session, draft.questions[0], text="Anew?", maximum=1, options=options(*texts)
        )

    assert draft.carrying_option == -1
    with pytest.raises(BadInput, match="is gone"):
        freeze(session, draft)


def test_another_questions_options_do_not_move_the_carrying_one(session, draft):
    other = add_question(session, draft, text="Another?")

    polls.update_question(
        session, other, text="Another?", maximum=1, options=options("A", "B", "C")
    )

    assert draft.carrying_option == 0


@pytest.mark.parametrize(
    ("deciding", "carrying", "removed", "after"),
    [(1, 0, 0, (0, 0)), (0, 0, 2, (0, 0)), (1, 0, 1, (0, -1)), (1, None, 1, (0, None))],
)
def test_removing_a_question_keeps_what_decides(session, draft, deciding, carrying, removed, after):
    for text in ("Second?", "Third?"):
        add_question(session, draft, text=text)
    polls.update_poll(session, draft, deciding_question=deciding, carrying_option=carrying, now=NOW)

    polls.remove_question(session, draft.questions[removed])
    session.expire_all()

    assert [question.position for question in draft.questions] == [0, 1]
    assert (draft.deciding_question, draft.carrying_option) == after


def test_a_rule_is_set_and_set_again(session, draft):
    staff = draft.proposal.constituencies[0]

    first = polls.set_rule(session, draft, staff, **RULE)
    second = polls.set_rule(session, draft, staff, **{**RULE, "numerator": 1})

    assert first is second
    assert (first.numerator, len(draft.rules)) == (1, 2)


def test_a_rule_that_makes_no_sense_is_refused(session, draft):
    staff = draft.proposal.constituencies[0]

    with pytest.raises(BadInput) as refusal:
        polls.set_rule(session, draft, staff, **{**RULE, "numerator": 4, "standing": ""})
    assert fields(refusal) == ["standing", "numerator"]


def test_a_constituency_of_another_proposal_is_unknown_here(session, draft):
    stranger = make_constituency(session, make_proposal(session), "Strangers")

    with pytest.raises(BadInput, match="'Strangers' is not part of this proposal"):
        polls.set_rule(session, draft, stranger, **RULE)

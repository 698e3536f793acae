"""What a draft lacks, and what deserves a second look."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from tests.bilingual_ground import say_bilingual
from tests.factories_polls import (
    NOW,
    OPENS_AT,
    freeze,
    make_account,
    make_constituency,
    make_draft,
    make_electors,
    make_proposal,
)
from voting.domain.errors import BadInput
from voting.domain.holding import Holding
from voting.services import hub, polls, proposals, roll
from voting.services.polls import OptionInput
from voting.store.roll import Credential, list_electors

MINUTE = dt.timedelta(minutes=1)


def find_task(session, poll, code, now=NOW):
    return next(task for task in polls.list_tasks(session, poll, now=now) if task.code == code)


def count_voters(session, election_id):
    query = select(func.count()).where(Credential.election_id == election_id)
    return session.scalar(query)


def options(*texts):
    return [OptionInput(text) for text in texts]


def test_a_complete_draft_lacks_nothing(session, draft):
    tasks = polls.list_tasks(session, draft, now=NOW)

    assert [(task.code, task.state) for task in tasks] == [
        ("purpose", "complete"),
        ("questions", "complete"),
        ("rolls", "complete"),
        ("rules", "complete"),
        ("dates", "complete"),
        ("sealing", "complete"),
        ("keys", "complete"),
        ("codes", "complete"),
    ]
    assert [task.code for task in tasks if task.warnings] == ["purpose"]  # there is no page yet


def test_what_the_page_does_not_say_is_warned_of_and_does_not_stop_the_freeze(session, draft):
    task = find_task(session, draft, "purpose")
    assert [told.partition(".")[0] for told in task.warnings] == [
        "The page does not say what is proposed",
        "The page does not say who decides, and under what rule",
    ]
    assert task.state == "complete"
    page = {"is_bilingual": False, "public_may_ask": False, "now": NOW}
    hub.update_hub(session, draft.proposal, summary="A trust of its own.", **page)
    [left] = find_task(session, draft, "purpose").warnings
    assert left.startswith("The page does not say who decides")
    hub.update_hub(session, draft.proposal, who_decides="The council.", **page)
    assert find_task(session, draft, "purpose").warnings == []


def test_an_empty_draft_says_what_is_missing(session):
    poll = polls.create_poll(session, make_proposal(session), title="A vote", now=NOW)

    found = {
        task.code: (task.state, task.problems)
        for task in polls.list_tasks(session, poll, now=NOW)
        if task.problems
    }
    assert found == {
        "questions": ("incomplete", ["There is no question yet."]),
        "rolls": ("incomplete", ["There is no constituency yet."]),
        "rules": ("cannot-start", ["Add a constituency and a question first."]),
        "dates": ("incomplete", ["Choose when voting opens and closes."]),
    }


def test_a_proposal_that_does_not_say_what_is_decided_cannot_open(session, draft):
    draft.proposal.deciding, draft.proposal.still_open = " ", ""

    assert len(find_task(session, draft, "purpose").problems) == 2


def test_one_option_and_an_unknown_group_are_problems_however_they_got_there(session, draft):
    draft.questions[0].options.pop()
    draft.group = "secp256k1"
    session.flush()

    assert find_task(session, draft, "questions").problems == [
        "Question 1 needs at least two options."
    ]
    assert find_task(session, draft, "sealing").problems == ["'secp256k1' is not a known group."]


def test_missing_background_lopsided_options_and_no_way_to_stay_are_warned_about(session, draft):
    rich = OptionInput("Co-operative", "What it is", "b" * 50, "d" * 10, "Paper")
    polls.update_question(
        session,
        draft.questions[0],
        text="Which?",
        maximum=1,
        options=[rich, OptionInput("Society", "What it is")],
    )

    first, second, third = find_task(session, draft, "questions").warnings
    assert first == "Question 1: not every option has its benefits, drawbacks and source."
    assert "“Co-operative”: the benefits have 50 characters and the drawbacks 10" in second
    assert third.startswith("No option of question 1 reads like staying as we are.")


def test_only_the_question_that_decides_must_offer_staying(session, draft):
    polls.add_question(session, draft, text="Which?", maximum=1, options=options("A", "B"))

    warnings = find_task(session, draft, "questions").warnings
    assert not [warning for warning in warnings if "staying" in warning]


def test_an_empty_roll_is_a_problem(session):
    poll = make_draft(session, electors={"Staff": 0, "Users": 10})

    task = find_task(session, poll, "rolls")

    assert (task.problems, task.warnings) == (["The roll of Staff is empty."], [])


def test_d1_a_constituency_under_ten_is_not_counted_with_a_key_that_the_service_holds(session):
    poll = make_draft(session, electors={"Users": 1, "Board": 9, "Others": 10})

    task = find_task(session, poll, "rolls")

    assert (task.state, task.warnings) == ("incomplete", [])
    assert [problem[:40] for problem in task.problems] == [
        "The roll of Users has only 1 person. Wit",
        "The roll of Board has only 9 people. Wit",
    ]
    assert all("Join it to another constituency, or let" in told for told in task.problems)
    with pytest.raises(BadInput, match="The roll of Board has only 9 people"):
        freeze(session, poll)
    assert (poll.state, poll.elections) == ("draft", [])


def test_d1_scrutineers_may_count_a_constituency_under_ten_after_a_warning(session):
    poll = make_draft(session, electors={"Board": 9, "Others": 10})
    poll.key_holding = Holding.SCRUTINEERS

    task = find_task(session, poll, "rolls")

    assert (task.state, task.problems) == ("complete", [])
    (warning,) = task.warnings
    assert warning.endswith("how someone voted. Join it to another constituency.")


def test_d1_a_constituency_under_ten_that_is_joined_to_another_is_counted_with_it(session):
    poll = make_draft(session, electors={"Others": 10, "Board": 9})
    others, board = poll.proposal.constituencies
    account = make_account(session)
    proposals.join_constituency(session, board, others, actor=account, now=NOW)

    freeze(session, poll)

    (election,) = poll.elections
    assert (election.constituency.name, count_voters(session, election.id)) == ("Others", 19)


def test_a_file_that_waits_is_pointed_out(session, draft):
    staff = draft.proposal.constituencies[0]
    roll.preview_import(session, staff, "s.csv", b"name,email\nJo,jo@people.example", now=NOW)

    assert find_task(session, draft, "rolls").warnings == [
        "A file for the roll of Staff waits for you to confirm or drop it."
    ]


def test_a_reason_of_a_weight_without_welsh_is_pointed_out_where_the_vote_is_in_both(
    session, draft
):
    staff = draft.proposal.constituencies[0]
    first, second = list_electors(session, staff.id)[:2]
    first.weight, first.weight_reason, first.weight_reason_cy = 2, "Two sites", "Dau safle"
    second.weight, second.weight_reason = 3, "Three sites"
    session.flush()
    assert find_task(session, draft, "rolls").warnings == []

    say_bilingual(session, draft, now=NOW)

    told = [each for each in find_task(session, draft, "rolls").warnings if "weight" in each]
    assert told == [
        "The reason for the weight 3 in Staff is in English alone: “Three sites”. "
        "A column “weight_reason_cy” of the file has the Welsh."
    ]


def test_weights_beyond_what_can_be_counted_are_a_problem(session, draft):
    staff = draft.proposal.constituencies[0]
    for elector in list_electors(session, staff.id):
        elector.weight = 100_000_001
    session.flush()

    assert find_task(session, draft, "rolls").problems == [
        "The weights of Staff add up to more than 1,000,000,000."
    ]


def test_every_constituency_needs_a_rule_and_one_must_decide(session, draft):
    for rule in draft.rules:
        rule.standing = "advises"
    make_electors(session, make_constituency(session, draft.proposal, "Late"), 10)

    assert find_task(session, draft, "rules").problems == [
        "Late has no decision rule.",
        "No constituency decides. At least one must.",
    ]


def test_the_deciding_question_must_be_there(session, draft):
    draft.deciding_question = 3

    assert find_task(session, draft, "rules").problems == [
        "Choose the question that is held against the rule."
    ]


def test_an_opening_in_the_past_stops_the_freeze(session, draft):
    late = OPENS_AT + MINUTE

    assert find_task(session, draft, "dates", late).problems == [
        "The opening time is in the past. Choose a later one."
    ]
    with pytest.raises(BadInput, match="in the past"):
        freeze(session, draft, now=late)


def test_a_very_short_vote_is_warned_about_not_refused(session):
    poll = make_draft(session, closes_at=OPENS_AT + 14 * MINUTE)

    task = find_task(session, poll, "dates")

    assert task.state == "complete"
    assert "less than 15 minutes" in task.warnings[0]

"""Polls: what a draft lacks, what freezing fixes, and what may be done afterwards."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest
from sqlalchemy.orm import Session

from tests.factories_polls import (
    CLOSES_AT,
    NOW,
    OPENS_AT,
    YES_NO,
    add_question,
    freeze,
    make_account,
    make_constituency,
    make_draft,
    make_electors,
    make_open_poll,
    make_proposal,
    make_ready_poll,
)
from tests.letters_ground import DATABASES, fresh_engine
from voting.domain.errors import BadInput, Conflict, NotOpen
from voting.services import polls, roll
from voting.services.polls import OptionInput
from voting.store.board import get_records
from voting.store.proposals import last_act, list_acts
from voting.store.roll import Elector, list_electors

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
RULE = {
    "standing": "decides",
    "comparison": "at-least",
    "numerator": 2,
    "denominator": 3,
    "base": "papers",
    "turnout_percent": 40,
}


@pytest.fixture(params=DATABASES)
def session(request, tmp_path):
    with fresh_engine(request.param, tmp_path) as engine, Session(engine) as session:
        yield session


@pytest.fixture
def draft(session):
    return make_draft(session)


def fields(refusal):
    return [error.field for error in refusal.value.errors]


def find_task(session, poll, code, now=NOW):
    return next(task for task in polls.list_tasks(session, poll, now=now) if task.code == code)


def options(*texts):
    return [OptionInput(text) for text in texts]


# ------------------------------------------------------------------ the draft


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


# ------------------------------------------------------------------ the task list


def test_a_complete_draft_lacks_nothing(session, draft):
    tasks = polls.list_tasks(session, draft, now=NOW)

    assert [(task.code, task.state) for task in tasks] == [
        ("purpose", "complete"),
        ("questions", "complete"),
        ("rolls", "complete"),
        ("rules", "complete"),
        ("dates", "complete"),
        ("sealing", "complete"),
    ]
    assert [warning for task in tasks for warning in task.warnings] == []


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


def test_an_empty_roll_is_a_problem_and_a_small_one_a_warning(session):
    poll = make_draft(session, electors={"Staff": 0, "Users": 1, "Board": 9, "Others": 10})

    task = find_task(session, poll, "rolls")

    assert task.problems == ["The roll of Staff is empty."]
    assert [warning[:40] for warning in task.warnings] == [
        "The roll of Users has only 1 person. Wit",
        "The roll of Board has only 9 people. Wit",
    ]


def test_a_file_that_waits_is_pointed_out(session, draft):
    staff = draft.proposal.constituencies[0]
    roll.preview_import(session, staff, "s.csv", b"name,email\nJo,jo@people.example", now=NOW)

    assert find_task(session, draft, "rolls").warnings == [
        "A file for the roll of Staff waits for you to confirm or drop it."
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


# ------------------------------------------------------------------ freezing


def test_freezing_fixes_everything_that_voters_and_rules_depend_on(session, draft):
    actor = make_account(session)

    freeze(session, draft, actor=actor)

    frozen = json.loads(draft.frozen_json)
    assert (draft.state, draft.frozen_at) == ("ready", NOW)
    assert draft.frozen_hash == hashlib.sha256(draft.frozen_json).hexdigest()
    assert frozen["proposal"]["deciding"] == draft.proposal.deciding
    assert frozen["poll"]["opens_at"] == "2026-03-03T09:00:00Z"
    assert frozen["poll"]["carrying_option"] == 0
    assert frozen["questions"][0]["options"][1]["text"] == YES_NO[1].text
    assert frozen["constituencies"][0]["rule"]["turnout_percent"] == 50
    act = json.loads(last_act(session, draft.proposal_id).body)
    assert (act["kind"], act["hash"], act["account"]) == ("frozen", draft.frozen_hash, actor.id)


def test_every_constituency_gets_an_election_that_the_frozen_text_names(session, draft):
    freeze(session, draft)

    parts = json.loads(draft.frozen_json)["constituencies"]
    assert [part["uuid"] for part in parts] == [e.uuid for e in draft.elections]
    for part, election in zip(parts, draft.elections, strict=True):
        _definition, _trustees, credentials, _setup = get_records(session, election.id, 0)
        assert part["fingerprint"] == election.fingerprint
        assert part["roll"]["credentials_hash"] == hashlib.sha256(credentials).hexdigest()
        assert part["roll"]["electors"] == len(json.loads(credentials)) == 10


def test_weights_are_published_with_reasons_and_people_are_not(session):
    proposal = make_proposal(session)
    make_electors(session, make_constituency(session, proposal), 5, weights=[4, 4])

    poll = freeze(session, make_draft(session, proposal))

    (part,) = json.loads(poll.frozen_json)["constituencies"]
    assert part["roll"]["total_weight"] == 11
    assert part["roll"]["weights"] == [
        {"weight": 1, "reason": "", "count": 3},
        {"weight": 4, "reason": "Members of the organisation", "count": 2},
    ]
    assert b"people.example" not in poll.frozen_json
    assert b"Sam" not in poll.frozen_json


def test_an_incomplete_draft_is_not_frozen_and_every_problem_is_listed(session):
    poll = polls.create_poll(session, make_proposal(session), title="A vote", now=NOW)

    with pytest.raises(BadInput) as refusal:
        freeze(session, poll)

    assert fields(refusal) == ["questions", "rolls", "rules", "dates"]
    assert (poll.state, poll.frozen_json, poll.elections) == ("draft", None, [])


def test_a_poll_is_frozen_once(session):
    with pytest.raises(Conflict, match="was frozen before"):
        freeze(session, make_ready_poll(session))


def test_nothing_is_edited_after_freezing(session):
    poll = make_ready_poll(session)
    question, staff = poll.questions[0], poll.proposal.constituencies[0]
    before = poll.frozen_hash

    for edit in (
        lambda: polls.update_poll(session, poll, title="Other", now=NOW),
        lambda: polls.update_poll(session, poll, closes_at=CLOSES_AT + DAY, now=NOW),
        lambda: add_question(session, poll),
        lambda: polls.update_question(session, question, text="?", maximum=1, options=YES_NO),
        lambda: polls.remove_question(session, question),
        lambda: polls.set_rule(session, poll, staff, **RULE),
    ):
        with pytest.raises(Conflict, match="were fixed when it was frozen"):
            edit()
    assert (poll.frozen_hash, poll.title) == (before, "Forming a mutual")


# ------------------------------------------------------------------ conduct


def test_a_poll_opens_when_its_time_has_come_and_not_before(session):
    poll = make_ready_poll(session)

    assert polls.open_due(session, OPENS_AT - MINUTE) == []
    with pytest.raises(NotOpen, match="has not come yet"):
        polls.open_poll(session, poll, now=OPENS_AT - MINUTE)
    assert polls.open_due(session, OPENS_AT) == [poll]
    assert polls.open_due(session, OPENS_AT) == []

    assert poll.state == "open"
    assert last_act(session, poll.proposal_id).kind == "opened"


def test_a_draft_does_not_open(session, draft):
    with pytest.raises(Conflict, match="still a draft"):
        polls.open_poll(session, draft, now=OPENS_AT)


def extend(session, poll, closes_at, *, now=CLOSES_AT - DAY, reason="The post was late"):
    return polls.extend(session, poll, closes_at=closes_at, reason=reason, actor=None, now=now)


def test_an_open_poll_may_be_extended_again_and_again_in_public(session):
    poll = make_open_poll(session)

    extend(session, poll, CLOSES_AT + DAY)
    extend(session, poll, CLOSES_AT + 2 * DAY, now=CLOSES_AT)

    assert poll.closes_at == CLOSES_AT + 2 * DAY
    acts = [json.loads(act.body) for act in list_acts(session, poll.proposal_id, poll.id)][-2:]
    assert [(act["kind"], act["reason"]) for act in acts] == [("extended", "The post was late")] * 2
    assert acts[1]["was"] == acts[0]["closes_at"] == "2026-03-18T09:00:00Z"


def test_within_the_grace_a_poll_may_still_be_extended_and_after_it_not(session):
    poll = make_open_poll(session)
    late = CLOSES_AT + 11 * MINUTE

    with pytest.raises(Conflict, match="has closed"):
        extend(session, poll, CLOSES_AT + DAY, now=late)
    extend(session, poll, CLOSES_AT + DAY, now=CLOSES_AT + 10 * MINUTE)

    assert poll.closes_at == CLOSES_AT + DAY


@pytest.mark.parametrize(
    ("closes_at", "reason", "expected"),
    [
        (CLOSES_AT, "Why", ["closes_at"]),
        (CLOSES_AT - DAY, "Why", ["closes_at"]),
        (OPENS_AT + 400 * DAY, "Why", ["closes_at"]),
        (CLOSES_AT + DAY, " ", ["reason"]),
        (CLOSES_AT + DAY, "x" * 1001, ["reason"]),
        (CLOSES_AT, "", ["reason", "closes_at"]),
    ],
)
def test_an_extension_is_later_and_says_why(session, closes_at, reason, expected):
    poll = make_open_poll(session)

    with pytest.raises(BadInput) as refusal:
        extend(session, poll, closes_at, reason=reason)

    assert fields(refusal) == expected
    assert poll.closes_at == CLOSES_AT


def test_the_new_closing_time_is_not_already_past(session):
    poll = make_open_poll(session)

    with pytest.raises(BadInput, match="later than now"):
        extend(session, poll, CLOSES_AT + 5 * MINUTE, now=CLOSES_AT + 6 * MINUTE)


def test_a_poll_that_has_not_opened_is_not_extended(session):
    with pytest.raises(Conflict, match="has not opened yet"):
        extend(session, make_ready_poll(session), CLOSES_AT + DAY)


def test_a_poll_is_cancelled_for_a_public_reason(session):
    poll, actor = make_open_poll(session), make_account(session)

    polls.cancel(session, poll, reason=" A mistake in the roll ", actor=actor, now=OPENS_AT)

    act = json.loads(last_act(session, poll.proposal_id).body)
    assert poll.state == "cancelled"
    assert (act["kind"], act["reason"]) == ("cancelled", "A mistake in the roll")
    assert act["account"] == actor.id
    assert polls.open_due(session, OPENS_AT) == []


def test_no_poll_is_cancelled_without_a_reason(session):
    poll = make_ready_poll(session)

    with pytest.raises(BadInput) as refusal:
        polls.cancel(session, poll, reason="", actor=None, now=NOW)
    assert (fields(refusal), poll.state) == (["reason"], "ready")


@pytest.mark.parametrize("state", ["counting", "declared", "published", "cancelled"])
def test_what_is_being_counted_or_over_is_not_cancelled(session, state):
    poll = make_ready_poll(session)
    poll.state = state

    with pytest.raises(Conflict, match="cannot be cancelled now"):
        polls.cancel(session, poll, reason="Why", actor=None, now=NOW)


def test_a_draft_has_nothing_to_cancel(session, draft):
    with pytest.raises(Conflict, match="still a draft"):
        polls.cancel(session, draft, reason="Why", actor=None, now=NOW)


def test_the_demonstration_may_close_early_and_the_trail_says_so(session):
    poll = make_open_poll(session)

    polls.close_early_for_demo(session, poll, reason="To show the count", now=OPENS_AT + MINUTE)

    act = json.loads(last_act(session, poll.proposal_id).body)
    assert (poll.closes_at, poll.grace_minutes) == (OPENS_AT + MINUTE, 0)
    assert (act["kind"], act["was"]) == ("closing-brought-forward", "2026-03-17T09:00:00Z")


def test_closing_early_needs_a_reason_and_an_open_poll(session):
    poll = make_open_poll(session)

    with pytest.raises(BadInput, match="reason"):
        polls.close_early_for_demo(session, poll, reason="", now=OPENS_AT)
    ready = make_ready_poll(session)
    with pytest.raises(Conflict, match="not opened yet"):
        polls.close_early_for_demo(session, ready, reason="Why", now=OPENS_AT)


def test_every_act_of_a_polls_life_stands_in_the_trail_in_order(session):
    poll = make_open_poll(session)
    extend(session, poll, CLOSES_AT + DAY)
    polls.cancel(session, poll, reason="A mistake", actor=None, now=CLOSES_AT)

    kinds = [act.kind for act in list_acts(session, poll.proposal_id, poll.id)]
    assert kinds == ["frozen", "opened", "extended", "cancelled"]


def test_people_added_to_the_tables_behind_our_back_do_not_change_what_is_frozen(session):
    poll = make_ready_poll(session)
    staff = poll.proposal.constituencies[0]
    session.add(
        Elector(constituency_id=staff.id, name="Late", email="l@x.example", email_key="l@x.example")
    )
    session.flush()

    assert json.loads(poll.frozen_json)["constituencies"][0]["roll"]["electors"] == 10

"""What freezing fixes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest
from sqlalchemy.orm import Session

from tests.factories_polls import (
    CLOSES_AT,
    NOW,
    YES_NO,
    add_question,
    freeze,
    make_account,
    make_constituency,
    make_draft,
    make_electors,
    make_proposal,
    make_ready_poll,
)
from tests.refusals import fields
from voting.domain.errors import BadInput, Conflict
from voting.services import polls
from voting.store.board import get_records
from voting.store.proposals import last_act

DAY = dt.timedelta(days=1)
RULE = {
    "standing": "decides",
    "comparison": "at-least",
    "numerator": 2,
    "denominator": 3,
    "base": "papers",
    "turnout_percent": 40,
}


@pytest.fixture
def session(each_engine):
    """A session on an empty database, once on SQLite and once on PostgreSQL."""
    with Session(each_engine) as session:
        yield session


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
    make_electors(session, make_constituency(session, proposal), 11, weights=[4, 4])

    poll = freeze(session, make_draft(session, proposal))

    (part,) = json.loads(poll.frozen_json)["constituencies"]
    assert part["roll"]["total_weight"] == 17
    assert part["roll"]["weights"] == [
        {"weight": 1, "reason": "", "count": 9},
        {"weight": 4, "reason": "Members of the organisation", "count": 2},
    ]
    assert b"people.example" not in poll.frozen_json
    assert b"Sam staff" not in poll.frozen_json


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

"""What may be done to a poll once it is frozen."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy.orm import Session

from tests.factories_polls import (
    CLOSES_AT,
    NOW,
    OPENS_AT,
    make_account,
    make_open_poll,
    make_ready_poll,
)
from tests.refusals import fields
from voting.domain.errors import BadInput, Conflict, NotOpen
from voting.services import polls
from voting.store.proposals import last_act, list_acts
from voting.store.roll import Elector

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def session(each_engine):
    """A session on an empty database, once on SQLite and once on PostgreSQL."""
    with Session(each_engine) as session:
        yield session


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

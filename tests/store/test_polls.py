"""What is asked of polls."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from tests.factories_polls import CLOSES_AT, OPENS_AT, make_draft, make_ready_poll
from voting.domain.lifecycle import State, Timetable
from voting.store import polls


def test_a_poll_knows_its_timetable(session):
    poll = make_draft(session)

    assert poll.timetable == Timetable(OPENS_AT, CLOSES_AT, dt.timedelta(minutes=10), State.DRAFT)


def test_a_locked_poll_is_read_anew(session):
    session.expire_on_commit = False
    poll = make_draft(session)
    session.commit()
    with Session(session.get_bind()) as other:
        polls.lock_poll(other, poll.id).title = "Changed elsewhere"
        other.commit()
    assert poll.title == "Forming a mutual"

    assert polls.lock_poll(session, poll.id).title == "Changed elsewhere"


def test_a_poll_that_is_not_there_is_said(session):
    with pytest.raises(LookupError, match="no poll 4711"):
        polls.lock_poll(session, 4711)


def test_only_frozen_polls_use_a_constituency(session):
    draft = make_draft(session)
    (staff, _users) = draft.proposal.constituencies
    assert polls.list_polls_using(session, staff.id) == []

    ready = make_ready_poll(session, proposal=draft.proposal)

    assert polls.list_polls_using(session, staff.id) == [ready]
    assert polls.list_poll_slugs(session, draft.proposal_id) == [draft.slug, ready.slug]

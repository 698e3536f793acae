"""Replacing a link: the old one is void, and the public trail does not say whose it was."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.letters_ground import NOW, add_poll
from tests.services.correspondence.ground import (
    Desk,
    queue,
    send_due,
)
from tests.smtp_ground import Sink
from voting.domain.errors import BadInput, Conflict
from voting.services import correspondence
from voting.store.database import transaction
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.proposals import list_acts
from voting.store.roll import Credential, Elector, LinkReplacement


def replace(session: Session, poll: Poll, *, asked: bool = False, reason: str = "Lost") -> None:
    with transaction(session):
        elector = session.get_one(Elector, 1)
        correspondence.replace_link(
            session, poll, elector, reason=reason, now=NOW, voter_asked=asked
        )


def test_a_replaced_link_is_recorded_and_a_new_one_is_sent(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    queue(session, poll)
    replace(session, poll, reason="Sent to\nan old address")

    assert session.get_one(Elector, 1).link_generation == 2
    replacement = session.scalars(select(LinkReplacement)).one()
    assert (replacement.generation, replacement.reason) == (2, "Sent to an old address")
    assert send_due(desk, sink.port) == ["sent"] * 5
    mine = [sink.body(n) for n, to in enumerate(sink.recipients()) if to.startswith("staff0")]
    assert len(mine) == 1
    assert f"/v/token-{poll.id}-1-2#CODE-1-1" in mine[0]
    assert "has stopped working" in mine[0]


def test_the_public_trail_does_not_say_whose_link_was_replaced(
    session: Session, poll: Poll
) -> None:
    replace(session, poll, reason="Sam moved house")

    act = list_acts(session, poll.proposal_id)[-1]
    assert act.kind == "link-replaced"
    assert json.loads(act.body)["constituency"] == "staff"
    for personal in ("Sam", "staff0", "moved", '"elector"'):
        assert personal not in act.body


def test_a_replacement_needs_a_reason(session: Session, poll: Poll) -> None:
    with pytest.raises(BadInput, match="Enter why"):
        replace(session, poll, reason=" \n ")

    assert session.get_one(Elector, 1).link_generation == 1


def test_after_a_vote_a_link_is_replaced_only_if_the_voter_asks(
    session: Session, poll: Poll
) -> None:
    with transaction(session):
        session.execute(update(Credential).where(Credential.id == 1).values(has_voted=True))
    with pytest.raises(Conflict, match="voter asks"):
        replace(session, poll)
    replace(session, poll, asked=True)

    assert session.get_one(Elector, 1).link_generation == 2


def test_after_the_vote_no_link_is_replaced(session: Session, poll: Poll) -> None:
    with transaction(session):
        poll.state = "closed"
    with pytest.raises(Conflict):
        replace(session, poll)


def test_other_running_polls_of_the_proposal_get_a_working_link_too(
    session: Session, poll: Poll
) -> None:
    with transaction(session):
        other = add_poll(session, poll.proposal, slug="model")
    queue(session, poll)
    queue(session, other)
    replace(session, poll)

    keys = session.scalars(select(Letter.key).where(Letter.kind == "replacement")).all()
    assert sorted(keys) == [f"replacement:{poll.id}:1:2", f"replacement:{other.id}:1:2"]

"""The trail of acts is a chain that anyone can follow."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy.exc import IntegrityError

from tests.factories_polls import NOW, make_proposal
from voting.store.proposals import Act, append_act, list_acts, list_slugs


def test_each_act_names_the_hash_of_the_one_before(session):
    proposal = make_proposal(session)
    append_act(session, proposal.id, None, "edited", now=NOW, details={"reason": "Sân"})
    append_act(session, proposal.id, None, "edited", now=NOW, details={})

    parent = None
    for position, act in enumerate(list_acts(session, proposal.id)):
        body = json.loads(act.body)
        assert (body["parent"], body["position"]) == (parent, position)
        assert body["at"] == "2026-03-02T09:00:00Z"
        assert hashlib.sha256(act.body.encode()).hexdigest() == act.hash
        parent = act.hash


def test_two_proposals_have_two_chains(session):
    first, second = make_proposal(session), make_proposal(session)

    append_act(session, first.id, None, "edited", now=NOW, details={})

    assert [act.position for act in list_acts(session, second.id)] == [0]


@pytest.mark.parametrize("name", ["parent", "position", "kind", "at", "poll"])
def test_details_cannot_forge_the_head_of_an_act(session, name):
    proposal = make_proposal(session)

    with pytest.raises(ValueError, match="header"):
        append_act(session, proposal.id, None, "edited", now=NOW, details={name: 0})


def test_the_database_refuses_a_fork_of_the_chain(session):
    proposal = make_proposal(session)
    session.add(
        Act(proposal_id=proposal.id, position=0, kind="created", at=NOW, body="{}", hash="0" * 64)
    )

    with pytest.raises(IntegrityError):
        session.flush()


def test_a_taken_address_is_found_by_its_beginning_and_nothing_else_is(session):
    make_proposal(session, title="A b")
    make_proposal(session, title="Other")

    assert list_slugs(session, "a-b") == ["a-b"]
    assert list_slugs(session, "a_b") == []

"""Proposals and their constituencies."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy.orm import Session

from tests.factories_polls import (
    NOW,
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
from voting.services import polls, proposals, roll
from voting.store.proposals import has_role, list_acts, list_proposals_of


@pytest.fixture
def session(engine):
    """A session on an empty database."""
    with Session(engine) as session:
        yield session


def test_a_proposal_belongs_to_the_one_who_made_it(session):
    account = make_account(session)
    proposal = make_proposal(session, account, title="  The future\r\nof it ")

    assert (proposal.title, proposal.slug) == ("The future of it", "the-future-of-it")
    assert list_proposals_of(session, account.id, "organiser") == [proposal]
    (act,) = list_acts(session, proposal.id)
    assert (act.kind, json.loads(act.body)["account"]) == ("created", account.id)


def test_two_proposals_of_one_title_have_two_addresses(session):
    slugs = [make_proposal(session, title="One thing").slug for _ in range(3)]

    assert slugs == ["one-thing", "one-thing-2", "one-thing-3"]


def test_every_fault_is_told_by_field_and_nothing_is_kept(session):
    account = make_account(session)
    with pytest.raises(BadInput) as refusal:
        make_proposal(
            session,
            account,
            title=" ",
            deciding="",
            still_open="x" * 5001,
            contact_email="nobody",
            contact_phone="1" * 61,
        )

    assert fields(refusal) == [
        "title",
        "deciding",
        "still_open",
        "contact_email",
        "contact_phone",
    ]
    assert list_proposals_of(session, account.id, "organiser") == []


def test_texts_change_until_a_poll_is_frozen_and_contacts_after_it(session):
    proposal = make_proposal(session)
    proposals.update_proposal(session, proposal, title="Another title", now=NOW)
    freeze(session, make_draft(session, proposal))

    proposals.update_proposal(session, proposal, contact_name="Jo Bell", now=NOW)
    with pytest.raises(Conflict, match="The contacts can"):
        proposals.update_proposal(session, proposal, deciding="Something else", now=NOW)

    assert (proposal.title, proposal.contact_name) == ("Another title", "Jo Bell")
    assert proposal.deciding != "Something else"


def test_changes_are_recorded_by_name_and_no_change_is_not(session):
    proposal = make_proposal(session)
    proposals.update_proposal(session, proposal, title=proposal.title, now=NOW)
    proposals.update_proposal(session, proposal, title="Another", contact_phone="", now=NOW)

    edited = [json.loads(act.body) for act in list_acts(session, proposal.id)][1:]
    assert [act["changed"] for act in edited] == [["title", "contact_phone"]]


def test_a_fault_in_a_change_changes_nothing(session):
    proposal = make_proposal(session)
    before = proposal.title

    with pytest.raises(BadInput):
        proposals.update_proposal(session, proposal, title="New", contact_email="no", now=NOW)
    assert proposal.title == before


def test_a_field_that_proposals_do_not_have_is_a_mistake_of_ours(session):
    with pytest.raises(TypeError, match="slug"):
        proposals.update_proposal(session, make_proposal(session), slug="mine", now=NOW)


def test_another_organiser_is_added_once(session):
    proposal, account = make_proposal(session), make_account(session)

    for _ in range(2):
        proposals.add_organiser(session, proposal, account.id)

    assert has_role(session, proposal.id, account.id, "organiser")
    assert not has_role(session, proposal.id, account.id, "commissioner")


def test_constituencies_keep_their_order_and_have_codes(session):
    proposal = make_proposal(session)
    make_constituency(session, proposal, "Staff")
    make_constituency(session, proposal, "Ty Siân users")
    make_constituency(session, proposal, "Others", code="community")

    assert [(c.code, c.position) for c in proposal.constituencies] == [
        ("staff", 0),
        ("ty-sian-users", 1),
        ("community", 2),
    ]


def test_two_names_that_make_one_code_get_two(session):
    proposal = make_proposal(session)

    codes = [make_constituency(session, proposal, name).code for name in ("Staff", "Staff!")]

    assert codes == ["staff", "staff-2"]


def test_a_long_name_makes_a_short_code(session):
    proposal = make_proposal(session)
    first = make_constituency(session, proposal, "x" * 99)
    second = make_constituency(session, proposal, "x" * 100)

    assert (len(first.code), len(second.code)) == (40, 40)
    assert first.code != second.code


@pytest.mark.parametrize(
    ("name", "code", "field"),
    [
        ("", None, "name"),
        ("staff", None, "name"),
        ("x" * 101, None, "name"),
        ("Users", "staff", "code"),
        ("Users", "Not a code", "code"),
    ],
)
def test_names_and_codes_are_there_and_not_taken(session, name, code, field):
    proposal = make_proposal(session)
    make_constituency(session, proposal, "Staff")

    with pytest.raises(BadInput) as refusal:
        make_constituency(session, proposal, name, code)
    assert fields(refusal) == [field]


def test_there_is_an_end_to_constituencies(session):
    proposal = make_proposal(session)
    for number in range(proposals.MOST_CONSTITUENCIES):
        make_constituency(session, proposal, f"Area {number}")

    with pytest.raises(BadInput, match="at most 20"):
        make_constituency(session, proposal, "One more")


def test_a_constituency_may_be_renamed_and_keeps_its_code(session):
    constituency = make_constituency(session, make_proposal(session))

    proposals.rename_constituency(session, constituency, name=" Employees ")

    assert (constituency.name, constituency.code) == ("Employees", "staff")


def test_an_unused_constituency_is_removed_with_its_rules_and_uploads(session):
    proposal = make_proposal(session)
    staff = make_constituency(session, proposal)
    users = make_constituency(session, proposal, "Users")
    poll = polls.create_poll(session, proposal, title="A vote", now=NOW)
    roll.preview_import(session, users, "u.csv", b"name,email\nSam,s@people.example", now=NOW)

    proposals.remove_constituency(session, users)
    session.expire_all()

    assert proposal.constituencies == [staff]
    assert [rule.constituency for rule in poll.rules] == [staff]


def test_a_constituency_with_people_on_its_roll_stays(session):
    constituency = make_constituency(session, make_proposal(session))
    make_electors(session, constituency, 1)

    with pytest.raises(Conflict, match="has 1 person on it"):
        proposals.remove_constituency(session, constituency)


def test_a_frozen_vote_keeps_its_constituencies(session):
    poll = make_ready_poll(session)
    constituency = poll.proposal.constituencies[0]

    with pytest.raises(Conflict, match="cannot be renamed"):
        proposals.rename_constituency(session, constituency, name="Others")
    with pytest.raises(Conflict, match="cannot be removed"):
        proposals.remove_constituency(session, constituency)
    with pytest.raises(Conflict, match="when it is over"):
        make_constituency(session, poll.proposal, "More")


def test_constituencies_can_be_added_when_the_vote_is_over(session):
    poll = make_ready_poll(session)
    polls.cancel(session, poll, reason="A mistake", actor=None, now=NOW + dt.timedelta(hours=1))

    assert make_constituency(session, poll.proposal, "More").position == 2

"""Proposals and their constituencies."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy.orm import Session

from tests.consultation_ground import make_open
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
from voting.domain.consulting import Stage
from voting.domain.errors import BadInput, Conflict
from voting.services import polls, proposals, roll
from voting.store.notices import CHANGES, count_people
from voting.store.proposals import Constituency, has_role, list_acts, list_proposals_of
from voting.store.readers import find_constituency_of
from voting.store.roll import count_waiting_imports, insert_electors, list_electors


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


def people(session, constituency):
    return [elector.email for elector in list_electors(session, constituency.id)]


def put(session, constituency, *addresses):
    rows = [{"name": "Sam", "email": text, "email_key": text} for text in addresses]
    insert_electors(session, constituency.id, rows)


@pytest.fixture
def account(session):
    return make_account(session)


def test_people_of_a_joined_constituency_vote_in_the_other_once(session, account):
    proposal = make_proposal(session)
    board, staff = (make_constituency(session, proposal, name) for name in ("Board", "Staff"))
    put(session, staff, "a@x.example", "both@x.example")
    put(session, board, "both@x.example", "b@x.example")
    poll = polls.create_poll(session, proposal, title="A vote", now=NOW)
    roll.preview_import(session, board, "u.csv", b"name,email\nSam,s@people.example", now=NOW)

    moved = proposals.join_constituency(session, board, staff, actor=account, now=NOW)
    session.expire_all()

    assert moved == 1
    assert people(session, staff) == ["a@x.example", "both@x.example", "b@x.example"]
    assert people(session, board) == ["both@x.example"]
    assert (proposal.constituencies, proposal.every_constituency) == ([staff], [board, staff])
    assert [rule.constituency for rule in poll.rules] == [staff]
    assert find_constituency_of(session, proposal.id, "both@x.example") == staff
    assert count_waiting_imports(session, board.id) == 0
    body = json.loads(list_acts(session, proposal.id)[-1].body)
    told = [body[name] for name in ("kind", "constituency", "joined_to", "electors")]
    assert told == ["constituency-joined", "board", "staff", 3]


def test_what_was_joined_keeps_its_code_and_follows_the_other(session, account):
    proposal = make_proposal(session)
    names = ("Staff", "Board", "Users")
    staff, board, users = (make_constituency(session, proposal, name) for name in names)
    proposals.join_constituency(session, board, users, actor=account, now=NOW)

    with pytest.raises(Conflict, match="Board was joined to Users"):
        proposals.remove_constituency(session, users)
    again = make_constituency(session, proposal, "Board")
    assert (again.code, again.position) == ("board-2", 3)

    proposals.join_constituency(session, users, staff, actor=account, now=NOW)
    assert (board.joined_to_id, users.joined_to_id) == (staff.id, staff.id)
    for other in (staff, make_constituency(session, make_proposal(session))):
        with pytest.raises(Conflict, match="Choose another constituency of the same proposal"):
            proposals.join_constituency(session, staff, other, actor=account, now=NOW)


def test_constituencies_of_a_frozen_vote_stay_apart(session, account):
    proposal = make_ready_poll(session).proposal
    staff, users = proposal.constituencies
    with pytest.raises(Conflict, match="A frozen vote names Users"):
        proposals.join_constituency(session, users, staff, actor=account, now=NOW)


def test_nobody_joins_a_roll_that_is_fixed_until_the_vote_is_over(session, account):
    poll = make_ready_poll(session)
    staff, more = poll.proposal.constituencies[0], Constituency(code="more", name="More")
    more.position = 9
    poll.proposal.constituencies.append(more)  # as one that came with the next vote
    session.flush()

    with pytest.raises(Conflict, match="Nobody can join it until that vote is over"):
        proposals.join_constituency(session, more, staff, actor=account, now=NOW)
    polls.cancel(session, poll, reason="A mistake", actor=None, now=NOW + dt.timedelta(hours=1))
    assert proposals.join_constituency(session, more, staff, actor=account, now=NOW) == 0


def test_a_constituency_that_is_being_asked_stays_until_the_consultation_has_closed(
    session, account
):
    consultation = make_open(session, now=NOW)
    proposal = consultation.proposal
    asked = consultation.audiences[0].constituency
    other = make_constituency(session, proposal, "Others")

    with pytest.raises(Conflict, match="Take it out of the draft, or wait until"):
        proposals.join_constituency(session, asked, other, actor=account, now=NOW)
    consultation.state = Stage.CLOSED
    invited = people(session, asked)
    reached = count_people(session, proposal.id, CHANGES)
    assert reached["elector"] == len(invited) == 3
    proposals.join_constituency(session, asked, other, actor=account, now=NOW)

    assert people(session, other) == invited
    assert consultation.audiences[0].name == asked.name
    assert count_people(session, proposal.id, CHANGES) == reached

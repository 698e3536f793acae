"""What is asked of the roll."""

from __future__ import annotations

import pytest

from tests.factories_polls import make_constituency, make_electors, make_proposal, make_ready_poll
from voting.store import roll


def test_reading_a_roll_in_batches_leaves_what_the_caller_holds_alone(session):
    proposal = make_proposal(session)
    staff = make_constituency(session, proposal)
    make_electors(session, staff, 7)

    people = [elector.name for elector in roll.iter_electors(session, staff.id, batch=3)]
    staff.name = "Employees"
    session.flush()
    session.expire_all()

    assert len(set(people)) == 7
    assert staff.name == "Employees"


def test_weights_are_listed_with_reason_and_number_and_without_names(session):
    staff = make_constituency(session, make_proposal(session))
    make_electors(session, staff, 5, weights=[3, 3])

    assert roll.list_weights(session, staff.id) == [
        roll.Weighting(1, "", "", 3),
        roll.Weighting(3, "Members of the organisation", "", 2),
    ]


def test_address_keys_are_told_apart_by_constituency_and_proposal(session):
    proposal = make_proposal(session)
    staff, users = (make_constituency(session, proposal, name) for name in ("Staff", "Users"))
    make_electors(session, staff, 1)
    make_electors(session, users, 1)
    make_electors(session, make_constituency(session, make_proposal(session)), 2)

    assert roll.list_email_keys(session, staff.id) == {"staff0@people.example"}
    assert roll.list_email_keys_elsewhere(session, staff) == {"users0@people.example"}


def test_credentials_show_that_a_roll_was_used(session):
    proposal = make_proposal(session)
    staff = make_constituency(session, proposal)
    elector, *_others = make_electors(session, staff, 10)
    assert not roll.has_credentials(session, staff.id)
    assert roll.find_credential_of(session, elector.id) is None

    make_ready_poll(session, proposal=proposal)

    assert roll.has_credentials(session, staff.id)
    assert roll.find_credential_of(session, elector.id) is not None


def test_a_constituency_that_is_not_there_is_said(session):
    with pytest.raises(LookupError, match="no constituency 4711"):
        roll.get_constituency(session, 4711)

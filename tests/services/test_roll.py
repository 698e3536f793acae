"""Rolls: nothing is on one until it was confirmed, and nothing moves once a vote is frozen."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factories_polls import (
    NOW,
    make_constituency,
    make_elector,
    make_electors,
    make_proposal,
    make_ready_poll,
)
from tests.roll_ground import make_xlsx
from voting.domain.errors import BadInput, Conflict, TooLarge
from voting.domain.roll import Layout
from voting.services import polls, roll
from voting.store.proposals import last_act
from voting.store.roll import Elector, RollImport, count_electors, insert_electors, list_electors

GOOD = (
    b"name,email,weight,weight_reason\nSam,sam@people.example,,\nBo,Bo@people.example,2,Two sites\n"
)
MIXED = b"name,email\nSam,sam@people.example\nBo,nothing\nAda,sam@people.example\n"


@pytest.fixture
def session(each_engine):
    """A session on an empty database, once on SQLite and once on PostgreSQL."""
    with Session(each_engine) as session:
        yield session


@pytest.fixture
def staff(session):
    return make_constituency(session, make_proposal(session))


def preview(session, constituency, content=GOOD, filename="staff.csv"):
    return roll.preview_import(session, constituency, filename, content, now=NOW)


def put(session, constituency, *addresses):
    """Somebody else puts people on the roll in the meantime."""
    people = [{"name": "Sam", "email": text, "email_key": text} for text in addresses]
    insert_electors(session, constituency.id, people)


def test_a_preview_puts_nobody_on_the_roll(session, staff):
    upload, report = preview(session, staff)

    assert (upload.state, len(report.rows), count_electors(session, staff.id)) == ("waiting", 2, 0)


def test_a_confirmed_import_puts_everybody_on_the_roll(session, staff):
    upload, _report = preview(session, staff)

    assert roll.confirm_import(session, upload, now=NOW) == 2

    people = [(e.name, e.email, e.email_key, e.weight) for e in list_electors(session, staff.id)]
    assert people == [
        ("Sam", "sam@people.example", "sam@people.example", 1),
        ("Bo", "Bo@people.example", "bo@people.example", 2),
    ]
    assert (upload.state, upload.content) == ("confirmed", b"")


def test_the_trail_counts_and_names_nobody(session, staff):
    upload, _report = preview(session, staff)
    roll.confirm_import(session, upload, now=NOW)

    act = last_act(session, staff.proposal_id)
    assert act.kind == "roll-imported"
    assert json.loads(act.body)["imported"] == 2
    assert "Sam" not in act.body
    assert "@" not in act.body


def test_one_fault_keeps_everybody_off_the_roll(session, staff):
    upload, report = preview(session, staff, MIXED)

    with pytest.raises(BadInput, match="2 rows are refused, and you have not agreed"):
        roll.confirm_import(session, upload, now=NOW)

    assert report.refused_rows == 2
    assert (upload.state, count_electors(session, staff.id)) == ("waiting", 0)


def test_an_organiser_may_accept_the_report_and_the_trail_says_so(session, staff):
    upload, report = preview(session, staff, MIXED)

    assert roll.confirm_import(session, upload, now=NOW, accepted=report.fingerprint) == 1

    body = json.loads(last_act(session, staff.proposal_id).body)
    assert (body["imported"], body["refused"], body["report"]) == (1, 2, "accepted")


def test_only_the_report_that_was_seen_is_accepted(session, staff):
    upload, report = preview(session, staff, MIXED + b"Ed,ed@people.example\n")
    put(session, staff, "ed@people.example")

    with pytest.raises(Conflict, match="no longer the one you accepted"):
        roll.confirm_import(session, upload, now=NOW, accepted=report.fingerprint)
    put(session, staff, "sam@people.example")
    with pytest.raises(BadInput, match="Every row is refused"):
        roll.confirm_import(session, upload, now=NOW, accepted=report.fingerprint)
    assert count_electors(session, staff.id) == 2


def test_columns_are_chosen_before_a_file_can_be_confirmed(session, staff):
    content = b"Who,Contact,Pay\nSam,sam@people.example,9\n"
    assert roll.read_file(session, staff, content) == (None, None)
    upload = roll.keep_file(session, staff, "s.csv", content, None, now=NOW)
    assert roll.look_at_import(upload).layout.fields == ("", "email", "")

    with pytest.raises(BadInput, match="Select the column with the name"):
        roll.check_columns(session, upload, Layout(0, 1, ("", "email", "")))
    layout = Layout(0, 1, ("name", "email", ""))
    assert len(roll.check_columns(session, upload, layout).rows) == 1
    roll.keep_layout(upload, layout)

    assert roll.look_at_import(upload).layout == layout
    assert roll.look_at_import(upload, heading_row=2).layout.heading_row == 2
    assert roll.confirm_import(session, upload, now=NOW) == 1
    assert [e.name for e in list_electors(session, staff.id)] == ["Sam"]


def test_a_sheet_that_cannot_be_read_as_a_roll_is_refused(session, staff):
    content = make_xlsx({"Staff": [("name", "email"), ("Sam", "sam@people.example")], "No": []})
    upload = roll.keep_file(session, staff, "s.xlsx", content, None, now=NOW)

    with pytest.raises(BadInput, match="no such sheet"):
        roll.look_at_import(upload, sheet=7)
    with pytest.raises(BadInput, match="no rows below the column names"):
        roll.check_columns(session, upload, Layout(1, 1, ("name", "email")))
    assert len(roll.check_columns(session, upload, Layout(0, 1, ("name", "email"))).rows) == 1
    with pytest.raises(BadInput, match="have to be chosen first"):
        preview(session, staff, content)


def test_an_import_from_a_spreadsheet_is_as_good_as_one_from_csv(session, staff):
    rows = [
        ("name", "email", "reference", "language", "weight", "weight_reason", "Weight reason CY"),
        ("Siân", "sian@people.example", "00123", "Cymraeg", 2.0, "Two sites", "Dau safle"),
        ("Bo", "bo@people.example", 124.0, "", "", "", ""),
    ]
    upload, _report = preview(session, staff, make_xlsx({"Staff": rows}), "staff.xlsx")
    roll.confirm_import(session, upload, now=NOW)

    assert [
        (e.name, e.reference, e.language, e.weight, e.weight_reason, e.weight_reason_cy)
        for e in list_electors(session, staff.id)
    ] == [("Siân", "00123", "cy", 2, "Two sites", "Dau safle"), ("Bo", "124", "en", 1, "", "")]


def test_a_new_file_takes_the_place_of_one_that_waits(session, staff):
    users = make_constituency(session, staff.proposal, "Users")
    other, _report = preview(session, users)
    first, _report = preview(session, staff)
    preview(session, staff)

    assert (first.state, first.content, other.state) == ("dropped", b"", "waiting")


def test_a_file_that_nobody_confirms_is_dropped_after_a_week(session, staff):
    upload, _report = preview(session, staff)

    assert roll.drop_forgotten(session, now=NOW + dt.timedelta(days=7)) == 0
    assert roll.drop_forgotten(session, now=NOW + dt.timedelta(days=7, seconds=1)) == 1
    assert (upload.state, upload.content) == ("dropped", b"")


def test_a_file_that_is_no_roll_is_not_kept(session, staff):
    with pytest.raises(BadInput, match="The column 'email' is missing"):
        preview(session, staff, b"name,reference\nSam,1")

    assert session.scalars(select(RollImport)).all() == []


def test_a_file_over_the_limit_is_too_large(session, staff, monkeypatch):
    monkeypatch.setattr(roll, "MOST_BYTES", 10)

    with pytest.raises(TooLarge, match="64 MB"):
        preview(session, staff)


def test_a_file_is_held_against_the_roll_as_it_is_when_it_is_confirmed(session, staff):
    upload, report = preview(session, staff)
    assert report.faults == ()
    put(session, staff, "sam@people.example", "bo@people.example")

    assert [fault.row for fault in roll.review_import(session, upload).faults] == [2, 3]
    with pytest.raises(BadInput, match="Every row is refused"):
        roll.confirm_import(session, upload, now=NOW)


def test_one_person_may_be_on_two_rolls_and_that_is_noted(session, staff):
    upload, _report = preview(session, staff)
    roll.confirm_import(session, upload, now=NOW)
    users = make_constituency(session, staff.proposal, "Users")

    _upload, report = preview(session, users)

    assert report.faults == ()
    assert "2 people are on another roll" in report.notes[0]


def test_an_upload_is_confirmed_or_dropped_once(session, staff):
    dropped, confirmed = (preview(session, staff)[0] for _ in range(2))
    roll.confirm_import(session, confirmed, now=NOW)

    with pytest.raises(Conflict, match="imported already"):
        roll.confirm_import(session, confirmed, now=NOW)
    with pytest.raises(Conflict, match="was dropped"):
        roll.confirm_import(session, dropped, now=NOW)
    with pytest.raises(Conflict, match="was dropped"):
        roll.drop_import(session, dropped)
    with pytest.raises(Conflict, match="was dropped"):
        roll.keep_layout(dropped, Layout())
    assert dropped.content == b""


@pytest.mark.parametrize(
    ("given", "kept"),
    [("C:\\rolls\\staff.csv", "staff.csv"), ("../../x\n.csv", "x.csv"), ("", "roll.csv")],
)
def test_a_file_name_is_only_a_name(session, staff, given, kept):
    assert preview(session, staff, filename=given)[0].filename == kept


def test_people_and_whole_rolls_can_be_taken_off_before_a_vote(session, staff):
    first, *_others = make_electors(session, staff, 3)

    roll.remove_elector(session, first, now=NOW)
    assert count_electors(session, staff.id) == 2
    assert roll.clear_roll(session, staff, now=NOW) == 2
    assert roll.clear_roll(session, staff, now=NOW) == 0

    body = json.loads(last_act(session, staff.proposal_id).body)
    assert (body["kind"], body["removed"], body["electors"]) == ("roll-reduced", 2, 0)


def test_a_frozen_vote_keeps_its_roll(session):
    poll = make_ready_poll(session)
    constituency = poll.proposal.constituencies[0]
    elector = list_electors(session, constituency.id, limit=1)[0]

    for act in (
        lambda: preview(session, constituency),
        lambda: roll.remove_elector(session, elector, now=NOW),
        lambda: roll.clear_roll(session, constituency, now=NOW),
    ):
        with pytest.raises(Conflict, match="until that vote is over"):
            act()


def test_an_upload_that_waited_cannot_slip_in_after_freezing(session):
    proposal = make_proposal(session)
    staff = make_constituency(session, proposal)
    make_electors(session, staff, 10)
    upload, _report = preview(session, staff)
    make_ready_poll(session, proposal=proposal)

    with pytest.raises(Conflict, match="until that vote is over"):
        roll.confirm_import(session, upload, now=NOW)


def test_after_the_vote_people_may_join_but_none_of_its_voters_vanish(session):
    poll = make_ready_poll(session)
    staff = poll.proposal.constituencies[0]
    polls.cancel(session, poll, reason="A mistake", actor=None, now=NOW)
    voter = list_electors(session, staff.id, limit=1)[0]
    upload, _report = preview(session, staff)

    assert roll.confirm_import(session, upload, now=NOW) == 2
    with pytest.raises(Conflict, match="stay on the roll"):
        roll.remove_elector(session, voter, now=NOW)
    with pytest.raises(Conflict, match="cannot be emptied"):
        roll.clear_roll(session, staff, now=NOW)


def test_the_database_itself_refuses_a_second_row_of_one_address(session, staff):
    elector = make_elector(session, staff)
    session.add(
        Elector(
            constituency_id=staff.id,
            name="Twin",
            email=elector.email,
            email_key=elector.email_key,
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.slow
def test_a_hundred_thousand_people_are_imported_in_seconds(session, staff):
    lines = [f"Sam {n},sam.{n}@d{n % 40}.example,S{n},en" for n in range(100_000)]
    content = "\n".join(["name,email,reference,language", *lines]).encode()
    began = time.process_time()

    upload, _report = preview(session, staff, content)
    assert roll.confirm_import(session, upload, now=NOW) == 100_000

    assert time.process_time() - began < 60

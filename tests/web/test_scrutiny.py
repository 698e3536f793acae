"""What scrutineers watch: problems seen whole and decided, and their report on the count."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.organiser_ground import Clerk, list_errors, publish_outcome, sign_in
from tests.record_ground import check_record
from tests.trustee_ground import (
    AFTER,
    Machine,
    close_and_count,
    count_on,
    give,
    make_watched_poll,
    sign_reports,
    vote,
)
from tests.web.pages import csrf_token
from voting.belenios.verify import verify_archive
from voting.domain.errors import BadInput, Conflict, Forbidden
from voting.domain.scrutiny import STATEMENTS, Stated, check_report
from voting.services import declaration, disputes, publication, scrutiny
from voting.store.database import db
from voting.store.disputes import list_disputes
from voting.store.polls import Poll
from voting.store.proposals import ProposalRole, list_acts
from voting.store.scrutiny import list_reports
from voting.store.trustees import Scrutineer, list_scrutineers

NUMBER = "12345" * 5
SATISFIED = {"rules": "yes", "safeguards": "yes", "freedom": "yes"}


def visit(app: Flask, client: FlaskClient, scrutineer_id: int) -> str:
    """Follow the scrutineer's link; the address of what they watch."""
    link = f"/s/{app.extensions['voting.links'].scrutineer_token(scrutineer_id, 1)}"
    client.post(link, data={"csrf_token": csrf_token(client, "/check-vote")})
    return f"/scrutineer/{scrutineer_id}/watch"


def post(client: FlaskClient, path: str, **form: str) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_token(client, "/check-vote"), **form})


def count_all(poll: Poll, machines: list[Machine]) -> None:
    """Everyone has voted; two scrutineers open the count, and the outcome is declared."""
    session = db.session()
    vote(session, poll)
    close_and_count(session, poll)
    for machine in machines[:2]:
        give(session, machine, poll.elections[0])
    count_on(session, poll)
    declaration.declare(session, poll, now=AFTER)
    session.commit()


@pytest.fixture
def counted(app: Flask) -> list[int]:
    """The scrutineers of a poll that is counted and declared."""
    with app.app_context():
        poll, machines = make_watched_poll(db.session())
        count_all(poll, machines)
        return [person.id for person in list_scrutineers(db.session(), poll.id)]


@pytest.fixture
def watched(app: Flask) -> list[int]:
    """The scrutineers of an open poll in which a voter has reported a problem."""
    with app.app_context():
        poll, _machines = make_watched_poll(db.session())
        disputes.report(
            db.session(),
            poll,
            kind="not-found",
            tracker=NUMBER,
            words="It was there on Monday.",
            contact="sam@example.org",
            now=poll.opens_at or AFTER,
        )
        db.session.commit()
        return [person.id for person in list_scrutineers(db.session(), poll.id)]


def read_dispute(app: Flask, scrutineer_id: int) -> Any:
    with app.app_context():
        poll_id = db.session.get_one(Scrutineer, scrutineer_id).poll_id
        (found,) = list_disputes(db.session(), poll_id)
        return found


# ------------------------------------------------------------------ problems


def test_a_scrutineer_sees_a_report_whole_and_decides_it(
    app: Flask, client: FlaskClient, watched: list[int]
) -> None:
    desk = visit(app, client, watched[0])
    assert "Problems that voters reported" in client.get(desk.removesuffix("/watch")).text
    reference = read_dispute(app, watched[0]).reference
    assert reference in client.get(f"{desk}/problems").text
    path = f"{desk}/problems/{reference}"
    page = client.get(path).text
    for told in (NUMBER, "It was there on Monday.", "sam@example.org", "Not in the ballot box"):
        assert told in page
    for form in ({}, {"decision": "maybe", "reason": "x"}, {"decision": "founded", "reason": " "}):
        refused = post(client, path, **form)
        assert refused.status_code == 422
        assert list_errors(refused)
    said = {"decision": "founded", "reason": "The receipt was of another vote."}
    for _ in range(2):
        assert post(client, path, **said).status_code == 303
    assert read_dispute(app, watched[0]).decision == "founded"
    assert post(client, path, decision="unfounded", reason="No.").status_code == 409


def test_the_organiser_of_a_watched_vote_sees_no_words_and_decides_nothing(
    app: Flask, watched: list[int]
) -> None:
    clerk = sign_in(app)
    problem = read_dispute(app, watched[0])
    path = f"{take_over(clerk, watched[0])}/problems/{problem.reference}"
    page = clerk.get(path).text
    assert "A tracking number is not found" in page
    for hidden in (NUMBER, "It was there on Monday.", "sam@example.org", "Record the decision"):
        assert hidden not in page
    refused = clerk.post(path, {"decision": "unfounded", "reason": "I say so."})
    assert refused.status_code == 409
    assert read_dispute(app, watched[0]).decision == ""


def take_over(clerk: Clerk, scrutineer_id: int) -> str:
    """Make the clerk the organiser of the scrutineer's poll; the path of its pages."""
    with clerk.app.app_context():
        session = db.session()
        poll = session.get_one(Scrutineer, scrutineer_id).poll
        account_id = session.execute(
            db.text("SELECT id FROM account WHERE email = :email"), {"email": clerk.email}
        ).scalar_one()
        role = ProposalRole(proposal_id=poll.proposal_id, account_id=account_id, role="organiser")
        session.add(role)
        session.commit()
        return f"/organiser/proposals/{poll.proposal.slug}/polls/{poll.slug}"


def test_nobody_watches_without_a_visit_of_their_own(
    app: Flask, client: FlaskClient, watched: list[int]
) -> None:
    paths = (
        "problems",
        "problems/ABCDEFGH",
        "reports",
        "reports/staff",
        "reports/staff/archive.bel",
    )
    for path in paths:
        assert client.get(f"/scrutineer/{watched[0]}/watch/{path}").status_code == 403
    desk = visit(app, client, watched[0])
    assert client.get(f"{desk}/problems/ABCDEFGH").status_code == 404
    assert client.get(f"{desk}/reports/staff").status_code == 409  # no partial counts
    assert client.get(f"{desk}/reports/staff/archive.bel").status_code == 404
    assert client.get(f"{desk}/reports/nobody").status_code == 404
    assert client.get(f"/scrutineer/{watched[1]}/watch/problems").status_code == 403


# ------------------------------------------------------------------ the report


def test_the_outcome_waits_for_a_signed_report_and_shows_it(
    app: Flask, client: FlaskClient, counted: list[int], tmp_path: Path
) -> None:
    clerk = sign_in(app)
    poll = take_over(clerk, counted[0])
    assert "It waits for the scrutineers" in clerk.get(f"{poll}/conduct/outcome").text
    assert clerk.post(f"{poll}/conduct/publish").status_code == 409

    slug = poll.split("/")[3]
    assert check_record(app.test_client(), slug, tmp_path) == (
        {"frozen", "setup-approved"},
        {"closed", "decrypted", "counted", "declared"},
    ), "no figure is public before the outcome is"

    desk = visit(app, client, counted[0])
    assert "No report yet" in client.get(f"{desk}/reports").text
    archive = client.get(f"{desk}/reports/staff/archive.bel").data
    assert verify_archive(io.BytesIO(archive)).valid
    path = f"{desk}/reports/staff"
    page = client.get(path).text
    assert "Voting papers distributed" in page
    form = {**SATISFIED, "safeguards": "no", "signature": "una price"}
    refused = post(client, path, **form)
    assert refused.status_code == 422
    assert list_errors(refused) == ["Enter the reason why you are not satisfied of statement 2."]
    form["safeguards_reason"] = "Letters were sent a day late."
    for _ in range(2):
        assert post(client, path, **form).status_code == 303
    assert "Letters were sent a day late." in client.get(path).text

    publish_outcome(clerk, poll)
    address = poll.replace("/organiser/proposals/", "/p/").replace("/polls/", "/")
    outcome = client.get(f"{address}/outcome").text
    assert "What the scrutineers report" in outcome
    assert "Signed by Una Price, Leisure Workers’ Union." in outcome
    assert "Letters were sent a day late." in outcome
    assert "Not satisfied" in outcome
    whole, lacking = check_record(client, slug, tmp_path)
    assert whole == {
        "frozen", "setup-approved", "closed", "decrypted", "counted", "declared",
        "published", "report-signed",
    }  # fmt: skip
    assert not lacking


def test_a_report_holds_the_declared_figures_and_its_hash_is_in_the_trail(
    app: Flask, counted: list[int]
) -> None:
    with app.app_context():
        poll = db.session.get_one(Scrutineer, counted[0]).poll
        sign_reports(db.session(), poll)
        (report,) = list_reports(db.session(), poll.id)
        said = scrutiny.read_report(report)
        assert (said["figures"]["distributed"], said["figures"]["returned"]) == (12, 12)
        (question,) = said["figures"]["questions"]
        assert [option["votes"] for option in question["options"]] == [6, 6]
        assert (question["valid"], question["blank"], question["spoiled"]) == (12, 0, 0)
        act = list_acts(db.session(), poll.proposal_id)[-1]
        assert act.kind == "report-signed"
        assert json.loads(act.body)["report_hash"] == report.hash
        with pytest.raises(Conflict, match="have signed"):
            sign_reports(db.session(), poll)
        sign_reports(db.session(), poll, position=2)
        publication.publish(db.session(), poll, now=AFTER, actor=None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rules": Stated(None)}, "rules"),
        ({"freedom": Stated(False)}, "freedom_reason"),
        ({"freedom": Stated(False, "x" * 2001)}, "freedom_reason"),
        ({"signature": "Somebody Else"}, "signature"),
        ({"signature": ""}, "signature"),
    ],
)
def test_a_report_that_lacks_something_is_refused(change: dict[str, Any], field: str) -> None:
    signature = change.pop("signature", "Una Price")
    stated = {**dict.fromkeys(STATEMENTS, Stated(True)), **change}
    assert [fault.field for fault in check_report(stated, signature, "Una Price")] == [field]
    assert check_report(dict.fromkeys(STATEMENTS, Stated(True)), "UNA price", "Una Price") == []


def test_nobody_signs_before_the_count_or_for_another_vote(app: Flask, counted: list[int]) -> None:
    with app.app_context():
        session = db.session()
        poll = session.get_one(Scrutineer, counted[0]).poll
        person, election = list_scrutineers(session, poll.id)[0], poll.elections[0]
        said = {"stated": {}, "signature": person.name, "now": AFTER}
        with pytest.raises(BadInput):
            scrutiny.sign(session, person, election, **said)
        stranger = Scrutineer(poll_id=poll.id + 1, name="X")
        with pytest.raises(Forbidden):
            scrutiny.sign(session, stranger, election, **said)
        poll.state = "counting"
        with pytest.raises(Conflict, match="not been counted"):
            scrutiny.sign(session, person, election, **said)
        session.rollback()

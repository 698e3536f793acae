"""Reporting that something is wrong with the ballot box, following it, and deciding it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import organiser_ground as ground
from tests.organiser_ground import Clerk, follow, publish_outcome
from voting import jobs
from voting.store import board
from voting.store.database import db, transaction
from voting.store.disputes import Dispute, list_disputes
from voting.web import limits

DAY = dt.timedelta(days=1)
NUMBER = "12345" * 5
REPORT = {"kind": "not-mine", "tracker": "", "words": "I was away all month.", "contact": ""}


@pytest.fixture
def clerk(app: Flask) -> Clerk:
    return ground.sign_in(app)


@pytest.fixture
def poll(clerk: Clerk) -> str:
    """A closed poll in its checking period of one day; both electors voted, one of them twice."""
    draft = ground.make_draft(clerk)
    follow(clerk.post(f"{draft}/dates", ground.dates_form(checking_hours="24")))
    follow(clerk.post(f"{draft}/freeze"))
    ground.open_poll(clerk, draft)
    ground.cast_votes(clerk, draft, [1, 0])
    ground.cast_votes(clerk, draft, [0])
    ground.close_poll(clerk, draft)
    return draft


def public(poll: str) -> str:
    return poll.replace("/organiser/proposals/", "/p/").replace("/polls/", "/")


def visitor(app: Flask) -> Clerk:
    return Clerk(app, app.test_client(), "")


def kept_in(clerk: Clerk, poll: str) -> list[Dispute]:
    with clerk.app.app_context():
        return list_disputes(db.session(), ground.read_poll(db.session(), poll).id)


def state_of(clerk: Clerk, poll: str) -> str:
    with clerk.app.app_context():
        return str(ground.read_poll(db.session(), poll).state)


def list_digits(clerk: Clerk, poll: str) -> list[str]:
    with clerk.app.app_context():
        election = ground.read_poll(db.session(), poll).elections[0]
        return [row.digits for row in board.list_ballots(db.session(), election.id)]


def let_pass(clerk: Clerk, poll: str, ago: dt.timedelta) -> None:
    """Let the ballot box have been sealed so long ago."""
    with clerk.app.app_context(), transaction(db.session()) as session:
        ground.read_poll(session, poll).closed_at = dt.datetime.now(dt.UTC) - ago


# ------------------------------------------------------------------ reporting


def test_a_number_that_is_not_found_leads_to_a_report(app: Flask, clerk: Clerk, poll: str) -> None:
    voter = visitor(app)
    page = voter.post("/check-vote", {"tracker": NUMBER})
    assert f'action="{public(poll)}/report"' in page.text
    form = voter.post(f"{public(poll)}/report", {"tracker": NUMBER, "kind": "not-found"})
    assert form.status_code == 200
    assert NUMBER in form.text
    assert kept_in(clerk, poll) == []

    sent = {**REPORT, "kind": "not-found", "tracker": NUMBER, "contact": "sam@example.org"}
    for _ in range(2):
        shown = follow(voter.post(f"{public(poll)}/report", sent))
    assert "waits for a decision" in voter.get(shown).text
    (kept,) = kept_in(clerk, poll)
    assert (kept.tracker, kept.finding, kept.contact) == (NUMBER, "not-found", "sam@example.org")
    told = voter.get(public(poll)).text
    assert "1 problem was reported." in told
    assert "A voter reported a problem" in told
    assert "sam@example.org" not in told + voter.get(shown).text


def test_a_vote_that_was_replaced_is_reported_in_its_own_poll(
    app: Flask, clerk: Clerk, poll: str
) -> None:
    voter = visitor(app)
    first, second, _third = list_digits(clerk, poll)
    assert "Report this" in voter.post("/check-vote", {"tracker": first}).text
    assert "Report this" not in voter.post("/check-vote", {"tracker": second}).text
    follow(voter.post(f"{public(poll)}/report", {**REPORT, "kind": "replaced", "tracker": first}))
    assert [kept.finding for kept in kept_in(clerk, poll)] == ["replaced"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"kind": ""}, "Choose what went wrong."),
        ({"kind": "stolen"}, "Choose what went wrong."),
        ({"kind": "not-found"}, "Enter the tracking number from your receipt."),
        ({"kind": "not-found", "tracker": "123"}, "A tracking number has 25 digits. Check this"),
        ({"kind": "other", "words": "  "}, "Say what went wrong."),
        ({"words": "w" * 2001}, "Use at most 2,000 characters."),
        ({"words": "a\x00b"}, "cannot be shown"),
        ({"contact": "c" * 255}, "Use at most 254 characters."),
    ],
)
def test_a_report_that_says_too_little_keeps_what_was_typed(
    app: Flask, clerk: Clerk, poll: str, said: dict[str, str], told: str
) -> None:
    answer = visitor(app).post(f"{public(poll)}/report", {**REPORT, **said})
    assert answer.status_code == 422
    assert any(told in error for error in ground.list_errors(answer))
    assert "Error: " in answer.text
    if "words" not in said:
        assert REPORT["words"] in answer.text
    assert kept_in(clerk, poll) == []


def test_no_address_is_kept_beside_a_vote_in_the_box(app: Flask, clerk: Clerk, poll: str) -> None:
    sent = {**REPORT, "tracker": list_digits(clerk, poll)[1], "contact": "sam@example.org"}
    answer = visitor(app).post(f"{public(poll)}/report", sent)
    assert answer.status_code == 422
    assert "beside an address" in ground.list_errors(answer)[0]
    assert kept_in(clerk, poll) == []


def test_reports_end_with_the_checking_period(app: Flask, clerk: Clerk, poll: str) -> None:
    let_pass(clerk, poll, DAY)
    voter = visitor(app)
    assert voter.get(f"{public(poll)}/report").status_code == 409
    refused = voter.post(f"{public(poll)}/report", REPORT)
    assert refused.status_code == 409
    assert "The time for checking is over" in refused.text
    assert "/report" not in voter.post("/check-vote", {"tracker": NUMBER}).text
    assert kept_in(clerk, poll) == []


def test_reports_from_one_address_are_limited(app: Flask, poll: str) -> None:
    voter = visitor(app)
    codes = [
        voter.post(f"{public(poll)}/report", {**REPORT, "words": f"{number}"}).status_code
        for number in range(limits.MOST_REPORTS + 1)
    ]
    assert codes == [303] * limits.MOST_REPORTS + [429]
    data = {"csrf_token": voter.read_token(), **REPORT}
    where, own = f"{public(poll)}/report", {"Origin": "http://localhost"}
    refused = voter.client.post(where, data=data, headers=own)
    assert refused.status_code == 429
    assert f"readonly>{REPORT['words']}</textarea>" in refused.text  # to copy, and send later


def test_opening_a_page_reports_nothing(client: FlaskClient, clerk: Clerk, poll: str) -> None:
    query = "&".join(f"{name}={value}" for name, value in REPORT.items())
    assert client.get(f"{public(poll)}/report?{query}").status_code == 200
    assert kept_in(clerk, poll) == []
    for path in ("/p/nothing/here/report", f"{public(poll)}/reports/NOTTHERE"):
        assert client.get(path).status_code == 404


# ------------------------------------------------------------------ deciding, and the count


def test_a_count_asked_for_early_waits_for_the_period_and_the_decisions(
    app: Flask, clerk: Clerk, poll: str
) -> None:
    follow(visitor(app).post(f"{public(poll)}/report", REPORT))
    assert "Ask for the count" in clerk.get(f"{poll}/conduct").text
    follow(clerk.post(f"{poll}/conduct/count"))
    assert "when the checking period is over" in clerk.get(f"{poll}/conduct/count").text
    jobs.run_sweep(app)
    assert state_of(clerk, poll) == "closed"

    let_pass(clerk, poll, DAY)
    jobs.run_sweep(app)
    assert state_of(clerk, poll) == "closed"
    assert "every reported problem is decided" in clerk.get(f"{poll}/conduct/count").text

    (kept,) = kept_in(clerk, poll)
    decision = {"decision": "unfounded", "reason": "The letter was the close notice."}
    follow(clerk.post(f"{poll}/problems/{kept.reference}", decision))
    jobs.run_sweep(app)
    assert state_of(clerk, poll) == "declared"
    publish_outcome(clerk, poll)
    outcome = clerk.get(f"{public(poll)}/outcome").text
    assert "1 has been decided." in outcome
    assert "The letter was the close notice." in outcome


def test_the_organiser_decides_without_seeing_whose_vote_it_is(
    app: Flask, clerk: Clerk, poll: str
) -> None:
    digits = list_digits(clerk, poll)[0]
    sent = {**REPORT, "kind": "replaced", "tracker": digits}
    follow(visitor(app).post(f"{public(poll)}/report", sent))
    (kept,) = kept_in(clerk, poll)
    path = f"{poll}/problems/{kept.reference}"
    page = clerk.get(path).text
    assert digits not in page
    assert "replaced by a later vote" in page
    assert "1 reported problem waits" in re.sub(r"\s+", " ", clerk.get(f"{poll}/conduct").text)
    for said in ({"decision": "", "reason": "x"}, {"decision": "founded", "reason": ""}):
        assert clerk.post(path, said).status_code == 422
    assert [each.decision for each in kept_in(clerk, poll)] == [""]
    for _ in range(2):
        follow(clerk.post(path, {"decision": "founded", "reason": "A code went astray."}))
    again = clerk.post(path, {"decision": "unfounded", "reason": "No."})
    assert again.status_code == 409
    assert [each.decision for each in kept_in(clerk, poll)] == ["founded"]
    assert "A code went astray." in clerk.get(public(poll)).text


def test_only_its_organiser_reads_and_decides(app: Flask, clerk: Clerk, poll: str) -> None:
    follow(visitor(app).post(f"{public(poll)}/report", REPORT))
    (kept,) = kept_in(clerk, poll)
    stranger = ground.sign_in(app)
    for path in (f"{poll}/problems", f"{poll}/problems/{kept.reference}"):
        assert clerk.get(path).status_code == 200
        assert stranger.get(path).status_code == 404
        assert app.test_client().get(path).status_code == 303
    assert clerk.get(f"{poll}/problems/NOTTHERE").status_code == 404


# ------------------------------------------------------------------ the dates page


def test_the_period_is_a_day_unless_the_organiser_says_otherwise(clerk: Clerk) -> None:
    draft = ground.make_draft(clerk)
    with clerk.app.app_context():
        assert ground.read_poll(db.session(), draft).checking_hours == 0
    path = draft.rpartition("/polls/")[0]
    fresh = follow(clerk.post(f"{path}/new-vote", {"title": "Another vote"}))
    page = clerk.get(f"{fresh}/dates").text
    assert re.search(r'<option selected[^>]*value="24"', page)
    refused = clerk.post(f"{fresh}/dates", ground.dates_form(checking_hours="192"))
    assert "Select a checking period from the list" in ground.list_errors(refused)
    follow(clerk.post(f"{fresh}/dates", ground.dates_form(checking_hours="168")))
    assert "7 days" in clerk.get(f"{fresh}/freeze").text

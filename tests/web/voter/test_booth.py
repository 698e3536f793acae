"""The booth's pages, each state and each error, as a browser without scripts meets them."""

from __future__ import annotations

import datetime as dt
import logging
import re

import pytest
from flask import Flask

from tests.poll_ground import AIMS, CHOICES, FIRST, Ground, alter_poll, make_open_poll
from tests.web.voter.conftest import Voter, answer_all, count, error, has_voted, minutes_ago, seal
from voting.services import polls
from voting.store import board
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.roll import Elector

# The link


def test_opening_the_link_names_the_sender_and_hides_the_name(voter: Voter) -> None:
    page = voter.client.get(voter.ballot.path)
    assert page.status_code == 200
    assert "Northmoor Leisure Trust invites you to vote." in page.text
    assert "This link was sent to S•• P••. Continue if that is you." in page.text
    assert not re.search("Sam|Price", re.sub(r'(nonce|value)="[^"]*"', "", page.text))
    assert "sam@example.org" not in page.text


def test_opening_the_link_begins_nothing(app: Flask, voter: Voter) -> None:
    voter.client.get(voter.ballot.path)
    with voter.client.session_transaction() as session:
        assert "voter" not in session
    assert voter.get("question/1").status_code == 403
    assert count(app, voter.poll) == (0, 0)


def test_continue_begins_a_visit_that_lasts_a_day(app: Flask, voter: Voter) -> None:
    response = voter.arrive()
    assert response.status_code == 303
    assert response.location == voter.url("start")
    assert app.permanent_session_lifetime >= dt.timedelta(hours=20)
    with voter.client.session_transaction() as session:
        assert session.permanent
    assert "Forming a mutual" in voter.get("start").text


@pytest.mark.parametrize("token", ["nonsense", "eyJ.x.y", "a" * 900])
def test_a_damaged_link_gets_a_page_that_helps(voter: Voter, token: str) -> None:
    page = voter.client.get(f"/v/{token}")
    assert page.status_code == 404
    assert "This link does not work" in page.text
    assert "Nothing has been recorded." in page.text


def test_a_link_cut_short_is_a_damaged_link(voter: Voter) -> None:
    page = voter.client.get(voter.ballot.path[:-4])
    assert page.status_code == 404
    assert "This link does not work" in page.text


def test_a_replaced_link_says_so_and_ends_the_visit(app: Flask, voter: Voter) -> None:
    voter.arrive()
    with app.app_context():
        elector = db.session.get(Elector, voter.ballot.elector_id)
        assert elector is not None
        elector.link_generation += 1
        db.session.commit()
    for page in (voter.client.get(voter.ballot.path), voter.get("question/1")):
        assert page.status_code == 410
        assert "This link has been replaced" in page.text
        assert "votes@northmoor.example" in page.text
    sent = voter.send(seal(app, voter))
    assert sent.status_code == 410
    assert "replaced by a newer one" in error(sent)
    assert count(app, voter.poll) == (0, 0)


# The states of a poll


def test_before_opening_the_page_says_when(app: Flask, voter: Voter) -> None:
    alter_poll(app, voter.poll, state="ready", opens_at=minutes_ago(-60))
    page = voter.client.get(voter.ballot.path)
    assert "Voting has not opened yet" in page.text
    assert "You can vote from" in page.text
    assert voter.arrive().status_code == 409


def test_after_closing_the_page_says_when_and_what_comes(app: Flask, voter: Voter) -> None:
    alter_poll(app, voter.poll, closes_at=minutes_ago(60))
    page = voter.client.get(voter.ballot.path)
    assert "Voting has closed" in page.text
    assert "The outcome will be sent to you by email" in page.text
    assert voter.arrive().status_code == 409


def test_a_cancelled_vote_gives_the_public_reason(app: Flask, voter: Voter) -> None:
    cancel_poll(app, voter.poll, "The wording of the first question was wrong.")
    page = voter.client.get(voter.ballot.path)
    assert "This vote has been cancelled" in page.text
    assert "The wording of the first question was wrong." in page.text


def cancel_poll(app: Flask, poll: Ground, reason: str) -> None:
    with app.app_context():
        found = db.session.get(Poll, poll.poll_id)
        assert found is not None
        polls.cancel(db.session(), found, reason=reason, actor=None, now=minutes_ago(0))
        db.session.commit()


def test_a_vote_begun_before_closing_may_be_cast_in_the_grace(app: Flask, voter: Voter) -> None:
    answer_all(voter)
    with voter.client.session_transaction() as session:
        session["voter"] = {**session["voter"], "begun_at": session["voter"]["begun_at"] - 300}
    alter_poll(app, voter.poll, closes_at=minutes_ago(3))
    assert "you can cast your vote until" in voter.get("check").text
    assert voter.post("check").location == voter.url("receipt")
    assert count(app, voter.poll) == (1, 1)


def test_the_link_may_be_opened_again_in_the_grace(app: Flask, voter: Voter) -> None:
    voter.arrive()
    with voter.client.session_transaction() as session:
        session["voter"] = {**session["voter"], "begun_at": session["voter"]["begun_at"] - 300}
    alter_poll(app, voter.poll, closes_at=minutes_ago(3))
    answer_all(voter)  # from the link on
    assert voter.post("check").location == voter.url("receipt")
    assert count(app, voter.poll) == (1, 1)


def test_a_vote_begun_after_closing_may_not(app: Flask, voter: Voter) -> None:
    answer_all(voter)
    alter_poll(app, voter.poll, closes_at=minutes_ago(3))
    page = voter.post("check")
    assert page.status_code == 409
    assert "Voting has closed" in page.text
    assert count(app, voter.poll) == (0, 0)


def test_no_page_is_given_to_a_browser_that_is_on_no_visit(voter: Voter) -> None:
    for place in ("start", "background/1", "question/1", "check", "plain", "code", "receipt"):
        page = voter.get(place)
        assert page.status_code == 403, place
        assert "Open your link again" in page.text


def test_a_visit_to_one_poll_opens_no_other(app: Flask, voter: Voter) -> None:
    other = make_open_poll(app)
    voter.arrive()
    assert voter.client.get(f"/vote/{other.poll_id}/start").status_code == 403
    assert voter.client.get("/vote/999999/start").status_code == 403


# The paper without scripts


def test_start_says_what_who_until_when_and_by_which_rule(voter: Voter) -> None:
    voter.arrive()
    page = voter.get("start").text
    for text in (
        "Whether the trust&#39;s sports centres become a mutual.",
        "Who would sit on its board",
        "Northmoor Leisure Trust",
        "01632 960001",
        "Northmoor branch of the union, 01632 960002",
        "How your vote counts",
        "Staff",
        "There are 2 questions.",
    ):
        assert text in page


def test_start_says_whom_secrecy_rests_on(app: Flask, voter: Voter) -> None:
    voter.arrive()
    page = voter.get("start").text
    assert "opened.\nThis service holds the key, so you trust it not to open a single vote." in page
    assert "scrutineers are needed" not in page
    unscripted = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "it cannot seal your vote: our server would" in unscripted

    alter_poll(app, voter.poll, key_holding="scrutineers", key_size=5, threshold=3)

    page = voter.get("start").text
    assert "This service cannot open anything by itself: 3 of 5 scrutineers are needed" in page
    assert "This service holds the key" not in page
    assert f'href="/p/{voter.poll.slug}/{voter.poll.poll_slug}#keys"' in page


def test_each_option_is_read_before_the_vote(voter: Voter) -> None:
    voter.arrive()
    page = voter.get("background/1").text
    for text in (*CHOICES, "Benefits", "Drawbacks", "Options paper of the trust, section 3"):
        assert text in page
    assert voter.get("background/3").status_code == 404


def test_without_consent_no_answer_is_taken(voter: Voter) -> None:
    voter.arrive()
    response = voter.post("question/1", choice="0")
    assert response.location == voter.url("plain")
    assert "our server will see your choice" in voter.get("plain").text
    assert 'method="dialog"' in voter.get("question/1").text


def test_a_script_that_did_not_run_leads_to_the_interruption_page(voter: Voter) -> None:
    voter.arrive()
    assert voter.post("start").location == voter.url("plain")


def test_opening_the_link_again_leaves_the_plain_way(voter: Voter) -> None:
    """As the page says: turn JavaScript on, and open the link again."""
    answer_all(voter)
    assert 'method="dialog"' not in voter.get("question/1").text
    voter.arrive()
    assert 'method="dialog"' in voter.get("question/1").text


@pytest.mark.parametrize("code", ["", "   ", "abc", "QgGQN-JuHmEr-7dpgr-2Qw1aX", "x" * 5000])
def test_a_code_that_is_none_is_named_and_kept(voter: Voter, code: str) -> None:
    voter.arrive()
    page = voter.post("plain", code=code)
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert "<title>Error: " in page.text


def test_the_code_of_another_elector_is_refused_before_the_vote(voter: Voter) -> None:
    voter.arrive()
    page = voter.post("plain", code=voter.poll.electors[1].code)
    assert page.status_code == 422
    assert "belongs to another person" in page.text


def test_the_whole_link_is_taken_for_the_code(voter: Voter) -> None:
    voter.arrive()
    response = voter.post("plain", code=f"https://vote.example{voter.ballot.link}")
    assert response.location == voter.url("question/1")


@pytest.mark.parametrize(
    ("number", "chosen", "message"),
    [
        (1, [], "Select an answer, or leave this question blank"),
        (1, ["7"], "Select an answer, or leave this question blank"),
        (1, ["0", "1"], "Select only 1 answer"),
        (2, ["0", "1", "2"], "Select no more than 2 answers"),
        (2, ["0", "blank"], "Select your answers or the blank vote, not both"),
        (2, [], "Select at least one answer, or leave this question blank"),
    ],
)
def test_a_selection_that_cannot_be_counted_is_named_and_kept(
    voter: Voter, number: int, chosen: list[str], message: str
) -> None:
    voter.arrive()
    voter.agree()
    page = voter.post(f"question/{number}", choice=chosen)
    assert page.status_code == 422
    assert page.text.count(message) == 2
    kept = [n for n in chosen if f'value="{n}" checked' in page.text]
    assert kept == [n for n in chosen if n != "7"]


def test_the_paper_is_checked_changed_and_cast(app: Flask, voter: Voter) -> None:
    answer_all(voter)
    page = voter.get("check").text
    assert "You have not voted yet." in page
    assert CHOICES[0] in page
    assert AIMS[1] in page
    assert AIMS[3] in page
    assert voter.post("question/1?change=1", choice="1").location == voter.url("check")
    assert CHOICES[1] in voter.get("check").text
    assert voter.post("check").location == voter.url("receipt")
    assert count(app, voter.poll) == (1, 1)
    assert has_voted(app, voter)
    with voter.client.session_transaction() as session:
        assert "plain" not in session


def test_an_unfinished_paper_cannot_be_cast(app: Flask, voter: Voter) -> None:
    voter.arrive()
    voter.agree()
    voter.post("question/1", choice="0")
    assert voter.post("check").location == voter.url("check")
    assert voter.get("check").location.startswith(voter.url("question/2"))
    assert count(app, voter.poll) == (0, 0)


def test_the_receipt_shows_the_tracker_and_never_the_choice(app: Flask, voter: Voter) -> None:
    answer_all(voter)
    voter.post("check")
    page = voter.get("receipt").text
    assert "Your vote is in the ballot box" in page
    with app.app_context():
        [event] = board.list_ballots(db.session(), voter.poll.election_id)
        digits = event.digits or ""
    assert " ".join(digits[i : i + 5] for i in range(0, 25, 5)) in page
    for choice in (*CHOICES, *AIMS, FIRST):
        assert choice not in page
    assert str(voter.ballot.elector_id) not in voter.url("receipt").split("/")[3:]


def test_the_receipt_speaks_of_the_count_only_while_it_is_to_come(app: Flask, voter: Voter) -> None:
    answer_all(voter)
    voter.post("check")
    for state, told in (
        ("open", "tell one of these people before the count."),
        ("closed", "tell one of these people before the count."),
        ("declared", "tell one of these people."),
    ):
        alter_poll(app, voter.poll, state=state)
        assert told in voter.get("receipt").text


def test_after_casting_the_paper_is_closed_until_the_voter_votes_again(
    app: Flask, voter: Voter
) -> None:
    answer_all(voter)
    voter.post("check")
    for place in ("check", "question/1", "background/1"):
        assert "Your vote was cast" in voter.get(place).text
    assert "You have already voted" in voter.get("start").text
    voter.post("again")
    voter.agree()
    voter.post("question/1", choice="blank")
    voter.post("question/2", choice="blank")
    assert "will replace the one you cast before" in voter.get("check").text
    voter.post("check")
    assert "This vote replaces the one you cast before." in voter.get("receipt").text
    assert count(app, voter.poll) == (2, 1)


def test_another_browser_is_told_of_the_vote_but_not_of_its_tracker(
    app: Flask, voter: Voter
) -> None:
    answer_all(voter)
    voter.post("check")
    other = Voter(app.test_client(), voter.poll, voter.ballot)
    other.arrive()
    page = other.get("start").text
    assert "You have already voted" in page
    assert "nly your last vote counts" in page
    assert other.get("receipt").status_code == 404


def test_the_next_voter_at_the_same_browser_finds_nothing(voter: Voter) -> None:
    answer_all(voter)
    voter.post("check")
    second = Voter(voter.client, voter.poll, voter.poll.electors[1])
    second.arrive()
    assert second.get("receipt").status_code == 404
    assert "You have already voted" not in second.get("start").text


def test_no_page_of_the_booth_is_kept_by_the_browser(voter: Voter) -> None:
    voter.arrive()
    for place in ("start", "question/1", "check", "plain"):
        assert voter.get(place).headers["Cache-Control"] == "no-store"


def test_nothing_secret_is_logged(
    voter: Voter, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    answer_all(voter)
    voter.post("check")
    logged = caplog.text + "".join(capsys.readouterr())
    assert "/vote/<int:poll_id>/plain" in logged
    assert voter.ballot.code not in logged
    assert voter.ballot.token not in logged


def test_a_get_never_begins_a_write(app: Flask, voter: Voter) -> None:
    voter.arrive()
    with voter.client.session_transaction() as session:
        before = dict(session)
    for place in ("start", "background/1", "question/1", "question/2", "plain", "code", "check"):
        voter.get(place)
    with voter.client.session_transaction() as session:
        assert dict(session) == before
    assert not has_voted(app, voter)

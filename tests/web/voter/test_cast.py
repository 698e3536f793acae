"""Ballots sealed in the browser, as the booth's casting view takes them or refuses them."""

from __future__ import annotations

import datetime as dt
from typing import cast

import pytest
from flask import Flask

from tests.poll_ground import alter_poll
from tests.web.voter.conftest import Voter, count, error, seal


def test_a_sealed_ballot_is_answered_with_the_place_of_the_receipt(
    app: Flask, voter: Voter
) -> None:
    voter.arrive()
    sent = voter.send(seal(app, voter))
    assert sent.status_code == 200
    assert sent.json == {"location": voter.url("receipt")}
    assert voter.get("receipt").status_code == 200
    assert count(app, voter.poll) == (1, 1)


def test_the_same_ballot_sent_twice_leads_to_the_receipt(app: Flask, voter: Voter) -> None:
    voter.arrive()
    ballot = seal(app, voter)
    voter.send(ballot)
    sent = voter.send(ballot)
    assert sent.status_code == 409
    assert cast(dict[str, str], sent.json)["location"] == voter.url("receipt")
    assert error(sent)
    assert count(app, voter.poll) == (1, 1)


def test_an_older_ballot_cannot_be_sent_again(app: Flask, voter: Voter) -> None:
    voter.arrive()
    first, second = seal(app, voter), seal(app, voter)
    voter.send(first)
    voter.send(second)
    assert voter.send(first).status_code == 409
    assert count(app, voter.poll) == (2, 1)


def test_a_ballot_of_another_elector_is_refused(
    app: Flask, voter: Voter, second_voter: Voter
) -> None:
    second_voter.arrive()
    sent = second_voter.send(seal(app, voter))
    assert sent.status_code in {403, 409}
    assert cast(dict[str, object], sent.json)["retry"] is False
    assert count(app, voter.poll) == (0, 0)


@pytest.mark.parametrize("ballot", [b"", b"{}", b"not json", b'{"a":' * 2000])
def test_a_damaged_ballot_is_refused_in_words(app: Flask, voter: Voter, ballot: bytes) -> None:
    voter.arrive()
    sent = voter.send(ballot)
    assert sent.status_code == 422
    assert "Your vote was not cast" in error(sent)
    assert count(app, voter.poll) == (0, 0)


def test_a_body_over_the_limit_is_refused_in_words(app: Flask, voter: Voter) -> None:
    voter.arrive()
    sent = voter.send(b"x" * 1_100_000)
    assert sent.status_code == 413
    assert "1 MB" in error(sent)


def test_casting_without_a_visit_tells_the_script(app: Flask, voter: Voter) -> None:
    sent = voter.send(seal(app, voter))
    assert sent.status_code == 403
    assert "Open the link in your letter again" in error(sent)


def test_casting_without_the_token_against_forgery_is_refused(app: Flask, voter: Voter) -> None:
    voter.arrive()
    sent = voter.client.post(voter.url("cast"), data={"ballot": seal(app, voter).decode()})
    assert sent.status_code == 403
    assert "Open your link again" in sent.text
    assert count(app, voter.poll) == (0, 0)


def test_a_receipt_read_after_the_close_offers_no_second_vote(app: Flask, voter: Voter) -> None:
    voter.arrive()
    voter.send(seal(app, voter))
    assert "Vote again" in voter.get("receipt").text
    alter_poll(app, voter.poll, closes_at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
    receipt = voter.get("receipt").text
    assert "Tracking number" in receipt
    assert "This vote closed at" in receipt
    assert "Vote again" not in receipt
    assert "Voting closes at" not in receipt

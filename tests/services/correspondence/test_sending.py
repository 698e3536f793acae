"""What each letter holds, to whom it goes, and when it is not sent."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.letters_ground import NOW
from tests.services.correspondence.ground import (
    BOX,
    MINUTE,
    OUTCOME,
    Desk,
    add_account,
    only_letter,
    queue,
    send_due,
)
from tests.smtp_ground import Sink
from voting.services import correspondence
from voting.store import letters
from voting.store.database import transaction
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.roll import Credential, Elector


def test_every_elector_gets_their_own_link_and_code(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    queue(session, poll)

    assert send_due(desk, sink.port) == ["sent"] * 5
    electors = session.scalars(select(Elector).order_by(Elector.id)).all()
    assert sorted(sink.recipients()) == sorted(elector.email for elector in electors)
    for position, elector in enumerate(electors):
        election = 1 if elector.constituency.code == "staff" else 2
        code = f"CODE-{election}-{elector.id}"
        link = f"https://vote.example/v/token-{poll.id}-{elector.id}-1#{code}"
        assert link in sink.body(position).splitlines()
        assert code in sink.body(position).splitlines()
    assert sink.letters[0]["From"] == "Northmoor Leisure Trust <votes@service.example>"
    assert sink.letters[0]["Reply-To"] == "votes@northmoor.example"


def test_no_secret_is_ever_kept(session: Session, poll: Poll, desk: Desk, sink: Sink) -> None:
    queue(session, poll)
    sink.at_rcpt["staff0@people.example"] = "550 gone"
    send_due(desk, sink.port)

    session.rollback()
    columns = [str(row) for row in session.execute(select(Letter.__table__)).all()]
    assert len(columns) == 5
    assert not any("CODE-" in row or "token-" in row for row in columns)


def test_a_receipt_tells_the_tracking_number_and_is_forgotten(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    with transaction(session):
        letters.owe(
            session,
            kind="receipt",
            key="receipt:x",
            now=NOW,
            poll_id=poll.id,
            elector_id=1,
            details={"digits": "4821370952116408337720519", "replaced": True},
        )

    assert send_due(desk, sink.port) == ["sent"]
    assert "48213 70952 11640 83377 20519" in sink.body().splitlines()
    assert "https://vote.example/check-vote" in sink.body().splitlines()
    assert "replaces your earlier vote" in sink.body()
    assert only_letter(session).details == "{}"


def test_the_result_goes_to_every_elector_voted_or_not(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    with transaction(session):
        poll.state = "published"
        poll.outcome_json = json.dumps(OUTCOME).encode()
        session.execute(update(Credential).where(Credential.id == 1).values(has_voted=True))
    queue(session, poll, "result")

    assert send_due(desk, sink.port) == ["sent"] * 5
    assert "Staff voted for the change." in sink.body()
    assert "https://vote.example/p/leisure/form/outcome" in sink.body().splitlines()


def test_a_reminder_is_stopped_by_one_post_and_nothing_else_is(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    queue(session, poll, "reminder")
    with transaction(session):
        session.execute(update(Elector).where(Elector.id > 1).values(wants_reminders=False))

    assert send_due(desk, sink.port).count("sent") == 1
    (sent,) = sink.letters
    assert re.fullmatch(r"<https://vote\.example/v/[^#>]+/stop>", sent["List-Unsubscribe"])
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert correspondence.preview_bulk(session, poll, "reminder").total == 1
    assert correspondence.preview_bulk(session, poll, "invitation").total == 5
    with transaction(session):
        poll.state = "published"
        poll.outcome_json = json.dumps(OUTCOME).encode()
    assert correspondence.preview_bulk(session, poll, "result").total == 5
    queue(session, poll, "result")
    assert send_due(desk, sink.port).count("sent") == 5
    assert all("List-Unsubscribe" not in letter for letter in sink.letters[1:])


def test_the_close_notice_says_how_to_check_while_there_is_time(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    with transaction(session):
        poll.state, poll.closed_at, poll.checking_hours = "closed", NOW, 24
        letters.owe_to_electors(session, poll_id=poll.id, kind="closed", now=NOW)

    assert send_due(desk, sink.port)[0] == "sent"
    assert "https://vote.example/check-vote" in sink.body().splitlines()
    assert "Nothing is counted before 9am on Tuesday 3 March 2026" in sink.body()


def test_a_close_notice_that_is_too_late_is_not_sent(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    with transaction(session):
        poll.state, poll.closed_at, poll.checking_hours = "closed", NOW, 24
        letters.owe_to_electors(session, poll_id=poll.id, kind="closed", now=NOW)
        poll.closed_at = NOW - dt.timedelta(days=1)

    assert set(send_due(desk, sink.port)) == {"withdrawn"}
    assert sink.letters == []


def test_a_letter_to_an_account_is_sealed_until_it_is_sent(
    session: Session, desk: Desk, sink: Sink
) -> None:
    words = {"subject": "Set a new password", "text": "Go here\n", "html": "<p>Go here</p>"}
    sealed = BOX.encrypt(json.dumps(words).encode()).decode()
    with transaction(session):
        account = add_account(session)
        letters.owe(
            session,
            kind="reset",
            key="reset:1",
            now=NOW,
            account_id=int(account.id),
            details={"sealed": sealed},
        )

    assert send_due(desk, sink.port) == ["sent"]
    assert sink.letters[0]["Subject"] == "Set a new password"
    assert sink.letters[0]["From"] == "Ballot Office <votes@service.example>"
    assert sink.body() == "Go here\n"
    assert only_letter(session).details == "{}"


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(
    session: Session, poll: Poll, desk: Desk, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction(session):
        account = add_account(session)
        letters.owe(
            session,
            kind="reset",
            key="reset:1",
            now=NOW,
            account_id=int(account.id),
            details={"sealed": "not-sealed-with-our-key"},
        )
    queue(session, poll)

    assert sorted(send_due(desk, sink.port)) == ["deferred"] + ["sent"] * 5
    assert "InvalidToken" in caplog.text
    assert "not-sealed" not in caplog.text


@pytest.mark.parametrize("kind", ["invitation", "reminder"])
def test_after_closing_no_link_is_sent(
    session: Session, poll: Poll, desk: Desk, sink: Sink, kind: str
) -> None:
    queue(session, poll, kind)

    assert poll.closes_at is not None
    assert send_due(desk, sink.port, at=poll.closes_at + MINUTE) == ["withdrawn"] * 5
    assert sink.letters == []


def test_who_votes_meanwhile_is_not_reminded(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    queue(session, poll, "reminder")
    with transaction(session):
        session.execute(update(Credential).where(Credential.id == 1).values(has_voted=True))

    assert sorted(send_due(desk, sink.port)) == ["sent"] * 4 + ["withdrawn"]

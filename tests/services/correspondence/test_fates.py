"""What becomes of letters: retried, bounced, and shown to the organiser."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.letters_ground import NOW
from tests.ports import free_port
from tests.services.correspondence.ground import (
    MINUTE,
    Desk,
    add_ballot,
    only_letter,
    queue,
    send_due,
)
from tests.smtp_ground import Sink
from voting import mail
from voting.services import correspondence
from voting.store import letters, outbox
from voting.store.database import transaction
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.roll import Elector


def owe_one(session: Session, poll: Poll) -> None:
    with transaction(session):
        letters.owe(session, kind="invitation", key="i:1", now=NOW, poll_id=poll.id, elector_id=1)


def test_temporary_failures_are_retried_ever_more_slowly_and_then_given_up(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    owe_one(session, poll)
    with transaction(session):
        poll.closes_at = NOW + dt.timedelta(days=30)
    sink.at_rcpt["staff0@people.example"] = "450 try later"
    at, waits = NOW, []
    while send_due(desk, sink.port, at=at) == ["deferred"]:
        letter = only_letter(session)
        waits.append((letter.due_at - at) / MINUTE)
        assert send_due(desk, sink.port, at=letter.due_at - MINUTE / 2) == []
        at = letter.due_at

    assert waits == [1, 5, 15, 60, 240, 720, 1440]
    letter = only_letter(session)
    assert (letter.state, letter.attempts) == ("failed", 8)
    assert "450 try later" in letter.last_error


def test_a_deferred_letter_goes_out_when_the_mailbox_is_free(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    owe_one(session, poll)
    sink.at_rcpt["staff0@people.example"] = "450 try later"
    assert send_due(desk, sink.port) == ["deferred"]
    sink.at_rcpt.clear()

    assert send_due(desk, sink.port, at=NOW + MINUTE) == ["sent"]


def test_bounces_are_shown_to_the_organiser_and_can_be_tried_again(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    queue(session, poll)
    sink.at_rcpt["users1@people.example"] = "550 no such person"
    send_due(desk, sink.port)

    session.rollback()
    failure = correspondence.list_failures(session, poll)[0]
    assert (failure.name, failure.constituency, failure.state) == (
        "Sam Users 1",
        "Users",
        "bounced",
    )
    assert "550 no such person" in failure.reason
    assert send_due(desk, sink.port, at=NOW + dt.timedelta(days=3)) == []

    sink.at_rcpt.clear()
    with transaction(session):
        assert correspondence.retry_failed(session, poll, now=NOW) == 1
    assert send_due(desk, sink.port) == ["sent"]
    session.rollback()
    assert correspondence.list_failures(session, poll) == []


@pytest.mark.parametrize(
    ("state", "voters", "shown"), [("open", 3, 0), ("closed", 2, 0), ("closed", 3, 1)]
)
def test_a_receipt_that_bounced_does_not_tell_who_has_voted(
    session: Session, poll: Poll, state: str, voters: int, shown: int
) -> None:
    with transaction(session):
        poll.state = state
        for number in range(voters):
            add_ballot(session, poll.elections[0].id, number)
        letters.owe(session, kind="receipt", key="r", now=NOW, poll_id=poll.id, elector_id=1)
        session.execute(update(Letter).values(state="bounced"))

    assert len(correspondence.list_failures(session, poll)) == shown


def test_no_server_costs_no_letter_an_attempt(session: Session, poll: Poll, desk: Desk) -> None:
    queue(session, poll)
    with pytest.raises(mail.ServerUnavailable):
        send_due(desk, free_port())

    session.rollback()
    attempts = session.scalars(select(Letter.attempts)).all()
    assert attempts == [0] * 5
    assert correspondence.status_counts(session, poll) == {"invitation": {"deferred": 1, "owed": 4}}


def test_an_answer_that_never_came_is_tried_once_more_and_not_again(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    owe_one(session, poll)
    sink.at_data["staff0@people.example"] = "drop"

    assert send_due(desk, sink.port) == ["deferred"]
    assert send_due(desk, sink.port, at=NOW + MINUTE) == ["failed"]
    assert send_due(desk, sink.port, at=NOW + dt.timedelta(days=3)) == []
    assert len(sink.letters) == 2
    assert sink.letters[0]["Message-ID"] == sink.letters[1]["Message-ID"]
    assert only_letter(session).last_error == outbox.CANNOT_TELL


def test_an_address_that_cannot_be_written_bounces(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    owe_one(session, poll)
    with transaction(session):
        session.execute(update(Elector).values(email="not an address"))

    assert send_due(desk, sink.port) == ["bounced"]

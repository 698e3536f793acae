"""Letters to many: counted before they are sent, and sent once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.letters_ground import NOW
from tests.services.correspondence.ground import (
    Desk,
    add_account,
    queue,
    send_due,
)
from tests.smtp_ground import Sink
from voting.domain.errors import BadInput, Conflict, NotFound
from voting.services import correspondence
from voting.store.database import transaction
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.roll import Credential


def test_a_preview_counts_people_and_shows_no_real_link(session: Session, poll: Poll) -> None:
    preview = correspondence.preview_bulk(session, poll, "invitation")

    assert preview.recipients == (("Staff", 3), ("Users", 2))
    assert preview.total == 5
    assert "Vote by 5pm on Friday 13 March" in preview.sample.subject
    assert "/v/EXAMPLE#XXXXX" in preview.sample.text


@pytest.mark.parametrize("typed", ["", "4", "five", "50", "5.0", "-5"])
def test_a_bulk_send_needs_the_number_of_recipients(
    session: Session, poll: Poll, typed: str
) -> None:
    with pytest.raises(BadInput, match="Enter 5"):
        queue(session, poll, typed=typed)

    assert session.scalars(select(Letter)).all() == []


def test_a_bulk_send_is_done_once(session: Session, poll: Poll) -> None:
    assert queue(session, poll, typed=" 5 ") == 5
    with pytest.raises(Conflict, match="nobody left"):
        queue(session, poll)

    assert correspondence.status_counts(session, poll) == {"invitation": {"owed": 5}}


@pytest.mark.parametrize(
    ("state", "kind"),
    [("draft", "invitation"), ("closed", "invitation"), ("ready", "reminder"), ("open", "result")],
)
def test_a_letter_is_sent_only_when_it_makes_sense(
    session: Session, poll: Poll, state: str, kind: str
) -> None:
    poll.state = state
    with pytest.raises(Conflict):
        correspondence.queue_bulk(session, poll, kind, typed="5", now=NOW)


def test_a_kind_nobody_knows_is_not_found(session: Session, poll: Poll) -> None:
    with pytest.raises(NotFound):
        correspondence.preview_bulk(session, poll, "advertisement")


def test_at_most_three_reminders_and_to_non_voters_only(session: Session, poll: Poll) -> None:
    with transaction(session):
        session.execute(update(Credential).where(Credential.id == 1).values(has_voted=True))
    for _ in range(3):
        assert queue(session, poll, "reminder", "4") == 4
    with pytest.raises(Conflict, match="most allowed"):
        queue(session, poll, "reminder", "4")


def test_a_test_letter_goes_to_the_organiser_alone(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    with transaction(session):
        account = add_account(session)
        correspondence.send_test(session, poll, "invitation", account=account, now=NOW)

    assert send_due(desk, sink.port) == ["sent"]
    assert sink.recipients() == ["org@northmoor.example"]
    assert "This is a test letter" in sink.body()
    assert "token-" not in sink.body()
    assert "CODE-" not in sink.body()

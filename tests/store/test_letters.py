"""The outbox: one letter per key, one holder per letter, one retry after a death."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.letters_ground import NOW, add_poll, make_poll
from voting.store import letters, outbox, undelivered
from voting.store.database import transaction
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.roll import Credential, Elector

MINUTE = dt.timedelta(minutes=1)


def owe(session: Session, key: str, kind: str = "notice", **more: object) -> Letter | None:
    made = letters.owe(session, kind=kind, key=key, now=NOW, **more)  # type: ignore[arg-type]
    return None if made is None else session.get_one(Letter, made)


def reserve(session: Session, *, at: dt.datetime = NOW, holder: str = "one") -> list[int]:
    with transaction(session):
        return outbox.reserve_due(session, now=at, holder=holder, limit=10)


def begin(session: Session, letter_id: int, *, at: dt.datetime = NOW, holder: str = "one") -> bool:
    with transaction(session):
        return outbox.begin_sending(session, letter_id, now=at, holder=holder)


def end(session: Session, letter_id: int, state: str, *, holder: str = "one") -> bool:
    with transaction(session):
        return outbox.end_sending(session, letter_id, holder=holder, state=state, now=NOW)


@pytest.fixture
def letter(session: Session) -> Letter:
    with transaction(session):
        made = owe(session, "first", details={"digits": "1"})
    assert made is not None
    return made


def test_a_key_is_owed_once(session: Session) -> None:
    with transaction(session):
        first = owe(session, "receipt:1", "receipt", details={"digits": "12345"})
        again = owe(session, "receipt:1", "receipt", details={"digits": "67890"})

    assert first is not None
    assert again is None
    assert first.details == '{"digits": "12345"}'


def test_every_elector_of_the_poll_is_owed_one_invitation(session: Session) -> None:
    with transaction(session):
        poll = make_poll(session, staff=3, users=2)
        counted = letters.count_recipients(session, poll.id, "invitation")
        new = letters.owe_to_electors(session, poll_id=poll.id, kind="invitation", now=NOW)
        again = letters.owe_to_electors(session, poll_id=poll.id, kind="invitation", now=NOW)

    assert counted == [("Staff", 3), ("Users", 2)]
    assert (new, again) == (5, 0)
    elector = session.scalars(select(Elector)).first()
    assert elector is not None
    keys = session.scalars(select(Letter.key)).all()
    assert f"invitation:{poll.id}:{elector.id}:1" in keys
    assert letters.count_recipients(session, poll.id, "invitation") == []


def test_two_polls_on_one_roll_are_owed_apart(session: Session) -> None:
    with transaction(session):
        first = make_poll(session)
        second = add_poll(session, first.proposal, slug="model")
        one = letters.owe_to_electors(session, poll_id=first.id, kind="invitation", now=NOW)
        two = letters.owe_to_electors(session, poll_id=second.id, kind="invitation", now=NOW)

    assert (one, two) == (5, 5)


def test_a_reminder_goes_to_non_voters_only(session: Session) -> None:
    with transaction(session):
        poll = make_poll(session)
        voter = session.scalars(select(Credential)).first()
        assert voter is not None
        voter.has_voted = True
        session.flush()
        new = letters.owe_to_electors(session, poll_id=poll.id, kind="reminder", now=NOW)

    assert new == 4
    assert not letters.has_letter(session, poll.id, voter.elector_id or 0, ("reminder",))
    assert letters.count_rounds(session, poll.id, "reminder") == 1


def test_an_elector_with_a_replaced_link_is_not_invited_again(session: Session) -> None:
    with transaction(session):
        poll = make_poll(session)
        elector = session.scalars(select(Elector)).first()
        assert elector is not None
        owe(session, "r", "replacement", poll_id=poll.id, elector_id=elector.id)
        elector.link_generation = 2
        session.flush()
        new = letters.owe_to_electors(session, poll_id=poll.id, kind="invitation", now=NOW)

    assert new == 4


def test_one_holder_at_a_time(session: Session, letter: Letter) -> None:
    assert reserve(session, holder="one") == [letter.id]
    assert reserve(session, holder="two") == []
    assert not begin(session, letter.id, holder="two")
    assert begin(session, letter.id, holder="one")
    assert not end(session, letter.id, "sent", holder="two")
    assert end(session, letter.id, "sent", holder="one")
    assert reserve(session, at=NOW + dt.timedelta(days=2)) == []
    session.refresh(letter)
    assert (letter.state, letter.details, letter.attempts) == ("sent", "{}", 1)


def test_a_letter_not_due_waits(session: Session) -> None:
    with transaction(session):
        owe(session, "later", due_at=NOW + MINUTE)

    assert reserve(session) == []
    assert len(reserve(session, at=NOW + MINUTE)) == 1


def test_a_reservation_that_runs_out_does_not_make_a_letter_doubtful(
    session: Session, letter: Letter
) -> None:
    for hour in range(5):
        reserve(session, at=NOW + dt.timedelta(hours=hour), holder=f"dies-{hour}")

    assert reserve(session, at=NOW + dt.timedelta(hours=9)) == [letter.id]
    session.refresh(letter)
    assert (letter.state, letter.uncertain, letter.attempts) == ("owed", False, 0)


def test_a_sender_that_lost_its_lease_cannot_begin(session: Session, letter: Letter) -> None:
    reserve(session, holder="slow")

    assert not begin(session, letter.id, holder="slow", at=NOW + dt.timedelta(hours=1))


def test_a_death_while_sending_is_retried_once_and_then_says_so(
    session: Session, letter: Letter
) -> None:
    reserve(session)
    begin(session, letter.id)
    later = NOW + dt.timedelta(hours=1)
    assert reserve(session, at=later, holder="two") == [letter.id]
    session.refresh(letter)
    assert (letter.state, letter.uncertain) == ("deferred", True)

    assert begin(session, letter.id, at=later, holder="two")
    assert reserve(session, at=later + dt.timedelta(hours=1)) == []
    session.refresh(letter)
    assert (letter.state, letter.attempts) == ("failed", 2)
    assert letter.last_error == outbox.CANNOT_TELL


def test_a_receipt_does_not_queue_behind_a_bulk_send(session: Session) -> None:
    with transaction(session):
        poll = make_poll(session, staff=30)
        letters.owe_to_electors(session, poll_id=poll.id, kind="invitation", now=NOW)
        receipt = owe(session, "r", "receipt", due_at=NOW + MINUTE)

    assert receipt is not None
    assert reserve(session, at=NOW + MINUTE)[0] == receipt.id


def test_undelivered_letters_are_listed_and_owed_again(session: Session) -> None:
    with transaction(session):
        poll = make_poll(session)
        letters.owe_to_electors(session, poll_id=poll.id, kind="invitation", now=NOW)
        session.execute(update(Letter).where(Letter.id < 3).values(state="bounced", uncertain=True))

    rows = undelivered.list_of_poll(session, poll.id, limit=10)
    assert [elector.name for _, elector in rows] == ["Sam Staff 0", "Sam Staff 1"]
    assert letters.count_states(session, poll.id) == {"invitation": {"bounced": 2, "owed": 3}}
    with transaction(session):
        assert undelivered.owe_again_of_poll(session, poll.id, [1], now=NOW) == 1
    assert letters.count_states(session, poll.id) == {"invitation": {"bounced": 1, "owed": 4}}


def test_tens_of_thousands_are_queued_in_seconds(session: Session) -> None:
    with transaction(session):
        poll = make_poll(session, staff=30_000, users=0)
    started = time.process_time()  # of this process alone, however busy the machine is
    with transaction(session):
        new = letters.owe_to_electors(session, poll_id=poll.id, kind="invitation", now=NOW)
    took = time.process_time() - started

    assert new == 30_000
    assert took < 10
    assert session.get(Poll, poll.id) is not None
    assert len(reserve(session)) == 10


def test_nothing_of_a_letter_is_in_its_repr(session: Session) -> None:
    with transaction(session):
        made = owe(session, "k", details={"sealed": "very-secret"})

    assert "secret" not in repr(made)

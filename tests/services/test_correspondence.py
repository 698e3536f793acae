"""Letters: counted before they are sent, sent once, and honest about what became of them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from tests.letters_ground import NOW, add_poll, make_poll
from tests.smtp_ground import Sink, free_port, mail_at, running_sink
from voting import mail
from voting.domain.errors import BadInput, Conflict, NotFound
from voting.services import correspondence
from voting.store import letters, outbox
from voting.store.accounts import Account
from voting.store.board import BoardEvent
from voting.store.database import transaction
from voting.store.letters import Letter
from voting.store.polls import Election, Poll
from voting.store.proposals import list_acts
from voting.store.roll import Credential, Elector, LinkReplacement

MINUTE = dt.timedelta(minutes=1)
BOX = Fernet(Fernet.generate_key())
OUTCOME = {
    "sentence": "Staff voted for the change.",
    "rule": {"deciding_question": 0},
    "constituencies": [],
    "decision": {"constituencies": []},
}


@dataclass(frozen=True)
class Desk:
    """Transactions on an engine, and a post whose links and codes can be told apart."""

    engine: Engine
    base_url: str = "https://vote.example"
    organisation: str = "Ballot Office"
    sender: str = "votes@service.example"
    reply_to: str = "office@service.example"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with Session(self.engine) as session, transaction(session):
            yield session

    def voter_token(self, poll_id: int, elector_id: int, generation: int) -> str:
        return f"token-{poll_id}-{elector_id}-{generation}"

    def scrutineer_token(self, scrutineer_id: int, generation: int) -> str:
        return f"scrutineer-{scrutineer_id}-{generation}"

    def code_for(self, election: Election, elector_id: int) -> str:
        return f"CODE-{election.id}-{elector_id}"

    def unseal(self, sealed: bytes) -> bytes:
        return BOX.decrypt(sealed)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


@pytest.fixture
def session(desk: Desk) -> Iterator[Session]:
    with Session(desk.engine, expire_on_commit=True) as opened:
        yield opened


@pytest.fixture
def poll(session: Session) -> Poll:
    with transaction(session):
        return make_poll(session)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


def queue(session: Session, poll: Poll, kind: str = "invitation", typed: str = "5") -> int:
    with transaction(session):
        return correspondence.queue_bulk(session, poll, kind, typed=typed, now=NOW)


def send_due(desk: Desk, port: int, *, at: dt.datetime = NOW) -> list[str]:
    """Send what is due, as a worker does; what became of each letter."""
    states = []
    with mail.Mailer(mail_at(port)) as mailer:
        while True:
            with desk.writing() as session:
                ids = correspondence.lease_due(session, now=at, holder="h", limit=10)
            if not ids:
                return states
            for letter_id in ids:
                states.append(
                    correspondence.send_letter(
                        desk, letter_id, holder="h", mailer=mailer, post=desk, now=at
                    )
                )


def only_letter(session: Session) -> Letter:
    session.rollback()
    return session.scalars(select(Letter).order_by(Letter.id)).one()


def add_account(session: Session) -> Account:
    account = Account(
        email="org@northmoor.example", full_name="Olu Organiser", active=True, fs_uniquifier="u"
    )
    session.add(account)
    session.flush()
    return account


def add_ballot(session: Session, election_id: int, number: int) -> None:
    """A row on the board, as far as counting voters is concerned."""
    ballot = BoardEvent(
        election_id=election_id,
        position=number,
        type="Ballot",
        body=b"",
        hash="",
        payload=str(number),
        credential=str(number),
    )
    session.add(ballot)
    session.flush()


# ---------------------------------------------------------------- bulk


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


# ---------------------------------------------------------------- sending


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


# ---------------------------------------------------------------- what becomes of letters


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


# ---------------------------------------------------------------- replacing a link


def replace(session: Session, poll: Poll, *, asked: bool = False, reason: str = "Lost") -> None:
    with transaction(session):
        elector = session.get_one(Elector, 1)
        correspondence.replace_link(
            session, poll, elector, reason=reason, now=NOW, voter_asked=asked
        )


def test_a_replaced_link_is_recorded_and_a_new_one_is_sent(
    session: Session, poll: Poll, desk: Desk, sink: Sink
) -> None:
    queue(session, poll)
    replace(session, poll, reason="Sent to\nan old address")

    assert session.get_one(Elector, 1).link_generation == 2
    replacement = session.scalars(select(LinkReplacement)).one()
    assert (replacement.generation, replacement.reason) == (2, "Sent to an old address")
    assert send_due(desk, sink.port) == ["sent"] * 5
    mine = [sink.body(n) for n, to in enumerate(sink.recipients()) if to.startswith("staff0")]
    assert len(mine) == 1
    assert f"/v/token-{poll.id}-1-2#CODE-1-1" in mine[0]
    assert "has stopped working" in mine[0]


def test_the_public_trail_does_not_say_whose_link_was_replaced(
    session: Session, poll: Poll
) -> None:
    replace(session, poll, reason="Sam moved house")

    act = list_acts(session, poll.proposal_id)[-1]
    assert act.kind == "link-replaced"
    assert json.loads(act.body)["constituency"] == "staff"
    for personal in ("Sam", "staff0", "moved", '"elector"'):
        assert personal not in act.body


def test_a_replacement_needs_a_reason(session: Session, poll: Poll) -> None:
    with pytest.raises(BadInput, match="Enter why"):
        replace(session, poll, reason=" \n ")

    assert session.get_one(Elector, 1).link_generation == 1


def test_after_a_vote_a_link_is_replaced_only_if_the_voter_asks(
    session: Session, poll: Poll
) -> None:
    with transaction(session):
        session.execute(update(Credential).where(Credential.id == 1).values(has_voted=True))
    with pytest.raises(Conflict, match="voter asks"):
        replace(session, poll)
    replace(session, poll, asked=True)

    assert session.get_one(Elector, 1).link_generation == 2


def test_after_the_vote_no_link_is_replaced(session: Session, poll: Poll) -> None:
    with transaction(session):
        poll.state = "closed"
    with pytest.raises(Conflict):
        replace(session, poll)


def test_other_running_polls_of_the_proposal_get_a_working_link_too(
    session: Session, poll: Poll
) -> None:
    with transaction(session):
        other = add_poll(session, poll.proposal, slug="model")
    queue(session, poll)
    queue(session, other)
    replace(session, poll)

    keys = session.scalars(select(Letter.key).where(Letter.kind == "replacement")).all()
    assert sorted(keys) == [f"replacement:{poll.id}:1:2", f"replacement:{other.id}:1:2"]

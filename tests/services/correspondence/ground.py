"""A post whose links and codes can be told apart, and what it sends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.fernet import Fernet
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.letters_ground import NOW
from tests.smtp_ground import mail_at
from voting import mail
from voting.services import correspondence
from voting.store.accounts import Account
from voting.store.board import BoardEvent
from voting.store.database import transaction
from voting.store.letters import Letter
from voting.store.polls import Election, Poll

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

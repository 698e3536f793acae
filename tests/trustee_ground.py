"""Polls whose keys are held by scrutineers, and scrutineers who work on their own machines."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tests.factories_polls import (
    CLOSES_AT,
    NOW,
    OPENS_AT,
    SEALER,
    add_question,
    freeze,
    make_draft,
)
from voting.belenios import opening
from voting.belenios.exchange import KeyFile, make_answer, make_key_file, parse_key_file, parse_task
from voting.domain.methods import default_method
from voting.domain.scrutiny import STATEMENTS, Stated
from voting.services import casting, keys, polls, publication, scrutiny, tallying, trustees
from voting.store.polls import Election, Poll
from voting.store.proposals import Proposal
from voting.store.roll import list_electors
from voting.store.trustees import Scrutineer, list_scrutineers

PEOPLE = (
    ("Una Price", "union@watchers.example", "Leisure Workers’ Union"),
    ("Pat Okafor", "partner@watchers.example", "Northmoor Partnership"),
    ("Ines Young", "independent@watchers.example", "Institute of Fair Ballots"),
    ("Dai Rees", "charity@watchers.example", "Northmoor Trust"),
)
AFTER = CLOSES_AT + dt.timedelta(minutes=11)
STEPS = ("certificate", "saved-copy", "contribution", "output")


def arrange(
    session: Session, poll: Poll, *, size: int = 3, threshold: int = 2, service: bool = False
) -> list[Scrutineer]:
    """Let *size* scrutineers hold the keys of a draft, and name them."""
    trustees.set_arrangement(
        session,
        poll,
        holding="scrutineers",
        size=size,
        threshold=threshold,
        with_service_key=service,
        all_needed_reason="They asked for it." if threshold == size else "",
    )
    return [
        trustees.add_scrutineer(session, poll, name=name, email=email, organisation=organisation)
        for name, email, organisation in PEOPLE[:size]
    ]


def invite(session: Session, poll: Poll) -> list[Scrutineer]:
    """Begin the ceremony and owe the invitations."""
    people = trustees.begin_ceremony(session, poll, actor=None, now=NOW)
    trustees.owe_invitations(session, poll, people, typed=str(len(people)), now=NOW)
    return people


@dataclass(slots=True)
class Machine:
    """A scrutineer's own computer: it keeps the key file, and works on files of the service."""

    scrutineer_id: int
    key: bytes = b""

    def person(self, session: Session) -> Scrutineer:
        """The scrutineer whose machine it is."""
        return session.get_one(Scrutineer, self.scrutineer_id)

    def fetch_task(self, session: Session) -> bytes:
        """Download the task of the moment."""
        return trustees.make_task(session, self.person(session)).to_json()

    def read_key(self) -> KeyFile:
        """Load the key file."""
        return parse_key_file(self.key)

    def answer(self, session: Session) -> bytes:
        """Work on the task of the moment; a key is made the first time."""
        task = parse_task(self.fetch_task(session))
        if not self.key:
            self.key = make_key_file(task).to_json()
        return make_answer(self.read_key(), task)

    def send(self, session: Session, *, now: dt.datetime = NOW) -> None:
        """Work on the task and send the answer."""
        trustees.take_answer(session, self.person(session), self.answer(session), now=now)

    def shuffle(self, session: Session, election: Election) -> bytes:
        """Check the archive and mix its votes, on this machine."""
        archive = io.BytesIO(b"".join(publication.archive_stream(session, election)))
        task = parse_task(self.fetch_task(session))
        return opening.shuffle(self.read_key(), task, opening.read_count(archive))

    def decrypt(self, session: Session, election: Election, *, reason: str = "") -> bytes:
        """Check the archive and decrypt, on this machine."""
        archive = io.BytesIO(b"".join(publication.archive_stream(session, election)))
        task = parse_task(self.fetch_task(session))
        return opening.decrypt(self.read_key(), task, opening.read_count(archive), reason=reason)


def mix(session: Session, machine: Machine, election: Election) -> None:
    """The scrutineer checks the archive, mixes its votes, and sends the file."""
    raw = machine.shuffle(session, election)
    trustees.take_shuffle(session, machine.person(session), election, raw, now=AFTER)
    session.commit()


def make_keys(session: Session, poll: Poll, *, now: dt.datetime = NOW) -> list[Machine]:
    """Go through the whole ceremony of an invited poll; the machines with their key files."""
    machines = [Machine(person.id) for person in list_scrutineers(session, poll.id)]
    for _ in STEPS:
        for machine in machines:
            machine.send(session, now=now)
    return machines


def approve_all(session: Session, poll: Poll, *, now: dt.datetime = NOW) -> None:
    """Every scrutineer approves what was frozen."""
    for person in list_scrutineers(session, poll.id):
        trustees.approve(session, person, seen=poll.frozen_hash or "", now=now)


def make_watched_poll(
    session: Session,
    *,
    electors: dict[str, int] | None = None,
    group: str = "Ed25519",
    size: int = 3,
    threshold: int = 2,
    service: bool = False,
    ranked: bool = False,
    proposal: Proposal | None = None,
) -> tuple[Poll, list[Machine]]:
    """An open poll whose keys are held by scrutineers, and their machines; committed.

    *ranked* adds a second question whose options are ranked.
    """
    draft = make_draft(session, proposal, electors=electors or {"Staff": 12}, group=group)
    if ranked:
        rank_options(session, draft)
    arrange(session, draft, size=size, threshold=threshold, service=service)
    invite(session, draft)
    machines = make_keys(session, draft)
    poll = freeze(session, draft)
    approve_all(session, poll)
    polls.open_poll(session, poll, now=OPENS_AT)
    session.commit()
    return poll, machines


def rank_options(session: Session, draft: Poll) -> None:
    """Add a question whose two options are ranked."""
    question = add_question(session, draft, text="Which comes first?")
    polls.set_method(session, question, default_method("rank"))


def vote(session: Session, poll: Poll, number: int | None = None) -> None:
    """*number* electors of each constituency (all of them) vote, yes and no by turns.

    Of a ranked question, every third one ranks the second option first.
    """
    for election in poll.elections:
        for index, elector in enumerate(list_electors(session, election.constituency_id)):
            if number is not None and index >= number:
                break
            code = keys.code_for(election, elector.id, sealer=SEALER)
            paper = [0, 1, 0] if index % 2 == 0 else [0, 0, 1]
            papers = [paper, [2, 1] if index % 3 == 0 else [1, 2]][: len(poll.questions)]
            casting.seal_and_cast(session, election.id, elector.id, code, papers, now=OPENS_AT)
            session.commit()


def close_and_count(session: Session, poll: Poll) -> None:
    """Seal the boxes, and take the count as far as it goes without the scrutineers."""
    tallying.close(session, poll, now=AFTER)
    count_on(session, poll)


def count_on(session: Session, poll: Poll) -> None:
    """What the worker does when it looks."""
    tallying.count(session, poll, sealer=SEALER, now=AFTER)
    session.commit()


def sign_reports(session: Session, poll: Poll, position: int = 1) -> None:
    """One scrutineer signs a report on every constituency."""
    person = list_scrutineers(session, poll.id)[position - 1]
    content = dict.fromkeys(STATEMENTS, Stated(True))
    for election in poll.elections:
        scrutiny.sign(session, person, election, stated=content, signature=person.name, now=AFTER)
    session.commit()


def give(session: Session, machine: Machine, election: Election, *, reason: str = "") -> None:
    """The scrutineer checks the archive, decrypts, and sends the file."""
    raw = machine.decrypt(session, election, reason=reason)
    trustees.take_decryption(session, machine.person(session), election, raw, now=AFTER)
    session.commit()

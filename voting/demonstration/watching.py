"""The scrutineers of the demonstration: each on a machine of their own, with their own key file."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from voting.belenios import opening
from voting.belenios.exchange import (
    KeyFile,
    Task,
    make_answer,
    make_key_file,
    parse_key_file,
    parse_task,
)
from voting.belenios.opening import MINIMUM, Count
from voting.demonstration.stage import Stage
from voting.domain.scrutiny import STATEMENTS, Stated
from voting.services import publication, scrutiny, trustees
from voting.store.polls import Election, Poll
from voting.store.trustees import Scrutineer, list_scrutineers

STEPS = 4  # certificate, proved copy, contribution, output
REASON = "Everyone in this demonstration is made up."
PEOPLE = (
    ("Una Price", "union@watchers.example", "Leisure Workers' Union (fictional)"),
    ("Pat Okafor", "partner@watchers.example", "Riverside Partnership (fictional)"),
    ("Ines Young", "independent@watchers.example", "Institute of Fair Ballots (fictional)"),
    ("Dai Rees", "charity@watchers.example", "Riverside Trust (fictional)"),
    ("Mina Khan", "council@watchers.example", "Riverside Council (fictional)"),
)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How many scrutineers hold the keys, and how many of them are needed."""

    threshold: int
    size: int


@dataclass(slots=True)
class Machine:
    """One scrutineer's computer. The key file stays here; only answers leave."""

    scrutineer_id: int
    key: bytes = field(default=b"", repr=False)

    def answer(self, task: Task) -> bytes:
        """Do the step that is asked for; the first one makes the key."""
        if not self.key:
            self.key = make_key_file(task).to_json()
        return make_answer(self.read_key(), task)

    def read_key(self) -> KeyFile:
        """Load the key file, as the scrutineer does at every visit."""
        return parse_key_file(self.key)


def arrange(session: Session, poll: Poll, arrangement: Arrangement) -> None:
    """Let scrutineers hold the keys of a draft, and name them."""
    trustees.set_arrangement(
        session,
        poll,
        holding="scrutineers",
        size=arrangement.size,
        threshold=arrangement.threshold,
        with_service_key=False,
        all_needed_reason=REASON if arrangement.threshold == arrangement.size else "",
    )
    for name, email, organisation in PEOPLE[: arrangement.size]:
        trustees.add_scrutineer(session, poll, name=name, email=email, organisation=organisation)


def make_keys(stage: Stage, poll_id: int, now: dt.datetime) -> list[Machine]:
    """Invite the scrutineers and go through their ceremony, message by message."""
    with stage.sessions.writing() as session:
        poll = session.get_one(Poll, poll_id)
        people = trustees.begin_ceremony(session, poll, actor=None, now=now)
        trustees.owe_invitations(session, poll, people, typed=str(len(people)), now=now)
        machines = [Machine(person.id) for person in people]
    for _ in range(STEPS):
        for machine in machines:
            with stage.sessions.writing() as session:
                person = session.get_one(Scrutineer, machine.scrutineer_id)
                raw = machine.answer(_fetch_task(session, person))
                trustees.take_answer(session, person, raw, now=now)
    return machines


def approve(stage: Stage, poll_id: int, now: dt.datetime) -> None:
    """Every scrutineer approves what was frozen, and is told of it by letter first."""
    with stage.sessions.writing() as session:
        poll = session.get_one(Poll, poll_id)
        trustees.owe_turns(session, poll, now=now)
        for person in list_scrutineers(session, poll_id):
            trustees.approve(session, person, seen=poll.frozen_hash or "", now=now)


def count(stage: Stage, poll_id: int, machines: list[Machine], now: dt.datetime) -> None:
    """As many scrutineers as are needed, the last ones named, check and open every box.

    The first ones stay away, as if they had lost their keys.
    """
    with stage.sessions.reading() as session:
        poll = session.get_one(Poll, poll_id)
        needed = poll.threshold
        uuids = [election.uuid for election in poll.elections]
    for kind in ("shuffle", "decryption"):
        for machine in machines[-needed:]:
            for uuid in uuids:
                _give(stage, machine, uuid, kind, now)
        stage.count(poll_id, now)


def sign_reports(stage: Stage, poll_id: int, now: dt.datetime) -> None:
    """One of those who counted signs a report on every constituency."""
    with stage.sessions.writing() as session:
        person = list_scrutineers(session, poll_id)[-1]
        satisfied = dict.fromkeys(STATEMENTS, Stated(True))
        for election in person.poll.elections:
            scrutiny.sign(
                session, person, election, stated=satisfied, signature=person.name, now=now
            )


def _give(stage: Stage, machine: Machine, uuid: str, kind: str, now: dt.datetime) -> None:
    """One scrutineer's part of the count of one box, if this kind is asked for."""
    with stage.sessions.reading() as session:
        person = session.get_one(Scrutineer, machine.scrutineer_id)
        election = trustees.get_election(person, uuid)
        if trustees.find_awaited(session, election).kind != kind:
            return
        task, checked = _fetch_task(session, person), _check(stage, session, election)
    if kind == "shuffle":
        raw = opening.shuffle(machine.read_key(), task, checked, executor=stage.executor)
    else:
        reason = REASON if checked.counted < MINIMUM else ""
        raw = opening.decrypt(machine.read_key(), task, checked, reason=reason)
    with stage.sessions.writing() as session:
        person = session.get_one(Scrutineer, machine.scrutineer_id)
        election = trustees.get_election(person, uuid)
        if kind == "shuffle":
            trustees.take_shuffle(session, person, election, raw, now=now, executor=stage.executor)
        else:
            trustees.take_decryption(session, person, election, raw, now=now)


def _fetch_task(session: Session, person: Scrutineer) -> Task:
    """Download the task of the moment as its file."""
    return parse_task(trustees.make_task(session, person).to_json())


def _check(stage: Stage, session: Session, election: Election) -> Count:
    """Download the sealed box, and check every ballot and sum in it."""
    archive = io.BytesIO(b"".join(publication.archive_stream(session, election)))
    return opening.read_count(archive, executor=stage.executor)

"""Where a demonstration plays: one application, its mail sink, and workers for the sums."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from voting import jobs
from voting.belenios.ballot import make_ballot
from voting.belenios.election import parse_election
from voting.demonstration import organising, people
from voting.demonstration.sink import find_link, list_letters
from voting.demonstration.story import Ask
from voting.domain.errors import Refusal
from voting.services import casting, correspondence, publication
from voting.store.polls import Poll, Question, find_election
from voting.store.roll import Elector
from voting.store.transactions import Transactions

BATCH = 25  # papers filled in by one worker at a time

Paper = tuple[str, list[list[int]]]
"""A voting code and what its voter chose: per question the blank bit, then one bit an option."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One voter at the booth: who, in which election, with which code and choices."""

    election_id: int
    definition: bytes
    elector_id: int
    code: str
    choices: list[list[int]]

    def __repr__(self) -> str:
        return f"<Visit of elector {self.elector_id}>"


@dataclass(frozen=True, slots=True)
class Stage:
    """A running application with its letters in *mail* and an executor for the sums."""

    app: Flask
    mail: Path
    executor: Executor
    chance: random.Random

    @property
    def sessions(self) -> Transactions:
        """Transactions on the application's database."""
        return Transactions(self.app)

    def sweep(self, now: dt.datetime) -> int:
        """Everything that is due at *now*: open, close, count, send letters. Letters sent."""
        return jobs.run_sweep(self.app, now)

    def invite(self, poll_id: int, now: dt.datetime) -> int:
        """Queue an invitation to everyone on the rolls, as an organiser who types the number."""
        with self.sessions.writing() as session:
            poll = session.get_one(Poll, poll_id)
            preview = correspondence.preview_bulk(session, poll, "invitation")
            return correspondence.queue_bulk(
                session, poll, "invitation", typed=str(preview.total), now=now
            )

    def count(self, poll_id: int, now: dt.datetime) -> None:
        """Ask for the count and have it done."""
        with self.sessions.writing() as session:
            session.get_one(Poll, poll_id).counting_wanted_at = now
        jobs.count_poll(self.app, poll_id, now)

    def publish(self, poll_id: int, now: dt.datetime) -> None:
        """Verify the archives, publish the outcome and owe the result letters."""
        with self.sessions.writing() as session:
            poll = session.get_one(Poll, poll_id)
            publication.publish(session, poll, actor=None, now=now, executor=self.executor)


def fill_in(definition: bytes, papers: list[Paper]) -> list[bytes]:
    """Seal some papers of one election, as the voters' browsers do."""
    election = parse_election(definition)
    return [make_ballot(election, code, choices) for code, choices in papers]


def fill_in_one(question: Question, chosen: list[str]) -> list[int]:
    """The numbers to seal for what a voter selected or marked."""
    if question.method.is_sealed_whole:
        return casting.marks_to_vector(question.method, len(question.options), chosen)
    return casting.choices_to_vector(question, chosen)


def read_visits(
    stage: Stage, poll_id: int, asks: Sequence[Ask], *, turnout: float, skip: int = 0
) -> list[Visit]:
    """Follow the links in the letters after the first *skip*; a share votes, drawn by lot."""
    links = stage.app.extensions["voting.links"]
    invited = [find_link(path) for path in list_letters(stage.mail)[skip:]]
    codes: dict[int, str] = {}
    for found in filter(None, invited):
        link = links.read_voter_token(found[0])
        if link.poll_id == poll_id:
            codes[link.elector_id] = found[1]
    going = stage.chance.sample(sorted(codes), round(len(codes) * turnout))
    with stage.sessions.reading() as session:
        poll = session.get_one(Poll, poll_id)
        visits = []
        for elector_id in going:
            elector = session.get_one(Elector, elector_id)
            election = find_election(session, poll_id, elector.constituency_id)
            if election is None:
                raise Refusal("the demonstration lost an election")
            code = election.constituency.code
            choices = [
                fill_in_one(
                    question,
                    people.make_choice(ask, organising.find_leaning(code, ask), stage.chance),
                )
                for question, ask in zip(poll.questions, asks, strict=True)
            ]
            visits.append(
                Visit(election.id, election.definition, elector_id, codes[elector_id], choices)
            )
        return visits


def seal(stage: Stage, visits: Sequence[Visit]) -> Iterator[tuple[Visit, bytes]]:
    """Seal the visits' papers on all cores; pairs come in the order of the visits."""
    batches = (visits[start : start + BATCH] for start in range(0, len(visits), BATCH))
    parts = [part for batch in batches for part in _split(batch)]
    futures = [
        stage.executor.submit(
            fill_in, part[0].definition, [(visit.code, visit.choices) for visit in part]
        )
        for part in parts
    ]
    for part, future in zip(parts, futures, strict=True):
        yield from zip(part, future.result(), strict=True)


def _split(batch: Sequence[Visit]) -> Iterator[list[Visit]]:
    elections = sorted({visit.election_id for visit in batch})
    for election_id in elections:
        yield [visit for visit in batch if visit.election_id == election_id]


def cast(stage: Stage, sealed: Sequence[tuple[Visit, bytes]], now: dt.datetime) -> int:
    """Put the sealed votes into the boxes through the casting service, one transaction each."""
    for visit, raw in sealed:
        with stage.sessions.writing() as session:
            casting.cast_ballot(
                session, visit.election_id, visit.elector_id, raw, now=now, begun_at=now
            )
    return len(sealed)

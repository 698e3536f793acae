"""A poll with real keys and a roll, put straight into the tables.

What the tests from casting to publication stand on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from voting.belenios import election as protocol
from voting.belenios.ballot import make_ballot
from voting.domain.canonical import canonical_json
from voting.domain.methods import Method, write_method
from voting.sealing import Sealer
from voting.services import casting, declaration, keys, publication, tallying
from voting.services.casting import Receipt
from voting.services.polls.freezing import describe
from voting.store import database
from voting.store.accounts import Account
from voting.store.polls import DecisionRule, Election, Option, Poll, Question
from voting.store.proposals import Constituency, Proposal
from voting.store.roll import Elector

OPENS = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
NOON = OPENS + dt.timedelta(days=1)
CLOSES = OPENS + dt.timedelta(days=14)
GRACE = dt.timedelta(minutes=10)
AFTER = CLOSES + dt.timedelta(minutes=11)

FORM = ("Should the service become a mutual?", 1, ("Yes", "No"))
AIMS = ("What should come first?", 2, ("Hours", "Prices", "Repairs", "Training"))

YES, NO, BLANK = [0, 1, 0], [0, 0, 1], [1, 0, 0]

Asked = tuple[str, int, tuple[str, ...]]


@contextmanager
def open_engine(url: str) -> Iterator[Engine]:
    """An engine set up as the service sets up its own, on an empty database with every table."""
    engine = create_engine(url)
    database.prepare_engine(engine)
    Account.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database on SQLite."""
    with open_engine(f"sqlite:///{tmp_path}/voting.db") as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def each_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database, once on SQLite and once on PostgreSQL."""
    url = f"sqlite:///{tmp_path}/voting.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    with open_engine(url.replace("postgresql://", "postgresql+psycopg://")) as made:
        yield made


@dataclass(slots=True)
class Ground:
    """An open poll on one database. Every act opens a session of its own, as a request does."""

    engine: Engine
    sealer: Sealer
    poll_id: int
    elections: list[int]
    electors: list[list[int]]

    def session(self) -> Session:
        """A new session, with a connection of its own."""
        return Session(self.engine)

    def definition(self, place: int = 0) -> protocol.Election:
        """The election of a constituency as voters' browsers read it."""
        with self.session() as session:
            row = session.get_one(Election, self.elections[place])
            return protocol.parse_election(row.definition)

    def code(self, voter: int = 0, place: int = 0) -> str:
        """The code in this elector's letter."""
        with self.session() as session:
            row = session.get_one(Election, self.elections[place])
            return keys.code_for(row, self.electors[place][voter], sealer=self.sealer)

    def seal(self, *choices: Sequence[int], voter: int = 0, place: int = 0) -> bytes:
        """A ballot as this elector's browser makes it."""
        return make_ballot(self.definition(place), self.code(voter, place), choices or [YES])

    def cast(
        self,
        raw: bytes,
        *,
        voter: int = 0,
        place: int = 0,
        now: dt.datetime = NOON,
        begun_at: dt.datetime | None = None,
    ) -> Receipt:
        """Cast *raw* as this elector, in a transaction of its own."""
        with self.session() as session:
            receipt = casting.cast_ballot(
                session,
                self.elections[place],
                self.electors[place][voter],
                raw,
                now=now,
                begun_at=begun_at,
            )
            session.commit()
            return receipt

    def vote(self, *choices: Sequence[int], voter: int = 0, place: int = 0) -> Receipt:
        """Seal and cast."""
        return self.cast(self.seal(*choices, voter=voter, place=place), voter=voter, place=place)

    def close(self, now: dt.datetime = AFTER) -> None:
        """Seal the ballot boxes."""
        with self.session() as session, database.transaction(session):
            tallying.close(session, session.get_one(Poll, self.poll_id), now=now)

    def count(self, now: dt.datetime = AFTER) -> None:
        """Count as the worker does: one transaction an election."""
        with self.session() as session:
            poll = session.get_one(Poll, self.poll_id)
            tallying.count(session, poll, sealer=self.sealer, now=now, keep=session.commit)

    def declare(self, now: dt.datetime = AFTER) -> None:
        """Hold the result to the rule."""
        with self.session() as session, database.transaction(session):
            declaration.declare(session, session.get_one(Poll, self.poll_id), now=now)

    def publish(self, now: dt.datetime = AFTER) -> None:
        """Check the archives and make the outcome public."""
        with self.session() as session:
            poll = session.get_one(Poll, self.poll_id)
            publication.publish(session, poll, now=now, actor=None)
            session.commit()

    def finish(self) -> None:
        """From the close to the published outcome."""
        self.close()
        self.count()
        self.declare()
        self.publish()


def make_ground(
    engine: Engine,
    *,
    group: str = "Ed25519",
    rolls: Sequence[Sequence[int]] = ((1, 1, 1),),
    questions: Sequence[Asked] = (FORM,),
    show_ballot_count: bool = False,
    checking_hours: int = 0,
    methods: Sequence[Method] = (),
    carrying: int | None = 0,
) -> Ground:
    """An open poll; *rolls* holds, per constituency, the weights of its electors.

    *methods* are how the first questions are answered and counted; the others are plain.
    """
    sealer = Sealer((Fernet.generate_key(),))
    with Session(engine) as session, database.transaction(session):
        proposal = _add_proposal(session, len(rolls))
        poll = _add_poll(session, proposal, group, questions, show_ballot_count)
        poll.checking_hours = checking_hours
        poll.carrying_option = carrying
        for question, method in zip(poll.questions, methods, strict=False):
            question.method_json = write_method(method)
        electors, elections = [], []
        for constituency, weights in zip(proposal.constituencies, rolls, strict=True):
            electors.append(_add_electors(session, constituency, weights))
            _add_rule(session, poll, constituency)
            made = keys.prepare_election(session, poll, constituency, sealer=sealer, now=OPENS)
            elections.append(made.id)
        poll.frozen_json = canonical_json(describe(session, poll))
        poll.frozen_hash = hashlib.sha256(poll.frozen_json).hexdigest()
        return Ground(engine, sealer, poll.id, elections, electors)


def _add_proposal(session: Session, number: int) -> Proposal:
    proposal = Proposal(
        slug="leisure",
        title="The future of Leisure Services",
        organisation="Northmoor Leisure Trust",
        deciding="Whether to form a mutual",
        still_open="Which legal form it takes",
        contact_name="Alex Morgan",
        contact_email="votes@northmoor.example",
        created_at=OPENS,
    )
    names = ("Staff", "Users", "Community")[:number]
    proposal.constituencies = [
        Constituency(code=name.lower(), name=name, position=position)
        for position, name in enumerate(names)
    ]
    session.add(proposal)
    session.flush()
    return proposal


def _add_poll(
    session: Session,
    proposal: Proposal,
    group: str,
    questions: Sequence[Asked],
    show_ballot_count: bool,
) -> Poll:
    poll = Poll(
        proposal_id=proposal.id,
        slug="form",
        title="Forming a mutual",
        introduction="Please read the background.",
        state="open",
        group=group,
        opens_at=OPENS,
        closes_at=CLOSES,
        show_ballot_count=show_ballot_count,
        carrying_option=0,
    )
    poll.questions = [
        Question(
            position=position,
            text=text,
            maximum=maximum,
            options=[Option(position=place, text=option) for place, option in enumerate(options)],
        )
        for position, (text, maximum, options) in enumerate(questions)
    ]
    session.add(poll)
    session.flush()
    return poll


def _add_electors(
    session: Session, constituency: Constituency, weights: Sequence[int]
) -> list[int]:
    people = []
    for number, weight in enumerate(weights):
        email = f"{constituency.code}{number}@people.example"
        elector = Elector(
            constituency_id=constituency.id,
            name=f"Sam {constituency.name} {number}",
            email=email,
            email_key=email,
            weight=weight,
            weight_reason="a practice with more patients" if weight != 1 else "",
        )
        people.append(elector)
    session.add_all(people)
    session.flush()
    return [elector.id for elector in people]


def _add_rule(session: Session, poll: Poll, constituency: Constituency) -> None:
    session.add(
        DecisionRule(
            poll_id=poll.id,
            constituency_id=constituency.id,
            standing="decides" if constituency.position == 0 else "advises",
            comparison="more-than",
            numerator=1,
            denominator=2,
            base="valid",
            turnout_percent=0,
        )
    )
    session.flush()

"""A service with one open poll, spoken to as a browser without scripts would."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.consultation_ground import Respondent, invite, open_consultation
from tests.poll_ground import Ballot, Ground, make_open_poll
from voting.app import create_app
from voting.belenios.ballot import make_ballot
from voting.belenios.election import parse_election
from voting.config import load_settings
from voting.store import board
from voting.store.database import db
from voting.store.polls import Election
from voting.store.roll import find_credential

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(slots=True)
class Voter:
    """A browser in the hands of one elector."""

    client: FlaskClient
    poll: Ground
    ballot: Ballot

    def url(self, place: str) -> str:
        return f"/vote/{self.poll.poll_id}/{place}"

    def get(self, place: str) -> TestResponse:
        return self.client.get(self.url(place))

    def csrf_token(self) -> str:
        found = TOKEN.search(self.client.get(self.ballot.path).text)
        if found is None:
            found = TOKEN.search(self.client.get("/check-vote").text)
        assert found is not None
        return found[1]

    def post(self, place: str, **form: Any) -> TestResponse:
        address = place if place.startswith("/") else self.url(place)
        return self.client.post(address, data={"csrf_token": self.csrf_token(), **form})

    def arrive(self) -> TestResponse:
        """Open the link and press Continue."""
        return self.post(self.ballot.path)

    def agree(self) -> TestResponse:
        """Let the server seal the vote."""
        return self.post("plain", code=self.ballot.code)

    def send(self, ballot: bytes) -> TestResponse:
        """Send a sealed ballot as the page's script does."""
        return self.client.post(
            self.url("cast"),
            data={"csrf_token": self.csrf_token(), "ballot": ballot.decode()},
            headers={"Accept": "application/json"},
        )


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service with a database of its own."""
    environment = {
        "VOTING_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "VOTING_BASE_URL": "http://localhost",
        "VOTING_ORGANISATION": "Northmoor Leisure Trust",
        "VOTING_SECRET_KEYS": "a-secret-for-tests-that-is-long-enough-to-be-taken",
        "VOTING_SEALING_KEYS": "Hc5xq3hvJYQ7vJrUiTnCB1v1yXy0s0G2VZJr6uNwBqQ=",
    }
    app = create_app(load_settings(environment))
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def poll(app: Flask) -> Ground:
    """An open poll of two questions; two of its electors have a name."""
    return make_open_poll(app)


@pytest.fixture
def voter(app: Flask, poll: Ground) -> Voter:
    """The first elector."""
    return Voter(app.test_client(), poll, poll.electors[0])


@pytest.fixture
def second_voter(app: Flask, poll: Ground) -> Voter:
    """The second elector, in another browser."""
    return Voter(app.test_client(), poll, poll.electors[1])


@pytest.fixture
def opened(app: Flask) -> int:
    """An open consultation."""
    return open_consultation(app)


@pytest.fixture
def person(app: Flask, opened: int) -> Respondent:
    """Somebody who was invited to it."""
    return invite(app, opened)


def minutes_ago(minutes: float) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)


def seal(
    app: Flask, voter: Voter, first: list[int] | None = None, second: list[int] | None = None
) -> bytes:
    """A ballot as the voter's browser would make it."""
    with app.app_context():
        found = db.session.get(Election, voter.poll.election_id)
        assert found is not None
        election = parse_election(found.definition)
    choices = [first or [0, 1, 0], second or [1, 0, 0, 0, 0]]
    return make_ballot(election, voter.ballot.code, choices)


def count(app: Flask, poll: Ground) -> tuple[int, int]:
    with app.app_context():
        return board.count_ballots(db.session(), poll.election_id)


def has_voted(app: Flask, voter: Voter) -> bool:
    with app.app_context():
        found = find_credential(db.session(), voter.poll.election_id, voter.ballot.elector_id)
        return found is not None and found.has_voted


def answer_all(voter: Voter) -> None:
    voter.arrive()
    voter.agree()
    voter.post("question/1", choice="0")
    voter.post("question/2", choice=["1", "3"])


def error(response: TestResponse) -> str:
    return cast(str, cast(dict[str, object], response.json)["error"])

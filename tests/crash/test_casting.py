"""kill -9 of the web in the middle of casting: no accepted vote is lost, none is there twice."""

from __future__ import annotations

import datetime as dt
import http.client
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from tests.ports import free_port
from tests.service_ground import add_poll, make_environ, running_service
from voting.belenios.ballot import make_ballot
from voting.belenios.election import parse_election
from voting.belenios.verify import verify_archive
from voting.services import keys, publication
from voting.store.board import BoardEvent
from voting.store.letters import Letter
from voting.store.polls import Election
from voting.store.roll import Credential, list_electors
from voting.store.transactions import Transactions

ELECTORS = 90
KILL_AT = (12, 30, 48, 66)  # votes accepted
PATIENCE = 60.0
FORM_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
GONE = (urllib.error.URLError, http.client.HTTPException, OSError)


@dataclass
class Web:
    """``voting web`` as a process that can be killed with all its children, and started again."""

    environ: dict[str, str]
    address: str
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "voting", "web"],
            env={**os.environ, **self.environ},
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=5):
                    return
            except GONE:
                time.sleep(0.05)
        raise AssertionError("the web did not start")

    def kill(self) -> None:
        """End it and all its children without warning."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.deaths += 1


@dataclass
class Voter:
    """One elector's browser. It sends the same ballot again until it has an answer."""

    address: str
    poll_id: int
    token: str
    ballot: bytes = field(repr=False)

    def vote(self) -> int:
        """Open the link, cast the ballot; the status of the answer that came in the end."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                return self._attempt(opener)
            except urllib.error.HTTPError as answer:
                if answer.code == 409:
                    return 409
                raise
            except GONE:
                time.sleep(0.02)
        raise AssertionError("no answer came")

    def _attempt(self, opener: urllib.request.OpenerDirector) -> int:
        landing = f"{self.address}/v/{self.token}"
        with opener.open(landing, timeout=20) as page:
            found = FORM_TOKEN.search(page.read().decode())
        assert found is not None
        form = {"csrf_token": found[1]}
        with opener.open(landing, data=urlencode(form).encode(), timeout=20) as page:
            page.read()
        form["ballot"] = self.ballot.decode()
        request = urllib.request.Request(
            f"{self.address}/vote/{self.poll_id}/cast",
            data=urlencode(form).encode(),
            headers={"Accept": "application/json"},
        )
        with opener.open(request, timeout=20) as answer:
            assert json.load(answer)["location"]
            return int(answer.status)


@contextmanager
def running_web(environ: dict[str, str], address: str) -> Iterator[Web]:
    web = Web(environ, address)
    web.start()
    yield web
    web.kill()


def list_voters(app: Flask, poll_id: int, address: str) -> list[Voter]:
    with Transactions(app).reading() as session:
        row = session.scalars(select(Election).where(Election.poll_id == poll_id)).one()
        election, sealer = parse_election(row.definition), app.extensions["voting.sealer"]
        return [
            Voter(
                address,
                poll_id,
                app.extensions["voting.links"].voter_token(poll_id, elector.id, 1),
                make_ballot(election, keys.code_for(row, elector.id, sealer=sealer), [[0, 1, 0]]),
            )
            for elector in list_electors(session, row.constituency_id)
        ]


def test_every_accepted_vote_is_in_the_box_once_with_one_receipt(
    tmp_path: Path, database_url: str
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environ = make_environ(tmp_path, mail_port=free_port(), database_url=database_url)
    environ |= {"VOTING_LISTEN": f"127.0.0.1:{port}", "VOTING_BASE_URL": address}
    answers: Counter[int] = Counter()
    counted = threading.Condition()

    with running_service(environ) as app:
        poll_id = add_poll(app, electors=ELECTORS, now=dt.datetime.now(dt.UTC))
        voters = list_voters(app, poll_id, address)

        def cast(voter: Voter) -> None:
            status = voter.vote()
            with counted:
                answers[status] += 1
                counted.notify_all()

        with running_web(environ, address) as web, ThreadPoolExecutor(4) as pool:
            casting = [pool.submit(cast, voter) for voter in voters]
            for number in KILL_AT:
                with counted:
                    assert counted.wait_for(lambda n=number: answers.total() >= n, PATIENCE)
                web.kill()
                web.start()
            for one in casting:
                one.result()

        assert web.deaths == len(KILL_AT) + 1
        assert set(answers) <= {200, 409}
        assert answers.total() == ELECTORS
        check_the_box(app, poll_id)


def check_the_box(app: Flask, poll_id: int) -> None:
    """One ballot and one receipt for each elector, and an unbroken chain that verifies."""
    with Transactions(app).reading() as session:
        row = session.scalars(select(Election).where(Election.poll_id == poll_id)).one()
        ballots = session.execute(
            select(BoardEvent.credential, BoardEvent.digits).where(BoardEvent.type == "Ballot")
        ).all()
        receipts = session.execute(
            select(Letter.elector_id, Letter.details).where(Letter.kind == "receipt")
        ).all()
        voted = session.scalars(select(Credential.has_voted)).all()
        archive = b"".join(publication.archive_stream(session, row))

    assert len(ballots) == len({credential for credential, _ in ballots}) == ELECTORS
    assert voted == [True] * ELECTORS
    assert len(receipts) == len({elector_id for elector_id, _ in receipts}) == ELECTORS
    owed = {json.loads(details)["digits"] for _, details in receipts}
    assert owed == {digits for _, digits in ballots}
    report = verify_archive(io.BytesIO(archive))
    assert report.valid, report.error
    assert report.ballots == ELECTORS

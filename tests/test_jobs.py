"""The queue: what is due is done on time, once, and a fault in one poll keeps no other waiting."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request
from sqlalchemy import select, update

from tests.ports import free_port
from tests.service_ground import DAY, add_poll, invite, make_environ, running_service
from tests.smtp_ground import Sink, running_sink
from voting import jobs
from voting.app import create_app
from voting.belenios.ballot import make_ballot
from voting.belenios.election import parse_election
from voting.config import load_settings
from voting.services import casting, keys
from voting.store import letters
from voting.store.database import db
from voting.store.letters import Letter
from voting.store.polls import Election, Poll
from voting.store.proposals import list_acts
from voting.store.roll import Credential
from voting.store.transactions import Transactions

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


@pytest.fixture
def environ(tmp_path: Path, sink: Sink) -> dict[str, str]:
    return make_environ(tmp_path, mail_port=sink.port)


@pytest.fixture
def app(environ: dict[str, str]) -> Iterator[Flask]:
    with running_service(environ) as running:
        yield running


def state_of(app: Flask, poll_id: int) -> str:
    with Transactions(app).reading() as session:
        return session.get_one(Poll, poll_id).state


def vote(app: Flask, poll_id: int, now: dt.datetime = NOW) -> str:
    """Cast one ballot for the first option, as the first elector; its digits."""
    with Transactions(app).reading() as session:
        election = session.scalars(select(Election).where(Election.poll_id == poll_id)).one()
        elector_id = session.scalars(
            select(Credential.elector_id).where(Credential.election_id == election.id)
        ).first()
        assert elector_id is not None
        code = keys.code_for(election, elector_id, sealer=app.extensions["voting.sealer"])
        ballot = make_ballot(parse_election(election.definition), code, [[0, 1, 0]])
        receipt = casting.cast_ballot(
            session, election.id, elector_id, ballot, now=now, begun_at=None
        )
        session.commit()
        return receipt.digits


def want_count(app: Flask, poll_id: int, now: dt.datetime) -> None:
    with Transactions(app).writing() as session:
        session.get_one(Poll, poll_id).counting_wanted_at = now


def test_a_sweep_opens_closes_counts_and_writes(app: Flask, sink: Sink) -> None:
    poll_id = add_poll(app, electors=10, now=NOW, opened=False)
    invite(app, poll_id, NOW)

    assert jobs.run_sweep(app, NOW) == 10
    assert state_of(app, poll_id) == "open"

    digits = vote(app, poll_id)
    assert jobs.run_sweep(app, NOW) == 1
    assert digits[:5] in sink.body(10)
    assert "Your vote is in the ballot box" in sink.letters[10]["Subject"]

    closed = NOW + DAY + dt.timedelta(minutes=11)
    assert jobs.run_sweep(app, NOW + DAY) == 0
    assert state_of(app, poll_id) == "open"  # the grace has not passed
    jobs.run_sweep(app, closed)
    assert state_of(app, poll_id) == "closed"
    jobs.run_sweep(app, closed)
    assert state_of(app, poll_id) == "closed"  # nobody has asked for the count

    want_count(app, poll_id, closed)
    jobs.run_sweep(app, closed)
    assert state_of(app, poll_id) == "declared"
    with Transactions(app).reading() as session:
        poll = session.get_one(Poll, poll_id)
        assert all(election.sealed_key is None for election in poll.elections)
        assert all(election.sealed_seed is None for election in poll.elections)
        kinds = [act.kind for act in list_acts(session, poll.proposal_id)]
    assert "closed" in kinds
    assert "counted" in kinds


def test_a_fault_in_one_poll_does_not_keep_the_others_waiting(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    broken = add_poll(app, electors=10, now=NOW)
    sound = add_poll(app, electors=10, now=NOW)
    with Transactions(app).writing() as session:
        session.execute(
            update(Election).where(Election.poll_id == broken).values(sealed_key=b"not a key")
        )
    closed = NOW + DAY + dt.timedelta(minutes=11)
    jobs.open_and_close(app, closed)
    for poll_id in (broken, sound):
        want_count(app, poll_id, closed)

    jobs.run_sweep(app, closed)
    assert state_of(app, sound) == "declared"
    assert state_of(app, broken) in ("closed", "counting")
    assert "counting failed" in caplog.text


def test_without_a_mail_server_nothing_is_lost(app: Flask, environ: dict[str, str]) -> None:
    poll_id = add_poll(app, electors=10, now=NOW)
    invite(app, poll_id, NOW)
    with running_sink() as elsewhere:
        environ["VOTING_MAIL_PORT"] = str(free_port())
        unreachable = create_app(load_settings(environ))
        assert jobs.run_sweep(unreachable, NOW) == 0
        environ["VOTING_MAIL_PORT"] = str(elsewhere.port)
        reachable = create_app(load_settings(environ))
        assert jobs.run_sweep(reachable, NOW + dt.timedelta(minutes=1)) == 10


def test_no_task_carries_anything_but_an_id(app: Flask) -> None:
    queue = jobs.install(app)
    poll_id = add_poll(app, electors=10, now=NOW)
    want_count(app, poll_id, NOW)
    closed = NOW + DAY + dt.timedelta(minutes=11)
    jobs.open_and_close(app, closed)
    queue.sweep()

    waiting = queue.huey.pending()
    assert sorted(task.name for task in waiting) == ["count_poll", "post_letters"]
    assert [task.data for task in waiting if task.name == "count_poll"] == [((poll_id,), {})]
    assert [task.data for task in waiting if task.name == "post_letters"] == [((), {})]


def test_many_calls_to_look_make_one_task(app: Flask) -> None:
    queue = jobs.install(app)
    for _ in range(50):
        queue.look_now()

    assert [task.name for task in queue.huey.pending()] == ["look"]


def test_a_forged_task_is_not_run(app: Flask) -> None:
    queue = jobs.install(app)
    queue.huey.storage.enqueue(b"cos\nsystem\n(S'true'\ntR.:" + b"0" * 40)

    with pytest.raises(ValueError, match="mismatch"):
        queue.huey.dequeue()


def test_a_request_that_owes_a_letter_has_it_sent_soon(app: Flask) -> None:
    queue = jobs.install(app)
    poll_id = add_poll(app, electors=10, now=NOW)

    @app.after_request
    def owe(response: Response) -> Response:
        if request.path == "/healthz":
            letters.owe(db.session(), kind="notice", key="k", now=NOW, poll_id=poll_id)
        return response

    client = app.test_client()
    client.get("/cookies")
    assert queue.huey.pending() == []
    client.get("/healthz")
    assert [task.name for task in queue.huey.pending()] == ["look"]


WORKER = """
import os
from voting import jobs
from voting.app import create_app
from voting.app import create_app
from voting.config import load_settings
jobs.run_worker(create_app(load_settings(os.environ)))
"""


@pytest.mark.parametrize("stopped_by", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_sends_what_is_due_and_ends_gracefully(
    app: Flask, environ: dict[str, str], sink: Sink, stopped_by: signal.Signals
) -> None:
    invite(app, add_poll(app, electors=40, now=NOW), NOW)
    environ["VOTING_MAIL_PER_MINUTE"] = "240"  # all of them would take ten seconds
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env={**os.environ, **environ})
    deadline = time.monotonic() + 60
    while len(sink.letters) < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    worker.send_signal(stopped_by)

    assert worker.wait(timeout=60) == 0
    with Transactions(app).reading() as session:
        states = Counter(session.scalars(select(Letter.state)))
        holders = set(session.scalars(select(Letter.lease_holder)))
    assert 5 <= states["sent"] == len(sink.letters) < 40
    assert states["sent"] + states["owed"] == 40
    assert holders == {None}


def test_one_sweep_by_command(app: Flask, environ: dict[str, str], sink: Sink) -> None:
    invite(app, add_poll(app, electors=10, now=NOW), NOW)
    command = [str(Path(sys.executable).with_name("voting")), "worker", "--once"]
    done = subprocess.run(
        command, env={**os.environ, **environ}, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert "Letters sent: 10." in done.stdout
    assert len(sink.letters) == 10

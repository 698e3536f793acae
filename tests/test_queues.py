"""The three places where tasks may wait: SQLite, PostgreSQL and Redis, each a real one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask

from tests.ports import free_port
from tests.service_ground import add_poll, invite, make_environ, running_service
from tests.smtp_ground import Sink, running_sink
from tests.test_jobs import NOW, WORKER
from voting import jobs
from voting.jobs.queue import Queue

PATIENCE = 60.0  # seconds until a test gives up waiting


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of one's own."""
    program = shutil.which("redis-server")
    if program is None:
        missing = "redis-server is not installed"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL) as server:
        url = f"redis://127.0.0.1:{port}/0"
        with redis.Redis.from_url(url) as client:
            wait_until(lambda: answers(client))
        yield url
        server.terminate()


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def wait_until(is_so: object) -> None:
    """Until *is_so* says yes; fails when that takes too long."""
    assert callable(is_so)
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def environ(request: pytest.FixtureRequest, tmp_path: Path, sink: Sink) -> dict[str, str]:
    """The settings of a service whose tasks wait in one of the three."""
    environ = make_environ(tmp_path, mail_port=sink.port)
    if request.param != "sqlite":
        url = request.getfixturevalue(f"{request.param}_url")
        environ["VOTING_QUEUE_URL"] = url.replace("postgresql+psycopg:", "postgresql:")
    return environ


@pytest.fixture
def app(environ: dict[str, str]) -> Iterator[Flask]:
    with running_service(environ) as running:
        yield running


@pytest.fixture
def queue(app: Flask) -> Iterator[Queue]:
    """The queue of the service under test, empty."""
    queue = jobs.install(app)
    queue.huey.flush()
    yield queue
    queue.huey.storage.close()


def test_a_task_waits_signed_and_only_once(queue: Queue) -> None:
    for _ in range(20):
        queue.look_now()
    assert [task.name for task in queue.huey.scheduled() or queue.huey.pending()] == ["look"]

    queue.huey.flush()
    queue.huey.storage.enqueue(b"cos\nsystem\n(S'true'\ntR.:" + b"0" * 40)
    with pytest.raises(ValueError, match="mismatch"):
        queue.huey.dequeue()


def test_a_worker_hears_of_letters_through_the_queue(
    app: Flask, environ: dict[str, str], sink: Sink, queue: Queue
) -> None:
    with subprocess.Popen([sys.executable, "-c", WORKER], env={**os.environ, **environ}) as worker:
        invite(app, add_poll(app, electors=10, now=NOW), NOW)
        queue.look_now()
        wait_until(lambda: len(sink.letters) == 10)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=PATIENCE) == 0
    assert len({letter["To"] for letter in sink.letters}) == 10

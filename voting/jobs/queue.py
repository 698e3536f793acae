"""The tasks on Huey, and the worker that does them."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask, Response
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer

from voting.config import Settings
from voting.engine import make_executor
from voting.jobs.conduct import count_poll, list_wanted_counts, open_and_close
from voting.jobs.letters import post_letters, read_clock
from voting.store.database import db
from voting.store.letters import OWED

PATIENCE = 2.0  # seconds within which one "look now" stands for all
THREADS = 4  # letters, a count, and sweeps do not wait for each other

log = logging.getLogger(__name__)


class Queue:
    """The service's tasks on Huey, and "look now" for whoever commits something to be done."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.stopping = threading.Event()
        self._posting = threading.Lock()
        self._counting = threading.Lock()
        self._looked_at = -PATIENCE

    @cached_property
    def huey(self) -> Huey:
        """The queue itself, opened when it is first needed."""
        return _make_huey(self.app.extensions["voting.settings"])

    @cached_property
    def tasks(self) -> dict[str, Any]:
        """The tasks by name; calling one puts it into the queue."""
        every_minute = crontab(minute="*")
        return {
            "post_letters": self.huey.task(name="post_letters")(self.post),
            "count_poll": self.huey.task(name="count_poll")(self.count),
            "look": self.huey.task(name="look")(self.sweep),
            "sweep": self.huey.periodic_task(every_minute, name="sweep")(self.sweep),
        }

    def look_now(self) -> None:
        """Have letters sent and counts begun soon. Never raises: a sweep looks within a minute.

        Calls within two seconds are answered by one task, which runs when they are over.
        """
        now = time.monotonic()
        if now - self._looked_at < PATIENCE:
            return
        self._looked_at = now
        try:
            self.tasks["look"].schedule(delay=PATIENCE)
        except Exception:
            log.exception("the queue cannot be reached")

    def sweep(self) -> None:
        """Open and close what is due, and set counts and letters going as tasks of their own."""
        open_and_close(self.app, read_clock())
        for poll_id in list_wanted_counts(self.app, read_clock()):
            self.tasks["count_poll"](poll_id)
        self.tasks["post_letters"]()

    def count(self, poll_id: int) -> None:
        """Count one poll, unless this process is counting; the next sweep asks again."""
        if self._counting.acquire(blocking=False):
            try:
                with make_executor(os.cpu_count() or 1) as executor:
                    count_poll(self.app, poll_id, read_clock(), executor=executor)
            finally:
                self._counting.release()

    def post(self) -> None:
        """Send what is due, unless this process is sending already."""
        if self._posting.acquire(blocking=False):
            try:
                post_letters(self.app, stop=self.stopping)
            finally:
                self._posting.release()


class _Worker(Consumer):  # type: ignore[misc]  # huey carries no types
    """A consumer that ends gracefully on SIGINT and SIGTERM: the letter in hand is settled."""

    def __init__(self, queue: Queue, **options: Any) -> None:
        super().__init__(queue.huey, **options)
        self._queue = queue
        self._signal_actions = dict.fromkeys((signal.SIGINT, signal.SIGTERM), (False, True))

    def stop(self, graceful: bool = False) -> None:
        self._queue.stopping.set()
        super().stop(graceful=graceful)


def install(app: Flask) -> Queue:
    """Give *app* its queue: ``app.extensions["voting.queue"]`` and ``["voting.look_now"]``.

    From then on a request that owes a letter has it sent soon after.
    """
    queue = Queue(app)
    app.extensions["voting.queue"] = queue
    app.extensions["voting.look_now"] = queue.look_now

    @app.after_request
    def look_for_letters(response: Response) -> Response:
        if db.session.info.pop(OWED, False):
            queue.look_now()
        return response

    return queue


class QueueUnreachable(Exception):
    """The tasks cannot be reached where they wait."""


def reach_queue(app: Flask) -> None:
    """Ask where the tasks wait how many there are; raises QueueUnreachable without its words.

    Those may hold a password, and each kind of queue has errors of its own.
    """
    try:
        app.extensions["voting.queue"].huey.pending_count()
    except Exception:
        raise QueueUnreachable from None


def run_worker(app: Flask) -> None:
    """Work off the queue until SIGINT or SIGTERM, then finish the tasks in hand and return."""
    queue = app.extensions.get("voting.queue") or install(app)
    queue.sweep()  # what became due while no worker ran
    _Worker(queue, workers=THREADS, worker_type="thread", max_delay=1.0).run()


def _make_huey(settings: Settings) -> Huey:
    """SqliteHuey in the data folder, or what VOTING_QUEUE_URL names. Payloads are signed."""
    common = {
        "name": "voting",
        "results": False,
        "serializer": SignedSerializer(secret=settings.secret_keys[0], salt="voting-queue"),
    }
    url = settings.queue_url
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresHuey(dsn=url, **common)
    if url.startswith(("redis://", "rediss://")):
        return RedisHuey(url=url, **common)
    path = Path(url.removeprefix("sqlite:///")) if url else Path(settings.data_dir) / "queue.db"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteHuey(filename=str(path), **common)

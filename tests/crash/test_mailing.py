"""kill -9 of the worker in the middle of mailing: no letter lost, none doubled beyond one retry."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select, update

from tests.ports import free_port
from tests.service_ground import add_poll, invite, make_environ, running_service
from voting.store.letters import Letter
from voting.store.roll import Elector
from voting.store.transactions import Transactions

ELECTORS = 300
KILLS = {20: "before", 60: "unanswered", 61: "unanswered", 130: "answered", 260: "unanswered"}
WORKER = """
import os
from voting.app import create_app
from voting.config import load_settings
from voting.jobs import post_letters
post_letters(create_app(load_settings(os.environ)))
"""


class Executioner:
    """A mail server that kills whoever is sending, at chosen letters and moments."""

    def __init__(self) -> None:
        self.port = free_port()
        self.victim: subprocess.Popen[bytes] | None = None
        self.received: Counter[str] = Counter()
        self.announced = 0
        self.killed_at: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.announced += 1
        envelope.rcpt_tos.append(address)
        if KILLS.get(self.announced) == "before":
            self.kill("before", address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        address, moment = envelope.rcpt_tos[0], KILLS.get(self.announced)
        self.received[address] += 1
        if moment == "unanswered":
            self.kill(moment, address)
        elif moment == "answered":
            asyncio.get_running_loop().call_later(0.002, self.kill, moment, address)
        return "250 OK"

    def kill(self, moment: str, address: str) -> None:
        """End the sender without warning."""
        assert self.victim is not None
        self.killed_at[address] = moment
        self.victim.send_signal(signal.SIGKILL)
        self.victim.wait()


@pytest.fixture
def server() -> Iterator[Executioner]:
    handler = Executioner()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


def end_leases(app: Flask) -> None:
    """Let the time pass that a dead worker's leases last."""
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    with Transactions(app).writing() as session:
        session.execute(
            update(Letter).where(Letter.lease_until.is_not(None)).values(lease_until=past)
        )


def work(environ: dict[str, str], server: Executioner) -> int:
    """Run a worker until it ends or dies, and return how it ended."""
    command = [sys.executable, "-c", WORKER]
    server.victim = subprocess.Popen(command, env={**os.environ, **environ})
    return server.victim.wait(timeout=60)


def test_every_letter_arrives_and_only_those_a_kill_hit_come_twice(
    tmp_path: Path, server: Executioner, database_url: str
) -> None:
    environ = make_environ(tmp_path, mail_port=server.port, database_url=database_url)
    now = dt.datetime.now(dt.UTC)
    with running_service(environ) as app:
        assert invite(app, add_poll(app, electors=ELECTORS, now=now), now) == ELECTORS

        ends = []
        for _ in range(len(KILLS) + 1):
            ends.append(work(environ, server))
            end_leases(app)

        with Transactions(app).reading() as session:
            states = Counter(session.scalars(select(Letter.state)))
            everyone = set(session.scalars(select(Elector.email)))

    assert ends == [-signal.SIGKILL] * len(KILLS) + [0]
    assert Counter(server.killed_at.values()) == Counter(KILLS.values())
    assert states == {"sent": ELECTORS}
    assert set(server.received) == everyone
    for address, copies in server.received.items():
        most = {"unanswered": (2,), "answered": (1, 2)}.get(server.killed_at.get(address, ""), (1,))
        assert copies in most, (address, copies, server.killed_at.get(address))

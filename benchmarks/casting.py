"""(c) Casts over HTTP: `voting serve` on SQLite, an open-loop client on the same cores."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from flask import Flask, session
from flask.cli import ScriptInfo
from flask_wtf.csrf import generate_csrf

from benchmarks.measure import processor_seconds
from voting.__main__ import make_app
from voting.commands.demo import ORGANISER, set_stage
from voting.demonstration import organising
from voting.demonstration.sink import find_free_port
from voting.demonstration.stage import Stage, Visit, read_visits, seal
from voting.demonstration.story import Ask, Choice, Group
from voting.store import board
from voting.store.polls import Poll

SLOW_RATE, FAST_RATE = 40, 84
"""Casts a second. For 80 sustained a little more is offered: the last answers come late."""
SECONDS = 60
ASKS = (
    Ask("Shall we form a mutual?", 1, tuple(Choice(t, "-", "-", "-", "-") for t in ("Yes", "No"))),
    Ask("Which model?", 1, tuple(Choice(t, "-", "-", "-", "-") for t in "ABCDEF")),
)
CONNECTIONS = 24


def prepare(stage: Stage, electors: int) -> tuple[int, list[Visit]]:
    """A poll that is open, and a voter with a code for each elector."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    with stage.sessions.writing() as db_session:
        account = organising.get_organiser(db_session, ORGANISER)
        proposal = organising.make_proposal(
            db_session, account, [Group("Staff", "staff", electors)], chance=stage.chance, now=now
        )
        poll = organising.make_poll(
            db_session,
            proposal,
            title="Benchmark",
            asks=ASKS,
            opens_at=now + dt.timedelta(seconds=1),
            closes_at=now + dt.timedelta(days=1),
            group="Ed25519",
            carrying=0,
            now=now,
        )
        organising.freeze(
            db_session,
            poll,
            account=account,
            sealer=stage.app.extensions["voting.sealer"],
            executor=stage.executor,
            now=now,
        )
        poll_id = poll.id
    opened = now + dt.timedelta(seconds=1)
    stage.sweep(opened)
    stage.invite(poll_id, opened)
    stage.sweep(opened)
    return poll_id, read_visits(stage, poll_id, ASKS, turnout=1)


def make_request(app: Flask, poll_id: int, visit: Visit, raw: bytes) -> bytes:
    """The POST that the voter's browser would send after its earlier pages."""
    with app.test_request_context():
        session["voter"] = {
            "poll": poll_id,
            "elector": visit.elector_id,
            "generation": 1,
            "begun_at": int(time.time()),
        }
        session.permanent = True
        token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)
        cookie = serializer.dumps(dict(session))
    body = urllib.parse.urlencode({"csrf_token": token, "ballot": raw.decode()}).encode()
    head = (
        f"POST /vote/{poll_id}/cast HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        f"Cookie: {app.config['SESSION_COOKIE_NAME']}={cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """One request on a kept connection; the status."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    await reader.readexactly(length)
    if b"connection: close" in head.lower():
        writer.close()
        raise ConnectionResetError
    return status


async def work(port: int, queue: asyncio.Queue[tuple[float, bytes]], times: list[float]) -> int:
    """One connection: send what is due; latency counts from when a cast was due. The refused."""
    refused = 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        due, request = await queue.get()
        if not request:
            writer.close()
            return refused
        try:
            status = await send(reader, writer, request)
        except (ConnectionError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            status = await send(reader, writer, request)
        times.append(time.perf_counter() - due)
        refused += status != 200


async def load(port: int, requests: Sequence[bytes], rate: int) -> tuple[list[float], int, float]:
    """Send *requests* at *rate* a second, whether or not answers keep up."""
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    times: list[float] = []
    workers = [asyncio.create_task(work(port, queue, times)) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for number, request in enumerate(requests):
        due = began + number / rate
        await asyncio.sleep(max(0, due - time.perf_counter()))
        queue.put_nowait((due, request))
    for _ in workers:
        queue.put_nowait((0, b""))
    refused = sum(await asyncio.gather(*workers))
    return times, refused, time.perf_counter() - began


def wait_until_ready(port: int) -> None:
    """Until the service answers; raises TimeoutError after a minute."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the service did not become ready")


def report(name: str, times: list[float], refused: int, seconds: float) -> None:
    """One line of figures."""
    cuts = statistics.quantiles(times, n=100)
    print(
        f"    {name}: {len(times) / seconds:5.1f} a second over {seconds:.0f} s, "
        f"median {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms, refused {refused}"
    )


def _list_seconds(service: int) -> dict[str, float]:
    return {**processor_seconds(service), "client and mail sink": time.process_time()}


def report_processor(before: dict[str, float], after: dict[str, float], casts: int) -> None:
    """What a cast cost, whatever else the machine had to do."""
    costs = {name: (after[name] - before.get(name, 0)) * 1000 / casts for name in after}
    parts = ", ".join(f"{name} {cost:.1f}" for name, cost in sorted(costs.items()) if cost >= 0.05)
    print(f"        processor, ms a cast: {sum(costs.values()):.1f} ({parts})")


def measure(stage: Stage, port: int, seconds: int) -> None:
    """Prepare the casts, serve, load at both rates, and look whether all are on the board."""
    slow, fast = SLOW_RATE * seconds, FAST_RATE * seconds
    poll_id, visits = prepare(stage, slow + fast)
    requests = [make_request(stage.app, poll_id, v, raw) for v, raw in seal(stage, visits)]
    print(f"(c) {len(requests)} casts over HTTP, voting serve on SQLite, {os.cpu_count()} cores")
    os.environ["VOTING_MAIL_PER_MINUTE"] = "1200"  # the default; the demonstration has no limit
    service = subprocess.Popen([sys.executable, "-m", "voting", "serve"])
    try:
        wait_until_ready(port)
        asyncio.run(load(port, requests[:40], 20))  # warm: each process makes its tables once
        for rate, part in ((SLOW_RATE, requests[40:slow]), (FAST_RATE, requests[slow:])):
            before = _list_seconds(service.pid)
            report(f"at {rate} a second", *asyncio.run(load(port, part, rate)))
            report_processor(before, _list_seconds(service.pid), len(part))
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(60)
    with stage.sessions.reading() as db_session:
        poll = db_session.get_one(Poll, poll_id)
        found = sum(board.count_ballots(db_session, e.id)[0] for e in poll.elections)
    print(f"    on the board: {found} of {len(requests)}")


def main() -> None:
    """Run the measurement in a folder that is deleted afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    seconds = parser.parse_args().seconds
    port = find_free_port()
    info = ScriptInfo(create_app=make_app, set_debug_flag=False)
    with (
        tempfile.TemporaryDirectory() as name,
        set_stage(info, Path(name), port, os.cpu_count() or 1) as stage,
    ):
        measure(stage, port, seconds)


if __name__ == "__main__":
    main()

"""(d) A roll of 100,000 rows: import, keys and codes, letters queued; seconds and memory."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask.cli import ScriptInfo

from voting.__main__ import make_app
from voting.commands.demo import ORGANISER, set_stage
from voting.demonstration import organising, story
from voting.demonstration.stage import Stage
from voting.demonstration.story import Group
from voting.store.polls import Poll


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print how long a step took, and the largest memory of this process so far."""
    began = time.perf_counter()
    yield
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"    {name:<34}{time.perf_counter() - began:8.1f} s   {memory:6.0f} MB at most so far")


def measure(stage: Stage, rows: int, group: str) -> None:
    """Import, freeze and queue, through the services."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    opens_at = now + dt.timedelta(minutes=1)
    print(f"(d) a roll of {rows:,} rows, {group}, SQLite")
    with step("make, preview and confirm the roll"), stage.sessions.writing() as session:
        account = organising.get_organiser(session, ORGANISER)
        proposal = organising.make_proposal(
            session, account, [Group("Staff", "staff", rows)], chance=random.Random(1), now=now
        )
        proposal_id = proposal.id
    with stage.sessions.writing() as session:
        poll = organising.make_poll(
            session,
            session.get_one(type(proposal), proposal_id),
            title="Benchmark",
            asks=(story.FORM,),
            opens_at=opens_at,
            closes_at=now + dt.timedelta(days=1),
            group=group,
            carrying=0,
            now=now,
        )
        poll_id = poll.id
    with step("freeze: key, codes, public list"), stage.sessions.writing() as session:
        organising.freeze(
            session,
            session.get_one(Poll, poll_id),
            account=organising.get_organiser(session, ORGANISER),
            sealer=stage.app.extensions["voting.sealer"],
            executor=None,
            now=now,
        )
    with step("queue the invitations"):
        stage.invite(poll_id, opens_at)


def main() -> None:
    """Run the measurement in a folder that is deleted afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--group", default="Ed25519")
    options = parser.parse_args()
    info = ScriptInfo(create_app=make_app, set_debug_flag=False)
    with (
        tempfile.TemporaryDirectory() as name,
        set_stage(info, Path(name), 8000, os.cpu_count() or 1) as stage,
    ):
        measure(stage, options.rows, options.group)


if __name__ == "__main__":
    main()

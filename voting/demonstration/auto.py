"""A whole poll without a browser: roll, freeze, letters, ballots, close, count, publish, verify."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from voting.belenios.verify import verify_archive
from voting.demonstration import organising, story, watching
from voting.demonstration.recounting import agrees
from voting.demonstration.stage import Stage, cast, read_visits, seal
from voting.demonstration.story import Ask, Group
from voting.demonstration.watching import Arrangement, Machine
from voting.domain.rules import SMALL_CONSTITUENCY
from voting.domain.wording import list_in_words
from voting.services import publication
from voting.store.polls import Poll

ASKS = (story.FORM, story.PRIORITIES)
RANKED = (story.MODEL, story.NAMES, story.SPENDING)
TOOL = "belenios-tool"
TOOL_KNOWS_ED25519 = (2, 2)


@dataclass(slots=True)
class Timings:
    """Seconds each step took, in order."""

    rows: list[tuple[str, int, float]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, number: int = 1) -> Iterator[None]:
        """Time one step that handles *number* things."""
        began = time.perf_counter()
        yield
        self.rows.append((name, number, time.perf_counter() - began))

    def table(self) -> str:
        """The steps as lines of text: seconds, and milliseconds for each thing."""
        lines = [f"{'step':<34}{'number':>9}{'seconds':>10}{'ms each':>10}"]
        for name, number, seconds in self.rows:
            each = seconds * 1000 / max(number, 1)
            lines.append(f"{name:<34}{number:>9,}{seconds:>10.2f}{each:>10.2f}")
        return "\n".join(lines)


def divide(electors: int) -> tuple[Group, ...]:
    """The story's constituencies, *electors* people in all (10 or more), no fewer than 10 in each.

    Beyond that they are in proportion. Where there are too few people for all three, the last ones
    are joined, as requirement D1 has it.
    """
    apart = min(len(story.GROUPS), electors // SMALL_CONSTITUENCY)
    groups = [*story.GROUPS[: apart - 1], _join(story.GROUPS[apart - 1 :])]
    whole = sum(group.electors for group in groups)
    spare = electors - SMALL_CONSTITUENCY * apart
    shares = [SMALL_CONSTITUENCY + spare * group.electors // whole for group in groups]
    shares[0] += electors - sum(shares)
    return tuple(
        Group(group.name, group.code, number) for group, number in zip(groups, shares, strict=True)
    )


def _join(groups: Sequence[Group]) -> Group:
    first, *rest = groups
    names = [first.name, *(group.name.lower() for group in rest)]
    return Group(list_in_words(names), first.code, sum(group.electors for group in groups))


AFTER_GRACE = dt.timedelta(minutes=organising.GRACE, seconds=1)


def run_poll(
    stage: Stage,
    email: str,
    *,
    electors: int,
    group: str,
    turnout: float,
    timings: Timings,
    arrangement: Arrangement | None = None,
    asks: Sequence[Ask] = ASKS,
) -> int:
    """Run a whole poll through the services and return its id. Times are the present and later.

    With an *arrangement*, scrutineers hold the keys: they make them, approve, and count.
    """
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    opens_at, closes_at = now + dt.timedelta(minutes=1), now + dt.timedelta(days=1)
    times = (now, opens_at, closes_at)
    with timings.step("import the rolls", electors):
        poll_id = _draft(stage, email, electors, group, asks, arrangement, times)
    machines = _freeze(stage, email, poll_id, electors, arrangement, now, timings)
    if machines:
        watching.approve(stage, poll_id, now)
    stage.sweep(opens_at)
    with timings.step("queue the invitations", electors):
        stage.invite(poll_id, opens_at)
    with timings.step("send them over SMTP", electors):
        stage.sweep(opens_at)
    _vote(stage, poll_id, asks, turnout, opens_at, timings)
    _count(stage, poll_id, arrangement, machines, closes_at, timings)
    with timings.step("receipts and results over SMTP", electors):
        stage.sweep(closes_at + AFTER_GRACE)
    return poll_id


def _draft(
    stage: Stage,
    email: str,
    electors: int,
    group: str,
    asks: Sequence[Ask],
    arrangement: Arrangement | None,
    times: tuple[dt.datetime, dt.datetime, dt.datetime],
) -> int:
    """The rolls and the draft; *times* are the present, the opening and the close."""
    now, opens_at, closes_at = times
    with stage.sessions.writing() as session:
        account = organising.get_organiser(session, email)
        proposal = organising.make_proposal(
            session, account, divide(electors), chance=stage.chance, now=now
        )
        poll = organising.make_poll(
            session,
            proposal,
            title="Shall we form a mutual?" if asks == ASKS else "Which governance model?",
            asks=asks,
            opens_at=opens_at,
            closes_at=closes_at,
            group=group,
            carrying=0 if asks == ASKS else None,
            now=now,
        )
        if arrangement is not None:
            watching.arrange(session, poll, arrangement)
        return poll.id


def _freeze(
    stage: Stage,
    email: str,
    poll_id: int,
    electors: int,
    arrangement: Arrangement | None,
    now: dt.datetime,
    timings: Timings,
) -> list[Machine]:
    """The scrutineers' keys, if there are any, and the freeze; the scrutineers' machines."""
    machines: list[Machine] = []
    if arrangement is not None:
        with timings.step("scrutineers make their keys", arrangement.size):
            machines = watching.make_keys(stage, poll_id, now)
    with timings.step("freeze: keys and codes", electors), stage.sessions.writing() as session:
        organising.freeze(
            session,
            session.get_one(Poll, poll_id),
            account=organising.get_organiser(session, email),
            sealer=stage.app.extensions["voting.sealer"],
            executor=stage.executor,
            now=now,
        )
    return machines


def _count(
    stage: Stage,
    poll_id: int,
    arrangement: Arrangement | None,
    machines: list[Machine],
    closes_at: dt.datetime,
    timings: Timings,
) -> None:
    """From the close to the published outcome."""
    after = closes_at + AFTER_GRACE
    with timings.step("close, seal the boxes"):
        stage.sweep(after)
    with timings.step("count"):
        stage.count(poll_id, after)
    if arrangement is not None:
        with timings.step("scrutineers check and count", arrangement.threshold):
            watching.count(stage, poll_id, machines, after)
        watching.sign_reports(stage, poll_id, after)
    with timings.step("verify and publish"):
        stage.publish(poll_id, after)


def _vote(
    stage: Stage,
    poll_id: int,
    asks: Sequence[Ask],
    turnout: float,
    now: dt.datetime,
    timings: Timings,
) -> None:
    with timings.step("read the letters"):
        visits = read_visits(stage, poll_id, asks, turnout=turnout)
    again = visits[: len(visits) // 20]  # some change their minds: the last vote counts
    visits += again
    with timings.step("seal the votes", len(visits)):
        sealed = list(seal(stage, visits))
    with timings.step("cast them", len(visits)):
        cast(stage, sealed, now)


def write_out(stage: Stage, poll_id: int, folder: Path) -> list[Path]:
    """Write ``<constituency>.bel`` of each and ``outcome.json``; the archives' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    archives = []
    with stage.sessions.reading() as session:
        poll = session.get_one(Poll, poll_id)
        (folder / "outcome.json").write_bytes(poll.outcome_json or b"")
        for election in poll.elections:
            path = folder / f"{election.constituency.code}.bel"
            with path.open("wb") as file:
                file.writelines(publication.archive_stream(session, election))
            archives.append(path)
    return archives


def verify_archives(
    stage: Stage, folder: Path, archives: list[Path], timings: Timings, say: Callable[[str], None]
) -> bool:
    """Verify each archive with our verifier and, if it can, with belenios-tool; all must agree."""
    outcome = json.loads((folder / "outcome.json").read_bytes())
    published = {part["code"]: part for part in outcome["constituencies"]}
    agreed = True
    for path in archives:
        with timings.step(f"voting verify {path.name}"):
            report = verify_archive(path, executor=stage.executor)
        same = report.valid and agrees(published[path.stem], report.result)
        say(
            f"{path.name}: voting verify says {'valid' if report.valid else report.error}; "
            f"its result {'agrees' if same else 'does NOT agree'} with outcome.json"
        )
        known = f"{report.uuid}.bel"
        agreed = _ask_tool(path, known, outcome["group"], timings, say) and agreed and same
    return agreed


def _ask_tool(
    path: Path, name: str, group: str, timings: Timings, say: Callable[[str], None]
) -> bool:
    tool = shutil.which(TOOL)
    if tool is None:
        say(f"{path.name}: {TOOL} is not installed; on Debian: apt-get install {TOOL}")
        return True
    if group == "Ed25519" and _version(tool) < TOOL_KNOWS_ED25519:
        say(f"{path.name}: this {TOOL} does not know {group}; choose another --group for it")
        return True
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path, Path(folder, name))
        with timings.step(f"{TOOL} {path.name}"):
            done = subprocess.run(
                [tool, "election", "verify", "--dir", folder],
                capture_output=True,
                text=True,
                check=False,
            )
    passed = done.returncode == 0 and "all checks passed" in done.stdout + done.stderr
    say(f"{path.name}: {TOOL} says {'all checks passed' if passed else done.stderr.strip()}")
    return passed


def _version(tool: str) -> tuple[int, ...]:
    done = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)

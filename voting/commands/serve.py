"""``voting serve``: web and worker on one machine, started, watched and stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

import click
from flask.cli import ScriptInfo

from voting.commands.migrate import bring_up_to_date
from voting.commands.start import read_settings, require_listen, require_writable
from voting.config import PREFIX, find_data_dir
from voting.keyring import make_missing_keys

PARTS = ("web", "worker")
GRACE = 40.0  # seconds for a part to end by itself
SOON = 10.0  # a part that ends sooner than this after its start has failed to start
MOST_FAILURES = 5
STEP_BACK = 10  # niceness of the worker beside the pages
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


@click.command("serve")
@click.pass_obj
def serve_command(info: ScriptInfo) -> None:
    """Run the whole service on this machine: the pages and the worker, in one command.

    With nothing configured it keeps everything in ./instance: a SQLite database, which it brings up
    to date first, and keys, which it makes once. A part that dies is started again. Ctrl-C or
    SIGTERM stops both.
    """
    require_writable(find_data_dir(os.environ))
    for path in make_missing_keys(os.environ):
        lost = "sealed votes cannot be counted" if path.name == "sealing" else "links do not work"
        click.echo(f"Made a key: {path}. Keep a copy: without it, {lost}.")
    settings = read_settings()
    require_listen(settings.listen)
    if not any(os.environ.get(f"{PREFIX}DATABASE_URL{end}") for end in ("", "_FILE")):
        with info.load_app().app_context():
            bring_up_to_date()
    click.echo(f"Serving {settings.base_url} (listening on {settings.listen}). Ctrl-C stops it.")
    sys.exit(Supervisor(PARTS).run())


@dataclass(slots=True)
class Supervisor:
    """Keeps one process per part running until it is told to stop."""

    parts: Sequence[str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    stopping: bool = False

    def run(self) -> int:
        """Run until a signal or until a part cannot be started; the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for part in self.parts:
            self._start(part)
        while not self.stopping and self._restart_the_dead():
            time.sleep(0.2)
        failed = not self.stopping
        self._end_all()
        return 1 if failed else 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self, part: str) -> None:
        self.started[part] = time.monotonic()
        self.processes[part] = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "voting", part],
            process_group=0,  # Ctrl-C reaches only us; but one session: see _step_back
            preexec_fn=_step_back if part == "worker" else _die_with_parent,
        )

    def _restart_the_dead(self) -> bool:
        """Start again what has died; False when a part keeps failing to start."""
        for part, process in self.processes.items():
            if process.poll() is None:
                continue
            quick = time.monotonic() - self.started[part] < SOON
            self.failures[part] = self.failures.get(part, 0) + 1 if quick else 0
            if self.failures[part] >= MOST_FAILURES:
                click.echo(f"{part} cannot be started; stopping.", err=True)
                return False
            click.echo(f"{part} ended ({process.returncode}); starting it again.", err=True)
            time.sleep(min(0.2 * 2 ** self.failures[part], 5))
            if not self.stopping:
                self._start(part)
        return True

    def _end_all(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + GRACE
        for process in self.processes.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _step_back() -> None:
    """As below, and let the pages go first: a vote does not wait for a letter.

    Linux weighs niceness only between processes of one session (sched_autogroup, sched(7)).
    """
    _die_with_parent()
    os.nice(STEP_BACK)


def _die_with_parent() -> None:
    """On Linux: end this child when its parent is killed, so that no part is left alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(DIE_WITH_PARENT, signal.SIGTERM)

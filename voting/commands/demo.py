"""``voting demo``: a fictional leisure trust to try everything on, in a browser or without one."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo
from flask_security import hash_password

from voting.commands.migrate import bring_up_to_date
from voting.config import PREFIX
from voting.demonstration import auto, seeding, story
from voting.demonstration.sink import Sink, start_sink
from voting.demonstration.stage import Stage
from voting.demonstration.watching import PEOPLE, Arrangement
from voting.domain.methods import SEALED_OPTIONS
from voting.engine import make_executor
from voting.keyring import make_missing_keys
from voting.services import accounts
from voting.store.database import db, transaction

ORGANISER = "organiser@riverside.example"
COMMISSIONER = story.COMMISSIONER
READY = "ready"  # a file that stands in the folder once the polls are seeded
LEAST = 12

GROUPS = ("Ed25519", "BELENIOS-2048", "RFC-3526-2048")


class Trustees(click.ParamType[Arrangement]):
    """How many scrutineers are needed, of how many: 2/3."""

    name = "T/N"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Arrangement:
        """Read "2/3"; anything else ends the command with a sentence."""
        if isinstance(value, Arrangement):
            return value
        needed, slash, size = str(value).partition("/")
        if not (slash and needed.isascii() and needed.isdigit() and size.isdigit()):
            self.fail(f"{value!r} is not like 2/3.", param, ctx)
        made = Arrangement(int(needed), int(size))
        if not 2 <= made.threshold <= made.size <= len(PEOPLE):
            self.fail(f"there are 2 to {len(PEOPLE)} scrutineers, 2 or more needed.", param, ctx)
        return made


@click.command("demo")
@click.option("--port", default=8000, show_default=True, help="Where the pages are served.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("instance/demo"),
    show_default=True,
    help="Where the demonstration keeps everything.",
)
@click.option("--fresh", is_flag=True, help="Begin anew: what the folder holds is deleted.")
@click.option("--auto", "by_itself", is_flag=True, help="Run one whole poll without a browser.")
@click.option(
    "--electors",
    type=click.IntRange(LEAST, 1_000_000),
    default=60,
    show_default=True,
    help="With --auto: people on the rolls, at least 10 on each.",
)
@click.option(
    "--group",
    type=click.Choice(GROUPS),
    default="Ed25519",
    show_default=True,
    help="With --auto: the group. BELENIOS-2048 is what Debian 12's belenios-tool can check.",
)
@click.option(
    "--turnout",
    type=click.FloatRange(0, 1),
    default=0.6,
    show_default=True,
    help="With --auto: the share of electors who vote.",
)
@click.option(
    "--trustees",
    type=Trustees(),
    help="With --auto: scrutineers hold the keys, for example 2/3 (two of three are needed).",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --auto: where the archives and outcome.json are written.",
)
@click.option(
    "--ranked",
    is_flag=True,
    help="With --auto: a ranked, a graded and a scored question.",
)
@click.option("--workers", default=os.cpu_count() or 1, show_default=True, help="Processes.")
@click.pass_obj
def demo_command(
    info: ScriptInfo,
    port: int,
    folder: Path,
    fresh: bool,
    by_itself: bool,
    electors: int,
    group: str,
    turnout: float,
    trustees: Arrangement | None,
    out: Path | None,
    ranked: bool,
    workers: int,
) -> None:
    """Try everything on this machine with a fictional leisure trust. Nothing leaves the machine.

    In a browser: one proposal with a consultation that is answered, a vote that is counted, a first
    decision, and another vote and consultation that are open; the page Letters shows the mail that
    was sent. With --auto: roll, freeze, letters over SMTP, ballots, close, count,
    publish; with --trustees also the scrutineers' keys, approval and part of the count. The
    archives are checked by our verifier and, where it is installed and knows the group, by
    belenios-tool. The exit status is 0 only if all agree.
    """
    if by_itself:
        if out is None:
            raise click.UsageError("--auto needs --out, a folder for the archives.")
        if ranked and not SEALED_OPTIONS[group]:
            raise click.UsageError(
                f"{group} cannot seal ranked papers. Choose Ed25519 or RFC-3526-2048."
            )
        sys.exit(
            run_auto(
                info, electors, group, turnout, trustees, out.resolve(), workers, ranked=ranked
            )
        )
    require_free(port)
    sys.exit(run_in_browser(info, port, folder.resolve(), fresh, workers))


def require_free(port: int) -> None:
    """End the command with a sentence when something else listens on *port*."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} of this machine cannot be used ({error.strerror}). "
                "Choose another one: voting demo --port 8001"
            ) from None


def run_auto(
    info: ScriptInfo,
    electors: int,
    group: str,
    turnout: float,
    trustees: Arrangement | None,
    out: Path,
    workers: int,
    *,
    ranked: bool,
) -> int:
    """Run a whole poll in a folder that is deleted afterwards; 0 if everything agrees."""
    with (
        tempfile.TemporaryDirectory(prefix="voting-demo-") as name,
        set_stage(info, Path(name), 8000, workers) as stage,
    ):
        timings = auto.Timings()
        poll_id = auto.run_poll(
            stage,
            ORGANISER,
            electors=electors,
            group=group,
            turnout=turnout,
            timings=timings,
            arrangement=trustees,
            asks=auto.RANKED if ranked else auto.ASKS,
        )
        archives = auto.write_out(stage, poll_id, out)
        agreed = auto.verify_archives(stage, out, archives, timings, click.echo)
    click.echo(timings.table())
    click.echo(f"Wrote {', '.join(path.name for path in archives)} and outcome.json to {out}.")
    click.echo("Everything agrees." if agreed else "NOT everything agrees.")
    return 0 if agreed else 1


def run_in_browser(info: ScriptInfo, port: int, folder: Path, fresh: bool, workers: int) -> int:
    """Seed the folder unless that was done, and serve it until Ctrl-C."""
    if fresh or not (folder / READY).exists():
        shutil.rmtree(folder, ignore_errors=True)
    with set_stage(info, folder, port, workers) as stage:
        if not (folder / READY).exists():
            began = time.perf_counter()
            seeding.seed(
                stage, ORGANISER, now=dt.datetime.now(dt.UTC).replace(microsecond=0), say=click.echo
            )
            (folder / READY).write_text("seeded\n")
            click.echo(f"Set up in {time.perf_counter() - began:.0f} seconds.")
        _tell(stage, port, (folder / "password").read_text().strip(), folder)
        return _serve()


@contextlib.contextmanager
def set_stage(info: ScriptInfo, folder: Path, port: int, workers: int) -> Iterator[Stage]:
    """An application in *folder* with its database, accounts, mail sink and worker processes."""
    with make_executor(workers) as executor:  # before any thread: processes are forked
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sink = start_sink(folder / "mail")
        try:
            configure(folder, port, sink)
            app = info.load_app()
            with app.app_context():
                bring_up_to_date()
            make_accounts(app, folder)
            yield Stage(app, folder / "mail", executor, random.SystemRandom())
        finally:
            sink.stop()


def configure(folder: Path, port: int, sink: Sink) -> None:
    """Put the demonstration's settings into the environment, in place of any that are there."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    settings = {
        "DATA_DIR": str(folder),
        "DEMO": "1",
        "ORGANISATION": "Riverside Leisure",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "LISTEN": f"127.0.0.1:{port}",
        "MAIL_HOST": sink.host,
        "MAIL_PORT": str(sink.port),
        "MAIL_SECURITY": "none",
        "MAIL_FROM": story.CONTACT[1],
        "MAIL_PER_MINUTE": "0",
        "LOG_LEVEL": "WARNING",
    }
    os.environ.update({PREFIX + name: value for name, value in settings.items()})
    make_missing_keys(os.environ)


def make_accounts(app: Flask, folder: Path) -> None:
    """The demonstration's two accounts, with one password that is made once."""
    path = folder / "password"
    if path.exists():
        return
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    with app.app_context(), transaction(db.session()) as session:
        for email, name, role in (
            (ORGANISER, "Olwen Organiser", "organiser"),
            (COMMISSIONER, "Cai Commissioner", "commissioner"),
        ):
            accounts.create_account(
                session, email=email, name=name, role=role, password_hash=hash_password(password)
            )
    path.write_text(f"{password}\n")


def _tell(stage: Stage, port: int, password: str, folder: Path) -> None:
    base = f"http://127.0.0.1:{port}"
    with stage.sessions.reading() as session:
        pages = [("Votes and consultations", "/"), *seeding.list_addresses(session)]
    story_pages = "\n".join(f"  {name:<28}{base}{path}" for name, path in pages)
    click.echo(
        f"""
{story_pages}
  Letters to everyone         {base}/letters/
  Sign in                     {base}/sign-in
      organiser               {ORGANISER}
      commissioner            {COMMISSIONER}
      password of both        {password}

To be a voter: open Letters, choose an invitation to ballot 2 and follow its link. To answer the
consultation: choose one of its invitations. When both are closed, counted and answered, the
commissioner decides again.
Everything is kept in {folder}. Ctrl-C stops it; `voting demo --fresh` begins anew.
"""
    )


def _serve() -> int:
    """Run ``voting serve`` as a process of its own until it ends or Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C
    process = subprocess.Popen([sys.executable, "-m", "voting", "serve"])
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()

"""`voting trustee`: a scrutineer's work on their own computer, with files instead of pages."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import click

from voting.belenios import opening
from voting.belenios.errors import ProtocolError
from voting.belenios.exchange import (
    KeyFile,
    Task,
    TaskStep,
    check_key,
    make_answer,
    make_key_file,
    open_private_key,
    parse_key_file,
    parse_task,
)
from voting.belenios.groups import get_group
from voting.belenios.opening import MINIMUM, MIXED, Count, TooFew, read_count
from voting.belenios.single_trustee import (
    decrypt_alone,
    find_owner,
    is_single_key,
    make_shuffle_of,
    make_single_key,
    parse_single_key,
)
from voting.commands.private_files import read_file, require_absent, write_private
from voting.commands.progress import show_progress
from voting.engine import make_executor

LARGEST = 64 * 1024 * 1024  # of a key, task or answer file
LEAST_MINIMUM = 5  # what --minimum may be lowered to without a reason
PARALLEL_FROM = 400_000  # bytes of an archive
GROUPS = ("Ed25519", "BELENIOS-2048", "RFC-3526-2048")
STEPS = {
    "certificate": (TaskStep.CERTIFICATE, "Step 1 of 4: make your key and its certificate."),
    "prove": (TaskStep.SAVED_COPY, "Step 2 of 4: prove that your saved key file can be read."),
    "polynomial": (TaskStep.CONTRIBUTION, "Step 3 of 4: make a sealed share for each scrutineer."),
    "final": (TaskStep.OUTPUT, "Step 4 of 4: put your own part of the key together."),
}
DONE = {
    TaskStep.CERTIFICATE: "The certificate of your key is made.",
    TaskStep.SAVED_COPY: "The key file was read: your copy is proved.",
    TaskStep.CONTRIBUTION: "Your sealed shares for the other scrutineers are made.",
    TaskStep.OUTPUT: "Every share was checked, and your part of the key is made.",
}

FILE = click.Path(path_type=Path, dir_okay=False)
KEY = click.option("--key", metavar="KEY", type=FILE, required=True, help="Your private key file.")
OUT = click.option(
    "--out", metavar="ANSWER", type=FILE, required=True, help="The new file to bring back."
)
TASK = click.option(
    "--task", metavar="TASK", type=FILE, required=True, help="ceremony.json from your page."
)
MAYBE_TASK = click.option(
    "--task",
    metavar="TASK",
    type=FILE,
    default=None,
    help="ceremony.json from your page. Not needed with a key that was made alone.",
)
AT_LEAST = click.option(
    "--minimum",
    metavar="N",
    type=click.IntRange(LEAST_MINIMUM),
    default=MINIMUM,
    show_default=True,
    help="Open fewer counted ballots only with --force.",
)
ARCHIVE = click.argument("archive", metavar="FILE.bel", type=FILE)


@click.group("trustee")
def trustee_command() -> None:
    """Hold a key of a vote on your own computer, without a browser and without a network.

    You are a scrutineer: several of you together open the count. Your page of the voting service
    offers each piece of work as a download. Take the files to this computer, run the command that
    the page names, and bring only the ANSWER file back. The files are those of the browser: you may
    change between the two.

    \b
    Making keys:  answer (does the step that is asked for), or by name
                  certificate, prove, polynomial, final
    Counting:     check, shuffle, decrypt
    A key alone:  key

    KEY is your private key file. It is made once, can be read by you alone (mode 0600), is never
    shown and never written over. Keep a second copy in another place: if too many scrutineers lose
    theirs, the votes can never be counted. Never send it to anybody.
    """


# ------------------------------------------------------------------ the making of keys


@trustee_command.command("answer")
@KEY
@TASK
@OUT
def answer(key: Path, task: Path, out: Path) -> None:
    """Do the step of the making of keys that TASK asks for.

    The first time, KEY is made. Every later time it is read: use the same file.
    """
    _answer(key, _read(task, parse_task), out)


def _named(step: TaskStep) -> Callable[..., None]:
    def work(key: Path, task: Path, out: Path) -> None:
        asked = _read(task, parse_task)
        if asked.step is not step:
            raise click.ClickException(
                f"{task} asks for the step “{asked.step}”, not for “{step}”. Download it anew, or "
                "use `voting trustee answer`."
            )
        _answer(key, asked, out)

    return work


for _name, (_step, _help) in STEPS.items():
    trustee_command.command(_name, help=_help)(KEY(TASK(OUT(_named(_step)))))


def _answer(key: Path, task: Task, out: Path) -> None:
    require_absent(out)
    if task.step not in DONE:
        raise click.ClickException(
            "Nothing is asked of you in the making of keys now. For the count use `voting trustee "
            "check`, `shuffle` or `decrypt`."
            if task.step is TaskStep.COUNT
            else "Nothing is asked of you now. You will get a letter when it is your turn."
        )
    made = task.step is TaskStep.CERTIFICATE and not os.path.lexists(key)
    with _told():
        own = make_key_file(task) if made else _read_key(key)
        check_key(own, task)
        raw = make_answer(own, task)
    if made:
        write_private(key, [own.to_json()])
        click.echo(f"{key}: your new private key. Keep it secret, and keep a second copy.")
    write_private(out, [raw])
    click.echo(f"{DONE[task.step]} Bring {out} back to your page.")


@trustee_command.command("key")
@click.option("--group", type=click.Choice(GROUPS), default="Ed25519", show_default=True)
@click.option("--name", default=None, help="Your name, which is published with the public key.")
@click.option("--key", metavar="KEY", type=FILE, required=True, help="The new private key file.")
@click.option("--out", metavar="PUBLIC", type=FILE, required=True, help="The new public key file.")
def key_alone(group: str, name: str | None, key: Path, out: Path) -> None:
    """Make a key alone, as a single trustee: no other scrutineer has a share of it.

    If it is lost, the votes sealed with it can never be counted. For several scrutineers use
    `answer`, which lets some of them be missing.
    """
    require_absent(key, out)
    private, public = make_single_key(get_group(group), name)
    write_private(key, [private])
    write_private(out, [public])
    click.echo(f"{key}: your private key. Keep it secret, and keep a second copy.")
    click.echo(f"{out}: its public half with the proof, to hand over.")


# ------------------------------------------------------------------ the count


@trustee_command.command("check")
@click.option("--key", metavar="KEY", type=FILE, default=None, help="Your key file, to try it.")
@MAYBE_TASK
@ARCHIVE
def check(key: Path | None, task: Path | None, archive: Path) -> None:
    """Verify FILE.bel and say what your key would open. Nothing is opened.

    Every signature, every proof and every sum in the archive is checked again on this computer.
    """
    count = _read_archive(archive)
    election = count.election
    for item in count.report.checks:
        click.echo(f"{'ok' if item.ok else 'REFUSED':8} {item.name}: {item.detail}")
    click.echo(f"Election:    {election.name} ({election.uuid})")
    click.echo(f"Fingerprint: {election.fingerprint}")
    click.echo(f"Ballots:     {count.counted} counted, of {count.report.voters} on the roll")
    for number, question in enumerate(election.questions, 1):
        click.echo(f"Question {number}:  {question.text}")
    click.echo(f"To open:     {_tell_what_is_opened(count)}")
    if key is not None:
        with _told():
            click.echo(f"Your key:    trustee {_find_owner(key, task, count)} of this archive")
    if count.counted < MINIMUM:
        click.echo(
            f"NOTE: fewer than {MINIMUM} ballots could show how someone voted. `decrypt` refuses "
            'unless you give --force --reason "...", which is published.'
        )


def _tell_what_is_opened(count: Count) -> str:
    if not count.election.needs_shuffle:
        return "the sums, no ballot"
    mixed = count.report.stage in MIXED
    return "the mixed papers, one by one" if mixed else "nothing yet: the papers are not mixed"


@trustee_command.command("shuffle")
@KEY
@MAYBE_TASK
@ARCHIVE
@OUT
def shuffle(key: Path, task: Path | None, archive: Path, out: Path) -> None:
    """Verify FILE.bel and mix its ranked papers, with a proof that none was changed."""
    require_absent(out)
    count = _read_archive(archive)
    if not count.election.needs_shuffle:
        raise click.ClickException("The votes of this archive are added up. They are not mixed.")
    with _told(), _executor(archive) as executor, _shown("mixing") as progress:
        secret = _read_secret(key, task, count)
        raw = make_shuffle_of(count, secret, executor=executor, progress=progress)
    write_private(out, [raw])
    click.echo(f"The papers of {count.election.name} are mixed. Bring {out} back to your page.")


@trustee_command.command("decrypt")
@KEY
@MAYBE_TASK
@ARCHIVE
@OUT
@AT_LEAST
@click.option("--force", is_flag=True, help="Open fewer ballots than that all the same.")
@click.option("--reason", default="", metavar="TEXT", help="Why, with --force. It is published.")
def decrypt(
    key: Path,
    task: Path | None,
    archive: Path,
    out: Path,
    minimum: int,
    force: bool,
    reason: str,
) -> None:
    """Verify FILE.bel, add its ballots up again, and open your part of exactly that.

    Nothing else is ever opened: not a single ballot, not an archive that fails a check, not one of
    another election, and not fewer than N ballots unless --force comes with a --reason, which
    travels with your answer and is published.
    """
    require_absent(out)
    if force != bool(reason.strip()):
        raise click.ClickException('--force and --reason "..." come together.')
    count = _read_archive(archive)
    with _told(), _executor(archive) as executor, _shown("opening") as progress:
        work: dict[str, Any] = {"reason": reason, "minimum": minimum}
        work |= {"executor": executor, "progress": progress}
        if is_single_key(content := read_file(key, LARGEST)):
            secret = parse_single_key(count.election.group, content)
            raw = decrypt_alone(count, secret, **work)
        else:
            raw = opening.decrypt(_read_key(key), _read_task(task), count, **work)
    write_private(out, [raw])
    click.echo(
        f"Your part of {count.election.name} is opened: {count.counted} ballots. Bring {out} back "
        "to your page."
    )


def _find_owner(key: Path, task: Path | None, count: Count) -> int:
    return find_owner(count, _read_secret(key, task, count))


def _read_secret(key: Path, task: Path | None, count: Count) -> int:
    """The part of the private key that a key file, with its task, opens."""
    content = read_file(key, LARGEST)
    if is_single_key(content):
        return parse_single_key(count.election.group, content)
    return open_private_key(_read_key(key), _read_task(task))


# ------------------------------------------------------------------ files


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the mathematics refuses into a sentence and exit status 1."""
    try:
        yield
    except TooFew as error:
        told = f'{error}. To open them all the same: --force --reason "...", which is published.'
        raise click.ClickException(told[0].upper() + told[1:]) from error
    except ProtocolError as error:
        told = str(error)
        raise click.ClickException(f"{told[:1].upper()}{told[1:]}. Nothing was written.") from error


def _read(path: Path, parse: Callable[[bytes], Any]) -> Any:
    try:
        return parse(read_file(path, LARGEST))
    except ProtocolError as error:
        raise click.ClickException(f"{path}: {error}.") from error


def _read_key(path: Path) -> KeyFile:
    key: KeyFile = _read(path, parse_key_file)
    return key


def _read_task(path: Path | None) -> Task:
    if path is None:
        raise click.ClickException("Give --task ceremony.json: your key is a share of a joint key.")
    task: Task = _read(path, parse_task)
    return task


def _read_archive(path: Path) -> Count:
    click.echo(f"Checking every ballot and proof of {path} ...", err=True)
    try:
        with (
            path.open("rb") as file,
            _told(),
            _executor(path) as executor,
            show_progress(enabled=sys.stderr.isatty()) as progress,
        ):
            return read_count(file, executor=executor, progress=progress)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from error


@contextmanager
def _shown(name: str) -> Iterator[opening.Steps | None]:
    """Show how far one piece of work is, where somebody can see it."""
    with show_progress(enabled=sys.stderr.isatty()) as progress:
        yield progress and partial(progress, name)


def _executor(archive: Path) -> Any:
    """Processes of this computer for a large archive, none for a small one."""
    workers = os.cpu_count() or 1
    try:
        large = archive.stat().st_size >= PARALLEL_FROM
    except OSError:
        large = False
    return make_executor(workers) if large and workers > 1 else nullcontext()

"""`voting credentials`: make and check voting codes on the computer of an independent issuer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import repeat
from pathlib import Path

import click

from voting.belenios.batches import make_batches, map_batches
from voting.belenios.errors import ProtocolError
from voting.belenios.issuing import (
    Codes,
    IssueTask,
    check_coverage,
    fingerprint_roll,
    make_codes,
    make_public_list,
    parse_public_list,
    parse_task,
)
from voting.commands.private_files import read_file, require_absent, write_private
from voting.domain.issuing import IssueRow, UnreadableRoll, read_roll, write_letters
from voting.engine import make_executor

LARGEST = 512 * 1024 * 1024
BATCH = 500
PARALLEL_FROM = 2_000  # electors
PUBLIC, LETTERS = "public-credentials.json", "codes-secret.csv"

FILE = click.Path(path_type=Path, dir_okay=False)
ROLL = click.option("--roll", metavar="ROLL.csv", type=FILE, required=True, help="The roll file.")
ELECTION = click.option(
    "--election",
    metavar="ELECTION.json",
    type=FILE,
    required=True,
    help="The file that came with the roll and names the election.",
)


@click.group("credentials")
def credentials_command() -> None:
    """Make voting codes as an independent issuer, on your own computer.

    The organiser gives you two files for each constituency: its roll and a small file that names
    the election. You make the codes (`issue`), send each person theirs, and give back only the
    list of public halves. The voting service never has a code, and you never have a voting link:
    neither can vote in somebody's place alone.

    Nothing here needs a network or a running service.
    """


@credentials_command.command("issue")
@ROLL
@ELECTION
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Where the two new files go; it is made if it is not there.",
)
def issue(roll: Path, election: Path, out: Path) -> None:
    """Make a code for everyone on the roll.

    Writes two files into DIR and writes over nothing:

    \b
    codes-secret.csv         each person with their code, and a link that carries it to a page
                             of the voting service, for your mail merge.
                             SECRET: for you alone (mode 0600). Keep it until the vote
                             is published, to send a lost code again, then destroy it.
    public-credentials.json  the public halves, for the organiser.

    Making codes twice makes other codes: those of the list that the organiser uploads are the
    ones that work.
    """
    task, rows = _read(roll, election)
    public, letters = out / PUBLIC, out / LETTERS
    require_absent(public, letters)
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be made: {error.strerror}.") from error
    weights = {row.elector: row.weight for row in rows}
    codes = list(_make_all(task, [row.elector for row in rows]))
    listed = make_public_list(task, codes, weights)
    check_coverage(parse_public_list(listed), uuid=task.uuid, group=task.group, roll=weights)

    by_elector = {elector: code for elector, code, _public in codes}
    pairs = ((row, by_elector[row.elector]) for row in rows)
    write_private(letters, _encode(write_letters(pairs, task.page)))
    write_private(public, [listed])
    click.echo(f"Made {len(rows):,} codes for {task.constituency}: {task.poll}")
    click.echo(f"{public}: give this to the organiser.")
    click.echo(f"{letters}: SECRET. Send each person their code from it, and show it to nobody.")


@credentials_command.command("check")
@ROLL
@ELECTION
@click.argument("public_list", metavar="PUBLIC.json", type=FILE)
def check(roll: Path, election: Path, public_list: Path) -> None:
    """Check that PUBLIC.json gives everyone on the roll exactly one valid credential.

    Also that the weights are those of the roll and that no credential is there twice. Exit status:
    0 all is well, 1 it is not.
    """
    task, rows = _read(roll, election)
    weights = {row.elector: row.weight for row in rows}
    try:
        listed = parse_public_list(read_file(public_list, LARGEST))
        check_coverage(listed, uuid=task.uuid, group=task.group, roll=weights)
    except ProtocolError as error:
        raise click.ClickException(f"{public_list}: {error}.") from error
    click.echo(
        f"OK: {len(rows):,} electors of {task.constituency}, one valid credential each, weights "
        f"as on the roll ({sum(weights.values()):,} in all)."
    )


def _read(roll: Path, election: Path) -> tuple[IssueTask, list[IssueRow]]:
    """The task and the people; raises ClickException unless the two files belong together."""
    try:
        task = parse_task(read_file(election, LARGEST))
    except ProtocolError as error:
        raise click.ClickException(f"{election}: {error}.") from error
    try:
        rows = read_roll(read_file(roll, LARGEST))
    except UnreadableRoll as error:
        raise click.ClickException(f"{roll}: {error}") from error
    weights = [(row.elector, row.weight) for row in rows]
    if fingerprint_roll(weights) != task.roll_sha256:
        raise click.ClickException(
            f"{roll} is not the roll that {election} is for: it has {len(rows):,} people with "
            f"{sum(w for _, w in weights):,} votes, and {task.electors:,} with "
            f"{task.total_weight:,} are expected, or somebody on it is another. Ask the organiser "
            "for both files anew."
        )
    return task, rows


def _make_all(task: IssueTask, electors: list[int]) -> Iterator[Codes]:
    batches = ((task.group, task.uuid, b) for b in make_batches(electors, repeat(BATCH)))
    workers = os.cpu_count() or 1
    parallel = len(electors) >= PARALLEL_FROM and workers > 1
    with make_executor(workers) if parallel else nullcontext() as executor:
        for made in map_batches(executor, make_codes, batches):
            yield from made


def _encode(lines: Iterable[str]) -> Iterator[bytes]:
    return (line.encode() for line in lines)

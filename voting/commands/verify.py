"""`voting verify`: re-check the archive of an election, with no trust in any server."""

import errno
import json
import os
import stat
import sys
from pathlib import Path

import click

from voting.belenios.errors import ProtocolError
from voting.belenios.verify import Check, Report, verify_archive, verify_extends
from voting.commands.progress import show_progress
from voting.engine import make_executor

VALID, REFUSED, UNREADABLE, INTERRUPTED = 0, 1, 2, 130
PARALLEL_FROM_BYTES = 400_000


@click.command("verify")
@click.argument("archive", metavar="FILE.bel", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=None,
    help="Number of processes that check ballots. Default: one per processor.",
)
@click.option(
    "--extends",
    "older",
    metavar="OLD.bel",
    type=click.Path(path_type=Path),
    default=None,
    help="Also check that FILE.bel only adds to this older copy of the same ballot box.",
)
def verify_command(archive: Path, as_json: bool, workers: int | None, older: Path | None) -> None:
    """Check everything in FILE.bel, the ballot box of one election, and say what was found.

    Nothing but the file is needed. Every ballot, its signature and its proofs are checked, the
    encrypted tally is computed again, and the result must be what the trustees' proved decryptions
    open it to.

    Exit status: 0 the archive is valid, 1 it is refused, 2 it cannot be read or needs something
    that this program does not support, or the report could not be written. 130 is an interruption.
    """
    try:
        report = _verify(archive, workers, older, quiet=as_json)
    except OSError as error:
        report = Report(error=_describe(error), supported=False)
    except KeyboardInterrupt:
        click.echo("INTERRUPTED: there is no verdict.", err=True)
        sys.exit(INTERRUPTED)
    sys.exit(_tell(report, as_json))


def _describe(error: OSError) -> str:
    where = "" if error.filename is None else f"{_show_name(Path(error.filename))}: "
    return f"cannot be read: {where}{error.strerror or error}"


def _show_name(path: Path) -> str:
    """Return the name of a file as text that can be printed, whatever its bytes are."""
    return os.fsencode(path.name).decode(errors="replace")


def _get_size(path: Path) -> int:
    """Return the size of a file. Raise OSError for a pipe or device: the file is read twice."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not an ordinary file", str(path))
    return status.st_size


def _tell(report: Report, as_json: bool) -> int:
    """Print the report and return the exit status; nobody to read it must not look like a refusal.

    When standard output is closed or full, it is turned to nowhere, so that the interpreter does
    not complain about it again at its end.
    """
    try:
        _print_report(report, as_json)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if not isinstance(error, BrokenPipeError):
            click.echo(f"The report cannot be written: {error.strerror}", err=True)
        return UNREADABLE
    return _get_status(report)


def _verify(archive: Path, workers: int | None, older: Path | None, *, quiet: bool) -> Report:
    size = _get_size(archive)
    if older is not None:
        _get_size(older)
    count = workers or (os.cpu_count() or 1 if size >= PARALLEL_FROM_BYTES else 1)
    with show_progress(enabled=not quiet and sys.stderr.isatty()) as progress:
        if count == 1:
            report = verify_archive(archive, progress=progress)
        else:
            with make_executor(count) as executor:
                report = verify_archive(archive, executor=executor, progress=progress)
    if older is not None:
        _check_extends(older, archive, report)
    return report


def _check_extends(older: Path, archive: Path, report: Report) -> None:
    name = "extends"
    try:
        verify_extends(older, archive)
    except ProtocolError as error:
        report.checks.append(Check(name, False, str(error)))
        report.valid = False
        report.error = report.error or f"{name}: {error}"
    else:
        report.checks.append(
            Check(name, True, f"every record of {_show_name(older)} is here, unchanged")
        )


def _get_status(report: Report) -> int:
    if report.valid:
        return VALID
    return REFUSED if report.supported else UNREADABLE


def _print_report(report: Report, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False))
        return
    failed = "REFUSED" if report.supported else "UNKNOWN"
    for check in report.checks:
        click.echo(f"{'ok' if check.ok else failed:8} {check.name}: {check.detail}")
    if report.valid:
        click.echo(
            f"VALID: election {report.uuid}, group {report.group}, stage {report.stage}; "
            f"{report.voters} voters, {report.ballots} ballots"
            + ("" if report.counted is None else f", {report.counted} counted")
        )
        for number, counts in enumerate(report.result or [], 1):
            click.echo(f"Question {number}: {', '.join(map(str, counts))}")
    else:
        verdict = "REFUSED" if report.supported else "NOT CHECKED"
        click.echo(f"{verdict}: {report.error}", err=True)

"""`voting verify-trail`: re-check the public record of a proposal, with no trust in any server."""

from __future__ import annotations

import errno
import hashlib
import json
import stat
import sys
from pathlib import Path
from typing import Any

import click

from voting.domain.trail import NotATrail, TrailFault, TrailReport, check_extends, check_trail

VALID, REFUSED, UNREADABLE = 0, 1, 2
MOST_BYTES = 500_000_000


@click.command("verify-trail")
@click.argument("trail", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option(
    "--head", default=None, help="The hash that the last act, or an earlier one, must have."
)
@click.option(
    "--extends",
    "older",
    metavar="OLD",
    type=click.Path(path_type=Path),
    default=None,
    help="Also check that FILE only adds to this older copy.",
)
@click.option(
    "--holds",
    "held",
    metavar="OTHER",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Also check that the SHA-256 of this file stands in the trail (a document, an archive). "
    "May be given several times.",
)
def verify_trail_command(
    trail: Path, as_json: bool, head: str | None, older: Path | None, held: tuple[Path, ...]
) -> None:
    """Check FILE, the public record of a proposal, link by link.

    Nothing but the file is needed. Every act must be written in the one form that is hashed, name
    the hash of the act before it, and stand in its place.

    Exit status: 0 the trail is unbroken, 1 it is refused, 2 it cannot be read or is no such file.
    """
    try:
        told, status = check(trail, head, older, held)
    except OSError as error:
        told, status = {"valid": False, "error": f"cannot be read: {error.strerror}"}, UNREADABLE
    show(told, status, as_json)
    sys.exit(status)


def check(
    trail: Path, head: str | None, older: Path | None, held: tuple[Path, ...]
) -> tuple[dict[str, Any], int]:
    """What was found, and the exit status. Raises OSError for a file that cannot be read."""
    lines = read_lines(trail)
    try:
        report = check_trail(lines)
        if older is not None:
            earlier = read_lines(older)
            check_trail(earlier)
            check_extends(earlier, lines)
        check_head(lines, head)
        found = [check_held(report, path) for path in held]
    except NotATrail as error:
        return {"valid": False, "error": f"this is not a trail: {error}"}, UNREADABLE
    except TrailFault as error:
        return {"valid": False, "error": str(error)}, REFUSED
    return {"valid": True, "error": None, **report.to_json(), "holds": found}, VALID


def read_lines(path: Path) -> list[bytes]:
    """The lines of a file, their ends kept. Raises OSError for what is no ordinary file."""
    require_ordinary(path)
    if path.stat().st_size > MOST_BYTES:
        raise OSError(errno.EFBIG, "it is larger than a trail can be")
    return path.read_bytes().splitlines(keepends=True)


def require_ordinary(path: Path) -> None:
    """Raise OSError for a pipe or a device: whoever opens one may wait for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not an ordinary file")


def check_head(lines: list[bytes], head: str | None) -> None:
    """Raise TrailFault unless *head* is the hash of an act in the file."""
    if head is None:
        return
    hashes = {hashlib.sha256(line.rstrip(b"\n")).hexdigest() for line in lines[1:]}
    if head.strip().lower() not in hashes:
        raise TrailFault("no act in the file has the hash that was given as head")


def check_held(report: TrailReport, path: Path) -> dict[str, Any]:
    """Where the SHA-256 of a file stands. Raises TrailFault when it stands nowhere."""
    require_ordinary(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest not in report.fingerprints:
        raise TrailFault(f"the SHA-256 of {path.name} stands in no act")
    return {"file": path.name, "sha256": digest, "act": report.fingerprints[digest]}


def show(told: dict[str, Any], status: int, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if status != VALID:
        click.echo(
            f"{'REFUSED' if status == REFUSED else 'NOT CHECKED'}: {told['error']}", err=True
        )
        return
    for held in told["holds"]:
        click.echo(f"ok       {held['file']}: its SHA-256 stands in act {held['act']}")
    for note in told["notes"]:
        click.echo(f"note     {note}")
    click.echo(
        f"VALID: {told['acts']} acts of the proposal {told['proposal']}, "
        f"from {told['first_at']} to {told['last_at']}"
    )
    click.echo(f"Head: {told['head']}")

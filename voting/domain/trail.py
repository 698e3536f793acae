"""The public trail of a proposal as a file, and how it is re-checked with nothing but the file.

The first line says what the file is. Each further line is one act, the very bytes that were hashed:
canonical JSON with the hash of the act before as ``parent``. The hash of the last act, the head,
stands for them all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from voting.domain.canonical import canonical_json, canonical_time

FORMAT, VERSION = "voting-trail", 1
HEADER = frozenset({"format", "version", "proposal", "acts", "head"})
LONGEST_LINE = 1_000_000
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_AFTER = {  # an act of a poll, and the act of the same poll that must stand before it
    "opened": "frozen",
    "closed": "opened",
    "declared": "closed",
    "published": "declared",
}


class TrailFault(Exception):
    """The file is not an unbroken trail; the text says where and why."""


class NotATrail(Exception):
    """The file is something else, or of a version that this program does not know."""


@dataclass(slots=True)
class TrailReport:
    """What was found in a trail that holds."""

    proposal: str
    acts: int
    head: str
    kinds: dict[str, int]
    first_at: str
    last_at: str
    notes: list[str] = field(default_factory=list)
    fingerprints: dict[str, int] = field(default_factory=dict)  # each hash told, and by which act

    def to_json(self) -> dict[str, Any]:
        """The report as data."""
        names = ("proposal", "acts", "head", "kinds", "first_at", "last_at", "notes")
        return {name: getattr(self, name) for name in names}


def write_trail(proposal: str, bodies: Iterable[str], *, acts: int, head: str) -> Iterator[bytes]:
    """The lines of the file; *bodies* are the acts in order, *head* the hash of the last one."""
    named = {"format": FORMAT, "version": VERSION, "proposal": proposal}
    yield canonical_json({**named, "acts": acts, "head": head}) + b"\n"
    for body in bodies:
        yield body.encode() + b"\n"


def check_trail(lines: Iterable[bytes]) -> TrailReport:
    """Check every link of the trail in *lines*, as they stand in the file.

    Raises NotATrail when it is no trail of a known version, and TrailFault at the first act that is
    changed, missing, moved or added.
    """
    waiting = iter(lines)
    header = _read_header(next(waiting, b""))
    parent: str | None = None
    acts: list[dict[str, Any]] = []
    report = TrailReport(header["proposal"], 0, "", {}, "", "")
    for line in waiting:
        act = _read_act(line, len(acts), parent)
        if act.get("proposal", header["proposal"]) != header["proposal"]:
            raise TrailFault("the first line names another proposal than the acts do")
        _check_order(act, acts, len(acts))
        parent = hashlib.sha256(_strip(line)).hexdigest()
        _note(report, act, len(acts))
        acts.append({name: act.get(name) for name in ("kind", "poll", "at")} | _versions(act))
    if not acts:
        raise TrailFault("there is no act in the file")
    if len(acts) != header["acts"]:
        raise TrailFault(f"the first line names {header['acts']} acts, and there are {len(acts)}")
    if parent != header["head"]:
        raise TrailFault("the hash of the last act is not the head that the first line names")
    report.acts, report.head = len(acts), str(parent)
    return report


def _strip(line: bytes) -> bytes:
    return line[:-1] if line.endswith(b"\n") else line


def _read_header(line: bytes) -> dict[str, Any]:
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        raise NotATrail("its first line is not JSON") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise NotATrail("it does not say that it is the trail of a proposal")
    if header.get("version") != VERSION:
        raise NotATrail(f"version {header.get('version')} is not known to this program")
    sound = header.keys() == HEADER and isinstance(header["proposal"], str)
    if not sound or type(header["acts"]) is not int or not is_hash(header["head"]):
        raise TrailFault("the first line is not complete")
    return header


def _read_act(line: bytes, position: int, parent: str | None) -> dict[str, Any]:
    where = f"act {position}"
    body = _strip(line)
    if len(body) > LONGEST_LINE:
        raise TrailFault(f"{where} is longer than an act can be")
    try:
        act = json.loads(body)
        same = isinstance(act, dict) and canonical_json(act) == body
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise TrailFault(f"{where} is not written in the one form that is hashed")
    if act.get("position") != position or type(act.get("position")) is not int:
        raise TrailFault(f"{where} says that it is act {act.get('position')}")
    if act.get("parent") != parent:
        raise TrailFault(f"{where} does not follow the act before it")
    poll = act.get("poll", "")
    if not isinstance(act.get("kind"), str) or (poll is not None and type(poll) is not int):
        raise TrailFault(f"{where} does not say what was done")
    if not _is_time(act.get("at")):
        raise TrailFault(f"{where} does not say when it was done")
    return dict(act)


def _is_time(text: Any) -> bool:
    try:
        return bool(canonical_time(dt.datetime.fromisoformat(text)) == text)
    except (TypeError, ValueError):
        return False


def is_hash(value: Any) -> bool:
    """Whether this is a hexadecimal SHA-256."""
    return isinstance(value, str) and _HASH.match(value) is not None


def _versions(act: dict[str, Any]) -> dict[str, Any]:
    return {name: act[name] for name in ("document", "version") if name in act}


def _check_order(act: dict[str, Any], before: list[dict[str, Any]], position: int) -> None:
    """What an act presupposes stands before it."""
    kind = act["kind"]
    if (kind == "created") != (position == 0):
        raise TrailFault(f"act {position}: a trail begins with the proposal, and only once")
    needed = _AFTER.get(kind)
    if needed and not any(b["kind"] == needed and b["poll"] == act["poll"] for b in before):
        raise TrailFault(
            f"act {position} ({kind}) has no act {needed!r} of the same vote before it"
        )
    if kind in ("page-opened", "page-changed", "document-published"):
        pages = ("page-opened", "page-changed")
        same = pages if kind in pages else (kind,)
        earlier = [b for b in before if b["kind"] in same]
        if kind == "document-published":
            earlier = [b for b in earlier if b.get("document") == act.get("document")]
        if act.get("version") != len(earlier) + 1:
            raise TrailFault(f"act {position} ({kind}): its version does not follow")


def _note(report: TrailReport, act: dict[str, Any], position: int) -> None:
    report.kinds[act["kind"]] = report.kinds.get(act["kind"], 0) + 1
    report.first_at = report.first_at or act["at"]
    if dt.datetime.fromisoformat(act["at"]) < dt.datetime.fromisoformat(
        report.last_at or act["at"]
    ):
        report.notes.append(f"act {position} bears an earlier time than the act before it")
    report.last_at = act["at"]
    for digest in list_fingerprints(act):
        report.fingerprints.setdefault(digest, position)


def list_fingerprints(act: dict[str, Any]) -> list[str]:
    """Every SHA-256 that an act tells, but not that of the act before."""
    return [digest for _name, digest in name_fingerprints(act)]


def name_fingerprints(act: dict[str, Any]) -> list[tuple[str, str]]:
    """Every SHA-256 that an act tells, with the name it stands under."""
    told = {name: value for name, value in act.items() if name != "parent"}
    return list(_walk("", told))


def _walk(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, part in value.items():
            yield from _walk(inner, part)
    elif isinstance(value, list):
        for part in value:
            yield from _walk(name, part)
    elif is_hash(value):
        yield name, value


def check_extends(older: Iterable[bytes], newer: Iterable[bytes]) -> None:
    """Raise TrailFault unless *newer* only adds to *older*; both are lines of whole files."""
    before, after = list(older)[1:], list(newer)[1:]
    for position, line in enumerate(before):
        if position >= len(after) or _strip(after[position]) != _strip(line):
            raise TrailFault(f"act {position} of the older copy is not here unchanged")

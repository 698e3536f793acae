"""Rolls: upload, look, confirm. Nothing is on a roll until the organiser has confirmed it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from sqlalchemy.orm import Session

from voting.domain.errors import BadInput, Conflict, FieldError, TooLarge
from voting.domain.lifecycle import State
from voting.domain.roll import MOST_BYTES, RollReport, RollRow, parse_roll
from voting.store.participants import is_anyone_invited, is_invited
from voting.store.polls import list_polls_using
from voting.store.proposals import Constituency, append_act
from voting.store.roll import (
    Elector,
    RollImport,
    count_electors,
    delete_electors,
    find_credential_of,
    get_constituency,
    has_credentials,
    insert_electors,
    list_email_keys,
    list_email_keys_elsewhere,
)

WAITING, CONFIRMED, DROPPED = "waiting", "confirmed", "dropped"
_FINISHED = (State.PUBLISHED, State.CANCELLED)


def preview_import(
    session: Session,
    constituency: Constituency,
    filename: str,
    content: bytes,
    *,
    now: dt.datetime,
) -> tuple[RollImport, RollReport]:
    """Keep an uploaded CSV file and report what it holds. Nobody is put on the roll yet.

    Raises Conflict while a frozen poll uses the roll, TooLarge over 64 MB, and BadInput (field
    file) for a file that cannot be read as a roll at all: that one is not kept.
    """
    require_changeable(session, constituency)
    if len(content) > MOST_BYTES:
        raise TooLarge("The file is larger than 64 MB.", field="file")
    report = _parse(session, constituency, content)
    if report.is_unreadable:
        raise BadInput([FieldError("file", fault.message) for fault in report.faults])
    upload = RollImport(
        constituency_id=constituency.id,
        filename=_clean_filename(filename),
        content=content,
        state=WAITING,
        created_at=now,
    )
    session.add(upload)
    session.flush()
    return upload, report


def review_import(session: Session, upload: RollImport) -> RollReport:
    """What a waiting upload holds, held against the roll as it is now."""
    return _parse(session, get_constituency(session, upload.constituency_id), upload.content)


def confirm_import(
    session: Session, upload: RollImport, *, now: dt.datetime, accept_faults: bool = False
) -> int:
    """Put the people of a waiting upload on the roll; answers how many.

    With faults nothing is imported and BadInput is raised, unless *accept_faults*: then the rows
    without fault are imported, and the trail says how many were left out. Raises Conflict when the
    upload was confirmed or dropped already, or while a frozen poll uses the roll.
    """
    _require_waiting(upload)
    constituency = get_constituency(session, upload.constituency_id)
    require_changeable(session, constituency)
    report = _parse(session, constituency, upload.content)
    if report.is_unreadable or (report.faults and not accept_faults):
        raise BadInput([FieldError("file", fault.message) for fault in report.faults])
    imported = insert_electors(session, constituency.id, map(_elector_values, report.rows))
    upload.state = CONFIRMED
    upload.content = b""
    details = {
        "constituency": constituency.code,
        "imported": imported,
        "refused": report.refused_rows,
    }
    append_act(session, constituency.proposal_id, None, "roll-imported", now=now, details=details)
    return imported


def drop_import(session: Session, upload: RollImport) -> None:
    """Forget a waiting upload. Raises Conflict when it was confirmed or dropped already."""
    _require_waiting(upload)
    upload.state = DROPPED
    upload.content = b""
    session.flush()


def remove_elector(session: Session, elector: Elector, *, now: dt.datetime) -> None:
    """Take one person off the roll. Raises Conflict once they were given a voting code."""
    constituency = elector.constituency
    require_changeable(session, constituency)
    if is_invited(session, elector.id):
        raise Conflict("This person was invited to a consultation. They stay on the roll.")
    if find_credential_of(session, elector.id):
        raise Conflict(
            "This person was on the roll of a vote that has been held. They stay on the roll, so "
            "that its record stays whole."
        )
    session.delete(elector)
    session.flush()
    _record_removal(session, constituency, 1, now)


def clear_roll(session: Session, constituency: Constituency, *, now: dt.datetime) -> int:
    """Empty the roll; answers how many were on it. Raises Conflict once codes were given out."""
    require_changeable(session, constituency)
    if has_credentials(session, constituency.id):
        raise Conflict(
            f"People on the roll of {constituency.name} were given voting codes. It cannot be "
            "emptied."
        )
    if is_anyone_invited(session, constituency.id):
        raise Conflict(
            f"People on the roll of {constituency.name} were invited to a consultation. It cannot "
            "be emptied."
        )
    removed = delete_electors(session, constituency.id)
    if removed:
        _record_removal(session, constituency, removed, now)
    return removed


def require_changeable(session: Session, constituency: Constituency) -> None:
    """Raise Conflict while a frozen poll that is not over uses this roll."""
    for poll in list_polls_using(session, constituency.id):
        if poll.state not in _FINISHED:
            raise Conflict(
                f"The roll of {constituency.name} was fixed when the vote '{poll.title}' was "
                "frozen. It cannot be changed until that vote is over."
            )


def _parse(session: Session, constituency: Constituency, content: bytes) -> RollReport:
    return parse_roll(
        content,
        existing=list_email_keys(session, constituency.id),
        elsewhere=list_email_keys_elsewhere(session, constituency),
        place=constituency.name,
    )


def _require_waiting(upload: RollImport) -> None:
    if upload.state == CONFIRMED:
        raise Conflict("This file has been imported already.")
    if upload.state != WAITING:
        raise Conflict("This file was dropped. Upload it again.")


def _elector_values(row: RollRow) -> dict[str, object]:
    values = asdict(row)
    del values["row"]
    return values


def _record_removal(
    session: Session, constituency: Constituency, removed: int, now: dt.datetime
) -> None:
    details = {
        "constituency": constituency.code,
        "removed": removed,
        "electors": count_electors(session, constituency.id),
    }
    append_act(session, constituency.proposal_id, None, "roll-reduced", now=now, details=details)


def _clean_filename(filename: str) -> str:
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(character for character in name if character.isprintable())
    return printable[-200:] or "roll.csv"

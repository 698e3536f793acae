"""Rolls: upload, look, confirm. Nothing is on a roll until the organiser has confirmed it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace

from sqlalchemy.orm import Session

from voting.domain.errors import BadInput, Conflict, FieldError, TooLarge, refuse_faults
from voting.domain.lifecycle import State
from voting.domain.roll import (
    MOST_BYTES,
    MOST_FAULTS,
    Layout,
    RollReport,
    RollRow,
    Sight,
    Source,
    UnreadableFileError,
    check_layout,
    look_at,
    open_file,
    parse_layout,
    parse_roll,
    require_addresses,
)
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
    list_uploads,
)

FORGOTTEN = dt.timedelta(days=7)
WAITING, CONFIRMED, DROPPED = "waiting", "confirmed", "dropped"
_FINISHED = (State.PUBLISHED, State.CANCELLED)


def read_file(
    session: Session, constituency: Constituency, content: bytes
) -> tuple[Layout | None, RollReport | None]:
    """Look at an uploaded file; nothing is kept. Slow for a large one, and needs no lock.

    With headings of our own its layout and report are answered; with others, None and None: then
    the organiser says what the columns are. Raises Conflict while a frozen poll uses the roll,
    TooLarge over 64 MB, and BadInput (field file) for a file that cannot be read as a roll.
    """
    require_changeable(session, constituency)
    if len(content) > MOST_BYTES:
        raise TooLarge("The file is larger than 64 MB.", field="file")
    try:
        source = open_file(content)
        sight = look_at(source)
        if len(sight.sheets) == 1:
            require_addresses(sight)
    except UnreadableFileError as unreadable:
        raise BadInput([FieldError("file", unreadable.fault.message)]) from unreadable
    if not sight.is_certain:
        return None, None
    return sight.layout, read_report(session, constituency, source, sight.layout)


def read_report(
    session: Session, constituency: Constituency, content: bytes | Source, layout: Layout
) -> RollReport:
    """What a file holds, held against the rolls; raises BadInput when it cannot be read."""
    report = _parse(session, constituency, content, layout)
    if report.is_unreadable:
        raise BadInput([FieldError("file", fault.message) for fault in report.faults])
    return report


def keep_file(
    session: Session,
    constituency: Constituency,
    filename: str,
    content: bytes,
    layout: Layout | None,
    *,
    now: dt.datetime,
) -> RollImport:
    """Keep a file until it is confirmed or dropped, in place of one that waited for this roll.

    Raises Conflict while a frozen poll uses the roll.
    """
    require_changeable(session, constituency)
    for waiting in list_uploads(session, constituency.id, WAITING):
        drop_import(session, waiting)
    upload = RollImport(
        constituency_id=constituency.id,
        filename=_clean_filename(filename),
        content=content,
        layout=layout.to_json() if layout else "",
        state=WAITING,
        created_at=now,
    )
    session.add(upload)
    session.flush()
    return upload


def preview_import(
    session: Session,
    constituency: Constituency,
    filename: str,
    content: bytes,
    *,
    now: dt.datetime,
) -> tuple[RollImport, RollReport]:
    """Keep a file whose headings tell its columns, and report what it holds.

    Nobody is put on the roll yet. Raises what ``read_file`` raises.
    """
    layout, report = read_file(session, constituency, content)
    if layout is None or report is None:
        raise BadInput([FieldError("file", "The columns of the file have to be chosen first.")])
    return keep_file(session, constituency, filename, content, layout, now=now), report


def look_at_import(
    upload: RollImport, *, sheet: int | None = None, heading_row: int | None = None
) -> Sight:
    """The columns of a waiting upload, as they were chosen or else guessed. Raises BadInput."""
    chosen = parse_layout(upload.layout) if upload.layout else None
    if chosen and sheet in (None, chosen.sheet) and heading_row in (None, chosen.heading_row):
        sheet, heading_row = chosen.sheet, chosen.heading_row
    else:
        chosen = None
    try:
        sight = look_at(open_file(upload.content), sheet or 0, heading_row)
    except UnreadableFileError as unreadable:
        raise BadInput([FieldError("sheet", unreadable.fault.message)]) from unreadable
    return replace(sight, layout=chosen) if chosen else sight


def check_columns(session: Session, upload: RollImport, layout: Layout) -> RollReport:
    """What a waiting upload holds if its columns are these; nothing is kept. Slow, needs no lock.

    Raises BadInput for a layout that cannot be used, or a sheet that cannot be read as a roll, and
    Conflict when the upload was confirmed or dropped already.
    """
    _require_waiting(upload)
    refuse_faults(check_layout(layout))
    constituency = get_constituency(session, upload.constituency_id)
    return read_report(session, constituency, upload.content, layout)


def keep_layout(upload: RollImport, layout: Layout) -> None:
    """Keep a layout that ``check_columns`` has taken. Raises Conflict as that does."""
    _require_waiting(upload)
    upload.layout = layout.to_json()


def review_import(
    session: Session, upload: RollImport, *, most_faults: int = MOST_FAULTS
) -> RollReport:
    """What a waiting upload holds, held against the roll as it is now."""
    constituency = get_constituency(session, upload.constituency_id)
    layout = parse_layout(upload.layout) if upload.layout else None
    return _parse(session, constituency, upload.content, layout, most_faults)


def confirm_import(
    session: Session, upload: RollImport, *, now: dt.datetime, accepted: str = ""
) -> int:
    """Put the people of a waiting upload on the roll; answers how many.

    With faults nothing is imported and BadInput is raised, unless *accepted* is the fingerprint of
    this very report: then the rows without fault are imported, and the trail says that a report was
    accepted and how many rows were left out. Raises Conflict when the report is another by now,
    when the upload was confirmed or dropped already, or while a frozen poll uses the roll.
    """
    _require_waiting(upload)
    constituency = get_constituency(session, upload.constituency_id)
    require_changeable(session, constituency)
    report = review_import(session, upload)
    _require_accepted(report, accepted)
    imported = insert_electors(session, constituency.id, map(_elector_values, report.rows))
    upload.state = CONFIRMED
    upload.content = b""
    details: dict[str, object] = {
        "constituency": constituency.code,
        "imported": imported,
        "refused": report.refused_rows,
    }
    if report.refused_rows:
        details["report"] = "accepted"
    append_act(session, constituency.proposal_id, None, "roll-imported", now=now, details=details)
    return imported


def _require_accepted(report: RollReport, accepted: str) -> None:
    if report.is_unreadable:
        raise BadInput([FieldError("file", fault.message) for fault in report.faults])
    if not report.rows:
        raise BadInput([FieldError("accept", "Every row is refused. There is nobody to import.")])
    if report.faults and not accepted:
        rows = "1 row is" if report.refused_rows == 1 else f"{report.refused_rows:,} rows are"
        told = f"{rows} refused, and you have not agreed to leave them out. Nothing was imported."
        raise BadInput([FieldError("accept", told)])
    if report.faults and accepted != report.fingerprint:
        raise Conflict(
            "The report is no longer the one you accepted, because the roll has changed since. "
            "Look at it again."
        )


def drop_forgotten(session: Session, *, now: dt.datetime) -> int:
    """Drop uploads that nobody has confirmed for a week; answers how many."""
    forgotten = list_uploads(session, None, WAITING, before=now - FORGOTTEN)
    for upload in forgotten:
        drop_import(session, upload)
    return len(forgotten)


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


def _parse(
    session: Session,
    constituency: Constituency,
    content: bytes | Source,
    layout: Layout | None,
    most_faults: int = MOST_FAULTS,
) -> RollReport:
    return parse_roll(
        content,
        layout=layout,
        most_faults=most_faults,
        existing=list_email_keys(session, constituency.id),
        elsewhere=list_email_keys_elsewhere(session, constituency),
        place=constituency.name,
        bilingual=constituency.proposal.is_bilingual,
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

"""Tables of the answers, crossed and exported; and every response, for the desk alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue

from voting.domain.errors import BadInput, NotFound
from voting.services import analysis
from voting.services import equality as monitoring
from voting.services.analysis import exports
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.store.responses import list_counted_files
from voting.store.transactions import Transactions
from voting.web.downloads import download
from voting.web.equality import list_equality_questions
from voting.web.organiser.analysis import blueprint, room

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
FORMATS: dict[str, tuple[str, Callable[[Any], str | bytes]]] = {
    "csv": ("text/csv; charset=utf-8", exports.tables_csv),
    "json": ("application/json", exports.tables_json),
    "xlsx": (XLSX, exports.tables_xlsx),
    "ods": (ODS, exports.tables_ods),
}
FILES = 100  # on one page
Stream = Callable[[Any, Consultation], Iterator[str] | Iterator[bytes]]
STREAMS: dict[str, tuple[str, Stream]] = {
    "csv": ("text/csv; charset=utf-8", exports.iter_responses_csv),
    "jsonl": ("application/x-ndjson", exports.iter_responses_json),
    "xlsx": (XLSX, exports.iter_responses_xlsx),
    "ods": (ODS, exports.iter_responses_ods),
}


@blueprint.get("/tables")
def tables(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Every table; and two questions crossed, when the address names them."""
    consultation = room.get_kept(slug, consultation_slug)
    session = db.session()
    crossable = [each for each in consultation.questions if each.kind in analysis.CROSSED]
    across, down = request.args.get("across"), request.args.get("down")
    cross, fault = None, ""
    if across is not None:
        try:
            cross = analysis.cross_tabulate(
                session, consultation, room.read_id(across) or 0, room.read_id(down)
            )
        except BadInput as refusal:
            fault = refusal.message
    return room.show(
        "tables.html",
        consultation,
        tables=[] if cross else analysis.list_tables(session, consultation),
        crossable=crossable,
        cross=cross,
        fault=fault,
        across=across,
        down=down,
        status=422 if fault else 200,
    )


@blueprint.get("/equality")
def equality(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """How often each answer of equality monitoring was given; nothing leads to a response."""
    consultation = room.get_kept(slug, consultation_slug)
    tables = {table.code: table for table in monitoring.list_tables(db.session(), consultation)}
    asked = [
        (text, tables[code], dict(answers)) for code, text, answers in list_equality_questions()
    ]
    return room.show("equality.html", consultation, asked=asked)


@blueprint.get("/tables.<kind>")
def download_tables(slug: str, consultation_slug: str, kind: str) -> ResponseReturnValue:
    """The tables as a file."""
    consultation = room.get_kept(slug, consultation_slug)
    if kind not in FORMATS:
        raise NotFound("There is no download of this kind.")
    media, write = FORMATS[kind]
    body = write(analysis.list_tables(db.session(), consultation))
    return download(body, media, f"{consultation.slug}-tables.{kind}")


@blueprint.get("/files")
def files(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """The files that people sent as answers, a page at a time, each to be saved."""
    consultation = room.get_kept(slug, consultation_slug)
    after = room.read_id(request.args.get("after")) or 0
    listed = list_counted_files(db.session(), consultation.id, after=after, limit=FILES)
    return room.show(
        "files.html",
        consultation,
        files=listed,
        more=listed[-1][0].id if len(listed) == FILES else None,
    )


@blueprint.get("/responses.<kind>")
def download_responses(slug: str, consultation_slug: str, kind: str) -> ResponseReturnValue:
    """Every response, streamed: memory does not grow with their number."""
    consultation = room.get_kept(slug, consultation_slug)
    if kind not in STREAMS:
        raise NotFound("There is no download of this kind.")
    media, stream = STREAMS[kind]
    pieces = _stream(consultation.id, stream)
    return download(pieces, media, f"{consultation.slug}-responses.{kind}")


def _stream(consultation_id: int, stream: Stream) -> Iterator[Any]:
    """The pieces, read in a session of their own that lasts until the last of them is sent."""
    rooms = Transactions(current_app._get_current_object())  # type: ignore[attr-defined]

    def lines() -> Iterator[Any]:
        with rooms.reading() as session:
            yield from stream(session, session.get_one(Consultation, consultation_id))

    return lines()

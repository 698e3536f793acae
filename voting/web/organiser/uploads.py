"""Bringing people onto a roll from a file: upload it, say what its columns are, look, confirm."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from voting.domain.errors import BadInput, NotFound
from voting.domain.roll import (
    FIELDS,
    MOST_BYTES,
    MOST_COLUMNS,
    Layout,
    RollReport,
    Sight,
    parse_layout,
)
from voting.services import roll as desk_roll
from voting.store import roll
from voting.store.database import db, transaction
from voting.store.proposals import Constituency
from voting.store.roll import RollImport
from voting.web.access import guard
from voting.web.downloads import download
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import Pick

blueprint = Blueprint("uploads", __name__, url_prefix="/organiser")
guard(blueprint, "organiser")

ROLL = "/proposals/<slug>/roll/<code>"
FIRST_ROWS = 10  # rows shown of a file before it is confirmed
FAULTS = 200  # faults shown at most; the report for download has more
MOST_REPORTED = 100_000
NOT_USED = "Do not use this column"
SAMPLE = (
    "name,email,reference,language,weight,weight_reason,weight_reason_cy\r\n"
    "Sam Price,sam.price@example.org,E1001,en,1,,\r\n"
    "Bethan Rhys,bethan.rhys@example.org,E1002,cy,1,,\r\n"
    "Northgate Surgery,office@northgate.example.org,P17,en,3,Three partners share one vote form,"
    "Mae tri phartner yn rhannu un bleidlais\r\n"
)


class UploadForm(Form):
    """One file."""

    file = FileField("CSV, XLSX or ODS file with the roll")


class ColumnsForm(Form):
    """What each column is; a field for each is added. The sheet and heading row come with it."""

    sheet = HiddenField()
    heading_row = HiddenField()


class AcceptForm(Form):
    """That the refused rows of this very report are left out."""

    accept = BooleanField()
    report = HiddenField()


@blueprint.get("/roll-sample.csv")
def sample() -> ResponseReturnValue:
    """A small roll with every column, to start from."""
    return send_csv(SAMPLE, "roll-sample.csv")


@blueprint.route(f"{ROLL}/upload", methods=["GET", "POST"])
def new(slug: str, code: str) -> ResponseReturnValue:
    """Take a file in; nothing of it is on the roll until it has been looked at and confirmed."""
    constituency = desk.get_constituency(slug, code)
    form = UploadForm()
    if form.validate_on_submit():
        with desk.faults_shown(form, content="file", filename="file"):
            sent = read_file(form)
            if sent is not None:
                return take(slug, code, *sent)
    return desk.show("uploads/new.html", form=form, constituency=constituency)


def read_file(form: UploadForm) -> tuple[str, bytes] | None:
    """The name and bytes of the file that was sent, or None with the fault put beside the field."""
    sent = form.file.data
    content = sent.read(MOST_BYTES + 1) if sent else b""
    if not sent or not sent.filename:
        fault = "Select a CSV, XLSX or ODS file"
    elif not content:
        fault = "The file is empty. It needs a row of column names and a row for each person"
    elif len(content) > MOST_BYTES:
        fault = (
            f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Divide it into smaller files"
        )
    else:
        return sent.filename[-200:], content
    form.file.errors = [fault]
    return None


def take(slug: str, code: str, filename: str, content: bytes) -> ResponseReturnValue:
    """Look at a file with nothing locked, then keep it: on to its columns, or to its report."""
    constituency = desk.get_constituency(slug, code)
    layout, report = desk_roll.read_file(db.session(), constituency, content)
    with transaction(db.session()) as session:
        constituency = desk.get_constituency(slug, code)
        waiting = desk_roll.keep_file(
            session, constituency, filename, content, layout, now=desk.get_time()
        )
        import_id = waiting.id
    if report is None:
        return redirect(url_for("uploads.columns", slug=slug, code=code, import_id=import_id), 303)
    return show_or_go_on(slug, code, import_id, report)


def show_or_go_on(slug: str, code: str, import_id: int, report: RollReport) -> ResponseReturnValue:
    """The report at once when rows are refused; else the page that asks to confirm."""
    if report.faults:
        constituency = desk.get_constituency(slug, code)
        return show_report(constituency, find_upload(constituency, import_id), report, status=422)
    return redirect(url_for("uploads.preview", slug=slug, code=code, import_id=import_id), 303)


def find_upload(constituency: Constituency, import_id: int) -> RollImport:
    """An upload of this roll; raises NotFound."""
    found = db.session.get(RollImport, import_id)
    if found is None or found.constituency_id != constituency.id:
        raise NotFound("There is no such upload.")
    return found


def get_waiting(constituency: Constituency, slug: str, import_id: int) -> RollImport:
    """The upload that waits for a decision; leads to the roll when it was decided.

    Raises NotFound where there was none.
    """
    found = find_upload(constituency, import_id)
    if found.state != "waiting":
        abort(redirect(url_for("roll.show", slug=slug, code=constituency.code), 303))
    return found


@blueprint.get(f"{ROLL}/uploads/<int:import_id>/columns")
def columns(slug: str, code: str, import_id: int) -> ResponseReturnValue:
    """Every column with its first values, and what it is taken for."""
    constituency = desk.get_constituency(slug, code)
    waiting = get_waiting(constituency, slug, import_id)
    sheet, row, shown = (request.args.get(name, type=int) for name in ("sheet", "heading", "shown"))
    if shown is not None and shown != sheet:
        row = None  # the row that was typed belongs to the sheet that was shown before
    sight = desk_roll.look_at_import(waiting, sheet=sheet, heading_row=row)
    return show_columns(constituency, waiting, sight, make_columns_form(sight))


@blueprint.post(f"{ROLL}/uploads/<int:import_id>/columns")
def choose(slug: str, code: str, import_id: int) -> ResponseReturnValue:
    """Say what the columns are; the answer is the report on the file."""
    constituency = desk.get_constituency(slug, code)
    waiting = get_waiting(constituency, slug, import_id)
    layout = read_layout()
    try:
        report = desk_roll.check_columns(db.session(), waiting, layout)
    except BadInput as refusal:
        sight = desk_roll.look_at_import(
            waiting, sheet=layout.sheet, heading_row=layout.heading_row
        )
        form = make_columns_form(sight)
        desk.place_faults(form, refusal, {"file": "column-0"})
        return show_columns(constituency, waiting, sight, form)
    return keep_layout(slug, code, import_id, layout, report)


def read_layout() -> Layout:
    """What was said of the columns. The file itself is only looked at when it is refused."""
    fields: list[str] = []
    while (name := f"column-{len(fields)}") in request.form and len(fields) < MOST_COLUMNS:
        fields.append(request.form[name])
    sheet, row = (request.form.get(name, 0, type=int) for name in ("sheet", "heading_row"))
    return Layout(sheet, row, tuple(fields))


def keep_layout(
    slug: str, code: str, import_id: int, layout: Layout, report: RollReport
) -> ResponseReturnValue:
    """Keep what the columns are, and go on to the report."""
    with transaction(db.session()):
        waiting = find_upload(desk.get_constituency(slug, code), import_id)
        desk_roll.keep_layout(waiting, layout)
    return show_or_go_on(slug, code, import_id, report)


def make_columns_form(sight: Sight) -> Any:
    """A form with a list of what it may be for each column, as far as can be told from it."""
    choices = [
        SelectChoice(value=name, label=words) for name, words in {"": NOT_USED, **FIELDS}.items()
    ]
    fields: dict[str, Any] = {}
    for place, column in enumerate(sight.columns):
        values = ", ".join(f"“{value}”" for value in column.values)
        fields[f"column-{place}"] = Pick(
            f"Column {column.letters}: {column.heading[:60] or 'no heading'}",
            missing="Select what the column is from the list",
            hint=f"For example {values}" if values else "Nothing in the first rows",
            choices=choices,
        )
    layout = sight.layout
    kept = {f"column-{place}": name for place, name in enumerate(layout.fields)}
    made = type("ColumnsForm", (ColumnsForm,), fields)
    return made(data={**kept, "sheet": layout.sheet, "heading_row": layout.heading_row})


def show_columns(
    constituency: Constituency, waiting: RollImport, sight: Sight, form: Any
) -> ResponseReturnValue:
    """The page that asks what the columns are."""
    return desk.show(
        "uploads/columns.html", form=form, constituency=constituency, waiting=waiting, sight=sight
    )


@blueprint.get(f"{ROLL}/uploads/<int:import_id>")
def preview(slug: str, code: str, import_id: int) -> ResponseReturnValue:
    """A file as it will be stored, and every row that is refused, before anything is stored."""
    constituency = desk.get_constituency(slug, code)
    waiting = get_waiting(constituency, slug, import_id)
    if not waiting.layout:
        return redirect(url_for("uploads.columns", slug=slug, code=code, import_id=import_id), 303)
    report = desk_roll.review_import(db.session(), waiting)
    return show_report(constituency, waiting, report)


def show_report(
    constituency: Constituency,
    waiting: RollImport,
    report: RollReport,
    *,
    form: AcceptForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """What a file holds: its first people, its faults, and what can be done with it."""
    form = form or AcceptForm(formdata=None, data={"report": report.fingerprint})
    left = (
        "the refused row"
        if report.refused_rows == 1
        else f"the {report.refused_rows:,} refused rows"
    )
    form.accept.label.text = f"I have read the report. Leave out {left}"
    return desk.show(
        "uploads/preview.html",
        status=status,
        form=form,
        constituency=constituency,
        waiting=waiting,
        report=report,
        layout=parse_layout(waiting.layout),
        fields=FIELDS,
        total=roll.count_electors(db.session(), constituency.id),
        first_rows=FIRST_ROWS,
        most_faults=FAULTS,
    )


@blueprint.get(f"{ROLL}/uploads/<int:import_id>/report.csv")
def report(slug: str, code: str, import_id: int) -> ResponseReturnValue:
    """Every fault of the file with its row, cell and column, to mend it by."""
    constituency = desk.get_constituency(slug, code)
    waiting = get_waiting(constituency, slug, import_id)
    found = desk_roll.review_import(db.session(), waiting, most_faults=MOST_REPORTED)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("row", "cell", "column", "what is wrong"))
    writer.writerows((f.row or "", f.cell, f.column, f.message) for f in found.faults)
    return send_csv(text.getvalue(), f"{code}-report.csv")


def send_csv(text: str, name: str) -> Response:
    """A CSV file to save; its mark tells a spreadsheet that it is UTF-8."""
    return download(text.encode("utf-8-sig"), "text/csv; charset=utf-8", name)


@blueprint.post(f"{ROLL}/uploads/<int:import_id>/confirm")
def confirm(slug: str, code: str, import_id: int) -> ResponseReturnValue:
    """Put the people of the file on the roll. Confirming twice adds nobody twice."""
    constituency = desk.get_constituency(slug, code)
    waiting = get_waiting(constituency, slug, import_id)
    form = AcceptForm()
    accepted = form.report.data or "" if form.accept.data else ""
    with desk.faults_shown(form, file="accept"):
        number = desk_roll.confirm_import(
            db.session(), waiting, now=desk.get_time(), accepted=accepted
        )
        people = "1 person is" if number == 1 else f"{number:,} people are"
        desk.tell(f"{people} added to the roll of {constituency.name}.")
        return redirect(url_for("roll.show", slug=slug, code=code), 303)
    constituency = desk.get_constituency(slug, code)
    waiting = find_upload(constituency, import_id)
    form.report.data = (again := desk_roll.review_import(db.session(), waiting)).fingerprint
    return show_report(constituency, waiting, again, form=form)


@blueprint.post(f"{ROLL}/uploads/<int:import_id>/drop")
def drop(slug: str, code: str, import_id: int) -> ResponseReturnValue:
    """Forget the file. Nothing of it was stored on the roll."""
    constituency = desk.get_constituency(slug, code)
    desk_roll.drop_import(db.session(), get_waiting(constituency, slug, import_id))
    desk.tell("The file is dropped. The roll has not changed.")
    return redirect(url_for("roll.show", slug=slug, code=code), 303)

"""The roll of a constituency: who is on it, and bringing it in from a CSV file."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from voting.domain.errors import NotFound, Refusal
from voting.domain.roll import MOST_BYTES, RollReport
from voting.services import roll as desk_roll
from voting.store import roll
from voting.store.database import db
from voting.store.proposals import Constituency
from voting.store.roll import Elector, RollImport
from voting.web.access import guard
from voting.web.forms import Form
from voting.web.organiser import desk

blueprint = Blueprint("roll", __name__, url_prefix="/organiser")
guard(blueprint, "organiser")

PAGE = 50  # electors on one page
FIRST_ROWS = 10  # rows shown of a file before it is confirmed
FAULTS = 200  # faults shown at most; the number of all is told
SHOWN = {"first_rows": FIRST_ROWS, "most_faults": FAULTS}
SAMPLE = (
    "name,email,reference,language,weight,weight_reason\r\n"
    "Sam Price,sam.price@example.org,E1001,en,1,\r\n"
    "Bethan Rhys,bethan.rhys@example.org,E1002,cy,1,\r\n"
    "Northgate Surgery,office@northgate.example.org,P17,en,3,Three partners share one vote form\r\n"
)


class UploadForm(Form):
    """One CSV file."""

    file = FileField("CSV file with the roll")


class ConfirmForm(Form):
    """A button and nothing else."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a roll. ``next_after`` is None on the last; ``first`` tells the first page."""

    electors: list[Elector]
    next_after: int | None
    first: bool


@blueprint.get("/roll-sample.csv")
def sample() -> ResponseReturnValue:
    """A small roll with every column, to start from."""
    return Response(
        SAMPLE,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": "attachment; filename=roll-sample.csv"},
    )


@blueprint.get("/proposals/<slug>/roll/<code>")
def show(slug: str, code: str) -> ResponseReturnValue:
    """The people on the roll, a page at a time, or those that a search finds."""
    constituency = desk.get_constituency(slug, code)
    session = db.session()
    searched = request.args.get("find", "").strip()[:200]
    return desk.show(
        "roll/show.html",
        proposal=constituency.proposal,
        constituency=constituency,
        total=roll.count_electors(session, constituency.id),
        page=read_page(constituency, searched),
        waits=roll.list_waiting_imports(session, constituency.id),
        searched=searched,
    )


def read_page(constituency: Constituency, searched: str) -> Page:
    """The page of the roll that the address asks for."""
    after = max(0, request.args.get("after", 0, type=int))
    found = roll.search_electors(
        db.session(), constituency.id, searched, after=after, limit=PAGE + 1
    )
    more = len(found) > PAGE
    return Page(found[:PAGE], found[PAGE - 1].id if more else None, after == 0)


@blueprint.route("/proposals/<slug>/roll/<code>/upload", methods=["GET", "POST"])
def upload(slug: str, code: str) -> ResponseReturnValue:
    """Take a CSV file in; nothing of it is on the roll until it has been looked at and confirmed.

    A file with faults is not kept: the page shows every fault, and the way to send it again.
    """
    constituency = desk.get_constituency(slug, code)
    form = UploadForm()
    report = None
    if form.validate_on_submit():
        with desk.faults_shown(form, content="file", filename="file"):
            sent = read_file(form)
            if sent is not None:
                waiting, report = desk_roll.preview_import(
                    db.session(), constituency, *sent, now=desk.get_time()
                )
                if not report.faults:
                    target = url_for("roll.preview", slug=slug, code=code, import_id=waiting.id)
                    return redirect(target, 303)
                raise Refusal(count_faults(report), field="file")
    return desk.show(
        "roll/upload.html", form=form, report=report, constituency=constituency, **SHOWN
    )


def read_file(form: UploadForm) -> tuple[str, bytes] | None:
    """The name and bytes of the file that was sent, or None with the fault put beside the field."""
    sent = form.file.data
    content = sent.read(MOST_BYTES + 1) if sent else b""
    if not sent or not sent.filename:
        fault = "Select a CSV file"
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


def count_faults(report: RollReport) -> str:
    """How many faults the file has, as the sentence above them."""
    number = report.fault_count
    noun = "1 fault" if number == 1 else f"{number:,} faults"
    return (
        f"The file has {noun}, listed below. Nothing was stored. Mend the file and upload it again"
    )


def get_waiting(constituency: Constituency, import_id: int) -> RollImport | None:
    """The upload that waits for a decision; None when it was decided. Raises NotFound."""
    found = db.session.get(RollImport, import_id)
    if found is None or found.constituency_id != constituency.id:
        raise NotFound("There is no such upload.")
    return found if found.state == "waiting" else None


@blueprint.get("/proposals/<slug>/roll/<code>/uploads/<int:import_id>")
def preview(slug: str, code: str, import_id: int) -> ResponseReturnValue:
    """A file without faults as it will be stored, before anything is."""
    constituency = desk.get_constituency(slug, code)
    waiting = get_waiting(constituency, import_id)
    if waiting is None:
        return redirect(url_for("roll.show", slug=slug, code=code), 303)
    report = desk_roll.review_import(db.session(), waiting)
    return desk.show(
        "roll/preview.html",
        form=ConfirmForm(),
        constituency=constituency,
        waiting=waiting,
        report=report,
        total=roll.count_electors(db.session(), constituency.id),
        **SHOWN,
    )


@blueprint.post("/proposals/<slug>/roll/<code>/uploads/<int:import_id>/confirm")
def confirm(slug: str, code: str, import_id: int) -> ResponseReturnValue:
    """Put the people of the file on the roll. Confirming twice adds nobody twice."""
    constituency = desk.get_constituency(slug, code)
    waiting = get_waiting(constituency, import_id)
    if waiting is not None:
        number = desk_roll.confirm_import(db.session(), waiting, now=desk.get_time())
        people = "1 person is" if number == 1 else f"{number:,} people are"
        desk.tell(f"{people} added to the roll of {constituency.name}.")
    return redirect(url_for("roll.show", slug=slug, code=code), 303)


@blueprint.post("/proposals/<slug>/roll/<code>/uploads/<int:import_id>/drop")
def drop(slug: str, code: str, import_id: int) -> ResponseReturnValue:
    """Forget the file. Nothing of it was stored on the roll."""
    constituency = desk.get_constituency(slug, code)
    waiting = get_waiting(constituency, import_id)
    if waiting is not None:
        desk_roll.drop_import(db.session(), waiting)
        desk.tell("The file is dropped. The roll has not changed.")
    return redirect(url_for("roll.show", slug=slug, code=code), 303)


@blueprint.route(
    "/proposals/<slug>/roll/<code>/electors/<int:elector_id>/remove", methods=["GET", "POST"]
)
def remove(slug: str, code: str, elector_id: int) -> ResponseReturnValue:
    """Ask, then take one person off the roll. Removing them twice is no fault."""
    constituency = desk.get_constituency(slug, code)
    elector = roll.find_elector(db.session(), constituency.id, elector_id)
    if elector is None:
        return redirect(url_for("roll.show", slug=slug, code=code), 303)
    form = ConfirmForm()
    if form.validate_on_submit():
        desk_roll.remove_elector(db.session(), elector, now=desk.get_time())
        desk.tell("The person is off the roll.")
        return redirect(url_for("roll.show", slug=slug, code=code), 303)
    return desk.show("roll/remove.html", form=form, constituency=constituency, elector=elector)


@blueprint.route("/proposals/<slug>/roll/<code>/clear", methods=["GET", "POST"])
def clear(slug: str, code: str) -> ResponseReturnValue:
    """Ask, then empty the roll."""
    constituency = desk.get_constituency(slug, code)
    form = ConfirmForm()
    if form.validate_on_submit():
        number = desk_roll.clear_roll(db.session(), constituency, now=desk.get_time())
        people = "1 person was" if number == 1 else f"{number:,} people were"
        desk.tell(f"The roll is empty. {people} taken off it.")
        return redirect(url_for("roll.show", slug=slug, code=code), 303)
    total = roll.count_electors(db.session(), constituency.id)
    return desk.show("roll/clear.html", form=form, constituency=constituency, total=total)

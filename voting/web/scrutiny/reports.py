"""A scrutineer's report on the count of each constituency, and the archive to check it with."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField, TextAreaField

from voting.domain.errors import BadInput, NotFound
from voting.domain.scrutiny import STATEMENTS, Stated
from voting.services import scrutiny
from voting.services.scrutiny import COUNTED
from voting.store import scrutiny as kept
from voting.store.database import db
from voting.store.polls import Election
from voting.store.trustees import Scrutineer
from voting.web import watching
from voting.web.downloads import download_archive
from voting.web.forms import Form

ANSWERS = {"yes": "I am satisfied of this", "no": "I am not satisfied of this"}


def radio(code: str) -> Any:
    """Whether the scrutineer is satisfied of one statement."""
    return RadioField(STATEMENTS[code], choices=ANSWERS, validate_choice=False)


def paragraph() -> Any:
    """Why they are not."""
    return TextAreaField("Why not? (only if you are not satisfied; it is published)")


class ReportForm(Form):
    """Three statements, each with a reason if it is not satisfied, and a signature."""

    rules = radio("rules")
    rules_reason = paragraph()
    safeguards = radio("safeguards")
    safeguards_reason = paragraph()
    freedom = radio("freedom")
    freedom_reason = paragraph()
    signature = StringField("Your name, as your signature")

    def read(self) -> dict[str, Stated]:
        """What was stated."""
        answers = {"yes": True, "no": False}
        return {
            code: Stated(answers.get(self[code].data or ""), self[f"{code}_reason"].data or "")
            for code in STATEMENTS
        }


def find(scrutineer_id: int, code: str) -> tuple[Scrutineer, Election]:
    """The scrutineer and one election of their poll; raises a Refusal."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    for election in scrutineer.poll.elections:
        if election.constituency.code == code:
            return scrutineer, election
    raise NotFound("This vote has no such constituency.")


def index(scrutineer_id: int) -> ResponseReturnValue:
    """Each constituency: whether a report on it is signed, by whom, and whether one's own is."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    signed = kept.list_reports(db.session(), scrutineer.poll_id)
    rows = [
        {
            "election": election,
            "signers": [r.scrutineer for r in signed if r.election_id == election.id],
        }
        for election in scrutineer.poll.elections
    ]
    return render_template(
        "scrutiny/reports.html",
        scrutineer=scrutineer,
        poll=scrutineer.poll,
        rows=rows,
        counted=scrutineer.poll.state in COUNTED,
    )


def show(scrutineer_id: int, code: str) -> ResponseReturnValue:
    """The figures, the statements, and a place to sign; once signed, the report as it is."""
    return show_report(*find(scrutineer_id, code), ReportForm())


def show_report(
    scrutineer: Scrutineer, election: Election, form: ReportForm, status: int = 200
) -> ResponseReturnValue:
    """The page of one report."""
    own = kept.find_report(db.session(), election.id, scrutineer.id)
    page = render_template(
        "scrutiny/report.html",
        scrutineer=scrutineer,
        poll=scrutineer.poll,
        election=election,
        figures=scrutiny.describe(election),
        own=scrutiny.read_report(own) if own else None,
        form=form,
    )
    return page, status


def sign(scrutineer_id: int, code: str) -> ResponseReturnValue:
    """Sign the report on one constituency. Twice is once."""
    scrutineer, election = find(scrutineer_id, code)
    form = ReportForm()
    if not form.validate_on_submit():
        return show_report(scrutineer, election, form, 422)
    if kept.find_report(db.session(), election.id, scrutineer.id) is None:
        try:
            scrutiny.sign(
                db.session(),
                scrutineer,
                election,
                stated=form.read(),
                signature=form.signature.data or "",
                now=watching.get_time(),
            )
        except BadInput as refusal:
            for fault in refusal.errors:
                form[fault.field].errors = [fault.message]
            return show_report(scrutineer, election, form, 422)
        flash("Your report is signed.", "success")
    return redirect(url_for("scrutiny.reports", scrutineer_id=scrutineer_id), 303)


def archive(scrutineer_id: int, code: str) -> ResponseReturnValue:
    """The whole archive of a constituency, once it is counted."""
    scrutineer, election = find(scrutineer_id, code)
    if scrutineer.poll.state not in COUNTED:
        raise NotFound("This vote has not been counted yet.")
    return download_archive(election)

"""Problems that voters reported, seen whole, and the decisions that the count waits for."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from voting.domain.disputes import Decision
from voting.domain.errors import BadInput
from voting.services import disputes
from voting.store.database import db
from voting.store.disputes import Dispute, list_disputes
from voting.store.trustees import Scrutineer
from voting.web import watching
from voting.web.forms import Form

KINDS = {
    "not-found": "A tracking number is not found",
    "replaced": "A vote is shown as replaced, and the voter did not vote again",
    "not-mine": "Someone was told of a vote that they did not cast",
    "other": "Something else",
}
FINDINGS = {
    "": "No tracking number was given",
    "in-box": "In the ballot box",
    "replaced": "In the ballot box, replaced by a later vote",
    "not-found": "Not in the ballot box",
}
DECISIONS = {
    str(Decision.UNFOUNDED): "Nothing was wrong",
    str(Decision.FOUNDED): "Something was wrong, and the reason says what was done about it",
}


class DecisionForm(Form):
    """What was found out, and why."""

    decision = RadioField(
        "What was found out?",
        [InputRequired("Select what was found out")],
        choices=DECISIONS,
        validate_choice=False,
    )
    reason = TextAreaField(
        "Public reason",
        description="Everyone can read it. Name nobody, and nothing that could identify a vote.",
    )
    reason_cy = TextAreaField("Public reason in Welsh")


def index(scrutineer_id: int) -> ResponseReturnValue:
    """Every report with what became of it."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    found = list_disputes(db.session(), scrutineer.poll_id)
    return render_template(
        "scrutiny/problems.html",
        scrutineer=scrutineer,
        poll=scrutineer.poll,
        problems=found,
        kinds=KINDS,
    )


def find(scrutineer_id: int, reference: str) -> tuple[Scrutineer, Dispute]:
    """The scrutineer and one report of their poll; raises a Refusal."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    return scrutineer, disputes.get_dispute(db.session(), scrutineer.poll, reference)


def show(scrutineer_id: int, reference: str) -> ResponseReturnValue:
    """One report, whole."""
    return show_problem(*find(scrutineer_id, reference), DecisionForm())


def show_problem(
    scrutineer: Scrutineer, problem: Dispute, form: DecisionForm, status: int = 200
) -> ResponseReturnValue:
    """The page of one report."""
    page = render_template(
        "scrutiny/problem.html",
        scrutineer=scrutineer,
        poll=scrutineer.poll,
        problem=problem,
        form=form,
        kinds=KINDS,
        findings=FINDINGS,
    )
    return page, status


def decide(scrutineer_id: int, reference: str) -> ResponseReturnValue:
    """Record what was found out, with a public reason; the same decision twice is once."""
    scrutineer, problem = find(scrutineer_id, reference)
    form = DecisionForm()
    if not form.validate_on_submit():
        return show_problem(scrutineer, problem, form, 422)
    said = {name: (form[name].data or "").strip() for name in ("decision", "reason", "reason_cy")}
    if any(text != getattr(problem, name) for name, text in said.items()):
        try:
            disputes.decide(
                db.session(),
                scrutineer.poll,
                reference,
                by="scrutineer",
                now=watching.get_time(),
                **said,
            )
        except BadInput as refusal:
            for fault in refusal.errors:
                form[fault.field].errors = [fault.message]
            return show_problem(scrutineer, problem, form, 422)
        flash("The decision is recorded and published.", "success")
    return redirect(url_for("scrutiny.problems", scrutineer_id=scrutineer_id), 303)

"""Problems that voters reported, and the decisions that the count waits for.

The organiser is never shown the tracking number of a vote that is in the box. Where scrutineers
hold the keys, they read what voters say and decide; the organiser sees what kind of problem it is.
"""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from voting.domain.disputes import Decision
from voting.domain.errors import Conflict
from voting.domain.holding import Holding
from voting.services import disputes
from voting.store.database import db
from voting.store.disputes import list_disputes
from voting.web.access import guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import Choice, paragraph

blueprint = Blueprint(
    "organiser_problems",
    __name__,
    url_prefix="/organiser/proposals/<slug>/polls/<poll_slug>/problems",
)
guard(blueprint, "organiser")

KINDS = {
    "not-found": "A tracking number is not found",
    "replaced": "A vote is shown as replaced, and the voter did not vote again",
    "not-mine": "Someone was told of a vote that they did not cast",
    "other": "Something else",
}
FINDINGS = {
    "": "No tracking number was given",
    "in-box": "The tracking number given was in the ballot box",
    "replaced": "The tracking number given was in the ballot box, replaced by a later vote",
    "not-found": "The tracking number given was not in the ballot box",
}


class DecisionForm(Form):
    """What was found out, and why."""

    decision = Choice(
        "What was found out?",
        missing="Select what was found out",
        choices={
            Decision.UNFOUNDED: "Nothing was wrong",
            Decision.FOUNDED: "Something was wrong, and the reason says what was done about it",
        },
    )
    reason = paragraph(
        "Public reason",
        missing="Enter the reason. It is published",
        longest=1000,
        rows=4,
        hint="Everyone can read it. Name nobody, and nothing that could identify a vote.",
    )
    reason_cy = paragraph("Public reason in Welsh", longest=1000, rows=3)


@blueprint.get("")
def index(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Every report with what became of it."""
    poll = desk.get_frozen(slug, poll_slug)
    found = list_disputes(db.session(), poll.id)
    return desk.show("problems/index.html", poll=poll, problems=found, kinds=KINDS)


@blueprint.route("/<reference>", methods=["GET", "POST"])
def decide(slug: str, poll_slug: str, reference: str) -> ResponseReturnValue:
    """Look at one report and record what was found out; the same decision twice is once."""
    poll = desk.get_frozen(slug, poll_slug)
    problem = disputes.get_dispute(db.session(), poll, reference)
    form = DecisionForm()
    if poll.key_holding == Holding.SCRUTINEERS and request.method == "POST":
        raise Conflict("The scrutineers of this vote decide what voters reported.")
    if form.validate_on_submit():
        said = (form.decision.data, form.reason.data, form.reason_cy.data or "")
        with desk.faults_shown(form):
            if (problem.decision, problem.reason, problem.reason_cy) != said:
                disputes.decide(
                    db.session(),
                    poll,
                    reference,
                    decision=form.decision.data,
                    reason=form.reason.data,
                    reason_cy=form.reason_cy.data or "",
                    by=desk.ROLE,
                    now=desk.get_time(),
                )
                desk.tell("The decision is recorded and published.")
            return redirect(
                url_for("organiser_problems.index", slug=slug, poll_slug=poll_slug), 303
            )
    return desk.show(
        "problems/decide.html",
        poll=poll,
        problem=problem,
        form=form,
        kinds=KINDS,
        findings=FINDINGS,
        watched=poll.key_holding == Holding.SCRUTINEERS,
    )

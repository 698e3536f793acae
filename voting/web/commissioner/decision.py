"""The evidence for a decision, the decision itself, and what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.fields import RadioField

from voting.domain.errors import BadInput, FieldError, NotFound
from voting.domain.evidence import hash_evidence
from voting.services import decisions as desk
from voting.store import decisions, proposals
from voting.store.database import db
from voting.store.decisions import Decision, ImplementationStep
from voting.store.notices import DECISION
from voting.store.proposals import Proposal
from voting.web.access import current_account, guard
from voting.web.forms import Form, list_faults
from voting.web.hub import get_time
from voting.web.sending import look_now, preview_notice, test_notice

blueprint = Blueprint("decision", __name__, url_prefix="/commissioner/proposals/<slug>")
guard(blueprint, "commissioner")

OUTCOMES = {
    "approved": "The proposal goes ahead",
    "with-conditions": "The proposal goes ahead, with conditions",
    "refused": "The proposal does not go ahead",
    "deferred": "The decision is put off",
}
STATES = {
    "planned": "Planned",
    "under-way": "Under way",
    "done": "Done",
    "dropped": "Will not be done",
}
TEXTS = ("reasons", "conditions", "dissent", "next_steps", "without_equality")
WELSH_TEXTS = tuple(f"{name}_cy" for name in TEXTS)


def area(label: str, hint: str = "", rows: int = 5) -> Any:
    """Several lines of text."""
    return TextAreaField(label, description=hint, render_kw={"rows": rows})


class DecisionForm(Form):
    """A decision with its reasons."""

    outcome = RadioField("What was decided", choices=OUTCOMES, validate_choice=False)
    reasons = area("Reasons", "Why, and how what people said and how they voted was weighed.", 8)
    conditions = area("Conditions", "Needed if it goes ahead with conditions.")
    dissent = area("Dissent (optional)", "If not everyone who decided agreed: who, and why.")
    next_steps = area("What happens next", "Who does what, by when.")
    without_equality = area("Why there is no equality impact assessment", rows=3)
    reasons_cy = area("Reasons in Welsh", rows=8)
    conditions_cy = area("Conditions in Welsh")
    dissent_cy = area("Dissent in Welsh")
    next_steps_cy = area("What happens next, in Welsh")
    without_equality_cy = area("Why there is none, in Welsh", rows=3)
    decided_by = StringField(
        "Decided by", description="Your name and office, as they are published."
    )
    attested = BooleanField(
        "I have read the evidence listed above, with the consultation report where there is one"
    )
    typed = StringField(
        "Number of people this letter goes to",
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    evidence = HiddenField()


class StepForm(Form):
    """One thing to be done, and how it stands."""

    title = StringField("What is to be done")
    due_on = StringField("By when (optional)", render_kw={"type": "date"})
    state = RadioField("How it stands", choices=STATES, default="planned", validate_choice=False)
    note = area("Note (optional)", rows=3)
    title_cy = StringField("What is to be done, in Welsh")
    note_cy = area("Note in Welsh", rows=3)


def get_proposal(slug: str) -> Proposal:
    """The proposal that this account was named to decide on; raises NotFound for all others."""
    session = db.session()
    found = proposals.find_proposal(session, slug)
    account = current_account()
    if found is None or not proposals.has_role(session, found.id, account.id, desk.COMMISSIONER):
        raise NotFound("You have not been named to decide on a proposal at this address.")
    return found


def show(template: str, form: Any = None, **context: Any) -> ResponseReturnValue:
    """The page; 422 when a field is at fault."""
    faults = list_faults(form) if form is not None else []
    page = render_template(f"commissioner/{template}", form=form, faults=faults, **context)
    return page, 422 if faults else 200


def place(form: Any, refusal: BadInput) -> None:
    """Put each fault beside its field; nothing of the act stays."""
    db.session.rollback()
    for fault in refusal.errors:
        field = form[fault.field]
        field.errors = [*field.errors, fault.message]


@blueprint.get("")
def evidence(slug: str) -> ResponseReturnValue:
    """Everything the decision should rest on, and whether its time has come."""
    session, proposal = db.session(), get_proposal(slug)
    return show(
        "evidence.html",
        proposal=proposal,
        pieces=desk.gather_evidence(session, proposal),
        obstacles=desk.list_obstacles(session, proposal),
        decision=decisions.find_decision(session, proposal.id),
        outcomes=OUTCOMES,
        now=get_time(),
    )


@blueprint.route("/decide", methods=["GET", "POST"])
def decide(slug: str) -> ResponseReturnValue:
    """Show how the letter reads, and record the decision once the number of letters is typed."""
    session, proposal = db.session(), get_proposal(slug)
    form = DecisionForm()
    act = request.form.get("act", "")
    pieces = desk.gather_evidence(session, proposal)
    if form.validate_on_submit() and act != "preview":
        try:
            if act != "test":
                return record(proposal, form)
            desk.check_letter(form.outcome.data or "", form.decided_by.data or "")
            test_notice(proposal, DECISION, describe_letter(form), now=get_time())
        except BadInput as refusal:
            place(form, refusal)
    if act not in ("preview", "test"):  # those do not say that new evidence was read
        form.evidence.data = hash_evidence(pieces)
    return show(
        "decide.html",
        form,
        proposal=proposal,
        pieces=pieces,
        obstacles=desk.list_obstacles(session, proposal),
        preview=preview_notice(proposal, DECISION, describe_letter(form)),
        no_equality=any(p.kind == "equality-impact" and p.is_missing for p in pieces),
    )


def describe_letter(form: DecisionForm) -> dict[str, str]:
    """What the letters would say of the decision as it was typed."""
    return desk.describe_letter(form.outcome.data or "", form.decided_by.data or "", now=get_time())


def record(proposal: Proposal, form: DecisionForm) -> ResponseReturnValue:
    """Record the decision, publish it and owe the letters; raises BadInput by field."""
    desk.decide(
        db.session(),
        proposal,
        account=current_account(),
        outcome=form.outcome.data or "",
        decided_by=form.decided_by.data or "",
        evidence_hash=form.evidence.data or "",
        attested=form.attested.data,
        typed=form.typed.data or "",
        now=get_time(),
        **{name: form[name].data or "" for name in (*TEXTS, *WELSH_TEXTS)},
    )
    look_now()
    flash("The decision is recorded and public. The letters are on their way.", "success")
    return redirect(url_for("decision.evidence", slug=proposal.slug), 303)


def get_decision(proposal: Proposal) -> Decision:
    """The newest decision; raises NotFound."""
    found = decisions.find_decision(db.session(), proposal.id)
    if found is None:
        raise NotFound("This proposal has not been decided yet.")
    return found


@blueprint.route("/implementation", methods=["GET", "POST"])
def implementation(slug: str) -> ResponseReturnValue:
    """What was to be done, and a form for one more step."""
    return write_step(get_proposal(slug), None)


@blueprint.route("/implementation/<int:step_id>", methods=["GET", "POST"])
def edit_step(slug: str, step_id: int) -> ResponseReturnValue:
    """Tell how a step stands, also of a decision that another one followed."""
    proposal = get_proposal(slug)
    decided = decisions.list_decisions(db.session(), proposal.id)
    found = [step for each in decided for step in each.steps if step.id == step_id]
    if not found:
        raise NotFound("There is no such step.")
    return write_step(proposal, found[0])


def write_step(proposal: Proposal, step: ImplementationStep | None) -> ResponseReturnValue:
    """The form of one step: *step*, or a new one of the newest decision."""
    get_decision(proposal)
    *earlier, newest = decisions.list_decisions(db.session(), proposal.id)
    decision = next((each for each in earlier if step in each.steps), newest)
    form = StepForm(obj=step)
    if form.validate_on_submit():
        try:
            save_step(decision, step, form)
        except BadInput as refusal:
            place(form, refusal)
        else:
            flash("The step is saved. It stands on the public page of the decision.", "success")
            return redirect(url_for("decision.implementation", slug=proposal.slug), 303)
    return show(
        "implementation.html",
        form,
        proposal=proposal,
        decided=[newest, *reversed(earlier)],
        step=step,
        states=STATES,
    )


def save_step(decision: Decision, step: ImplementationStep | None, form: StepForm) -> None:
    """Keep what was typed; raises BadInput."""
    typed = (form.due_on.data or "").strip()
    try:
        due_on = dt.date.fromisoformat(typed) if typed else None
    except ValueError:
        told = "Enter a day that exists, as year, month and day: 2026-03-27"
        raise BadInput([FieldError("due_on", told)]) from None
    desk.save_step(
        db.session(),
        decision,
        step,
        account=current_account(),
        title=form.title.data or "",
        due_on=due_on,
        state=form.state.data or "",
        note=form.note.data or "",
        title_cy=form.title_cy.data or "",
        note_cy=form.note_cy.data or "",
        now=get_time(),
    )

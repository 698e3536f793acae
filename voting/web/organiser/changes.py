"""Telling everyone who was consulted what changed: compared first, then sent once confirmed."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from voting.domain.errors import Conflict
from voting.services import changes, correspondence
from voting.services.changes import Comparison
from voting.services.hub import get_hub
from voting.store.changes import list_notices
from voting.store.database import db
from voting.store.proposals import Proposal
from voting.web.access import current_account, guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import line, paragraph
from voting.web.organiser.letters import look_now, read_base_url

blueprint = Blueprint("changes", __name__, url_prefix="/organiser/proposals/<slug>/changes")
guard(blueprint, "organiser")


class NoticeForm(Form):
    """What the organiser says of the changes, and the number of letters."""

    explanation = paragraph(
        "What changed, and why",
        missing="Enter what changed, and why",
        longest=changes.LONGEST,
        rows=4,
        hint="In your own words. It stands above the comparison, and in the letter.",
    )
    explanation_cy = paragraph("What changed, and why, in Welsh", longest=changes.LONGEST, rows=4)
    typed = line(
        "Number of letters",
        longest=20,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


@blueprint.route("", methods=["GET", "POST"])
def send(slug: str) -> ResponseReturnValue:
    """Show what changed, how the letter reads, and send it once its number is typed."""
    proposal = desk.get_proposal(slug)
    compared = changes.compare(db.session(), proposal, request.args.get("since", type=int))
    form = NoticeForm()
    act = request.form.get("act", "")
    if form.validate_on_submit() and act != "preview":
        with desk.faults_shown(form):
            return send_test(proposal, form) if act == "test" else publish(proposal, compared, form)
    return show(proposal, compared, form)


def show(proposal: Proposal, compared: Comparison, form: NoticeForm) -> ResponseReturnValue:
    """The page, with the letter as it would read."""
    session = db.session()
    sample = correspondence.preview_changes(
        session, proposal, form.explanation.data or "", base_url=read_base_url()
    )
    return desk.show(
        "changes/send.html",
        proposal=proposal,
        compared=compared,
        changes=[asdict(change) for change in compared.changes],
        form=form,
        sample=sample,
        notices=list_notices(session, proposal.id),
        bilingual=get_hub(session, proposal).is_bilingual,
    )


def publish(proposal: Proposal, compared: Comparison, form: NoticeForm) -> ResponseReturnValue:
    """Publish the notice and owe the letters."""
    notice = changes.send_notice(
        db.session(),
        proposal,
        account=current_account(),
        since=compared.older.number,
        explanation=form.explanation.data,
        explanation_cy=form.explanation_cy.data or "",
        typed=form.typed.data or "",
        now=desk.get_time(),
    )
    look_now()
    desk.tell(f"The notice is public. {notice.recipients:,} letters are on their way.")
    return redirect(url_for("hub.show", slug=proposal.slug), 303)


def send_test(proposal: Proposal, form: NoticeForm) -> ResponseReturnValue:
    """Send the letter to one's own address; what was typed stays on the page."""
    account = current_account()
    try:
        changes.send_test(
            db.session(),
            proposal,
            account=account,
            explanation=form.explanation.data,
            explanation_cy=form.explanation_cy.data or "",
            now=desk.get_time(),
        )
        look_now()
        desk.tell(f"A test letter is on the way to {account.email}.")
    except Conflict as refusal:
        desk.tell(refusal.message)
    since = request.args.get("since", type=int)
    return show(proposal, changes.compare(db.session(), proposal, since), form)

"""Telling everyone who was consulted what changed: compared first, then sent once confirmed."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from voting.services import changes
from voting.services.changes import Comparison
from voting.services.hub import get_hub
from voting.store.changes import list_notices
from voting.store.database import db
from voting.store.notices import CHANGES
from voting.store.proposals import Proposal
from voting.web.access import current_account, guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import line, paragraph
from voting.web.sending import look_now, preview_notice, test_notice

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
        "Number of people this letter goes to",
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
    told = {name: form[name].data or "" for name in ("explanation", "explanation_cy")}
    return desk.show(
        "changes/send.html",
        proposal=proposal,
        compared=compared,
        changes=[asdict(change) for change in compared.changes],
        form=form,
        preview=preview_notice(proposal, CHANGES, told),
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
    words = changes.check_explanation(
        proposal, form.explanation.data, form.explanation_cy.data or ""
    )
    told = {"explanation": words.english, "explanation_cy": words.welsh}
    test_notice(proposal, CHANGES, told, now=desk.get_time())
    since = request.args.get("since", type=int)
    return show(proposal, changes.compare(db.session(), proposal, since), form)

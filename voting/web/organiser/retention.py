"""How long the ballots of a vote are kept: legal hold, and destroying them after their time."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from voting.services import retention
from voting.store.database import db
from voting.store.polls import Poll
from voting.web.access import guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import line, paragraph

blueprint = Blueprint(
    "retention", __name__, url_prefix="/organiser/proposals/<slug>/polls/<poll_slug>/kept"
)
guard(blueprint, "organiser")


class HoldForm(Form):
    """Why a hold is placed or lifted."""

    reason = paragraph(
        "Public reason",
        missing="Enter the reason. It is published",
        longest=1000,
        rows=3,
        hint="For example a complaint or a court case that may need them.",
    )
    reason_cy = paragraph("Public reason in Welsh", longest=1000, rows=3)


class PurgeForm(Form):
    """The number of ballots, typed to confirm."""

    typed = line(
        "Number of ballots that are destroyed",
        missing="Enter the number of ballots that are destroyed",
        longest=20,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


def back(poll: Poll) -> ResponseReturnValue:
    """To the page on how long ballots are kept."""
    return redirect(url_for("retention.show", slug=poll.proposal.slug, poll_slug=poll.slug), 303)


@blueprint.get("")
def show(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Until when, on hold or not, and what can be done."""
    poll = desk.get_frozen(slug, poll_slug)
    seen = retention.preview(db.session(), poll, now=desk.get_time())
    return desk.show("retention/show.html", poll=poll, seen=seen)


@blueprint.route("/hold", methods=["GET", "POST"])
def hold(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Place a hold, or lift the one there is, with a public reason."""
    poll = desk.get_frozen(slug, poll_slug)
    form = HoldForm()
    if form.validate_on_submit():
        act = retention.lift_hold if poll.hold_reason else retention.place_hold
        with desk.faults_shown(form):
            act(
                db.session(),
                poll,
                reason=form.reason.data,
                reason_cy=form.reason_cy.data or "",
                now=desk.get_time(),
            )
            desk.tell("The hold is placed." if poll.hold_reason else "The hold is lifted.")
            return back(poll)
    return desk.show("retention/hold.html", poll=poll, form=form)


@blueprint.route("/purge", methods=["GET", "POST"])
def purge(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Show what would be destroyed, and destroy it once the number is typed. Twice is once."""
    poll = desk.get_frozen(slug, poll_slug)
    if poll.purged_at is not None:
        return back(poll)
    form = PurgeForm()
    seen = retention.preview(db.session(), poll, now=desk.get_time())
    if form.validate_on_submit():
        with desk.faults_shown(form):
            retention.purge(
                db.session(), poll, typed=form.typed.data, by=desk.ROLE, now=desk.get_time()
            )
            desk.tell("The ballots are destroyed. The public trail says so.")
            return back(poll)
    return desk.show("retention/purge.html", poll=poll, form=form, seen=seen)

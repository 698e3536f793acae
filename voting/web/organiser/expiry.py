"""How long the answers to a consultation are kept: legal hold, and destroying them in the end."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from voting.domain.consulting import Stage
from voting.domain.errors import Conflict
from voting.services import expiry
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.web.access import guard
from voting.web.organiser import desk
from voting.web.organiser.consultations import get_consultation, place_of
from voting.web.organiser.fields import line
from voting.web.organiser.retention import HoldForm, PurgeForm

blueprint = Blueprint(
    "expiry",
    __name__,
    url_prefix="/organiser/proposals/<slug>/consultations/<consultation_slug>/kept",
)
guard(blueprint, "organiser")


class DestroyForm(PurgeForm):
    """The number of responses, typed to confirm."""

    typed = line(
        "Number of responses that are destroyed",
        missing="Enter the number of responses that are destroyed",
        longest=20,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


def get_opened(slug: str, consultation_slug: str) -> Consultation:
    """A consultation of one's own that was opened; raises NotFound, or Conflict for a draft."""
    found = get_consultation(slug, consultation_slug)
    if found.state == Stage.DRAFT:
        raise Conflict("This consultation is still a draft. There are no answers to keep.")
    return found


def show_page(template: str, consultation: Consultation, **more: Any) -> ResponseReturnValue:
    """One of the pages, with what is kept and until when."""
    return desk.show(
        f"expiry/{template}.html",
        consultation=consultation,
        place=place_of(consultation),
        seen=expiry.preview(db.session(), consultation, now=desk.get_time()),
        **more,
    )


@blueprint.get("")
def show(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Until when, on hold or not, and what will be destroyed."""
    return show_page("show", get_opened(slug, consultation_slug))


@blueprint.route("/hold", methods=["GET", "POST"])
def hold(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Place a hold, or lift the one there is, with a public reason."""
    consultation = get_opened(slug, consultation_slug)
    form = HoldForm()
    if form.validate_on_submit():
        act = expiry.lift_hold if consultation.hold_reason else expiry.place_hold
        with desk.faults_shown(form):
            act(
                db.session(),
                consultation,
                reason=form.reason.data,
                reason_cy=form.reason_cy.data or "",
                now=desk.get_time(),
            )
            desk.tell("The hold is placed." if consultation.hold_reason else "The hold is lifted.")
            return redirect(url_for("expiry.show", **place_of(consultation)), 303)
    return show_page("hold", consultation, form=form)


@blueprint.route("/purge", methods=["GET", "POST"])
def purge(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Show what would be destroyed, and destroy it once the number is typed. Twice is once."""
    consultation = get_opened(slug, consultation_slug)
    back = redirect(url_for("expiry.show", **place_of(consultation)), 303)
    if consultation.purged_at is not None:
        return back
    form = DestroyForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            expiry.purge(
                db.session(),
                consultation,
                typed=form.typed.data,
                by=desk.ROLE,
                now=desk.get_time(),
            )
            desk.tell("The answers are destroyed. The public trail says so.")
            return back
    return show_page("purge", consultation, form=form)

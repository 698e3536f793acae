"""Letters of an open consultation: invitations and reminders, previewed and confirmed (M3)."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from voting.domain.consulting import MAX_REMINDERS
from voting.domain.errors import Conflict, NotFound
from voting.services import correspondence
from voting.store import invitations
from voting.store.database import db
from voting.web.access import current_account, guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.consultations import get_consultation, place_of
from voting.web.organiser.fields import line

blueprint = Blueprint(
    "consultation_letters",
    __name__,
    url_prefix="/organiser/proposals/<slug>/consultations/<consultation_slug>/letters",
)
guard(blueprint, "organiser")

KINDS = {"invitation": "Invitations", "reminder": "Reminders", "confirm": "Addresses to confirm"}
STATES = ("owed", "sending", "sent", "deferred", "bounced", "failed", "withdrawn")


class SendForm(Form):
    """The number of recipients, typed to confirm a bulk letter."""

    typed = line(
        "Number of people this letter goes to",
        missing="Enter the number of people this letter goes to",
        longest=20,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    seen = HiddenField()  # how often this kind had been sent when the page was shown


class ConfirmForm(Form):
    """A button and nothing else."""


@blueprint.get("")
def index(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """How many letters of each kind are where. Whose they are is not shown."""
    consultation = get_consultation(slug, consultation_slug)
    return desk.show(
        "consultation_letters/index.html",
        consultation=consultation,
        place=place_of(consultation),
        counts=correspondence.count_consultation_letters(db.session(), consultation),
        kinds=KINDS,
        states=STATES,
        most=MAX_REMINDERS,
        form=ConfirmForm(),
    )


def read_base_url() -> str:
    """The address of this service, as letters give it."""
    return str(current_app.extensions["voting.settings"].base_url).rstrip("/")


@blueprint.route("/send/<kind>", methods=["GET", "POST"])
def send(slug: str, consultation_slug: str, kind: str) -> ResponseReturnValue:
    """Show who a letter goes to and how it reads; send it once the number is typed."""
    consultation = get_consultation(slug, consultation_slug)
    if kind not in ("invitation", "reminder"):
        raise NotFound("There is no letter of this kind.")
    session, whole = db.session(), f"consultation-{kind}"
    rounds = str(invitations.count_rounds(session, consultation.id, whole))
    form = SendForm(seen=rounds)
    place = place_of(consultation)
    if form.is_submitted() and kind == "reminder" and form.seen.data != rounds:
        return redirect(url_for("consultation_letters.index", **place), 303)
    preview = correspondence.preview_consultation(
        session, consultation, whole, base_url=read_base_url()
    )
    if form.validate_on_submit():
        with desk.faults_shown(form):
            number = correspondence.queue_consultation(
                session,
                consultation,
                whole,
                typed=form.typed.data,
                base_url=read_base_url(),
                now=desk.get_time(),
            )
            noun = "letter is" if number == 1 else "letters are"
            desk.tell(f"{number:,} {noun} on the way.")
            return redirect(url_for("consultation_letters.index", **place), 303)
    return desk.show(
        "consultation_letters/send.html",
        consultation=consultation,
        place=place,
        form=form,
        preview=preview,
        kind=kind,
    )


@blueprint.post("/test/<kind>")
def send_test(slug: str, consultation_slug: str, kind: str) -> ResponseReturnValue:
    """Send a test copy to one's own address; its link does not work."""
    consultation = get_consultation(slug, consultation_slug)
    account = current_account()
    moment = desk.get_time().replace(second=0, microsecond=0)
    whole = f"consultation-{kind}"
    try:
        correspondence.test_consultation(
            db.session(), consultation, whole, account=account, now=moment
        )
        desk.tell(f"A test letter is on the way to {account.email}.")
    except Conflict:
        desk.tell("Your test letter is on the way already. You can send another in a minute.")
    return redirect(url_for("consultation_letters.index", **place_of(consultation)), 303)

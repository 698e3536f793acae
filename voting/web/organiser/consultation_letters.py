"""Letters of an open consultation: invitations and reminders, previewed and confirmed (M3)."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from voting.domain.consulting import MAX_REMINDERS
from voting.domain.errors import Conflict, NotFound
from voting.services import correspondence
from voting.store import invitations
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.store.participants import Participant, find_participant, search_participants
from voting.web.access import current_account, guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.consultations import get_consultation, place_of
from voting.web.organiser.fields import Choice, line
from voting.web.sending import TOO_SOON, look_now, read_base_url, tell_test

blueprint = Blueprint(
    "consultation_letters",
    __name__,
    url_prefix="/organiser/proposals/<slug>/consultations/<consultation_slug>/letters",
)
guard(blueprint, "organiser")

KINDS = {
    "invitation": "Invitations",
    "reminder": "Reminders",
    "confirm": "Addresses to confirm",
    "replacement": "Replacement links",
}
ONE = {"invitation": "Invitation", "confirm": "Address to confirm", "replacement": "New link"}
FOUND = 20  # people shown for one search
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


class ReplaceForm(Form):
    """Why a link is replaced, and who asked for it."""

    asked = Choice(
        "Who asks for a new link?",
        missing="Select who asks for a new link",
        choices={
            "person": "The person, who told me so",
            "organiser": "Nobody: the letter did not arrive",
        },
    )
    reason = line(
        "Reason",
        missing="Enter why the link is replaced",
        longest=500,
        hint="Kept with your name, and not published. Do not name the person.",
    )


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
        failures=len(correspondence.list_unreached(db.session(), consultation)),
        most=MAX_REMINDERS,
        form=ConfirmForm(),
    )


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
            look_now()
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
    whole = f"consultation-{kind}"
    try:
        sent = correspondence.test_consultation(
            db.session(), consultation, whole, account=account, now=desk.get_time()
        )
    except Conflict:
        desk.tell(TOO_SOON)
    else:
        look_now()
        tell_test(sent)
    place = place_of(consultation)
    if request.form.get("back") == "send":
        return redirect(url_for("consultation_letters.send", kind=kind, **place), 303)
    return redirect(url_for("consultation_letters.index", **place), 303)


@blueprint.get("/needs-contact")
def failures(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """People whose letter did not arrive, and why; never a letter that tells who has answered."""
    consultation = get_consultation(slug, consultation_slug)
    return desk.show(
        "consultation_letters/failures.html",
        consultation=consultation,
        place=place_of(consultation),
        rows=correspondence.list_unreached(db.session(), consultation),
        kinds={f"consultation-{kind}": name for kind, name in ONE.items()},
        form=ConfirmForm(),
    )


@blueprint.post("/retry")
def retry(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Try letters that did not arrive again: one, or all."""
    consultation = get_consultation(slug, consultation_slug)
    chosen = request.form.get("letter", type=int)
    number = correspondence.try_again(
        db.session(),
        consultation,
        now=desk.get_time(),
        letter_ids=None if chosen is None else [chosen],
    )
    desk.tell(f"{number:,} {'letter is' if number == 1 else 'letters are'} tried again.")
    return redirect(url_for("consultation_letters.failures", **place_of(consultation)), 303)


@blueprint.get("/people")
def people(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Find a person who was asked, to send them a new link. Whether they answered is not shown."""
    consultation = get_consultation(slug, consultation_slug)
    searched = request.args.get("find", "").strip()[:200]
    found: list[Participant] = []
    if searched:
        found = search_participants(db.session(), consultation.id, searched, limit=FOUND)
    return desk.show(
        "consultation_letters/people.html",
        consultation=consultation,
        place=place_of(consultation),
        searched=searched,
        found=found,
        most=FOUND,
    )


def get_participant(consultation: Consultation, participant_id: int) -> Participant:
    """Someone who was asked in this consultation; raises NotFound."""
    found = find_participant(db.session(), consultation.id, participant_id)
    if found is None:
        raise NotFound("This person was not asked in this consultation.")
    return found


@blueprint.route("/people/<int:participant_id>/new-link", methods=["GET", "POST"])
def replace(slug: str, consultation_slug: str, participant_id: int) -> ResponseReturnValue:
    """Void a person's link and send them a new one. The same form sent twice does it once."""
    consultation = get_consultation(slug, consultation_slug)
    participant = get_participant(consultation, participant_id)
    place = place_of(consultation)
    form = ReplaceForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            if request.form.get("generation") == str(participant.link_generation):
                correspondence.replace_respondent_link(
                    db.session(),
                    participant,
                    account=current_account(),
                    reason=form.reason.data,
                    asked_for=form.asked.data == "person",
                    now=desk.get_time(),
                )
            desk.tell("The old link is void. A letter with a new one is on the way.")
            return redirect(url_for("consultation_letters.people", **place), 303)
    return desk.show(
        "consultation_letters/replace.html",
        consultation=consultation,
        place=place,
        participant=participant,
        form=form,
    )

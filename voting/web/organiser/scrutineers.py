"""Who holds the keys of a vote: the arrangement, the scrutineers, and how far they are."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from voting.domain.holding import FEWEST, MOST, Holding, Step
from voting.services import correspondence, trustees
from voting.store import letters
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.trustees import Scrutineer, list_scrutineers
from voting.web.access import current_account, guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.fields import Choice, Pick, line, paragraph
from voting.web.sending import look_now, read_base_url

blueprint = Blueprint(
    "scrutineers", __name__, url_prefix="/organiser/proposals/<slug>/polls/<poll_slug>/scrutineers"
)
guard(blueprint, "organiser")

HOLDINGS = {
    Holding.SCRUTINEERS.value: "Scrutineers, together: no one alone can open a vote",
    Holding.SIMPLE.value: "This service: voters must trust its operator",
}
NUMBERS = {str(number): str(number) for number in range(FEWEST, MOST + 1)}
STEPS = {
    Step.CERTIFICATE: "Asked to make a key",
    Step.SAVED_COPY: "Made a key; has to prove the saved copy",
    Step.CONTRIBUTION: "Asked for the second step of the key",
    Step.OUTPUT: "Asked for the last step of the key",
    Step.APPROVAL: "Asked to approve the frozen set-up",
    Step.COUNT: "Asked to use the key",
}


class ArrangementForm(Form):
    """Who holds the keys, and how many of them are needed."""

    key_holding = Choice(
        "Who holds the keys?", missing="Select who holds the keys", choices=HOLDINGS
    )
    key_size = Pick(
        "Scrutineers in all",
        missing="Select the number of scrutineers",
        choices=NUMBERS,
        hint="For example one each from a union, a partner organisation and an independent body.",
    )
    threshold = Pick(
        "Needed to count",
        missing="Select how many are needed",
        choices=NUMBERS,
        hint="2 of 3 is usual: one may lose a key, and no one alone can open a vote.",
    )
    with_service_key = BooleanField(
        "This service holds a share as well, which is always needed in addition"
    )
    all_needed_reason = paragraph(
        "Why all of them are needed (only if none may be missing)",
        longest=1000,
        rows=3,
        hint="Published. If all are needed, one lost key ends the vote without a result.",
    )
    all_needed_reason_cy = paragraph("The same in Welsh", longest=1000, rows=3)


class ScrutineerForm(Form):
    """One scrutineer."""

    name = line("Name", missing="Enter the scrutineer’s name", hint="It is published.")
    organisation = line(
        "Organisation",
        missing="Enter the organisation they stand for",
        hint="A union, a partner organisation, an independent body. It is published.",
    )
    email = line(
        "Email address",
        missing="Enter the scrutineer’s email address",
        longest=254,
        hint="Not published. Letters with a personal link go there.",
        render_kw={"type": "email", "autocomplete": "off"},
    )
    language = Choice(
        "Language of the letters",
        missing="Select the language of the letters",
        choices={"en": "English", "cy": "Cymraeg"},
        default="en",
    )


class InviteForm(Form):
    """The number of scrutineers, typed to confirm."""

    typed = line(
        "Number of people this letter goes to",
        missing="Enter the number of people this letter goes to",
        longest=20,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class EndForm(Form):
    """Why everyone has to begin again."""

    reason = paragraph(
        "Public reason", missing="Enter the reason. It is published", longest=1000, rows=3
    )
    reason_cy = paragraph("Public reason in Welsh", longest=1000, rows=3)


def to_index(poll: Poll) -> ResponseReturnValue:
    """To the page of this vote's scrutineers."""
    address = url_for("scrutineers.index", slug=poll.proposal.slug, poll_slug=poll.slug)
    return redirect(address, 303)


@blueprint.get("")
def index(slug: str, poll_slug: str) -> ResponseReturnValue:
    """The arrangement, each scrutineer with what they did, and what can be done now."""
    poll = desk.get_poll(slug, poll_slug)
    session = db.session()
    people = list_scrutineers(session, poll.id)
    states = letters.list_scrutineer_states(session, poll.id)
    return desk.show(
        "scrutineers/index.html",
        poll=poll,
        rows=[describe(person, states.get(person.id, "")) for person in people],
        progress=trustees.find_progress(session, poll),
        form=ConfirmForm(),
    )


def describe(person: Scrutineer, letter: str) -> dict[str, Any]:
    """One scrutineer as the list shows them."""
    step = trustees.find_step(db.session(), person)
    return {
        "person": person,
        "letter": letter,
        "asked": STEPS.get(step, ""),
        "is_waited_for": step is not Step.WAIT,
    }


@blueprint.route("/arrangement", methods=["GET", "POST"])
def arrangement(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Choose who holds the keys."""
    poll = desk.get_draft(slug, poll_slug)
    form = ArrangementForm(obj=poll)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            trustees.set_arrangement(
                db.session(),
                poll,
                holding=form.key_holding.data,
                size=int(form.key_size.data),
                threshold=int(form.threshold.data),
                with_service_key=form.with_service_key.data,
                all_needed_reason=form.all_needed_reason.data,
                all_needed_reason_cy=form.all_needed_reason_cy.data or "",
            )
            desk.tell("The arrangement is saved.")
            return to_index(poll)
    return desk.show("scrutineers/arrangement.html", form=form, poll=poll)


@blueprint.route("/new", methods=["GET", "POST"])
def add(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Name one more scrutineer."""
    poll = desk.get_draft(slug, poll_slug)
    form = ScrutineerForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            trustees.add_scrutineer(db.session(), poll, **read_particulars(form))
            return to_index(poll)
    return desk.show("scrutineers/edit.html", form=form, poll=poll, person=None)


@blueprint.route("/<int:position>", methods=["GET", "POST"])
def edit(slug: str, poll_slug: str, position: int) -> ResponseReturnValue:
    """Correct a scrutineer's particulars."""
    poll = desk.get_poll(slug, poll_slug)
    person = trustees.get_scrutineer(db.session(), poll, position)
    form = ScrutineerForm(obj=person)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            trustees.update_scrutineer(db.session(), person, **read_particulars(form))
            desk.tell("The scrutineer is saved.")
            return to_index(poll)
    return desk.show("scrutineers/edit.html", form=form, poll=poll, person=person)


def read_particulars(form: ScrutineerForm) -> dict[str, str]:
    """What was typed."""
    return {name: form[name].data for name in ("name", "email", "organisation", "language")}


@blueprint.post("/<int:position>/remove")
def remove(slug: str, poll_slug: str, position: int) -> ResponseReturnValue:
    """Take a scrutineer off the list, before keys are made."""
    poll = desk.get_draft(slug, poll_slug)
    person = trustees.get_scrutineer(db.session(), poll, position)
    trustees.remove_scrutineer(db.session(), person)
    desk.tell("The scrutineer is taken off the list.")
    return to_index(poll)


@blueprint.route("/invite", methods=["GET", "POST"])
def invite(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Show who is invited and how the letter reads; begin the ceremony once the number is typed."""
    poll = desk.get_draft(slug, poll_slug)
    if poll.ceremony is not None:
        return to_index(poll)
    session = db.session()
    form = InviteForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            now = desk.get_time()
            invited = trustees.begin_ceremony(session, poll, actor=current_account(), now=now)
            trustees.owe_invitations(session, poll, invited, typed=form.typed.data, now=now)
            look_now()
            desk.tell("The invitations are on the way.")
            return to_index(poll)
    preview = correspondence.preview_scrutineers(session, poll, base_url=read_base_url())
    return desk.show("scrutineers/invite.html", form=form, poll=poll, preview=preview)


@blueprint.post("/remind")
def remind(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Remind everyone whose turn it is; at most one letter a day to each."""
    poll = desk.get_poll(slug, poll_slug)
    number = trustees.remind(db.session(), poll, actor=current_account(), now=desk.get_time())
    look_now()
    if number:
        desk.tell("1 reminder is on the way." if number == 1 else f"{number} reminders are sent.")
    else:
        desk.tell("Everyone who is waited for was reminded today already.")
    return to_index(poll)


@blueprint.route("/end", methods=["GET", "POST"])
def end(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Throw the keys made so far away, with a public reason, so that everyone begins again."""
    poll = desk.get_draft(slug, poll_slug)
    if poll.ceremony is None:
        return to_index(poll)
    form = EndForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            trustees.end_ceremony(
                db.session(),
                poll,
                reason=form.reason.data,
                reason_cy=form.reason_cy.data or "",
                actor=current_account(),
                now=desk.get_time(),
            )
            desk.tell("The keys are thrown away. Invite the scrutineers when you are ready.")
            return to_index(poll)
    return desk.show("scrutineers/end.html", form=form, poll=poll)

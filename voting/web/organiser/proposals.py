"""The organiser's dashboard, and a proposal with its constituencies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field
from wtforms.validators import StopValidation

from voting.domain.lifecycle import State
from voting.services import hub as desk_hub
from voting.services import polls as desk_polls
from voting.services import proposals as desk_proposals
from voting.services.analysis import CUSTODIAN
from voting.store import polls, proposals, roll
from voting.store.consultations import list_consultations
from voting.store.database import db
from voting.store.proposals import Constituency, Proposal
from voting.web.access import current_account, guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.fields import line, paragraph

blueprint = Blueprint("proposals", __name__, url_prefix="/organiser")
guard(blueprint, "organiser")

TEXTS = frozenset(
    {"title", "organisation", "deciding", "still_open"}
    | {"contact_name", "contact_email", "contact_phone", "scrutineer_contact"}
)
TWICE = dt.timedelta(minutes=10)  # the same form sent again within this time is one act


class Address:
    """Checks a mail address without asking the network."""

    def __call__(self, _form: Any, field: Field) -> None:
        try:
            validate_email(field.data or "", check_deliverability=False)
        except EmailNotValidError:
            raise StopValidation(
                "Enter an email address in the correct format, like name@example.org"
            ) from None


class ProposalForm(Form):
    """What a proposal says about itself, and who answers for it."""

    title = line(
        "Title",
        missing="Enter the title of the proposal",
        hint="As a question or a short phrase, for example “The future of Leisure Services”.",
    )
    organisation = line(
        "Organisation",
        missing="Enter the name of the organisation",
        hint="Letters are sent in this name.",
    )
    deciding = paragraph(
        "What is being decided",
        missing="Enter what is being decided",
        hint="In plain words, for someone who has heard nothing of it yet.",
    )
    still_open = paragraph(
        "What is still open",
        missing="Enter what is still open",
        hint="What has not been decided yet, and what can no longer be changed.",
    )
    contact_name = line(
        "Contact name",
        missing="Enter the name of the person who answers questions",
        hint="Voters see this person’s name, address and number.",
    )
    contact_email = line(
        "Contact email address",
        missing="Enter the contact’s email address",
        longest=254,
        hint="Answers to letters go here. Someone must read them.",
        render_kw={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"},
    )
    contact_phone = line("Contact phone number (optional)", longest=60)
    scrutineer_contact = paragraph(
        "Independent contact (optional)",
        longest=500,
        rows=3,
        hint=(
            "A union, a partner or another person who does not work for the organiser, with a "
            "phone number. Every letter names them, so that people can check that it is real."
        ),
    )

    scrutineer_contact_cy = paragraph("Independent contact in Welsh", longest=500, rows=3)

    def texts(self, *, bilingual: bool = False) -> dict[str, str]:
        """What was typed, by the names of the proposal's own fields."""
        names = (*TEXTS, "scrutineer_contact_cy") if bilingual else TEXTS
        return {name: field.data for name, field in self._fields.items() if name in names}

    def validate_contact_email(self, field: Field) -> None:
        """The contact's address must be one that mail can be sent to."""
        Address()(self, field)


class ConstituencyForm(Form):
    """The name of one constituency."""

    name = line(
        "Name of the constituency",
        missing="Enter a name for the constituency",
        longest=100,
        hint="For example Staff, Users or Community. Each constituency is counted by itself.",
    )
    name_cy = line("Name in Welsh", longest=100)

    def read_welsh(self, proposal: Proposal) -> str | None:
        """The Welsh name; None where the page does not ask for it."""
        return str(self.name_cy.data or "") if proposal.is_bilingual else None


@blueprint.get("/")
def dashboard() -> ResponseReturnValue:
    """One's own proposals, newest first, with their polls and where each stands."""
    session = db.session()
    mine = proposals.list_proposals_of(session, current_account().id, desk.ROLE)
    rows = [(proposal, polls.list_polls(session, proposal.id)) for proposal in mine]
    kept = proposals.list_proposals_of(session, current_account().id, CUSTODIAN)
    return desk.show("proposals/dashboard.html", rows=rows, kept=kept)


@blueprint.get("/proposals")
def index() -> ResponseReturnValue:
    """What somebody who shortens an address expects: the list is the desk's first page."""
    return redirect(url_for("proposals.dashboard"))


@blueprint.route("/new-proposal", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Make a proposal; the same form sent twice makes one."""
    form = ProposalForm(organisation=desk.get_organisation())
    if form.validate_on_submit():
        with desk.faults_shown(form):
            proposal = find_same(form) or desk_proposals.create_proposal(
                db.session(), account=current_account(), now=desk.get_time(), **form.texts()
            )
            desk.tell("The proposal is saved. Add the constituencies next.")
            return redirect(url_for("proposals.show", slug=proposal.slug), 303)
    return desk.show("proposals/edit.html", form=form, proposal=None)


def find_same(form: ProposalForm) -> Proposal | None:
    """The proposal that this very form made a moment ago, if it was sent twice."""
    earliest = desk.get_time() - TWICE
    for proposal in proposals.list_proposals_of(db.session(), current_account().id, desk.ROLE):
        same = all(getattr(proposal, name) == text for name, text in form.texts().items())
        if same and proposal.created_at >= earliest:
            return proposal
    return None


@blueprint.get("/proposals/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """One proposal: what it says, its constituencies with their rolls, and its polls."""
    session = db.session()
    proposal = desk.get_proposal(slug)
    sizes = {c.id: roll.count_electors(session, c.id) for c in proposal.constituencies}
    return desk.show(
        "proposals/show.html",
        proposal=proposal,
        sizes=sizes,
        consultations=list_consultations(session, proposal.id),
        polls=polls.list_polls(session, proposal.id),
        form=ConfirmForm(),
    )


@blueprint.route("/proposals/<slug>/edit", methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Change what the proposal says."""
    proposal = desk.get_proposal(slug)
    form = ProposalForm(obj=proposal)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_proposals.update_proposal(
                db.session(),
                proposal,
                now=desk.get_time(),
                **form.texts(bilingual=proposal.is_bilingual),
            )
            desk_hub.keep_version(db.session(), proposal, now=desk.get_time())
            desk.tell("Your changes are saved.")
            return redirect(url_for("proposals.show", slug=proposal.slug), 303)
    return desk.show("proposals/edit.html", form=form, proposal=proposal)


@blueprint.route("/proposals/<slug>/new-constituency", methods=["GET", "POST"])
def add_constituency(slug: str) -> ResponseReturnValue:
    """Add a constituency; the same name sent twice adds one."""
    proposal = desk.get_proposal(slug)
    form = ConstituencyForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            constituency = find_just_added(proposal, form.name.data) or (
                desk_proposals.add_constituency(
                    db.session(),
                    proposal,
                    name=form.name.data,
                    name_cy=form.read_welsh(proposal) or "",
                )
            )
            for poll in polls.list_polls(db.session(), proposal.id):
                if poll.state == State.DRAFT:
                    desk_polls.default_rules(db.session(), poll)
            desk_hub.keep_version(db.session(), proposal, now=desk.get_time())
            desk.tell(f"{constituency.name} is added. Upload its roll next.")
            return redirect(url_for("proposals.show", slug=slug), 303)
    return desk.show("proposals/constituency.html", form=form, proposal=proposal, constituency=None)


def find_just_added(proposal: Proposal, name: str) -> Constituency | None:
    """The newest constituency, if it has this name and no roll yet: the form was sent twice."""
    newest = proposal.constituencies[-1] if proposal.constituencies else None
    return newest if newest and newest.name == name and not count_roll(newest) else None


@blueprint.route("/proposals/<slug>/constituencies/<code>", methods=["GET", "POST"])
def rename_constituency(slug: str, code: str) -> ResponseReturnValue:
    """Give a constituency another name; its code in addresses and files stays."""
    constituency = desk.get_constituency(slug, code)
    form = ConstituencyForm(obj=constituency)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_proposals.rename_constituency(
                db.session(),
                constituency,
                name=form.name.data,
                name_cy=form.read_welsh(constituency.proposal),
            )
            desk_hub.keep_version(db.session(), constituency.proposal, now=desk.get_time())
            desk.tell("The name is changed.")
            return redirect(url_for("proposals.show", slug=slug), 303)
    return desk.show(
        "proposals/constituency.html",
        form=form,
        proposal=constituency.proposal,
        constituency=constituency,
    )


@blueprint.route("/proposals/<slug>/constituencies/<code>/remove", methods=["GET", "POST"])
def remove_constituency(slug: str, code: str) -> ResponseReturnValue:
    """Ask, then remove a constituency that nothing uses yet. Removing it twice is no fault."""
    proposal = desk.get_proposal(slug)
    if not any(c.code == code for c in proposal.constituencies):
        return redirect(url_for("proposals.show", slug=slug), 303)
    constituency = desk.get_constituency(slug, code)
    form = ConfirmForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            name = constituency.name
            desk_proposals.remove_constituency(db.session(), constituency)
            desk_hub.keep_version(db.session(), proposal, now=desk.get_time())
            desk.tell(f"{name} is removed.")
            return redirect(url_for("proposals.show", slug=slug), 303)
    return desk.show(
        "proposals/remove_constituency.html",
        form=form,
        proposal=proposal,
        constituency=constituency,
        electors=count_roll(constituency),
    )


def count_roll(constituency: Constituency) -> int:
    """How many people are on the constituency's roll."""
    return roll.count_electors(db.session(), constituency.id)

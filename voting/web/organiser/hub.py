"""A proposal's public page: its texts, options, glossary and dates, and opening it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectMultipleField
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from voting.domain.errors import NotFound
from voting.services import hub as desk_hub
from voting.store import hub as hubs
from voting.store.database import db
from voting.store.documents import count_documents
from voting.store.hub import GlossaryEntry, Milestone, ProposalOption
from voting.store.proposals import Proposal
from voting.web.access import current_account, guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.fields import line, paragraph

blueprint = Blueprint("hub", __name__, url_prefix="/organiser/proposals/<slug>/page")
guard(blueprint, "organiser")

WELSH = "_cy"


class Bilingual(Form):
    """A form whose fields ending in ``_cy`` are Welsh; they count when the page is bilingual."""

    def texts(self, names: tuple[str, ...], *, bilingual: bool) -> dict[str, str]:
        """What was typed into the fields called *names*."""
        kept = (name for name in names if bilingual or not name.endswith(WELSH))
        return {name: self[name].data or "" for name in kept}


class TextsForm(Bilingual):
    """What the page says beside the proposal's own texts."""

    is_bilingual = BooleanField("This proposal is in English and in Welsh")
    title_cy = line("Title in Welsh")
    summary = paragraph(
        "What is proposed",
        hint="A few sentences for someone who has heard nothing of it yet.",
    )
    summary_cy = paragraph("What is proposed, in Welsh")
    deciding_cy = paragraph("What is being decided, in Welsh")
    still_open_cy = paragraph("What is still open, in Welsh")
    who_decides = paragraph(
        "Who decides, and under what rule",
        hint="Who takes the decision, when, and what the votes and answers count for.",
        rows=4,
    )
    who_decides_cy = paragraph("Who decides, in Welsh", rows=4)
    public_may_ask = BooleanField("Anyone may ask a question, not only people on a roll")


class OptionForm(Bilingual):
    """One option with its balanced background."""

    name = line("Name of the option", missing="Enter the name of the option")
    name_cy = line("Name in Welsh")
    is_staying = BooleanField("This option keeps things as they are")
    description = paragraph("Description", rows=3)
    description_cy = paragraph("Description in Welsh", rows=3)
    owners = line("Who owns and controls it (short)", longest=5000)
    owners_cy = line("Who owns and controls it, in Welsh", longest=5000)
    assets = line("What happens to the assets (short)", longest=5000)
    assets_cy = line("What happens to the assets, in Welsh", longest=5000)
    benefits = paragraph(
        "Benefits", rows=3, hint="Give benefits and drawbacks about the same length."
    )
    benefits_cy = paragraph("Benefits in Welsh", rows=3)
    drawbacks = paragraph("Drawbacks", rows=3)
    drawbacks_cy = paragraph("Drawbacks in Welsh", rows=3)
    cost = paragraph("Cost or impact", rows=2)
    cost_cy = paragraph("Cost or impact in Welsh", rows=2)
    source = line("Source", longest=5000)
    source_cy = line("Source in Welsh", longest=5000)


class Boxes(SelectMultipleField):
    """Several of many, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ModelsForm(Form):
    """Models of the library to choose from."""

    models = Boxes("Models", validate_choice=False)


class TermForm(Bilingual):
    """One word of the glossary."""

    term = line("Word", missing="Enter the word")
    term_cy = line("Word in Welsh")
    meaning = paragraph("What it means here", missing="Enter what it means", rows=3)
    meaning_cy = paragraph("What it means, in Welsh", rows=3)


class MilestoneForm(Bilingual):
    """One day of the timetable."""

    on = line("Day", missing="Enter the day", render_kw={"type": "date"})
    title = line("What happens", missing="Enter what happens on that day")
    title_cy = line("What happens, in Welsh")

    def validate_on(self, field: Any) -> None:
        """A day of the calendar."""
        try:
            dt.date.fromisoformat(field.data or "")
        except ValueError:
            raise StopValidation(
                "Enter a day that exists, as year, month and day: 2026-03-27"
            ) from None


def is_bilingual(proposal: Proposal) -> bool:
    """Whether Welsh stands beside English."""
    return desk_hub.get_hub(db.session(), proposal).is_bilingual


def leave(endpoint: str, told: str, slug: str) -> ResponseReturnValue:
    """Say what was done on the next page."""
    desk.tell(told)
    return redirect(url_for(endpoint, slug=slug), 303)


@blueprint.get("")
def show(slug: str) -> ResponseReturnValue:
    """What the page has, what it lacks, and the button that opens it."""
    return show_page(desk.get_proposal(slug), ConfirmForm())


def show_page(proposal: Proposal, form: Form) -> ResponseReturnValue:
    """The parts of the page, each with what it holds."""
    session = db.session()
    return desk.show(
        "hub/show.html",
        proposal=proposal,
        hub=desk_hub.get_hub(session, proposal),
        options=hubs.list_options(session, proposal.id),
        terms=hubs.list_terms(session, proposal.id),
        milestones=hubs.list_milestones(session, proposal.id),
        documents=count_documents(session, proposal.id),
        versions=hubs.list_versions(session, proposal.id),
        gaps=desk_hub.list_gaps(session, proposal),
        warnings=desk_hub.list_warnings(session, proposal),
        form=form,
    )


@blueprint.post("/open")
def open_page(slug: str) -> ResponseReturnValue:
    """Show the page to the public."""
    proposal = desk.get_proposal(slug)
    form = ConfirmForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_hub.open_hub(db.session(), proposal, actor=current_account(), now=desk.get_time())
            return leave("hub.show", "The page is open to the public.", slug)
    return show_page(proposal, form)


@blueprint.route("/texts", methods=["GET", "POST"])
def texts(slug: str) -> ResponseReturnValue:
    """Change what the page says."""
    session, proposal = db.session(), desk.get_proposal(slug)
    hub = desk_hub.get_hub(session, proposal)
    form = TextsForm(obj=hub)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            typed = form.texts(
                (*desk_hub.HUB_TEXTS, *desk_hub.HUB_WELSH), bilingual=hub.is_bilingual
            )
            had = hub.is_bilingual
            desk_hub.update_hub(
                session,
                proposal,
                is_bilingual=form.is_bilingual.data,
                public_may_ask=form.public_may_ask.data,
                now=desk.get_time(),
                **typed,
            )
            if form.is_bilingual.data and not had:
                return leave("hub.texts", "Saved. Write the Welsh beside the English.", slug)
            return leave("hub.show", "Your changes are saved.", slug)
    return desk.show("hub/texts.html", form=form, proposal=proposal, bilingual=hub.is_bilingual)


# ------------------------------------------------------------------ options


def get_option(proposal: Proposal, option_id: int) -> ProposalOption:
    """An option of this proposal; raises NotFound."""
    option = db.session.get(ProposalOption, option_id)
    if option is None or option.proposal_id != proposal.id:
        raise NotFound("This proposal has no such option.")
    return option


@blueprint.get("/options")
def options(slug: str) -> ResponseReturnValue:
    """The options in order."""
    proposal = desk.get_proposal(slug)
    return desk.show(
        "hub/options.html",
        proposal=proposal,
        options=hubs.list_options(db.session(), proposal.id),
        form=ConfirmForm(),
    )


@blueprint.route("/options/choose", methods=["GET", "POST"])
def choose(slug: str) -> ResponseReturnValue:
    """Take models of the library into the proposal."""
    session, proposal = db.session(), desk.get_proposal(slug)
    had = {option.model for option in hubs.list_options(session, proposal.id)}
    models = [model for model in hubs.list_library(session) if model.code not in had]
    form = ModelsForm()
    form.models.choices = [(model.code, model.english.name) for model in models]
    if form.validate_on_submit():
        with desk.faults_shown(form):
            added = desk_hub.choose_models(
                session, proposal, form.models.data or [], now=desk.get_time()
            )
            number = "1 option is" if len(added) == 1 else f"{len(added)} options are"
            return leave("hub.options", f"{number} added.", slug)
    return desk.show("hub/choose.html", form=form, proposal=proposal, models=models)


@blueprint.route("/options/new", methods=["GET", "POST"])
def add_option(slug: str) -> ResponseReturnValue:
    """Write an option of one's own."""
    return write_option(desk.get_proposal(slug), None)


@blueprint.route("/options/<int:option_id>", methods=["GET", "POST"])
def edit_option(slug: str, option_id: int) -> ResponseReturnValue:
    """Change an option."""
    proposal = desk.get_proposal(slug)
    return write_option(proposal, get_option(proposal, option_id))


def write_option(proposal: Proposal, option: ProposalOption | None) -> ResponseReturnValue:
    """The form of one option."""
    form = OptionForm(obj=option)
    bilingual = is_bilingual(proposal)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_hub.save_option(
                db.session(),
                proposal,
                option,
                is_staying=form.is_staying.data,
                now=desk.get_time(),
                **form.texts(desk_hub.OPTION_TEXTS, bilingual=bilingual),
            )
            return leave("hub.options", "The option is saved.", proposal.slug)
    return desk.show(
        "hub/option.html", form=form, proposal=proposal, option=option, bilingual=bilingual
    )


@blueprint.post("/options/<int:option_id>/move")
def move_option(slug: str, option_id: int) -> ResponseReturnValue:
    """Move an option up or down."""
    proposal = desk.get_proposal(slug)
    step = {"up": -1, "down": 1}.get(request.form.get("act", ""))
    if step is not None:
        option = get_option(proposal, option_id)
        desk_hub.move_option(db.session(), proposal, option, step, now=desk.get_time())
    return redirect(url_for("hub.options", slug=slug), 303)


@blueprint.route("/options/<int:option_id>/remove", methods=["GET", "POST"])
def remove_option(slug: str, option_id: int) -> ResponseReturnValue:
    """Ask, then take an option out."""
    proposal = desk.get_proposal(slug)
    option = get_option(proposal, option_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        desk_hub.remove_option(db.session(), proposal, option, now=desk.get_time())
        return leave("hub.options", "The option is removed.", slug)
    return desk.show(
        "hub/remove.html", form=form, proposal=proposal, name=option.name, back="hub.options"
    )


# ------------------------------------------------------------------ glossary and dates


@blueprint.route("/glossary", methods=["GET", "POST"])
def glossary(slug: str) -> ResponseReturnValue:
    """The words, and a form for one more."""
    proposal = desk.get_proposal(slug)
    return write_term(proposal, None)


@blueprint.route("/glossary/<int:entry_id>", methods=["GET", "POST"])
def edit_term(slug: str, entry_id: int) -> ResponseReturnValue:
    """Change or remove a word."""
    proposal = desk.get_proposal(slug)
    entry = db.session.get(GlossaryEntry, entry_id)
    if entry is None or entry.proposal_id != proposal.id:
        raise NotFound("There is no such word in the glossary.")
    if request.method == "POST" and request.form.get("act") == "remove":
        desk_hub.remove(db.session(), proposal, entry, now=desk.get_time())
        return leave("hub.glossary", "The word is removed.", slug)
    return write_term(proposal, entry)


def write_term(proposal: Proposal, entry: GlossaryEntry | None) -> ResponseReturnValue:
    """The form of one word."""
    form = TermForm(obj=entry)
    bilingual = is_bilingual(proposal)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            names = ("term", "meaning", "term_cy", "meaning_cy")
            typed = form.texts(names, bilingual=bilingual)
            desk_hub.save_term(db.session(), proposal, entry, now=desk.get_time(), **typed)
            return leave("hub.glossary", "The word is saved.", proposal.slug)
    return desk.show(
        "hub/glossary.html",
        form=form,
        proposal=proposal,
        entry=entry,
        bilingual=bilingual,
        terms=hubs.list_terms(db.session(), proposal.id),
    )


@blueprint.route("/dates", methods=["GET", "POST"])
def dates(slug: str) -> ResponseReturnValue:
    """The days of the timetable, and a form for one more."""
    return write_milestone(desk.get_proposal(slug), None)


@blueprint.route("/dates/<int:milestone_id>", methods=["GET", "POST"])
def edit_date(slug: str, milestone_id: int) -> ResponseReturnValue:
    """Change or remove a day."""
    proposal = desk.get_proposal(slug)
    milestone = db.session.get(Milestone, milestone_id)
    if milestone is None or milestone.proposal_id != proposal.id:
        raise NotFound("There is no such day in the timetable.")
    if request.method == "POST" and request.form.get("act") == "remove":
        desk_hub.remove(db.session(), proposal, milestone, now=desk.get_time())
        return leave("hub.dates", "The day is removed.", slug)
    return write_milestone(proposal, milestone)


def write_milestone(proposal: Proposal, milestone: Milestone | None) -> ResponseReturnValue:
    """The form of one day."""
    stored = None
    if milestone is not None:
        named = {"title": milestone.title, "title_cy": milestone.title_cy}
        stored = {"on": milestone.on.isoformat(), **named}
    form = MilestoneForm(data=stored)
    bilingual = is_bilingual(proposal)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_hub.save_milestone(
                db.session(),
                proposal,
                milestone,
                on=dt.date.fromisoformat(form.on.data),
                now=desk.get_time(),
                **form.texts(("title", "title_cy"), bilingual=bilingual),
            )
            return leave("hub.dates", "The day is saved.", proposal.slug)
    return desk.show(
        "hub/dates.html",
        form=form,
        proposal=proposal,
        milestone=milestone,
        bilingual=bilingual,
        milestones=hubs.list_milestones(db.session(), proposal.id),
    )

"""Consultations: set up, opened, watched, extended and closed. Its questions: ``inquiry.py``."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from voting.domain.asking import Kind
from voting.domain.consulting import Stage
from voting.domain.errors import NotFound
from voting.services import consultations as desk_consultations
from voting.store import consultations
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.store.responses import list_unchecked
from voting.web.access import guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.fields import Choice, line, paragraph, read_number
from voting.web.organiser.times import read_moment, split_moment

blueprint = Blueprint(
    "consultations", __name__, url_prefix="/organiser/proposals/<slug>/consultations"
)
guard(blueprint, "organiser")

PUBLIC = "public"
WORDS = tuple(
    f"{name}{end}" for name in ("title", "introduction", "privacy_notice") for end in ("", "_cy")
)
KIND_NAMES = {
    Kind.SINGLE: "One answer of several",
    Kind.SEVERAL: "Any number of answers",
    Kind.RATING: "A rating on a scale",
    Kind.MATRIX: "A scale for several statements",
    Kind.RANKING: "Putting in order",
    Kind.NUMBER: "A number",
    Kind.DATE: "A date",
    Kind.SHORT: "A short text, one line",
    Kind.LONG: "A long text",
    Kind.FILE: "A file",
}


class TitleForm(Form):
    """What a new consultation is called."""

    title = line(
        "Title of the consultation",
        missing="Enter a title",
        hint="For example “What should our leisure centres look like?”",
    )


class WordsForm(TitleForm):
    """What people read first, and how the questions are shown."""

    title_cy = line("Title in Welsh (optional)")
    introduction = paragraph(
        "Introduction",
        hint="What is asked and why, what is already decided and what is not, and what happens to "
        "the answers.",
    )
    introduction_cy = paragraph("Introduction in Welsh (optional)")
    privacy_notice = paragraph(
        "Privacy notice",
        rows=8,
        hint="Who reads the answers, on what lawful basis, how long they are kept, and people’s "
        "rights. Shown before the first question.",
    )
    privacy_notice_cy = paragraph("Privacy notice in Welsh (optional)", rows=8)
    retention_months = line(
        "How many months are the answers kept after closing?",
        missing="Enter for how many months the answers are kept",
        longest=3,
        render_kw={"inputmode": "numeric"},
    )
    pages = Choice(
        "How are the questions shown?",
        missing="Select how the questions are shown",
        choices={"question": "One question on a page", "section": "A section on a page"},
        hint="Sections should be short. A question that depends on another one always comes on a "
        "later page.",
    )
    is_bilingual = BooleanField("People can answer in English or Welsh")
    asks_equality = BooleanField("Ask for equality monitoring after the answers are sent")


class AudiencesForm(Form):
    """Who is consulted."""

    audiences = SelectMultipleField(
        "Who is consulted?",
        description="Constituencies get a personal link by mail. Members of the public confirm "
        "their mail address first.",
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class DatesForm(Form):
    """When it closes, and why if that is short or in a holiday."""

    closes_on = line("Closing date", missing="Enter the date", render_kw={"type": "date"})
    closes_hour = line("Closing time", missing="Enter the time of day", render_kw={"type": "time"})
    reason = paragraph(
        "Reason for these dates (optional)",
        longest=1000,
        rows=3,
        hint="Needed when the consultation runs for less than 28 days, or across 18 December to "
        "4 January or August. It is published.",
    )
    reason_cy = paragraph("Reason for these dates, in Welsh", longest=1000, rows=3)

    def read_moment(self) -> dt.datetime | None:
        """The closing time; None, with the fault beside its field, if it is none."""
        return read_moment(self.closes_on, self.closes_hour)


class ReasonForm(Form):
    """A public reason."""

    reason = paragraph("Public reason", missing="Enter the reason. It is published", longest=1000)
    reason_cy = paragraph("Public reason in Welsh", longest=1000, rows=3)


class ExtendForm(DatesForm):
    """A later closing time for a public reason."""

    reason = paragraph("Public reason", missing="Enter the reason. It is published", longest=1000)
    reason_cy = paragraph("Public reason in Welsh", longest=1000, rows=3)


class CloseForm(ReasonForm):
    """A public reason, and what becomes of answers that nobody has checked yet."""

    unchecked = BooleanField("Close it now; they are checked before the response is published")


def get_consultation(slug: str, consultation_slug: str) -> Consultation:
    """A consultation of a proposal of one's own; raises NotFound."""
    proposal = desk.get_proposal(slug)
    found = consultations.find_consultation(db.session(), proposal.id, consultation_slug)
    if found is None:
        raise NotFound("This proposal has no such consultation.")
    return found


def place_of(consultation: Consultation) -> dict[str, Any]:
    """What the address of a consultation's pages carries."""
    return {"slug": consultation.proposal.slug, "consultation_slug": consultation.slug}


def back(consultation: Consultation) -> ResponseReturnValue:
    """To the page of the consultation."""
    return redirect(url_for("consultations.show", **place_of(consultation)), 303)


@blueprint.get("")
def index(slug: str) -> ResponseReturnValue:
    """A proposal's consultations."""
    proposal = desk.get_proposal(slug)
    rows = consultations.list_consultations(db.session(), proposal.id)
    return desk.show("consultations/index.html", proposal=proposal, rows=rows)


@blueprint.route("/new", methods=["GET", "POST"])
def create(slug: str) -> ResponseReturnValue:
    """Make a draft; the same title sent twice makes one."""
    proposal = desk.get_proposal(slug)
    form = TitleForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            rows = consultations.list_consultations(db.session(), proposal.id)
            newest = rows[-1] if rows else None
            if newest is None or newest.title != form.title.data or newest.tested_at:
                newest = desk_consultations.create_consultation(
                    db.session(), proposal, title=form.title.data, now=desk.get_time()
                )
            return back(newest)
    return desk.show("consultations/create.html", form=form, proposal=proposal)


@blueprint.get("/<consultation_slug>")
def show(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """A draft's task list, or how many have answered: numbers alone, small ones hidden."""
    consultation = get_consultation(slug, consultation_slug)
    is_draft = consultation.state == Stage.DRAFT
    session, now = db.session(), desk.get_time()
    return desk.show(
        "consultations/show.html",
        consultation=consultation,
        place=place_of(consultation),
        checks=desk_consultations.list_checks(session, consultation, now=now) if is_draft else [],
        turnout=[] if is_draft else desk_consultations.list_turnout(session, consultation),
        waiting=list_unchecked(session, consultation.id),
        form=ConfirmForm(),
    )


@blueprint.route("/<consultation_slug>/words", methods=["GET", "POST"])
def words(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Title, introduction, privacy notice, and how questions are shown."""
    consultation = get_consultation(slug, consultation_slug)
    form = WordsForm(**keep_words(consultation))
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_consultations.update_words(
                db.session(),
                consultation,
                is_bilingual=form.is_bilingual.data,
                by_section=form.pages.data == "section",
                asks_equality=form.asks_equality.data,
                retention_months=read_number(form.retention_months.data) or 0,
                **read_words(form),
            )
            desk.tell("Your changes are saved.")
            return back(consultation)
    return desk.show("consultations/words.html", form=form, consultation=consultation)


def keep_words(consultation: Consultation) -> dict[str, Any]:
    """What the form of the words shows before anything is typed."""
    return {
        **{name: getattr(consultation, name) for name in WORDS},
        "retention_months": str(consultation.retention_months),
        "pages": "section" if consultation.by_section else "question",
        "is_bilingual": consultation.is_bilingual,
        "asks_equality": consultation.asks_equality,
    }


def read_words(form: WordsForm) -> dict[str, str]:
    """The texts as typed, by the names of the consultation's own fields."""
    return {name: form[name].data for name in WORDS}


@blueprint.route("/<consultation_slug>/audiences", methods=["GET", "POST"])
def audiences(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Choose who is consulted."""
    consultation = get_consultation(slug, consultation_slug)
    chosen = [
        str(each.constituency_id) if each.constituency_id else PUBLIC
        for each in consultation.audiences
    ]
    form = AudiencesForm(audiences=chosen)
    offered = {str(each.id): each.name for each in consultation.proposal.constituencies}
    form.audiences.choices = {**offered, PUBLIC: "The public"}
    if form.validate_on_submit():
        wanted = form.audiences.data or []
        with desk.faults_shown(form):
            desk_consultations.set_audiences(
                db.session(),
                consultation,
                constituencies=[int(each) for each in wanted if each != PUBLIC],
                public=PUBLIC in wanted,
            )
            desk.tell("Your changes are saved.")
            return back(consultation)
    return desk.show("consultations/form.html", form=form, **describe(consultation, "audiences"))


def describe(consultation: Consultation, page: str) -> dict[str, Any]:
    """What the page of a small form says."""
    headings = {
        "audiences": ("Who is consulted", "Save"),
        "dates": ("When it closes", "Save"),
        "extend": ("Move the closing time later", "Move the closing time"),
        "close": ("Close the consultation", "Close the consultation"),
    }
    heading, button = headings[page]
    return {"consultation": consultation, "page": page, "heading": heading, "act": button}


@blueprint.route("/<consultation_slug>/dates", methods=["GET", "POST"])
def dates(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Set when a draft closes."""
    consultation = get_consultation(slug, consultation_slug)
    day, hour = split_moment(consultation.closes_at)
    form = DatesForm(
        closes_on=day,
        closes_hour=hour,
        reason=consultation.dates_reason,
        reason_cy=consultation.dates_reason_cy,
    )
    if form.validate_on_submit() and (closes_at := form.read_moment()):
        with desk.faults_shown(form):
            desk_consultations.set_dates(
                db.session(),
                consultation,
                closes_at=closes_at,
                reason=form.reason.data,
                reason_cy=form.reason_cy.data or "",
            )
            desk.tell("Your changes are saved.")
            return back(consultation)
    warnings = desk_consultations.list_reasons_needed(consultation, desk.get_time())
    context = describe(consultation, "dates")
    return desk.show("consultations/form.html", form=form, warnings=warnings, **context)


@blueprint.post("/<consultation_slug>/open")
def open_now(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Open a draft that lacks nothing. Opening it twice is no fault."""
    consultation = get_consultation(slug, consultation_slug)
    if consultation.state == Stage.DRAFT:
        desk_consultations.open_consultation(db.session(), consultation, now=desk.get_time())
        desk.tell("The consultation is open. Send the invitations next.")
    return back(consultation)


@blueprint.route("/<consultation_slug>/extend", methods=["GET", "POST"])
def extend(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Move the closing time later, for a public reason."""
    consultation = get_consultation(slug, consultation_slug)
    day, hour = split_moment(consultation.closes_at)
    form = ExtendForm(closes_on=day, closes_hour=hour)
    if form.validate_on_submit() and (closes_at := form.read_moment()):
        with desk.faults_shown(form, closes="closes_on"):
            desk_consultations.extend(
                db.session(),
                consultation,
                closes_at=closes_at,
                reason=form.reason.data,
                reason_cy=form.reason_cy.data or "",
                now=desk.get_time(),
            )
            desk.tell("The closing time is moved.")
            return back(consultation)
    return desk.show("consultations/form.html", form=form, **describe(consultation, "extend"))


@blueprint.route("/<consultation_slug>/close", methods=["GET", "POST"])
def close(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Close before the time, for a public reason. Closing it twice is no fault."""
    consultation = get_consultation(slug, consultation_slug)
    form = CloseForm()
    if consultation.state == Stage.CLOSED:
        return back(consultation)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_consultations.close(
                db.session(),
                consultation,
                now=desk.get_time(),
                reason=form.reason.data,
                reason_cy=form.reason_cy.data or "",
                unchecked=form.unchecked.data,
            )
            desk.tell("The consultation is closed. The date of the response is set.")
            return back(consultation)
    waiting = list_unchecked(db.session(), consultation.id)
    context = describe(consultation, "close")
    return desk.show("consultations/form.html", form=form, waiting=waiting, **context)

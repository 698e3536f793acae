"""The sections and questions of a draft consultation: written, ordered and removed, no script."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from voting.domain.asking import DECIDING, Condition, Kind
from voting.domain.consulting import Stage
from voting.domain.errors import Conflict
from voting.services import consultations as desk_consultations
from voting.services.consultations import QuestionInput, find_question, find_section
from voting.store.consultations import Consultation, ConsultationQuestion, Section
from voting.store.database import db
from voting.web.access import guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.consultations import KIND_NAMES, get_consultation, place_of
from voting.web.organiser.fields import Choice, Pick, line, paragraph

blueprint = Blueprint(
    "inquiry",
    __name__,
    url_prefix="/organiser/proposals/<slug>/consultations/<consultation_slug>/questions",
)
guard(blueprint, "organiser")

ALWAYS = ""


class SectionForm(Form):
    """The heading of some questions and what is said before them."""

    title = line("Heading", missing="Enter a heading")
    title_cy = line("Heading in Welsh (optional)")
    introduction = paragraph("Introduction (optional)", longest=2000, rows=4)
    introduction_cy = paragraph("Introduction in Welsh (optional)", longest=2000, rows=4)


class QuestionForm(Form):
    """One question. Which fields count depends on its kind; the hints say so."""

    kind = Choice(
        "Kind of question",
        missing="Select what kind of question this is",
        choices={str(kind): name for kind, name in KIND_NAMES.items()},
    )
    text = line("Question", missing="Enter the question", longest=500)
    text_cy = line("Question in Welsh (optional)", longest=500)
    help = paragraph("Help text (optional)", longest=2000, rows=2)
    help_cy = paragraph("Help text in Welsh (optional)", longest=2000, rows=2)
    choices = paragraph(
        "Answers to choose from",
        longest=11_000,
        hint="Each on its own line. For a rating: two lines, what the lowest and the highest "
        "number mean.",
    )
    choices_cy = paragraph(
        "Answers in Welsh (optional)", longest=11_000, hint="In the same order as in English."
    )
    rows = paragraph(
        "Statements",
        longest=5000,
        rows=4,
        hint="Only for a scale for several statements. Each on its own line.",
    )
    rows_cy = paragraph("Statements in Welsh (optional)", longest=5000, rows=4)
    least = line(
        "Smallest (optional)",
        longest=10,
        hint="The lowest number, the first of a rating (0 or 1), or the fewest answers.",
        render_kw={"inputmode": "numeric"},
    )
    most = line(
        "Largest (optional)",
        longest=10,
        hint="The highest number, the last of a rating, the most answers, or the most characters.",
        render_kw={"inputmode": "numeric"},
    )
    is_required = BooleanField("An answer is needed")
    is_personal = BooleanField("Personal: offer “Prefer not to say”")
    show_if = Pick("Who is asked?", missing="Select who is asked", choices={ALWAYS: "Everyone"})

    def to_input(self) -> QuestionInput:
        """What was typed, as the service takes it."""
        names = ("text", "text_cy", "help", "help_cy", "choices", "choices_cy", "rows", "rows_cy")
        condition = None
        if self.show_if.data:
            trigger, _, option = self.show_if.data.partition(":")
            condition = Condition(int(trigger), int(option))
        return QuestionInput(
            kind=self.kind.data,
            **{name: self[name].data or "" for name in names},
            least=read_bound(self.least),
            most=read_bound(self.most),
            is_required=self.is_required.data,
            is_personal=self.is_personal.data,
            show_if=condition,
        )


def read_bound(field: Any) -> int | None:
    """A whole number as typed; None when nothing was."""
    text = (field.data or "").replace(",", "")
    return int(text) if text.removeprefix("-").isdigit() and text.isascii() else None


def are_bounds_numbers(form: QuestionForm) -> bool:
    """Whether both bounds are whole numbers or empty; the fault stands beside the field."""
    for field in (form.least, form.most):
        if field.data and read_bound(field) is None:
            field.errors = ["Enter a whole number, or leave this empty"]
    return not (form.least.errors or form.most.errors)


def get_draft(slug: str, consultation_slug: str) -> Consultation:
    """A consultation of one's own that is still a draft; raises NotFound or Conflict."""
    consultation = get_consultation(slug, consultation_slug)
    if consultation.state != Stage.DRAFT:
        raise Conflict("This consultation has opened. Its questions can no longer be changed.")
    return consultation


def list_conditions(
    consultation: Consultation, question: ConsultationQuestion | None
) -> dict[str, str]:
    """Everyone, or those who gave one answer to one question."""
    offered = {ALWAYS: "Everyone"}
    for other in consultation.questions:
        asked = other.asked
        if asked.kind not in DECIDING or (question is not None and other.id == question.id):
            continue
        if asked.kind is Kind.RATING:
            options = [(number, str(number)) for number in asked.scale]
        else:
            options = [(place, choice.en) for place, choice in enumerate(asked.choices)]
        short = asked.text.en if len(asked.text.en) < 60 else f"{asked.text.en[:57]}..."
        for number, told in options:
            offered[f"{other.id}:{number}"] = f"Who answered “{told}” to: {short}"
    return offered


def back(consultation: Consultation, anchor: str = "") -> ResponseReturnValue:
    """To the list of questions."""
    place = place_of(consultation)
    return redirect(url_for("inquiry.index", **place, _anchor=anchor or None), 303)


def show(template: str, consultation: Consultation, **more: Any) -> ResponseReturnValue:
    """A page of this desk."""
    place = place_of(consultation)
    return desk.show(f"inquiry/{template}", consultation=consultation, place=place, **more)


@blueprint.get("")
def index(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """All sections and questions in order."""
    consultation = get_draft(slug, consultation_slug)
    return show("index.html", consultation, kinds=KIND_NAMES, form=ConfirmForm())


@blueprint.route("/sections/new", methods=["GET", "POST"])
def add_section(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Add a section; the same heading sent twice adds one."""
    return _edit_section(get_draft(slug, consultation_slug), None)


@blueprint.route("/sections/<int:section_id>", methods=["GET", "POST"])
def edit_section(slug: str, consultation_slug: str, section_id: int) -> ResponseReturnValue:
    """Change a section's heading and introduction."""
    consultation = get_draft(slug, consultation_slug)
    return _edit_section(consultation, find_section(consultation, section_id))


def _edit_section(consultation: Consultation, section: Section | None) -> ResponseReturnValue:
    form = SectionForm(obj=section)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            newest = consultation.sections[-1] if consultation.sections else None
            if section is None and newest and newest.title == form.title.data:
                return back(consultation)
            names = ("title", "title_cy", "introduction", "introduction_cy")
            words = {name: form[name].data for name in names}
            desk_consultations.save_section(db.session(), consultation, section, **words)
            return back(consultation)
    return show("section.html", consultation, form=form, section=section)


@blueprint.post("/sections/<int:section_id>/<any(up, down, remove):act>")
def change_section(
    slug: str, consultation_slug: str, section_id: int, act: str
) -> ResponseReturnValue:
    """Move a section, or remove an empty one."""
    consultation = get_draft(slug, consultation_slug)
    section = find_section(consultation, section_id)
    if act == "remove":
        desk_consultations.remove_section(db.session(), section)
    else:
        desk_consultations.move_section(db.session(), section, by=-1 if act == "up" else 1)
    return back(consultation)


@blueprint.route("/sections/<int:section_id>/new", methods=["GET", "POST"])
def add(slug: str, consultation_slug: str, section_id: int) -> ResponseReturnValue:
    """Write a question at the end of a section."""
    consultation = get_draft(slug, consultation_slug)
    return _edit(consultation, find_section(consultation, section_id), None)


@blueprint.route("/<int:question_id>", methods=["GET", "POST"])
def edit(slug: str, consultation_slug: str, question_id: int) -> ResponseReturnValue:
    """Change a question."""
    consultation = get_draft(slug, consultation_slug)
    question = find_question(consultation, question_id)
    return _edit(consultation, question.section, question)


def _edit(
    consultation: Consultation, section: Section, question: ConsultationQuestion | None
) -> ResponseReturnValue:
    kept = describe(question) if question and request.method == "GET" else None
    form = QuestionForm(data=kept)
    form.show_if.choices = list_conditions(consultation, question)
    if form.validate_on_submit() and are_bounds_numbers(form):
        with desk.faults_shown(form):
            newest = section.questions[-1] if section.questions else None
            twice = question is None and newest is not None and newest.text == form.text.data
            if not twice:
                desk_consultations.save_question(db.session(), section, question, form.to_input())
            return back(consultation, f"section-{section.id}")
    return show("question.html", consultation, form=form, section=section, question=question)


def describe(question: ConsultationQuestion) -> dict[str, Any]:
    """A stored question as the form's starting values."""
    names = ("kind", "text", "text_cy", "help", "help_cy", "is_required", "is_personal")
    values: dict[str, Any] = {name: getattr(question, name) for name in names}
    for name in ("choices", "rows"):
        pairs = json.loads(getattr(question, name))
        values[name] = "\n".join(english for english, _ in pairs)
        values[f"{name}_cy"] = "\n".join(welsh for _, welsh in pairs if welsh)
    for name in ("least", "most"):
        bound = getattr(question, name)
        values[name] = "" if bound is None else str(bound)
    if question.show_if_id is not None:
        values["show_if"] = f"{question.show_if_id}:{question.show_if_option}"
    return values


@blueprint.post("/<int:question_id>/<any(up, down):act>")
def move(slug: str, consultation_slug: str, question_id: int, act: str) -> ResponseReturnValue:
    """Move a question one place, past the end of its section into the next one."""
    consultation = get_draft(slug, consultation_slug)
    question = find_question(consultation, question_id)
    desk_consultations.move_question(db.session(), question, by=-1 if act == "up" else 1)
    return back(consultation, f"question-{question_id}")


@blueprint.route("/<int:question_id>/remove", methods=["GET", "POST"])
def remove(slug: str, consultation_slug: str, question_id: int) -> ResponseReturnValue:
    """Ask, then remove a question. Removing it twice is no fault."""
    consultation = get_draft(slug, consultation_slug)
    if not any(each.id == question_id for each in consultation.questions):
        return back(consultation)
    question = find_question(consultation, question_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        desk_consultations.remove_question(db.session(), question)
        desk.tell("The question is removed.")
        return back(consultation)
    return show("remove.html", consultation, form=form, question=question)

"""The questions of a draft and their options: written, ordered and removed without any script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, FieldList, FormField, ValidationError
from wtforms import Form as Part

from voting.domain.errors import NotFound
from voting.domain.methods import Kind
from voting.domain.rules import BACKGROUND, MOST_OPTIONS, OptionInput
from voting.services import polls as desk_polls
from voting.store.database import db
from voting.store.hub import ProposalOption, list_options
from voting.store.polls import Poll, Question
from voting.web.access import guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.fields import Choice, line, paragraph, read_number

blueprint = Blueprint(
    "questions", __name__, url_prefix="/organiser/proposals/<slug>/polls/<poll_slug>"
)
guard(blueprint, "organiser")

FIRST_OPTIONS = 2  # what a new question starts with
OPTION_PARTS = tuple(f"{name}{end}" for name in ("text", *BACKGROUND) for end in ("", "_cy"))


class OptionPart(Part):
    """One option with the background that voters read beside it."""

    text = line("Option")
    text_cy = line("Option in Welsh")
    description = paragraph("Description (optional)", rows=2)
    description_cy = paragraph("Description in Welsh", rows=2)
    benefits = paragraph(
        "Benefits (optional)",
        rows=2,
        hint="Give benefits and drawbacks about the same length.",
    )
    benefits_cy = paragraph("Benefits in Welsh", rows=2)
    drawbacks = paragraph("Drawbacks (optional)", rows=2)
    drawbacks_cy = paragraph("Drawbacks in Welsh", rows=2)
    source = line(
        "Source (optional)",
        longest=5000,
        hint="Where this can be looked up, for example “Business case, pages 12 to 31”.",
    )
    source_cy = line("Source in Welsh", longest=5000)

    def to_input(self) -> OptionInput:
        """What was typed, as the service takes it."""
        return OptionInput(**{name: self[name].data or "" for name in OPTION_PARTS})


class QuestionForm(Form):
    """One question, how many options a voter may choose, and the options in their order."""

    text = line(
        "Question",
        missing="Enter the question",
        longest=500,
        hint="As voters read it at the top of the page.",
    )
    text_cy = line("Question in Welsh", longest=500)
    choice = Choice(
        "How many options may a voter choose?",
        missing="Select how many options a voter may choose",
        hint="One, for yes or no. Several, for every option they could accept. Or ask for more: "
        "how voters put many options, or people for a board, in order.",
        choices={
            "one": "One",
            "several": "Several",
            "rank": "They put options in order",
            "grade": "They grade each option, such as “Good” or “Poor”",
            "score": "They give each option points",
        },
        default="one",
    )
    minimum = line(
        "At least",
        hint="Only if you chose “Several”. The fewest options of a vote that is not blank.",
        render_kw={"inputmode": "numeric"},
        default="1",
    )
    maximum = line(
        "At most",
        hint="Only if you chose “Several”. For example 3.",
        render_kw={"inputmode": "numeric"},
    )
    options = FieldList(FormField(OptionPart), min_entries=FIRST_OPTIONS)

    def validate_minimum(self, field: Field) -> None:
        """The fewest choices, a whole number."""
        self._check_number(field, "Enter the fewest options a voter may choose, for example 1")

    def validate_maximum(self, field: Field) -> None:
        """The most choices, a whole number."""
        self._check_number(field, "Enter the most options a voter may choose, for example 3")

    def _check_number(self, field: Field, told: str) -> None:
        if self.choice.data == "several" and read_number(field.data) is None:
            raise ValidationError(told)

    def read_bounds(self) -> tuple[int, int]:
        """The fewest and the most choices."""
        if self.choice.data != "several":
            return 1, 1
        return read_number(self.minimum.data) or 0, read_number(self.maximum.data) or 0

    @property
    def kind(self) -> str:
        """The kind of question that was chosen."""
        return Kind.CHOOSE if self.choice.data in ("one", "several") else str(self.choice.data)

    def read_options(self) -> list[OptionInput]:
        """The options as typed, in order."""
        return [entry.form.to_input() for entry in self.options]


def find_question(poll: Poll, question_id: int) -> Question | None:
    """The question of this poll with this id, or None."""
    return next((q for q in poll.questions if q.id == question_id), None)


@blueprint.get("/questions")
def index(slug: str, poll_slug: str) -> ResponseReturnValue:
    """All questions of the draft, in order."""
    return desk.show(
        "questions/index.html", poll=desk.get_draft(slug, poll_slug), form=ConfirmForm()
    )


@blueprint.route("/questions/new", methods=["GET", "POST"])
def add(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Write a question. Its first button saves; the others only rearrange what was typed."""
    poll = desk.get_draft(slug, poll_slug)
    form = QuestionForm(data=begin_with_options(poll) if request.method == "GET" else None)
    if request.method == "POST" and rearrange(form):
        return show_form(poll, form, None)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            if not is_there(poll, form):
                save_new(poll, form)
            desk.tell("The question is saved.")
            return redirect(find_next_page(poll, poll.questions[-1]), 303)
    return show_form(poll, form, None)


def show_form(poll: Poll, form: QuestionForm, question: Question | None) -> ResponseReturnValue:
    """The page of one question, with Welsh beside English where the proposal is in both."""
    return desk.show(
        "questions/edit.html",
        poll=poll,
        form=form,
        question=question,
        bilingual=poll.proposal.is_bilingual,
    )


def begin_with_options(poll: Poll) -> dict[str, Any] | None:
    """What a new question starts with: the proposal's options if the address asks for them.

    Staying as we are is added where no option does, and so is "None of these".
    """
    if request.args.get("from") != "options":
        return None
    chosen = list_options(db.session(), poll.proposal_id)
    options = [_describe_offered(option) for option in chosen]
    if not any(option.is_staying for option in chosen):
        options.append({"text": "Stay as we are", "text_cy": "Aros fel yr ydym"})
    options.append({"text": "None of these", "text_cy": "Dim un o’r rhain"})
    return {"choice": "one", "minimum": "1", "maximum": "", "options": options[:MOST_OPTIONS]}


def _describe_offered(option: ProposalOption) -> dict[str, str]:
    """An option of the proposal as one of a question."""
    parts = [*BACKGROUND, *(f"{part}_cy" for part in BACKGROUND)]
    texts = {part: str(getattr(option, part)) for part in parts}
    return {"text": option.name, "text_cy": option.name_cy, **texts}


def find_next_page(poll: Poll, question: Question) -> str:
    """After a question: how it is counted, where there is a rule to choose, else all questions."""
    place: dict[str, Any] = {"slug": poll.proposal.slug, "poll_slug": poll.slug}
    if question.method.is_sealed_whole:
        return url_for("counting.edit", question_id=question.id, **place)
    return url_for("questions.index", **place)


def save_new(poll: Poll, form: QuestionForm) -> None:
    """Add the question to the draft."""
    minimum, maximum = form.read_bounds()
    desk_polls.add_question(
        db.session(),
        poll,
        text=form.text.data,
        text_cy=form.text_cy.data or "",
        minimum=minimum,
        maximum=maximum,
        options=form.read_options(),
        kind=form.kind,
    )


def is_there(poll: Poll, form: QuestionForm) -> bool:
    """Whether the newest question is word for word this one: the form was sent twice."""
    newest = poll.questions[-1] if poll.questions else None
    return (
        newest is not None
        and (newest.text, newest.text_cy) == (form.text.data, form.text_cy.data or "")
        and newest.method.kind == form.kind
        and (newest.minimum, newest.maximum) == form.read_bounds()
        and describe_options(newest) == form.read_options()
    )


def describe_options(question: Question) -> list[OptionInput]:
    """The stored options as the service takes them."""
    return [
        OptionInput(**{name: getattr(option, name) for name in OPTION_PARTS})
        for option in question.options
    ]


@blueprint.route("/questions/<int:question_id>", methods=["GET", "POST"])
def edit(slug: str, poll_slug: str, question_id: int) -> ResponseReturnValue:
    """Change a question and its options."""
    poll = desk.get_draft(slug, poll_slug)
    question = find_question(poll, question_id)
    if question is None:
        raise NotFound("This vote has no such question.")
    kind = question.method.kind
    form = QuestionForm(data=None if request.method == "POST" else describe(question))
    if request.method == "POST" and rearrange(form):
        return show_form(poll, form, question)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            minimum, maximum = form.read_bounds()
            desk_polls.update_question(
                db.session(),
                question,
                text=form.text.data,
                text_cy=form.text_cy.data or "",
                minimum=minimum,
                maximum=maximum,
                options=form.read_options(),
                kind=form.kind,
            )
            desk.tell("The question is saved.")
            if question.method.kind != kind:
                return redirect(find_next_page(poll, question), 303)
            return redirect(url_for("questions.index", slug=slug, poll_slug=poll_slug), 303)
    return show_form(poll, form, question)


def describe(question: Question) -> dict[str, Any]:
    """A stored question as the form's starting values."""
    single = (question.minimum, question.maximum) == (1, 1)
    kind = question.method.kind
    return {
        "text": question.text,
        "text_cy": question.text_cy,
        "choice": ("one" if single else "several") if kind == Kind.CHOOSE else kind,
        "minimum": str(question.minimum),
        "maximum": "" if single else str(question.maximum),
        "options": [
            {name: getattr(option, name) for name in OPTION_PARTS} for option in question.options
        ],
    }


def rearrange(form: QuestionForm) -> bool:
    """Do what the pressed button says with the options as typed; False if it says to save."""
    act, _, place = request.form.get("act", "").partition("-")
    index = read_number(place)
    entries = form.options.entries
    if act == "add" and len(entries) < MOST_OPTIONS:
        form.options.append_entry()
        return True
    if index is None or index >= len(entries):
        return False
    other = {"up": index - 1, "down": index + 1}.get(act, index)
    if act == "remove":
        keep(form, [e.data for i, e in enumerate(entries) if i != index])
    elif act in ("up", "down") and 0 <= other < len(entries):
        typed = [entry.data for entry in entries]
        typed[index], typed[other] = typed[other], typed[index]
        keep(form, typed)
    return act in ("remove", "up", "down")


def keep(form: QuestionForm, typed: list[dict[str, Any]]) -> None:
    """Show the options *typed*, in this order."""
    form.options.process(None, typed)


@blueprint.route("/questions/<int:question_id>/remove", methods=["GET", "POST"])
def remove(slug: str, poll_slug: str, question_id: int) -> ResponseReturnValue:
    """Ask, then remove a question with its options. Removing it twice is no fault."""
    poll = desk.get_draft(slug, poll_slug)
    question = find_question(poll, question_id)
    if question is None:
        return redirect(url_for("questions.index", slug=slug, poll_slug=poll_slug), 303)
    form = ConfirmForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_polls.remove_question(db.session(), question)
            desk.tell("The question is removed.")
            return redirect(url_for("questions.index", slug=slug, poll_slug=poll_slug), 303)
    return desk.show("questions/remove.html", poll=poll, form=form, question=question)

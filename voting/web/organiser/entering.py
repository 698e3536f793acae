"""Answers on paper and by telephone, typed in here and checked by a second person; and files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, ValidationError

from voting.domain.asking import Given, Kind
from voting.domain.consulting import Stage
from voting.domain.drafting import Draft
from voting.domain.errors import Conflict, NotFound
from voting.domain.showing import list_shown
from voting.services import answering, entering
from voting.store import responses
from voting.store.consultations import Audience, Consultation
from voting.store.database import db
from voting.web import asking
from voting.web.access import current_account, guard
from voting.web.downloads import download_sent
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.consultations import get_consultation, place_of
from voting.web.organiser.fields import Choice, line

blueprint = Blueprint(
    "entering",
    __name__,
    url_prefix="/organiser/proposals/<slug>/consultations/<consultation_slug>/entered",
)
guard(blueprint, "organiser")


class EnterForm(Form):
    """How the answers came, and what is filed where."""

    source = Choice(
        "How did the answers come?",
        missing="Select how the answers came",
        choices={"paper": "On paper", "telephone": "By telephone"},
    )
    audience = Choice("From whom?", missing="Select from whom they came", choices={})
    reference = line(
        "Reference",
        missing="Enter the number the paper or note is filed under",
        longest=100,
        hint="So that a second person can find it. Do not write a name.",
    )
    in_time = BooleanField("These answers came before the consultation closed")
    language = RadioField(
        "In which language are the answers?", choices={"en": "English", "cy": "Welsh"},
        default="en",
    )  # fmt: skip
    who = RadioField(
        "For whom do they answer?",
        choices={"person": "For themselves", "organisation": "For an organisation"},
        default="person",
    )
    organisation = line("Name of the organisation, if there is one")
    publish = RadioField(
        "May the answers be published?", choices={"yes": "Yes", "no": "No, or not said"},
        default="no",
    )  # fmt: skip

    def validate_organisation(self, field: Any) -> None:
        """An organisation has a name."""
        if self.who.data == "organisation" and not (field.data or "").strip():
            raise ValidationError("Enter the name of the organisation")


def list_askable(consultation: Consultation) -> list[asking.Shown]:
    """Every question but files, which stay with the paper."""
    every = [asked for section in asking.list_sections(consultation) for asked in section]
    without = [asked for asked in every if asked.kind is not Kind.FILE]
    return asking.show_page(consultation, without, Draft(), {})


def find_audience(consultation: Consultation, text: str) -> Audience:
    """The audience chosen; raises NotFound."""
    for audience in consultation.audiences:
        if str(audience.id) == text:
            return audience
    raise NotFound("This consultation has no such audience.")


@blueprint.get("")
def index(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """What waits for a second person."""
    consultation = get_consultation(slug, consultation_slug)
    return desk.show(
        "entering/index.html",
        consultation=consultation,
        place=place_of(consultation),
        waiting=responses.list_unchecked(db.session(), consultation.id),
        account_id=int(current_account().id),
        may_type=consultation.state != Stage.DRAFT and consultation.answered_at is None,
        is_published=consultation.answered_at is not None,
    )


@blueprint.get("/new")
def new(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """A form with every question on one page."""
    consultation = get_consultation(slug, consultation_slug)
    return _show(consultation, make_form(consultation), list_askable(consultation))


def make_form(consultation: Consultation) -> EnterForm:
    """The head of the form, with this consultation's audiences."""
    form = EnterForm()
    form.audience.choices = {str(each.id): each.name for each in consultation.audiences}
    return form


@blueprint.post("/new")
def save(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Keep typed answers until a second person has checked them."""
    consultation = get_consultation(slug, consultation_slug)
    form, shown = make_form(consultation), list_askable(consultation)
    reading = asking.read_page(shown, request.form, request.files, Draft())
    if not form.validate() or reading.faults:
        return _show(consultation, form, shown)
    answers = {number: given for number, given in reading.answers.items() if not given.is_empty}
    if place_unasked(consultation, shown, answers):
        return _show(consultation, form, shown)
    draft = Draft(
        answers,
        form.who.data == "organisation",
        form.organisation.data if form.who.data == "organisation" else "",
        form.publish.data == "yes",
    )
    with desk.faults_shown(form, about="organisation"):
        response = entering.enter(
            db.session(),
            find_audience(consultation, form.audience.data),
            source=form.source.data,
            reference=form.reference.data,
            account_id=int(current_account().id),
            now=desk.get_time(),
            language=form.language.data,
            in_time=form.in_time.data,
        )
        answering.submit(
            db.session(), response, draft, version=0, participant=None, now=desk.get_time()
        )
        entering.tell_late(db.session(), response, now=desk.get_time())
        desk.tell("The answers are kept. They count once another person has checked them.")
        return redirect(url_for("entering.index", **place_of(consultation)), 303)
    return _show(consultation, form, shown)


def place_unasked(
    consultation: Consultation, shown: list[asking.Shown], answers: dict[int, Given]
) -> bool:
    """Put a fault beside each answer to a question that is not asked after an earlier answer."""
    asked = {each.id for each in list_shown(answering.list_questions(consultation), answers)}
    unasked = [each for each in shown if each.asked.id in answers.keys() - asked]
    for each in unasked:
        each.fault = "Leave this empty. It is not asked after the earlier answer"
    return bool(unasked)


def _show(
    consultation: Consultation, form: EnterForm, shown: list[asking.Shown]
) -> ResponseReturnValue:
    errors = [(each.first_control, each.fault) for each in shown if each.fault]
    return desk.show(
        "entering/new.html",
        status=422 if errors else 200,
        consultation=consultation,
        place=place_of(consultation),
        form=form,
        shown=shown,
        errors=errors,
        is_over=consultation.state != Stage.DRAFT
        and entering.is_over(consultation, desk.get_time()),
    )


@blueprint.route("/<int:response_id>", methods=["GET", "POST"])
def check(slug: str, consultation_slug: str, response_id: int) -> ResponseReturnValue:
    """Hold typed answers against the paper; only another person than the one who typed may."""
    consultation = get_consultation(slug, consultation_slug)
    waiting = responses.list_unchecked(db.session(), consultation.id)
    response = next((each for each in waiting if each.id == response_id), None)
    if response is None:
        return redirect(url_for("entering.index", **place_of(consultation)), 303)
    entering.require_unpublished(consultation)
    account_id, form = int(current_account().id), ConfirmForm()
    if response.entered_by_id == account_id:
        raise Conflict("You typed these answers in. Another person must check them.")
    if form.validate_on_submit():
        if request.form.get("act") == "discard":
            entering.discard(db.session(), response)
            desk.tell("The answers are discarded. Type them in again.")
        else:
            entering.check_entered(db.session(), response, account_id=account_id)
            desk.tell("The answers count now.")
        return redirect(url_for("entering.index", **place_of(consultation)), 303)
    draft = answering.read_draft(response)
    rows = [
        (each.asked.text.en, asking.tell_answer(each.asked, given, "en", {}))
        for each in list_askable(consultation)
        if not (given := draft.answers.get(each.asked.id, Given())).is_empty
    ]
    return desk.show(
        "entering/check.html",
        consultation=consultation,
        place=place_of(consultation),
        response=response,
        rows=rows,
        form=form,
    )


@blueprint.get("/files/<int:file_id>")
def file(slug: str, consultation_slug: str, file_id: int) -> ResponseReturnValue:
    """A file sent as an answer, to be saved and never run; once the consultation has closed."""
    consultation = get_consultation(slug, consultation_slug)
    found = responses.find_counted_file(db.session(), consultation.id, file_id)
    if found is None or consultation.state != Stage.CLOSED:
        raise NotFound("There is no such file here, or the consultation has not closed.")
    return download_sent(found.content, found.media_type, found.name)

"""Going through a consultation as a respondent would. Nothing is saved.

What is typed travels from page to page in the form itself.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from voting.domain.asking import Given, Kind
from voting.domain.drafting import Draft, parse_draft
from voting.services import consultations as desk_consultations
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.web import asking
from voting.web.access import guard
from voting.web.forms import ConfirmForm
from voting.web.organiser import desk
from voting.web.organiser.consultations import get_consultation, place_of

blueprint = Blueprint(
    "rehearsal",
    __name__,
    url_prefix="/organiser/proposals/<slug>/consultations/<consultation_slug>/preview",
)
guard(blueprint, "organiser")


def read_carried() -> Draft:
    """The answers of the pages before; none when they were not carried whole."""
    try:
        draft = parse_draft(request.form.get("carried", "{}"))
    except ValueError:
        return Draft()
    return draft


@blueprint.route("", methods=["GET", "POST"])
def start(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """What people read before the first question."""
    consultation = get_consultation(slug, consultation_slug)
    if request.method == "POST":
        return _show(consultation, Draft(), asking.find_next(consultation, Draft(), 0))
    return desk.show(
        "rehearsal/start.html",
        consultation=consultation,
        place=place_of(consultation),
        form=ConfirmForm(),
    )


@blueprint.post("/<int:number>")
def page(slug: str, consultation_slug: str, number: int) -> ResponseReturnValue:
    """Read one page as a respondent's would be read, and show the next."""
    consultation = get_consultation(slug, consultation_slug)
    draft = read_carried()
    questions = asking.find_page(consultation, draft, number)
    shown = asking.show_page(consultation, questions, draft, {})
    reading = asking.read_page(shown, request.form, request.files, draft)
    if reading.faults:
        return _show(consultation, draft, number, reading)
    draft = draft.with_answers(
        {asked.id: reading.answers[asked.id] for asked in questions if asked.kind is not Kind.FILE}
    )
    return _show(consultation, draft, asking.find_next(consultation, draft, number))


def _show(
    consultation: Consultation,
    draft: Draft,
    number: int | None,
    reading: asking.Reading | None = None,
) -> ResponseReturnValue:
    if number is None:
        return _show_end(consultation, draft)
    questions = asking.find_page(consultation, draft, number)
    shown = reading.shown if reading else asking.show_page(consultation, questions, draft, {})
    return desk.show(
        "rehearsal/page.html",
        status=422 if reading else 200,
        consultation=consultation,
        place=place_of(consultation),
        number=number,
        total=asking.count_pages(consultation),
        shown=shown,
        errors=reading.faults if reading else [],
        carried=draft.to_text(),
        form=ConfirmForm(),
    )


def _show_end(consultation: Consultation, draft: Draft) -> ResponseReturnValue:
    answered = replace(draft)
    rows = [
        (
            asked.text.en,
            asking.tell_answer(asked, answered.answers.get(asked.id, Given()), "en", {}),
        )
        for section in asking.list_sections(consultation)
        for asked in section
    ]
    return desk.show(
        "rehearsal/end.html",
        consultation=consultation,
        place=place_of(consultation),
        rows=rows,
        form=ConfirmForm(),
    )


@blueprint.post("/done")
def done(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Note that the draft was gone through as it stands."""
    consultation = get_consultation(slug, consultation_slug)
    desk_consultations.mark_tested(db.session(), consultation, now=desk.get_time())
    desk.tell("The test run is done. Changing the consultation asks for another one.")
    return redirect(url_for("consultations.show", **place_of(consultation)), 303)

"""The pages of a consultation: what it is for, its questions, and who answers."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.asking import Given
from voting.domain.drafting import Draft
from voting.domain.errors import BadInput, NotFound
from voting.services import answering
from voting.store.database import db
from voting.store.documents import list_documents
from voting.web import asking
from voting.web.languages import find_language
from voting.web.sentences import in_words_of_reader
from voting.web.voter.answers.visit import Visit, begin_response, get_open_visit


def start(participant_id: int) -> ResponseReturnValue:
    """What is asked and why, and the privacy notice, before the first answer."""
    visit = get_open_visit(participant_id)
    documents = list_documents(db.session(), visit.consultation.proposal_id, standing=True)
    return render_template(
        "voter/answers/start.html",
        visit=visit,
        consultation=visit.consultation,
        documents=documents,
    )


def begin_answers(participant_id: int) -> ResponseReturnValue:
    """Begin the response, or go on with it."""
    visit = get_open_visit(participant_id)
    response = begin_response(visit, find_language())
    draft = answering.read_draft(response)
    if response.version or draft.has_about:
        return redirect(url_for("answers.check", participant_id=participant_id), 303)
    return redirect(_after(visit, draft, 0), 303)


def page(participant_id: int, number: int) -> ResponseReturnValue:
    """One page of questions with what was saved."""
    visit = get_open_visit(participant_id)
    draft = answering.read_draft(visit.answered)
    questions = asking.find_page(visit.consultation, draft, number)
    if not questions:
        return _leave_empty(visit, draft, number)
    shown = asking.show_page(visit.consultation, questions, draft, visit.files)
    return _show(visit, number, draft, shown)


def _leave_empty(visit: Visit, draft: Draft, number: int) -> ResponseReturnValue:
    """A page that an earlier answer took away leads on; one that never was is not found."""
    if not 1 <= number <= asking.count_pages(visit.consultation):
        raise NotFound(_("There is no page with this number in this consultation."))
    return redirect(_after(visit, draft, number), 303)


def save(participant_id: int, number: int) -> ResponseReturnValue:
    """Save a page's answers and go to the next page that these answers lead to."""
    visit = get_open_visit(participant_id)
    consultation, response = visit.consultation, visit.answered
    draft = answering.read_draft(response)
    questions = asking.find_page(consultation, draft, number)
    shown = asking.show_page(consultation, questions, draft, visit.files)
    every = answering.list_questions(consultation)
    if asking.find_foreign(shown, request.form, every) or not shown:
        told = in_words_of_reader(answering.NOT_SHOWN)
        return _show(visit, number, draft, shown, extra=told), 422
    reading = asking.read_page(shown, request.form, request.files, draft)
    if not reading.faults:
        try:
            _save_files(visit, reading)
            draft = answering.save_answers(db.session(), response, reading.answers, now=visit.now)
        except BadInput as refusal:
            asking.place_refusal(shown, refusal)
    if any(each.fault for each in shown):
        return _show(visit, number, draft, shown), 422
    if request.args.get("change") == "1" and _is_whole(visit, draft):
        return redirect(url_for("answers.check", participant_id=participant_id), 303)
    return redirect(_after(visit, draft, number), 303)


def _save_files(visit: Visit, reading: asking.Reading) -> None:
    for question_id, upload in reading.uploads.items():
        content = upload.stream.read()
        name = upload.filename or ""
        number = answering.save_file(db.session(), visit.answered, question_id, name, content)
        reading.answers[question_id] = Given(number)


def _is_whole(visit: Visit, draft: Draft) -> bool:
    """Whether everything that must be answered is, so that a change leads back to the check."""
    return not answering.list_missing(visit.consultation, draft)


def _after(visit: Visit, draft: Draft, number: int) -> str:
    """The page after *number*: the next with a question, then who answers."""
    following = asking.find_next(visit.consultation, draft, number)
    who = visit.participant.id
    if following is None:
        return url_for("answers.about", participant_id=who)
    return url_for("answers.page", participant_id=who, number=following)


def _show(
    visit: Visit, number: int, draft: Draft, shown: list[asking.Shown], extra: str = ""
) -> str:
    for each in shown:
        each.fault = each.fault and in_words_of_reader(each.fault)
    faults = [(each.first_control, each.fault) for each in shown if each.fault]
    return render_template(
        "voter/answers/page.html",
        visit=visit,
        consultation=visit.consultation,
        number=number,
        previous=asking.find_next(visit.consultation, draft, number, by=-1),
        shown=shown,
        errors=[("main", extra)] if extra else faults,
        changing=request.args.get("change") == "1",
    )


def about(participant_id: int) -> ResponseReturnValue:
    """Whether one answers as a person or an organisation, and what may be published."""
    visit = get_open_visit(participant_id)
    return _show_about(visit, answering.read_draft(visit.answered), {})


def save_about(participant_id: int) -> ResponseReturnValue:
    """Save who answers and the consent to publish."""
    visit = get_open_visit(participant_id)
    who, name = request.form.get("who", ""), request.form.get("organisation", "")
    publish = request.form.get("publish", "")
    errors = {}
    if who not in ("person", "organisation"):
        errors["who-person"] = _("Select whether you answer for yourself or for an organisation")
    if who == "organisation" and not name.strip():
        errors["organisation"] = _("Enter the name of the organisation")
    if len(name) > 200:
        errors["organisation"] = _("The name must be 200 characters or fewer")
    if publish not in ("yes", "no"):
        errors["publish-yes"] = _("Select whether your answers may be published")
    if not errors:
        try:
            answering.save_about(
                db.session(),
                visit.answered,
                is_organisation=who == "organisation",
                organisation=name,
                may_publish=publish == "yes",
                now=visit.now,
            )
        except BadInput:
            errors["organisation"] = _("The name has a character that cannot be shown. Remove it")
    if errors:
        return _show_about(visit, answering.read_draft(visit.answered), errors), 422
    return redirect(url_for("answers.check", participant_id=participant_id), 303)


def _show_about(visit: Visit, draft: Draft, errors: dict[str, str]) -> str:
    kept = {True: "organisation", False: "person", None: ""}[draft.is_organisation]
    consent = {True: "yes", False: "no", None: ""}[draft.may_publish]
    total = asking.count_pages(visit.consultation)
    return render_template(
        "voter/answers/about.html",
        visit=visit,
        consultation=visit.consultation,
        who=request.form.get("who", kept),
        organisation=request.form.get("organisation", draft.organisation),
        publish=request.form.get("publish", consent),
        errors=errors,
        previous=asking.find_next(visit.consultation, draft, total + 1, by=-1),
    )

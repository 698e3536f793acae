"""Checking answers, sending them, and what comes after: a receipt, and a form kept apart."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.asking import Given
from voting.domain.drafting import Draft, keep_shown
from voting.domain.equality import QUESTIONS
from voting.domain.errors import BadInput
from voting.domain.showing import list_shown
from voting.services import answering
from voting.services import equality as monitoring
from voting.store.database import db
from voting.web import asking
from voting.web.equality import list_equality_questions
from voting.web.languages import find_language
from voting.web.sentences import in_words_of_reader
from voting.web.voter.answers.visit import COUNTED, Visit, get_open_visit, get_visit


def check(participant_id: int) -> ResponseReturnValue:
    """Every answer with a way to change it, and the last button."""
    visit = get_open_visit(participant_id)
    return _show_check(visit, answering.read_draft(visit.answered), "")


def send(participant_id: int) -> ResponseReturnValue:
    """Send what the page showed. Of two windows the later wins, and is told so."""
    visit = get_open_visit(participant_id)
    typed = request.form.get("version", "")
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    kept = answering.read_draft(visit.answered)
    try:
        kept = answering.read_sent(request.form.get("answers", ""))
        sent_as = answering.submit(
            db.session(),
            visit.answered,
            kept,
            version=version,
            participant=visit.participant,
            now=visit.now,
        )
    except BadInput as refusal:
        told = in_words_of_reader(refusal.errors[0].message)
        db.session.rollback()
        fresh = get_open_visit(participant_id)
        return _show_check(fresh, answering.read_draft(fresh.answered), told), 422
    session["answers_replaced"] = sent_as.replaced_another
    return redirect(url_for("answers.sent", participant_id=participant_id), 303)


def _show_check(visit: Visit, draft: Draft, error: str) -> str:
    consultation = visit.consultation
    draft = keep_shown(answering.list_questions(consultation), draft)
    missing = answering.list_missing(consultation, draft)
    return render_template(
        "voter/answers/check.html",
        visit=visit,
        consultation=consultation,
        draft=draft,
        rows=list_rows(visit, draft, missing),
        missing=missing,
        error=error,
        carried=draft.to_text(),
        version=visit.answered.version,
    )


def list_rows(visit: Visit, draft: Draft, missing: set[int]) -> list[dict[str, object]]:
    """Each question that is shown, with its answer in words and where to change it."""
    language, files = find_language(), visit.files
    rows = []
    for asked in list_shown(answering.list_questions(visit.consultation), draft.answers):
        given = draft.answers.get(asked.id, Given())
        number = asking.find_page_of(visit.consultation, asked.id)
        change = url_for(
            "answers.page", participant_id=visit.participant.id, number=number, change=1
        )
        rows.append(
            {
                "id": asked.id,
                "question": asked.text.read(language),
                "lines": asking.tell_answer(asked, given, language, files),
                "change": f"{change}#q{asked.id}",
                "is_missing": asked.id in missing,
            }
        )
    return rows


def sent(participant_id: int) -> ResponseReturnValue:
    """That the answers arrived, what happens next, and the form for equality monitoring."""
    visit = get_visit(participant_id)
    if not visit.answered.version:
        return redirect(url_for("answers.check", participant_id=participant_id), 303)
    return render_template(
        "voter/answers/sent.html",
        visit=visit,
        consultation=visit.consultation,
        replaced=bool(session.get("answers_replaced")),
    )


def equality(participant_id: int) -> ResponseReturnValue:
    """Equality monitoring: every question can be skipped; kept apart from the answers."""
    visit = get_visit(participant_id)
    if not visit.answered.version or not visit.may_count:
        return redirect(url_for("answers.sent", participant_id=participant_id), 303)
    return _show_equality(visit, {})


def count_equality(participant_id: int) -> ResponseReturnValue:
    """Count the answers of the form, once from a browser; nothing leads from them to anybody."""
    visit = get_open_visit(participant_id)
    if not visit.answered.version or not visit.may_count:
        return redirect(url_for("answers.thanks", participant_id=participant_id), 303)
    given = {code: request.form[code] for code in QUESTIONS if request.form.get(code)}
    try:
        monitoring.count_answers(db.session(), visit.consultation, given, now=visit.now)
    except BadInput as refusal:
        told = {fault.field: _("Select one of the answers shown") for fault in refusal.errors}
        return _show_equality(visit, told), 422
    session[COUNTED] = [*session.get(COUNTED, []), visit.consultation.id][-20:]
    return redirect(url_for("answers.thanks", participant_id=participant_id), 303)


def _show_equality(visit: Visit, errors: dict[str, str]) -> str:
    return render_template(
        "voter/answers/equality.html",
        visit=visit,
        consultation=visit.consultation,
        questions=list_equality_questions(),
        chosen=request.form,
        errors=errors,
    )


def thanks(participant_id: int) -> ResponseReturnValue:
    """The end."""
    visit = get_visit(participant_id)
    return render_template(
        "voter/answers/thanks.html", visit=visit, consultation=visit.consultation
    )

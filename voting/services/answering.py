"""Answering a consultation: begun, saved page by page, sent, changed until it closes.

A response is found by its handle alone. Who it came from is known here only while a participant
has their link open, and nothing of that is written beside the answers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from voting.domain.asking import Asked, Given, Kind
from voting.domain.consulting import require_open
from voting.domain.documents import check_document, clean_filename
from voting.domain.drafting import (
    Draft,
    is_about_faulty,
    keep_shown,
    list_answer_faults,
    parse_draft,
)
from voting.domain.errors import BadInput, FieldError, refuse_faults
from voting.domain.showing import list_shown
from voting.domain.wording import check_text, clean_line
from voting.store import letters
from voting.store.consultations import Audience, Consultation
from voting.store.documents import list_documents
from voting.store.participants import Participant, find_by_address
from voting.store.responses import (
    TEXT_KINDS,
    Answer,
    AnswerFile,
    Response,
    find_file,
    find_response,
    list_answers,
    list_files,
    lock_response,
)

NOT_SHOWN = "This question is not asked of you, because of an earlier answer. It was not saved."
INCOMPLETE = "Some answers are missing or cannot be taken. Check each one marked below."
UNREADABLE = "Your answers could not be read. Check them and send them again."
MOST_FILES = 20  # kept for one response, sent or not


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of sending: the version it is, and whether another window was earlier."""

    version: int
    replaced_another: bool


def begin(
    session: Session,
    participant: Participant,
    handles: Sequence[str],
    *,
    language: str,
    now: dt.datetime,
) -> Response:
    """The participant's response, made when there is none; raises NotOpen or Closed.

    *handles* are the keyed hashes of the participant, the one in use first.
    """
    consultation = participant.consultation
    require_open(consultation.state, consultation.closes_at, now)
    response = find_response(session, consultation.id, handles)
    if response is None:
        response = Response(
            consultation_id=consultation.id,
            audience_id=participant.audience_id,
            handle=handles[0],
            language=language,
        )
        session.add(response)
        session.flush()
    return response


def confirm(session: Session, participant: Participant, *, now: dt.datetime) -> None:
    """Note that a member of the public read the letter that was sent to their address."""
    if participant.elector_id is None and participant.confirmed_at is None:
        participant.confirmed_at = now
        session.flush()


def join(
    session: Session, audience: Audience, *, email: str, language: str, now: dt.datetime
) -> None:
    """Write to an address of the public with the link that confirms it, once in an hour at most."""
    from_before = _find_or_add(session, audience, email=email, language=language)
    letters.owe(
        session,
        kind="consultation-confirm",
        key=f"consultation-confirm:{from_before.id}:{now:%Y%m%d%H}",
        now=now,
        participant_id=from_before.id,
        consultation_id=audience.consultation_id,
        language=language,
    )


def save_answers(
    session: Session, response: Response, answers: Mapping[int, Given], *, now: dt.datetime
) -> Draft:
    """Save one page's answers in the draft. Raises BadInput for a question that is not shown."""
    consultation = response.consultation
    require_open(consultation.state, consultation.closes_at, now)
    response = lock_response(session, response.id)
    draft = read_draft(response)
    questions = list_questions(consultation)
    shown = {asked.id for asked in list_shown(questions, draft.answers)}
    refuse_faults([FieldError(f"q{each}", NOT_SHOWN) for each in answers if each not in shown])
    return _keep(session, response, draft.with_answers(answers))


def save_about(
    session: Session,
    response: Response,
    *,
    is_organisation: bool,
    organisation: str,
    may_publish: bool,
    now: dt.datetime,
) -> Draft:
    """Save who answers and whether it may be published. Raises BadInput."""
    consultation = response.consultation
    require_open(consultation.state, consultation.closes_at, now)
    name = clean_line(organisation) if is_organisation else ""
    if is_organisation:
        refuse_faults(check_text("organisation", "the organisation", name, limit=200))
    response = lock_response(session, response.id)
    before = read_draft(response)
    draft = Draft(before.answers, is_organisation, name, may_publish)
    return _keep(session, response, draft)


def save_file(
    session: Session,
    response: Response,
    question_id: int,
    filename: str,
    content: bytes,
) -> int:
    """Keep an uploaded file after checking what it is; its number. Raises BadInput."""
    media_type = check_document(filename, content, field=f"q{question_id}")
    if len(list_files(session, response.id)) >= MOST_FILES:
        told = "Too many files were sent with this response. Send one of them by mail instead."
        raise BadInput([FieldError(f"q{question_id}", told)])
    kept = AnswerFile(
        response_id=response.id,
        question_id=question_id,
        name=clean_filename(filename),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )
    session.add(kept)
    session.flush()
    return kept.id


def submit(
    session: Session,
    response: Response,
    draft: Draft,
    *,
    version: int,
    participant: Participant | None,
    now: dt.datetime,
) -> Sent:
    """Send *draft* as the response; it replaces what was sent before, from whichever window.

    *version* is the one the page was made from. Raises BadInput when an answer is missing, cannot
    be taken, or belongs to a question that is not shown; NotOpen or Closed.
    """
    consultation = response.consultation
    if response.source == "online":  # what is typed in has rules of its own
        require_open(consultation.state, consultation.closes_at, now)
    questions = list_questions(consultation)
    refuse_faults(_list_faults(session, response, questions, draft))
    response = lock_response(session, response.id)
    earlier = response.version > version
    _keep(session, response, draft)
    response.version += 1
    _write_answers(session, response, questions, draft)
    response.is_organisation = bool(draft.is_organisation)
    response.organisation, response.may_publish = draft.organisation, bool(draft.may_publish)
    response.seen = json.dumps(list_seen(session, consultation), ensure_ascii=False)
    # The day alone: a finer time, held against that of a letter, would tell whose response it is.
    response.submitted_at = now.replace(hour=0, minute=0, second=0, microsecond=0)
    response.is_counted = response.source == "online"
    session.flush()
    if participant is not None:
        _thank(session, participant, response.version, now)
    return Sent(response.version, earlier)


def read_draft(response: Response) -> Draft:
    """The answers as last saved."""
    return parse_draft(response.draft)


def read_sent(text: str) -> Draft:
    """What a page to check answers carried; raises BadInput when it is not what was put there."""
    try:
        return parse_draft(text)
    except ValueError:
        raise BadInput([FieldError("main", UNREADABLE)]) from None


def list_questions(consultation: Consultation) -> list[Asked]:
    """Every question in the order asked."""
    return [question.asked for question in consultation.questions]


def list_missing(consultation: Consultation, draft: Draft) -> set[int]:
    """The questions that are shown and not answered as they must be."""
    return {asked.id for asked, _ in list_answer_faults(list_questions(consultation), draft)}


def list_seen(session: Session, consultation: Consultation) -> list[dict[str, Any]]:
    """The documents that stand beside the consultation now, each with its version and hash."""
    return [
        {
            "title": document.title,
            "title_cy": document.title_cy,
            "version": document.newest.number,
            "sha256": document.newest.sha256,
        }
        for document in list_documents(session, consultation.proposal_id, standing=True)
    ]


def stop_reminders(session: Session, participant: Participant) -> None:
    """Send this participant no more reminders; other letters still come (P2)."""
    participant.stops_reminders = True
    session.flush()


# ------------------------------------------------------------------ parts of the above


def _find_or_add(session: Session, audience: Audience, *, email: str, language: str) -> Participant:
    key = email.casefold()
    found = find_by_address(session, audience.consultation_id, key)
    if found is None:
        found = Participant(
            consultation_id=audience.consultation_id,
            audience_id=audience.id,
            email=email,
            email_key=key,
            language=language,
        )
        session.add(found)
        session.flush()
    return found


def _keep(session: Session, response: Response, draft: Draft) -> Draft:
    text = draft.to_text()
    if text != response.draft:
        response.draft = text
        response.revision += 1
        session.flush()
    return draft


def _list_faults(
    session: Session, response: Response, questions: Sequence[Asked], draft: Draft
) -> list[FieldError]:
    if keep_shown(questions, draft) != draft:
        return [FieldError("main", NOT_SHOWN)]
    faults = [
        FieldError(f"q{asked.id}", INCOMPLETE) for asked, _ in list_answer_faults(questions, draft)
    ]
    for asked in questions:
        given = draft.answers.get(asked.id, Given())
        if asked.kind is Kind.FILE and given.value is not None:
            kept = find_file(session, given.value) if isinstance(given.value, int) else None
            if kept is None or (kept.response_id, kept.question_id) != (response.id, asked.id):
                faults.append(FieldError(f"q{asked.id}", UNREADABLE))
    if is_about_faulty(draft):
        faults.append(FieldError("about", INCOMPLETE))
    return faults


def _write_answers(
    session: Session, response: Response, questions: Sequence[Asked], draft: Draft
) -> None:
    """One row for each answer that is new; what it replaces is emptied and no longer current."""
    kinds = {asked.id: asked.kind for asked in questions}
    current = {answer.question_id: answer for answer in list_answers(session, response.id)}
    for question_id, given in draft.answers.items():
        fresh = _make_answer(response, question_id, kinds[question_id], given)
        before = current.pop(question_id, None)
        if before is not None and _says(before) == _says(fresh):
            continue
        if before is not None:
            _supersede(before)
        session.add(fresh)
    for before in current.values():
        _supersede(before)
    used = [each.value for each in draft.answers.values() if isinstance(each.value, int)]
    for file in list_files(session, response.id):
        if not (file.id in used and draft.answers.get(file.question_id) == Given(file.id)):
            session.delete(file)
    session.flush()


def _make_answer(response: Response, question_id: int, kind: Kind, given: Given) -> Answer:
    is_text = kind in TEXT_KINDS and not given.is_declined
    value = None if is_text or given.is_declined else given.value
    return Answer(
        response_id=response.id,
        question_id=question_id,
        version=response.version,
        is_current=True,
        is_declined=given.is_declined,
        value=json.dumps(value),
        text=str(given.value) if is_text else "",
    )


def _says(answer: Answer) -> tuple[bool, str, str]:
    return answer.is_declined, answer.value, answer.text


def _supersede(answer: Answer) -> None:
    answer.is_current = False
    answer.value, answer.text = "null", ""


def _thank(session: Session, participant: Participant, version: int, now: dt.datetime) -> None:
    participant.has_responded = True
    letters.owe(
        session,
        kind="consultation-receipt",
        key=f"consultation-receipt:{participant.id}:{version}",
        now=now,
        participant_id=participant.id,
        consultation_id=participant.consultation_id,
        language=participant.language,
    )

"""The two consultations of the demonstration: one closed and answered, one that is running."""

from __future__ import annotations

import datetime as dt
import json
import random
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from voting.demonstration import consulting_story as story
from voting.demonstration import consulting_welsh
from voting.services import analysis, consultations, correspondence
from voting.services.consultations import QuestionInput
from voting.store.accounts import Account
from voting.store.analysis import Theme, Wanted, list_written
from voting.store.consultations import Audience, Consultation, ConsultationQuestion
from voting.store.participants import count_invited
from voting.store.proposals import Constituency, Proposal
from voting.store.responses import insert_responses

DAY = dt.timedelta(days=1)
MOST = 10_000  # written answers that are read
IN_WELSH = 0.12  # of the answers
Row = tuple[dict[str, Any], list[dict[str, Any]]]


def ask_before(
    session: Session, proposal: Proposal, *, now: dt.datetime, base_url: str
) -> Consultation:
    """A consultation that opens at *now* for six weeks; invitations of all but users are owed.

    Users answer where the public does: they are asked by posters in the centres.
    """
    invited = [each for each in proposal.constituencies if each.code != "users"]
    made = _open(
        session,
        proposal,
        story.BEFORE,
        invited,
        now=now,
        closes_at=(now + 42 * DAY).replace(hour=17, minute=0),
    )
    _invite(session, made, base_url, now)
    return made


def answer_before(
    session: Session, made: Consultation, *, account: Account, chance: random.Random
) -> dt.datetime:
    """What people answered, the close, what was made of it, the public response; when that was."""
    closes_at = made.closes_at or made.created_at
    insert_responses(session, _respond(session, made, chance, closes_at))
    consultations.close(session, made, now=closes_at)
    answered = closes_at + 14 * DAY
    themes = [_answer_theme(session, made, theme, answered) for theme in story.THEMES]
    _read(session, made, themes, account, answered)
    analysis.publish_response(session, made, now=answered)
    return answered


def _answer_theme(
    session: Session, made: Consultation, told: story.Theme, now: dt.datetime
) -> Theme:
    say = consulting_welsh.in_welsh
    theme = analysis.save_theme(
        session,
        made,
        theme=None,
        name=told.name,
        name_cy=say(told.name),
        meaning=told.meaning,
        parent_id=None,
        now=now,
    )
    words = {"summary": told.summary, "stance": told.stance, "response": told.response}
    welsh = {"summary_cy": say(told.summary), "response_cy": say(told.response)}
    analysis.answer_theme(session, made, theme, now=now, **words, **welsh)
    return theme


def _read(
    session: Session, made: Consultation, themes: list[Theme], account: Account, now: dt.datetime
) -> None:
    """Tag what was written, and release what its givers let be published."""
    [asked] = [question for question in made.questions if question.kind == "long"]
    for answer in list_written(session, Wanted(asked.id), limit=MOST):
        for sentence, place in (*story.THOUGHTS, *consulting_welsh.THOUGHTS):
            if sentence in answer.text:
                analysis.tag(session, answer, themes[place], coder=account, passage=sentence)
        if answer.response.may_publish:
            analysis.release(session, made, answer, account=account, is_published=True, now=now)


def consult_now(
    session: Session, proposal: Proposal, *, now: dt.datetime, base_url: str
) -> Consultation:
    """One in both languages that opens at *now* for eight weeks; its invitations are owed."""
    made = _open(
        session,
        proposal,
        story.NOW,
        proposal.constituencies[-1:],
        now=now,
        closes_at=(now + 56 * DAY).replace(hour=17, minute=0),
    )
    _invite(session, made, base_url, now)
    return made


def _invite(session: Session, made: Consultation, base_url: str, now: dt.datetime) -> None:
    kind = "consultation-invitation"
    preview = correspondence.preview_consultation(session, made, kind, base_url=base_url)
    correspondence.queue_consultation(
        session, made, kind, typed=str(preview.total), base_url=base_url, now=now
    )


def _open(
    session: Session,
    proposal: Proposal,
    told: story.Told,
    invited: Sequence[Constituency],
    *,
    now: dt.datetime,
    closes_at: dt.datetime,
) -> Consultation:
    made = consultations.create_consultation(session, proposal, title=told.title, now=now)
    consultations.update_words(
        session,
        made,
        is_bilingual=bool(told.welsh),
        by_section=False,
        asks_equality=True,
        retention_months=24,
        title=told.title,
        introduction=told.introduction,
        privacy_notice=story.PRIVACY,
        **told.welsh,
    )
    ids = [constituency.id for constituency in invited]
    consultations.set_audiences(session, made, constituencies=ids, public=True)
    consultations.set_dates(
        session, made, closes_at=closes_at, reason=story.REASON, reason_cy=story.REASON_CY
    )
    for kind, text, more in told.questions:
        given = QuestionInput(kind=kind, text=text, **more)
        consultations.save_question(session, made.sections[0], None, given)
    consultations.mark_tested(session, made, now=now)
    consultations.open_consultation(session, made, now=now)
    return made


def _respond(
    session: Session, made: Consultation, chance: random.Random, before: dt.datetime
) -> Iterator[Row]:
    """Invented responses of every audience, a good part with a written answer."""
    for audience in made.audiences:
        number = story.RESPONSES[audience.constituency.code if audience.constituency else ""]
        if not audience.is_public:
            number = min(number, count_invited(session, audience.id))
        for _ in range(number):
            yield _respond_once(made, audience, chance, before)


def _respond_once(
    made: Consultation, audience: Audience, chance: random.Random, before: dt.datetime
) -> Row:
    language = "cy" if chance.random() < IN_WELSH else "en"
    answers = [_answer(question, chance, language) for question in made.questions]
    row = {
        "consultation_id": made.id,
        "audience_id": audience.id,
        "handle": secrets.token_hex(32),
        "language": language,
        "may_publish": chance.random() < 0.7,
        "submitted_at": before - dt.timedelta(hours=chance.randint(1, 900)),
    }
    return row, [answer for answer in answers if answer]


def _answer(question: ConsultationQuestion, chance: random.Random, language: str) -> dict[str, Any]:
    size = len(question.asked.choices)
    if question.kind == "long":
        if chance.random() < 0.5:
            return {}
        thoughts = consulting_welsh.THOUGHTS if language == "cy" else story.THOUGHTS
        said = chance.sample(thoughts, chance.randint(1, 2))
        return {"question_id": question.id, "text": " ".join(text for text, _theme in said)}
    value: Any = chance.randrange(size) if size else 0
    if question.kind == "several":
        value = sorted(chance.sample(range(size), chance.randint(1, question.most or size)))
    elif question.kind == "rating":
        value = chance.randint(question.least or 1, question.most or 5)
    elif question.kind == "ranking":
        value = chance.sample(range(size), size)
    return {"question_id": question.id, "value": json.dumps(value)}

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
from voting.services import analysis, consultations, correspondence
from voting.services.consultations import QuestionInput
from voting.store.consultations import Audience, Consultation, ConsultationQuestion
from voting.store.proposals import Constituency, Proposal
from voting.store.responses import insert_responses

DAY = dt.timedelta(days=1)
Row = tuple[dict[str, Any], list[dict[str, Any]]]


def consult_before(
    session: Session, proposal: Proposal, *, now: dt.datetime, chance: random.Random
) -> Consultation:
    """A consultation that opened at *now*, closed six weeks later and was answered in public."""
    closes_at = now + 42 * DAY
    made = _open(
        session, proposal, story.BEFORE, proposal.constituencies, now=now, closes_at=closes_at
    )
    insert_responses(session, _respond(made, chance, closes_at))
    consultations.close(session, made, now=closes_at)
    answered = closes_at + 14 * DAY
    for theme in story.THEMES:
        kept = analysis.save_theme(
            session, made, theme=None, name=theme.name, meaning=theme.meaning, parent_id=None
        )
        analysis.answer_theme(
            session,
            made,
            kept,
            summary=theme.summary,
            stance=theme.stance,
            response=theme.response,
            now=answered,
        )
    analysis.publish_response(session, made, now=answered)
    return made


def consult_now(
    session: Session, proposal: Proposal, *, now: dt.datetime, base_url: str
) -> Consultation:
    """A consultation that opens at *now* for eight weeks; its invitations are owed."""
    invited = proposal.constituencies[-1:]
    made = _open(session, proposal, story.NOW, invited, now=now, closes_at=now + 56 * DAY)
    kind = "consultation-invitation"
    preview = correspondence.preview_consultation(session, made, kind, base_url=base_url)
    correspondence.queue_consultation(
        session, made, kind, typed=str(preview.total), base_url=base_url, now=now
    )
    return made


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
        is_bilingual=False,
        by_section=False,
        asks_equality=True,
        retention_months=24,
        title=told.title,
        introduction=told.introduction,
        privacy_notice=story.PRIVACY,
    )
    ids = [constituency.id for constituency in invited]
    consultations.set_audiences(session, made, constituencies=ids, public=True)
    consultations.set_dates(session, made, closes_at=closes_at, reason=story.REASON)
    for kind, text, more in told.questions:
        given = QuestionInput(kind=kind, text=text, **more)
        consultations.save_question(session, made.sections[0], None, given)
    consultations.mark_tested(session, made, now=now)
    consultations.open_consultation(session, made, now=now)
    return made


def _respond(made: Consultation, chance: random.Random, before: dt.datetime) -> Iterator[Row]:
    """Invented responses of every audience, a good part with a written answer."""
    for audience in made.audiences:
        for _ in range(
            story.RESPONSES[audience.constituency.code if audience.constituency else ""]
        ):
            yield _respond_once(made, audience, chance, before)


def _respond_once(
    made: Consultation, audience: Audience, chance: random.Random, before: dt.datetime
) -> Row:
    answers = [_answer(question, chance) for question in made.questions]
    row = {
        "consultation_id": made.id,
        "audience_id": audience.id,
        "handle": secrets.token_hex(32),
        "may_publish": chance.random() < 0.7,
        "submitted_at": before - dt.timedelta(hours=chance.randint(1, 900)),
    }
    return row, [answer for answer in answers if answer]


def _answer(question: ConsultationQuestion, chance: random.Random) -> dict[str, Any]:
    size = len(question.asked.choices)
    if question.kind == "long":
        if chance.random() < 0.5:
            return {}
        return {"question_id": question.id, "text": chance.choice(story.THOUGHTS)}
    value: Any = chance.randrange(size) if size else 0
    if question.kind == "several":
        value = sorted(chance.sample(range(size), chance.randint(1, question.most or size)))
    elif question.kind == "rating":
        value = chance.randint(question.least or 1, question.most or 5)
    elif question.kind == "ranking":
        value = chance.sample(range(size), size)
    return {"question_id": question.id, "value": json.dumps(value)}

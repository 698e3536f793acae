"""What of a consultation is destroyed when its time is over: counted first, then deleted.

Answers that were published, with what was taken out of them, stay; nothing ties them to anyone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, cast, delete, func, literal, or_, select, update
from sqlalchemy.orm import Session

from voting.store.analysis import Coding, Reading
from voting.store.consultations import Consultation
from voting.store.equality import EqualityCount
from voting.store.letters import Letter
from voting.store.participants import Participant, RespondentLinkReplacement
from voting.store.releases import Moderation, Redaction, Release, count_published, select_published
from voting.store.responses import Answer, AnswerFile, Response

Chosen = Select[Any]


def _select_all(consultation_id: int) -> tuple[Chosen, Chosen, Chosen]:
    """The ids of its responses, of its answers and of its participants."""
    responses = select(Response.id).where(Response.consultation_id == consultation_id)
    answers = select(Answer.id).where(Answer.response_id.in_(responses))
    people = select(Participant.id).where(Participant.consultation_id == consultation_id)
    return responses, answers, people


def count_kept(session: Session, consultation_id: int) -> dict[str, int]:
    """How much there is: responses (drafts included), answers, files, participants, letters, and
    published answers, which stay."""
    responses, answers, people = _select_all(consultation_id)
    wanted: dict[str, Chosen] = {
        "responses": responses,
        "answers": answers,
        "files": select(AnswerFile.id).where(AnswerFile.response_id.in_(responses)),
        "participants": people,
        "letters": select(Letter.id).where(_letters_of(consultation_id, people)),
    }
    counted = {
        name: session.scalar(select(func.count()).select_from(query.subquery())) or 0
        for name, query in wanted.items()
    }
    return counted | {"published": count_published(session, consultation_id)}


def _letters_of(consultation_id: int, people: Chosen) -> Any:
    return or_(Letter.consultation_id == consultation_id, Letter.participant_id.in_(people))


def destroy(session: Session, consultation_id: int) -> None:
    """Delete responses, drafts, files, tags and notes, who was asked, and the letters.

    Of a response with a published answer the row stays, emptied of all but language and, of an
    organisation that agreed, its name. What was taken out of a published answer is destroyed too.
    """
    responses, answers, people = _select_all(consultation_id)
    gone = answers.where(Answer.id.not_in(select_published(consultation_id)))
    for made in (Coding, Reading):
        session.execute(_plain(delete(made).where(made.answer_id.in_(answers))))
    for decided in (Moderation, Redaction, Release):
        session.execute(_plain(delete(decided).where(decided.answer_id.in_(gone))))
    emptied = update(Redaction).where(Redaction.answer_id.in_(answers)).values(sealed=b"")
    session.execute(_plain(emptied))
    session.execute(_plain(delete(AnswerFile).where(AnswerFile.response_id.in_(responses))))
    session.execute(_plain(delete(Answer).where(Answer.id.in_(gone))))
    ours = Response.consultation_id == consultation_id
    left = select(Answer.response_id)
    session.execute(_plain(delete(Response).where(ours, Response.id.not_in(left))))
    blank = {
        "handle": literal("destroyed:") + cast(Response.id, String), "draft": "{}", "seen": "[]",
        "submitted_at": None, "entered_by_id": None, "checked_by_id": None, "reference": "",
        "revision": 0, "version": 0,
    }  # fmt: skip
    session.execute(_plain(update(Response).where(ours).values(**blank)))
    session.execute(_plain(delete(Letter).where(_letters_of(consultation_id, people))))
    replaced = RespondentLinkReplacement.participant_id.in_(people)
    session.execute(_plain(delete(RespondentLinkReplacement).where(replaced)))
    asked = Participant.consultation_id == consultation_id
    session.execute(_plain(delete(Participant).where(asked)))
    counted = EqualityCount.consultation_id == consultation_id
    session.execute(_plain(delete(EqualityCount).where(counted)))
    session.expire_all()


def _plain(statement: Any) -> Any:
    """The statement without a look at what the session holds, which is expired afterwards."""
    return statement.execution_options(synchronize_session=False)


def list_unpurged(session: Session) -> list[Consultation]:
    """Consultations that have closed and whose answers are still kept, oldest first."""
    return list(
        session.scalars(
            select(Consultation)
            .where(Consultation.state == "closed", Consultation.purged_at.is_(None))
            .order_by(Consultation.id)
        )
    )

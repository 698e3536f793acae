"""Responses and their answers. Nothing here says who gave them, unless they wrote it themselves.

Questions of analysis are asked by question: the index ``(question_id, is_current, id)`` serves
them. Counts and values come as stored; what may be shown of them is decided in ``domain``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby, islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    Text,
    UniqueConstraint,
    cast,
    delete,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from voting.store.consultations import Audience, Consultation, ConsultationQuestion
from voting.store.database import Base

TEXT_KINDS = ("short", "long")


class Response(Base):
    """One person's, or organisation's, answers. It counts once ``submitted_at`` is set.

    ``handle`` is a keyed hash, so that a personal link finds the response and nothing else does.
    ``draft`` is JSON: the answers as last saved, sent or not. ``version`` counts how often they
    were sent. Paper and telephone responses count once ``checked_by_id`` is set, too.
    """

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("consultation_id", "handle"),
        Index(None, "consultation_id", "is_counted", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    audience_id: Mapped[int] = mapped_column(ForeignKey("consultation_audience.id"), index=True)
    handle: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(10), default="online")  # online, paper, telephone
    language: Mapped[str] = mapped_column(String(2), default="en")
    draft: Mapped[str] = mapped_column(Text, default="{}", deferred=True)
    revision: Mapped[int] = mapped_column(default=0)  # how often the draft was saved
    version: Mapped[int] = mapped_column(default=0)
    is_counted: Mapped[bool] = mapped_column(default=False)  # sent, and checked where it must be
    is_organisation: Mapped[bool] = mapped_column(default=False)
    organisation: Mapped[str] = mapped_column(String(200), default="")
    may_publish: Mapped[bool] = mapped_column(default=False)
    seen: Mapped[str] = mapped_column(Text, default="[]")  # JSON: documents and their versions
    submitted_at: Mapped[dt.datetime | None]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reference: Mapped[str] = mapped_column(String(100), default="")  # what the paper is filed under

    consultation: Mapped[Consultation] = relationship()
    audience: Mapped[Audience] = relationship()

    def __repr__(self) -> str:
        return f"<Response {self.id}>"


class Answer(Base):
    """The answer to one question. Only those with ``is_current`` count.

    ``value`` is JSON and ``text`` what was written (short and long text alone); both are emptied
    when a later version of the response replaces them. ``is_declined``: "Prefer not to say".
    """

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("response_id", "question_id", "version"),
        Index(None, "question_id", "is_current", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("consultation_question.id"))
    version: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)
    is_declined: Mapped[bool] = mapped_column(default=False)
    value: Mapped[str] = mapped_column(Text, default="null")
    text: Mapped[str] = mapped_column(Text, default="")

    response: Mapped[Response] = relationship()
    question: Mapped[ConsultationQuestion] = relationship()

    def __repr__(self) -> str:
        return f"<Answer {self.id}>"


class AnswerFile(Base):
    """A file sent as an answer, checked when it came; shown to the desk alone."""

    __tablename__ = "answer_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("consultation_question.id"))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


def find_response(
    session: Session, consultation_id: int, handles: Iterable[str]
) -> Response | None:
    """The response kept under one of *handles* (one for each key in use)."""
    return session.scalar(
        select(Response).where(
            Response.consultation_id == consultation_id, Response.handle.in_(list(handles))
        )
    )


def lock_response(session: Session, response_id: int) -> Response:
    """The response, its row locked until the transaction ends; raises when there is none."""
    query = select(Response).where(Response.id == response_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def read_value(answer: Answer, kind: str) -> Any:
    """What was answered, as a plain value; None when declined."""
    if answer.is_declined:
        return None
    return answer.text if kind in TEXT_KINDS else json.loads(answer.value)


def list_answers(session: Session, response_id: int) -> list[Answer]:
    """A response's current answers by question."""
    return list(
        session.scalars(
            select(Answer)
            .where(Answer.response_id == response_id, Answer.is_current.is_(True))
            .order_by(Answer.question_id)
        )
    )


def count_responses(session: Session, consultation_id: int) -> dict[int, int]:
    """How many responses count, by audience id."""
    rows = session.execute(
        select(Response.audience_id, func.count())
        .where(Response.consultation_id == consultation_id, Response.is_counted.is_(True))
        .group_by(Response.audience_id)
    )
    return {audience: number for audience, number in rows}


def count_sources(session: Session, consultation_id: int) -> list[tuple[int, str, int]]:
    """(audience, way, responses that count) for each way in which an audience answered."""
    rows = session.execute(
        select(Response.audience_id, Response.source, func.count())
        .where(Response.consultation_id == consultation_id, Response.is_counted.is_(True))
        .group_by(Response.audience_id, Response.source)
    )
    return [(audience, source, number) for audience, source, number in rows]


def iter_sent(
    session: Session, consultation_id: int, handle: str | None = None
) -> Iterator[tuple[str, list[list[Any]]]]:
    """Every response that was sent, in a fixed order: its handle, and what was said and filed.

    Only the one under *handle*, if that is given.
    """
    said = (
        select(Response.handle, Answer.question_id, Answer.is_declined, Answer.value, Answer.text)
        .join(Answer, Answer.response_id == Response.id)
        .where(Answer.is_current)
        .order_by(Response.handle, Answer.question_id, Answer.id)
    )
    filed = (
        select(Response.handle, AnswerFile.question_id, AnswerFile.name, AnswerFile.size,
               AnswerFile.sha256)
        .join(AnswerFile, AnswerFile.response_id == Response.id)
        .join(Answer, Answer.response_id == Response.id)
        .where(*_names_file())  # not one that was put aside since and is not sent
        .order_by(Response.handle, AnswerFile.question_id, AnswerFile.id)
    )  # fmt: skip
    every = select(Response.handle).order_by(Response.handle)  # some left every question out
    sent = [Response.consultation_id == consultation_id, Response.submitted_at.is_not(None)]
    if handle is not None:
        sent.append(Response.handle == handle)
    rows: list[Iterable[Any]] = [
        session.execute(query.where(*sent).execution_options(yield_per=1000))
        for query in (every, said, filed)
    ]
    for found, parts in groupby(merge(*rows, key=lambda row: str(row[0])), lambda row: row[0]):
        yield found, [list(row[1:]) for row in parts if len(row) > 1]


def list_values(session: Session, question_id: int) -> Sequence[Any]:
    """Every counted answer to a question: (response id, audience id, value as JSON, declined)."""
    answer, response = inspect(Answer).local_table, inspect(Response).local_table
    query = (
        select(answer.c.response_id, response.c.audience_id, answer.c.value, answer.c.is_declined)
        .join(response, response.c.id == answer.c.response_id)
        .where(
            answer.c.question_id == question_id,
            answer.c.is_current.is_(True),
            response.c.is_counted.is_(True),
        )
    )
    return session.connection().execute(query).all()


def count_values(session: Session, question_id: int) -> Sequence[Any]:
    """How often each answer to a question was given: (audience id, value as JSON, declined, how
    often), of responses that count."""
    answer, response = inspect(Answer).local_table, inspect(Response).local_table
    said = (response.c.audience_id, answer.c.value, answer.c.is_declined)
    query = (
        select(*said, func.count())
        .join(response, response.c.id == answer.c.response_id)
        .where(
            answer.c.question_id == question_id,
            answer.c.is_current.is_(True),
            response.c.is_counted.is_(True),
        )
        .group_by(*said)
    )
    return session.connection().execute(query).all()


def list_unchecked(session: Session, consultation_id: int) -> list[Response]:
    """Paper and telephone responses that wait for a second person, oldest first."""
    return list(
        session.scalars(
            select(Response)
            .where(
                Response.consultation_id == consultation_id,
                Response.source != "online",
                Response.submitted_at.is_not(None),
                Response.checked_by_id.is_(None),
            )
            .order_by(Response.id)
        )
    )


def insert_responses(
    session: Session,
    rows: Iterable[tuple[dict[str, Any], list[dict[str, Any]]]],
    batch: int = 1000,
) -> int:
    """Store many responses, each with its answers, in bulk (demonstration, measurements).

    A response's dict has the columns of :class:`Response` but its id; an answer's has question_id
    and value or text. Returns how many responses were stored.
    """
    number = 0
    waiting = iter(rows)
    while chunk := list(islice(waiting, batch)):
        made = session.scalars(
            insert(Response).returning(Response.id, sort_by_parameter_order=True),
            [_whole(row, _RESPONSE) for row, _ in chunk],
        ).all()
        answers = [
            _whole({"response_id": identity, **answer}, _ANSWER)
            for identity, (_, given) in zip(made, chunk, strict=True)
            for answer in given
        ]
        if answers:
            session.execute(insert(Answer), answers)
        number += len(chunk)
    return number


_RESPONSE: dict[str, Any] = {
    "source": "online", "language": "en", "draft": "{}", "revision": 1, "version": 1,
    "is_counted": True, "is_organisation": False, "organisation": "", "may_publish": False,
    "seen": "[]", "submitted_at": None, "reference": "",
}  # fmt: skip
_ANSWER: dict[str, Any] = {
    "version": 1, "is_current": True, "is_declined": False, "value": "null", "text": "",
}  # fmt: skip


def _whole(row: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    return {**usual, **row}


def find_file(session: Session, file_id: int) -> AnswerFile | None:
    """The file with this number."""
    return session.get(AnswerFile, file_id)


def name_files(session: Session, consultation_id: int) -> dict[int, str]:
    """The names of the files that were sent to a consultation, by number."""
    rows = session.execute(
        select(AnswerFile.id, AnswerFile.name)
        .join(Response, Response.id == AnswerFile.response_id)
        .where(Response.consultation_id == consultation_id)
    )
    return {number: name for number, name in rows}


def list_files(session: Session, response_id: int) -> list[AnswerFile]:
    """A response's files, oldest first, without their content."""
    return list(
        session.scalars(
            select(AnswerFile).where(AnswerFile.response_id == response_id).order_by(AnswerFile.id)
        )
    )


def find_counted_file(session: Session, consultation_id: int, file_id: int) -> AnswerFile | None:
    """A file that was sent as an answer of a response that counts; not one that was put aside."""
    query = _select_counted_files(consultation_id).where(AnswerFile.id == file_id)
    found: AnswerFile | None = session.scalar(query)
    return found


def list_counted_files(
    session: Session, consultation_id: int, *, after: int, limit: int
) -> list[tuple[AnswerFile, str]]:
    """Files that were sent as answers, from number *after* on, each with its question's words."""
    query = (
        _select_counted_files(consultation_id)
        .add_columns(ConsultationQuestion.text)
        .join(ConsultationQuestion, ConsultationQuestion.id == AnswerFile.question_id)
        .where(AnswerFile.id > after)
        .order_by(AnswerFile.id)
        .limit(limit)
    )
    return [(file, text) for file, text in session.execute(query)]


def _select_counted_files(consultation_id: int) -> Select[Any]:
    """Files that a current answer of a response that counts names."""
    return (
        select(AnswerFile)
        .join(Response, Response.id == AnswerFile.response_id)
        .join(Answer, Answer.response_id == Response.id)
        .where(
            Response.consultation_id == consultation_id,
            Response.is_counted.is_(True),
            *_names_file(),
        )
    )


def _names_file() -> tuple[ColumnElement[bool], ...]:
    """That an answer is the current one to a file's question, and names that file."""
    return (
        Answer.question_id == AnswerFile.question_id,
        Answer.is_current.is_(True),
        Answer.value == cast(AnswerFile.id, String),
    )


def delete_response(session: Session, response: Response) -> None:
    """Delete a response with its answers and files."""
    session.execute(delete(Answer).where(Answer.response_id == response.id))
    session.execute(delete(AnswerFile).where(AnswerFile.response_id == response.id))
    session.delete(response)
    session.flush()

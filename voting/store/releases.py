"""What was taken out of answers, which are published, and who decided so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, Select, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from voting.store.database import Base
from voting.store.responses import Answer, Response

PAGE = 50


class Redaction(Base):
    """A passage that was taken out of an answer; *sealed* keeps it for the custodian alone."""

    __tablename__ = "redaction"

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"), index=True)
    start: Mapped[int]
    end: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    reason_cy: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[dt.datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Release(Base):
    """Whether a written answer is published; without a row nobody has decided yet."""

    __tablename__ = "answer_release"

    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"), primary_key=True)
    is_published: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[dt.datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class Moderation(Base):
    """One act of redaction, release or looking at what was sealed: who, when and why."""

    __tablename__ = "moderation"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(20))  # redacted, published, withheld, looked
    at: Mapped[dt.datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")


def list_redactions(session: Session, answer_ids: Sequence[int]) -> list[Redaction]:
    """What was taken out of these answers, by place."""
    query = select(Redaction).where(Redaction.answer_id.in_(answer_ids))
    return list(session.scalars(query.order_by(Redaction.answer_id, Redaction.start)))


def list_redacted(session: Session, consultation_id: int) -> list[tuple[Answer, list[str]]]:
    """The answers that something was taken out of, each with the reasons, as they still stand."""
    rows = session.execute(
        select(Answer, Redaction.reason)
        .join(Redaction, Redaction.answer_id == Answer.id)
        .join(Response, Response.id == Answer.response_id)
        .where(Response.consultation_id == consultation_id, Answer.is_current.is_(True))
        .order_by(Answer.id, Redaction.id)
    )
    reasons: dict[Answer, list[str]] = {}
    for answer, reason in rows:
        told = reasons.setdefault(answer, [])
        if reason not in told:
            told.append(reason)
    return list(reasons.items())


def find_releases(session: Session, answer_ids: Sequence[int]) -> dict[int, Release]:
    """What was decided about publishing these answers."""
    rows = session.scalars(select(Release).where(Release.answer_id.in_(answer_ids)))
    return {row.answer_id: row for row in rows}


def list_moderation(session: Session, consultation_id: int, limit: int = 500) -> list[Moderation]:
    """The newest acts of moderation first."""
    query = select(Moderation).where(Moderation.consultation_id == consultation_id)
    return list(session.scalars(query.order_by(Moderation.id.desc()).limit(limit)))


def _select_agreed() -> Select[Any]:
    """The ids of the answers that count, are still the current ones, and may be published."""
    return (
        select(Answer.id)
        .join(Response, Response.id == Answer.response_id)
        .where(
            Response.is_counted.is_(True),
            Response.may_publish.is_(True),
            Answer.is_current.is_(True),
        )
    )


def _list(session: Session, chosen: Select[Any], limit: int) -> list[Answer]:
    chosen = chosen.order_by(Answer.id).limit(limit)
    return list(session.scalars(select(Answer).where(Answer.id.in_(chosen)).order_by(Answer.id)))


def _count(session: Session, chosen: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(chosen.subquery())) or 0


def select_published(consultation_id: int, search: str = "") -> Select[Any]:
    """The ids of published answers: consent given, released, and still the current ones."""
    query = (
        _select_agreed()
        .join(Release, Release.answer_id == Answer.id)
        .where(Response.consultation_id == consultation_id, Release.is_published.is_(True))
    )
    if search:
        query = query.where(Answer.text.icontains(search, autoescape=True))
    return query


def list_published(
    session: Session, consultation_id: int, *, search: str = "", after: int = 0, limit: int = PAGE
) -> list[Answer]:
    """Published answers in order: consent given, released, and still the current ones."""
    return _list(session, select_published(consultation_id, search).where(Answer.id > after), limit)


def count_published(session: Session, consultation_id: int, search: str = "") -> int:
    """How many :func:`list_published` would list in all."""
    return _count(session, select_published(consultation_id, search))


def _select_undecided(question_id: int) -> Select[Any]:
    return (
        _select_agreed()
        .outerjoin(Release, Release.answer_id == Answer.id)
        .where(Answer.question_id == question_id, Answer.text != "", Release.answer_id.is_(None))
    )


def list_undecided(
    session: Session, question_id: int, *, only: Sequence[int] | None = None, limit: int = PAGE
) -> list[Answer]:
    """The written answers to a question, in order, that may be published and wait for a decision;
    with *only*, those of them with these ids."""
    chosen = _select_undecided(question_id)
    if only is not None:
        chosen = chosen.where(Answer.id.in_(only))
    return _list(session, chosen, limit)


def count_undecided(session: Session, question_id: int) -> int:
    """How many :func:`list_undecided` would list in all."""
    return _count(session, _select_undecided(question_id))

"""What is made of the answers to a consultation: themes, tags, and how many say what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    delete,
    exists,
    func,
    inspect,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from voting.store.consultations import Consultation
from voting.store.database import Base
from voting.store.responses import Answer, Response

PAGE = 50


class Theme(Base):
    """What many people said. ``stance`` is the organisation's answer: accepted, not-accepted, open.

    ``summary`` is "you said", ``response`` is "we did"; both are public once the response is
    published. A theme may stand under another.
    """

    __tablename__ = "theme"
    __table_args__ = (UniqueConstraint("consultation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    meaning: Mapped[str] = mapped_column(Text, default="")  # for the coders: what belongs here
    summary: Mapped[str] = mapped_column(Text, default="")
    stance: Mapped[str] = mapped_column(String(20), default="")
    response: Mapped[str] = mapped_column(Text, default="")
    name_cy: Mapped[str] = mapped_column(String(120), default="")
    summary_cy: Mapped[str] = mapped_column(Text, default="")
    response_cy: Mapped[str] = mapped_column(Text, default="")
    responded_at: Mapped[dt.datetime | None]

    consultation: Mapped[Consultation] = relationship()
    updates: Mapped[list[ThemeUpdate]] = relationship(
        order_by="ThemeUpdate.id", cascade="all, delete-orphan"
    )


class ThemeUpdate(Base):
    """What happened later to what people said."""

    __tablename__ = "theme_update"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    at: Mapped[dt.datetime]
    text: Mapped[str] = mapped_column(Text)
    text_cy: Mapped[str] = mapped_column(Text, default="")


class Coding(Base):
    """A passage of a written answer that a coder gave a theme: characters *start* to *end*."""

    __tablename__ = "coding"
    __table_args__ = (
        UniqueConstraint("answer_id", "theme_id", "coder_id", "start", "end"),
        Index(None, "theme_id", "answer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"))
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"))
    coder_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    start: Mapped[int]
    end: Mapped[int]

    theme: Mapped[Theme] = relationship()


class Reading(Base):
    """A coder has finished with an answer; *note* is for the coders alone."""

    __tablename__ = "coding_reading"
    __table_args__ = (UniqueConstraint("answer_id", "coder_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"))
    coder_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    is_done: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")


# ------------------------------------------------------------------ answers to read


class Wanted(NamedTuple):
    """Which written answers to list."""

    question_id: int
    search: str = ""
    theme_id: int | None = None
    coder_id: int | None = None  # only those this coder has not finished with


def _written(wanted: Wanted) -> Select[Any]:
    query = (
        select(Answer.id)
        .join(Response, Response.id == Answer.response_id)
        .where(
            Answer.question_id == wanted.question_id,
            Answer.is_current.is_(True),
            Answer.text != "",
            Response.is_counted.is_(True),
        )
    )
    if wanted.search:
        query = query.where(Answer.text.icontains(wanted.search, autoescape=True))
    if wanted.theme_id is not None:
        query = query.where(
            exists().where(Coding.answer_id == Answer.id, Coding.theme_id == wanted.theme_id)
        )
    if wanted.coder_id is not None:
        finished = exists().where(
            Reading.answer_id == Answer.id,
            Reading.coder_id == wanted.coder_id,
            Reading.is_done.is_(True),
        )
        query = query.where(~finished)
    return query


def list_written(
    session: Session, wanted: Wanted, *, after: int = 0, limit: int = PAGE
) -> list[Answer]:
    """Counted written answers in order, those after answer *after*, with their responses."""
    chosen = _written(wanted).where(Answer.id > after).order_by(Answer.id).limit(limit)
    return list(session.scalars(select(Answer).where(Answer.id.in_(chosen)).order_by(Answer.id)))


def count_written(session: Session, wanted: Wanted) -> int:
    """How many :func:`list_written` would list in all."""
    return session.scalar(select(func.count()).select_from(_written(wanted).subquery())) or 0


def find_neighbour(session: Session, wanted: Wanted, answer_id: int, *, step: int) -> int | None:
    """The answer after (*step* 1) or before (-1) this one among those wanted."""
    query = _written(wanted)
    if step > 0:
        query = query.where(Answer.id > answer_id).order_by(Answer.id)
    else:
        query = query.where(Answer.id < answer_id).order_by(Answer.id.desc())
    found: int | None = session.scalar(query.limit(1))
    return found


def find_answer(session: Session, consultation_id: int, answer_id: int) -> Answer | None:
    """A current, counted, written answer of this consultation."""
    return session.scalar(
        select(Answer)
        .join(Response, Response.id == Answer.response_id)
        .where(
            Answer.id == answer_id,
            Answer.is_current.is_(True),
            Answer.text != "",
            Response.is_counted.is_(True),
            Response.consultation_id == consultation_id,
        )
    )


# ------------------------------------------------------------------ themes and tags


def list_themes(session: Session, consultation_id: int) -> list[Theme]:
    """A consultation's code book by name."""
    query = select(Theme).where(Theme.consultation_id == consultation_id).order_by(Theme.name)
    return list(session.scalars(query))


def count_uses(session: Session, consultation_id: int) -> dict[int, int]:
    """How many answers carry each theme."""
    rows = session.execute(
        select(Coding.theme_id, func.count(Coding.answer_id.distinct()))
        .join(Theme, Theme.id == Coding.theme_id)
        .join(Answer, Answer.id == Coding.answer_id)
        .where(Theme.consultation_id == consultation_id, Answer.is_current.is_(True))
        .group_by(Coding.theme_id)
    )
    return {theme: number for theme, number in rows}


def list_codings(session: Session, answer_ids: Sequence[int]) -> list[Coding]:
    """The tags on these answers, by place."""
    query = select(Coding).where(Coding.answer_id.in_(answer_ids))
    return list(session.scalars(query.order_by(Coding.answer_id, Coding.start, Coding.id)))


def list_codings_of(session: Session, question_id: int) -> list[tuple[int, int, int]]:
    """(answer, coder, theme) of every tag on the current answers to a question."""
    rows = session.execute(
        select(Coding.answer_id, Coding.coder_id, Coding.theme_id)
        .join(Answer, Answer.id == Coding.answer_id)
        .where(Answer.question_id == question_id, Answer.is_current.is_(True))
        .distinct()
    )
    return [(answer, coder, theme) for answer, coder, theme in rows]


def list_finished(session: Session, question_id: int) -> list[tuple[int, int]]:
    """(answer, coder) of each reading that is done, of the current answers to a question."""
    rows = session.execute(
        select(Reading.answer_id, Reading.coder_id)
        .join(Answer, Answer.id == Reading.answer_id)
        .where(
            Answer.question_id == question_id,
            Answer.is_current.is_(True),
            Reading.is_done.is_(True),
        )
    )
    return [(answer, coder) for answer, coder in rows]


def find_reading(session: Session, answer_id: int, coder_id: int) -> Reading | None:
    """How far this coder is with this answer."""
    query = select(Reading).where(Reading.answer_id == answer_id, Reading.coder_id == coder_id)
    return session.scalar(query)


def list_done(session: Session, answer_ids: Sequence[int], coder_id: int) -> set[int]:
    """Those of these answers that this coder has finished with."""
    query = select(Reading.answer_id).where(
        Reading.answer_id.in_(answer_ids), Reading.coder_id == coder_id, Reading.is_done.is_(True)
    )
    return set(session.scalars(query))


def list_notes(session: Session, answer_id: int) -> list[Reading]:
    """The notes of all coders on an answer."""
    query = select(Reading).where(Reading.answer_id == answer_id, Reading.note != "")
    return list(session.scalars(query.order_by(Reading.id)))


def delete_theme(session: Session, theme: Theme) -> None:
    """Remove a theme that nothing uses."""
    session.execute(delete(ThemeUpdate).where(ThemeUpdate.theme_id == theme.id))
    session.execute(delete(Theme).where(Theme.id == theme.id))


def is_used(session: Session, theme_id: int) -> bool:
    """Whether a tag or another theme hangs on this theme."""
    used = exists().where(Coding.theme_id == theme_id)
    has_parts = exists().where(Theme.parent_id == theme_id)
    return bool(session.scalar(select(or_(used, has_parts))))


def list_unanswered_themes(session: Session, proposal_id: int) -> list[str]:
    """The names of themes that are neither accepted nor declined with a reason (G4)."""
    rows = session.scalars(
        select(Theme.name)
        .join(Consultation, Consultation.id == Theme.consultation_id)
        .where(
            Consultation.proposal_id == proposal_id,
            or_(Theme.stance.not_in(("accepted", "not-accepted")), Theme.response == ""),
        )
        .order_by(Theme.name)
    )
    return list(rows)


# ------------------------------------------------------------------ counting


def list_counted(session: Session, consultation_id: int) -> list[tuple[int, int]]:
    """(response, audience) of every response that counts, in order."""
    rows = session.execute(
        select(Response.id, Response.audience_id)
        .where(Response.consultation_id == consultation_id, Response.is_counted.is_(True))
        .order_by(Response.id)
    )
    return [(response, audience) for response, audience in rows]


def count_theme_responses(session: Session, consultation_id: int) -> list[tuple[int, int, int]]:
    """(theme, audience, responses) for every theme that a current answer carries."""
    rows = session.execute(
        select(Coding.theme_id, Response.audience_id, func.count(Response.id.distinct()))
        .join(Answer, Answer.id == Coding.answer_id)
        .join(Response, Response.id == Answer.response_id)
        .where(
            Response.consultation_id == consultation_id,
            Response.is_counted.is_(True),
            Answer.is_current.is_(True),
        )
        .group_by(Coding.theme_id, Response.audience_id)
    )
    return [(theme, audience, number) for theme, audience, number in rows]


def list_response_page(
    session: Session, consultation_id: int, *, after: int, limit: int
) -> Sequence[Any]:
    """Some responses that count: id, audience's id, source, language, organisation, consent.

    Rows of the tables, not objects: an export reads thousands and keeps none.
    """
    table = inspect(Response).local_table.c
    query = (
        select(table.id, table.audience_id, table.source, table.language, table.organisation,
               table.may_publish)
        .where(
            table.consultation_id == consultation_id, table.is_counted.is_(True), table.id > after
        )
        .order_by(table.id)
        .limit(limit)
    )  # fmt: skip
    return session.connection().execute(query).all()


def list_answer_page(session: Session, first: int, last: int) -> Sequence[Any]:
    """The current answers of the responses from number *first* to *last*, as rows; they may be of
    several consultations."""
    table = inspect(Answer).local_table.c
    declined = type_coerce(table.is_declined, Integer)  # as it comes: true and false will do
    query = select(table.response_id, table.question_id, table.value, table.text, declined).where(
        table.response_id.between(first, last), table.is_current.is_(True)
    )
    return session.connection().execute(query).all()

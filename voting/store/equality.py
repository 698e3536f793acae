"""Equality monitoring: how often each answer was given, and nothing else.

There is no row for a person, no key to a response, a participant or an elector, and no time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from voting.store.database import Base


class EqualityCount(Base):
    """How many people gave one answer to one equality question of a consultation."""

    __tablename__ = "equality_count"
    __table_args__ = (UniqueConstraint("consultation_id", "question", "answer"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    question: Mapped[str] = mapped_column(String(40))
    answer: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(default=0)


def add_one(session: Session, consultation_id: int, answers: Iterable[tuple[str, str]]) -> None:
    """Count one more of each ``(question, answer)``."""
    dialect: Any = {"postgresql": postgresql, "sqlite": sqlite}[session.connection().dialect.name]
    for question, answer in sorted(answers):
        row = {"consultation_id": consultation_id, "question": question, "answer": answer}
        statement = dialect.insert(EqualityCount).values(number=1, **row)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=list(row), set_={"number": EqualityCount.number + 1}
            )
        )


def read_counts(session: Session, consultation_id: int) -> dict[str, dict[str, int]]:
    """``{question: {answer: number}}``."""
    rows = session.scalars(
        select(EqualityCount)
        .where(EqualityCount.consultation_id == consultation_id)
        .order_by(EqualityCount.question, EqualityCount.answer)
    )
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row.question, {})[row.answer] = row.number
    return counts

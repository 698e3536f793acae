"""Equality monitoring: how often each answer was given, and nothing else.

There is no row for a person, no key to a response, a participant or an elector, and no time. Nor
does the order of the rows tell anything: there is one for every answer that is offered from the
first form on, kept by its words (SQLite) and rewritten with all others by every form (PostgreSQL,
whose rows remember the transaction that wrote them last).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ForeignKey, String, case, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from voting.store.database import Base

Pair = tuple[str, str]  # question, answer


class EqualityCount(Base):
    """How many people gave one answer to one equality question of a consultation."""

    __tablename__ = "equality_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    answer: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


def add_one(
    session: Session, consultation_id: int, given: Collection[Pair], *, offered: Collection[Pair]
) -> None:
    """Count one more of each answer *given*; every row of what is *offered* is written anew."""
    _make_rows(session, consultation_id, offered)
    ours = EqualityCount.consultation_id == consultation_id
    key = tuple_(EqualityCount.question, EqualityCount.answer)
    in_order = select(EqualityCount.number).where(ours).order_by(*key.clauses)
    session.execute(in_order.with_for_update()).all()
    more = case((key.in_(list(given)), 1), else_=0) if given else 0
    counted = update(EqualityCount).where(ours).values(number=EqualityCount.number + more)
    session.execute(counted.execution_options(synchronize_session=False))


def _make_rows(session: Session, consultation_id: int, offered: Collection[Pair]) -> None:
    """A row for each answer that is offered, where there is none yet; all at once."""
    dialect: Any = {"postgresql": postgresql, "sqlite": sqlite}[session.connection().dialect.name]
    rows = [
        {"consultation_id": consultation_id, "question": question, "answer": answer, "number": 0}
        for question, answer in sorted(offered)
    ]
    session.execute(dialect.insert(EqualityCount).values(rows).on_conflict_do_nothing())


def read_counts(session: Session, consultation_id: int) -> dict[str, dict[str, int]]:
    """``{question: {answer: number}}`` of the answers that were given."""
    rows = session.execute(
        select(EqualityCount.question, EqualityCount.answer, EqualityCount.number)
        .where(EqualityCount.consultation_id == consultation_id, EqualityCount.number > 0)
        .order_by(EqualityCount.question, EqualityCount.answer)
    )
    counts: dict[str, dict[str, int]] = {}
    for question, answer, number in rows:
        counts.setdefault(question, {})[answer] = number
    return counts

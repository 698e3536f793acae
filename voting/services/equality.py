"""Equality monitoring: a form of its own after a response, kept as counts alone (E1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.domain.consulting import Stage, require_open
from voting.domain.disclosure import THRESHOLD, Shown, protect_counts
from voting.domain.equality import QUESTIONS
from voting.domain.errors import Conflict, FieldError, refuse_faults
from voting.domain.retention import RESPONSES, require_kept
from voting.store import equality
from voting.store.consultations import Consultation, lock_consultation

OFFERED = [(code, each) for code, question in QUESTIONS.items() for each in question.answers]


@dataclass(frozen=True, slots=True)
class EqualityTable:
    """How often each answer to one question was given; None where that is not shown (D1)."""

    code: str
    total: Shown
    answers: tuple[tuple[str, Shown], ...]


def count_answers(
    session: Session, consultation: Consultation, given: Mapping[str, str], *, now: dt.datetime
) -> None:
    """Count one form: ``{question: answer}``, codes of ``domain.equality``; skipped ones left out.

    Raises BadInput with each answer that the form does not offer, and NotOpen or Closed: the counts
    can be seen from the close on, and two looks would tell what a form between them said.
    """
    consultation = lock_consultation(session, consultation.id)
    require_open(consultation.state, consultation.closes_at, now)
    faults = [
        FieldError(code, "Select one of the answers shown.")
        for code, answer in given.items()
        if code not in QUESTIONS or answer not in QUESTIONS[code].answers
    ]
    refuse_faults(faults)
    equality.add_one(session, consultation.id, given.items(), offered=OFFERED)


def list_tables(session: Session, consultation: Consultation) -> list[EqualityTable]:
    """The counts of each question, small ones left out and with them what would tell them.

    Raises Conflict before the close, when two looks would tell what came between, and once the
    counts were destroyed.
    """
    if consultation.state != Stage.CLOSED:
        raise Conflict("These counts can be seen once the consultation has closed.")
    require_kept(consultation.purged_at, RESPONSES)
    counted = equality.read_counts(session, consultation.id)
    tables = []
    for code, question in QUESTIONS.items():
        numbers = [counted.get(code, {}).get(answer, 0) for answer in question.answers]
        total = sum(numbers)
        is_shown = total >= THRESHOLD
        shown = protect_counts(numbers) if is_shown else (None,) * len(numbers)
        pairs = tuple(zip(question.answers, shown, strict=True))
        tables.append(EqualityTable(code, total if is_shown else None, pairs))
    return tables

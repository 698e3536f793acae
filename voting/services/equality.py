"""Equality monitoring: a form of its own after a response, kept as counts alone (E1)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from voting.domain.equality import QUESTIONS
from voting.domain.errors import FieldError, refuse_faults
from voting.store import equality
from voting.store.consultations import Consultation


def count_answers(session: Session, consultation: Consultation, given: Mapping[str, str]) -> None:
    """Count one form: ``{question: answer}``, codes of ``domain.equality``; skipped ones left out.

    Raises BadInput with each answer that the form does not offer; nothing is counted then.
    """
    faults = [
        FieldError(code, "Select one of the answers shown.")
        for code, answer in given.items()
        if code not in QUESTIONS or answer not in QUESTIONS[code].answers
    ]
    refuse_faults(faults)
    equality.add_one(session, consultation.id, given.items())

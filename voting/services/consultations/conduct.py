"""A consultation's life: opened, extended, closed; and its numbers while it runs."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json, canonical_time
from voting.domain.consulting import (
    LONGEST,
    Stage,
    check_unchecked,
    get_response_date,
    show_number,
)
from voting.domain.disclosure import protect_counts
from voting.domain.errors import Conflict, FieldError, refuse_faults
from voting.domain.wording import check_both, read_words
from voting.services.consultations.commitment import commit_responses
from voting.services.consultations.readiness import list_checks
from voting.store.consultations import Consultation, describe, list_due_to_close
from voting.store.participants import count_invited
from voting.store.proposals import append_act
from voting.store.responses import count_responses, list_unchecked

REASON_LIMIT = 1_000
_STANDING = {
    Stage.DRAFT: "is still a draft",
    Stage.OPEN: "is open",
    Stage.CLOSED: "has closed",
}


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many of an audience were invited and have answered; ``responses`` None: under 10.

    Nobody is invited where anyone may join: ``is_public``.
    """

    name: str
    invited: int
    responses: int | None
    is_public: bool


def open_consultation(session: Session, consultation: Consultation, *, now: dt.datetime) -> None:
    """Open a draft; from then on its questions are fixed. Raises Conflict with what is missing."""
    require_stage(consultation, Stage.DRAFT)
    checks = list_checks(session, consultation, now=now)
    problems = [told for check in checks for told in check.problems]
    if problems:
        raise Conflict(f"This consultation cannot be opened yet. {' '.join(problems)}")
    frozen = canonical_json(describe(consultation))
    consultation.frozen_json = frozen.decode()
    consultation.frozen_hash = hashlib.sha256(frozen).hexdigest()
    consultation.state = Stage.OPEN
    consultation.opened_at = now
    details = {
        "hash": consultation.frozen_hash,
        "audiences": [audience.name for audience in consultation.audiences],
        "closes": _tell(consultation.closes_at),
        "reason": consultation.dates_reason,
        **({"reason_cy": consultation.dates_reason_cy} if consultation.dates_reason_cy else {}),
    }
    record(session, consultation, "consultation-opened", now, details)


def extend(
    session: Session,
    consultation: Consultation,
    *,
    closes_at: dt.datetime,
    reason: str,
    now: dt.datetime,
    reason_cy: str = "",
) -> None:
    """Let an open consultation close later, for a public reason. Raises BadInput or Conflict."""
    require_stage(consultation, Stage.OPEN)
    before = consultation.closes_at
    words = read_words(reason, reason_cy, bilingual=consultation.needs_welsh)
    faults = check_both("reason", "the reason", words, limit=REASON_LIMIT)
    if closes_at <= now or (before is not None and closes_at <= before):
        faults.append(FieldError("closes", "Enter a time later than the present closing time."))
    elif closes_at > now + LONGEST:
        faults.append(FieldError("closes", "Enter a time within a year from now."))
    refuse_faults(faults)
    consultation.closes_at = closes_at
    details = {"from": _tell(before), "closes": _tell(closes_at), **words.tell("reason")}
    record(session, consultation, "consultation-extended", now, details)


def close(
    session: Session,
    consultation: Consultation,
    *,
    now: dt.datetime,
    reason: str = "",
    reason_cy: str = "",
    unchecked: bool = False,
) -> None:
    """Close an open consultation and set the date of the response (C1).

    Before its closing time a public *reason* is needed, and *unchecked* to say that typed answers
    which wait for a second person are checked later. Raises BadInput or Conflict.
    """
    require_stage(consultation, Stage.OPEN)
    closes_at = consultation.closes_at or now
    is_early = now < closes_at
    words = read_words(reason, reason_cy, bilingual=consultation.needs_welsh)
    faults = check_both("reason", "the reason", words, limit=REASON_LIMIT, required=is_early)
    if is_early:
        waiting = len(list_unchecked(session, consultation.id))
        faults += check_unchecked(waiting, is_known=unchecked)
    refuse_faults(faults)
    consultation.state = Stage.CLOSED
    consultation.closed_at = now if is_early else closes_at
    consultation.respond_by = get_response_date(consultation.closed_at)
    responses = sum(count_responses(session, consultation.id).values())
    details = {
        "responses": show_number(responses),
        "responses_hash": commit_responses(session, consultation),
        "respond_by": _tell(consultation.respond_by),
        **words.tell("reason"),
    }
    record(session, consultation, "consultation-closed", now, details)


def close_due(session: Session, now: dt.datetime) -> int:
    """Close every open consultation whose time is over; how many."""
    due = list_due_to_close(session, now)
    for consultation in due:
        close(session, consultation, now=now)
    return len(due)


def list_turnout(session: Session, consultation: Consultation) -> list[Turnout]:
    """How many of each audience have answered; never who, nor what.

    Small numbers are hidden, and others from which, with the public total, they could be found.
    """
    counts = count_responses(session, consultation.id)
    audiences = consultation.audiences
    shown = protect_counts([counts.get(audience.id, 0) for audience in audiences])
    return [
        Turnout(audience.name, count_invited(session, audience.id), number, audience.is_public)
        for audience, number in zip(audiences, shown, strict=True)
    ]


def require_stage(consultation: Consultation, wanted: Stage) -> None:
    """Raise Conflict unless the consultation stands at *wanted*."""
    if consultation.state != wanted:
        raise Conflict(f"This consultation {_STANDING[Stage(consultation.state)]}.")


def record(
    session: Session,
    consultation: Consultation,
    kind: str,
    now: dt.datetime,
    details: Mapping[str, object],
) -> None:
    """Put an act into the proposal's public trail."""
    told = {"consultation": consultation.slug, **details}
    append_act(session, consultation.proposal_id, None, kind, now=now, details=told)


def _tell(at: dt.datetime | None) -> str | None:
    return None if at is None else canonical_time(at)

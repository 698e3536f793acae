"""Keeping the answers to a consultation as long as was promised, longer on hold; then no more."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.domain.consulting import Stage, show_number
from voting.domain.errors import Conflict, refuse_faults
from voting.domain.retention import (
    RESPONSES,
    kept_until,
    require_kept,
    require_purgeable,
    require_typed,
)
from voting.domain.wording import check_both, read_words
from voting.store import expiry
from voting.store.consultations import Consultation, lock_consultation
from voting.store.proposals import append_act


@dataclass(frozen=True, slots=True)
class Expiry:
    """What a purge would destroy, and why it cannot be done yet ("" when it can)."""

    until: dt.datetime | None
    kept: dict[str, int]
    obstacle: str

    @property
    def total(self) -> int:
        """The number of responses: what is typed to confirm."""
        return self.kept["responses"]


def find_end(consultation: Consultation) -> dt.datetime | None:
    """Until when the answers are kept, as their givers were told; None before the close."""
    if consultation.state != Stage.CLOSED or consultation.closed_at is None:
        return None
    return kept_until(consultation.closed_at, consultation.retention_months)


def preview(session: Session, consultation: Consultation, *, now: dt.datetime) -> Expiry:
    """What would be destroyed now. Nothing is changed."""
    until, obstacle = find_end(consultation), ""
    try:
        _require_purgeable(consultation, now)
    except Conflict as refusal:
        obstacle = refusal.message
    return Expiry(until, expiry.count_kept(session, consultation.id), obstacle)


def purge(
    session: Session, consultation: Consultation, *, typed: str, by: str, now: dt.datetime
) -> dict[str, int]:
    """Destroy the responses and all that ties them to people, and put that on the public trail.

    Stays: the report, the response, the themes, and published answers as they were published.
    *typed* must be the number of responses; *by* says who did it. Raises Conflict before its time,
    on hold, or twice; BadInput (field typed).
    """
    consultation = lock_consultation(session, consultation.id)
    _require_purgeable(consultation, now)
    kept = expiry.count_kept(session, consultation.id)
    require_typed(typed, kept["responses"], RESPONSES)
    expiry.destroy(session, consultation.id)
    consultation.purged_at = now
    details = {
        "consultation": consultation.slug,
        "by": by,
        "responses": show_number(kept["responses"]),
        "published_kept": kept["published"],
    }
    place = consultation.proposal_id
    append_act(session, place, None, "responses-destroyed", now=now, details=details)
    return kept


def place_hold(
    session: Session,
    consultation: Consultation,
    *,
    reason: str,
    reason_cy: str = "",
    now: dt.datetime,
) -> None:
    """Keep the answers until the hold is lifted, whatever the time; the reason is published."""
    _set_hold(session, consultation, (reason, reason_cy), "responses-held", now)


def lift_hold(
    session: Session,
    consultation: Consultation,
    *,
    reason: str,
    reason_cy: str = "",
    now: dt.datetime,
) -> None:
    """Lift a legal hold, with a reason that is published."""
    _set_hold(session, consultation, (reason, reason_cy), "responses-hold-lifted", now)


def _require_purgeable(consultation: Consultation, now: dt.datetime) -> None:
    until = find_end(consultation)
    hold, purged_at = consultation.hold_reason, consultation.purged_at
    require_purgeable(until, hold, purged_at, now, RESPONSES)


def _set_hold(
    session: Session,
    consultation: Consultation,
    reason: tuple[str, str],
    kind: str,
    now: dt.datetime,
) -> None:
    consultation = lock_consultation(session, consultation.id)
    placing = kind == "responses-held"
    require_kept(consultation.purged_at, RESPONSES)
    if consultation.state == Stage.DRAFT or bool(consultation.hold_reason) is placing:
        raise Conflict(
            "The answers are on hold already." if placing else "The answers are not on hold."
        )
    bilingual = consultation.needs_welsh
    words = read_words(*reason, bilingual=bilingual)
    refuse_faults(check_both("reason", "the reason, which is published", words, limit=1_000))
    consultation.hold_reason = words.english if placing else ""
    consultation.hold_reason_cy = words.welsh if placing else ""
    details = {"consultation": consultation.slug, **words.tell("reason")}
    append_act(session, consultation.proposal_id, None, kind, now=now, details=details)

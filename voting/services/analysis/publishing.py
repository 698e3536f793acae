"""The day the response is published, with the report, on the public trail."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from voting.domain.consulting import check_unchecked
from voting.domain.errors import Conflict, refuse_faults
from voting.domain.retention import RESPONSES, require_kept
from voting.services.analysis.answering import keep_response
from voting.services.analysis.moderation import require_closed
from voting.services.analysis.report import keep_report
from voting.store import analysis
from voting.store.analysis import Theme
from voting.store.consultations import Consultation, lock_consultation
from voting.store.proposals import append_act
from voting.store.responses import list_unchecked


def publish_response(
    session: Session, consultation: Consultation, *, now: dt.datetime, unchecked: bool = False
) -> None:
    """Publish the organisation's answer to every theme, with the report (C1).

    Both are on the public trail by their hashes. Publishing again makes a new edition. Typed
    answers that no second person has checked never count from then on: *unchecked* says that this
    is known, and the trail says how many they were. Raises BadInput for ``unchecked``, and
    Conflict while the consultation is open, while a theme has no answer or is not in Welsh though
    the rest is, and once the answers were destroyed: a report could not count them any more.
    """
    require_closed(consultation)
    require_kept(consultation.purged_at, RESPONSES)
    themes = _list_answered(session, consultation)
    lock_consultation(session, consultation.id)
    waiting = len(list_unchecked(session, consultation.id))
    refuse_faults(check_unchecked(waiting, is_known=unchecked or bool(consultation.answered_at)))
    details = {
        "consultation": consultation.slug,
        "themes": len(themes),
        "left_out": waiting,
        "hash": keep_response(session, consultation, themes),
        "again": consultation.answered_at is not None,
    }
    consultation.answered_at = consultation.answered_at or now
    append_act(
        session, consultation.proposal_id, None, "response-published", now=now, details=details
    )
    _publish_report(session, consultation, now)


def _publish_report(session: Session, consultation: Consultation, now: dt.datetime) -> None:
    report = keep_report(session, consultation, now=now)
    details = {
        "consultation": consultation.slug,
        "edition": report.edition,
        "hash": report.sha256,
        **({"hash_cy": report.sha256_cy} if report.sha256_cy else {}),
        "data_hash": report.data_hash,
    }
    append_act(
        session, consultation.proposal_id, None, "report-published", now=now, details=details
    )


def _list_answered(session: Session, consultation: Consultation) -> list[Theme]:
    """Every theme. Raises Conflict unless there is one, and each has its answer, as promised."""
    themes = analysis.list_themes(session, consultation.id)
    if not themes:
        raise Conflict("There is no theme yet. Say what people said before you answer it.")
    without = [theme.name for theme in themes if not theme.stance or not theme.response]
    if without:
        raise Conflict(f"These themes have no answer yet: {', '.join(without)}.")
    _require_welsh(consultation, themes)
    return themes


def _require_welsh(consultation: Consultation, themes: list[Theme]) -> None:
    """Raise Conflict naming the themes that are in English alone, where both are promised."""
    if not consultation.needs_welsh:
        return
    alone = [
        theme.name for theme in themes
        if not (theme.name_cy and theme.summary_cy and theme.response_cy)
    ]  # fmt: skip
    if alone:
        raise Conflict(f"These themes are not in Welsh yet: {', '.join(alone)}.")

"""We asked, you said, we did: the organisation's answer to each theme, and what came of it."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json
from voting.domain.errors import Conflict, FieldError, refuse_faults
from voting.domain.wording import check_text, clean_text
from voting.services.analysis.moderation import require_closed
from voting.store.analysis import Theme, ThemeUpdate
from voting.store.consultations import Consultation
from voting.store.proposals import append_act

TEXT_LIMIT = 5_000
STANCES = {
    "accepted": "Accepted",
    "not-accepted": "Not accepted, because",
    "open": "Still open",
}


def answer_theme(
    session: Session,
    consultation: Consultation,
    theme: Theme,
    *,
    summary: str,
    stance: str,
    response: str,
    now: dt.datetime,
) -> None:
    """Write what people said and what the organisation does about it.

    Raises BadInput naming ``summary``, ``stance`` or ``response``, Conflict before the close.
    """
    require_closed(consultation)
    summary, response = clean_text(summary), clean_text(response)
    faults = check_text("summary", "what people said", summary, limit=TEXT_LIMIT)
    if stance not in STANCES:
        faults.append(FieldError("stance", "Select what the organisation's answer is."))
    faults += check_text("response", "the organisation's answer", response, limit=TEXT_LIMIT)
    refuse_faults(faults)
    theme.summary, theme.stance, theme.response = summary, stance, response
    theme.responded_at = now
    session.flush()


def add_update(session: Session, theme: Theme, *, text: str, now: dt.datetime) -> ThemeUpdate:
    """Say what came of a theme since. Raises BadInput, or Conflict before it was answered."""
    text = clean_text(text)
    refuse_faults(check_text("text", "what happened since", text, limit=TEXT_LIMIT))
    if theme.consultation.answered_at is None:
        raise Conflict("The response is not published yet. Write this into the response itself.")
    made = ThemeUpdate(theme_id=theme.id, at=now, text=text)
    theme.updates.append(made)
    session.flush()
    details = {"consultation": theme.consultation.slug, "theme": theme.name, "text": text}
    append_act(
        session,
        theme.consultation.proposal_id,
        None,
        "theme-updated",
        now=now,
        details=details,
    )
    return made


def describe_response(themes: list[Theme]) -> list[dict[str, object]]:
    """The answers as plain values, by name."""
    names = {theme.id: theme.name for theme in themes}
    return [
        {
            "theme": theme.name,
            "under": names.get(theme.parent_id) if theme.parent_id else None,
            "said": theme.summary,
            "stance": theme.stance,
            "answer": theme.response,
        }
        for theme in themes
    ]


def hash_response(themes: list[Theme]) -> str:
    """The hexadecimal SHA-256 of the answers."""
    return hashlib.sha256(canonical_json(describe_response(themes))).hexdigest()

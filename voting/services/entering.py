"""Responses that came on paper or by telephone: typed in by one person, checked by another."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy.orm import Session

from voting.domain.consulting import require_open
from voting.domain.errors import Conflict, FieldError, refuse_faults
from voting.domain.wording import check_text, clean_line
from voting.store.consultations import Audience, Consultation, lock_consultation
from voting.store.responses import Response, delete_response, lock_response


def enter(
    session: Session,
    audience: Audience,
    *,
    source: str,
    reference: str,
    account_id: int,
    now: dt.datetime,
    language: str = "en",
) -> Response:
    """Begin a response that came on paper or by telephone, typed in by an account.

    *language* is the one it was given in. Raises BadInput, NotOpen or Closed.
    """
    consultation = audience.consultation
    require_open(consultation.state, consultation.closes_at, now)
    reference = clean_line(reference)
    faults = check_text("reference", "the reference", reference, limit=100)
    if source not in ("paper", "telephone"):
        faults.append(FieldError("source", "Select how the answers came."))
    if language not in ("en", "cy"):
        faults.append(FieldError("language", "Select the language of the answers."))
    refuse_faults(faults)
    response = Response(
        consultation_id=consultation.id,
        audience_id=audience.id,
        handle=f"{source}:{secrets.token_hex(16)}",
        source=source,
        reference=reference,
        entered_by_id=account_id,
        language=language,
    )
    session.add(response)
    session.flush()
    return response


def check_entered(session: Session, response: Response, *, account_id: int) -> None:
    """Say that a typed response is what the paper says.

    Raises Conflict for who typed it in, and once the response to the consultation was published:
    its report could not count it any more.
    """
    if response.source == "online" or response.submitted_at is None:
        raise Conflict("This response does not wait for a check.")
    if response.entered_by_id == account_id:
        raise Conflict("You typed these answers in. Another person must check them.")
    require_unpublished(lock_consultation(session, response.consultation_id))
    response = lock_response(session, response.id)
    if response.checked_by_id is None:
        response.checked_by_id = account_id
        response.is_counted = True
        session.flush()


def require_unpublished(consultation: Consultation) -> None:
    """Raise Conflict once the response to the consultation was published."""
    if consultation.answered_at is not None:
        raise Conflict(
            "The response to this consultation is published, with a report that does not count "
            "these answers. They can no longer be checked."
        )


def discard(session: Session, response: Response) -> None:
    """Drop a typed response that is not what the paper says. Raises Conflict once it counts."""
    if response.source == "online" or response.is_counted:
        raise Conflict("This response does not wait for a check.")
    delete_response(session, response)

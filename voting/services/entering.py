"""Responses that came on paper or by telephone: typed in by one person, checked by another."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy.orm import Session

from voting.domain.consulting import hash_sent, require_open
from voting.domain.errors import Closed, Conflict, FieldError, refuse_faults
from voting.domain.wording import check_text, clean_line
from voting.store.consultations import Audience, Consultation, lock_consultation
from voting.store.proposals import append_act
from voting.store.responses import Response, delete_response, iter_sent, lock_response


def enter(
    session: Session,
    audience: Audience,
    *,
    source: str,
    reference: str,
    account_id: int,
    now: dt.datetime,
    language: str = "en",
    in_time: bool = False,
) -> Response:
    """Begin a response that came on paper or by telephone, typed in by an account.

    *language* is the one it was given in. After the close *in_time* says that it came before, until
    the response to the consultation is published. Raises BadInput, NotOpen or Conflict.
    """
    consultation = audience.consultation
    is_late = is_over(consultation, now)
    reference = clean_line(reference)
    faults = _check_entry(source, reference, language)
    if is_late and not in_time:
        told = (
            "Say that these answers came before the consultation closed. Later ones cannot count."
        )
        faults.append(FieldError("in_time", told))
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


def _check_entry(source: str, reference: str, language: str) -> list[FieldError]:
    faults = check_text("reference", "the reference", reference, limit=100)
    if source not in ("paper", "telephone"):
        faults.append(FieldError("source", "Select how the answers came."))
    if language not in ("en", "cy"):
        faults.append(FieldError("language", "Select the language of the answers."))
    return faults


def tell_late(session: Session, response: Response, *, now: dt.datetime) -> None:
    """Put on the public record that answers were typed in after the close, with their hash.

    It is the line that the list of all responses at the close lacks. Nothing is told before it.
    """
    consultation = response.consultation
    if not is_over(consultation, now):
        return
    ((handle, parts),) = iter_sent(session, consultation.id, response.handle)
    details = {
        "consultation": consultation.slug,
        "source": response.source,
        "sha256": hash_sent(handle, parts),
        "account": response.entered_by_id,
    }
    place = consultation.proposal_id
    append_act(session, place, None, "late-answers-typed", now=now, details=details)


def is_over(consultation: Consultation, now: dt.datetime) -> bool:
    """Whether the consultation is over, and typed answers must have come before that.

    Raises NotOpen for a draft, Conflict once the response was published.
    """
    require_unpublished(consultation)
    try:
        require_open(consultation.state, consultation.closes_at, now)
    except Closed:
        return True
    return False


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

"""What binds a consultation to the answers it got: one hash on the public trail at the close.

It is the hash of a list of hashes, one for each response that was sent, which is published, so that
whoever answered can find the one that their letter tells. The list is in the order of the hashes
and says nothing of who, when or what.
"""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from voting.domain.consulting import hash_sent, show_number
from voting.domain.disclosure import is_apart
from voting.store.consultations import Consultation
from voting.store.record import keep_text
from voting.store.responses import count_responses, iter_sent


def list_hashes(session: Session, consultation_id: int) -> list[str]:
    """The hash of every response that was sent, in their own order."""
    return sorted(hash_sent(*sent) for sent in iter_sent(session, consultation_id))


def commit_responses(session: Session, consultation: Consultation) -> str:
    """The hexadecimal SHA-256 of the list of the hashes of all responses, one a line.

    The list is kept for the public record unless its length told a small number of people (D1): so
    few that sent answers, or that sent some which nobody has checked.
    """
    hashes = list_hashes(session, consultation.id)
    listed = "".join(f"{each}\n" for each in hashes).encode()
    counted = sum(count_responses(session, consultation.id).values())
    if show_number(len(hashes)) is not None and is_apart(len(hashes), counted):
        keep_text(session, consultation.proposal_id, listed)
    return hashlib.sha256(listed).hexdigest()

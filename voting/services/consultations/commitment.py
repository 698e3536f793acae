"""What binds a consultation to the answers it got: one hash on the public trail at the close."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json
from voting.store.responses import iter_sent


def commit_responses(session: Session, consultation_id: int) -> str:
    """The hexadecimal SHA-256 over the hashes of all responses that were sent, in their order.

    The hash of a response is over the handle it is kept under and its answers and files. The handle
    is a keyed hash that nobody outside knows, so that no answer can be found by trying.
    """
    whole = hashlib.sha256()
    for sent in iter_sent(session, consultation_id):
        whole.update(hashlib.sha256(canonical_json(sent)).digest())
    return whole.hexdigest()

"""What a decision rests on: each piece named, with the hash that it has in the public record."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from voting.domain.canonical import canonical_json


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece. No hash means that it is missing; ``note`` says what was checked or lacks."""

    kind: str  # page, document, equality-impact, consultation, consultation-report, poll
    title: str
    hash: str = ""
    reference: str = ""  # what finds it: document/version, a poll's address, report@edition
    note: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether there is no such piece."""
        return not self.hash


def hash_evidence(pieces: Sequence[Evidence]) -> str:
    """The SHA-256 of all pieces in their order."""
    return hashlib.sha256(canonical_json([asdict(piece) for piece in pieces])).hexdigest()

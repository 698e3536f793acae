"""Texts as they were published at one time, under the hash that the public trail tells of them.

Most of what an act tells the hash of is kept where it belongs, in every version. Kept here is what
is changed in place later: the response to a consultation, the answer to a question, an update.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from voting.store.board import NO_END, BoardData, BoardEvent
from voting.store.database import Base
from voting.store.proposals import Act


class RecordText(Base):
    """The bytes that were hashed; the same ones are kept once."""

    __tablename__ = "record_text"
    __table_args__ = (UniqueConstraint("proposal_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


def keep_text(session: Session, proposal_id: int, content: bytes) -> str:
    """Keep *content* for the public record of a proposal; its hexadecimal SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    if find_text(session, proposal_id, digest) is None:
        session.add(RecordText(proposal_id=proposal_id, sha256=digest, content=content))
        session.flush()
    return digest


def find_text(session: Session, proposal_id: int, digest: str) -> RecordText | None:
    """The text of a proposal with this hash."""
    query = select(RecordText).where(
        RecordText.proposal_id == proposal_id, RecordText.sha256 == digest
    )
    return session.scalar(query)


def list_kept(session: Session, proposal_id: int) -> Collection[str]:
    """The hashes of all texts that are kept of a proposal."""
    query = select(RecordText.sha256).where(RecordText.proposal_id == proposal_id)
    return frozenset(session.scalars(query))


def list_telling(session: Session, proposal_id: int, digest: str) -> list[Act]:
    """The acts of a proposal in whose words this hash stands, in order."""
    query = select(Act).where(Act.proposal_id == proposal_id, Act.body.contains(digest))
    return list(session.scalars(query.order_by(Act.position)))


def find_piece(
    session: Session, election_id: int, digest: str, *, before: int = NO_END
) -> bytes | None:
    """The event, or the part of one, with this hexadecimal SHA-256 before a position; no ballot."""
    events = select(BoardEvent.position).where(
        BoardEvent.election_id == election_id,
        BoardEvent.credential.is_(None),  # an index leads past all ballots
        BoardEvent.position < before,
    )
    for table in (BoardEvent, BoardData):
        found: bytes | None = session.scalar(
            select(table.body).where(
                table.election_id == election_id,
                table.position.in_(events),
                table.hash == digest,
            )
        )
        if found is not None:
            return found
    return None

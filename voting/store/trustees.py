"""Scrutineers: who watches a poll and holds a part of its key, and what came from each of them.

What they send is kept as bytes. Nothing here can open a vote: private keys never leave their
machines, and what is kept of them is sealed to their own keys.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

from voting.domain.holding import Standing
from voting.store.accounts import Account
from voting.store.database import Base
from voting.store.polls import Poll
from voting.store.proposals import ProposalRole


class Scrutineer(Base):
    """One scrutineer of one poll. ``position`` counts from 1 and is their index in the key."""

    __tablename__ = "scrutineer"
    __table_args__ = (
        UniqueConstraint("poll_id", "position"),
        UniqueConstraint("poll_id", "email_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))  # casefolded
    organisation: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="en")
    link_generation: Mapped[int] = mapped_column(default=1)
    certificate: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    contribution: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    output: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    certified_at: Mapped[dt.datetime | None]
    proved_at: Mapped[dt.datetime | None]
    contributed_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]  # their part of the key is made
    approved_at: Mapped[dt.datetime | None]
    lost_at: Mapped[dt.datetime | None]

    poll: Mapped[Poll] = relationship()

    @property
    def standing(self) -> Standing:
        """What was received from this scrutineer."""
        return Standing(
            has_certificate=self.certified_at is not None,
            has_proved=self.proved_at is not None,
            has_contributed=self.contributed_at is not None,
            has_output=self.finished_at is not None,
            has_approved=self.approved_at is not None,
            has_lost=self.lost_at is not None,
        )

    def forget_keys(self) -> None:
        """Take back everything that belongs to a ceremony, so that another one can begin."""
        self.certificate = self.contribution = self.output = None
        self.certified_at = self.proved_at = self.contributed_at = None
        self.finished_at = self.approved_at = self.lost_at = None

    def __repr__(self) -> str:
        return f"<Scrutineer {self.id} {self.position} of poll {self.poll_id}>"


def list_scrutineers(session: Session, poll_id: int) -> list[Scrutineer]:
    """The scrutineers of a poll in the order of their positions."""
    return list(
        session.scalars(
            select(Scrutineer).where(Scrutineer.poll_id == poll_id).order_by(Scrutineer.position)
        )
    )


def find_scrutineer(session: Session, poll_id: int, position: int) -> Scrutineer | None:
    """The scrutineer of a poll at this position."""
    return session.scalar(
        select(Scrutineer).where(Scrutineer.poll_id == poll_id, Scrutineer.position == position)
    )


def is_scrutineer_of(session: Session, proposal_id: int, email_key: str) -> bool:
    """Whether this address watches any poll of the proposal."""
    query = select(Scrutineer.id).join(Poll, Poll.id == Scrutineer.poll_id)
    query = query.where(Poll.proposal_id == proposal_id, Scrutineer.email_key == email_key)
    return session.scalar(query.limit(1)) is not None


def list_role_addresses(session: Session, proposal_id: int, role: str) -> list[str]:
    """The mail addresses of the accounts that hold *role* in the proposal."""
    return list(
        session.scalars(
            select(Account.email)
            .join(ProposalRole, ProposalRole.account_id == Account.id)
            .where(ProposalRole.proposal_id == proposal_id, ProposalRole.role == role)
        )
    )


def count_scrutineers(session: Session, poll_id: int) -> int:
    """How many scrutineers a poll has."""
    query = select(func.count()).select_from(Scrutineer).where(Scrutineer.poll_id == poll_id)
    return session.scalar(query) or 0

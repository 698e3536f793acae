"""Proposals, their constituencies, who organises them, and the public trail of acts."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from voting.domain.canonical import canonical_json, canonical_time
from voting.store.accounts import Account
from voting.store.database import Base
from voting.store.hub import Hub
from voting.store.languages import InTwoLanguages


class Proposal(InTwoLanguages, Base):
    """The whole exercise put to people ("Should Leisure Services become a mutual?")."""

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200))
    deciding: Mapped[str] = mapped_column(Text)  # what is being decided
    still_open: Mapped[str] = mapped_column(Text)  # what is still open
    contact_name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(254))
    contact_phone: Mapped[str] = mapped_column(String(60), default="")
    scrutineer_contact: Mapped[str] = mapped_column(Text, default="")
    scrutineer_contact_cy: Mapped[str] = mapped_column(Text, default="")  # the same in Welsh
    created_at: Mapped[dt.datetime]

    constituencies: Mapped[list[Constituency]] = relationship(
        primaryjoin="and_(Proposal.id == Constituency.proposal_id, "
        "Constituency.joined_to_id.is_(None))",
        order_by="Constituency.position",
        back_populates="proposal",
    )  # those that are counted: none that was joined to another
    every_constituency: Mapped[list[Constituency]] = relationship(
        order_by="Constituency.position", viewonly=True
    )  # also those that were joined: what was done before names them
    hub: Mapped[Hub | None] = relationship(viewonly=True)

    @property
    def is_bilingual(self) -> bool:
        """Whether it is put to people in English and in Welsh."""
        return self.hub is not None and self.hub.is_bilingual

    @property
    def title_cy(self) -> str:
        """The title in Welsh; empty where there is none."""
        return self.hub.title_cy if self.hub and self.is_bilingual else ""

    @property
    def deciding_cy(self) -> str:
        """What is being decided, in Welsh."""
        return self.hub.deciding_cy if self.hub and self.is_bilingual else ""

    @property
    def still_open_cy(self) -> str:
        """What is still open, in Welsh."""
        return self.hub.still_open_cy if self.hub and self.is_bilingual else ""


class ProposalRole(Base):
    """An account's part in one proposal: ``organiser`` or ``commissioner``."""

    __tablename__ = "proposal_role"
    __table_args__ = (UniqueConstraint("proposal_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))


class Constituency(Base):
    """A part of the electorate that is counted by itself (staff, users, community)."""

    __tablename__ = "constituency"
    __table_args__ = (UniqueConstraint("proposal_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    code: Mapped[str] = mapped_column(String(40))  # lower-case letters, digits, hyphens
    name: Mapped[str] = mapped_column(String(100))
    name_cy: Mapped[str] = mapped_column(String(100), default="")
    position: Mapped[int]
    joined_to_id: Mapped[int | None] = mapped_column(ForeignKey("constituency.id"))

    proposal: Mapped[Proposal] = relationship(back_populates="constituencies")


class Act(Base):
    """One link of a proposal's public, hash-chained trail of what was done, when and why."""

    __tablename__ = "act"
    __table_args__ = (UniqueConstraint("proposal_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("poll.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))  # frozen, opened, extended, cancelled, closed ...
    at: Mapped[dt.datetime]
    body: Mapped[str] = mapped_column(Text)  # canonical JSON: what is hashed
    hash: Mapped[str] = mapped_column(String(64))


def find_proposal(session: Session, slug: str) -> Proposal | None:
    """The proposal with this slug."""
    return session.scalar(select(Proposal).where(Proposal.slug == slug))


def list_proposals_of(session: Session, account_id: int, role: str) -> list[Proposal]:
    """The proposals in which this account holds *role*, newest first."""
    return list(
        session.scalars(
            select(Proposal)
            .join(ProposalRole)
            .where(ProposalRole.account_id == account_id, ProposalRole.role == role)
            .order_by(Proposal.id.desc())
        )
    )


def list_proposals(session: Session) -> list[Proposal]:
    """All proposals, newest first."""
    return list(session.scalars(select(Proposal).order_by(Proposal.id.desc())))


def has_role(session: Session, proposal_id: int, account_id: int, role: str) -> bool:
    """Whether the account holds *role* in the proposal."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ProposalRole)
            .where(
                ProposalRole.proposal_id == proposal_id,
                ProposalRole.account_id == account_id,
                ProposalRole.role == role,
            )
        )
        or 0
    ) > 0


def find_part(session: Session, proposal_id: int, account_id: int) -> ProposalRole | None:
    """The one part that an account has in a proposal."""
    return session.scalar(
        select(ProposalRole).where(
            ProposalRole.proposal_id == proposal_id, ProposalRole.account_id == account_id
        )
    )


def drop_role(session: Session, proposal_id: int, role: str) -> None:
    """Let nobody hold *role* in a proposal any more."""
    which = ProposalRole.proposal_id == proposal_id, ProposalRole.role == role
    session.execute(delete(ProposalRole).where(*which))


def list_accounts_in(session: Session, proposal_id: int, role: str) -> list[Account]:
    """The accounts that hold *role* in a proposal, in the order they were named."""
    return list(
        session.scalars(
            select(Account)
            .join(ProposalRole, ProposalRole.account_id == Account.id)
            .where(ProposalRole.proposal_id == proposal_id, ProposalRole.role == role)
            .order_by(ProposalRole.id)
        )
    )


def list_joined(session: Session, constituency_id: int) -> list[Constituency]:
    """The constituencies that were joined to this one, in their order."""
    query = select(Constituency).where(Constituency.joined_to_id == constituency_id)
    return list(session.scalars(query.order_by(Constituency.position)))


def list_slugs(session: Session, prefix: str) -> list[str]:
    """The addresses of proposals that begin with *prefix*."""
    return list(
        session.scalars(
            select(Proposal.slug).where(Proposal.slug.startswith(prefix, autoescape=True))
        )
    )


def last_act(session: Session, proposal_id: int) -> Act | None:
    """The newest link of the proposal's trail."""
    return session.scalar(
        select(Act).where(Act.proposal_id == proposal_id).order_by(Act.position.desc()).limit(1)
    )


def list_acts(session: Session, proposal_id: int, poll_id: int | None = None) -> list[Act]:
    """The trail in order; only one poll's acts when *poll_id* is given."""
    query = select(Act).where(Act.proposal_id == proposal_id)
    if poll_id is not None:
        query = query.where(Act.poll_id == poll_id)
    return list(session.scalars(query.order_by(Act.position)))


def list_acts_of(session: Session, proposal_id: int, *kinds: str) -> list[Act]:
    """The acts of these kinds, the newest first."""
    query = select(Act).where(Act.proposal_id == proposal_id, Act.kind.in_(kinds))
    return list(session.scalars(query.order_by(Act.position.desc())))


def page_acts(session: Session, proposal_id: int, *, after: int, limit: int) -> list[Act]:
    """Acts of the trail that stand after position *after*, at most *limit*."""
    query = select(Act).where(Act.proposal_id == proposal_id, Act.position > after)
    return list(session.scalars(query.order_by(Act.position).limit(limit)))


def iter_act_bodies(session: Session, proposal_id: int, batch: int = 1000) -> Iterator[str]:
    """The bodies of the whole trail in order, read in batches; memory stays flat."""
    after = -1
    while True:
        rows = session.execute(
            select(Act.position, Act.body)
            .where(Act.proposal_id == proposal_id, Act.position > after)
            .order_by(Act.position)
            .limit(batch)
        ).all()
        if not rows:
            return
        yield from (row[1] for row in rows)
        after = rows[-1][0]


ACT_HEADER = frozenset({"parent", "position", "kind", "at", "poll"})


def append_act(
    session: Session,
    proposal_id: int,
    poll_id: int | None,
    kind: str,
    *,
    now: dt.datetime,
    details: dict[str, Any],
) -> Act:
    """Append one act to the proposal's public trail, chained to the one before by its hash.

    The body is canonical JSON of *details* with parent, position, kind, at and poll; the hash is
    its SHA-256. *details* are public: no name or address of an elector belongs there. Raises
    ValueError when *details* would overwrite one of those five.
    """
    if ACT_HEADER & details.keys():
        raise ValueError("the details of an act cannot overwrite its header")
    session.scalar(select(Proposal.id).where(Proposal.id == proposal_id).with_for_update())
    parent = last_act(session, proposal_id)
    header = {
        "parent": parent.hash if parent else None,
        "position": parent.position + 1 if parent else 0,
        "kind": kind,
        "at": canonical_time(now),
        "poll": poll_id,
    }
    body = canonical_json({**details, **header})
    act = Act(
        proposal_id=proposal_id,
        poll_id=poll_id,
        position=header["position"],
        kind=kind,
        at=now,
        body=body.decode(),
        hash=hashlib.sha256(body).hexdigest(),
    )
    session.add(act)
    session.flush()
    return act

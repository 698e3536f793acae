"""Documents of a proposal: every version as it was published, with its hash."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

from voting.store.database import Base


class Document(Base):
    """One document; what it says may change, and each version is kept."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))  # background, business-case, equality-impact ...
    title: Mapped[str] = mapped_column(String(200))
    title_cy: Mapped[str] = mapped_column(String(200), default="")
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(Text, default="")
    withdrawn_because_cy: Mapped[str] = mapped_column(Text, default="")

    versions: Mapped[list[DocumentVersion]] = relationship(
        order_by="DocumentVersion.number", back_populates="document"
    )

    @property
    def newest(self) -> DocumentVersion:
        """The version that holds now; every document has one."""
        return self.versions[-1]


class DocumentVersion(Base):
    """The bytes of one version, and what changed since the one before."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int]  # from 1
    filename: Mapped[str] = mapped_column(String(130))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    changed: Mapped[str] = mapped_column(Text, default="")
    changed_cy: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[dt.datetime]

    document: Mapped[Document] = relationship(back_populates="versions")


def list_documents(
    session: Session, proposal_id: int, *, kind: str | None = None, standing: bool = False
) -> list[Document]:
    """The documents of a proposal in the order they were added.

    Only those of one *kind* if it is given; without withdrawn ones if *standing*.
    """
    query = select(Document).where(Document.proposal_id == proposal_id)
    if kind is not None:
        query = query.where(Document.kind == kind)
    if standing:
        query = query.where(Document.withdrawn_at.is_(None))
    return list(session.scalars(query.order_by(Document.id)))


def find_version(
    session: Session, proposal_id: int, document_id: int, number: int
) -> DocumentVersion | None:
    """One version of one of the proposal's documents."""
    return session.scalar(
        select(DocumentVersion)
        .join(Document)
        .where(
            Document.proposal_id == proposal_id,
            Document.id == document_id,
            DocumentVersion.number == number,
        )
    )


def count_documents(session: Session, proposal_id: int) -> int:
    """How many documents the proposal has, withdrawn ones included."""
    query = select(func.count()).select_from(Document).where(Document.proposal_id == proposal_id)
    return session.scalar(query) or 0

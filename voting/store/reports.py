"""Published reports of consultations, each edition as it was."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from voting.store.database import Base


class ConsultationReport(Base):
    """One edition: ``body`` is canonical JSON, ``pdf`` what it looks like, ``sha256`` the PDF's.

    ``pdf_cy`` is the same in Welsh, where there is one.
    """

    __tablename__ = "consultation_report"
    __table_args__ = (UniqueConstraint("consultation_id", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    edition: Mapped[int]
    at: Mapped[dt.datetime]
    body: Mapped[str] = mapped_column(Text)
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    pdf_cy: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sha256_cy: Mapped[str] = mapped_column(String(64), default="")

    @property
    def data_hash(self) -> str:
        """The hexadecimal SHA-256 of the edition as data."""
        return hashlib.sha256(self.body.encode()).hexdigest()


def list_editions(session: Session, consultation_id: int) -> list[ConsultationReport]:
    """Every edition that was published, the newest last."""
    query = select(ConsultationReport).where(ConsultationReport.consultation_id == consultation_id)
    return list(session.scalars(query.order_by(ConsultationReport.edition)))


def find_edition(session: Session, consultation_id: int, edition: int) -> ConsultationReport | None:
    """The edition with this number, from 1."""
    return session.scalar(
        select(ConsultationReport).where(
            ConsultationReport.consultation_id == consultation_id,
            ConsultationReport.edition == edition,
        )
    )


def find_newest(session: Session, consultation_id: int) -> ConsultationReport | None:
    """The newest edition."""
    return session.scalar(
        select(ConsultationReport)
        .where(ConsultationReport.consultation_id == consultation_id)
        .order_by(ConsultationReport.edition.desc())
        .limit(1)
    )

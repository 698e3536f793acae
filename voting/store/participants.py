"""Who is invited to a consultation, and whether they have answered; never what they answered.

No key leads from here to a response: a response is found by a keyed hash of the participant's
number, and the key of that hash is not in the database.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, exists, func, literal, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from voting.store.consultations import Audience, Consultation
from voting.store.database import Base
from voting.store.roll import Elector


class Participant(Base):
    """Someone invited from a roll (``elector_id``), or from the public by a mail address.

    The public have ``confirmed_at`` once they followed the link in their letter.
    """

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("consultation_id", "elector_id"),
        UniqueConstraint("consultation_id", "email_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    audience_id: Mapped[int] = mapped_column(ForeignKey("consultation_audience.id"), index=True)
    elector_id: Mapped[int | None] = mapped_column(ForeignKey("elector.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    email_key: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="en")
    link_generation: Mapped[int] = mapped_column(default=1)
    confirmed_at: Mapped[dt.datetime | None]
    has_responded: Mapped[bool] = mapped_column(default=False)
    stops_reminders: Mapped[bool] = mapped_column(default=False)

    consultation: Mapped[Consultation] = relationship()
    audience: Mapped[Audience] = relationship()
    elector: Mapped[Elector | None] = relationship()

    def __repr__(self) -> str:
        return f"<Participant {self.id}>"


class RespondentLinkReplacement(Base):
    """Who replaced a participant's link, why and when (the old one stops working)."""

    __tablename__ = "respondent_link_replacement"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    generation: Mapped[int]
    asked_for: Mapped[bool]  # by the person themselves
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[dt.datetime]


def invite_electors(session: Session, audience: Audience) -> int:
    """Make a participant of everyone on the audience's roll who is none yet; how many are new."""
    there = exists().where(
        Participant.consultation_id == audience.consultation_id,
        Participant.elector_id == Elector.id,
    )
    columns: dict[str, Any] = {
        "consultation_id": literal(audience.consultation_id),
        "audience_id": literal(audience.id),
        "elector_id": Elector.id,
        "email": literal(""),
        "language": Elector.language,
        "link_generation": literal(1),
        "has_responded": literal(False),
        "stops_reminders": literal(False),
    }
    people = select(*columns.values()).where(
        Elector.constituency_id == audience.constituency_id, ~there
    )
    table = Participant.__table__
    statement = table.insert().from_select(  # type: ignore[attr-defined]
        list(columns), people.order_by(Elector.id), include_defaults=False
    )
    counted = {"preserve_rowcount": True}
    return int(session.connection().execute(statement, execution_options=counted).rowcount)


def find_by_address(session: Session, consultation_id: int, email_key: str) -> Participant | None:
    """The member of the public with this casefolded address."""
    return session.scalar(
        select(Participant).where(
            Participant.consultation_id == consultation_id, Participant.email_key == email_key
        )
    )


def find_participant(
    session: Session, consultation_id: int, participant_id: int
) -> Participant | None:
    """The participant of this consultation with this number."""
    found = session.get(Participant, participant_id)
    return found if found is not None and found.consultation_id == consultation_id else None


def search_participants(
    session: Session, consultation_id: int, text: str, *, limit: int
) -> list[Participant]:
    """People invited from a roll whose name, address or reference contains *text*.

    Of the public only whoever confirmed just this address is found: nobody can look through them.
    """
    columns = (Elector.name, Elector.email, Elector.reference)
    on_roll = or_(*(column.icontains(text, autoescape=True) for column in columns))
    public = (Participant.email_key == text.casefold()) & Participant.confirmed_at.is_not(None)
    query = (
        select(Participant)
        .outerjoin(Elector, Elector.id == Participant.elector_id)
        .where(Participant.consultation_id == consultation_id, or_(on_roll, public))
    )
    return list(session.scalars(query.order_by(Participant.id).limit(limit)))


def count_invited(session: Session, audience_id: int) -> int:
    """How many people of an audience were invited, or confirmed their address."""
    query = select(func.count()).select_from(Participant)
    query = query.where(Participant.audience_id == audience_id)
    query = query.where(Participant.elector_id.is_not(None) | Participant.confirmed_at.is_not(None))
    return session.scalar(query) or 0


def is_anyone_invited(session: Session, constituency_id: int) -> bool:
    """Whether anyone on a constituency's roll was invited to a consultation."""
    query = select(Participant.id).join(Elector, Elector.id == Participant.elector_id)
    query = query.where(Elector.constituency_id == constituency_id).limit(1)
    return session.scalar(query) is not None


def is_invited(session: Session, elector_id: int) -> bool:
    """Whether this elector was invited to any consultation."""
    query = select(Participant.id).where(Participant.elector_id == elector_id).limit(1)
    return session.scalar(query) is not None

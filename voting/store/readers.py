"""Mail addresses known to one proposal: who wants updates, and who may ask a question."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from voting.store.database import Base
from voting.store.proposals import Constituency
from voting.store.roll import Elector


class Reader(Base):
    """One address. Nothing but a letter with a link goes to it before it was confirmed."""

    __tablename__ = "reader"
    __table_args__ = (UniqueConstraint("proposal_id", "email_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))  # casefolded
    language: Mapped[str] = mapped_column(String(2), default="en")
    wants_updates: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[dt.datetime | None]
    link_generation: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime]

    def __repr__(self) -> str:
        return f"<Reader {self.id}>"


class News(Base):
    """An update that was sent to all who wanted it, and stands on the public page."""

    __tablename__ = "news"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    title_cy: Mapped[str] = mapped_column(String(200), default="")
    text_cy: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[dt.datetime]
    recipients: Mapped[int]


class Enquiry(Base):
    """A question about a proposal. States: waiting, published, answered, declined, merged, and
    withdrawn, which is not shown any more, while why is.
    """

    __tablename__ = "enquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("reader.id"), index=True)
    asker: Mapped[str] = mapped_column(String(100), default="")  # its name when it was asked
    constituency_id: Mapped[int | None] = mapped_column(ForeignKey("constituency.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="en")
    asked_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("enquiry.id"))
    answer: Mapped[str] = mapped_column(Text, default="")
    answer_cy: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    answered_at: Mapped[dt.datetime | None]
    declined_because: Mapped[str] = mapped_column(Text, default="")
    withdrawn_because: Mapped[str] = mapped_column(Text, default="")
    withdrawn_because_cy: Mapped[str] = mapped_column(Text, default="")
    moderated_at: Mapped[dt.datetime | None]

    constituency: Mapped[Constituency | None] = relationship()

    @property
    def asked_by(self) -> str:
        """The constituency of whoever asked, as it is called now, or was if it is gone; or ""."""
        return self.constituency.name if self.constituency else self.asker

    @property
    def asked_by_cy(self) -> str:
        """The same in Welsh, where the constituency has a Welsh name."""
        return self.constituency.name_cy if self.constituency else ""


def find_reader(session: Session, proposal_id: int, email_key: str) -> Reader | None:
    """The reader of a proposal with this casefolded address."""
    return session.scalar(
        select(Reader).where(Reader.proposal_id == proposal_id, Reader.email_key == email_key)
    )


def find_constituency_of(session: Session, proposal_id: int, email_key: str) -> Constituency | None:
    """The first constituency whose roll holds this address, and that was not joined, or None."""
    return session.scalar(
        select(Constituency)
        .join(Elector, Elector.constituency_id == Constituency.id)
        .where(Constituency.proposal_id == proposal_id, Constituency.joined_to_id.is_(None))
        .where(Elector.email_key == email_key)
        .order_by(Constituency.position)
        .limit(1)
    )


def keep_name_of(session: Session, constituency: Constituency) -> None:
    """Let the questions asked from a constituency that goes keep the name it had at its end."""
    session.execute(
        update(Enquiry)
        .where(Enquiry.constituency_id == constituency.id)
        .values(constituency_id=None, asker=constituency.name)
    )


def list_news(session: Session, proposal_id: int) -> list[News]:
    """The updates, the newest first."""
    return list(
        session.scalars(
            select(News).where(News.proposal_id == proposal_id).order_by(News.id.desc())
        )
    )


def list_enquiries(session: Session, proposal_id: int, *states: str) -> list[Enquiry]:
    """The questions in these states, or all, in the order they were asked."""
    query = select(Enquiry).where(Enquiry.proposal_id == proposal_id)
    if states:
        query = query.where(Enquiry.state.in_(states))
    return list(session.scalars(query.order_by(Enquiry.id)))


def count_enquiries(session: Session, proposal_id: int) -> dict[str, int]:
    """How many questions are in each state."""
    rows = session.execute(
        select(Enquiry.state, func.count())
        .where(Enquiry.proposal_id == proposal_id)
        .group_by(Enquiry.state)
    )
    return {state: number for state, number in rows}


def count_waiting_of(session: Session, reader_id: int) -> int:
    """How many questions of one reader nobody has looked at yet."""
    query = select(func.count()).where(Enquiry.reader_id == reader_id, Enquiry.state == "waiting")
    return session.scalar(query) or 0


def list_merged(session: Session, enquiry_id: int) -> list[Enquiry]:
    """The questions that another one stands for."""
    query = select(Enquiry).where(Enquiry.merged_into_id == enquiry_id).order_by(Enquiry.id)
    return list(session.scalars(query))

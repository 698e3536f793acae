"""The outbox: letters owed, leased by one sender at a time, sent once under an idempotency key."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from voting.store.database import Base


class Letter(Base):
    """One letter. States: owed, sending, sent, deferred, bounced, failed, withdrawn.

    The text is made when it is sent; nothing secret is ever stored in a row.
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index(None, "state", "due_at"),
        Index(None, "poll_id", "kind", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)  # idempotency
    kind: Mapped[str] = mapped_column(String(30))  # invitation, receipt, replacement, result, reset
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("poll.id"))
    elector_id: Mapped[int | None] = mapped_column(ForeignKey("elector.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    language: Mapped[str] = mapped_column(String(2), default="en")
    details: Mapped[str] = mapped_column(Text, default="{}")  # JSON; emptied once sent
    state: Mapped[str] = mapped_column(String(10), default="owed")
    due_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    lease_holder: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    uncertain: Mapped[bool] = mapped_column(default=False)  # a sender died while sending it
    last_error: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[dt.datetime | None]

    def __repr__(self) -> str:
        return f"<Letter {self.id} {self.kind} {self.state}>"

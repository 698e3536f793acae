"""Accounts: people who sign in (organisers, commissioners), as Flask-Security wants them kept."""

from __future__ import annotations

import datetime as dt

from flask_security.models import fsqla, fsqla_v3
from sqlalchemy import Index, String, delete, func, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from voting.store.database import Base, db

fsqla.FsModels.set_db_info(  # type: ignore[no-untyped-call]  # untyped upstream
    db, user_table_name="account", role_table_name="role"
)


class Role(db.Model, fsqla_v3.FsRoleMixin):  # type: ignore[name-defined,misc]
    """A role: ``organiser`` or ``commissioner``."""

    __tablename__ = "role"


class Account(db.Model, fsqla_v3.FsUserMixin):  # type: ignore[name-defined,misc]
    """A person who signs in with a password. Electors have no account."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)  # type: ignore[assignment]  # as in our tables
    full_name: Mapped[str] = mapped_column(String(200), default="")

    def __repr__(self) -> str:
        return f"<Account {self.id}>"


class SignInAttempt(Base):
    """One failed attempt to sign in, kept to limit guessing per account and per address."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index(None, "account_key", "at"),
        Index(None, "address_key", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_key: Mapped[str] = mapped_column(String(64))  # keyed hash of the address typed
    address_key: Mapped[str] = mapped_column(String(64))  # keyed hash of the network address
    at: Mapped[dt.datetime]


def find_account(session: Session, email: str) -> Account | None:
    """The account with this mail address, in any case of letters."""
    return session.scalar(select(Account).where(func.lower(Account.email) == email.lower()))


def get_account(session: Session, account_id: int) -> Account:
    """The account with this id; raises LookupError."""
    account = session.get(Account, account_id)
    if account is None:
        raise LookupError(f"no account {account_id}")
    return account


def ensure_role(session: Session, name: str) -> Role:
    """The role called *name*, made when it is not there yet."""
    role = session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name)
        session.add(role)
        session.flush()
    return role


def has_tables(session: Session) -> bool:
    """Whether the database answers and has been set up; raises one of database.UNAVAILABLE."""
    return inspect(session.connection()).has_table(Role.__tablename__)


def add_attempt(
    session: Session, *, account_key: str, address_key: str, now: dt.datetime
) -> SignInAttempt:
    """Note an attempt to sign in before its password is checked."""
    attempt = SignInAttempt(account_key=account_key, address_key=address_key, at=now)
    session.add(attempt)
    session.flush()
    return attempt


def count_attempts(session: Session, attempt: SignInAttempt, since: dt.datetime) -> tuple[int, int]:
    """Attempts since *since* up to and with *attempt*: for its account, and from its address."""
    counts = []
    for column, key in (
        (SignInAttempt.account_key, attempt.account_key),
        (SignInAttempt.address_key, attempt.address_key),
    ):
        query = select(func.count()).select_from(SignInAttempt)
        query = query.where(column == key, SignInAttempt.at > since, SignInAttempt.id <= attempt.id)
        counts.append(session.scalar(query) or 0)
    return counts[0], counts[1]


def drop_attempts_before(session: Session, until: dt.datetime) -> None:
    """Forget attempts that no limit looks at any more."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= until))


def drop_attempts_of(session: Session, account_key: str, address_key: str) -> None:
    """Forget the attempts on one account from one address: its holder has signed in there."""
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.account_key == account_key, SignInAttempt.address_key == address_key
        )
    )

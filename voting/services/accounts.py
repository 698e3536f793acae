"""Accounts: making one, limiting attempts to sign in, and letters to an account's holder."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from voting import mail
from voting.domain.errors import BadInput, FieldError, refuse_faults
from voting.store import accounts, letters
from voting.store.accounts import Account, SignInAttempt

ROLES = ("organiser", "commissioner")
WINDOW = dt.timedelta(minutes=15)
MOST_PER_ACCOUNT = 10
MOST_PER_ADDRESS = 50
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200


class Sealing(Protocol):
    """What seals a letter's words while they wait in the outbox."""

    def seal(self, secret: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Words:
    """A letter to an account's holder. ``kind`` is reset (with a link) or notice."""

    kind: str
    subject: str
    text: str
    html: str


def check_account(session: Session, *, email: str, name: str, role: str, password: str) -> str:
    """The mail address in its normal form; raises BadInput naming every fault of a new account."""
    faults = []
    try:
        checked = validate_email(email, check_deliverability=False, test_environment=True)
        email = checked.normalized
    except EmailNotValidError:
        faults.append(FieldError("email", "Enter a mail address, like name@example.org"))
    if not mail.one_line(name) or len(name) > 200:
        faults.append(FieldError("name", "Enter a name of at most 200 characters"))
    if role not in ROLES:
        faults.append(FieldError("role", f"Enter a role: {' or '.join(ROLES)}"))
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        message = f"Enter a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        faults.append(FieldError("password", message))
    if not faults and accounts.find_account(session, email) is not None:
        faults.append(FieldError("email", f"There is an account for {email} already"))
    refuse_faults(faults)
    return email


def fold_email(typed: str) -> str:
    """One form for every way of writing the same mail address, so that limits cannot be dodged."""
    typed = unicodedata.normalize("NFKC", typed).strip()
    with suppress(EmailNotValidError):  # no account has it, but attempts are limited all the same
        typed = validate_email(typed, check_deliverability=False, test_environment=True).normalized
    return typed.casefold()


def create_account(
    session: Session, *, email: str, name: str, role: str, password_hash: str
) -> Account:
    """An account that may sign in. Check with :func:`check_account` first."""
    if accounts.find_account(session, email) is not None:
        raise BadInput([FieldError("email", f"There is an account for {email} already")])
    account = Account(
        email=email,
        full_name=mail.one_line(name),
        password=password_hash,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
    )
    account.roles.append(accounts.ensure_role(session, role))
    session.add(account)
    session.flush()
    return account


def note_attempt(
    session: Session, *, account_key: str, address_key: str, now: dt.datetime
) -> SignInAttempt:
    """Note an attempt to sign in. Commit before :func:`is_over_limit`, so that none is missed."""
    accounts.drop_attempts_before(session, now - WINDOW)
    return accounts.add_attempt(session, account_key=account_key, address_key=address_key, now=now)


def is_over_limit(session: Session, attempt: SignInAttempt, *, now: dt.datetime) -> bool:
    """Whether too many attempts went before this one, on its account or from its address."""
    on_account, from_address = accounts.count_attempts(session, attempt, now - WINDOW)
    return on_account > MOST_PER_ACCOUNT or from_address > MOST_PER_ADDRESS


def write_to_holder(
    session: Session, account: Account, words: Words, *, sealer: Sealing, now: dt.datetime
) -> None:
    """Owe a letter to the account's holder; its words are sealed, because they may hold a link."""
    kept = {"subject": words.subject, "text": words.text, "html": words.html}
    letters.owe(
        session,
        kind=words.kind,
        key=f"{words.kind}:{account.id}:{uuid.uuid4().hex}",
        now=now,
        account_id=int(account.id),
        details={"sealed": sealer.seal(json.dumps(kept).encode()).decode()},
    )

"""Accounts and proposals, made by the real services, for whoever needs one to stand on."""

from __future__ import annotations

import datetime as dt

from flask_security import hash_password
from sqlalchemy.orm import Session

from voting.services import accounts, proposals
from voting.store.accounts import Account
from voting.store.proposals import Proposal

PASSWORD = "ferry lantern orchard seven"


def make_account(
    session: Session, *, email: str = "alex@northmoor.example", role: str = "organiser"
) -> Account:
    """An account with PASSWORD. Needs an application context."""
    return accounts.create_account(
        session, email=email, name="Alex Morgan", role=role, password_hash=hash_password(PASSWORD)
    )


def make_proposal(session: Session, account: Account, *, now: dt.datetime) -> Proposal:
    """A proposal that *account* organises, without constituencies."""
    return proposals.create_proposal(
        session,
        account=account,
        title="The future of Leisure Services",
        organisation="Northmoor Leisure Trust",
        deciding="Whether Leisure Services become a mutual.",
        still_open="Which legal form it takes.",
        contact_name="Alex Morgan",
        contact_email="votes@northmoor.example",
        now=now,
    )

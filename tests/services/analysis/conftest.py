"""A closed consultation on each database, and the people who work on it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.analysis_ground import NOW, make_consultation
from tests.factories import make_account, make_proposal
from voting.store.accounts import Account
from voting.store.consultations import Consultation


@pytest.fixture
def account(session: Session) -> Account:
    return make_account(session)


@pytest.fixture
def other(session: Session) -> Account:
    return make_account(session, email="second@northmoor.example")


@pytest.fixture
def consultation(session: Session, account: Account) -> Consultation:
    return make_consultation(session, make_proposal(session, account, now=NOW))

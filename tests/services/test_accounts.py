"""Accounts: what a new one needs, and attempts to sign in counted exactly, on both databases."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from voting.domain.errors import BadInput
from voting.services import accounts
from voting.store.database import db, transaction

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
GOOD = {
    "email": "alex@northmoor.example",
    "name": "Alex Morgan",
    "role": "organiser",
    "password": "ferry lantern orchard",
}


def attempt_once(app: Flask, account: str = "a", address: str = "b", now=NOW) -> bool:
    """One attempt as the door makes it; whether it may go on."""
    with app.app_context():
        with transaction(db.session()) as session:
            attempt = accounts.note_attempt(
                session, account_key=account, address_key=address, now=now
            )
        return not accounts.is_over_limit(db.session(), attempt, now=now)


def test_attempts_at_the_same_moment_do_not_pass_each_other_by(empty_app: Flask) -> None:
    with empty_app.app_context():
        db.create_all()
    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(lambda _: attempt_once(empty_app), range(24)))
    assert sum(passed) == accounts.MOST_PER_ACCOUNT


def test_attempts_are_forgotten_after_a_quarter_of_an_hour(app: Flask) -> None:
    for _ in range(accounts.MOST_PER_ACCOUNT):
        assert attempt_once(app)
    assert not attempt_once(app)
    assert attempt_once(app, now=NOW + accounts.WINDOW)


def test_one_address_cannot_go_round_the_limit_by_many_accounts(app: Flask) -> None:
    passed = [
        attempt_once(app, account=str(number)) for number in range(accounts.MOST_PER_ADDRESS + 1)
    ]
    assert passed == [True] * accounts.MOST_PER_ADDRESS + [False]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("email", "alex", "mail address"),
        ("name", " ", "a name"),
        ("name", "x" * 201, "a name"),
        ("role", "admin", "a role"),
        ("password", "short", "12 to 200"),
        ("password", "x" * 201, "12 to 200"),
    ],
)
def test_each_fault_of_a_new_account_is_named(session, name: str, value: str, fault: str) -> None:
    with pytest.raises(BadInput, match=fault) as refused:
        accounts.check_account(session, **{**GOOD, name: value})
    assert [error.field for error in refused.value.errors] == [name]


def test_an_address_has_one_account_whatever_its_letters_case(session) -> None:
    accounts.create_account(
        session, email=GOOD["email"], name="Alex", role="organiser", password_hash="x"
    )
    with pytest.raises(BadInput, match="already"):
        accounts.check_account(session, **{**GOOD, "email": "Alex@Northmoor.EXAMPLE"})
    with pytest.raises(BadInput, match="already"):
        accounts.create_account(
            session, email="ALEX@northmoor.example", name="A", role="organiser", password_hash="x"
        )

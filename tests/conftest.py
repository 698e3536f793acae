"""A service of one's own for each test, on SQLite; nothing is shared and nothing is faked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import postgresql
from voting.app import create_app
from voting.config import Settings, load_settings
from voting.store.database import db

# How long an example takes says how busy the machine is, and nothing of what is tested.
hypothesis.settings.register_profile(
    "unhurried",
    hypothesis.settings(),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("unhurried")

SECRET_KEY = "a-secret-for-tests-that-is-long-enough-to-be-taken"
SEALING_KEY = "Hc5xq3hvJYQ7vJrUiTnCB1v1yXy0s0G2VZJr6uNwBqQ="


def make_environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a service whose data stand in *folder*."""
    return {
        "VOTING_DATA_DIR": str(folder),
        "VOTING_BASE_URL": "http://localhost",
        "VOTING_ORGANISATION": "Northmoor Leisure Trust",
        "VOTING_SECRET_KEYS": SECRET_KEY,
        "VOTING_SEALING_KEYS": SEALING_KEY,
        "VOTING_MAIL_FROM": "votes@northmoor.example",
        **more,
    }


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of the service under test."""
    return load_settings(make_environment(tmp_path / "data"))


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The service, with every table made."""
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that has not been here yet."""
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session on the service's database, inside an application context."""
    with app.app_context():
        yield db.session()
        db.session.rollback()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server for the whole run."""
    if reason := postgresql.find_reason_not_to():
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with (
        tempfile.TemporaryDirectory(prefix="voting-pg-") as folder,
        postgresql.run_server(Path(folder)) as server,
    ):
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """An empty database on PostgreSQL."""
    with postgresql.make_database(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The service on an empty database, once on SQLite and once on PostgreSQL."""
    more = {}
    if request.param == "postgresql":
        more["VOTING_DATABASE_URL"] = request.getfixturevalue("postgresql_url")
    app = create_app(load_settings(make_environment(tmp_path / "data", **more)))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()

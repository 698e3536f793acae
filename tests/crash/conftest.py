"""The databases that processes are killed over."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """What VOTING_DATABASE_URL is set to; nothing for SQLite in the data folder."""
    if request.param == "sqlite":
        return ""
    return str(request.getfixturevalue("postgresql_url"))

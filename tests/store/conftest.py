"""The databases these tests run on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.election_ground import each_engine, engine

__all__ = ["each_engine", "engine"]


@pytest.fixture
def session(each_engine: Engine) -> Iterator[Session]:
    """A session on an empty database, once on SQLite and once on PostgreSQL."""
    with Session(each_engine) as session:
        yield session

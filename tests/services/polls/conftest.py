"""What every test of polls stands on."""

import pytest
from sqlalchemy.orm import Session

from tests.factories_polls import make_draft
from tests.letters_ground import DATABASES, fresh_engine


@pytest.fixture(params=DATABASES)
def session(request, tmp_path):
    """A session on a database of its own."""
    with fresh_engine(request.param, tmp_path) as engine, Session(engine) as session:
        yield session


@pytest.fixture
def draft(session):
    """A draft that lacks nothing."""
    return make_draft(session)

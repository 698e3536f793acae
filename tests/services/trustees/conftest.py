"""What every test of scrutineers stands on."""

import pytest
from sqlalchemy.orm import Session

from tests.factories_polls import make_draft


@pytest.fixture
def session(engine):
    """A session on an empty database."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def draft(session):
    """A draft that lacks nothing, its key held by the service."""
    return make_draft(session)

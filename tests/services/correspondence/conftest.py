"""An organiser’s desk with an open poll, and a mail server to send to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.letters_ground import make_poll
from tests.services.correspondence.ground import (
    Desk,
)
from tests.smtp_ground import Sink, running_sink
from voting.store.database import transaction
from voting.store.polls import Poll


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


@pytest.fixture
def session(desk: Desk) -> Iterator[Session]:
    with Session(desk.engine, expire_on_commit=True) as opened:
        yield opened


@pytest.fixture
def poll(session: Session) -> Poll:
    with transaction(session):
        return make_poll(session)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running

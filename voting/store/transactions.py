"""Transactions for whoever has no request around them: the queue, commands, tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from voting.store.database import db, transaction


class Application(Protocol):
    """The part of the application that is needed here."""

    def app_context(self) -> AbstractContextManager[Any]:
        """A context in which the database is known."""


@dataclass(frozen=True, slots=True)
class Transactions:
    """Transactions on the service's database, each with a session of its own."""

    app: Application

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that changes nothing: it is rolled back at its end."""
        with self.app.app_context():
            session = db.session()
            try:
                yield session
            finally:
                session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is committed at its end, rolled back if anything is raised."""
        with self.app.app_context(), transaction(db.session()) as session:
            yield session

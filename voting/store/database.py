"""The one SQLAlchemy database, its conventions, and how a transaction begins.

SQLite (the embedded default) runs in WAL mode with full synchronisation and foreign keys on. A
reading transaction begins deferred; a writing one begins IMMEDIATE, so that two writers queue up
instead of one of them failing half-way.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware UTC time; naive times are refused rather than guessed at."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(
        self, value: dt.datetime | None, dialect: Dialect
    ) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    """What every table shares: names of constraints and aware UTC times."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING), type_annotation_map={dt.datetime: UtcDateTime}
    )


db = SQLAlchemy(model_class=Base)

# What a door is told when the database does not answer in time, or two writers met.
UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout)
CONTENDED = IntegrityError

PATIENCE = 15.0  # seconds that a writer waits for another one
LOOK = 0.002  # seconds between two looks whether the place is free
_WRITING = "voting_writing"


def prepare_engine(engine: Engine) -> None:
    """Attach the SQLite pragmas and the BEGIN of our choice to *engine*; nothing for others."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={int(PATIENCE * 1000)}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITING, False):
        _begin_immediate(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    """Queue up for the one writer's place, and look often whether it is free.

    SQLite's own wait backs off to a tenth of a second, so that under load a writer who has waited
    long is overtaken again and again.
    """
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError as error:
                if time.monotonic() > deadline or "locked" not in str(error.orig):
                    raise
            time.sleep(LOOK)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")


def begin_writing(session: Session) -> None:
    """Start *session*'s transaction as a writer. Call it before the first query of a writing act.

    A transaction that was only read from is ended first, so that its snapshot cannot be stale.
    Raises RuntimeError if changes are pending, because they would be lost.
    """
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("begin_writing() was called with changes pending")
    session.rollback()
    session.connection(execution_options={_WRITING: True})


def end_reading(session: Session) -> None:
    """End a reading transaction, so that no snapshot or lock is held during slow work."""
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("end_reading() was called with changes pending")
    session.rollback()


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """A writing transaction: commit at the end, roll back if anything is raised."""
    begin_writing(session)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise

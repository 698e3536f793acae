"""How Alembic reaches the service's database. Migrations go forward only."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import types

PLAIN_TYPES = {"UtcDateTime": "sa.DateTime()", "AsaList": "sa.UnicodeText()"}


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write the types of this project as plain ones, so that migrations import none of its code."""
    name = type(item).__name__
    return PLAIN_TYPES[name] if kind == "type" and name in PLAIN_TYPES else False


def compare_type(
    _context: Any, _column: Any, _metadata_column: Any, found: Any, wanted: Any
) -> bool | None:
    """What a decorated type is stored as is what counts."""
    if isinstance(wanted, types.TypeDecorator):
        return not isinstance(found, type(wanted.impl_instance)) and not isinstance(
            wanted.impl_instance, type(found)
        )
    return None


def run() -> None:
    """Apply the migrations that are missing, in one transaction.

    SQLite changes a column by making the table anew and dropping the old one, which rows of other
    tables refer to. So its foreign keys are not enforced meanwhile, and all checked at the end.
    """
    database = current_app.extensions["migrate"].db
    is_sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect() as connection:
        if is_sqlite:
            enforce(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=compare_type,
            transaction_per_migration=False,
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("a migration left rows that refer to nothing")
        finally:
            if is_sqlite:
                connection.rollback()
                enforce(connection, "ON")


def enforce(connection: Any, state: str) -> None:
    """Have foreign keys enforced or not; said to the driver, for a transaction does not hear it."""
    connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={state}")


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database, not into a file.")
run()

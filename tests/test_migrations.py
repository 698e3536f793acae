"""Migrations: from nothing to exactly the tables that the code expects, on both databases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import MetaData, Table, func, select

from voting.app import find_folder
from voting.store.database import db

VERSIONS = sorted((find_folder("migrations") / "versions").glob("*.py"))


def test_migrations_make_the_tables_that_the_code_expects(empty_app: Flask) -> None:
    with empty_app.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, db.metadata) == []


def test_migrating_again_changes_nothing(empty_app: Flask) -> None:
    with empty_app.app_context():
        flask_migrate.upgrade()
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    assert current == VERSIONS[-1].name[:4]


def test_a_database_that_holds_something_is_brought_up_to_date(empty_app: Flask) -> None:
    """One row in every table of the first version, each referring to others, comes through."""
    with empty_app.app_context():
        flask_migrate.upgrade(revision="0001")
        tables = MetaData()
        with db.engine.begin() as connection:
            tables.reflect(connection)
            for table in tables.sorted_tables:
                if table.name != "alembic_version":
                    connection.execute(table.insert().values(make_row(table)))

        flask_migrate.upgrade()

        with db.engine.connect() as connection:
            for table in tables.sorted_tables:
                assert connection.execute(select(func.count()).select_from(table)).scalar() == 1
            if db.engine.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_equality_counts_come_through_and_lose_the_order_they_had(empty_app: Flask) -> None:
    with empty_app.app_context():
        flask_migrate.upgrade(revision="0020")
        tables = MetaData()
        given = [(1, "sex", "male", 2), (1, "age", "35-44", 1), (1, "sex", "female", 7)]
        with db.engine.begin() as connection:
            tables.reflect(connection)
            for name in ("proposal", "consultation"):
                connection.execute(
                    tables.tables[name].insert().values(make_row(tables.tables[name]))
                )
            before = tables.tables["equality_count"]
            names = ("consultation_id", "question", "answer", "number")
            for row in given:
                connection.execute(before.insert().values(dict(zip(names, row, strict=True))))

        flask_migrate.upgrade()

        after = db.metadata.tables["equality_count"]
        with db.engine.connect() as connection:
            assert sorted(tuple(row) for row in connection.execute(select(after))) == sorted(given)
            if db.engine.dialect.name == "sqlite":
                kept = "SELECT sql FROM sqlite_master WHERE name = 'equality_count'"
                assert "WITHOUT ROWID" in str(connection.exec_driver_sql(kept).scalar())
            else:
                order = "SELECT question, answer FROM equality_count ORDER BY ctid"
                rows = [tuple(row) for row in connection.exec_driver_sql(order)]
                assert rows == sorted(rows)


def test_questions_find_the_constituency_that_they_were_asked_from(empty_app: Flask) -> None:
    with empty_app.app_context():
        flask_migrate.upgrade(revision="0026")
        tables = MetaData()
        with db.engine.begin() as connection:
            tables.reflect(connection)
            for name in ("proposal", "reader", "constituency"):
                table = tables.tables[name]
                connection.execute(table.insert().values(make_row(table)))
            table = tables.tables["enquiry"]
            for number, asker in enumerate(("1", "as it was called once", ""), start=1):
                row = make_row(table) | {"id": number, "asker": asker}
                connection.execute(table.insert().values(row))

        flask_migrate.upgrade()

        after = db.metadata.tables["enquiry"]
        with db.engine.connect() as connection:
            kept = connection.execute(
                select(after.c.constituency_id, after.c.asker).order_by(after.c.id)
            )
            assert [tuple(row) for row in kept] == [
                (1, "1"), (None, "as it was called once"), (None, ""),
            ]  # fmt: skip


def make_row(table: Table) -> dict[str, Any]:
    """Something in every column; the numbers are 1, so that they refer to the first of its kind."""
    values: dict[type, Any] = {int: 1, bool: True, str: "1", bytes: b"1"}
    values[dt.datetime] = dt.datetime(2026, 3, 1)  # noqa: DTZ001
    return {
        column.name: None
        if column.nullable and not column.foreign_keys
        else values[column.type.python_type]
        for column in table.columns
    }


def test_migrations_are_one_line_without_code_of_ours_and_forward_only() -> None:
    script = ScriptDirectory(str(find_folder("migrations")))
    assert len(script.get_heads()) == 1
    for path in VERSIONS:
        text = Path(path).read_text()
        assert "voting" not in text.replace("voting_wanted", "")
        assert "flask_security" not in text
        assert "downgrade" not in text

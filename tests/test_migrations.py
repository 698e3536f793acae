"""Migrations: from nothing to exactly the tables that the code expects, on both databases."""

from __future__ import annotations

from pathlib import Path

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

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


def test_migrations_are_one_line_without_code_of_ours_and_forward_only() -> None:
    script = ScriptDirectory(str(find_folder("migrations")))
    assert len(script.get_heads()) == 1
    for path in VERSIONS:
        text = Path(path).read_text()
        assert "voting" not in text.replace("voting_wanted", "")
        assert "flask_security" not in text
        assert "downgrade" not in text

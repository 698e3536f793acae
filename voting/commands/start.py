"""What every command begins with: settings read from the environment, or a sentence why not."""

from __future__ import annotations

import os

import click
from flask import Flask

from voting.config import ConfigError, Settings, load_settings
from voting.store.accounts import has_tables
from voting.store.database import UNAVAILABLE, db


def read_settings() -> Settings:
    """The settings in the environment; a bad one ends the command with a sentence naming it."""
    try:
        return load_settings(os.environ)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


def require_tables(app: Flask) -> None:
    """End the command with a sentence when the database cannot be used as it is."""
    with app.app_context():
        try:
            ready = has_tables(db.session())
        except UNAVAILABLE:
            raise click.ClickException(
                "The database of VOTING_DATABASE_URL cannot be reached."
            ) from None
        finally:
            db.session.rollback()
    if not ready:
        raise click.ClickException("The database has no tables yet. Run `voting migrate` first.")

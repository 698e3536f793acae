"""``voting migrate``: bring the database to the form that this version needs."""

from __future__ import annotations

import click
import flask_migrate
from flask.cli import with_appcontext

from voting.commands.start import UNREACHABLE
from voting.store.database import UNAVAILABLE


@click.command("migrate")
@with_appcontext
def migrate_command() -> None:
    """Bring the database to the form that this version needs.

    Run it before the first start and after every upgrade, with the service stopped. Running it
    again changes nothing. Make a backup first: there is no way back but the backup.
    """
    try:
        bring_up_to_date()
    except UNAVAILABLE:
        raise click.ClickException(UNREACHABLE) from None
    click.echo("The database is up to date.")


def bring_up_to_date() -> None:
    """Apply every migration that the application's database has not had yet."""
    flask_migrate.upgrade()

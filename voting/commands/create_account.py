"""``voting create-account``: an account for an organiser or a commissioner."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_security import hash_password

from voting.commands.start import require_tables
from voting.domain.errors import BadInput
from voting.services import accounts
from voting.store.database import db, transaction


@click.command("create-account")
@click.option("--email", prompt="Email address", help="The address the person signs in with.")
@click.option("--name", prompt="Name", help="The person's name, as others see it.")
@click.option(
    "--role",
    type=click.Choice(accounts.ROLES),
    prompt="Role",
    help="organiser: sets votes up. commissioner: sees every vote and its outcome.",
)
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from standard input instead of asking for it.",
)
@with_appcontext
def create_account_command(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Make an account for somebody who sets votes up or decides. Voters need none.

    What is not given as an option is asked for. A password has at least 12 characters and is never
    taken from an option, where other people on this machine could read it.
    """
    require_tables(current_app)
    password = _read_password(from_stdin=password_stdin)
    try:
        with transaction(db.session()) as session:
            email = accounts.check_account(
                session, email=email, name=name, role=role, password=password
            )
            accounts.create_account(
                session, email=email, name=name, role=role, password_hash=hash_password(password)
            )
    except BadInput as refusal:
        raise click.ClickException("; ".join(fault.message for fault in refusal.errors)) from None
    click.echo(f"{email} can sign in now, as {role}.")


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))

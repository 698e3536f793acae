"""``voting`` on the command line, which is the same as ``python -m voting``.

A command is loaded when it is used: checking an archive does not wait for the web service.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask import Flask

COMMANDS = (
    "count",
    "create-account",
    "credentials",
    "demo",
    "migrate",
    "purge",
    "serve",
    "trustee",
    "verify",
    "verify-trail",
    "web",
    "worker",
)
ALONE = ("trustee", "count", "credentials", "verify", "verify-trail")  # these need files only


class Commands(click.Group):
    """One module of ``voting.commands`` for each command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command; None for a name that there is not."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(
            import_module(f"voting.commands.{name}"), f"{name}_command"
        )
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="voting", prog_name="voting")
@click.pass_context
def main(context: click.Context) -> None:
    """Consult, vote, check: secret ballots that anyone can check again.

    Settings come from environment variables that begin with VOTING_. To try it: `voting demo`.
    """
    if context.invoked_subcommand not in ALONE:
        script_info = import_module("flask.cli").ScriptInfo
        context.obj = script_info(create_app=make_app, set_debug_flag=False)


def make_app() -> Flask:
    """The service as the environment describes it; a bad setting ends the command."""
    app: Flask = import_module("voting.app").make_app()
    return app


if __name__ == "__main__":
    main(prog_name="voting")

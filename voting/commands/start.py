"""What every command begins with: settings read from the environment, or a sentence why not."""

from __future__ import annotations

import os

import click

from voting.config import ConfigError, Settings, load_settings


def read_settings() -> Settings:
    """The settings in the environment; a bad one ends the command with a sentence naming it."""
    try:
        return load_settings(os.environ)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None

"""What every command begins with: settings read from the environment, or a sentence why not."""

from __future__ import annotations

import errno
import gc
import os
import socket
import time
from pathlib import Path

import click
from flask import Flask

from voting import jobs
from voting.config import PREFIX, ConfigError, Settings, load_settings
from voting.store.accounts import has_tables
from voting.store.database import UNAVAILABLE, db

UNREACHABLE = f"The database of {PREFIX}DATABASE_URL cannot be reached."

PATIENCE = 5.0  # seconds until a port that is taken stays so
WHY_NOT = {
    errno.EADDRINUSE: "something else listens there already",
    errno.EACCES: "this user may not listen there (ports under 1024 are the system's)",
}


def read_settings() -> Settings:
    """The settings in the environment; a bad one ends the command with a sentence naming it."""
    try:
        return load_settings(os.environ)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


def require_folders(settings: Settings) -> None:
    """End the command with a sentence when what is kept in files cannot be kept there."""
    database = settings.database_url.partition("sqlite:///")[2]
    queue = "" if "://" in settings.queue_url else settings.queue_url
    for path in filter(None, (database, queue)):
        require_writable(Path(path).parent)


def require_writable(folder: Path) -> None:
    """End the command with a sentence when nothing can be written into *folder*."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        usable = False
    if not usable:
        raise click.ClickException(
            f"The folder {folder} cannot be made or written to. {PREFIX}DATA_DIR names it, or the "
            f"path in {PREFIX}DATABASE_URL or {PREFIX}QUEUE_URL."
        )


def require_listen(listen: str) -> None:
    """End the command with a sentence when nothing can listen at this address and port.

    One that is taken is tried again for some seconds: what listens there may be about to end, like
    the processes of a web server that was killed.
    """
    host, _, port = listen.rpartition(":")
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            _listen_once(host.strip("[]"), int(port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            why = WHY_NOT.get(error.errno or 0, "this machine has no such address")
            raise click.ClickException(f"{PREFIX}LISTEN says {listen}: {why}.") from None
        return


def _listen_once(host: str, port: int) -> None:
    """Raise OSError when nothing can listen there."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, kind, _, _, address = found[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen()


def require_tables(app: Flask) -> None:
    """End the command with a sentence when the database cannot be used as it is."""
    with app.app_context():
        try:
            ready = has_tables(db.session())
        except UNAVAILABLE:
            raise click.ClickException(UNREACHABLE) from None
        finally:
            db.session.remove()
            db.engine.dispose()  # a process that is forked from this one opens its own connections
    if not ready:
        raise click.ClickException("The database has no tables yet. Run `voting migrate` first.")


def require_queue(app: Flask) -> None:
    """End the command with a sentence when the tasks cannot be reached where they wait."""
    try:
        jobs.reach_queue(app)
    except jobs.QueueUnreachable:
        raise click.ClickException(f"The queue of {PREFIX}QUEUE_URL cannot be reached.") from None


def settle() -> None:
    """Leave what is loaded by now out of every later search for garbage: it stays until the end.

    Such a search looks at each object of the process. It took half the time of a long export.
    """
    gc.collect()
    gc.freeze()

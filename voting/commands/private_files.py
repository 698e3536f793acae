"""Files that hold secrets: for their owner alone, never written over, never half written."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

import click


def require_absent(*paths: Path) -> None:
    """Raise ClickException if one of *paths* is there already."""
    for path in paths:
        if os.path.lexists(path):
            raise click.ClickException(
                f"{path} is there already, and is not written over. Move it away, or choose "
                "another name."
            )


def write_private(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a new file with mode 0600; on any fault nothing is left of it."""
    require_absent(path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def read_file(path: Path, most: int) -> bytes:
    """The bytes of an ordinary file of at most *most* bytes; raises ClickException."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > most:
        raise click.ClickException(f"{path} is too large to be the file that is wanted.")
    return content

"""The keys of the embedded default: made once, kept beside the data, readable by their owner."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet

from voting.config import KEY_FILES, PREFIX, find_data_dir, key_path


def make_missing_keys(environ: Mapping[str, str]) -> list[Path]:
    """Make a key file for each kind of key that *environ* does not name, and say which were made.

    A file that is there already is never touched.
    """
    data_dir = find_data_dir(environ)
    made = []
    for name in KEY_FILES:
        named = environ.get(PREFIX + name) or environ.get(f"{PREFIX}{name}_FILE")
        path = key_path(data_dir, name)
        if not named and not path.exists():
            _write(path, _make_key(name))
            made.append(path)
    return made


def _make_key(name: str) -> str:
    return Fernet.generate_key().decode() if name == "SEALING_KEYS" else secrets.token_urlsafe(48)


def _write(path: Path, key: str) -> None:
    """Whole or not at all: a crash leaves no half key behind."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)

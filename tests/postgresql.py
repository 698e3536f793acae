"""A PostgreSQL server for the tests: the one that is named, or one of their own."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def find_reason_not_to() -> str:
    """Why no server can be had on this machine; nothing when one can."""
    if os.environ.get("TEST_DATABASE_URL") or shutil.which("initdb") or BINARIES:
        return ""
    return "PostgreSQL is not installed and TEST_DATABASE_URL is not set"


@contextmanager
def run_server(folder: Path) -> Iterator[str]:
    """The address of a server, without a database's name; one of our own ends with the block."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named.rpartition("/")[0]
        return
    binaries = BINARIES[-1].parent if BINARIES else Path(str(shutil.which("initdb"))).parent
    data, sockets = folder / "data", folder / "sockets"
    for place in (folder, data, sockets):
        place.mkdir(exist_ok=True)
    prefix = _as_owner([folder, data, sockets])
    run = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    init = [binaries / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "-N"]
    subprocess.run([*prefix, *init], **run)
    options = f"-c listen_addresses= -c unix_socket_directories={sockets} -c fsync=off"
    control = [*prefix, binaries / "pg_ctl", "-D", data, "-w", "-o", options]
    subprocess.run([*control, "-l", data / "log", "start"], **run)
    try:
        yield f"postgresql://tests@/?host={sockets}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **run)


def _as_owner(places: list[Path]) -> list[str]:
    """PostgreSQL refuses root: run as its own user there, who then owns *places*."""
    if os.geteuid() != 0:
        return []
    owner = pwd.getpwnam("postgres")
    for place in places:
        os.chown(place, owner.pw_uid, owner.pw_gid)
    for parent in places[0].parents:
        if parent.stat().st_mode & 0o001 == 0 and parent.owner() == "root":
            parent.chmod(parent.stat().st_mode | 0o011)
    return ["runuser", "-u", "postgres", "--"]


@contextmanager
def make_database(server: str) -> Iterator[str]:
    """The address of a fresh, empty database on *server*, dropped at the end."""
    name = f"voting_{secrets.token_hex(6)}"
    where, _mark, query = server.partition("?")
    base = where.rstrip("/")
    query = f"?{query}" if query else ""
    with psycopg.connect(f"{base}/postgres{query}", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield f"{base}/{name}{query}"
    finally:
        with psycopg.connect(f"{base}/postgres{query}", autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))

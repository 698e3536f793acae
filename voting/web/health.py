"""For machines that watch: is the process alive, can it work."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from voting.store import accounts
from voting.store.database import UNAVAILABLE, db
from voting.web.access import guard

blueprint = Blueprint("health", __name__)
guard(blueprint, "public")

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return "ok\n", 200, PLAIN


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers and has its tables."""
    try:
        ready = accounts.has_tables(db.session())
    except UNAVAILABLE:
        ready = False
    return ("ready\n", 200, PLAIN) if ready else ("not ready\n", 503, PLAIN)

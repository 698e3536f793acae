"""The whole application on its own database and mail server, and a poll that is open now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from cryptography.fernet import Fernet
from flask import Flask

from tests.factories_polls import make_draft
from voting.app import create_app
from voting.config import load_settings
from voting.services import correspondence, keys, polls
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.transactions import Transactions

DAY = dt.timedelta(days=1)


def make_environ(folder: Path, *, mail_port: int, database_url: str = "") -> dict[str, str]:
    """The environment of a service that keeps everything in *folder* and mails to *mail_port*."""
    environ = {
        "VOTING_DATA_DIR": str(folder),
        "VOTING_SECRET_KEYS": "0123456789-abcdefghijklmnopqrstuvwxyz",
        "VOTING_SEALING_KEYS": Fernet.generate_key().decode(),
        "VOTING_MAIL_HOST": "127.0.0.1",
        "VOTING_MAIL_PORT": str(mail_port),
        "VOTING_MAIL_FROM": "votes@service.example",
        "VOTING_BASE_URL": "http://127.0.0.1:8000",
    }
    if database_url:
        environ["VOTING_DATABASE_URL"] = database_url
    return environ


@contextmanager
def running_service(environ: dict[str, str]) -> Iterator[Flask]:
    """The application that *environ* describes, with its tables made and empty."""
    app = create_app(load_settings(environ))
    with app.app_context():
        db.drop_all()
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def add_poll(app: Flask, *, electors: int, now: dt.datetime, opened: bool = True) -> int:
    """A frozen poll of one constituency, open from yesterday to tomorrow; its id."""
    prepare = partial(keys.prepare_election, sealer=app.extensions["voting.sealer"])
    with Transactions(app).writing() as session:
        before = now - 3 * DAY
        draft = make_draft(
            session,
            electors={"Staff": electors},
            opens_at=now - DAY,
            closes_at=now + DAY,
            now=before,
        )
        poll = polls.freeze(session, draft, actor=None, now=before, prepare_election=prepare)
        if opened:
            polls.open_poll(session, poll, now=now)
        return poll.id


def invite(app: Flask, poll_id: int, now: dt.datetime) -> int:
    """Owe everyone on the roll an invitation, as an organiser does."""
    with Transactions(app).writing() as session:
        poll = session.get_one(Poll, poll_id)
        total = correspondence.preview_bulk(session, poll, "invitation").total
        return correspondence.queue_bulk(session, poll, "invitation", typed=str(total), now=now)

"""Sending every letter that is due: reserved in batches, handed over one by one."""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from voting import mail
from voting.config import Settings
from voting.services import correspondence, keys
from voting.store.polls import Election
from voting.store.transactions import Transactions

BATCH = 50  # letters reserved at a time

Clock = Callable[[], dt.datetime]

log = logging.getLogger(__name__)


def read_clock() -> dt.datetime:
    """The time now, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class LetterPost:
    """What letters need when they are written: addresses, signed links, codes."""

    app: Flask

    @property
    def settings(self) -> Settings:
        """The service's settings."""
        return self.app.extensions["voting.settings"]  # type: ignore[no-any-return]

    @property
    def base_url(self) -> str:
        """The address of the service, without a slash at its end."""
        return self.settings.base_url.rstrip("/")

    @property
    def organisation(self) -> str:
        """Who runs the service."""
        return self.settings.organisation

    @property
    def sender(self) -> str:
        """The address that letters come from."""
        return self.settings.mail.sender

    @property
    def reply_to(self) -> str:
        """Where replies to letters about accounts go."""
        return self.settings.mail.reply_to

    def voter_token(self, poll_id: int, elector_id: int, generation: int) -> str:
        """The signed part of a voter's link."""
        links = self.app.extensions["voting.links"]
        return str(links.voter_token(poll_id, elector_id, generation))

    def scrutineer_token(self, scrutineer_id: int, generation: int) -> str:
        """The signed part of a scrutineer's link."""
        links = self.app.extensions["voting.links"]
        return str(links.scrutineer_token(scrutineer_id, generation))

    def reader_token(self, reader_id: int, generation: int) -> str:
        """The signed part of a reader's link."""
        links = self.app.extensions["voting.links"]
        return str(links.reader_token(reader_id, generation))

    def respondent_token(self, participant_id: int, generation: int) -> str:
        """The signed part of a link to a consultation."""
        links = self.app.extensions["voting.links"]
        return str(links.respondent_token(participant_id, generation))

    def response_handles(self, participant_id: int) -> list[str]:
        """What the participant's response is kept under."""
        links = self.app.extensions["voting.links"]
        return list(links.response_handles(participant_id))

    def code_for(self, election: Election, elector_id: int) -> str:
        """The elector's voting code."""
        return keys.code_for(election, elector_id, sealer=self.app.extensions["voting.sealer"])

    def unseal(self, sealed: bytes) -> bytes:
        """Open what was sealed for a letter."""
        return bytes(self.app.extensions["voting.sealer"].unseal(sealed))


def post_letters(
    app: Flask, *, clock: Clock = read_clock, stop: threading.Event | None = None
) -> int:
    """Send every letter that is due, and return how many were taken by the mail server.

    Stops early when *stop* is set, or when the mail server cannot be used at present.
    """
    stop = stop or threading.Event()
    post, sessions = LetterPost(app), Transactions(app)
    holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    sent = 0
    with mail.Mailer(post.settings.mail, pause=stop.wait) as mailer:
        while not stop.is_set():
            with sessions.writing() as session:
                ids = correspondence.lease_due(
                    session, now=clock(), holder=holder, limit=_batch_size(post.settings)
                )
            if not ids:
                break
            taken, usable = _post_batch(sessions, ids, holder, mailer, post, clock, stop)
            sent += taken
            if not usable:
                break
    return sent


def _post_batch(
    sessions: Transactions,
    ids: list[int],
    holder: str,
    mailer: mail.Mailer,
    post: LetterPost,
    clock: Clock,
    stop: threading.Event,
) -> tuple[int, bool]:
    """How many letters were taken, and whether the mail server can be used at present."""
    sent, usable, left = 0, True, list(ids)
    try:
        while left:
            mailer.wait_turn()
            if stop.is_set():
                break
            state = correspondence.send_letter(
                sessions, left.pop(0), holder=holder, mailer=mailer, post=post, now=clock()
            )
            sent += state == "sent"
    except mail.ServerUnavailable as error:
        log.warning("letters wait: %s", error)
        usable = False
    finally:
        with sessions.writing() as session:
            correspondence.give_back(session, left, holder=holder)
    return sent, usable


def _batch_size(settings: Settings) -> int:
    """No more than can be sent well within a lease, at the rate allowed."""
    per_minute = settings.mail.per_minute
    return min(BATCH, max(1, 2 * per_minute)) if per_minute else BATCH

"""Sending: letters reserved, handed over outside any transaction, and settled."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager
from email.message import EmailMessage
from typing import Protocol

from sqlalchemy.orm import Session

from voting import mail
from voting.services.correspondence.consulting import write_any
from voting.services.correspondence.refusals import Unwanted
from voting.services.correspondence.writing import Post
from voting.store import outbox
from voting.store.letters import Letter

BACKOFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))

log = logging.getLogger(__name__)


class Sessions(Protocol):
    """How the door opens transactions; a service never commits by itself."""

    def reading(self) -> AbstractContextManager[Session]:
        """A transaction that changes nothing and is rolled back at its end."""

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction that is committed at its end, rolled back if anything is raised."""


def lease_due(session: Session, *, now: dt.datetime, holder: str, limit: int) -> list[int]:
    """Reserve up to *limit* due letters for *holder*; see ``store/outbox.py``."""
    return outbox.reserve_due(session, now=now, holder=holder, limit=limit)


def give_back(session: Session, letter_ids: Iterable[int], *, holder: str) -> None:
    """End *holder*'s reservations of letters that it did not get to."""
    outbox.give_back(session, letter_ids, holder=holder)


def send_letter(
    sessions: Sessions,
    letter_id: int,
    *,
    holder: str,
    mailer: mail.Mailer,
    post: Post,
    now: dt.datetime,
) -> str:
    """Send one letter that *holder* reserved, and return the state it is left in.

    Each step is a transaction of its own and none is open while the mail server is talked to. A
    crash leaves the letter reserved (nothing was sent) or ``sending`` (one more try). Returns
    "lost" when somebody else holds it by now. Raises mail.ServerUnavailable when no letter can go
    out at present; this one is then deferred.
    """
    message, state = _prepare(sessions, letter_id, holder=holder, mailer=mailer, post=post, now=now)
    if message is None:
        return state
    with sessions.writing() as session:
        if not outbox.begin_sending(session, letter_id, now=now, holder=holder):
            return "lost"
    try:
        mailer.send(message)
    except mail.MailFailure as error:
        with sessions.writing() as session:
            state = _settle_failure(session, letter_id, error, holder=holder, now=now)
        if isinstance(error, mail.ServerUnavailable):
            raise
        return state
    with sessions.writing() as session:
        outbox.end_sending(session, letter_id, holder=holder, state="sent", now=now)
    return "sent"


def _prepare(
    sessions: Sessions,
    letter_id: int,
    *,
    holder: str,
    mailer: mail.Mailer,
    post: Post,
    now: dt.datetime,
) -> tuple[EmailMessage | None, str]:
    """The message, with the server listening; or None and the state the letter was put in.

    A letter that cannot be written (a sealing key is missing, say) is put off, so that it does not
    hold up the others; only the kind of fault is logged, because its words may be secret.
    """
    try:
        with sessions.reading() as session:
            message = write_any(session, letter_id, post=post, now=now)
        mailer.connect()
    except Unwanted as reason:
        return None, _put_aside(sessions, letter_id, "withdrawn", str(reason), holder=holder)
    except mail.PermanentFailure as error:
        return None, _put_aside(sessions, letter_id, "bounced", str(error), holder=holder)
    except mail.ServerUnavailable as error:
        with sessions.writing() as session:
            outbox.settle_unsent(
                session,
                letter_id,
                holder=holder,
                state="deferred",
                error=str(error),
                due_at=now + BACKOFF[0],
            )
        raise
    except Exception as error:
        fault = type(error).__name__
        log.error("letter %d cannot be written: %s", letter_id, fault)
        with sessions.writing() as session:
            return None, _put_off_unwritten(session, letter_id, fault, holder=holder, now=now)
    return message, "owed"


def _put_aside(sessions: Sessions, letter_id: int, state: str, error: str, *, holder: str) -> str:
    with sessions.writing() as session:
        outbox.settle_unsent(session, letter_id, holder=holder, state=state, error=error)
    return state


def _put_off_unwritten(
    session: Session, letter_id: int, fault: str, *, holder: str, now: dt.datetime
) -> str:
    letter = session.get_one(Letter, letter_id)
    given_up = letter.attempts >= len(BACKOFF)
    state = "failed" if given_up else "deferred"
    outbox.settle_unsent(
        session,
        letter_id,
        holder=holder,
        state=state,
        error=f"The letter could not be written ({fault}).",
        due_at=None if given_up else now + BACKOFF[letter.attempts],
        attempts=1,
    )
    return state


def _settle_failure(
    session: Session, letter_id: int, error: mail.MailFailure, *, holder: str, now: dt.datetime
) -> str:
    letter = session.get_one(Letter, letter_id)
    unknown = isinstance(error, mail.DeliveryUnknown)
    state, due_at, reason = "deferred", None, str(error)
    if isinstance(error, mail.PermanentFailure):
        state = "bounced"
    elif unknown and letter.uncertain:
        state, reason = "failed", outbox.CANNOT_TELL
    elif letter.attempts > len(BACKOFF):
        state, reason = "failed", f"We gave up after {letter.attempts} attempts. {reason}"
    else:
        due_at = now + BACKOFF[max(letter.attempts, 1) - 1]
    outbox.end_sending(
        session,
        letter_id,
        holder=holder,
        state=state,
        now=now,
        error=reason,
        due_at=due_at,
        uncertain=unknown,
    )
    return state

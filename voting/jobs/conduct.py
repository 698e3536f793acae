"""What falls due in a poll's life: opening, closing, counting, declaring."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from flask import Flask

from voting.domain.lifecycle import is_count_due, is_sealing_due
from voting.jobs.letters import Clock, post_letters, read_clock
from voting.services import consultations, declaration, polls, publication, roll, tallying, trustees
from voting.store.disputes import count_undecided
from voting.store.polls import Poll, list_polls_in
from voting.store.transactions import Transactions

log = logging.getLogger(__name__)


def open_and_close(app: Flask, now: dt.datetime) -> None:
    """Open the polls whose time has come; end the consultations and polls that are over."""
    sessions = Transactions(app)
    with _reported("opening"), sessions.writing() as session:
        polls.open_due(session, now)
    with _reported("closing consultations"), sessions.writing() as session:
        consultations.close_due(session, now)
    with sessions.reading() as session:
        due = [
            poll.id
            for poll in list_polls_in(session, "open")
            if is_sealing_due(poll.timetable, now)
        ]
    for poll_id in due:
        with _reported("closing"), sessions.writing() as session:
            tallying.close(session, session.get_one(Poll, poll_id), now=now)


def list_wanted_counts(app: Flask, now: dt.datetime) -> list[int]:
    """The polls whose count was asked for, may begin by *now*, and is not finished."""
    with Transactions(app).reading() as session:
        waiting = list_polls_in(session, "closed", "counting")
        return [
            poll.id
            for poll in waiting
            if poll.counting_wanted_at is not None
            and is_count_due(poll.timetable, count_undecided(session, poll.id), now)
            and not trustees.is_waiting(session, poll)
        ]


def count_poll(
    app: Flask, poll_id: int, now: dt.datetime, *, executor: Executor | None = None
) -> None:
    """Count one poll, declare its outcome and verify its archives, ready to be published.

    Each election is a transaction of its own, in which its key is destroyed; a count that was cut
    short goes on with the first election that is not counted. Where scrutineers hold the keys it
    goes as far as it can, and those whose turn it is are owed a letter.
    """
    sessions = Transactions(app)
    with sessions.reading() as session:
        poll = session.get_one(Poll, poll_id)
        if poll.state not in ("closed", "counting"):
            return
        sealer = app.extensions["voting.sealer"]
        tallying.count(
            session, poll, sealer=sealer, now=now, executor=executor, keep=session.commit
        )
        finished = tallying.is_finished(session, poll)
    if not finished:
        with sessions.writing() as session:
            trustees.owe_turns(session, session.get_one(Poll, poll_id), now=now)
        return
    with sessions.writing() as session:
        declaration.declare(session, session.get_one(Poll, poll_id), now=now)
    with _reported("checking the archives"), sessions.writing() as session:
        publication.check_archives(session, session.get_one(Poll, poll_id), executor=executor)


def run_sweep(app: Flask, now: dt.datetime | None = None) -> int:
    """Do everything that is due: open, close, count, declare, send letters. Returns letters sent.

    With *now*, all of it happens as if it were that time. A fault in one poll is logged and does
    not keep the others waiting.
    """
    clock: Clock = read_clock if now is None else lambda: now
    open_and_close(app, clock())
    with _reported("dropping uploads"), Transactions(app).writing() as session:
        roll.drop_forgotten(session, now=clock())
    for poll_id in list_wanted_counts(app, clock()):
        with _reported("counting"):
            count_poll(app, poll_id, clock())
    return post_letters(app, clock=clock)


@contextmanager
def _reported(what: str) -> Iterator[None]:
    """Log a fault and go on; the next sweep tries again."""
    try:
        yield
    except Exception:
        log.exception("%s failed", what)

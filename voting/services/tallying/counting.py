"""Counting: the board of each election goes on, step by step, until its result stands there.

Where the service holds the key, all steps of an election are one transaction, together with the
destruction of the key: a crash leaves it counted or untouched. Where scrutineers hold it, the count
stops and waits wherever their part comes next, and goes on from the board when it has come.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import Executor

from sqlalchemy.orm import Session

from voting.belenios.board import EventType
from voting.domain.lifecycle import State, require_checked
from voting.services.tallying import boards
from voting.services.tallying.plan import Part, plan
from voting.services.tallying.summing import Progress
from voting.services.tallying.unsealing import Unsealer
from voting.store import board, database, disputes, polls
from voting.store.polls import Election, Poll
from voting.store.proposals import append_act


def count(
    session: Session,
    poll: Poll,
    *,
    sealer: Unsealer,
    now: dt.datetime,
    executor: Executor | None = None,
    progress: Progress | None = None,
    keep: Callable[[], None] | None = None,
) -> None:
    """Take the count of every election of *poll* as far as it goes without the scrutineers.

    With the result of an election, its key and seed are destroyed. *keep* is the door's commit:
    with it each election is one transaction, and nothing is locked while sums are made. Without it
    everything stays in the caller's transaction. Raises Conflict unless the poll is being counted,
    or closed with its checking period over and every problem that was reported decided;
    ProtocolError when a board does not add up.
    """
    if poll.state != State.COUNTING:
        if keep is not None:
            database.begin_writing(session)
        poll = polls.lock_poll(session, poll.id)
        require_checked(poll.timetable, disputes.count_undecided(session, poll.id), now)
        poll.state = State.COUNTING
        _keep(session, keep)
    for election in list(poll.elections):
        head = board.find_head(session, election.id)
        if head is not None and head.type == EventType.RESULT:
            continue
        parts = plan(session, election, sealer, executor, progress)
        if not parts:
            continue
        if keep is not None:
            database.begin_writing(session)
        _put_on_board(session, election, head.hash if head else "", parts, now)
        _keep(session, keep)


def is_counted(session: Session, election: Election) -> bool:
    """Whether the result of *election* is on its board."""
    head = board.find_head(session, election.id)
    return head is not None and head.type == EventType.RESULT


def is_finished(session: Session, poll: Poll) -> bool:
    """Whether every election of *poll* is counted."""
    return all(is_counted(session, election) for election in poll.elections)


def _keep(session: Session, keep: Callable[[], None] | None) -> None:
    session.flush()
    if keep is not None:
        keep()


def _put_on_board(
    session: Session, election: Election, seen: str, parts: list[Part], now: dt.datetime
) -> None:
    head = boards.lock_head(session, election)
    if head.hash != seen:
        return  # another worker, or a scrutineer, was first: the next look goes on from there
    for part in parts:
        head = boards.append(session, election, head, part.kind, part.records)
    if head.type is not EventType.RESULT:
        return
    election.result = parts[-1].records[0]
    poll = election.poll
    details = {
        "election": election.uuid,
        "constituency": election.constituency.code,
        "head": head.hash,
    }
    append_act(session, poll.proposal_id, poll.id, "counted", now=now, details=details)
    polls.destroy_secrets(session, election, now=now)

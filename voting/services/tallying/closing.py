"""Sealing the ballot boxes: from here on no ballot can come."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from voting.belenios.board import EventType
from voting.domain.canonical import canonical_time
from voting.domain.errors import Conflict
from voting.domain.lifecycle import State, checked_until, is_sealing_due, require_transition
from voting.services.tallying import boards
from voting.store import board, letters, polls
from voting.store.polls import Election, Poll
from voting.store.proposals import append_act


def close(session: Session, poll: Poll, *, now: dt.datetime) -> None:
    """Seal every ballot box of *poll* and start the checking period.

    Raises Conflict unless the poll is open and its closing time and the grace have passed. The
    public act names each board's head and its number of ballots, and when the period ends. When
    there is one, everyone on the roll is owed a letter that says how to check.
    """
    poll = polls.lock_poll(session, poll.id)
    require_transition(State(poll.state), State.CLOSED)
    if not is_sealing_due(poll.timetable, now):
        raise Conflict("Voting has not ended yet, so the ballot box cannot be sealed.")
    poll.state = State.CLOSED
    poll.closed_at = now
    sealed = [_seal_box(session, election) for election in poll.elections]
    ends_at = canonical_time(checked_until(poll.timetable))
    details = {"ballot_boxes": sealed, "checked_until": ends_at}
    append_act(session, poll.proposal_id, poll.id, "closed", now=now, details=details)
    if poll.checking_hours:
        letters.owe_to_electors(session, poll_id=poll.id, kind="closed", now=now)


def _seal_box(session: Session, election: Election) -> dict[str, object]:
    head = boards.lock_head(session, election)
    event = boards.append(session, election, head, EventType.END_BALLOTS, [])
    ballots, electors = board.count_ballots(session, election.id)
    return {
        "election": election.uuid,
        "constituency": election.constituency.code,
        "ballots": ballots,
        "papers": electors,
        "head": event.hash,
    }

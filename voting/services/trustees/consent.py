"""What a scrutineer says without a key: that the frozen set-up is right, or that a key is lost."""

from __future__ import annotations

import datetime as dt
import hmac

from sqlalchemy.orm import Session

from voting.domain.errors import Conflict
from voting.domain.holding import count_safe
from voting.domain.lifecycle import State
from voting.services.trustees.turns import list_standings, name_of
from voting.store.polls import lock_poll
from voting.store.proposals import append_act
from voting.store.trustees import Scrutineer

FINISHED = (State.DECLARED, State.PUBLISHED, State.CANCELLED)


def approve(session: Session, scrutineer: Scrutineer, *, seen: str, now: dt.datetime) -> None:
    """Approve the frozen set-up, whose hash *seen* is what the page showed. Twice is once.

    Raises Conflict unless the poll is frozen and not open yet, and when it is not what was seen.
    """
    poll = lock_poll(session, scrutineer.poll_id)
    if scrutineer.approved_at is not None:
        return
    if poll.state != State.READY or poll.frozen_hash is None:
        raise Conflict("This set-up can be approved between the freeze and the opening only.")
    if not hmac.compare_digest(seen.encode(), poll.frozen_hash.encode()):
        raise Conflict("This is not the set-up that was frozen. Open the page again and read it.")
    scrutineer.approved_at = now
    details = {**name_of(scrutineer), "hash": poll.frozen_hash}
    append_act(session, poll.proposal_id, poll.id, "setup-approved", now=now, details=details)


def report_lost(session: Session, scrutineer: Scrutineer, *, now: dt.datetime) -> None:
    """Write down, in public, that this scrutineer's key is lost. Twice is once.

    Raises Conflict when there is no key yet, or the count is over.
    """
    poll = lock_poll(session, scrutineer.poll_id)
    if scrutineer.lost_at is not None:
        return
    if scrutineer.certified_at is None:
        raise Conflict("You have not made a key yet, so there is none to lose.")
    if State(poll.state) in FINISHED:
        raise Conflict("This vote is over. Its keys are not needed any more.")
    scrutineer.lost_at = now
    session.flush()
    left = count_safe(list_standings(session, poll))
    details = {**name_of(scrutineer), "left": left, "needed": poll.threshold}
    append_act(session, poll.proposal_id, poll.id, "key-lost", now=now, details=details)


def report_found(session: Session, scrutineer: Scrutineer, *, now: dt.datetime) -> None:
    """Take the report back: the key was loaded, so it is not lost."""
    if scrutineer.lost_at is None:
        return
    poll = lock_poll(session, scrutineer.poll_id)
    scrutineer.lost_at = None
    details = name_of(scrutineer)
    append_act(session, poll.proposal_id, poll.id, "key-found", now=now, details=details)

"""Putting the next event on an election's board, under its lock."""

from __future__ import annotations

from sqlalchemy.orm import Session

from voting.belenios.board import Event, EventType, next_event, parse_event
from voting.belenios.encoding import hex_digest
from voting.domain.errors import Conflict
from voting.store import board
from voting.store.board import Link
from voting.store.polls import Election


def lock_head(session: Session, election: Election) -> Event:
    """Lock the board and return its newest event; raises Conflict when there is no board."""
    head = board.lock_head(session, election.id)
    if head is None:
        raise Conflict("This vote has no ballot box yet.")
    return parse_event(head.body)


def append(
    session: Session, election: Election, head: Event, kind: EventType, records: list[bytes]
) -> Event:
    """Put an event with its data records after *head*, and return it."""
    payload = hex_digest(records[-1]) if records else None
    event = next_event(head, kind, payload)
    link = Link(event.height, kind.value, event.to_json(), event.hash, payload)
    board.append(session, election.id, link, records)
    return event

"""The scrutineers' part of the count: their shuffles and decryptions, checked before the board.

Each is checked against the tally on the board, which the service computed from the ballots. What
does not hold is refused with the name of the check, nothing is kept, and it may be tried again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.belenios.board import (
    EventType,
    next_event,
    parse_event,
    parse_sizes,
    partial_decryption_records,
    shuffle_records,
)
from voting.belenios.election import NonHomomorphicQuestion, parse_election
from voting.belenios.encoding import hex_digest
from voting.belenios.errors import ProtocolError
from voting.belenios.mixnet import check_shuffle, shuffled_tally
from voting.belenios.opening import read_decryption, read_shuffle
from voting.belenios.tally import check_partial_decryption
from voting.belenios.trustees import parse_trustees
from voting.domain.errors import BadInput, Conflict, FieldError, NotFound
from voting.domain.holding import MINIMUM_COUNTED
from voting.domain.lifecycle import State
from voting.domain.wording import check_text, clean_text
from voting.services.trustees.awaited import (
    DECRYPTION,
    SHUFFLE,
    Awaited,
    can_act,
    find_awaited,
    owner_of,
)
from voting.services.trustees.consent import report_found
from voting.services.trustees.turns import name_of, owe_turns
from voting.store import board, database
from voting.store.board import Link, TakenError
from voting.store.polls import Election
from voting.store.proposals import append_act
from voting.store.trustees import Scrutineer

REPEAT = "Nothing was kept. You can try again."
BUSY = "Somebody else's part arrived at the same moment. Look at the page again."


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the count of one election stands: what is asked for, and the tally to work on.

    *counted* votes stand in each of *lists*, one for every question whose votes are mixed.
    """

    election: Election
    awaited: Awaited
    tally: bytes
    counted: int
    lists: int


def get_election(scrutineer: Scrutineer, uuid: str) -> Election:
    """The election of the scrutineer's poll with this uuid; raises NotFound."""
    for election in scrutineer.poll.elections:
        if election.uuid == uuid:
            return election
    raise NotFound("This vote has no such ballot box.")


def find_stand(session: Session, election: Election) -> Stand | None:
    """Where the count of *election* stands, or None before its tally is on the board."""
    records = board.find_records(session, election.id, EventType.ENCRYPTED_TALLY)
    if not records:
        return None
    tally, sizes = records
    definition = parse_election(election.definition)
    shuffles = board.find_records(session, election.id, EventType.SHUFFLE)
    if shuffles:
        tally = shuffled_tally(definition, tally, shuffles[0])
    counted = parse_sizes(sizes, definition.group.order)[0]
    lists = sum(isinstance(question, NonHomomorphicQuestion) for question in definition.questions)
    return Stand(election, find_awaited(session, election), tally, counted, lists)


def is_asked(session: Session, scrutineer: Scrutineer, election: Election) -> bool:
    """Whether this scrutineer is asked for their part of the count of *election* now."""
    counting = scrutineer.poll.state == State.COUNTING
    return counting and can_act(find_awaited(session, election), owner_of(scrutineer))


def take_shuffle(
    session: Session,
    scrutineer: Scrutineer,
    election: Election,
    raw: bytes,
    *,
    now: dt.datetime,
    executor: Executor | None = None,
) -> bool:
    """Check a scrutineer's shuffle and put it on the board; False when theirs is there already.

    Ends the session's transaction before the slow check and begins a writing one after it; the
    caller commits. Raises BadInput (field answer), Conflict when none is asked for.
    """
    stand = _find_turn(session, scrutineer, election, SHUFFLE)
    if stand is None:
        return False
    owner, definition = owner_of(scrutineer), parse_election(election.definition)
    database.end_reading(session)

    def check() -> list[bytes]:
        shuffle = read_shuffle(raw, definition.uuid, owner)
        check_shuffle(definition, stand.tally, shuffle, executor=executor)
        return shuffle_records(owner, shuffle)

    records = _checked(check)
    return _append(session, scrutineer, election.id, stand, EventType.SHUFFLE, records, "", now)


def take_decryption(
    session: Session,
    scrutineer: Scrutineer,
    election: Election,
    raw: bytes,
    *,
    reason: str = "",
    minimum: int = MINIMUM_COUNTED,
    now: dt.datetime,
    executor: Executor | None = None,
) -> bool:
    """Check a scrutineer's partial decryption and put it on the board; False when it is there.

    Fewer than *minimum* votes could show how someone voted: they are opened only with a *reason*,
    here or in the file. Any reason that is given is published. Transactions as in
    :func:`take_shuffle`. Raises BadInput (fields answer, reason), Conflict.
    """
    stand = _find_turn(session, scrutineer, election, DECRYPTION)
    if stand is None:
        return False
    owner, definition = owner_of(scrutineer), parse_election(election.definition)
    trustees_raw = board.get_records(session, election.id, 0)[1]
    database.end_reading(session)
    given = ""

    def check() -> list[bytes]:
        nonlocal given
        decryption, given = read_decryption(raw, definition.uuid, owner)
        key = parse_trustees(definition.group, trustees_raw).public_key_of(owner)
        check_partial_decryption(definition, key, stand.tally, decryption, executor=executor)
        return partial_decryption_records(owner, decryption)

    records = _checked(check)
    reason = _check_reason(stand, clean_text(reason or given), minimum)
    kind = EventType.PARTIAL_DECRYPTION
    return _append(session, scrutineer, election.id, stand, kind, records, reason, now)


def _find_turn(
    session: Session, scrutineer: Scrutineer, election: Election, kind: str
) -> Stand | None:
    """Where the count stands, if this scrutineer is asked for *kind*; None when they gave it."""
    stand = find_stand(session, election)
    if scrutineer.poll.state == State.COUNTING and stand is not None:
        given = stand.awaited.shuffled if kind == SHUFFLE else stand.awaited.decrypted
        if owner_of(scrutineer) in given:
            return None
        if stand.awaited.kind == kind and can_act(stand.awaited, owner_of(scrutineer)):
            return stand
    raise Conflict(f"No {kind} is asked of you for this ballot box at present. Nothing was kept.")


def _checked(check: Callable[[], list[bytes]]) -> list[bytes]:
    try:
        return check()
    except ProtocolError as error:
        told = f"This does not pass its check: {error}. {REPEAT}"
        raise BadInput([FieldError("answer", told)]) from error


def _check_reason(stand: Stand, reason: str, minimum: int) -> str:
    """The reason for opening so few votes, empty where none is needed or given; raises BadInput."""
    if not reason:
        if stand.counted >= minimum:
            return ""
        told = (
            f"Only {stand.counted} votes are counted here, and fewer than {minimum} could show how "
            "someone voted. Enter the reason for opening them all the same; it is published."
        )
        raise BadInput([FieldError("reason", told)])
    faults = check_text("reason", "the reason, which is published", reason, limit=1_000)
    if faults:
        raise BadInput(faults)
    return reason


def _append(
    session: Session,
    scrutineer: Scrutineer,
    election_id: int,
    stand: Stand,
    kind: EventType,
    records: list[bytes],
    reason: str,
    now: dt.datetime,
) -> bool:
    """Put the checked records on the board, unless it moved on meanwhile."""
    database.begin_writing(session)
    head = board.lock_head(session, election_id)
    election = session.get_one(Election, election_id)
    if head is None or find_awaited(session, election) != stand.awaited:
        raise Conflict(BUSY)
    event = next_event(parse_event(head.body), kind, hex_digest(records[-1]))
    link = Link(event.height, kind.value, event.to_json(), event.hash, event.payload)
    try:
        board.append(session, election_id, link, records)
    except TakenError as error:
        raise Conflict(BUSY) from error
    details = {
        **name_of(scrutineer),
        "constituency": election.constituency.code,
        "sha256": hashlib.sha256(records[0]).hexdigest(),
        "head": event.hash,
    }
    if reason:
        details["reason"] = reason
    poll = election.poll
    act = "shuffled" if kind is EventType.SHUFFLE else "decrypted"
    append_act(session, poll.proposal_id, poll.id, act, now=now, details=details)
    report_found(session, scrutineer, now=now)
    session.flush()
    owe_turns(session, poll, now=now)
    return True

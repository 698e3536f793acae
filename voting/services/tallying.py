"""From the close to the numbers. Once the box is sealed, the board is the only input.

Counting one election reads its board, adds the last ballot of each credential under seal, opens the
sums with the service's key, and puts all three events on the board in one transaction together with
the destruction of the key. A crash leaves an election counted or untouched; counting again goes on
with the first one that is untouched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Protocol

from sqlalchemy.orm import Session

from voting.belenios import election as protocol
from voting.belenios.batches import make_batches, map_batches
from voting.belenios.board import (
    Event,
    EventType,
    next_event,
    parse_event,
    partial_decryption_records,
    result_records,
)
from voting.belenios.credential import read_weights, split_public_credentials
from voting.belenios.encoding import hex_digest
from voting.belenios.errors import InvalidTally
from voting.belenios.tally import TallyAccumulator, make_partial_decryption, make_result
from voting.belenios.trustees import parse_trustees
from voting.domain.canonical import canonical_time
from voting.domain.errors import Conflict
from voting.domain.lifecycle import (
    State,
    checked_until,
    is_sealing_due,
    require_checked,
    require_transition,
)
from voting.store import board, database, disputes, letters, polls
from voting.store.board import Link
from voting.store.polls import Election, Poll
from voting.store.proposals import append_act

BATCH = 100
SERVICE = 1  # the service's own key is the only trustee of simple mode

Progress = Callable[[str, int, int], None]
"""Called with the name of a constituency, the ballots added so far, and how many there are."""

Item = tuple[bytes, int]
"""A ballot and its weight."""


class Unsealer(Protocol):
    """Opens secrets that were sealed at rest."""

    def unseal(self, sealed: bytes, /) -> bytes:
        """Return what was sealed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is to go on the board: the data records of three events, and the result itself."""

    tally: list[bytes]
    decryption: list[bytes]
    result: bytes


# ------------------------------------------------------------------ close


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
    head = _lock_head(session, election)
    event = _append(session, election, head, EventType.END_BALLOTS, [])
    ballots, electors = board.count_ballots(session, election.id)
    return {
        "election": election.uuid,
        "constituency": election.constituency.code,
        "ballots": ballots,
        "papers": electors,
        "head": event.hash,
    }


# ------------------------------------------------------------------ count


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
    """Count every election of *poll* that is not counted yet, and destroy its key and seed.

    *keep* is the door's commit: with it each election is one transaction, and nothing is locked
    while sums are made. Without it everything stays in the caller's transaction. Raises Conflict
    unless the poll is being counted, or closed with its checking period over and every problem that
    was reported decided; ProtocolError when a board does not add up.
    """
    if poll.state != State.COUNTING:
        if keep is not None:
            database.begin_writing(session)
        poll = polls.lock_poll(session, poll.id)
        require_checked(poll.timetable, disputes.count_undecided(session, poll.id), now)
        poll.state = State.COUNTING
        _keep(session, keep)
    for election in list(poll.elections):
        if is_counted(session, election):
            continue
        counted = _compute(session, election, sealer, executor, progress)
        if keep is not None:
            database.begin_writing(session)
        _put_on_board(session, election, counted, now)
        _keep(session, keep)


def is_counted(session: Session, election: Election) -> bool:
    """Whether the result of *election* is on its board."""
    head = board.find_head(session, election.id)
    return head is not None and head.type == EventType.RESULT


def _keep(session: Session, keep: Callable[[], None] | None) -> None:
    session.flush()
    if keep is not None:
        keep()


def _compute(
    session: Session,
    row: Election,
    sealer: Unsealer,
    executor: Executor | None,
    progress: Progress | None,
) -> Counted:
    if row.sealed_key is None:
        raise Conflict("The key of this vote was destroyed. It cannot be counted again.")
    private_key = int(sealer.unseal(row.sealed_key))
    definition, trustees, credentials, _ = board.get_records(session, row.id, 0)
    election = protocol.parse_election(definition)
    weights = read_weights(election.group, split_public_credentials(credentials))

    tally = TallyAccumulator(election)
    items = _list_items(board.iter_counted(session, row.id), weights)
    batches = ((definition, batch) for batch in make_batches(items, repeat(BATCH)))
    electors = board.count_ballots(session, row.id)[1]
    for part in map_batches(executor, sum_batch, batches):
        tally.merge(part)
        if progress is not None:
            progress(row.constituency.name, tally.num_tallied, electors)

    raw = tally.encrypted_tally()
    decryption = make_partial_decryption(election, raw, private_key)
    result = make_result(
        election,
        parse_trustees(election.group, trustees),
        raw,
        {SERVICE: decryption},
        tally.total_weight,
    )
    return Counted(tally.records(), partial_decryption_records(SERVICE, decryption), result)


def _list_items(ballots: Iterable[tuple[str, bytes]], weights: dict[str, int]) -> Iterator[Item]:
    for credential, raw in ballots:
        if credential not in weights:
            raise InvalidTally("a ballot's credential is not on the frozen list")
        if f'"credential":"{credential}"'.encode() not in raw:
            raise InvalidTally("a ballot is filed under a credential that is not its own")
        yield raw, weights[credential]


@lru_cache(maxsize=2)
def _get_election(raw: bytes) -> protocol.Election:
    return protocol.parse_election(raw)


def sum_batch(batch: tuple[bytes, list[Item]]) -> TallyAccumulator:
    """Add a batch of ballots (election.json, items) under seal."""
    definition, items = batch
    tally = TallyAccumulator(_get_election(definition))
    for raw, weight in items:
        tally.add(raw, weight)
    return tally


def _put_on_board(session: Session, election: Election, counted: Counted, now: dt.datetime) -> None:
    head = _lock_head(session, election)
    if head.type is EventType.RESULT:
        return  # another worker was first
    for kind, records in (
        (EventType.ENCRYPTED_TALLY, counted.tally),
        (EventType.PARTIAL_DECRYPTION, counted.decryption),
        (EventType.RESULT, result_records(counted.result)),
    ):
        head = _append(session, election, head, kind, records)
    election.result = counted.result
    poll = election.poll
    details = {
        "election": election.uuid,
        "constituency": election.constituency.code,
        "head": head.hash,
    }
    append_act(session, poll.proposal_id, poll.id, "counted", now=now, details=details)
    polls.destroy_secrets(session, election, now=now)


# ------------------------------------------------------------------ the board


def _lock_head(session: Session, election: Election) -> Event:
    head = board.lock_head(session, election.id)
    if head is None:
        raise Conflict("This vote has no ballot box yet.")
    return parse_event(head.body)


def _append(
    session: Session, election: Election, head: Event, kind: EventType, records: list[bytes]
) -> Event:
    payload = hex_digest(records[-1]) if records else None
    event = next_event(head, kind, payload)
    link = Link(event.height, kind.value, event.to_json(), event.hash, payload)
    board.append(session, election.id, link, records)
    return event

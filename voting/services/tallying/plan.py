"""What can go on an election's board now: everything that waits for nobody else.

The order is that of the specification: the sum of the ballots under seal; where ballots are opened
one by one, shuffles; partial decryptions; the result. What scrutineers give is on the board already
and was checked before it came there.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.orm import Session

from voting.belenios.board import (
    EventType,
    encrypted_tally_records,
    parse_owned,
    parse_sizes,
    partial_decryption_records,
    result_records,
    shuffle_records,
)
from voting.belenios.election import Election as Definition
from voting.belenios.election import parse_election
from voting.belenios.mixnet import Progress as Steps
from voting.belenios.mixnet import make_shuffle, shuffled_tally
from voting.belenios.tally import make_partial_decryption, make_result
from voting.belenios.trustees import parse_trustees
from voting.domain.errors import Conflict
from voting.domain.holding import Holding
from voting.services.tallying.summing import Progress, add_up
from voting.services.tallying.unsealing import Unsealer
from voting.store import board
from voting.store.polls import Election, Poll

SERVICE = 1  # the number of the service among the trustees, where it holds a key


@dataclass(frozen=True, slots=True)
class Part:
    """One event that can go on the board: its type and its data records."""

    kind: EventType
    records: list[bytes]


@dataclass(slots=True)
class Stand:
    """Where the count of one election stands, and the parts that can follow."""

    row: Election
    definition: Definition
    head: EventType
    tally: bytes = b""
    total_weight: int = 0
    shuffled: list[int] = field(default_factory=list)
    decryptions: dict[int, bytes] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    @property
    def poll(self) -> Poll:
        """The poll of this election."""
        return self.row.poll

    @property
    def has_service_key(self) -> bool:
        """Whether the service is one of the trustees."""
        return self.poll.key_holding == Holding.SIMPLE or self.poll.with_service_key

    @property
    def has_enough_shuffles(self) -> bool:
        """Whether at least one who shuffled is honest, if the arrangement is to be trusted."""
        if self.poll.key_holding == Holding.SIMPLE:
            return SERVICE in self.shuffled
        scrutineers = [o for o in self.shuffled if not (self.has_service_key and o == SERVICE)]
        return len(scrutineers) >= self.poll.threshold

    def add(self, kind: EventType, records: list[bytes]) -> None:
        """Note the next event."""
        self.parts.append(Part(kind, records))
        self.head = kind


def plan(
    session: Session,
    row: Election,
    sealer: Unsealer,
    executor: Executor | None,
    progress: Progress | None,
) -> list[Part]:
    """The events that can follow now on the board of *row*; none while others are waited for.

    Raises ProtocolError when the board does not add up, Conflict when the service's key is gone.
    """
    stand = read_stand(session, row)
    if stand.head is EventType.END_BALLOTS:
        sums = add_up(session, row, executor, progress)
        stand.tally, stand.total_weight = sums.encrypted_tally(), sums.total_weight
        records = encrypted_tally_records(stand.tally, sums.num_tallied, sums.total_weight)
        stand.add(EventType.ENCRYPTED_TALLY, records)
    tell = None if progress is None else partial(progress, row.constituency.name)
    if stand.definition.needs_shuffle and not _plan_shuffles(stand, executor, tell):
        return stand.parts
    if stand.has_service_key and SERVICE not in stand.decryptions:
        raw = make_partial_decryption(
            stand.definition,
            stand.tally,
            _get_key(row, sealer),
            executor=executor,
            progress=tell,
        )
        stand.decryptions[SERVICE] = raw
        stand.add(EventType.PARTIAL_DECRYPTION, partial_decryption_records(SERVICE, raw))
    _plan_result(session, stand, executor, tell)
    return stand.parts


def read_stand(session: Session, row: Election) -> Stand:
    """What is on the board of *row* after its ballots."""
    head = board.find_head(session, row.id)
    if head is None:
        raise Conflict("This vote has no ballot box yet.")
    stand = Stand(row, parse_election(row.definition), EventType(head.type))
    sums = board.find_records(session, row.id, EventType.ENCRYPTED_TALLY)
    if not sums:
        return stand
    stand.tally = sums[0]
    stand.total_weight = parse_sizes(sums[1], stand.definition.group.order)[1]
    owned = board.list_owned(session, row.id, EventType.SHUFFLE)
    stand.shuffled = [parse_owned(raw)[0] for raw in owned]
    if owned:
        newest = board.find_records(session, row.id, EventType.SHUFFLE)[0]
        stand.tally = shuffled_tally(stand.definition, stand.tally, newest)
    for raw, owner in board.list_payloads(session, row.id, EventType.PARTIAL_DECRYPTION):
        stand.decryptions[parse_owned(owner)[0]] = raw
    return stand


def _plan_shuffles(stand: Stand, executor: Executor | None, tell: Steps | None) -> bool:
    """Whether the shuffles are over; the service makes its own first."""
    if stand.head not in (EventType.ENCRYPTED_TALLY, EventType.SHUFFLE):
        return True
    if stand.has_service_key and SERVICE not in stand.shuffled:
        raw = make_shuffle(stand.definition, stand.tally, executor=executor, progress=tell)
        stand.tally = shuffled_tally(stand.definition, stand.tally, raw)
        stand.shuffled.append(SERVICE)
        stand.add(EventType.SHUFFLE, shuffle_records(SERVICE, raw))
    if not stand.has_enough_shuffles:
        return False
    stand.add(EventType.END_SHUFFLES, [])
    return True


def _plan_result(
    session: Session, stand: Stand, executor: Executor | None, tell: Steps | None
) -> None:
    """Add the result once enough trustees have decrypted."""
    trustees_raw = board.get_records(session, stand.row.id, 0)[1]
    trustees = parse_trustees(stand.definition.group, trustees_raw)
    if not trustees.is_enough(stand.decryptions):
        return
    result = make_result(
        stand.definition,
        trustees,
        stand.tally,
        stand.decryptions,
        stand.total_weight,
        executor=executor,
        progress=tell,
    )
    stand.add(EventType.RESULT, result_records(result))


def _get_key(row: Election, sealer: Unsealer) -> int:
    if row.sealed_key is None:
        raise Conflict("The key of this vote was destroyed. It cannot be counted again.")
    return int(sealer.unseal(row.sealed_key))

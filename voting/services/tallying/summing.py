"""Adding up an election's ballots under seal, the last one of each credential."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from functools import lru_cache
from itertools import repeat

from sqlalchemy.orm import Session

from voting.belenios import election as protocol
from voting.belenios.batches import make_batches, map_batches
from voting.belenios.credential import read_weights, split_public_credentials
from voting.belenios.errors import InvalidTally
from voting.belenios.tally import TallyAccumulator
from voting.store import board
from voting.store.polls import Election

BATCH = 100

Progress = Callable[[str, int, int], None]
"""Called with the name of a constituency, and with the ballots done and all ballots of a step."""

Item = tuple[bytes, int]
"""A ballot and its weight."""


def add_up(
    session: Session, row: Election, executor: Executor | None, progress: Progress | None
) -> TallyAccumulator:
    """Add up the ballots that count. Raises ProtocolError when the board does not add up."""
    definition, _, credentials, _ = board.get_records(session, row.id, 0)
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
    return tally


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

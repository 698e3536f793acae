"""What the verifier's workers do: batches of credentials and of ballots, checked far from it.

In a finite field the test that elements are in the group costs the same for a few as for many. So a
batch leaves that test undone and hands back the few elements that stand for all of its own; the
verifier multiplies those of all batches and tests them once, before it believes anything.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from voting.belenios.ballot import Ballot, check_all_but_members, check_ballot
from voting.belenios.credential import check_entries
from voting.belenios.election import Election, parse_election
from voting.belenios.errors import InvalidBallot, Malformed, ProtocolError, located
from voting.belenios.groups import Element, Group, get_group
from voting.belenios.tally import TallyAccumulator

MAX_BATCH = 64
MIN_BATCH = 2
CREDENTIALS_PER_BATCH = 250


class BallotItem(NamedTuple):
    """A ballot to check. *weight* is None when a later ballot replaces it."""

    height: int
    raw: bytes
    is_listed: bool
    weight: int | None


class Checked(NamedTuple):
    """A batch whose proofs hold: how many ballots, the sum of what counts, and what is owed."""

    number: int
    tally: TallyAccumulator
    owed: list[str]
    """The texts of elements that stand for those of the batch, and are to be tested."""


class OwedMembers:
    """The test of membership that is left undone, for one batch after the other."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._elements: list[Element] = []

    def add(self, texts: list[str]) -> None:
        """Take over what a batch owes."""
        elements = [self._group.decode_element(text) for text in texts]
        if self._elements and elements:
            elements = [a * b for a, b in zip(self._elements, elements, strict=True)]
        self._elements = elements or self._elements

    def all_hold(self) -> bool:
        """Tell whether the elements of every batch are in the group."""
        try:
            self._group.check_members(self._elements)
        except Malformed:
            return False
        return True


def list_sizes(total: int) -> Iterator[int]:
    """Yield sizes of batches that shrink towards the end, so that all workers end together."""
    while total > 0:
        size = max(MIN_BATCH, min(MAX_BATCH, total // 3))
        yield size
        total -= size


@lru_cache(maxsize=2)
def _get_election(raw: bytes) -> Election:
    return parse_election(raw)


def make_ready(definition: bytes) -> None:
    """Make the tables of the generator and the election key, if there is an election to read."""
    with suppress(ProtocolError):
        election = _get_election(definition)
        election.group.precompute(election.public_key)
        _ = election.public_key**3 * election.group.generator**3


def check_credential_batch(batch: tuple[str, int, list[str]]) -> int:
    """Check a batch of credentials (group name, number of the first, entries); tell how many."""
    name, first, entries = batch
    check_entries(get_group(name), entries, first)
    return len(entries)


def check_ballot_batch(batch: tuple[bytes, list[BallotItem]]) -> Checked:
    """Check a batch of ballots (election, items) but for the membership that is owed."""
    raw_election, items = batch
    election = _get_election(raw_election)
    try:
        ballots, owed = check_all_but_members(
            [item.raw for item in items if item.is_listed], election
        )
    except ProtocolError:
        ballots, owed = [], []
    if len(ballots) < len(items):
        ballots, owed = [_check_one(item, election) for item in items], []
    tally = TallyAccumulator(election)
    for ballot, item in zip(ballots, items, strict=True):
        if item.weight is not None:
            tally.add(ballot, item.weight)
    return Checked(len(items), tally, [str(element) for element in owed])


def check_each_ballot(batch: tuple[bytes, list[BallotItem]]) -> None:
    """Check each ballot of a batch whole, and raise what is wrong with the first that is wrong."""
    raw_election, items = batch
    for item in items:
        _check_one(item, _get_election(raw_election))


def _check_one(item: BallotItem, election: Election) -> Ballot:
    with located(f"ballot at event {item.height}"):
        if not item.is_listed:
            raise InvalidBallot("the credential is not on the list")
        return check_ballot(item.raw, election)

"""What one reading of an archive keeps: the short records, and of each ballot only hashes."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from voting.belenios.board import Entry, EventType, parse_owned, read_entries
from voting.belenios.errors import InvalidBallot
from voting.belenios.trustees import Trustees

_CREDENTIAL = re.compile(
    rb'\{"election_uuid":"[^"]*","election_hash":"[^"]*","credential":"(?P<text>[^"]*)"'
)

_STAGES = {
    EventType.SETUP: "setup",
    EventType.BALLOT: "open",
    EventType.SHUFFLE: "partially_shuffled",
    EventType.END_SHUFFLES: "shuffled",
    EventType.RESULT: "result",
}


@dataclass(slots=True)
class Outline:
    """An archive without its ballots. *last* tells the height of the last ballot per credential.

    *shuffles* and *decryptions* are pairs of owner and record, in order.
    """

    events: int = 0
    setup: list[bytes] = field(default_factory=list)
    ballots: int = 0
    last: dict[bytes, int] = field(default_factory=dict)
    tally: list[bytes] = field(default_factory=list)
    shuffles: list[tuple[int, bytes]] = field(default_factory=list)
    decryptions: list[tuple[int, bytes]] = field(default_factory=list)
    result: bytes | None = None
    head: EventType = EventType.SETUP

    @property
    def is_closed(self) -> bool:
        """Whether no further ballot can come."""
        return self.head not in (EventType.SETUP, EventType.BALLOT)

    def stage(self, trustees: Trustees) -> str:
        """Return how far the election has come, in one word."""
        if self.head is EventType.PARTIAL_DECRYPTION:
            owners = {owner for owner, _ in self.decryptions}
            return "decrypted" if trustees.is_enough(owners) else "partially_decrypted"
        return _STAGES.get(self.head, "closed")


def read_outline(stream: BinaryIO, tell: Callable[[], None]) -> Outline:
    """Read a whole archive and return its outline, calling *tell* after each event.

    Raise InvalidArchive when a record or the chain is wrong, InvalidBallot when the same ballot
    stands there twice.
    """
    outline = Outline()
    seen: set[bytes] = set()
    for entry in read_entries(stream):
        _note_entry(outline, seen, entry)
        outline.head = entry.event.type
        outline.events += 1
        tell()
    return outline


def read_ballots(stream: BinaryIO) -> Iterator[tuple[int, str, bytes]]:
    """Yield event height, credential text and bytes of each ballot of an archive."""
    for entry in read_entries(stream):
        if entry.event.type is EventType.BALLOT:
            raw = entry.records[0].content
            yield entry.event.height, read_credential(raw), raw


def read_credential(raw: bytes) -> str:
    """Return the credential text of a ballot without reading the rest; empty if none is there.

    In a valid ballot this is the credential, because valid ballots are canonical.
    """
    match = _CREDENTIAL.match(raw)
    return "" if match is None else match["text"].decode(errors="replace")


def hash_credential(credential: str) -> bytes:
    """Return the key of Outline.last: 32 bytes, where a credential may have 617 characters."""
    return hashlib.sha256(credential.encode()).digest()


def _note_entry(outline: Outline, seen: set[bytes], entry: Entry) -> None:
    event, contents = entry.event, [record.content for record in entry.records]
    if event.type is EventType.SETUP:
        outline.setup = contents
    elif event.type is EventType.BALLOT:
        _note_ballot(outline, seen, entry)
    elif event.type is EventType.ENCRYPTED_TALLY:
        outline.tally = contents
    elif event.type is EventType.SHUFFLE:
        outline.shuffles.append((parse_owned(contents[1])[0], contents[0]))
    elif event.type is EventType.PARTIAL_DECRYPTION:
        outline.decryptions.append((parse_owned(contents[1])[0], contents[0]))
    elif event.type is EventType.RESULT:
        outline.result = contents[0]


def _note_ballot(outline: Outline, seen: set[bytes], entry: Entry) -> None:
    record = entry.records[0]
    digest = bytes.fromhex(record.hash)
    if digest in seen:
        raise InvalidBallot(
            f"record {record.number}: ballot at event {entry.event.height}: "
            "the same ballot was cast before"
        )
    seen.add(digest)
    outline.ballots += 1
    outline.last[hash_credential(read_credential(record.content))] = entry.event.height

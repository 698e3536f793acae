"""The bulletin board: a hash chain of events, each with its data records.

Kept and exchanged as an archive (voting.belenios.archive).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from voting.belenios.archive import ArchiveWriter, Record, archive_bytes, read_archive
from voting.belenios.encoding import (
    decode_json,
    encode_json,
    encode_weight,
    get_fields,
    get_integer,
    hex_digest,
    is_hash,
    parse_weight,
)
from voting.belenios.errors import InvalidArchive, Malformed

__all__ = [
    "DATA_RECORDS",
    "ArchiveWriter",
    "Entry",
    "Event",
    "EventType",
    "Record",
    "archive_bytes",
    "ballot_records",
    "encrypted_tally_records",
    "next_event",
    "parse_event",
    "parse_owned",
    "parse_sizes",
    "partial_decryption_records",
    "read_archive",
    "read_entries",
    "result_records",
    "setup_records",
    "shuffle_records",
    "verify_extends",
]

MAX_SIZE = 10**700
"""Larger than the order of every group."""


class EventType(StrEnum):
    """What may happen on a board."""

    SETUP = "Setup"
    BALLOT = "Ballot"
    END_BALLOTS = "EndBallots"
    ENCRYPTED_TALLY = "EncryptedTally"
    SHUFFLE = "Shuffle"
    END_SHUFFLES = "EndShuffles"
    PARTIAL_DECRYPTION = "PartialDecryption"
    RESULT = "Result"


DATA_RECORDS = {
    EventType.SETUP: 4,
    EventType.BALLOT: 1,
    EventType.END_BALLOTS: 0,
    EventType.ENCRYPTED_TALLY: 2,
    EventType.SHUFFLE: 2,
    EventType.END_SHUFFLES: 0,
    EventType.PARTIAL_DECRYPTION: 2,
    EventType.RESULT: 1,
}
"""How many data records stand before an event of each type; the last one is its payload."""

MAX_DATA_RECORDS = max(DATA_RECORDS.values())


@dataclass(frozen=True, slots=True)
class Event:
    """One link of the chain. *parent* is None in the first, *payload* where there is none."""

    parent: str | None
    height: int
    type: EventType
    payload: str | None = None

    def to_json(self) -> bytes:
        """Return the event record."""
        value: dict[str, object] = {} if self.parent is None else {"parent": self.parent}
        value |= {"height": self.height, "type": self.type.value}
        return encode_json(value if self.payload is None else value | {"payload": self.payload})

    @property
    def hash(self) -> str:
        """The SHA-256 of the event record, in hexadecimal."""
        return hex_digest(self.to_json())


def next_event(head: Event | None, kind: EventType, payload_hash: str | None = None) -> Event:
    """Return the event that follows *head* (None: the board is empty)."""
    if head is None:
        return Event(None, 0, kind, payload_hash)
    return Event(head.hash, head.height + 1, kind, payload_hash)


def parse_event(raw: bytes) -> Event:
    """Read an event record in canonical form. Raise Malformed."""
    value = decode_json(raw)
    if type(value) is not dict or not set(value) <= {"parent", "height", "type", "payload"}:
        raise Malformed("an event has fields that are not known")
    kind = value.get("type")
    if kind not in [item.value for item in EventType] or type(value.get("height")) is not int:
        raise Malformed("the type or the height of an event is not known")
    for name in ("parent", "payload"):
        if name in value and not is_hash(value[name]):
            raise Malformed(f"the {name} of an event is not a hash")
    event = Event(value.get("parent"), value["height"], EventType(kind), value.get("payload"))
    if event.to_json() != raw:
        raise Malformed("an event is not in canonical form")
    if (event.payload is None) != (DATA_RECORDS[event.type] == 0):
        raise Malformed(f"a payload is missing or out of place in an event of type {kind}")
    return event


# Data records of each event, in archive order; the last one is the payload


def setup_records(election: bytes, trustees: bytes, credentials: bytes) -> list[bytes]:
    """Return the data records of a Setup event."""
    names = ("election", "trustees", "credentials")
    parts = (election, trustees, credentials)
    value = {name: hex_digest(part) for name, part in zip(names, parts, strict=True)}
    return [*parts, encode_json(value)]


def ballot_records(raw: bytes) -> list[bytes]:
    """Return the data records of a Ballot event."""
    return [raw]


def encrypted_tally_records(tally: bytes, num_tallied: int, total_weight: int) -> list[bytes]:
    """Return the data records of an EncryptedTally event."""
    sized = {
        "num_tallied": num_tallied,
        "total_weight": encode_weight(total_weight),
        "encrypted_tally": hex_digest(tally),
    }
    return [tally, encode_json(sized)]


def partial_decryption_records(owner: int, raw: bytes) -> list[bytes]:
    """Return the data records of a PartialDecryption event by the trustee *owner*."""
    return [raw, encode_json({"owner": owner, "payload": hex_digest(raw)})]


def shuffle_records(owner: int, raw: bytes) -> list[bytes]:
    """Return the data records of a Shuffle event by the trustee *owner*."""
    return partial_decryption_records(owner, raw)


def result_records(raw: bytes) -> list[bytes]:
    """Return the data records of a Result event."""
    return [raw]


def parse_sizes(raw: bytes, limit: int) -> tuple[int, int, str]:
    """Read the sizes beside an encrypted tally: ballots counted, total weight, hash of the tally.

    Both numbers are below *limit*. Raise Malformed.
    """
    number, weight, digest = get_fields(
        decode_json(raw), "num_tallied", "total_weight", "encrypted_tally"
    )
    if not is_hash(digest):
        raise Malformed("encrypted_tally is not a hash")
    return get_integer(number), parse_weight(weight, limit), digest


def parse_owned(raw: bytes) -> tuple[int, str]:
    """Read the payload of a shuffle or a partial decryption: its owner and the hash. Malformed."""
    owner, digest = get_fields(decode_json(raw), "owner", "payload")
    if not is_hash(digest):
        raise Malformed("payload is not a hash")
    return get_integer(owner), digest


# Reading the chain


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its data records, all in their right place in the chain."""

    event: Event
    records: tuple[Record, ...]


def read_entries(stream: BinaryIO) -> Iterator[Entry]:
    """Yield the events of an archive, each with its data records; at most one entry is in memory.

    Raise InvalidArchive, with record number and event height, unless the chain is unbroken, the
    records are exactly those of each event, and the events come in the order of an election.
    """
    parent: str | None = None
    height = 0
    before: EventType | None = None
    pending: list[Record] = []
    for record in read_archive(stream):
        if not record.is_event:
            pending.append(record)
            if len(pending) > MAX_DATA_RECORDS:
                raise InvalidArchive(
                    f"record {record.number}: no event refers to the data before it"
                )
            continue
        event = _parse_link(record, parent, height)
        _check_order(event, before)
        _check_records(event, pending)
        yield Entry(event, tuple(pending))
        parent, height, before, pending = record.hash, height + 1, event.type, []
    if pending:
        raise InvalidArchive(
            f"record {pending[-1].number}: no event refers to the last data records"
        )
    if before is None:
        raise InvalidArchive("the archive has no Setup event")


def _parse_link(record: Record, parent: str | None, height: int) -> Event:
    try:
        event = parse_event(record.content)
    except Malformed as error:
        raise InvalidArchive(f"record {record.number}: event {height}: {error}") from error
    if event.height != height:
        raise InvalidArchive(
            f"record {record.number}: expected event {height}, found {event.height}"
        )
    if event.parent != parent:
        raise InvalidArchive(
            f"record {record.number}: event {height}: the parent is not the event before it"
        )
    return event


_FOLLOWERS: dict[EventType | None, tuple[EventType, ...]] = {
    None: (EventType.SETUP,),
    EventType.SETUP: (EventType.BALLOT, EventType.END_BALLOTS),
    EventType.BALLOT: (EventType.BALLOT, EventType.END_BALLOTS),
    EventType.END_BALLOTS: (EventType.ENCRYPTED_TALLY,),
    EventType.ENCRYPTED_TALLY: (EventType.PARTIAL_DECRYPTION, EventType.SHUFFLE),
    EventType.SHUFFLE: (EventType.SHUFFLE, EventType.END_SHUFFLES),
    EventType.END_SHUFFLES: (EventType.PARTIAL_DECRYPTION,),
    EventType.PARTIAL_DECRYPTION: (EventType.PARTIAL_DECRYPTION, EventType.RESULT),
    EventType.RESULT: (),
}


def _check_order(event: Event, before: EventType | None) -> None:
    if event.type not in _FOLLOWERS[before]:
        place = "at the beginning" if before is None else f"after {before.value}"
        raise InvalidArchive(f"event {event.height}: {event.type.value} is not allowed {place}")


def _check_records(event: Event, records: list[Record]) -> None:
    where = f"event {event.height} ({event.type.value})"
    if len(records) != DATA_RECORDS[event.type]:
        raise InvalidArchive(
            f"{where}: expected {DATA_RECORDS[event.type]} data records, found {len(records)}"
        )
    if records and records[-1].hash != event.payload:
        raise InvalidArchive(
            f"{where}: the payload is not the record {records[-1].number} before the event"
        )
    if len(records) > 1:
        try:
            named = _read_names(event.type, records[-1].content)
        except Malformed as error:
            raise InvalidArchive(f"record {records[-1].number}: {where}: {error}") from error
        if named != [record.hash for record in records[:-1]]:
            raise InvalidArchive(
                f"record {records[-1].number}: {where}: a hash is not that of the record before it"
            )


def _read_names(kind: EventType, payload: bytes) -> list[str]:
    """Return the hashes of the other data records that the payload of an event names."""
    if kind is EventType.SETUP:
        return get_fields(decode_json(payload), "election", "trustees", "credentials")
    if kind is EventType.ENCRYPTED_TALLY:
        return [parse_sizes(payload, MAX_SIZE)[2]]
    return [parse_owned(payload)[1]]


def verify_extends(old: BinaryIO, new: BinaryIO) -> None:
    """Raise InvalidArchive unless *new* begins with every record of *old*, unchanged.

    This is what an observer checks who kept a copy of the board. *old* must itself be an unbroken
    chain; *new* is read no further than *old*, and the ballots of neither are checked here.
    """
    for _ in read_entries(old):
        pass
    old.seek(0)
    newer = read_archive(new)
    for record in read_archive(old):
        found = next(newer, None)
        if found is None:
            raise InvalidArchive(f"record {record.number} of the older archive is missing")
        if (found.hash, found.is_event, found.timestamp) != (
            record.hash,
            record.is_event,
            record.timestamp,
        ):
            raise InvalidArchive(
                f"record {record.number} is not the one that the older archive has there"
            )

"""The `.bel` archive: an old tar file of records, laid out to the byte.

A header record comes first, then per event of the board its data records and the event.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from voting.belenios.encoding import encode_json, hex_digest, is_hash
from voting.belenios.errors import InvalidArchive

BLOCK = 512
CHUNK = 2**20
MAX_RECORD_BYTES = 2**30
HEADER_NAME = "BELENIOS"

_HEADER = re.compile(
    rb'\{"version":(?P<version>[0-9]{1,9}),"timestamp":(?P<quote>"?)(?P<time>0|[1-9][0-9]{0,10})(?P=quote)\}'
)
_OCTAL = re.compile(rb"[0-7]{11}")


# Writing an archive


def header_record(timestamp: int) -> bytes:
    """Return the content of the first record; *timestamp* in seconds since 1970."""
    return encode_json({"version": 1, "timestamp": str(timestamp)})


def make_member(name: str, content: bytes, timestamp: int) -> bytes:
    """Return one tar member: header block, content, padding."""
    return (
        make_member_header(name, len(content), timestamp) + content + bytes(-len(content) % BLOCK)
    )


def make_member_header(name: str, size: int, timestamp: int) -> bytes:
    """Return the 512-byte header of a member, as the specification lays it out."""
    block = bytearray(BLOCK)
    block[0 : len(name)] = name.encode()
    block[100:107] = b"0000644"
    block[108:115] = b"0000000"
    block[116:123] = b"0000000"
    block[124:135] = b"%011o" % size
    block[136:147] = b"%011o" % timestamp
    block[148:156] = b" " * 8
    block[156:157] = b"0"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


class ArchiveWriter:
    """Makes the bytes of an archive, record by record. Nothing is kept in memory."""

    def __init__(self, timestamp: int) -> None:
        self._timestamp = timestamp

    def header(self) -> bytes:
        """Return the first record."""
        return make_member(HEADER_NAME, header_record(self._timestamp), self._timestamp)

    def data(self, raw: bytes) -> bytes:
        """Return a data record."""
        return make_member(f"{hex_digest(raw)}.data.json", raw, self._timestamp)

    def event(self, raw: bytes) -> bytes:
        """Return an event record."""
        return make_member(f"{hex_digest(raw)}.event.json", raw, self._timestamp)


def archive_bytes(
    entries: Iterable[tuple[Iterable[bytes], bytes]], timestamp: int
) -> Iterator[bytes]:
    """Yield an archive piece by piece. *entries*: per event its data records and itself."""
    writer = ArchiveWriter(timestamp)
    yield writer.header()
    for records, event in entries:
        for raw in records:
            yield writer.data(raw)
        yield writer.event(event)


# Reading an archive


@dataclass(frozen=True, slots=True)
class Record:
    """A member after the header, which is number 1. *timestamp* is that of the whole archive."""

    number: int
    timestamp: int
    hash: str
    is_event: bool
    content: bytes


def read_archive(stream: BinaryIO) -> Iterator[Record]:
    """Yield the records of an archive, holding one in memory at a time.

    Raise InvalidArchive, with the record's number, unless every byte is as the specification says.
    """
    timestamp = _read_header(stream)
    number = 1
    while block := stream.read(BLOCK):
        number += 1
        name, size = _parse_block(block, number, timestamp)
        content = _read_content(stream, size, number)
        digest, suffix = name[:64], name[64:]
        if suffix not in (".data.json", ".event.json") or not is_hash(digest):
            raise InvalidArchive(
                f"record {number}: the name is not a hash with .data.json or .event.json"
            )
        if hashlib.sha256(content).hexdigest() != digest:
            raise InvalidArchive(f"record {number}: the name is not the hash of the content")
        yield Record(number, timestamp, digest, suffix == ".event.json", content)


def _read_header(stream: BinaryIO) -> int:
    block = stream.read(BLOCK)
    if not block:
        raise InvalidArchive("record 1: the file is empty")
    if len(block) < BLOCK or block[: len(HEADER_NAME) + 1] != HEADER_NAME.encode() + b"\0":
        raise InvalidArchive("record 1: this is not a Belenios archive")
    if _OCTAL.fullmatch(block[124:135]) is None or int(block[124:135], 8) > BLOCK:
        raise InvalidArchive("record 1: the header is not in canonical form")
    content = _read_content(stream, int(block[124:135], 8), 1)
    match = _HEADER.fullmatch(content)
    if match is None:
        raise InvalidArchive("record 1: the header is not in canonical form")
    if match["version"] != b"1":
        raise InvalidArchive(
            "record 1: the version of the archive is not 1: others are not supported"
        )
    timestamp = int(match["time"])
    if timestamp >= 8**11 or make_member_header(HEADER_NAME, len(content), timestamp) != block:
        raise InvalidArchive("record 1: the header is not in canonical form")
    return timestamp


def _parse_block(block: bytes, number: int, timestamp: int) -> tuple[str, int]:
    if len(block) < BLOCK:
        raise InvalidArchive(f"record {number}: the file ends in the middle of the record")
    if not any(block):
        raise InvalidArchive(f"record {number}: zero blocks are not part of an archive")
    try:
        name = block[:100].rstrip(b"\0").decode("ascii")
    except UnicodeDecodeError as error:
        raise InvalidArchive(f"record {number}: the name is not plain text") from error
    if _OCTAL.fullmatch(block[124:135]) is None:
        raise InvalidArchive(f"record {number}: the size is not an octal number")
    size = int(block[124:135], 8)
    if make_member_header(name, size, timestamp) != block:
        raise InvalidArchive(f"record {number}: the tar header is not in canonical form")
    return name, size


def _read_content(stream: BinaryIO, size: int, number: int) -> bytes:
    if size > MAX_RECORD_BYTES:
        raise InvalidArchive(f"record {number}: the record is too large")
    padded = size + -size % BLOCK
    parts = []
    while padded:
        part = stream.read(min(CHUNK, padded))
        if not part:
            raise InvalidArchive(f"record {number}: the file ends in the middle of the record")
        parts.append(part)
        padded -= len(part)
    whole = b"".join(parts)
    if any(whole[size:]):
        raise InvalidArchive(f"record {number}: the padding is not zero")
    return whole[:size]

"""The archive: every byte has one place, reading is strict, and memory holds one record."""

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.belenios.ground import DATA, TIMESTAMP, finished_ground, list_examples
from voting.belenios import archive
from voting.belenios.archive import ArchiveWriter, archive_bytes, make_member_header, read_archive
from voting.belenios.board import read_entries
from voting.belenios.encoding import hex_digest
from voting.belenios.errors import InvalidArchive

WRITER = ArchiveWriter(TIMESTAMP)
RECORD = b'{"a":1}'


def read(raw: bytes) -> list[archive.Record]:
    return list(read_archive(BytesIO(raw)))


def checksum(block: bytearray) -> bytes:
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def test_the_worked_examples_of_headers_hold() -> None:
    for example in list_examples("/header"):
        body = example["body"].encode()
        timestamp = int(body.split(b'"')[-2])
        assert archive.header_record(timestamp) == body
        header = bytes.fromhex(example["tar_header_hex"])
        block = make_member_header("BELENIOS", len(body), timestamp)
        assert block == header + bytes(512 - len(header))


@pytest.mark.parametrize("path", sorted((DATA / "examples").glob("*/*.bel")), ids=lambda p: p.stem)
def test_real_archives_are_written_again_to_the_byte(path: Path) -> None:
    raw = path.read_bytes()
    with path.open("rb") as stream:
        entries = [
            ([record.content for record in entry.records], entry.event.to_json())
            for entry in read_entries(stream)
        ]
    assert b"".join(archive_bytes(entries, int(raw[136:147], 8))) == raw


def test_records_carry_their_number_and_hash() -> None:
    raw = WRITER.header() + WRITER.data(RECORD) + WRITER.event(b"{}")
    first, second = read(raw)
    assert (first.number, first.hash, first.is_event) == (2, hex_digest(RECORD), False)
    assert (second.number, second.content, second.is_event) == (3, b"{}", True)


def test_a_timestamp_may_be_a_number() -> None:
    content = b'{"version":1,"timestamp":%d}' % TIMESTAMP
    raw = archive.make_member("BELENIOS", content, TIMESTAMP)
    assert read(raw + WRITER.data(RECORD))[0].content == RECORD


@pytest.mark.parametrize(
    "content",
    [
        b'{"version":2,"timestamp":"1795453678"}',
        b'{"version":1, "timestamp":"1795453678"}',
        b'{"timestamp":"1795453678","version":1}',
        b'{"version":1,"timestamp":"01795453678"}',
        b'{"version":1,"timestamp":1795453678"}',
        b'{"version":1,"timestamp":"1795453678","x":1}',
        b'{"version":1,"timestamp":"1795453679"}',
        b'{"version":1,"timestamp":"99999999999"}',
        b'{"version":1}',
        b'{"version":1,"timestamp":"1795453678"}\n',
        b"",
        b"x" * 600,
    ],
)
def test_another_header_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidArchive, match="record 1"):
        read(archive.make_member("BELENIOS", content, TIMESTAMP) + WRITER.data(RECORD))


@pytest.mark.parametrize("raw", [b"", b"BELENIOS", b"x" * 512, bytes(1024), b"PK\3\4" * 300])
def test_what_is_no_archive_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidArchive, match="record 1"):
        read(raw)


@pytest.mark.parametrize("position", [*range(0, 512, 7), 100, 108, 116, 124, 136, 148, 156, 257])
@pytest.mark.parametrize("right_checksum", [True, False])
def test_no_byte_of_a_tar_header_may_change(position: int, *, right_checksum: bool) -> None:
    whole = bytearray(WRITER.data(RECORD))
    whole[position] ^= 1
    if right_checksum and not 148 <= position < 156:
        whole[:512] = checksum(whole[:512])
    with pytest.raises(InvalidArchive, match="record 2"):
        read(WRITER.header() + bytes(whole))


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (bytes(512), "zero blocks"),
        (bytes(1024), "zero blocks"),
        (bytes(100), "ends in the middle"),
        (b"x" * 100, "ends in the middle"),
        (archive.make_member("a.json", RECORD, TIMESTAMP), "name is not a hash"),
        (archive.make_member("a" * 64 + ".other.json", RECORD, TIMESTAMP), "name is not a hash"),
        (archive.make_member("a" * 64 + ".data.json", RECORD, TIMESTAMP), "hash of the content"),
        (archive.make_member("A" * 64 + ".data.json", RECORD, TIMESTAMP), "name is not a hash"),
        (ArchiveWriter(TIMESTAMP + 1).data(RECORD), "tar header"),
    ],
)
def test_what_follows_must_be_a_record(after: bytes, words: str) -> None:
    with pytest.raises(InvalidArchive, match=f"record 3: .*{words}"):
        read(WRITER.header() + WRITER.data(RECORD) + after)


def test_names_and_sizes_are_plain() -> None:
    block = bytearray(WRITER.data(RECORD))
    block[0] = 0xE9
    with pytest.raises(InvalidArchive, match="plain text"):
        read(WRITER.header() + checksum(block[:512]) + bytes(block[512:]))
    block = bytearray(WRITER.data(RECORD))
    block[124:135] = b"0x000000000"
    with pytest.raises(InvalidArchive, match="octal"):
        read(WRITER.header() + checksum(block[:512]) + bytes(block[512:]))


def test_padding_is_zero_and_whole() -> None:
    raw = WRITER.header() + WRITER.data(RECORD)
    with pytest.raises(InvalidArchive, match="record 2: the padding"):
        read(raw[:-1] + b"x")
    with pytest.raises(InvalidArchive, match="record 2: the file ends"):
        read(raw[:-1])


def test_a_claim_of_gigabytes_takes_no_memory() -> None:
    name = hex_digest(RECORD) + ".data.json"
    for size, words in ((2**29, "ends in the middle"), (2**31, "too large")):
        with pytest.raises(InvalidArchive, match=words):
            read(WRITER.header() + make_member_header(name, size, TIMESTAMP) + RECORD)


@pytest.mark.parametrize("cut", range(1, 3000, 97))
def test_a_truncated_archive_is_refused(cut: int) -> None:
    raw = finished_ground().archive()
    with pytest.raises(InvalidArchive):
        list(read_entries(BytesIO(raw[:-cut])))


class SlowStream(BytesIO):
    """A stream that gives less than it is asked for, as pipes do."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(size if size is None or size <= 512 else 512)


def test_content_may_arrive_in_pieces() -> None:
    stream: BinaryIO = SlowStream(WRITER.header() + WRITER.data(b'"' + b"x" * 5000 + b'"'))
    assert len(next(read_archive(stream)).content) == 5002

"""The board: an unbroken chain, in the one order, with exactly the records of each event."""

import base64
import json
from io import BytesIO
from typing import Any

import pytest

from tests.belenios.ground import (
    EXAMPLES,
    TIMESTAMP,
    Ground,
    finished_ground,
    get_example,
    list_examples,
    make_archive,
)
from tests.belenios.test_twin import run
from voting.belenios import board
from voting.belenios.archive import ArchiveWriter, archive_bytes
from voting.belenios.board import Event, EventType, next_event, parse_event, read_entries
from voting.belenios.encoding import encode_json, hex_digest
from voting.belenios.errors import InvalidArchive, Malformed

H = "a" * 64


def read(raw: bytes) -> list[board.Entry]:
    return list(read_entries(BytesIO(raw)))


def test_the_worked_examples_of_events_hold() -> None:
    for example in list_examples("/events"):
        head = None
        for item in example["events"]:
            raw = item[1].encode()
            event = parse_event(raw)
            assert event == next_event(head, event.type, event.payload)
            assert event.to_json() == raw
            head = event


def test_the_worked_examples_of_setup_data_hold() -> None:
    for family in ("ed", "b2048-2.0", "rfc"):
        example = get_example(f"{family}/setup_data")
        assert hex_digest(example["body"].encode()) == example["sha256"]
        names = ("election", "trustees", "credentials")
        assert tuple(json.loads(example["body"])) == names


def test_records_are_laid_out_as_in_real_archives() -> None:
    tally = get_example("ed/encrypted-tally")
    assert board.encrypted_tally_records(tally["body"].encode(), 2, 2)[1].decode() == tally["sized"]
    owned = json.loads(get_example("ed/decrypt")["owned"])
    assert tuple(owned) == ("owner", "payload")
    assert board.parse_owned(encode_json(owned)) == (owned["owner"], owned["payload"])
    assert len(EXAMPLES) == 79


@pytest.mark.parametrize(
    "value",
    [
        {"height": 0, "type": "Setup"},
        {"height": 0, "type": "EndBallots", "payload": H},
        {"height": 0, "type": "Other", "payload": H},
        {"height": "0", "type": "Setup", "payload": H},
        {"height": True, "type": "Setup", "payload": H},
        {"type": "Setup", "height": 0, "payload": H},
        {"height": 0, "type": "Setup", "payload": H.upper()},
        {"height": 0, "type": "Setup", "payload": H + "a"},
        {"height": 0, "type": "Setup", "payload": None},
        {"parent": None, "height": 0, "type": "Setup", "payload": H},
        {"parent": "a", "height": 1, "type": "Ballot", "payload": H},
        {"height": 0, "type": "Setup", "payload": H, "x": 1},
        {"height": 0, "type": ["Setup"], "payload": H},
        {"height": 0, "payload": H},
        {"type": "Setup", "payload": H},
        [],
        None,
    ],
)
def test_an_event_has_one_form(value: Any) -> None:
    with pytest.raises(Malformed):
        parse_event(encode_json(value))


def test_whitespace_in_an_event_is_malformed() -> None:
    with pytest.raises(Malformed):
        parse_event(b'{"height": 0,"type":"EndBallots"}')


@pytest.mark.parametrize(
    "value",
    [
        {"num_tallied": -1, "total_weight": 1, "encrypted_tally": H},
        {"num_tallied": 1, "total_weight": "1", "encrypted_tally": H},
        {"num_tallied": 1, "total_weight": 1, "encrypted_tally": "h"},
        {"total_weight": 1, "num_tallied": 1, "encrypted_tally": H},
        {"num_tallied": 1, "total_weight": 1, "encrypted_tally": H, "x": 1},
    ],
)
def test_sizes_have_one_form(value: Any) -> None:
    with pytest.raises(Malformed):
        board.parse_sizes(encode_json(value), 100)


@pytest.mark.parametrize(
    "value", [{"owner": "1", "payload": H}, {"owner": 1, "payload": ""}, {"payload": H, "owner": 1}]
)
def test_owned_payloads_have_one_form(value: Any) -> None:
    with pytest.raises(Malformed):
        board.parse_owned(encode_json(value))


def test_an_archive_is_read_event_by_event() -> None:
    made = finished_ground()
    entries = read(made.archive())
    assert [entry.event.type for entry in entries] == [kind for kind, _ in made.steps]
    assert [entry.event.height for entry in entries] == list(range(len(made.steps)))
    assert [[r.content for r in entry.records] for entry in entries] == [
        records for _, records in made.steps
    ]


SETUP, BALLOT, END = EventType.SETUP, EventType.BALLOT, EventType.END_BALLOTS
TALLY, SHUFFLE, ENDS = EventType.ENCRYPTED_TALLY, EventType.SHUFFLE, EventType.END_SHUFFLES
PARTIAL, RESULT = EventType.PARTIAL_DECRYPTION, EventType.RESULT


def move(made: Ground, kind: EventType, where: int) -> None:
    made.steps.insert(where, made.steps.pop(made.index(kind)))


def repeat(made: Ground, kind: EventType, where: int | None = None) -> None:
    step = made.steps[made.index(kind)]
    made.steps.insert(len(made.steps) if where is None else where, step)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: made.steps.pop(0),
        lambda made: made.steps.clear(),
        lambda made: repeat(made, SETUP, 1),
        lambda made: repeat(made, SETUP, 2),
        lambda made: repeat(made, SETUP),
        lambda made: repeat(made, END),
        lambda made: repeat(made, END, made.index(END)),
        lambda made: repeat(made, TALLY),
        lambda made: repeat(made, TALLY, made.index(TALLY)),
        lambda made: repeat(made, RESULT),
        lambda made: move(made, END, 1),
        lambda made: move(made, END, made.index(TALLY)),
        lambda made: move(made, TALLY, 1),
        lambda made: move(made, TALLY, made.index(PARTIAL, 1)),
        lambda made: move(made, PARTIAL, made.index(TALLY)),
        lambda made: move(made, PARTIAL, len(made.steps) - 1),
        lambda made: move(made, RESULT, made.index(PARTIAL)),
        lambda made: move(made, RESULT, made.index(PARTIAL, 1)),
        lambda made: move(made, RESULT, 0),
        lambda made: move(made, BALLOT, made.index(END)),
        lambda made: move(made, BALLOT, made.index(TALLY)),
        lambda made: move(made, BALLOT, len(made.steps) - 1),
        lambda made: move(made, BALLOT, 0),
        lambda made: made.steps.pop(made.index(END)),
        lambda made: made.steps.pop(made.index(TALLY)),
        lambda made: [made.steps.pop(made.index(PARTIAL)) for _ in range(2)],
        lambda made: made.steps.insert(made.index(PARTIAL), (ENDS, [])),
    ],
)
def test_events_come_in_one_order(spoil: Any) -> None:
    made = finished_ground()
    spoil(made)
    with pytest.raises(InvalidArchive):
        read(made.archive())


def test_the_order_of_an_election_with_shuffles_is_read() -> None:
    made = finished_ground()
    shuffle = (SHUFFLE, [b"{}", encode_json({"owner": 1, "payload": hex_digest(b"{}")})])
    made.steps[made.index(PARTIAL) : made.index(PARTIAL)] = [shuffle, shuffle, (ENDS, [])]
    assert len(read(made.archive())) == len(made.steps)


def test_heights_and_parents_are_checked() -> None:
    writer = ArchiveWriter(TIMESTAMP)
    made = finished_ground()
    setup = made.steps[0][1]
    first = Event(None, 0, SETUP, hex_digest(setup[-1]))
    data = b"".join(map(writer.data, setup))
    start = writer.header() + data + writer.event(first.to_json())
    assert len(read(start)) == 1
    for bad in (
        Event(first.hash, 2, END),
        Event(first.hash, 0, END),
        Event(H, 1, END),
        Event(None, 1, END),
    ):
        with pytest.raises(InvalidArchive, match="record 7"):
            read(start + writer.event(bad.to_json()))
    for bad in (Event(H, 0, SETUP, first.payload), Event(None, 1, SETUP, first.payload)):
        with pytest.raises(InvalidArchive, match="record 6"):
            read(writer.header() + data + writer.event(bad.to_json()))
    with pytest.raises(InvalidArchive, match=r"record 7: event 1: .*canonical"):
        read(start + writer.event(b'{"height": 1}'))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda records: records.pop(0),
        lambda records: records.pop(),
        lambda records: records.insert(0, b"{}"),
        lambda records: records.append(b"{}"),
        lambda records: records.reverse(),
        lambda records: records.__setitem__(0, records[0] + b" "),
        lambda records: records.clear(),
    ],
)
@pytest.mark.parametrize("kind", [SETUP, TALLY, PARTIAL])
def test_each_event_has_exactly_its_records(kind: EventType, spoil: Any) -> None:
    made = finished_ground()
    payload = hex_digest(made.steps[made.index(kind)][1][-1])
    spoil(made.steps[made.index(kind)][1])
    writer = ArchiveWriter(TIMESTAMP)
    raw, head = writer.header(), None
    for found, records in made.steps:
        named = payload if found is kind else (hex_digest(records[-1]) if records else None)
        head = next_event(head, found, named)
        raw += b"".join(map(writer.data, records)) + writer.event(head.to_json())
    with pytest.raises(InvalidArchive):
        read(raw)


def test_data_that_no_event_refers_to_is_refused() -> None:
    writer = ArchiveWriter(TIMESTAMP)
    whole = finished_ground().archive()
    with pytest.raises(InvalidArchive, match="last data records"):
        read(whole + writer.data(b"{}"))
    with pytest.raises(InvalidArchive, match="no event refers to the data before it"):  # none waits
        read(whole + b"".join(writer.data(b"%d" % n) for n in range(5)))
    with pytest.raises(InvalidArchive, match="no Setup"):
        read(writer.header())


def misname(kind: EventType) -> bytes:
    """An archive in which the first event of this type names another record than its own."""
    head, entries, spoilt = None, [], False
    for found, records in finished_ground().steps:
        payload = hex_digest(records[-1]) if records else None
        if found is kind and not spoilt:
            payload, spoilt = H, True
        head = next_event(head, found, payload)
        entries.append((records, head.to_json()))
    return b"".join(archive_bytes(entries, TIMESTAMP))


def test_an_event_names_the_record_before_it() -> None:
    """Else what was read and what is in the chain could be two ballots, or two results."""
    spoilt = [misname(kind) for kind in (SETUP, BALLOT, TALLY, PARTIAL, RESULT)]
    for raw in spoilt:
        with pytest.raises(InvalidArchive, match="the payload is not the record"):
            read(raw)
    whole = finished_ground().archive()
    texts = [base64.b64encode(raw).decode() for raw in (whole, *spoilt)]
    told = run("verify_archive.mjs", texts)
    assert [report["valid"] for report in told] == [True] + [False] * len(spoilt)
    assert all("payload" in report["error"] for report in told[1:]), told


def test_the_second_hash_in_a_payload_is_checked() -> None:
    made = finished_ground()
    records = made.steps[made.index(PARTIAL)][1]
    records[1] = encode_json({"owner": 1, "payload": H})
    with pytest.raises(InvalidArchive, match="not that of the record before"):
        read(made.archive())
    records[1] = encode_json({"owner": "1", "payload": H})
    with pytest.raises(InvalidArchive, match=r"PartialDecryption.*integer"):
        read(made.archive())


# An older copy


def extends(old: bytes, new: bytes) -> None:
    board.verify_extends(BytesIO(old), BytesIO(new))


def test_a_board_that_only_grew_extends_every_older_copy() -> None:
    made = finished_ground()
    whole = made.archive()
    for length in range(1, len(made.steps) + 1):
        extends(make_archive(made.steps[:length]), whole)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: made.steps.pop(2),
        lambda made: made.steps.insert(2, made.steps.pop(3)),
        lambda made: made.steps.insert(1, made.steps[2]),
        lambda made: made.steps[0][1].__setitem__(0, made.steps[0][1][0] + b" "),
        lambda made: made.steps.__delitem__(slice(3, None)),
    ],
)
def test_a_board_that_lost_or_changed_something_does_not_extend(spoil: Any) -> None:
    made = finished_ground()
    old = make_archive(made.steps[:5])
    spoil(made)
    with pytest.raises(InvalidArchive, match=r"record \d+"):
        extends(old, made.archive())


def test_another_timestamp_does_not_extend() -> None:
    made = finished_ground()
    old = made.archive()
    entries, head = [], None
    for kind, records in made.steps:
        head = next_event(head, kind, hex_digest(records[-1]) if records else None)
        entries.append((records, head.to_json()))
    with pytest.raises(InvalidArchive):
        extends(old, b"".join(board.archive_bytes(entries, TIMESTAMP + 1)))


def test_an_older_copy_that_is_broken_is_refused() -> None:
    whole = finished_ground().archive()
    for broken in (whole[:-512], misname(RESULT)):
        with pytest.raises(InvalidArchive):
            extends(broken, broken + whole[-512:])

"""The verifier: the verdict of every known archive, and of every kind of forgery we can make."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.belenios.ground import (
    BLANK,
    DATA,
    PLAIN,
    Ground,
    finished_ground,
    make_ground,
    verify_bytes,
)
from tests.belenios.test_groups import TORSION
from voting.belenios.ballot import make_ballot
from voting.belenios.board import EventType, partial_decryption_records
from voting.belenios.credential import make_public_credentials
from voting.belenios.encoding import encode_json, hex_digest
from voting.belenios.verify import verify_archive

CASES = sorted((DATA / "vectors").glob("*/case.json")) + sorted(
    (DATA / "examples").glob("*/case.json")
)
SETUP, BALLOT, END = EventType.SETUP, EventType.BALLOT, EventType.END_BALLOTS
TALLY, PARTIAL, RESULT = (
    EventType.ENCRYPTED_TALLY,
    EventType.PARTIAL_DECRYPTION,
    EventType.RESULT,
)


def is_covered(case: dict[str, Any]) -> bool:
    """The form that threshold trustees had in version 2.0 is not supported."""
    return case.get("valid_for") != ["2.0"]


def sort_papers(result: Any) -> Any:
    """The papers of a shuffled question are in no order that means anything."""
    return [sorted(row) if row and isinstance(row[0], list) else row for row in result]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_every_known_archive_gets_its_verdict(path: Path) -> None:
    case = json.loads(path.read_text())
    report = verify_archive(next(path.parent.glob("*.bel")))
    if not is_covered(case):
        assert not report.valid
        assert not report.supported
        assert str(report.error).startswith("not supported: ")
        return
    assert report.supported
    assert report.valid == case["valid"], report.error
    if case["valid"]:
        assert report.error is None
        assert report.stage == case["stage"]
        assert report.uuid == case["uuid"]
        assert report.group == case["group"]
        assert report.voters == case["n_voters"]
        assert report.ballots == (0 if case["stage"] == "setup" else case["n_ballots"])
        assert all(check.ok for check in report.checks)
        if case["stage"] == "result":
            assert sort_papers(report.result) == sort_papers(case["expected_result"])
            assert report.counted == case["n_counted"]
    else:
        assert report.error
        assert [check.ok for check in report.checks] == [True] * (len(report.checks) - 1) + [False]


# Forgeries, each with every hash right


Spoil = Callable[[Ground], object]


def replace_json(kind: EventType, number: int, record: int, change: Any) -> Spoil:
    """Change a data record of an event, and the payload that names it."""

    def spoil(made: Ground) -> None:
        records = made.steps[made.index(kind, number)][1]
        value = json.loads(records[record])
        changed = change(value)
        set_record(made, kind, number, record, encode_json(value if changed is None else changed))

    return spoil


def set_record(made: Ground, kind: EventType, number: int, record: int, raw: bytes) -> None:
    records = made.steps[made.index(kind, number)][1]
    old, records[record] = records[record], raw
    if record < len(records) - 1:
        records[-1] = records[-1].replace(hex_digest(old).encode(), hex_digest(raw).encode())


def replay(number: int, where: EventType) -> Spoil:
    def spoil(made: Ground) -> None:
        made.steps.insert(made.index(where), made.steps[made.index(BALLOT, number)])

    return spoil


def stuff(made: Ground) -> None:
    stranger = make_ground("Ed25519", (BLANK, PLAIN))
    raw = make_ballot(made.election, stranger.credentials[0], [[1, 0, 0, 0], [1, 0]])
    made.steps.insert(made.index(END), (BALLOT, [raw]))


def late(made: Ground) -> None:
    made.steps.pop(made.index(BALLOT, 1))


def swap_owners(made: Ground) -> None:
    first, second = (made.steps[made.index(PARTIAL, n)][1] for n in range(2))
    first[:], second[:] = (
        partial_decryption_records(1, second[0]),
        partial_decryption_records(2, first[0]),
    )


def same_owner_twice(made: Ground) -> None:
    made.steps[made.index(PARTIAL, 1)] = made.steps[made.index(PARTIAL)]


def other_weight(made: Ground) -> None:
    raw = made.steps[0][1][2]
    set_record(made, SETUP, 0, 2, raw.replace(b',2"', b',3"'))


def swap_tally(value: Any) -> None:
    value[0][0], value[0][1] = value[0][1], value[0][0]


FORGERIES: dict[str, tuple[Spoil, str]] = {
    "replay A,A": (replay(0, BALLOT), "cast before"),
    "replay A,B,A": (replay(0, END), "cast before"),
    "stuffed ballot": (stuff, "not on the list"),
    "dropped ballot": (late, "encrypted tally"),
    "first ballot dropped of two": (
        lambda made: made.steps.pop(made.index(BALLOT, 2)),
        "encrypted tally",
    ),
    "order of a revote": (
        lambda made: made.steps.insert(1, made.steps.pop(made.index(BALLOT, 2))),
        "encrypted tally",
    ),
    "num_tallied": (
        replace_json(TALLY, 0, 1, lambda value: value.update(num_tallied=4)),
        "num_tallied is 4, expected 3",
    ),
    "total_weight": (
        replace_json(TALLY, 0, 1, lambda value: value.update(total_weight=4)),
        "total_weight is 4, expected 3",
    ),
    "total_weight as text": (
        replace_json(TALLY, 0, 1, lambda value: value.update(total_weight="3")),
        "small number",
    ),
    "tally swapped": (replace_json(TALLY, 0, 0, swap_tally), "not that of the ballots"),
    "tally laid out": (
        lambda made: set_record(made, TALLY, 0, 0, made.tally_raw.replace(b",", b", ", 1)),
        "not that of the ballots",
    ),
    "owners swapped": (swap_owners, "partial decryption of trustee 1"),
    "owner twice": (same_owner_twice, "two partial decryptions"),
    "owner 0": (
        replace_json(PARTIAL, 0, 1, lambda value: value.update(owner=0)),
        "no trustee 0",
    ),
    "owner 3": (
        replace_json(PARTIAL, 1, 1, lambda value: value.update(owner=3)),
        "no trustee 3",
    ),
    "owner true": (
        replace_json(PARTIAL, 0, 1, lambda value: value.update(owner=True)),
        "expected an integer",
    ),
    "result before the last decryption": (
        lambda made: made.steps.pop(made.index(PARTIAL, 1)),
        "every trustee",
    ),
    "decryption factor": (
        replace_json(
            PARTIAL,
            1,
            0,
            lambda value: value["decryption_factors"][0].__setitem__(1, "0" * 63 + "1"),
        ),
        "trustee 2: question 1, ciphertext 2",
    ),
    "decryption laid out": (
        lambda made: set_record(
            made, PARTIAL, 0, 0, made.steps[made.index(PARTIAL)][1][0].replace(b",", b", ", 1)
        ),
        "canonical",
    ),
    "result": (
        replace_json(RESULT, 0, 0, lambda value: value["result"][0].__setitem__(0, 1)),
        "question 1, count 1",
    ),
    "result laid out": (
        lambda made: set_record(made, RESULT, 0, 0, made.steps[-1][1][0].replace(b",", b", ", 1)),
        "canonical",
    ),
    "weight changed": (other_weight, "encrypted tally"),
    "weight is no number": (
        lambda made: set_record(made, SETUP, 0, 2, made.steps[0][1][2].replace(b',5"', b',5x"')),
        "credential",
    ),
    "voter dropped": (
        replace_json(SETUP, 0, 2, lambda value: value[:1]),
        "not on the list",
    ),
    "voter twice": (
        replace_json(SETUP, 0, 2, lambda value: [*value, value[0]]),
        "twice",
    ),
    "credential outside the group": (
        replace_json(SETUP, 0, 2, lambda value: [*value, TORSION[0]]),
        "credential 5: an element is not in the group",
    ),
    "other question": (
        lambda made: set_record(made, SETUP, 0, 0, made.steps[0][1][0].replace(b"Board", b"Bored")),
        "another election",
    ),
    "other key": (
        replace_json(
            SETUP,
            0,
            0,
            lambda value: value.update(public_key="6" * 62 + "58"),
        ),
        "not the product",
    ),
    "other group": (
        replace_json(SETUP, 0, 0, lambda value: value.update(group="P-256")),
        "not known",
    ),
    "other version": (
        replace_json(SETUP, 0, 0, lambda value: value.update(version=0)),
        "version of the election is not 1",
    ),
    "trustee dropped": (
        replace_json(SETUP, 0, 1, lambda value: value[:1]),
        "not the product",
    ),
    "trustee's proof": (
        replace_json(SETUP, 0, 1, lambda value: value[1][1]["pok"].update(response="5")),
        "trustee 2: the proof of knowledge",
    ),
    "ballot laid out": (
        lambda made: set_record(made, BALLOT, 1, 0, made.steps[2][1][0].replace(b",", b", ", 1)),
        "not on the list|ballot at event 2",
    ),
    "ballot without a credential": (
        lambda made: set_record(made, BALLOT, 1, 0, b"{}"),
        "not on the list|ballot at event 2",
    ),
    "earlier ballot of a revote": (
        replace_json(
            BALLOT,
            0,
            0,
            lambda value: value["answers"][0]["choices"][0].update(alpha="0" * 63 + "1"),
        ),
        "ballot at event 1: signature",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_board_is_refused(name: str) -> None:
    spoil, words = FORGERIES[name]
    made = finished_ground()
    spoil(made)
    report = verify_bytes(made.archive())
    assert not report.valid
    assert report.supported
    found = [word for word in words.split("|") if word in str(report.error)]
    assert found, report.error


def test_a_bad_decryption_is_refused_without_a_result_too() -> None:
    made = finished_ground()
    swap_owners(made)
    made.steps.pop()
    assert not verify_bytes(made.archive()).valid


def test_shuffles_are_refused_where_no_question_needs_them() -> None:
    made = finished_ground()
    records = [b"{}", encode_json({"owner": 1, "payload": hex_digest(b"{}")})]
    where = made.index(PARTIAL)
    made.steps[where:where] = [(EventType.SHUFFLE, records), (EventType.END_SHUFFLES, [])]
    report = verify_bytes(made.archive())
    assert "no question needs" in str(report.error)


def test_what_is_not_supported_is_said_and_not_passed() -> None:
    made = finished_ground()
    lists = [{"type": "Lists", "value": {}}]
    replace_json(SETUP, 0, 0, lambda value: value.update(questions=lists))(made)
    report = verify_bytes(made.archive())
    assert (report.valid, report.supported) == (False, False)
    assert str(report.error).startswith("not supported: ")


JUNK = [b"", b"null", b"[]", b"{}", b"[[]]", b"\xff", b"[" * 50_000, b'{"a":NaN}', b"1" * 5000]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_in_any_record_is_refused_and_never_a_crash(junk: bytes) -> None:
    for step, (kind, records) in enumerate(finished_ground().steps):
        for record in range(len(records)):
            made = finished_ground()
            number = sum(found is kind for found, _ in made.steps[:step])
            set_record(made, kind, number, record, junk)
            assert not verify_bytes(made.archive()).valid


def test_any_single_byte_changed_is_refused() -> None:
    raw = finished_ground().archive()
    for position in range(0, len(raw), 211):
        spoilt = bytearray(raw)
        spoilt[position] ^= 1
        assert not verify_bytes(bytes(spoilt)).valid


# Order


def test_the_list_in_another_order_is_valid() -> None:
    made = make_ground("Ed25519", weights=(1, 2, 3))
    values = json.loads(made.steps[0][1][2])
    set_record(made, SETUP, 0, 2, encode_json(values[::-1]))
    assert verify_bytes(made.archive()).valid
    assert make_public_credentials(
        made.election.group, {entry.split(",")[0]: int(entry.split(",")[1]) for entry in values}
    ) == encode_json(values)

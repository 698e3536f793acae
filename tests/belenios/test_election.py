"""election.json: read in any layout, never written again, strict in what it says."""

import json
from typing import Any

import pytest

from tests.belenios.ground import list_examples
from voting.belenios.election import (
    MAX_ELECTION_BYTES,
    Question,
    fingerprint,
    make_election,
    make_uuid,
    parse_election,
)
from voting.belenios.errors import Malformed, NotSupported, UnknownParameter
from voting.belenios.groups import get_group

ED = get_group("Ed25519")
QUESTION: dict[str, Any] = {"answers": ["A", "B"], "min": 1, "max": 1, "question": "Q"}
VALID: dict[str, Any] = {
    "version": 1,
    "description": "D",
    "name": "N",
    "group": "Ed25519",
    "public_key": str(ED.generator),
    "questions": [QUESTION],
    "uuid": "QdKib3nUkze8qU",
}


def read(**changes: object) -> Any:
    return parse_election(json.dumps(VALID | changes).encode())


def read_question(**changes: object) -> Any:
    return read(questions=[QUESTION | changes]).questions[0]


def test_an_election_is_written_in_the_order_of_the_specification() -> None:
    raw = make_election(
        uuid="QdKib3nUkze8qU",
        name='Name "é" \\ /',
        description="D\n",
        group=ED,
        public_key=str(ED.generator),
        questions=[Question("Q1", ("A", "B"), 0, 2), Question("Q2", ("C",), 1, 1, blank=True)],
        administrator="Ada",
        credential_authority="server",
    )
    assert raw.decode() == (
        '{"version":1,"description":"D\\n","name":"Name \\"é\\" \\\\ /","group":"Ed25519",'
        f'"public_key":"{ED.generator}","questions":[{{"answers":["A","B"],"min":0,"max":2,'
        '"question":"Q1"},{"answers":["C"],"blank":true,"min":1,"max":1,"question":"Q2"}],'
        '"uuid":"QdKib3nUkze8qU","administrator":"Ada","credential_authority":"server"}'
    )
    election = parse_election(raw)
    assert election.raw == raw
    assert election.questions[1] == Question("Q2", ("C",), 1, 1, blank=True)
    assert [q.length for q in election.questions if isinstance(q, Question)] == [2, 2]


def test_the_worked_examples_of_elections_hold() -> None:
    for example in list_examples("/election"):
        raw = example["body"].encode()
        assert fingerprint(raw) == example["fingerprint"]
        election = parse_election(raw)
        assert election.fingerprint == example["fingerprint"]
        assert election.group is example["group"]
        assert election.needs_shuffle == ("NonHomomorphic" in example["body"])


def test_layout_and_unknown_fields_do_not_matter_but_bytes_do() -> None:
    plain = json.dumps(VALID).encode()
    spaced = json.dumps(VALID | {"language": "cy", "extra": 1.5}, indent=2).encode()
    assert parse_election(plain).questions == parse_election(spaced).questions
    assert parse_election(plain).fingerprint != parse_election(spaced).fingerprint


def test_an_extra_question_form_is_read() -> None:
    item = {"type": "Homomorphic", "value": QUESTION | {"blank": False}, "extra": {"a": 1}}
    assert read(questions=[item]).questions == (Question("Q", ("A", "B"), 1, 1),)


@pytest.mark.parametrize("version", [0, -1, "1", "2", 1.0, True, None])
def test_another_version_is_not_known(version: object) -> None:
    with pytest.raises(UnknownParameter):
        read(version=version)


@pytest.mark.parametrize("version", [2, 3])
def test_a_later_version_is_not_supported(version: int) -> None:
    with pytest.raises(
        NotSupported, match=f"version {version}; this program knows version 1"
    ) as caught:
        read(version=version)
    assert not isinstance(caught.value, UnknownParameter)


def test_another_group_is_not_known() -> None:
    with pytest.raises(UnknownParameter, match="P-256"):
        read(group="P-256")


def test_questions_with_lists_are_not_supported() -> None:
    with pytest.raises(NotSupported, match="Lists") as caught:
        read(questions=[{"type": "Lists", "value": {}}])
    assert not isinstance(caught.value, UnknownParameter)


@pytest.mark.parametrize(
    "changes",
    [
        {"uuid": "QdKib3nUkze8q"},
        {"uuid": "QdKib3nUkze8q0"},
        {"uuid": "QdKib3nUkze8qU\n"},
        {"uuid": 5},
        {"name": None},
        {"description": 1},
        {"group": 1},
        {"public_key": "0" * 64},
        {"public_key": str(ED.generator).upper().replace("6", "A")},
        {"questions": {}},
        {"questions": [None]},
        {"questions": [{"type": "Other", "value": QUESTION}]},
        {"questions": [{"type": "Homomorphic"}]},
        {"questions": [{"type": "Homomorphic", "value": []}]},
        {"administrator": 1},
        {"credential_authority": None},
    ],
)
def test_a_field_of_the_wrong_kind_is_malformed(changes: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        read(**changes)


@pytest.mark.parametrize("name", sorted(VALID))
def test_no_field_may_be_missing(name: str) -> None:
    value = {key: item for key, item in VALID.items() if key != name}
    with pytest.raises((Malformed, UnknownParameter), match=name):
        parse_election(json.dumps(value).encode())


@pytest.mark.parametrize(
    "changes",
    [
        {"min": 2, "max": 1},
        {"max": 3},
        {"min": -1},
        {"min": True},
        {"min": 1.0},
        {"max": "1"},
        {"blank": 1},
        {"blank": None},
        {"answers": "AB"},
        {"answers": ["A", 1]},
        {"question": None},
    ],
)
def test_a_question_is_consistent(changes: dict[str, object]) -> None:
    with pytest.raises(Malformed, match="question 1"):
        read_question(**changes)


@pytest.mark.parametrize("name", sorted(QUESTION))
def test_no_field_of_a_question_may_be_missing(name: str) -> None:
    value = {key: item for key, item in QUESTION.items() if key != name}
    with pytest.raises(Malformed, match=name):
        read(questions=[value])


@pytest.mark.parametrize(
    "raw", [b"[]", b"", b"null", b"[" * 100_000, b" " * (MAX_ELECTION_BYTES + 1)]
)
def test_what_is_no_object_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_election(raw)


def test_an_election_that_would_not_be_valid_is_not_made() -> None:
    for name, questions in (
        ("N", [Question("Q", ("A",), 1, 2)]),
        ("\ud800", [Question("Q", ("A",), 1, 1)]),
    ):
        with pytest.raises(Malformed):
            make_election(
                uuid=make_uuid(),
                name=name,
                description="",
                group=ED,
                public_key=str(ED.generator),
                questions=questions,
            )


def test_a_definition_that_is_far_too_long_is_refused_unread() -> None:
    raw = json.dumps(VALID).encode()
    parse_election(raw + b" " * 100)
    with pytest.raises(Malformed, match="too large"):
        parse_election(raw + b" " * MAX_ELECTION_BYTES)

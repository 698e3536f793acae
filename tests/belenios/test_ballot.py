"""A ballot: what is sealed can be checked, alone and with many."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.belenios.ground import (
    DATA,
    get_example,
    list_examples,
    make_ground,
)
from tests.belenios.sealed_ground import CHOICES, ground, sealed
from tests.belenios.test_groups import each_group
from voting.belenios import ballot as bl
from voting.belenios import homomorphic
from voting.belenios.ballot import check_ballot, check_ballots, make_ballot
from voting.belenios.board import EventType, read_entries
from voting.belenios.election import Question, parse_election
from voting.belenios.encoding import base64_digest, encode_json
from voting.belenios.errors import InvalidBallot, Malformed, ProtocolError
from voting.belenios.groups import Group, get_group
from voting.belenios.proofs import check_knowledge, parse_proof


@each_group
@pytest.mark.parametrize(
    "choices",
    [
        CHOICES,
        ([1, 0, 0, 0], [0, 1], [0, 0]),
        ([0, 0, 0, 1], [0, 1], [0, 1]),
    ],
)
def test_what_is_sealed_can_be_checked(group: Group, choices: Any) -> None:
    made = ground(group.name)
    raw = make_ballot(made.election, made.credentials[1], choices)
    ballot = check_ballot(raw, made.election)
    assert ballot.credential == json.loads(raw)["credential"]
    assert ballot.tracker == base64_digest(raw) == bl.tracker(raw)
    assert [len(answer) for answer in ballot.answers] == [4, 2, 2]
    assert bl.read_choices(raw, made.election) == ballot.answers


@st.composite
def questions_and_choices(draw: st.DrawFn) -> tuple[Question, list[int]]:
    count = draw(st.integers(1, 5))
    maximum = draw(st.integers(0, count))
    minimum = draw(st.integers(0, maximum))
    question = Question("Q", ("A",) * count, minimum, maximum, draw(st.booleans()))
    if question.blank and draw(st.booleans()):
        return question, [1] + [0] * count
    ones = draw(st.integers(minimum, maximum))
    bits = draw(st.permutations([1] * ones + [0] * (count - ones)))
    return question, [0] * question.blank + bits


@given(st.lists(questions_and_choices(), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_every_shape_of_question_can_be_sealed_and_checked(
    shapes: list[tuple[Question, list[int]]],
) -> None:
    made = make_ground("Ed25519", [question for question, _ in shapes], weights=(1,))
    raw = make_ballot(made.election, made.credentials[0], [choice for _, choice in shapes])
    check_ballot(raw, made.election)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (([0, 1, 0, 1], [1, 0]), "3 questions"),
        (([1, 0, 0, 1], [1, 0], [0, 0]), "question 1: a blank vote"),
        (([0, 0, 0, 0], [1, 0], [0, 0]), "question 1: expected from 1 to 2"),
        (([0, 1, 1, 1], [1, 0], [0, 0]), "question 1: expected from 1 to 2"),
        (([0, 1, 0], [1, 0], [0, 0]), "question 1: expected 4"),
        (([0, 1, 0, 0], [2, -1], [0, 0]), "question 2: expected 2"),
        (([0, 1, 0, 0], [1, 1], [0, 0]), "question 2: expected from 1 to 1"),
    ],
)
def test_choices_that_are_not_allowed_are_not_sealed(choices: Any, words: str) -> None:
    made = ground()
    with pytest.raises(InvalidBallot, match=words):
        make_ballot(made.election, made.credentials[0], choices)


def test_what_is_no_credential_seals_nothing() -> None:
    with pytest.raises(Malformed):
        make_ballot(ground().election, "not a code", CHOICES)


@each_group
def test_many_ballots_are_checked_like_each_of_them(group: Group) -> None:
    made = ground(group.name)
    times = 1 if group.name.startswith("RFC") else 4
    raws = [make_ballot(made.election, code, CHOICES) for code in made.credentials * times]
    assert check_ballots(raws, made.election) == [check_ballot(raw, made.election) for raw in raws]
    with pytest.raises(ProtocolError):
        check_ballots([*raws, raws[0][:-1]], made.election)


# Worked examples and real ballots


def test_the_worked_examples_of_ballots_hold() -> None:
    for example in list_examples("/ballot-hash"):
        assert base64_digest(example["signed_json"].encode()) == example["hash"]
    signature = get_example("ed/sig")
    group = get_group("Ed25519")
    value = json.loads(get_example("ed/ballot-hash")["signed_json"])
    key = group.parse_element(value["credential"])
    prefix = signature["preimage"].rpartition("|")[0] + "|"
    proof = parse_proof(
        group, {"challenge": signature["challenge"], "response": signature["response"]}
    )
    check_knowledge(group, prefix, key, proof)


@pytest.mark.parametrize("name", ["ed/q0", "ed/q1", "b2048-2.0/q0"])
def test_the_worked_examples_of_answers_hold(name: str) -> None:
    """Each statement that our code hashes is the one of the example."""
    family = name.split("/", maxsplit=1)[0]
    answer = get_example(f"{name}/answer")["json"]
    election = get_example(f"{family}/election")["body"]
    group = get_group("Ed25519" if family == "ed" else "BELENIOS-2048")
    value = json.loads(election)
    question = value["questions"][int(name[-1])]
    made = parse_election(encode_json(value | {"questions": [question]}))
    question = made.questions[0]
    assert isinstance(question, Question)
    parsed = homomorphic.parse_answer(group, question, json.loads(answer))
    context = get_example(f"{family}/S0")["value"]
    homomorphic.check_answer(made, question, parsed, context)
    hashed = homomorphic._statement(context, parsed.choices)
    kinds = {"prove": "prove-overall", "bproof0": "bproof0", "bproof1": "bproof1"}
    for prefix, kind in kinds.items():
        for example in list_examples(f"{name}/{kind}"):
            assert example["preimage"].startswith(f"{prefix}|{hashed}|")
    for index, item in enumerate(parsed.choices):
        example = get_example(f"{name}/prove-individual-{index}")
        assert example["preimage"].startswith(homomorphic._prove_prefix(context, item))


@pytest.mark.parametrize("name", ["o01-ed-h-1q", "o02-ed-h-blank-weights", "o05-b2048-h-tool20"])
def test_real_ballots_are_valid(name: str) -> None:
    path = next((DATA / "vectors" / name).glob("*.bel"))
    election = None
    count = 0
    with path.open("rb") as stream:
        for entry in read_entries(stream):
            if entry.event.type is EventType.SETUP:
                election = parse_election(entry.records[0].content)
            elif entry.event.type is EventType.BALLOT:
                assert election is not None
                check_ballot(entry.records[0].content, election)
                count += 1
    assert count == json.loads((path.parent / "case.json").read_text())["n_ballots"]


# What people see


def test_the_digits_are_those_of_the_whole_hash() -> None:
    raw = sealed()
    digits = bl.tracker_digits(raw)
    assert digits == bl.tracker_digits(bl.tracker(raw))
    assert len(digits) == 25
    shown = bl.display_tracker(digits)
    assert [len(group) for group in shown.split(" ")] == [5] * 5
    assert shown.replace(" ", "") == digits
    ballot = check_ballot(raw, ground().election)
    assert digits == str(int(ballot.hash, 16))[-25:]


@pytest.mark.parametrize("text", ["", "abc", "a" * 42, "a" * 47, "é" * 43, "!" * 43])
def test_what_is_no_tracker_has_no_digits(text: str) -> None:
    with pytest.raises(Malformed):
        bl.tracker_digits(text)

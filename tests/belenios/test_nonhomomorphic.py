"""Ballots that are shuffled before they are opened: sealing, checking, and what is refused."""

import json
import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.belenios.ground import BLANK, Ground, get_example, list_examples, make_ground
from tests.belenios.test_groups import ORDER_2, TORSION
from voting.belenios import nonhomomorphic
from voting.belenios.ballot import check_ballot, check_ballots, make_ballot, read_choices
from voting.belenios.credential import private_key
from voting.belenios.election import (
    NonHomomorphicQuestion,
    Question,
    make_election,
    make_uuid,
    parse_election,
)
from voting.belenios.encoding import base64_digest, encode_json
from voting.belenios.errors import InvalidBallot, InvalidProof, Malformed, ProtocolError
from voting.belenios.groups import Group, get_group
from voting.belenios.proofs import make_knowledge

RANKED = NonHomomorphicQuestion("Which model?", ("Mutual", "Trust", "Council"))
ED, RFC = get_group("Ed25519"), get_group("RFC-3526-2048")
each_group = pytest.mark.parametrize("group", [ED, RFC], ids=lambda group: group.name)


@lru_cache(maxsize=2)
def ground(group: str) -> Ground:
    return make_ground(group, (BLANK, RANKED), weights=(1, 1))


@lru_cache(maxsize=2)
def sealed(group: str) -> bytes:
    made = ground(group)
    return make_ballot(made.election, made.credentials[0], [[0, 1, 0, 0], [2, 0, 255]])


def resign(made: Ground, value: dict[str, Any], voter: int = 0) -> bytes:
    """The ballot *value* with a signature that holds."""
    group = made.election.group
    del value["signature"]
    digest = base64_digest(encode_json(value))
    key = private_key(group, made.election.uuid, made.credentials[voter])
    proof = make_knowledge(group, f"sig|{digest}|", key, secrets.token_bytes)
    return encode_json(value | {"signature": {"hash": digest, "proof": proof.to_json()}})


# Numbers in elements


def test_the_worked_examples_of_numbers_and_generators_hold() -> None:
    for example in list_examples("/of_ints"):
        group, ints = example["group"], example["ints"]
        element = group.encode_integers(ints)
        assert str(element) == example["element"]
        assert group.decode_integers(element, len(ints)) == ints
    for example in list_examples("/generator"):
        assert str(example["group"].derive_generator(example["i"])) == example["element"]


@given(st.sampled_from([ED, RFC]), st.data())
@settings(max_examples=25, deadline=None)
def test_numbers_come_back_from_a_member_of_the_group(group: Group, data: st.DataObject) -> None:
    ints = data.draw(st.lists(st.integers(0, 255), max_size=group.max_integers))
    element = group.encode_integers(ints)
    assert group.is_member(element.value)
    assert group.parse_element(str(element)) == element
    assert group.decode_integers(element, len(ints)) == ints


@pytest.mark.parametrize("ints", [[256], [-1], [True], [1.0], ["1"], [0] * 256])
@each_group
def test_only_bytes_that_fit_are_encoded(group: Group, ints: list[Any]) -> None:
    with pytest.raises(Malformed):
        group.encode_integers(ints)


def test_whatever_is_opened_is_decoded() -> None:
    for group in (ED, RFC):
        for element in (group.neutral, group.generator, group.generator**-1):
            assert len(group.decode_integers(element, 30)) == 30


@each_group
def test_generators_are_members_and_differ(group: Group) -> None:
    made = [group.derive_generator(index) for index in range(-1, 12)]
    assert len({*made, group.neutral, group.generator}) == 15
    assert all(group.is_member(element.value) for element in made)


# Questions


def test_a_question_is_written_as_the_specification_says() -> None:
    election = ground("Ed25519").election
    assert election.questions == (BLANK, RANKED)
    assert election.needs_shuffle
    assert json.loads(election.raw)["questions"][1] == {
        "type": "NonHomomorphic",
        "value": {"answers": ["Mutual", "Trust", "Council"], "question": "Which model?"},
    }


@pytest.mark.parametrize(
    ("group", "count", "words"),
    [
        ("BELENIOS-2048", 1, "not possible in BELENIOS-2048"),
        ("Ed25519", 31, "at most 30"),
        ("RFC-3526-2048", 256, "at most 255"),
    ],
)
def test_answers_that_do_not_fit_are_refused(group: str, count: int, words: str) -> None:
    with pytest.raises(Malformed, match=f"question 1: .*{words}"):
        make_election(
            uuid=make_uuid(),
            name="",
            description="",
            group=get_group(group),
            public_key=str(get_group(group).generator),
            questions=[NonHomomorphicQuestion("Q", ("A",) * count)],
        )


@pytest.mark.parametrize(
    "value", [{}, [], None, {"answers": ["A"]}, {"answers": [1], "question": "Q"}]
)
def test_a_question_that_is_malformed_is_refused(value: object) -> None:
    made = json.loads(ground("Ed25519").election.raw)
    made["questions"] = [{"type": "NonHomomorphic", "value": value}]
    with pytest.raises(Malformed, match="question 1"):
        parse_election(encode_json(made))


# Ballots


@st.composite
def shapes(draw: st.DrawFn) -> tuple[NonHomomorphicQuestion, list[int]]:
    ints = draw(st.lists(st.integers(0, 255), max_size=30))
    return NonHomomorphicQuestion("Q", ("A",) * len(ints)), ints


@given(st.lists(shapes(), min_size=1, max_size=3), st.booleans())
@settings(max_examples=25, deadline=None)
def test_every_shape_of_question_can_be_sealed_and_checked(
    asked: list[tuple[NonHomomorphicQuestion, list[int]]], mixed: bool
) -> None:
    questions: list[Any] = [question for question, _ in asked]
    choices = [ints for _, ints in asked]
    if mixed:
        questions.insert(1, Question("Q", ("A", "B"), 1, 1))
        choices.insert(1, [0, 1])
    made = make_ground("Ed25519", questions, weights=(1,))
    raw = make_ballot(made.election, made.credentials[0], choices)
    ballot = check_ballot(raw, made.election)
    assert read_choices(raw, made.election) == ballot.answers
    assert check_ballots([raw, raw], made.election) == [ballot, ballot]


@each_group
def test_what_is_sealed_opens_to_the_numbers(group: Group) -> None:
    made = ground(group.name)
    item = check_ballot(sealed(group.name), made.election).answers[1][0]
    message = item.beta / item.alpha ** made.keys[0]
    assert group.decode_integers(message, 3) == [2, 0, 255]


@pytest.mark.parametrize("choice", [[1, 2], [1, 2, 3, 4], [1, 2, 256], [1, -1, 2], [1, 2, True]])
def test_numbers_that_are_not_allowed_are_not_sealed(choice: list[int]) -> None:
    made = ground("Ed25519")
    with pytest.raises(InvalidBallot, match="question 2: expected 3 numbers"):
        make_ballot(made.election, made.credentials[0], [[0, 1, 0, 0], choice])


@pytest.mark.parametrize("family", ["ed/q2", "rfc/q0"])
def test_the_worked_examples_of_answers_hold(family: str) -> None:
    name, number = family.split("/q")
    group = get_group({"ed": "Ed25519", "rfc": "RFC-3526-2048"}[name])
    election = parse_election(get_example(f"{name}/election")["body"].encode())
    answer = nonhomomorphic.parse_answer(group, json.loads(get_example(f"{family}/answer")["json"]))
    context = get_example(f"{name}/S0")["value"]
    nonhomomorphic.check_answer(election, answer, context)
    prefix = nonhomomorphic._prefix(election, answer.choices[0], context)
    assert get_example(f"{family}/raweg")["preimage"].startswith(prefix)
    assert int(number) < len(election.questions)


Spoil = Callable[[Group, dict[str, Any]], object]
SPOILT: dict[str, Spoil] = {
    "alpha": lambda g, a: a["choices"].update(
        alpha=str(g.parse_element(a["choices"]["alpha"]) * g.generator)
    ),
    "beta": lambda g, a: a["choices"].update(
        beta=str(g.parse_element(a["choices"]["beta"]) * g.generator)
    ),
    "swapped": lambda g, a: a["choices"].update(
        alpha=a["choices"]["beta"], beta=a["choices"]["alpha"]
    ),
    "challenge": lambda g, a: a["proof"].update(
        challenge=str((int(a["proof"]["challenge"]) + 1) % g.order)
    ),
    "response": lambda g, a: a["proof"].update(
        response=str((int(a["proof"]["response"]) + 1) % g.order)
    ),
    "response+q": lambda g, a: a["proof"].update(
        response=str(int(a["proof"]["response"]) + g.order)
    ),
    "leading zero": lambda g, a: a["proof"].update(challenge="0" + a["proof"]["challenge"]),
    "no proof": lambda g, a: a.pop("proof"),
    "a list": lambda g, a: a.update(choices=[a["choices"]]),
    "extra field": lambda g, a: a.update(extra=1),
    "another order": lambda g, a: a.update(choices=a.pop("choices")),
}


@each_group
@pytest.mark.parametrize("name", SPOILT)
def test_no_field_can_be_changed_although_the_ballot_is_signed_again(
    group: Group, name: str
) -> None:
    made = ground(group.name)
    value = json.loads(sealed(group.name))
    SPOILT[name](group, value["answers"][1])
    raw = resign(made, value)
    with pytest.raises((Malformed, InvalidProof), match="question 2"):
        check_ballot(raw, made.election)
    with pytest.raises(ProtocolError):
        check_ballots([sealed(group.name), raw], made.election)


@pytest.mark.parametrize("field", ["alpha", "beta"])
@pytest.mark.parametrize("torsion", TORSION)
def test_a_small_order_component_is_refused(field: str, torsion: str) -> None:
    """No proof takes a power of beta: its membership is checked by itself."""
    made = ground("Ed25519")
    value = json.loads(sealed("Ed25519"))
    pair = value["answers"][1]["choices"]
    key = made.election.group
    shifted = key.decode_element(pair[field]) * key.decode_element(ORDER_2)
    for text in (torsion, str(shifted)):
        value = json.loads(sealed("Ed25519"))
        value["answers"][1]["choices"][field] = text
        raw = resign(made, value)
        for check in (
            lambda raw=raw: check_ballot(raw, made.election),
            lambda raw=raw: check_ballots([sealed("Ed25519"), raw], made.election),
        ):
            with pytest.raises(ProtocolError):
                check()


def test_beta_outside_the_group_is_refused_whatever_the_proof() -> None:
    """The proof does hold: only the check of membership stands in the way."""
    made = ground("Ed25519")
    election, group = made.election, made.election.group
    value = json.loads(sealed("Ed25519"))
    nonce = group.random_scalar(secrets.token_bytes)
    beta = election.public_key**nonce * group.decode_element(ORDER_2)
    sealed_item = {"alpha": str(group.generator**nonce), "beta": str(beta)}
    context = f"{election.fingerprint}|{value['credential']}"
    prefix = f"raweg|{context}|{election.public_key},{','.join(sealed_item.values())}|"
    proof = make_knowledge(group, prefix, nonce, secrets.token_bytes)
    value["answers"][1] = {"choices": sealed_item, "proof": proof.to_json()}
    raw = resign(made, value)
    for check in (check_ballot, lambda raw, election: check_ballots([raw], election)):
        with pytest.raises(Malformed, match="not in the group"):
            check(raw, election)


def test_an_answer_cannot_be_copied_under_another_credential() -> None:
    made = ground("Ed25519")
    theirs = json.loads(sealed("Ed25519"))
    mine = json.loads(make_ballot(made.election, made.credentials[1], [[1, 0, 0, 0], [0, 0, 0]]))
    mine["answers"][1] = theirs["answers"][1]
    with pytest.raises(InvalidProof, match="question 2"):
        check_ballot(resign(made, mine, voter=1), made.election)

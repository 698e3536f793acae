"""Proofs bind their whole statement: nothing of it can be changed, and lengths are exact."""

import secrets
from typing import Any

import pytest

from tests.belenios.test_groups import each_group
from voting.belenios import proofs
from voting.belenios.errors import InvalidProof, Malformed
from voting.belenios.groups import Group, get_group
from voting.belenios.proofs import Branch, Ciphertext, Proof

ED = get_group("Ed25519")
random = secrets.token_bytes


@each_group
def test_knowledge_of_a_secret(group: Group) -> None:
    secret = group.random_scalar(random)
    key = group.generator**secret
    proof = proofs.make_knowledge(group, "p|", secret, random)
    proofs.check_knowledge(group, "p|", key, proof)
    for prefix, other, spoilt in (
        ("q|", key, proof),
        ("p|", key * group.generator, proof),
        ("p|", key, Proof(proof.challenge, (proof.response + 1) % group.order)),
        ("p|", key, Proof((proof.challenge + 1) % group.order, proof.response)),
        ("p|", key, Proof(0, 0)),
        ("p|", group.neutral, Proof(0, proof.response)),
    ):
        with pytest.raises(InvalidProof):
            proofs.check_knowledge(group, prefix, other, spoilt)


@each_group
def test_equality_of_logarithms(group: Group) -> None:
    secret = group.random_scalar(random)
    key, base = group.generator**secret, group.generator**77
    power = base**secret
    proof = proofs.make_equality(group, "p|", base, secret, random)
    proofs.check_equality(group, "p|", key, base, power, proof)
    for arguments in (
        ("q|", key, base, power, proof),
        ("p|", key * base, base, power, proof),
        ("p|", key, base * base, power, proof),
        ("p|", key, base, power * base, proof),
        ("p|", key, base, power, Proof(proof.challenge, 0)),
    ):
        with pytest.raises(InvalidProof):
            proofs.check_equality(group, *arguments)


def test_equality_holds_for_the_neutral_element() -> None:
    proof = proofs.make_equality(ED, "p|", ED.neutral, 5, random)
    proofs.check_equality(ED, "p|", ED.generator**5, ED.neutral, ED.neutral, proof)


def membership(group: Group, message: int, **changes: Any) -> dict[str, Any]:
    """Arguments for check_membership of a ciphertext of *message* as one of 0, 1, 2."""
    key, nonce = group.generator**99, group.random_scalar(random)
    item = Ciphertext(group.generator**nonce, key**nonce * group.generator**message)
    branches = [Branch(item, value) for value in range(3)]
    made = proofs.make_membership(group, key, "p|", branches, message % 3, nonce, random)
    arguments = {"group": group, "key": key, "prefix": "p|", "branches": branches, "proofs": made}
    return arguments | changes


@each_group
@pytest.mark.parametrize("message", [0, 1, 2])
def test_one_of_many(group: Group, message: int) -> None:
    proofs.check_membership(**membership(group, message))


@each_group
def test_a_message_outside_the_range_has_no_proof(group: Group) -> None:
    for message in (3, -1, 5):
        with pytest.raises(InvalidProof):
            proofs.check_membership(**membership(group, message))


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("part", range(2))
def test_every_scalar_of_a_membership_counts(index: int, part: int) -> None:
    arguments = membership(ED, 1)
    scalars = list(arguments["proofs"][index])
    scalars[part] = (scalars[part] + 1) % ED.order
    arguments["proofs"][index] = Proof(*scalars)
    with pytest.raises(InvalidProof):
        proofs.check_membership(**arguments)


def test_branches_and_context_are_bound() -> None:
    valid = membership(ED, 1)
    for changes in (
        {"prefix": "q|"},
        {"key": ED.generator},
        {"branches": valid["branches"][::-1]},
        {"proofs": valid["proofs"][::-1]},
    ):
        with pytest.raises(InvalidProof):
            proofs.check_membership(**(valid | changes))


def test_one_proof_more_or_fewer_is_refused() -> None:
    valid = membership(ED, 1)
    for spoilt in (valid["proofs"][:2], [*valid["proofs"], Proof(0, 0)], []):
        with pytest.raises(Malformed, match="expected 3 proofs"):
            proofs.check_membership(**(valid | {"proofs": spoilt}))


def test_a_challenge_of_the_commitments_alone_does_not_hold() -> None:
    nonce, secret = 5, 7
    challenge = ED.hash_to_scalar(str(ED.generator**nonce))
    weak = Proof(challenge, (nonce - secret * challenge) % ED.order)
    with pytest.raises(InvalidProof):
        proofs.check_knowledge(ED, "pok|Ed25519|", ED.generator**secret, weak)


def test_proofs_have_exactly_two_fields_in_order() -> None:
    assert proofs.parse_proof(ED, {"challenge": "1", "response": "2"}) == Proof(1, 2)
    for value in (
        {"response": "2", "challenge": "1"},
        {"challenge": "1"},
        {"challenge": "1", "response": "2", "x": "3"},
        {"challenge": 1, "response": "2"},
        ["1", "2"],
    ):
        with pytest.raises(Malformed):
            proofs.parse_proof(ED, value)
    with pytest.raises(Malformed):
        proofs.parse_proofs(ED, [], 1)


def test_the_product_of_no_ciphertexts_is_neutral() -> None:
    assert proofs.multiply_ciphertexts(ED, []) == (ED.neutral, ED.neutral)

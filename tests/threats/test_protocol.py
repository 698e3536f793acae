"""The rows of the list of threats about proofs, parameters, groups and scalars.

Each attacker here can sign with its own credential, and has made every hash right.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.belenios.ground import (
    PLAIN,
    Ground,
    make_ground,
    verify_bytes,
)
from tests.belenios.test_groups import TORSION, minus_one
from tests.belenios.test_nonhomomorphic import RANKED, resign
from tests.threats.ground import ED, VOTE, put, random
from voting.belenios import shuffle_checking, shuffle_making
from voting.belenios.ballot import check_ballot
from voting.belenios.board import EventType
from voting.belenios.encoding import encode_json, hex_digest
from voting.belenios.errors import (
    InvalidProof,
    Malformed,
    ProtocolError,
)
from voting.belenios.mixnet import check_shuffle, make_shuffle
from voting.belenios.proofs import Ciphertext, make_knowledge
from voting.belenios.tally import check_partial_decryption, make_partial_decryption
from voting.belenios.trustees import parse_trustees

# Weak Fiat-Shamir


def weak(prefix: str, secret: int, *bases: Any) -> dict[str, str]:
    """A proof whose challenge hashes the commitments alone."""
    nonce = ED.random_scalar(random)
    texts = ",".join(str(base**nonce) for base in (ED.generator, *bases))
    challenge = ED.hash_to_scalar(f"{prefix}{texts}")
    response = (nonce - secret * challenge) % ED.order
    return {"challenge": str(challenge), "response": str(response)}


def test_a_ranking_proved_with_the_commitment_alone(box: tuple[Ground, bytes]) -> None:
    made, raw = box
    value = json.loads(raw)
    nonce = 5
    sealed = made.election.public_key**nonce * ED.encode_integers([1, 2, 3])
    choices = {"alpha": str(ED.generator**nonce), "beta": str(sealed)}
    context = f"raweg|{made.election.fingerprint}|{value['credential']}|"
    for prefix in ("", "raweg|", context, f"{context}{made.election.public_key}|"):
        value["answers"][1] = {"choices": choices, "proof": weak(prefix, nonce)}
        with pytest.raises(InvalidProof):
            check_ballot(resign(made, json.loads(json.dumps(value))), made.election)


def test_a_trustee_key_proved_with_the_commitment_alone(box: tuple[Ground, bytes]) -> None:
    made, _ = box
    trustees = json.loads(made.steps[0][1][1])
    for prefix in ("", "pok|", "pok|Ed25519|"):
        trustees[0][1]["pok"] = weak(prefix, made.keys[0])
        with pytest.raises(InvalidProof):
            parse_trustees(ED, encode_json(trustees))


def test_a_decryption_proved_with_the_commitments_alone(finished: Ground) -> None:
    tally, key = finished.opened_raw, finished.keys[0]
    value = json.loads(make_partial_decryption(finished.election, tally, key))
    alpha = ED.parse_element(json.loads(tally)[1][0]["alpha"])
    for prefix in ("", "decrypt|", f"decrypt|{finished.election.fingerprint}|"):
        value["decryption_proofs"][1][0] = weak(prefix, key, alpha)
        with pytest.raises(InvalidProof, match="question 2, ciphertext 1"):
            check_partial_decryption(
                finished.election, ED.generator**key, tally, encode_json(value)
            )


def test_a_shuffle_proved_without_its_statement(
    finished: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The challenge hashes the commitments, but neither the ciphertexts nor the election."""
    tally = finished.tally_raw

    def make_weak(context: Any, before: Any, after: Any, proof: Any) -> int:
        return ED.hash_to_scalar("".join((*proof.commitments, *proof.chain_commitments)))

    with monkeypatch.context() as patch:
        patch.setattr(shuffle_making, "make_challenge", make_weak)
        raw = make_shuffle(finished.election, tally)
        patch.setattr(shuffle_checking, "make_challenge", make_weak)
        check_shuffle(finished.election, tally, raw)
    with pytest.raises(InvalidProof):
        check_shuffle(finished.election, tally, raw)


# Parameter substitution


@pytest.mark.parametrize(
    "group", ["Ed25519 ", "BELENIOS-2048", {"g": "2", "p": "23", "q": "11"}, None, "Edwards"]
)
def test_other_parameters_in_the_setup(box: tuple[Ground, bytes], group: Any) -> None:
    made, _ = box
    del made.steps[1:]
    assert verify_bytes(made.archive()).valid
    value = json.loads(made.election.raw) | {"group": group}
    assert put(made, EventType.SETUP, encode_json(value))


def test_another_public_key_in_the_setup(box: tuple[Ground, bytes]) -> None:
    made, _ = box
    key = ED.parse_element(json.loads(made.election.raw)["public_key"]) * ED.generator
    value = json.loads(made.election.raw) | {"public_key": str(key)}
    assert "product of the trustees' keys" in put(made, EventType.SETUP, encode_json(value))


def test_another_question_in_the_setup(box: tuple[Ground, bytes]) -> None:
    made, _ = box
    value = json.loads(made.election.raw)
    value["questions"][1]["value"]["answers"].reverse()
    assert "another election" in put(made, EventType.SETUP, encode_json(value))


# Elements outside the group


@pytest.mark.parametrize("torsion", TORSION)
def test_points_of_small_order_everywhere(finished: Ground, torsion: str) -> None:
    """Alone, and as a component of an element that is otherwise right."""
    places: list[tuple[EventType, Callable[[Any], tuple[Any, Any]]]] = [
        (EventType.SETUP, lambda v: (v, "public_key")),
        (EventType.ENCRYPTED_TALLY, lambda v: (v[1][0], "beta")),
        (EventType.SHUFFLE, lambda v: (v["ciphertexts"][0][0], "alpha")),
        (EventType.SHUFFLE, lambda v: (v["ciphertexts"][0][0], "beta")),
        (EventType.SHUFFLE, lambda v: (v["proofs"][0][2], 0)),
        (EventType.SHUFFLE, lambda v: (v["proofs"][0][3], 0)),
        (EventType.PARTIAL_DECRYPTION, lambda v: (v["decryption_factors"][1], 0)),
    ]
    words = {EventType.ENCRYPTED_TALLY: "the encrypted tally is not that of the ballots"}
    small = ED.decode_element(TORSION[0])
    for kind, find in places:
        for shifted in (False, True):
            made = finished.copy()
            value = json.loads(made.steps[made.index(kind)][1][0])
            row, key = find(value)
            row[key] = str(ED.decode_element(row[key]) * small) if shifted else torsion
            told = put(made, kind, encode_json(value))
            assert words.get(kind, "an element is not in the group") in told


def prove_ranking(made: Ground, value: dict[str, Any], sealed: Ciphertext, nonce: int) -> bytes:
    """A ballot with this ciphertext as its ranking, and with every proof and hash right."""
    election = made.election
    prefix = f"raweg|{election.fingerprint}|{value['credential']}|{election.public_key},{sealed}|"
    proof = make_knowledge(election.group, prefix, nonce, random)
    value["answers"][1] = {"choices": sealed.to_json(), "proof": proof.to_json()}
    return resign(made, value)


@pytest.mark.parametrize("torsion", TORSION)
def test_a_ranking_whose_half_that_no_proof_speaks_of_is_outside_the_group(
    box: tuple[Ground, bytes], torsion: str
) -> None:
    """Everything else in this ballot is right: what is opened would be of small order."""
    made, raw = box
    small = ED.decode_element(torsion)
    shifted = made.election.public_key**5 * ED.encode_integers([1, 2, 3]) * small
    for beta in (small, shifted):
        sealed = Ciphertext(ED.generator**5, beta)
        with pytest.raises(Malformed, match=r"question 2: ciphertext 1: .* not in the group"):
            check_ballot(prove_ranking(made, json.loads(raw), sealed, 5), made.election)


def test_numbers_that_are_no_elements_of_a_finite_field() -> None:
    """0, p-1, p, -a, a+p, and a in other digits: in the credential and in every half of a ballot.

    1 is in the group, and no proof holds for it.
    """
    made = make_ground("RFC-3526-2048", (PLAIN, RANKED))
    group = made.election.group
    p, raw = minus_one(group) + 1, made.vote(0, VOTE)
    check_ballot(raw, made.election)
    places: list[Callable[[Any], tuple[Any, str]]] = [
        lambda v: (v, "credential"),
        lambda v: (v["answers"][0]["choices"][0], "alpha"),
        lambda v: (v["answers"][0]["choices"][1], "beta"),
        lambda v: (v["answers"][1]["choices"], "alpha"),
        lambda v: (v["answers"][1]["choices"], "beta"),
    ]
    for find in places:
        row, name = find(json.loads(raw))
        old = row[name]
        number = int(old)
        others = [str(n) for n in (0, p - 1, p, p - number, number + p, 2 * p - number)]
        for text in ("1", *others, f"0{old}", f"+{old}", f"-{old}", f"{old}.0", f" {old}"):
            value = json.loads(raw)
            row, name = find(value)
            row[name] = text
            with pytest.raises(ProtocolError if text == "1" else Malformed):
                check_ballot(resign(made, value), made.election)


SCALARS: dict[str, tuple[EventType, int, Callable[[Any], Any]]] = {
    "signature": (EventType.BALLOT, 0, lambda v: v["signature"]["proof"]),
    "bit": (EventType.BALLOT, 0, lambda v: v["answers"][0]["individual_proofs"][0][0]),
    "sum": (EventType.BALLOT, 0, lambda v: v["answers"][0]["overall_proof"][0]),
    "ranking": (EventType.BALLOT, 0, lambda v: v["answers"][1]["proof"]),
    "single key": (EventType.SETUP, 1, lambda v: v[0][1]["pok"]),
    "certificate": (EventType.SETUP, 1, lambda v: v[1][1]["certs"][0]["signature"]),
    "commitments": (EventType.SETUP, 1, lambda v: v[1][1]["coefexps"][1]["signature"]),
    "contribution": (EventType.SETUP, 1, lambda v: v[1][1]["signatures"][2]),
    "group key": (EventType.SETUP, 1, lambda v: v[1][1]["verification_keys"][0]["pok"]),
    "group key signed": (
        EventType.SETUP,
        1,
        lambda v: v[1][1]["verification_keys"][0]["signature"],
    ),
    "shuffle": (EventType.SHUFFLE, 0, lambda v: v["proofs"][0][1]),
    "chain": (EventType.SHUFFLE, 0, lambda v: v["proofs"][0][1][4]),
    "order": (EventType.SHUFFLE, 0, lambda v: v["proofs"][0][1][5]),
    "decryption": (EventType.PARTIAL_DECRYPTION, 0, lambda v: v["decryption_proofs"][1][0]),
}


@pytest.mark.parametrize("name", SCALARS)
def test_a_scalar_of_q_or_more(finished: Ground, name: str) -> None:
    """It is the same number to every equation: only the range tells it apart."""
    kind, number, find = SCALARS[name]
    records = finished.steps[finished.index(kind)][1]
    value = json.loads(records[number])
    row = find(value)
    key: Any = "response" if isinstance(row, dict) else 0
    row[key] = str(int(row[key]) + ED.order)
    is_answer = kind is EventType.BALLOT and name != "signature"
    raw = resign(finished, value) if is_answer else encode_json(value)
    old, records[number] = records[number], raw
    new = hex_digest(records[number])
    records[-1] = records[-1].replace(hex_digest(old).encode(), new.encode())
    report = verify_bytes(finished.archive())
    assert "range" in str(report.error)


def test_every_attack_here_is_on_a_sound_election(
    box: tuple[Ground, bytes], finished: Ground
) -> None:
    """The archives that the attacks begin with are valid: nothing is refused for another reason."""
    for made in (box[0], finished):
        assert verify_bytes(made.archive()).valid
    with pytest.raises(ProtocolError):
        check_ballot(b"", finished.election)

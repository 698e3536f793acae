"""The rows of the list of threats about ballots, proofs, groups, shuffles, trustees and tallies.

Each attacker here can sign with its own credential, and has made every hash right.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Any

import pytest

from tests.belenios.ground import (
    PLAIN,
    Ground,
    held_ceremony,
    make_archive,
    make_ground,
    verify_bytes,
)
from tests.belenios.test_groups import TORSION
from tests.belenios.test_nonhomomorphic import RANKED, resign
from voting.belenios import homomorphic, shuffle_checking, shuffle_making
from voting.belenios.ballot import check_ballot, make_ballot
from voting.belenios.board import EventType, shuffle_records, verify_extends
from voting.belenios.encoding import encode_json, hex_digest
from voting.belenios.errors import (
    InvalidArchive,
    InvalidBallot,
    InvalidProof,
    InvalidSignature,
    Malformed,
    ProtocolError,
)
from voting.belenios.groups import get_group
from voting.belenios.groups.ed25519 import Ed25519
from voting.belenios.mixnet import check_shuffle, make_shuffle
from voting.belenios.tally import check_partial_decryption, make_partial_decryption, make_result
from voting.belenios.trustees import parse_trustees

ED = get_group("Ed25519")
random = secrets.token_bytes
VOTE = [[1, 0], [3, 1, 2]]


@lru_cache(maxsize=1)
def _open() -> tuple[Ground, bytes]:
    made = make_ground(ED, (PLAIN, RANKED), trustees=1, threshold=(2, 3), weights=(1, 1, 1))
    return made, made.vote(0, VOTE)


@lru_cache(maxsize=1)
def _finished() -> Ground:
    made = make_ground(ED, (PLAIN, RANKED), trustees=1, threshold=(2, 3), weights=(1, 1, 1))
    made.vote(0, VOTE)
    made.vote(1, [[0, 1], [1, 2, 3]])
    made.finish(1, 2, 4)
    return made


@pytest.fixture
def box() -> tuple[Ground, bytes]:
    """An open election of both kinds of question, and the ballot of voter 0."""
    made, raw = _open()
    return made.copy(), raw


@pytest.fixture
def finished() -> Ground:
    """A whole election: two ballots, two shuffles, decrypted by three of four trustees."""
    return _finished().copy()


def put(made: Ground, kind: EventType, raw: bytes, number: int = 0) -> str:
    """Put *raw* in the place of the first record of an event; say what the verifier says."""
    records = made.steps[made.index(kind, number)][1]
    old, records[0] = records[0], raw
    if len(records) > 1:
        records[-1] = records[-1].replace(hex_digest(old).encode(), hex_digest(raw).encode())
    report = verify_bytes(made.archive())
    assert not report.valid
    return str(report.error)


def under_own_credential(made: Ground, value: dict[str, Any]) -> bytes:
    """The answers of another voter's ballot, signed by voter 1."""
    mine = json.loads(make_ballot(made.election, made.credentials[1], VOTE))
    return resign(made, mine | {"answers": value["answers"]}, voter=1)


# Copy or re-randomise another voter's ballot


def rerandomise(made: Ground, item: dict[str, str]) -> None:
    nonce = ED.random_scalar(random)
    alpha, beta = ED.parse_element(item["alpha"]), ED.parse_element(item["beta"])
    item["alpha"] = str(alpha * ED.generator**nonce)
    item["beta"] = str(beta * made.election.public_key**nonce)


COPIES: dict[str, Callable[[Ground, Any], object]] = {
    "as it is": lambda made, answers: None,
    "bits re-randomised": lambda made, answers: [
        rerandomise(made, item) for item in answers[0]["choices"]
    ],
    "ranking re-randomised": lambda made, answers: rerandomise(made, answers[1]["choices"]),
    "choices permuted": lambda made, answers: answers[0]["choices"].reverse(),
    "choices and proofs permuted": lambda made, answers: [
        answers[0][name].reverse() for name in ("choices", "individual_proofs")
    ],
}


@pytest.mark.parametrize("name", COPIES)
def test_another_voters_ballot_copied_under_ones_own_credential(
    box: tuple[Ground, bytes], name: str
) -> None:
    made, raw = box
    value = json.loads(raw)
    COPIES[name](made, value["answers"])
    with pytest.raises(InvalidProof):
        check_ballot(under_own_credential(made, value), made.election)


def test_one_ciphertext_of_another_voter_reused(box: tuple[Ground, bytes]) -> None:
    made, raw = box
    theirs = json.loads(raw)
    mine = json.loads(make_ballot(made.election, made.credentials[1], [[0, 1], [1, 2, 3]]))
    for change in (
        lambda v: v["answers"].__setitem__(1, theirs["answers"][1]),
        lambda v: v["answers"][1].update(choices=theirs["answers"][1]["choices"]),
        lambda v: v["answers"][0]["choices"].__setitem__(0, theirs["answers"][0]["choices"][0]),
    ):
        value = json.loads(json.dumps(mine))
        change(value)
        with pytest.raises(InvalidProof):
            check_ballot(resign(made, value, voter=1), made.election)


def test_a_choice_that_counts_twice(
    box: tuple[Ground, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two votes for one answer and minus one for the other: their sum is proved, and right."""
    made, _ = box
    make = homomorphic.make_membership

    def make_any(*args: Any) -> Any:
        *before, branches, index, nonce, source = args
        return make(*before, branches, min(max(index, 0), len(branches) - 1), nonce, source)

    with monkeypatch.context() as patch:
        patch.setattr(homomorphic, "make_membership", make_any)
        patch.setattr(homomorphic, "check_choice", lambda question, choice: None)
        raw = make_ballot(made.election, made.credentials[1], [[2, -1], [1, 2, 3]])
    with pytest.raises(InvalidProof, match="question 1: ciphertext 1"):
        check_ballot(raw, made.election)


# Replay of one's own older ballot


@pytest.mark.parametrize("between", [0, 1], ids=["A,A", "A,B,A"])
def test_replay_of_ones_own_ballot_on_a_board(box: tuple[Ground, bytes], between: int) -> None:
    made, raw = box
    for _ in range(between):
        made.vote(0, [[0, 1], [1, 2, 3]])
    made.steps.append((EventType.BALLOT, [raw]))
    assert "cast before" in str(verify_bytes(made.archive()).error)


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


@pytest.mark.parametrize("change", [lambda p: p.pop(), lambda p: p.append(p[0])])
@pytest.mark.parametrize("where", ["individual", "overall"])
def test_one_proof_more_or_fewer(box: tuple[Ground, bytes], where: str, change: Any) -> None:
    made, raw = box
    value = json.loads(raw)
    answer = value["answers"][0]
    change(answer["individual_proofs"][0] if where == "individual" else answer["overall_proof"])
    with pytest.raises(Malformed):
        check_ballot(resign(made, value), made.election)


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
        (EventType.PARTIAL_DECRYPTION, lambda v: (v["decryption_factors"][1], 0)),
    ]
    small = ED.decode_element(TORSION[0])
    for kind, find in places:
        for shifted in (False, True):
            made = finished.copy()
            value = json.loads(made.steps[made.index(kind)][1][0])
            row, key = find(value)
            row[key] = str(ED.decode_element(row[key]) * small) if shifted else torsion
            assert put(made, kind, encode_json(value))


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


# Ballot stuffing or dropping by the server


def test_a_ballot_inserted_dropped_or_moved(finished: Ground) -> None:
    kept = finished.archive()
    stranger = make_ground(ED, (PLAIN, RANKED))
    stuffed = finished.copy()
    raw = make_ballot(finished.election, stranger.credentials[0], VOTE)
    stuffed.steps.insert(1, (EventType.BALLOT, [raw]))
    assert "not on the list" in str(verify_bytes(stuffed.archive()).error)
    dropped = finished.copy()
    dropped.steps.pop(1)
    assert "encrypted tally" in str(verify_bytes(dropped.archive()).error)
    moved = finished.copy()
    moved.steps[1], moved.steps[2] = moved.steps[2], moved.steps[1]
    assert verify_bytes(moved.archive()).valid, "which a kept copy tells apart"
    for other in (stuffed, dropped, moved):
        with pytest.raises(InvalidArchive):
            verify_extends(BytesIO(kept), BytesIO(other.archive()))
    verify_extends(BytesIO(make_archive(finished.steps[:3])), BytesIO(kept))
    late = finished.copy()
    late.steps.append((EventType.BALLOT, [raw]))
    assert "not allowed after Result" in str(verify_bytes(late.archive()).error)


def test_a_voter_with_two_counted_ballots(box: tuple[Ground, bytes]) -> None:
    """The last ballot of a credential counts, once."""
    made, _ = box
    made.vote(0, [[0, 1], [1, 2, 3]])
    made.finish(1, 2, 3)
    report = verify_bytes(made.archive())
    assert (report.ballots, report.counted) == (2, 1)
    assert report.result == [[0, 1], [[1, 2, 3]]]


# Tampered intermediate tally


@pytest.mark.parametrize("question", [0, 1])
def test_two_ciphertexts_of_the_tally_swapped(finished: Ground, question: int) -> None:
    tally = json.loads(finished.tally_raw)
    tally[question].reverse()
    words = put(finished, EventType.ENCRYPTED_TALLY, encode_json(tally))
    assert "the encrypted tally is not that of the ballots" in words


@pytest.mark.parametrize("name", ["num_tallied", "total_weight"])
def test_the_numbers_beside_the_tally_changed(finished: Ground, name: str) -> None:
    records = finished.steps[finished.index(EventType.ENCRYPTED_TALLY)][1]
    records[1] = records[1].replace(f'"{name}":2'.encode(), f'"{name}":3'.encode())
    assert name in str(verify_bytes(finished.archive()).error)


# Partial decryptions, lost keys


def test_one_bad_partial_decryption_of_three(finished: Ground) -> None:
    """The count goes on with the others; an archive that holds the bad one is refused."""
    election, tally = finished.election, finished.opened_raw
    made = {o: make_partial_decryption(election, tally, finished.keys[o - 1]) for o in (1, 2, 3, 4)}
    whole = make_result(election, finished.trustees, tally, made)
    for owner in (2, 3, 4):
        spoilt = made | {owner: make_partial_decryption(election, tally, 7)}
        assert make_result(election, finished.trustees, tally, spoilt) == whole
    with pytest.raises(InvalidProof, match="partial decryption of trustee 1"):
        make_result(election, finished.trustees, tally, made | {1: made[2]})
    finished.steps.pop()
    bad = make_partial_decryption(election, tally, 7)
    assert "trustee 1" in put(finished, EventType.PARTIAL_DECRYPTION, bad)


def test_a_lost_trustee_key_does_not_void_the_poll(finished: Ground) -> None:
    election, tally = finished.election, finished.opened_raw
    for pair in ((2, 3), (2, 4), (3, 4)):
        made = {
            o: make_partial_decryption(election, tally, finished.keys[o - 1]) for o in (1, *pair)
        }
        assert json.loads(make_result(election, finished.trustees, tally, made))
        with pytest.raises(Malformed, match="2 of 3 trustees are needed"):
            make_result(election, finished.trustees, tally, {o: made[o] for o in (1, pair[0])})


def test_a_decryption_of_another_tally(finished: Ground) -> None:
    """A trustee's factors are held against the tally that the checker follows from the ballots."""
    election = finished.election
    before = make_partial_decryption(election, finished.tally_raw, finished.keys[0])
    assert "partial decryption" in put(finished, EventType.PARTIAL_DECRYPTION, before)


# Shuffles


def test_a_shuffle_with_known_generators(finished: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who knows the logarithms of the generators can prove anything."""
    tally = finished.tally_raw

    def derive_known(self: Ed25519, index: int) -> Any:
        return self.generator ** (index + 1000)

    with monkeypatch.context() as patch:
        patch.setattr(Ed25519, "derive_generator", derive_known)
        shuffle_making.Context.open.__globals__["_open"].cache_clear()
        raw = make_shuffle(finished.election, tally)
        check_shuffle(finished.election, tally, raw)
        shuffle_making.Context.open.__globals__["_open"].cache_clear()
    with pytest.raises(InvalidProof):
        check_shuffle(finished.election, tally, raw)
    index = finished.index(EventType.SHUFFLE)
    finished.steps[index] = (EventType.SHUFFLE, shuffle_records(1, raw))
    assert "shuffle 1: question 2" in str(verify_bytes(finished.archive()).error)


def test_a_shuffle_that_puts_in_its_own_paper(finished: Ground) -> None:
    value = json.loads(finished.steps[finished.index(EventType.SHUFFLE)][1][0])
    item = {
        "alpha": str(ED.generator),
        "beta": str(finished.election.public_key * ED.encode_integers([1, 2, 3])),
    }
    value["ciphertexts"][0][0] = item
    assert "shuffle 1" in put(finished, EventType.SHUFFLE, encode_json(value))


def test_a_shuffle_left_out_or_done_twice(finished: Ground) -> None:
    for number in (0, 1):
        made = finished.copy()
        made.steps.pop(made.index(EventType.SHUFFLE, number))
        assert verify_bytes(made.archive()).error
    index = finished.index(EventType.SHUFFLE)
    finished.steps.insert(index, finished.steps[index])
    assert "shuffle 2" in str(verify_bytes(finished.archive()).error)


# The ceremony


def test_a_rogue_key_in_the_threshold_group() -> None:
    """A trustee cannot choose its key after the others' to cancel them out: it must be proved."""
    held = held_ceremony(ED, 2, 3)
    value = json.loads(held.parameters)
    first, second = (ED.parse_element(k["public_key"]) for k in value["verification_keys"][:2])
    value["verification_keys"][1]["public_key"] = str(second / first)
    with pytest.raises((InvalidProof, InvalidSignature)):
        parse_trustees(ED, encode_json([["Pedersen", value]]))


def test_a_threshold_lowered_in_the_setup(finished: Ground) -> None:
    records = finished.steps[0][1]
    trustees = json.loads(records[1])
    trustees[1][1]["threshold"] = 1
    old, records[1] = records[1], encode_json(trustees)
    records[3] = records[3].replace(hex_digest(old).encode(), hex_digest(records[1]).encode())
    assert "trustees: trustee 2" in str(verify_bytes(finished.archive()).error)


def test_a_ballot_of_another_election(box: tuple[Ground, bytes], finished: Ground) -> None:
    _, raw = box
    for change in ({}, {"election_uuid": finished.election.uuid}):
        value = json.loads(raw) | change
        with pytest.raises(InvalidBallot):
            check_ballot(resign(finished, value), finished.election)


def test_every_attack_here_is_on_a_sound_election(
    box: tuple[Ground, bytes], finished: Ground
) -> None:
    """The archives that the attacks begin with are valid: nothing is refused for another reason."""
    for made in (box[0], finished):
        assert verify_bytes(made.archive()).valid
    with pytest.raises(ProtocolError):
        check_ballot(b"", finished.election)

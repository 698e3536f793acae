"""Attacks on the count: tallies, decryptions, shuffles and the keys of trustees."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.belenios.ground import (
    Ground,
    held_ceremony,
    verify_bytes,
)
from tests.threats.ground import ED, put
from voting.belenios import shuffle_making
from voting.belenios.board import EventType, shuffle_records
from voting.belenios.encoding import encode_json, hex_digest
from voting.belenios.errors import (
    InvalidProof,
    InvalidSignature,
    Malformed,
)
from voting.belenios.groups.ed25519 import Ed25519
from voting.belenios.mixnet import check_shuffle, make_shuffle
from voting.belenios.tally import make_partial_decryption, make_result
from voting.belenios.trustees import parse_trustees

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

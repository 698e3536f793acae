"""Shuffles: what goes in comes out, in an order nobody knows."""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.belenios.ground import (
    DATA,
    FOLDER_OF,
    GROUP_OF,
    PLAIN,
    get_example,
    make_archive,
    make_ground,
    verify_bytes,
    verify_every_stage,
)
from tests.belenios.mixnet_ground import PAPERS, RFC, closed, shuffled
from tests.belenios.test_nonhomomorphic import RANKED, each_group
from voting.belenios import shuffle_proof
from voting.belenios.board import EventType, read_entries
from voting.belenios.election import NonHomomorphicQuestion, parse_election
from voting.belenios.encoding import encode_json
from voting.belenios.errors import InvalidProof, InvalidTally, Malformed
from voting.belenios.groups import Group
from voting.belenios.groups.finite_field import MANY_BYTES, MANY_POWERS
from voting.belenios.mixnet import apply_shuffles, check_shuffle, make_shuffle
from voting.belenios.outline import read_outline
from voting.belenios.shuffle_making import _draw_order
from voting.belenios.tally import make_partial_decryption, make_result, parse_result
from voting.belenios.verify import current_tally, verify_archive


def read_examples(family: str) -> tuple[Any, Any, dict[str, Any]]:
    """Election, tally and first shuffle of a real archive."""
    with next((DATA / "examples" / FOLDER_OF[family]).glob("*.bel")).open("rb") as stream:
        outline = read_outline(stream, lambda: None)
    election = parse_election(outline.setup[0])
    return election, json.loads(outline.tally[0]), json.loads(outline.shuffles[0][1])


@pytest.mark.parametrize("family", ["ed", "rfc"])
def test_the_worked_examples_of_challenges_hold(family: str) -> None:
    election, tally, shuffle = read_examples(family)
    place = [isinstance(q, NonHomomorphicQuestion) for q in election.questions].index(True)
    before, after = (
        [(item["alpha"], item["beta"]) for item in row]
        for row in (tally[place], shuffle["ciphertexts"][0])
    )
    context = shuffle_proof.Context(
        GROUP_OF[family], str(election.public_key), election.fingerprint
    )
    proof = shuffle_proof.parse_shuffle_proof(election.group, shuffle["proofs"][0], len(before))
    example = get_example(f"{family}/shuffle-challenges")
    weights = shuffle_proof.make_challenges(context, before, after, proof.permuted)
    assert [str(weight) for weight in weights] == [example["u0"], example["u1"]]
    challenge = shuffle_proof.make_challenge(context, before, after, proof)
    assert str(challenge) == get_example(f"{family}/shuffle-challenge")["mod_q"]
    assert proof.to_json() == shuffle["proofs"][0]


@each_group
def test_the_papers_come_out_whatever_the_order(group: Group) -> None:
    made = closed(group.name)
    made.shuffle(1)
    made.shuffle(2)
    made.end_shuffles()
    made.decrypt(2)
    made.decrypt(1)
    made.open_result()
    report = verify_bytes(made.archive())
    assert report.valid, report.error
    assert report.result is not None
    assert report.result[0] == [4, 1]
    assert report.result[2] == [4, 1, 0, 0]
    assert sorted(report.result[1]) == sorted(PAPERS)
    assert sorted(report.result[3]) == [[0, 0], [1, 0], [2, 0], [3, 0], [9, 9]]


def test_every_stage_of_a_shuffled_election_is_valid() -> None:
    made = make_ground("Ed25519", (RANKED,), threshold=(2, 3), weights=(1, 1))
    made.vote(1, [[3, 2, 1]])
    made.finish(1, 2, 4)
    reports = verify_every_stage(made)
    assert [report.stage for report in reports] == [
        *("setup", "open", "closed", "closed", "partially_shuffled", "partially_shuffled"),
        *("shuffled", "partially_decrypted", "partially_decrypted", "decrypted", "result"),
    ]
    report = reports[-1]
    assert report.result == [[[3, 2, 1]]]


def test_nobody_need_have_voted() -> None:
    made = make_ground("Ed25519", (RANKED,), weights=(1,))
    made.finish()
    report = verify_bytes(made.archive())
    assert report.valid, report.error
    assert report.result == [[]]


@given(st.integers(1, 12), st.integers(1, 5))
@settings(max_examples=8, deadline=None)
def test_slices_and_executors_do_not_matter(count: int, size: int) -> None:
    made = make_ground("Ed25519", (RANKED,), weights=(1,) * count)
    for voter in range(count):
        made.vote(voter, [[voter, 0, 0]])
    made.close()
    told: list[tuple[int, int]] = []
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as executor:
        patch.setattr(shuffle_proof, "SLICE", size)
        raw = make_shuffle(
            made.election,
            made.tally_raw,
            executor=executor,
            progress=lambda *what: told.append(what),
        )
        check_shuffle(made.election, made.tally_raw, raw)
        patch.setattr(shuffle_proof, "SLICE", 100)
        check_shuffle(made.election, made.tally_raw, raw, executor=executor)
    assert told[-1] == (count, count)
    assert all(before < after for (before, _), (after, _) in pairwise(told))


def test_a_shuffle_hides_the_order_and_changes_every_ciphertext() -> None:
    made = closed()
    first, second = shuffled("Ed25519"), make_shuffle(made.election, made.tally_raw)
    assert first != second
    before = {item["alpha"] for item in json.loads(made.tally_raw)[1]}
    for raw in (first, second):
        after = {item["alpha"] for item in json.loads(raw)["ciphertexts"][0]}
        assert len(after) == len(before)
        assert not after & before


def test_every_order_is_as_likely() -> None:
    seen: dict[tuple[int, ...], int] = {}
    draws = Random(1)
    for _ in range(1200):
        order = tuple(_draw_order(3, draws.randbytes))
        seen[order] = seen.get(order, 0) + 1
    assert len(seen) == 6
    assert all(120 < count < 300 for count in seen.values())


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 2**2100)), max_size=40))
@settings(max_examples=15, deadline=None)
def test_many_powers_at_once_are_those_one_by_one(pairs: list[tuple[int, int]]) -> None:
    elements = [RFC.generator**base for base, _ in pairs]
    exponents = [exponent for _, exponent in pairs]
    expected = RFC.generator ** sum(base * exponent for base, exponent in pairs)
    assert RFC.multi_power(elements, exponents) == expected


def test_many_powers_are_right_from_every_length_on() -> None:
    for count in (MANY_POWERS - 1, MANY_POWERS, MANY_BYTES - 1, MANY_BYTES):
        exponents = [secrets.randbelow(2**64) for _ in range(count)]
        elements = [RFC.generator**2] * count
        assert RFC.multi_power(elements, exponents) == RFC.generator ** (2 * sum(exponents))
        assert RFC.multi_power(elements, [0] * count) == RFC.neutral


def test_an_election_without_such_questions_is_notshuffled() -> None:
    made = make_ground("Ed25519", (PLAIN,))
    made.close()
    with pytest.raises(Malformed, match="no question"):
        make_shuffle(made.election, made.tally_raw)


def test_a_weight_cannot_beshuffled() -> None:
    made = make_ground("Ed25519", (RANKED,), weights=(2, 1))
    made.vote(1, [[1, 2, 3]])
    assert made.tally().encrypted_tally()
    made.vote(0, [[1, 2, 3]])
    assert verify_bytes(made.archive()).valid
    with pytest.raises(InvalidTally, match="weight"):
        made.close()


def test_a_wrong_decryption_does_not_stop_those_that_are_enough() -> None:
    made = make_ground("Ed25519", (RANKED,), trustees=0, threshold=(2, 3), weights=(1,))
    made.vote(0, [[3, 1, 2]])
    made.close()
    made.shuffle(1)
    tally = made.opened_raw
    good = {o: make_partial_decryption(made.election, tally, made.keys[o - 1]) for o in (1, 2, 3)}
    bad = make_partial_decryption(made.election, tally, 5)
    for owner in good:
        raw = make_result(made.election, made.trustees, tally, good | {owner: bad})
        assert parse_result(made.election, raw) == [[[3, 1, 2]]]
    with pytest.raises(InvalidProof, match="trustee 2"):
        make_result(made.election, made.trustees, tally, {1: good[1], 2: bad})


@pytest.mark.parametrize(
    "row", [[[3, 1]], [[3, 1, 256]], [[3, 1, "2"]], [[3, 1, -1]], [[True, 1, 2]], [3, 1, 2], [], {}]
)
def test_a_result_is_in_one_form_and_exact(row: Any) -> None:
    made = make_ground("Ed25519", (RANKED,), weights=(1,))
    made.vote(0, [[3, 1, 2]])
    made.finish()
    made.steps[-1][1][0] = encode_json({"result": [row]})
    assert "result" in str(verify_bytes(made.archive()).error)


# Boards


def test_the_tally_of_an_outline_is_the_one_after_its_last_shuffle() -> None:
    made = closed()
    made.shuffle(1)
    made.shuffle(2)
    outline = read_outline(BytesIO(made.archive()), lambda: None)
    assert current_tally(made.election, outline) == made.opened_raw != made.tally_raw
    assert apply_shuffles(made.election, made.tally_raw, []) == made.tally_raw


def test_the_order_of_events_is_kept() -> None:
    made = make_ground("Ed25519", (RANKED,), weights=(1,))
    made.vote(0, [[3, 1, 2]])
    made.finish()
    kinds = [kind for kind, _ in made.steps]
    for kind, words in {
        EventType.SHUFFLE: "not allowed after EncryptedTally",
        EventType.END_SHUFFLES: "not allowed after Shuffle",
        EventType.ENCRYPTED_TALLY: "not allowed after EndBallots",
    }.items():
        steps = [step for step, found in zip(made.steps, kinds, strict=True) if found is not kind]
        assert words in str(verify_bytes(make_archive(steps)).error)
    without = {EventType.SHUFFLE, EventType.END_SHUFFLES}
    steps = [step for step in made.steps if step[0] not in without]
    assert "before the ballots were shuffled" in str(verify_bytes(make_archive(steps)).error)
    other = make_ground("Ed25519", (PLAIN,))
    other.close()
    other.steps.append(made.steps[made.index(EventType.SHUFFLE)])
    assert "no question needs one" in str(verify_bytes(other.archive()).error)


def test_progress_is_told_and_entries_are_read() -> None:
    made = closed()
    made.shuffle(1)
    told: list[str] = []
    verify_archive(BytesIO(made.archive()), progress=lambda name, *_: told.append(name))
    assert "shuffle 1" in told
    kinds = [entry.event.type for entry in read_entries(BytesIO(made.archive()))]
    assert kinds[-1] is EventType.SHUFFLE

"""From ballots to counts: sums, weights, proved decryptions, and a result that follows."""

import json
import pickle
from typing import Any

import pytest

from tests.belenios.ground import (
    DATA,
    FOLDER_OF,
    GROUP_OF,
    finished_ground,
    get_example,
    list_examples,
    make_ground,
)
from tests.belenios.test_groups import TORSION, each_group
from voting.belenios import tally as tl
from voting.belenios.board import EventType, encrypted_tally_records
from voting.belenios.election import Question, parse_election
from voting.belenios.encoding import encode_json
from voting.belenios.errors import InvalidProof, InvalidTally, Malformed, ProtocolError
from voting.belenios.groups import Group, get_group
from voting.belenios.proofs import Proof, check_equality

SCALE = 2**31


@each_group
def test_weights_blank_and_revotes_are_counted(group: Group) -> None:
    made = make_ground(group, trustees=2, weights=(1, 2, 0))
    made.vote(0, [[0, 1, 1, 0], [1, 0]])
    made.vote(1, [[1, 0, 0, 0], [0, 1]])
    made.vote(2, [[0, 0, 0, 1], [1, 0]])
    made.vote(0, [[0, 1, 0, 0], [0, 1]])
    made.finish()
    assert json.loads(made.steps[-1][1][0]) == {"result": [[2, 1, 0, 0], [0, 3]]}
    sizes = json.loads(made.steps[made.index(EventType.ENCRYPTED_TALLY)][1][1])
    assert (sizes["num_tallied"], sizes["total_weight"]) == (3, 3)


@each_group
def test_no_ballot_at_all_opens_to_nought(group: Group) -> None:
    made = make_ground(group)
    made.finish()
    assert json.loads(made.steps[-1][1][0]) == {"result": [[0, 0, 0, 0], [0, 0]]}
    assert str(group.neutral) in made.tally_raw.decode()


def test_large_weights_are_opened_and_written_as_strings() -> None:
    made = make_ground("Ed25519", (Question("Q", ("A", "B"), 1, 1),), weights=(SCALE, 3))
    made.vote(0, [[1, 0]])
    made.vote(1, [[0, 1]])
    made.close()
    made.decrypt(1)
    made.open_result()
    assert json.loads(made.steps[-1][1][0]) == {"result": [[str(SCALE), 3]]}


def test_parts_are_merged_in_any_order_and_survive_pickling() -> None:
    made = finished_ground()
    ballots = [records[0] for kind, records in made.steps if kind is EventType.BALLOT]
    whole, left, right = (tl.TallyAccumulator(made.election) for _ in range(3))
    for raw in ballots:
        whole.add(raw, 2)
    left.add(ballots[0], 2)
    for raw in ballots[1:]:
        right.add(raw, 2)
    right = pickle.loads(pickle.dumps(right))  # noqa: S301 - made one line above
    right.merge(left)
    assert right.records() == whole.records()
    assert right.num_tallied == len(ballots)


def test_the_worked_example_of_a_tally_of_real_ballots_holds() -> None:
    for family in ("b2048-2.0",):
        example = get_example(f"{family}/encrypted-tally")
        election = parse_election(get_example(f"{family}/election")["body"].encode())
        parsed = tl.parse_tally(election, example["body"].encode())
        raw = encode_json([[item.to_json() for item in answer] for answer in parsed])
        assert raw.decode() == example["body"]
        records = encrypted_tally_records(raw, *get_sizes(example))
        assert records[1].decode() == example["sized"]


def get_sizes(example: dict[str, Any]) -> tuple[int, int]:
    sized = json.loads(example["sized"])
    return sized["num_tallied"], sized["total_weight"]


def test_the_worked_examples_of_decryptions_hold() -> None:
    for example in list_examples("/decrypt"):
        group = example["group"]
        _, fingerprint, key, _ = example["preimage"].split("|")
        check_equality(
            group,
            f"decrypt|{fingerprint}|{key}|",
            group.parse_element(key),
            group.parse_element(example["alpha"]),
            group.parse_element(example["factor"]),
            Proof(int(example["challenge"]), int(example["response"])),
        )


def test_a_private_key_file_makes_decryptions_that_check() -> None:
    folder = DATA / "examples" / FOLDER_OF["b2048-2.0"]
    keys = json.loads((folder / "trustee_keys.json").read_text())["single"]
    election = parse_election(get_example("b2048-2.0/election")["body"].encode())
    tally = get_example("b2048-2.0/encrypted-tally")["body"].encode()
    group = get_group(GROUP_OF["b2048-2.0"])
    for key in map(int, keys):
        raw = tl.make_partial_decryption(election, tally, key)
        tl.check_partial_decryption(election, group.generator**key, tally, raw)


def spoil_decryption(change: Any) -> tuple[Any, bytes]:
    made = finished_ground()
    value = json.loads(made.steps[made.index(EventType.PARTIAL_DECRYPTION)][1][0])
    change(value)
    return made, encode_json(value)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.pop("decryption_proofs"),
        lambda value: value.update(x=1),
        lambda value: value["decryption_factors"].pop(),
        lambda value: value["decryption_factors"][0].pop(),
        lambda value: value["decryption_proofs"][0].pop(),
        lambda value: value["decryption_proofs"].append([]),
        lambda value: value["decryption_factors"].reverse(),
        lambda value: value["decryption_factors"][0].reverse(),
        lambda value: value["decryption_proofs"][0].reverse(),
        *(
            lambda value, text=text: value["decryption_factors"][0].__setitem__(0, text)
            for text in (*TORSION, "0" * 63 + "1", str(get_group("Ed25519").generator), "", None)
        ),
        lambda value: value["decryption_proofs"][1][0].update(response="0"),
        lambda value: value["decryption_proofs"][1][0].update(challenge="0"),
        lambda value: value["decryption_proofs"][1][0].update(
            response=str(
                int(value["decryption_proofs"][1][0]["response"]) + get_group("Ed25519").order
            )
        ),
    ],
)
def test_a_spoilt_decryption_is_refused(change: Any) -> None:
    made, raw = spoil_decryption(change)
    with pytest.raises((Malformed, InvalidProof)):
        tl.check_partial_decryption(
            made.election, made.trustees.public_key_of(1), made.tally_raw, raw
        )


def test_a_fault_in_a_decryption_says_where() -> None:
    made, raw = spoil_decryption(
        lambda value: value["decryption_proofs"][1][0].update(response="0")
    )
    with pytest.raises(InvalidProof, match="trustee 1: question 2, ciphertext 1"):
        tl.check_decryptions(made.election, made.trustees, made.tally_raw, {1: raw})


def test_another_trustees_decryption_is_refused() -> None:
    made = finished_ground()
    raw = made.steps[made.index(EventType.PARTIAL_DECRYPTION)][1][0]
    with pytest.raises(InvalidProof):
        tl.check_decryptions(made.election, made.trustees, made.tally_raw, {2: raw})
    with pytest.raises(Malformed, match="no trustee 3"):
        tl.check_decryptions(made.election, made.trustees, made.tally_raw, {3: raw})


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.pop(),
        lambda value: value[0].pop(),
        lambda value: value[0][0].update(alpha=TORSION[0]),
        lambda value: value[0][0].update(beta="0"),
        lambda value: value[0][0].update(x="0"),
    ],
)
def test_a_trustee_does_not_use_its_key_on_a_malformed_tally(change: Any) -> None:
    made = finished_ground()
    value = json.loads(made.tally_raw)
    change(value)
    with pytest.raises(Malformed):
        tl.make_partial_decryption(made.election, encode_json(value), made.keys[0])


def check(made: Any, result: Any, **changes: Any) -> list[list[int]]:
    decryptions = {
        json.loads(records[1])["owner"]: records[0]
        for kind, records in made.steps
        if kind is EventType.PARTIAL_DECRYPTION
    }
    factors = tl.check_decryptions(made.election, made.trustees, made.tally_raw, decryptions)
    for owner in changes.get("without", []):
        del factors[owner]
    total = changes.get("total_weight", 3)
    raw = encode_json(result)
    return tl.check_result(made.election, made.trustees, made.tally_raw, factors, raw, total)


def test_the_result_is_what_the_tally_opens_to() -> None:
    made = finished_ground()
    result = json.loads(made.steps[-1][1][0])
    assert result == {"result": [[2, 1, 1, 0], [1, 2]]}
    assert check(made, result) == result["result"]


@pytest.mark.parametrize(
    "counts",
    [
        [[2, 1, 1, 1], [1, 2]],
        [[1, 2, 1, 0], [1, 2]],
        [[2, 1, 1, 0], [2, 1]],
        [[2, 1, 1, 0]],
        [[2, 1, 1], [1, 2]],
        [[2, 1, 1, 0], [1, 2], []],
        [[2, 1, 1, "0"], [1, 2]],
        [[2, 1, 1, 0], [1, True]],
        [[2, 1, 1, -1], [1, 2]],
        [[str(2 + get_group("Ed25519").order), 1, 1, 0], [1, 2]],
        [],
        {},
        None,
    ],
)
def test_any_other_result_is_refused(counts: Any) -> None:
    with pytest.raises(ProtocolError):
        check(finished_ground(), {"result": counts})


def test_a_count_above_the_total_weight_is_refused() -> None:
    made = finished_ground()
    result = json.loads(made.steps[-1][1][0])
    with pytest.raises(InvalidTally, match=r"question 1, count 1: .*larger"):
        check(made, result, total_weight=1)
    with pytest.raises(InvalidTally, match="larger"):
        tl.make_result(
            made.election,
            made.trustees,
            made.tally_raw,
            {
                json.loads(records[1])["owner"]: records[0]
                for kind, records in made.steps
                if kind is EventType.PARTIAL_DECRYPTION
            },
            total_weight=1,
        )


def test_without_a_trustee_there_is_no_result() -> None:
    made = finished_ground()
    with pytest.raises(Malformed, match="every trustee"):
        check(made, json.loads(made.steps[-1][1][0]), without=[2])


def test_fields_of_a_result_are_exact() -> None:
    made = finished_ground()
    result = json.loads(made.steps[-1][1][0])
    others: list[Any] = [result | {"x": 1}, [], result["result"]]
    for spoilt in others:
        with pytest.raises(Malformed):
            check(made, spoilt)

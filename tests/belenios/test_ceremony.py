"""The ceremony: a shared key that no one holds alone, opened by whoever is enough."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.belenios.ground import DATA, get_example, held_ceremony, make_ground, verify_bytes
from tests.belenios.test_groups import each_group
from voting.belenios import pki
from voting.belenios.board import EventType, read_entries
from voting.belenios.ceremony import (
    open_private_key,
)
from voting.belenios.encoding import encode_json
from voting.belenios.errors import (
    Malformed,
    NotSupported,
)
from voting.belenios.groups import Group, get_group
from voting.belenios.proofs import Proof, check_knowledge
from voting.belenios.trustees import make_lagrange, make_trustee_key, make_trustees, parse_trustees

ED = get_group("Ed25519")
SHAPES = [(1, 1), (1, 3), (2, 3), (3, 3)]


# The whole way


@each_group
def test_any_two_of_three_open_what_the_shared_key_seals(group: Group) -> None:
    held = held_ceremony(group, 2, 3)
    trustees = parse_trustees(group, make_trustees([], [held.parameters]))
    private = held.private_keys()
    assert [str(group.generator**key) for key in private] == [
        str(key.public_key) for key in trustees.keys
    ]
    base = group.generator**77
    factors = {owner: base ** private[owner - 1] for owner in (1, 2, 3)}
    expected = trustees.combine(factors)
    assert expected == trustees.election_key() ** 77
    for missing in (1, 2, 3):
        assert trustees.combine({o: f for o, f in factors.items() if o != missing}) == expected
    for owner in (1, 2, 3):
        assert not trustees.is_enough({owner})
        with pytest.raises(Malformed, match="2 of 3 trustees are needed, found 1"):
            trustees.combine({owner: factors[owner]})


@pytest.mark.parametrize(("threshold", "size"), SHAPES)
def test_every_threshold_works(threshold: int, size: int) -> None:
    held = held_ceremony(ED, threshold, size)
    trustees = parse_trustees(ED, make_trustees([], [held.parameters]))
    secret = sum(
        weight * held.private_keys()[index - 1]
        for index, weight in make_lagrange(range(size - threshold + 1, size + 1), ED.order).items()
    )
    assert trustees.election_key() == ED.generator**secret


@given(st.sets(st.integers(1, 30), min_size=1, max_size=6), st.data())
@settings(max_examples=25, deadline=None)
def test_lagrange_gives_the_value_at_zero(indices: set[int], data: st.DataObject) -> None:
    q = ED.order
    coefficients = [data.draw(st.integers(0, q - 1)) for _ in indices]
    values = {i: sum(c * pow(i, n, q) for n, c in enumerate(coefficients)) for i in indices}
    weights = make_lagrange(sorted(indices), q)
    assert sum(weights[i] * values[i] for i in indices) % q == coefficients[0]


def test_the_worked_example_of_lagrange_holds() -> None:
    example = get_example("ed/lagrange")
    found = make_lagrange(example["indexes"], ED.order)
    assert {str(index): str(weight) for index, weight in found.items()} == example["lambdas"]


def test_singles_and_groups_stand_beside_each_other() -> None:
    (one, key), held = make_trustee_key(ED), held_ceremony(ED, 2, 3)
    raw = make_trustees([key], [held.parameters, held_ceremony(ED, 1, 3).parameters])
    trustees = parse_trustees(ED, raw)
    assert len(trustees) == 7
    keys = [int(one), *held.private_keys(), *held_ceremony(ED, 1, 3).private_keys()]
    factors = {owner: ED.generator**secret for owner, secret in enumerate(keys, 1)}
    for owners in ([1, 2, 3, 5], [1, 3, 4, 7], [1, 2, 4, 6, 7]):
        assert trustees.is_enough(owners)
        assert trustees.combine({o: factors[o] for o in owners}) == trustees.election_key()
    for owners in ([2, 3, 4, 5, 6, 7], [1, 2, 5], [1, 2, 3], [1, 2, 3, 5, 8]):
        assert not trustees.is_enough(owners)


def test_the_parameters_have_the_complete_form() -> None:
    """A verification key is signed by its trustee, which versions from 3.0 on demand."""
    held = held_ceremony(ED, 2, 3)
    value = json.loads(held.parameters)
    assert list(value) == ["threshold", "certs", "coefexps", "signatures", "verification_keys"]
    for seed, key in zip(held.seeds, value["verification_keys"], strict=True):
        assert list(key) == ["pok", "public_key", "signature"]
        proof = Proof(*(int(number) for number in key["signature"].values()))
        public = ED.generator ** pki.signing_key(ED, seed)
        check_knowledge(ED, f"sigmsg|{key['public_key']}|", public, proof)


# Archives of the tool


def read_trustees(path: Path) -> bytes:
    with path.open("rb") as stream:
        return next(read_entries(stream)).records[1].content


@pytest.mark.parametrize("name", ["o04-ed-mixed-threshold", "o08-rfc-mixed-threshold"])
def test_keys_that_the_tool_made_are_read_and_opened(name: str) -> None:
    folder = DATA / "vectors" / name
    group = get_group(json.loads((folder / "case.json").read_text())["group"])
    trustees = parse_trustees(group, read_trustees(next(folder.glob("*.bel"))))
    secrets_ = json.loads((folder / "trustee_keys.json").read_text())
    first = len(secrets_["single"])
    for owner, item in enumerate(secrets_["threshold"], first + 1):
        sealed = encode_json(item["dkey"]).decode()
        open_private_key(group, item["key"], sealed, trustees.public_key_of(owner))
        with pytest.raises(Malformed, match="not that of this trustee"):
            open_private_key(group, item["key"], sealed, group.generator)
        with pytest.raises(Malformed, match="cannot be opened"):
            open_private_key(group, pki.make_seed(), sealed)


def test_the_form_of_version_2_0_is_not_supported() -> None:
    folder = DATA / "vectors" / "o09-b2048-threshold-tool20"
    with pytest.raises(NotSupported, match=r"trustee 2: .*version 2.0"):
        parse_trustees(get_group("BELENIOS-2048"), read_trustees(next(folder.glob("*.bel"))))


# Elections


@pytest.mark.parametrize("owners", [(1, 2, 3), (1, 3, 4), (4, 1, 2, 3)])
def test_an_election_is_opened_by_whoever_is_enough(owners: tuple[int, ...]) -> None:
    made = make_ground(ED, threshold=(2, 3))
    made.vote(0, [[0, 1, 0, 1], [1, 0]])
    made.finish(*owners)
    report = verify_bytes(made.archive())
    assert report.valid, report.error
    assert report.result == [[0, 1, 0, 1], [1, 0]]
    made.steps.pop()
    assert verify_bytes(made.archive()).stage == "decrypted"
    made.steps.pop()
    if len(owners) == 3:
        assert verify_bytes(made.archive()).stage == "partially_decrypted"


def test_an_election_is_not_opened_by_too_few() -> None:
    made = make_ground(ED, threshold=(2, 3))
    made.close()
    made.decrypt(1)
    made.decrypt(3)
    with pytest.raises(Malformed, match="2 of 3 trustees are needed"):
        made.open_result()
    made.steps.append((EventType.RESULT, [b'{"result":[[0,0,0,0],[0,0]]}']))
    report = verify_bytes(made.archive())
    assert "2 of 3 trustees are needed" in str(report.error)

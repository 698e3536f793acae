"""Trustees: every key is proved, in the group, and written in one form."""

import json
import secrets
from typing import Any

import pytest

from tests.belenios.ground import DATA, FOLDER_OF, get_example, list_examples
from tests.belenios.test_groups import TORSION, each_group, minus_one
from voting.belenios.board import read_entries
from voting.belenios.encoding import encode_json
from voting.belenios.errors import InvalidProof, Malformed, ProtocolError
from voting.belenios.groups import Group, get_group
from voting.belenios.proofs import Proof, check_knowledge, make_knowledge
from voting.belenios.trustees import make_trustee_key, make_trustees, parse_trustees

ED = get_group("Ed25519")


def spoil(change: Any) -> bytes:
    items = json.loads(make_trustees([make_trustee_key(ED)[1]]))
    change(items)
    return encode_json(items)


@each_group
def test_keys_multiply_to_the_election_key(group: Group) -> None:
    made = [make_trustee_key(group), make_trustee_key(group, name="Zoë")]
    trustees = parse_trustees(group, make_trustees([key for _, key in made]))
    secret = sum(int(private) for private, _ in made)
    assert trustees.election_key() == group.generator**secret
    assert len(trustees) == 2
    assert trustees.keys[1].name == "Zoë"
    assert trustees.public_key_of(2) == group.generator ** int(made[1][0])


def test_the_worked_examples_of_proofs_hold() -> None:
    for example in list_examples("/pok"):
        group = example["group"]
        key = group.generator ** int(example["private_key"])
        proof = Proof(int(example["challenge"]), int(example["response"]))
        check_knowledge(group, f"pok|{group.name}|{key}|", key, proof)
    assert get_example("ed/pok")["mod_q"] == get_example("ed/pok")["challenge"]


def test_real_trustees_are_read() -> None:
    folder = DATA / "examples" / FOLDER_OF["b2048-2.0"]
    with next(folder.glob("*.bel")).open("rb") as stream:
        entry = next(read_entries(stream))
    trustees = parse_trustees(get_group("BELENIOS-2048"), entry.records[1].content)
    assert len(trustees) >= 1


def test_fields_of_web_servers_are_taken() -> None:
    def change(items: Any) -> None:
        key = items[0][1]
        items[0][1] = key | {"signature": key["pok"], "name": "Ada"}

    assert parse_trustees(ED, spoil(change)).keys[0].name == "Ada"


@pytest.mark.parametrize(
    "change",
    [
        lambda items: items.clear(),
        lambda items: items[0].append(1),
        lambda items: items[0].__setitem__(0, "Other"),
        lambda items: items[0].__setitem__(1, []),
        lambda items: items[0][1].update(other=1),
        lambda items: items[0][1].update(name=1),
        lambda items: items[0][1].update(signature=1),
        lambda items: items[0][1].pop("pok"),
        lambda items: items[0][1].update(public_key=TORSION[0]),
        lambda items: items[0][1].update(public_key=str(ED.generator)),
        lambda items: items[0][1].update(public_key=str(ED.neutral)),
        lambda items: items[0][1]["pok"].update(challenge="0"),
        lambda items: items[0][1]["pok"].update(response="0"),
        lambda items: items[0][1]["pok"].update(
            response=str(int(items[0][1]["pok"]["response"]) + ED.order)
        ),
        lambda items: items[0][1]["pok"].update(response="0" + items[0][1]["pok"]["response"]),
    ],
)
def test_a_spoilt_key_is_refused(change: Any) -> None:
    with pytest.raises((Malformed, InvalidProof)):
        parse_trustees(ED, spoil(change))


def test_a_proof_for_another_group_is_refused() -> None:
    _, key = make_trustee_key(get_group("BELENIOS-2048"))
    with pytest.raises(ProtocolError, match="trustee 1"):
        parse_trustees(get_group("RFC-3526-2048"), make_trustees([key]))


def test_a_key_outside_the_group_is_refused_although_its_proof_holds() -> None:
    """In a proof of even challenge its sign vanishes, and two such keys make one of the group."""
    group = get_group("BELENIOS-2048")
    private, key = make_trustee_key(group)
    outside = str(minus_one(group) + 1 - int(str(key.public_key)))
    prefix = f"pok|{group.name}|{outside}|"
    proofs = (make_knowledge(group, prefix, int(private), secrets.token_bytes) for _ in range(100))
    proof = next(each for each in proofs if each.challenge % 2 == 0)
    check_knowledge(group, prefix, group.decode_element(outside), proof)
    items = json.loads(make_trustees([key]))
    items[0][1] |= {"pok": proof.to_json(), "public_key": outside}
    with pytest.raises(Malformed, match="not in the group"):
        parse_trustees(group, encode_json(items))


@pytest.mark.parametrize("owner", [0, -1, 2])
def test_there_is_no_trustee_beyond_the_list(owner: int) -> None:
    trustees = parse_trustees(ED, make_trustees([make_trustee_key(ED)[1]]))
    with pytest.raises(Malformed):
        trustees.public_key_of(owner)


def test_every_trustee_is_needed() -> None:
    trustees = parse_trustees(ED, make_trustees([make_trustee_key(ED)[1] for _ in range(2)]))
    g = ED.generator
    assert trustees.combine({1: g, 2: g**4}) == g**5
    for factors in ({}, {1: g}, {2: g}, {1: g, 3: g}, {1: g, 2: g, 3: g}):
        with pytest.raises(Malformed, match=r"every trustee|of no trustee"):
            trustees.combine(factors)

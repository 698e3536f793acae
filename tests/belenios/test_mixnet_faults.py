"""Nothing else than a shuffle is proved: whatever is changed in one is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.belenios.ground import (
    BLANK,
    PLAIN,
    make_ground,
    verify_bytes,
)
from tests.belenios.mixnet_ground import RFC, SECOND, closed, shuffled
from tests.belenios.test_groups import ORDER_2, TORSION
from tests.belenios.test_nonhomomorphic import RANKED, each_group
from voting.belenios import shuffle_checking
from voting.belenios.encoding import encode_json
from voting.belenios.errors import InvalidProof, Malformed, ProtocolError
from voting.belenios.groups import Group
from voting.belenios.mixnet import check_shuffle, make_shuffle, shuffled_tally

# What is spoilt


def bump(group: Group, row: list[Any], index: int = 0) -> None:
    row[index] = str((int(row[index]) + 1) % group.order)


def shift(group: Group, row: Any, index: Any = 0) -> None:
    row[index] = str(group.decode_element(row[index]) * group.generator)


def swap(row: list[Any]) -> None:
    row[0], row[1] = row[1], row[0]


Spoil = Callable[[Group, Any, Any], object]
SPOILT: dict[str, Spoil] = {
    "t1": lambda g, out, p: shift(g, p[0], 0),
    "t2": lambda g, out, p: shift(g, p[0], 1),
    "t3": lambda g, out, p: shift(g, p[0], 2),
    "t41": lambda g, out, p: shift(g, p[0][3], 0),
    "t42": lambda g, out, p: shift(g, p[0][3], 1),
    "t41 and t42 swapped": lambda g, out, p: swap(p[0][3]),
    "chain commitment": lambda g, out, p: shift(g, p[0][4], 2),
    "chain commitments swapped": lambda g, out, p: swap(p[0][4]),
    "s1": lambda g, out, p: bump(g, p[1], 0),
    "s2": lambda g, out, p: bump(g, p[1], 1),
    "s3": lambda g, out, p: bump(g, p[1], 2),
    "s4": lambda g, out, p: bump(g, p[1], 3),
    "chain response": lambda g, out, p: bump(g, p[1][4], 1),
    "order response": lambda g, out, p: bump(g, p[1][5], 1),
    "permuted": lambda g, out, p: shift(g, p[2], 1),
    "permuted swapped": lambda g, out, p: swap(p[2]),
    "chain": lambda g, out, p: shift(g, p[3], 1),
    "last link": lambda g, out, p: shift(g, p[3], -1),
    "alpha": lambda g, out, p: shift(g, out[0], "alpha"),
    "beta": lambda g, out, p: shift(g, out[0], "beta"),
    "outputs swapped": lambda g, out, p: swap(out),
    "an output twice": lambda g, out, p: out.__setitem__(0, out[1]),
    "an output less": lambda g, out, p: out.pop(),
    "an output more": lambda g, out, p: out.append(out[0]),
    "a link less": lambda g, out, p: p[3].pop(),
    "a link more": lambda g, out, p: p[3].append(p[3][0]),
    "a response less": lambda g, out, p: p[1][4].pop(),
    "a commitment more": lambda g, out, p: p[0][4].append(p[0][4][0]),
    "scalar + q": lambda g, out, p: p[1].__setitem__(0, str(int(p[1][0]) + g.order)),
    "leading zero": lambda g, out, p: p[1][5].__setitem__(0, "0" + p[1][5][0]),
    "number": lambda g, out, p: p[2].__setitem__(0, 5),
    "extra field": lambda g, out, p: out[0].update(extra=1),
    "other order of fields": lambda g, out, p: out[0].update(alpha=out[0].pop("alpha")),
}


@each_group
@pytest.mark.parametrize("name", SPOILT)
def test_nothing_in_a_shuffle_can_be_changed(group: Group, name: str) -> None:
    made = closed(group.name)
    value = json.loads(shuffled(group.name))
    SPOILT[name](group, value["ciphertexts"][1], value["proofs"][1])
    with pytest.raises((Malformed, InvalidProof), match="question 4"):
        check_shuffle(made.election, made.tally_raw, encode_json(value))


@pytest.mark.parametrize("torsion", TORSION)
@pytest.mark.parametrize("where", ["alpha", "beta", "c", "chain", "t", "input"])
def test_a_component_of_small_order_is_refused(where: str, torsion: str) -> None:
    """Versions before 3.3 take it in the ciphertexts."""
    made = closed()
    group = made.election.group
    value, tally = json.loads(shuffled("Ed25519")), json.loads(made.tally_raw)
    row, key = {
        "alpha": (value["ciphertexts"][0][0], "alpha"),
        "beta": (value["ciphertexts"][0][0], "beta"),
        "c": (value["proofs"][0][2], 0),
        "chain": (value["proofs"][0][3], 1),
        "t": (value["proofs"][0][0][4], 1),
        "input": (tally[1][0], "beta"),
    }[where]
    for text in (torsion, str(group.decode_element(row[key]) * group.decode_element(ORDER_2))):
        row[key] = text
        with pytest.raises(ProtocolError, match="question 2"):
            check_shuffle(made.election, encode_json(tally), encode_json(value))
    if where == "input":
        with pytest.raises(Malformed, match="not in the group"):
            make_shuffle(made.election, encode_json(tally))


def test_an_element_outside_the_finite_group_is_refused() -> None:
    made = closed(RFC.name)
    value = json.loads(shuffled(RFC.name))
    for row in (value["ciphertexts"][0][0], value["proofs"][0][2], value["proofs"][0][0][4]):
        key: Any = "alpha" if isinstance(row, dict) else 0
        kept = row[key]
        row[key] = str(RFC._p - int(kept))  # type: ignore[attr-defined]
        with pytest.raises(Malformed, match="not in the group"):
            check_shuffle(made.election, made.tally_raw, encode_json(value))
        row[key] = kept


def test_a_shuffle_is_for_one_election_and_one_tally() -> None:
    made, other = closed(), make_ground("Ed25519", (PLAIN, RANKED, BLANK, SECOND))
    raw = shuffled("Ed25519")
    with pytest.raises(InvalidProof):
        check_shuffle(made.election, shuffled_tally(made.election, made.tally_raw, raw), raw)
    with pytest.raises(ProtocolError):
        check_shuffle(other.election, made.tally_raw, raw)


def test_shuffles_of_the_two_questions_cannot_be_exchanged() -> None:
    made = closed()
    value = json.loads(shuffled("Ed25519"))
    for rows in (value["ciphertexts"], value["proofs"]):
        rows.reverse()
    with pytest.raises(InvalidProof, match="question 2"):
        check_shuffle(made.election, made.tally_raw, encode_json(value))


@pytest.mark.parametrize("owner", [0, 3])
def test_a_shuffle_has_an_owner_among_the_trustees(owner: int) -> None:
    made = closed()
    made.shuffle(owner)
    assert f"no trustee {owner}" in str(verify_bytes(made.archive()).error)


def test_generators_that_are_the_same_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = closed()
    raw = shuffled("Ed25519")
    places = ["a", "a"]
    monkeypatch.setattr(
        shuffle_checking,
        "check_slice",
        lambda task: shuffle_checking.Products(2, "", ("",) * 3, ("",) * 3, places),
    )
    with pytest.raises(Malformed, match="two generators are the same"):
        check_shuffle(made.election, made.tally_raw, raw)

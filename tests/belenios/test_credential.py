"""Private credentials, their public halves, and the list of them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.belenios.ground import get_example, list_examples
from tests.belenios.test_groups import TORSION, each_group
from voting.belenios import credential as cr
from voting.belenios.encoding import BASE58
from voting.belenios.errors import Malformed
from voting.belenios.groups import Group, get_group

ED = get_group("Ed25519")
OLD = "68c-mVB-qQp-uYs-X7B"


def test_a_credential_is_five_six_five_six() -> None:
    made = cr.make_credential()
    assert [len(part) for part in made.split("-")] == [5, 6, 5, 6]
    assert set(made) <= set(BASE58 + "-")
    assert made != cr.make_credential()


@given(st.binary(min_size=16, max_size=64), st.text())
def test_derivation_is_deterministic_and_separates_labels(seed: bytes, label: str) -> None:
    made = cr.derive_credential(seed, label)
    assert made == cr.derive_credential(seed, label) == cr.parse_credential(made)
    assert made != cr.derive_credential(seed, label + "1")
    assert made != cr.derive_credential(seed + b"1", label)


def test_characters_are_uniform_because_large_bytes_are_passed_over() -> None:
    stream = [bytes([232, 255] + [0] * 20), bytes(range(22))]
    made = cr.make_base58(22, lambda length: stream.pop(0))
    assert made == "1" * 20 + BASE58[:2]


@pytest.mark.parametrize(
    "typed",
    [
        "QgGQNJuHmEr7dpgr2Qw1ay",
        " QgGQN-JuHmEr-7dpgr-2Qw1ay \n",
        "QgGQN–JuHmEr—7dpgr‑2Qw1ay",
        "Qg GQN Ju HmE r7\tdpgr 2Qw1ay",
        "QgGQ-NJuHm-Er7dp-gr2Q-w1ay",
    ],
)
def test_what_people_type_is_brought_to_one_form(typed: str) -> None:
    assert cr.parse_credential(typed) == "QgGQN-JuHmEr-7dpgr-2Qw1ay"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "QgGQNJuHmEr7dpgr2Qw1a",
        "QgGQNJuHmEr7dpgr2Qw1ayy",
        "OgGQNJuHmEr7dpgr2Qw1ay",
        "0" * 22,
        "QgGQN_JuHmEr_7dpgr_2Qw1ay",
        "68c-mVB-qQp-uYs-X7C",
    ],
)
def test_what_is_no_credential_is_malformed(typed: str) -> None:
    with pytest.raises(Malformed):
        cr.parse_credential(typed)


def test_the_worked_examples_of_credentials_hold() -> None:
    for example in list_examples("/credential"):
        group, uuid, text = example["group"], example["uuid"], example["credential"]
        assert str(cr.private_key(group, uuid, text)) == example["private_key"]
        assert cr.public_credential(group, uuid, text) == example["public"]


def test_the_form_of_version_2_0_is_read() -> None:
    example = get_example("b2048-2.0/credential-2.0")
    group = get_group("BELENIOS-2048")
    assert cr.parse_credential(OLD.replace("-", "")) == OLD == example["credential"]
    assert str(cr.private_key(group, example["uuid"], OLD)) == example["private_key"]
    assert cr.public_credential(group, example["uuid"], OLD) == example["public"]


@each_group
def test_the_list_is_sorted_and_read_back(group: Group) -> None:
    weights = {str(group.generator**n): 1 for n in (5, 3, 900, 4, 77)}
    raw = cr.make_public_credentials(group, weights)
    again = cr.parse_public_credentials(group, raw)
    assert again == weights
    keys = [group.sort_key(group.parse_element(text)) for text in again]
    assert keys == sorted(keys)
    assert b"," not in raw.replace(b'","', b"")


@each_group
def test_weights_are_shown_as_soon_as_one_is_not_one(group: Group) -> None:
    weights = {str(group.generator): 1, str(group.generator**2): 0, str(group.generator**3): 10**12}
    raw = cr.make_public_credentials(group, weights)
    assert sorted(entry.split(",")[1] for entry in json.loads(raw)) == ["0", "1", "1000000000000"]
    assert cr.parse_public_credentials(group, raw) == weights


G = str(ED.generator)
G2 = str(ED.generator**2)


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"[1]",
        b"[ ]",
        f'["{G}","{G}"]'.encode(),
        f'["{G},1","{G},2"]'.encode(),
        *(
            f'["{G},{weight}"]'.encode()
            for weight in ("", "-1", "+1", "01", "1x", "1.0", " 1", "1,1", "1e3", "٣", "9" * 5000)
        ),
        f'["{G2.upper()}"]'.encode(),
        f'["{G},{ED.order}"]'.encode(),
        f'["{G},{ED.order - 1}","{G2},1"]'.encode(),
        *(f'["{G}","{text}"]'.encode() for text in TORSION),
    ],
)
def test_a_list_that_is_not_strict_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        cr.parse_public_credentials(ED, raw)


def test_a_fault_in_the_list_says_which_entry() -> None:
    with pytest.raises(Malformed, match="credential 2: an element"):
        cr.parse_public_credentials(ED, f'["{G}","{TORSION[0]}"]'.encode())
    with pytest.raises(Malformed, match=r"credential 2: .*twice"):
        cr.parse_public_credentials(ED, f'["{G}","{G}"]'.encode())


def test_a_fault_among_many_is_found_and_located() -> None:
    group = get_group("BELENIOS-2048")
    entries = [str(group.generator**n) for n in range(1, 200)]
    cr.check_entries(group, entries)
    entries[150] = str(group._p - 1)  # type: ignore[attr-defined]
    with pytest.raises(Malformed, match="credential 151: an element"):
        cr.check_entries(group, entries)


def test_an_empty_list_is_read() -> None:
    assert cr.parse_public_credentials(ED, b"[]") == {}

"""The ceremony: a shared key that no one holds alone, and whose fault it is when a step fails."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.belenios.ground import DATA, get_example, held_ceremony, make_ground, verify_bytes
from tests.belenios.test_groups import ORDER_2, TORSION, each_group
from voting.belenios import pki
from voting.belenios.board import EventType, read_entries
from voting.belenios.ceremony import (
    check_certificate,
    check_contribution,
    check_output,
    make_certificate,
    make_contribution,
    make_input,
    make_output,
    make_parameters,
    open_ceremony,
    open_private_key,
)
from voting.belenios.encoding import encode_json
from voting.belenios.errors import (
    InvalidProof,
    InvalidSignature,
    Malformed,
    NotSupported,
    ProtocolError,
)
from voting.belenios.groups import Group, get_group
from voting.belenios.proofs import Proof, check_knowledge
from voting.belenios.threshold import parse_pedersen
from voting.belenios.trustees import make_lagrange, make_trustee_key, make_trustees, parse_trustees

ED = get_group("Ed25519")
SHAPES = [(1, 1), (1, 3), (2, 3), (3, 3)]


# Keys, signed and sealed messages


def test_the_worked_examples_of_keys_hold() -> None:
    example = get_example("ed/pki")
    assert pki.signing_key(ED, example["seed"]) == int(example["sk"])
    assert pki.decryption_key(ED, example["seed"]) == int(example["dk"])


@pytest.mark.parametrize("name", ["cert", "coefexps", "certs_sig"])
def test_the_worked_examples_of_signed_messages_hold(name: str) -> None:
    example = get_example(f"ed/sigmsg-{name}")
    key = ED.generator ** pki.signing_key(ED, get_example("ed/pki")["seed"])
    message = example["preimage"].removeprefix("sigmsg|").rpartition("|")[0]
    proof = Proof(int(example["challenge"]), int(example["response"]))
    pki.check_signature(ED, key, message, proof)
    with pytest.raises(InvalidSignature):
        pki.check_signature(ED, key, message + " ", proof)


def test_the_worked_example_of_a_channel_holds() -> None:
    example, seed = get_example("ed/channel"), get_example("ed/pki")["seed"]
    opened = pki.open_message(ED, pki.decryption_key(ED, seed), example["encrypted_msg"])
    assert opened == example["plaintext"]
    assert json.loads(opened)["message"] == example["channel_msg"]


def test_a_long_message_has_a_shorter_nonce_and_comes_back() -> None:
    for length in (0, 2**16 - 1, 2**16):
        sealed = pki.seal_message(ED, ED.generator**5, "x" * length)
        assert pki.open_message(ED, 5, sealed) == "x" * length


@pytest.mark.parametrize(
    "change",
    [
        {"data": ""},
        {"data": "00" * 7},
        {"data": "0"},
        {"data": "AB" * 20},
        {"data": "zz"},
        {"data": None},
        {"alpha": TORSION[0]},
        {"beta": ORDER_2},
        {"alpha": str(ED.generator)},
    ],
)
def test_a_sealed_message_that_was_touched_is_not_opened(change: dict[str, Any]) -> None:
    sealed = pki.seal_message(ED, ED.generator**5, "text")
    with pytest.raises(Malformed):
        pki.open_message(ED, 5, sealed | change)
    with pytest.raises(Malformed):
        pki.open_message(ED, 6, sealed)


def test_a_channel_names_its_recipient() -> None:
    """A message signed for another trustee cannot be sealed again for this one."""
    channel = encode_json({"recipient": str(ED.generator**7), "message": "m"}).decode()
    signed = encode_json(pki.sign_message(ED, 3, channel)).decode()
    sealed = encode_json(pki.seal_message(ED, ED.generator**5, signed)).decode()
    with pytest.raises(Malformed, match="another recipient"):
        pki.receive(ED, 5, ED.generator**3, sealed)
    good = pki.send(ED, 3, ED.generator**5, "m")
    assert pki.receive(ED, 5, ED.generator**3, good) == "m"
    with pytest.raises(InvalidSignature):
        pki.receive(ED, 5, ED.generator**4, good)


@pytest.mark.parametrize("seed", ["", "1" * 21, "1" * 23, "0" * 22, "é" * 22])
def test_what_is_no_seed_is_no_key(seed: str) -> None:
    with pytest.raises(Malformed):
        pki.signing_key(ED, seed)


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


# What is spoilt, and who is named


def test_a_certificate_is_for_one_ceremony_and_one_position() -> None:
    seed = pki.make_seed()
    raw = make_certificate(ED, seed, 3, 2, 1)
    found = check_certificate(ED, raw, 3, 2, 1)
    assert found.verification == ED.generator ** pki.signing_key(ED, seed)
    for size, threshold, index in ((3, 2, 2), (4, 2, 1), (3, 3, 1)):
        with pytest.raises(Malformed, match=r"certificate \d: it is for position 1 of 3"):
            check_certificate(ED, raw, size, threshold, index)
    with pytest.raises(ProtocolError):
        check_certificate(get_group("BELENIOS-2048"), raw, 3, 2, 1)
    for size, threshold, index in ((3, 0, 1), (3, 4, 1), (3, 2, 0), (3, 2, 4)):
        with pytest.raises(Malformed, match="impossible"):
            check_certificate(ED, raw, size, threshold, index)


def test_the_keys_of_a_certificate_are_in_the_group() -> None:
    """Version 2.5.1 takes an encryption key of small order."""
    key = 5
    context = {"group": "Ed25519", "size": 1, "threshold": 1, "index": 1}
    for keys in (
        {"verification": str(ED.generator**key), "encryption": TORSION[0]},
        {"verification": TORSION[0], "encryption": str(ED.generator)},
    ):
        message = encode_json({"context": context, **keys}).decode()
        raw = encode_json(pki.sign_message(ED, key, message))
        with pytest.raises(Malformed, match="certificate 1"):
            check_certificate(ED, raw, 1, 1, 1)


def test_nobody_can_take_two_places_or_a_foreign_one() -> None:
    seed = pki.make_seed()
    certs = [make_certificate(ED, seed, 2, 1, index) for index in (1, 2)]
    with pytest.raises(Malformed, match="same keys"):
        open_ceremony(ED, certs, 1)
    held = held_ceremony(ED, 2, 3)
    with pytest.raises(Malformed, match="none of the certificates"):
        make_contribution(held.ceremony, pki.make_seed())
    with pytest.raises(Malformed, match="threshold of 4"):
        open_ceremony(ED, held.certs, 4)


def test_the_message_of_an_old_ceremony_is_refused() -> None:
    """Its certificates are another list, and every contribution signs the whole list."""
    held = held_ceremony(ED, 2, 3)
    certs = [held.certs[0], *(make_certificate(ED, pki.make_seed(), 3, 2, i) for i in (2, 3))]
    renewed = open_ceremony(ED, certs, 2)
    check_contribution(held.ceremony, 1, held.contributions[0])
    with pytest.raises(InvalidSignature, match="contribution of trustee 1"):
        check_contribution(renewed, 1, held.contributions[0])


def test_a_contribution_for_another_position_is_refused() -> None:
    held = held_ceremony(ED, 2, 3)
    with pytest.raises(InvalidSignature, match="contribution of trustee 2"):
        check_contribution(held.ceremony, 2, held.contributions[0])


def spoil(raw: bytes, change: Callable[[Any], object]) -> bytes:
    value = json.loads(raw)
    change(value)
    return encode_json(value)


def test_a_share_that_does_not_fit_names_its_trustee() -> None:
    """Trustee 2 seals and signs a wrong share for trustee 3, which only trustee 3 can see."""
    held = held_ceremony(ED, 2, 3)
    key = pki.signing_key(ED, held.seeds[1])
    to_third = held.ceremony.certificates[2].encryption
    wrong = pki.send(ED, key, to_third, '{"secret":"5"}')
    contributions = list(held.contributions)
    contributions[1] = spoil(contributions[1], lambda v: v["secrets"].__setitem__(2, wrong))
    check_contribution(held.ceremony, 2, contributions[1])
    with pytest.raises(InvalidProof, match="trustee 2: the share does not fit"):
        make_output(held.ceremony, held.seeds[2], make_input(contributions, 3))
    make_output(held.ceremony, held.seeds[0], make_input(contributions, 1))


def test_a_share_of_another_sender_is_refused() -> None:
    held = held_ceremony(ED, 2, 3)
    third = json.loads(held.inputs[2])
    third["secrets"].reverse()
    with pytest.raises(InvalidSignature, match="trustee 1"):
        make_output(held.ceremony, held.seeds[2], encode_json(third))
    with pytest.raises(Malformed, match=r"trustee 1: .*cannot be opened"):
        make_output(held.ceremony, held.seeds[2], held.inputs[0])


def test_a_polynomial_that_is_not_ones_own_is_refused() -> None:
    held = held_ceremony(ED, 2, 3)
    key, mine = pki.signing_key(ED, held.seeds[0]), held.ceremony.certificates[0].encryption
    other = pki.send(ED, key, mine, '{"polynomial":["1","2"]}')
    raw = spoil(held.inputs[0], lambda value: value.update(polynomial=other))
    with pytest.raises(InvalidProof, match="own polynomial"):
        make_output(held.ceremony, held.seeds[0], raw)


def test_an_output_must_follow_from_the_commitments() -> None:
    held = held_ceremony(ED, 2, 3)
    assert check_output(held.ceremony, held.contributions, 1, held.outputs[0])
    with pytest.raises(InvalidProof, match=r"output of trustee 2: .*commitments"):
        check_output(held.ceremony, held.contributions, 2, held.outputs[0])
    _, stranger = make_trustee_key(ED)
    raw = spoil(held.outputs[0], lambda value: value.update(public_key=stranger.to_json()))
    with pytest.raises(InvalidProof, match="output of trustee 1"):
        check_output(held.ceremony, held.contributions, 1, raw)
    with pytest.raises(Malformed, match="3 contributions"):
        check_output(held.ceremony, held.contributions[:2], 1, held.outputs[0])
    with pytest.raises(Malformed, match="3 outputs"):
        make_parameters(held.ceremony, held.contributions, held.outputs[:2])


def bump(proof: dict[str, str]) -> None:
    proof["response"] = str((int(proof["response"]) + 1) % ED.order)


PARAMETERS: dict[str, Callable[[Any], object]] = {
    "threshold down": lambda v: v.update(threshold=1),
    "threshold up": lambda v: v.update(threshold=3),
    "threshold zero": lambda v: v.update(threshold=0),
    "threshold text": lambda v: v.update(threshold="2"),
    "a cert less": lambda v: v["certs"].pop(),
    "certs swapped": lambda v: v["certs"].reverse(),
    "cert signature": lambda v: bump(v["certs"][0]["signature"]),
    "cert context": lambda v: v["certs"][0].update(
        message=v["certs"][0]["message"].replace('"index":1', '"index":3')
    ),
    "cert spaced": lambda v: v["certs"][0].update(message=" " + v["certs"][0]["message"]),
    "coefexps swapped": lambda v: v["coefexps"].reverse(),
    "coefexps signature": lambda v: bump(v["coefexps"][1]["signature"]),
    "a coefexps less": lambda v: v["coefexps"].pop(),
    "signature": lambda v: bump(v["signatures"][2]),
    "signatures swapped": lambda v: v["signatures"].reverse(),
    "a signature less": lambda v: v["signatures"].pop(),
    "no signatures": lambda v: v.pop("signatures"),
    "a key less": lambda v: v["verification_keys"].pop(),
    "keys swapped": lambda v: v["verification_keys"].reverse(),
    "key proof": lambda v: bump(v["verification_keys"][0]["pok"]),
    "key signature": lambda v: bump(v["verification_keys"][0]["signature"]),
    "foreign key": lambda v: v["verification_keys"].__setitem__(
        0, make_trustee_key(ED)[1].to_json()
    ),
    "extra field": lambda v: v.update(extra=1),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_spoilt_parameters_are_refused(name: str) -> None:
    value = json.loads(held_ceremony(ED, 2, 3).parameters)
    PARAMETERS[name](value)
    with pytest.raises((Malformed, InvalidProof, InvalidSignature)):
        parse_pedersen(ED, value)


@pytest.mark.parametrize("short", [1, 3])
def test_commitments_have_exactly_the_length_of_the_threshold(short: int) -> None:
    """Signed by the trustee itself: a longer polynomial would need more than *threshold*."""
    held = held_ceremony(ED, 2, 3)
    value = json.loads(held.parameters)
    key = pki.signing_key(ED, held.seeds[0])
    texts = [str(ED.generator**n) for n in range(short)]
    message = encode_json({"coefexps": texts}).decode()
    value["coefexps"][0] = pki.sign_message(ED, key, message)
    with pytest.raises(Malformed, match="commitments 1"):
        parse_pedersen(ED, value)
    texts = [ORDER_2, *texts][:2]
    message = encode_json({"coefexps": texts if len(texts) == 2 else [*texts, texts[0]]}).decode()
    value["coefexps"][0] = pki.sign_message(ED, key, message)
    with pytest.raises(Malformed, match="not in the group"):
        parse_pedersen(ED, value)


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


def test_randomness_is_drawn_anew() -> None:
    held = held_ceremony(ED, 2, 3)
    assert make_contribution(held.ceremony, held.seeds[0]) != held.contributions[0]
    assert len({pki.make_seed(secrets.token_bytes) for _ in range(50)}) == 50


def test_a_message_too_long_to_be_sealed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pki, "MAX_MESSAGE", 10)
    with pytest.raises(Malformed, match="too long"):
        pki.seal_message(ED, ED.generator, "x" * 10)


@pytest.mark.parametrize("text", ["", "-1", "+1", "x", "1" * 701])
def test_a_private_key_is_a_decimal_number(text: str) -> None:
    seed = pki.make_seed()
    mine = ED.generator ** pki.decryption_key(ED, seed)
    message = encode_json({"decryption_key": text}).decode()
    sealed = pki.send(ED, pki.signing_key(ED, seed), mine, message)
    with pytest.raises(Malformed, match="decimal number"):
        open_private_key(ED, seed, sealed)


@pytest.mark.parametrize("change", [{"index": "1"}, {"size": True}, {"group": 1}])
def test_the_context_of_a_certificate_has_its_types(change: dict[str, Any]) -> None:
    context = {"group": "Ed25519", "size": 1, "threshold": 1, "index": 1} | change
    value = {"context": context, "verification": str(ED.generator), "encryption": str(ED.generator)}
    raw = encode_json(pki.sign_message(ED, 1, encode_json(value).decode()))
    with pytest.raises(Malformed, match="certificate 1: the context is malformed"):
        check_certificate(ED, raw, 1, 1, 1)


def test_a_certificate_in_the_form_of_version_2_0_is_not_supported() -> None:
    value = {"verification": str(ED.generator), "encryption": str(ED.generator)}
    raw = encode_json(pki.sign_message(ED, 1, encode_json(value).decode()))
    with pytest.raises(NotSupported, match=r"certificate 1: .*version 2\.0"):
        check_certificate(ED, raw, 1, 1, 1)

"""A message of the ceremony that does not fit is refused, and it is said whose it is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.belenios.ground import held_ceremony
from tests.belenios.test_groups import ORDER_2, TORSION
from voting.belenios import channel, pki
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
from voting.belenios.groups import get_group
from voting.belenios.threshold import parse_pedersen
from voting.belenios.trustees import make_trustee_key

ED = get_group("Ed25519")


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
    wrong = channel.send(ED, key, to_third, '{"secret":"5"}')
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
    other = channel.send(ED, key, mine, '{"polynomial":["1","2"]}')
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


@pytest.mark.parametrize("text", ["", "-1", "+1", "x", "1" * 701])
def test_a_private_key_is_a_decimal_number(text: str) -> None:
    seed = pki.make_seed()
    mine = ED.generator ** pki.decryption_key(ED, seed)
    message = encode_json({"decryption_key": text}).decode()
    sealed = channel.send(ED, pki.signing_key(ED, seed), mine, message)
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

"""Keys from seeds, and the signed and sealed messages that go between trustees."""

import json
import secrets
from typing import Any

import pytest

from tests.belenios.ground import get_example, held_ceremony
from tests.belenios.test_groups import ORDER_2, TORSION
from voting.belenios import channel, pki
from voting.belenios.ceremony import (
    make_contribution,
)
from voting.belenios.encoding import encode_json
from voting.belenios.errors import (
    InvalidSignature,
    Malformed,
)
from voting.belenios.groups import get_group
from voting.belenios.proofs import Proof

ED = get_group("Ed25519")


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
    opened = channel.open_message(ED, pki.decryption_key(ED, seed), example["encrypted_msg"])
    assert opened == example["plaintext"]
    assert json.loads(opened)["message"] == example["channel_msg"]


def test_a_long_message_has_a_shorter_nonce_and_comes_back() -> None:
    for length in (0, 2**16 - 1, 2**16):
        sealed = channel.seal_message(ED, ED.generator**5, "x" * length)
        assert channel.open_message(ED, 5, sealed) == "x" * length


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
    sealed = channel.seal_message(ED, ED.generator**5, "text")
    with pytest.raises(Malformed):
        channel.open_message(ED, 5, sealed | change)
    with pytest.raises(Malformed):
        channel.open_message(ED, 6, sealed)


def test_a_channel_names_its_recipient() -> None:
    """A message signed for another trustee cannot be sealed again for this one."""
    text = encode_json({"recipient": str(ED.generator**7), "message": "m"}).decode()
    signed = encode_json(pki.sign_message(ED, 3, text)).decode()
    sealed = encode_json(channel.seal_message(ED, ED.generator**5, signed)).decode()
    with pytest.raises(Malformed, match="another recipient"):
        channel.receive(ED, 5, ED.generator**3, sealed)
    good = channel.send(ED, 3, ED.generator**5, "m")
    assert channel.receive(ED, 5, ED.generator**3, good) == "m"
    with pytest.raises(InvalidSignature):
        channel.receive(ED, 5, ED.generator**4, good)


@pytest.mark.parametrize("seed", ["", "1" * 21, "1" * 23, "0" * 22, "é" * 22])
def test_what_is_no_seed_is_no_key(seed: str) -> None:
    with pytest.raises(Malformed):
        pki.signing_key(ED, seed)


def test_randomness_is_drawn_anew() -> None:
    held = held_ceremony(ED, 2, 3)
    assert make_contribution(held.ceremony, held.seeds[0]) != held.contributions[0]
    assert len({pki.make_seed(secrets.token_bytes) for _ in range(50)}) == 50


def test_a_message_too_long_to_be_sealed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "MAX_MESSAGE", 10)
    with pytest.raises(Malformed, match="too long"):
        channel.seal_message(ED, ED.generator, "x" * 10)

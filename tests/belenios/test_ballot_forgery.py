"""Nothing in a ballot can be changed, not even by somebody who signs it again."""

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.belenios.ground import PLAIN, Ground, make_ground
from tests.belenios.sealed_ground import CHOICES, ground, sealed
from tests.belenios.test_groups import ORDER_2, TORSION
from voting.belenios import ballot as bl
from voting.belenios.ballot import check_ballot, make_ballot
from voting.belenios.credential import private_key
from voting.belenios.election import Question, parse_election
from voting.belenios.encoding import base64_digest, encode_json
from voting.belenios.errors import InvalidSignature, Malformed, ProtocolError
from voting.belenios.groups import Element, Group, sodium
from voting.belenios.homomorphic import make_answer
from voting.belenios.proofs import make_knowledge


def walk(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every leaf and of every container of a JSON value."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))


def get(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def change(raw: bytes, path: tuple[Any, ...], new: Any) -> bytes:
    value = json.loads(raw)
    get(value, path[:-1])[path[-1]] = new
    return encode_json(value)


def list_others(text: Any, group: Group, name: Any) -> Iterator[Any]:
    """What an attacker may put in the place of one field."""
    yield from ("0", "1", "", "-1", "01", f"+{text}", f" {text}", f"0{text}", f"{text}.0", 0, 1.5)
    yield from (None, True, [], {}, [text], {"a": text}, "9" * 5000)
    if name in ("challenge", "response"):
        number = int(text)
        yield from (number, *map(str, (number + group.order, -number, number + 1, group.order)))
    elif name in ("alpha", "beta", "credential"):
        element = group.parse_element(text)
        yield from map(str, (element / element, group.neutral / element, element * element))
        yield str(element * group.generator)
        if group.name == "Ed25519":
            yield from (text.upper(), *TORSION, f"{int(text, 16) ^ 1 << 255:064x}")
        else:
            prime = group._p  # type: ignore[attr-defined]
            yield from map(str, (prime, prime - 1, prime - int(text), prime + int(text)))


@pytest.mark.parametrize("group", ["Ed25519", "BELENIOS-2048"])
def test_every_change_of_a_single_field_is_refused(group: str) -> None:
    election, raw = ground(group).election, sealed(group)
    value = json.loads(raw)
    tried = 0
    for path in walk(value):
        old = get(value, path)
        if isinstance(old, str):
            spoilt = [
                change(raw, path, new)
                for new in list_others(old, election.group, path[-1])
                if new != old
            ]
        elif isinstance(old, list):
            others: list[Any] = [old[:-1], [*old, old[0]], old[1:], [], {}]
            spoilt = [change(raw, path, new) for new in others]
            if old[::-1] != old:
                spoilt.append(change(raw, path, old[::-1]))
        else:
            keys = list(old)
            spoilt = [
                change(raw, path, dict(reversed(old.items()))),
                change(raw, path, old | {"x": "1"}),
                *(change(raw, path, {k: old[k] for k in keys if k != gone}) for gone in keys),
                change(raw, path, []),
            ]
        for bad in spoilt:
            tried += 1
            with pytest.raises(ProtocolError):
                check_ballot(bad, election)
    assert tried > 1000


@pytest.mark.parametrize("name", ["Ed25519", "BELENIOS-2048"])
def test_a_credential_with_a_part_outside_the_group_is_refused(name: str) -> None:
    """All else holds: the part is of order 2, and vanishes in a signature of even challenge."""
    made = make_ground(name, (PLAIN,))
    election, group = made.election, made.election.group
    key = private_key(group, election.uuid, made.credentials[0])
    public = str(group.generator**key)
    if name == "Ed25519":
        pure = bytes.fromhex(ORDER_2)[::-1]
        mixed = str(Element(group, sodium.add((group.generator**key).value, pure)))
    else:
        mixed = str(group._p - int(public))  # type: ignore[attr-defined]
    random = secrets.token_bytes
    body = {
        "election_uuid": election.uuid,
        "election_hash": election.fingerprint,
        "credential": mixed,
        "answers": [
            make_answer(election, PLAIN, [1, 0], f"{election.fingerprint}|{mixed}", random)
        ],
    }
    digest = base64_digest(encode_json(body))
    proofs = (make_knowledge(group, f"sig|{digest}|", key, random) for _ in range(100))
    proof = next(proof for proof in proofs if proof.challenge % 2 == 0)
    raw = encode_json(body | {"signature": {"hash": digest, "proof": proof.to_json()}})
    with pytest.raises(Malformed, match="an element is not in the group"):
        check_ballot(raw, election)


def sign_again(value: dict[str, Any], credential: str, made: Ground | None = None) -> bytes:
    """The ballot with a right signature over whatever is in it now."""
    election = (made or ground()).election
    key = private_key(election.group, election.uuid, credential)
    body = {name: item for name, item in value.items() if name != "signature"}
    digest = base64_digest(encode_json(body))
    proof = make_knowledge(election.group, f"sig|{digest}|", key, lambda n: bytes(range(n)))
    return encode_json(body | {"signature": {"hash": digest, "proof": proof.to_json()}})


@pytest.mark.parametrize("group", ["Ed25519", "BELENIOS-2048"])
def test_every_change_in_the_answers_is_refused_even_when_signed_again(group: str) -> None:
    made, raw = ground(group), sealed(group)
    for path in walk(json.loads(raw)):
        old = get(json.loads(raw), path)
        if path[0] != "answers" or not isinstance(old, str):
            continue
        for new in list_others(old, made.election.group, path[-1]):
            if new != old:
                bad = json.loads(change(raw, path, new))
                where = f"question {path[1] + 1}: |not an integer|too many digits"
                with pytest.raises(ProtocolError, match=where):
                    check_ballot(sign_again(bad, made.credentials[0], made), made.election)


Spoil = Callable[[dict[str, Any], dict[str, Any]], object]


def swap(path: tuple[Any, ...], other: tuple[Any, ...]) -> Spoil:
    """Exchange two parts of the answers."""

    def spoil(value: dict[str, Any], _: dict[str, Any]) -> None:
        first, second = get(value["answers"], path), get(value["answers"], other)
        get(value["answers"], path[:-1])[path[-1]] = second
        get(value["answers"], other[:-1])[other[-1]] = first

    return spoil


def copy(path: tuple[Any, ...]) -> Spoil:
    """Copy a part of the answers of another ballot."""

    def spoil(value: dict[str, Any], other: dict[str, Any]) -> None:
        get(value["answers"], path[:-1])[path[-1]] = get(other["answers"], path)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value, other: value.update(answers=other["answers"]),
        lambda value, other: value.update(answers=value["answers"][:-1]),
        lambda value, other: value.update(answers=[*value["answers"], value["answers"][-1]]),
        lambda value, other: value.update(answers=value["answers"][::-1]),
        lambda value, other: value["answers"][0].pop("blank_proof"),
        lambda value, other: value["answers"][1].update(
            blank_proof=value["answers"][0]["blank_proof"]
        ),
        lambda value, other: value.update(election_uuid="QdKib3nUkze8qU"),
        lambda value, other: value.update(election_hash=base64_digest(b"")),
        lambda value, other: value.update(credential=other["credential"]),
        swap((1, "choices", 0), (1, "choices", 1)),
        swap((1, "individual_proofs", 0), (1, "individual_proofs", 1)),
        swap((1, "individual_proofs", 0, 0), (1, "individual_proofs", 0, 1)),
        swap((0, "blank_proof", 0), (0, "blank_proof", 1)),
        swap((0, "overall_proof", 0), (0, "overall_proof", 1)),
        swap((0, "blank_proof"), (1, "overall_proof")),
        copy((0,)),
        copy((0, "choices", 0)),
        copy((0, "individual_proofs")),
        copy((0, "overall_proof")),
        copy((0, "blank_proof")),
        copy((2, "overall_proof")),
    ],
)
def test_signing_again_does_not_help(spoil: Spoil) -> None:
    made = ground()
    value = json.loads(sealed())
    other = json.loads(make_ballot(made.election, made.credentials[1], CHOICES))
    spoil(value, other)
    with pytest.raises(ProtocolError):
        check_ballot(sign_again(value, made.credentials[0]), made.election)


def test_signing_again_unchanged_is_a_ballot() -> None:
    made = ground()
    check_ballot(sign_again(json.loads(sealed()), made.credentials[0]), made.election)


def test_a_ciphertext_rerandomised_by_another_is_refused() -> None:
    made = ground()
    group, key = made.election.group, made.election.public_key
    value = json.loads(sealed())
    item = value["answers"][1]["choices"][0]
    item["alpha"] = str(group.parse_element(item["alpha"]) * group.generator**7)
    item["beta"] = str(group.parse_element(item["beta"]) * key**7)
    with pytest.raises(ProtocolError, match="question 2: ciphertext 1"):
        check_ballot(sign_again(value, made.credentials[0]), made.election)


def test_answers_of_another_voter_under_my_credential_are_refused() -> None:
    made = ground()
    theirs = json.loads(sealed())
    mine = json.loads(make_ballot(made.election, made.credentials[2], CHOICES))
    copied = mine | {"answers": theirs["answers"]}
    with pytest.raises(ProtocolError):
        check_ballot(sign_again(copied, made.credentials[2]), made.election)


def test_the_format_without_blank_is_refused_where_blank_is_allowed() -> None:
    made = make_ground("Ed25519", (Question("Q", ("A", "B"), 1, 1, blank=True),))
    plain = parse_election(made.election.raw.replace(b'"blank":true,', b""))
    forged = json.loads(make_ballot(plain, made.credentials[0], ([0, 1],)))
    forged["election_hash"] = made.election.fingerprint
    with pytest.raises(Malformed, match="question 1: expected an object"):
        check_ballot(sign_again(forged, made.credentials[0], made), made.election)


def test_a_signature_of_another_key_is_refused() -> None:
    made = ground()
    with pytest.raises(InvalidSignature, match="signature"):
        check_ballot(sign_again(json.loads(sealed()), made.credentials[1]), made.election)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"[]", b"null", b"[" * 200_000, b'{"a":' * 100_000, b"\xff", b"1" * 10_000],
)
def test_what_is_no_ballot_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        check_ballot(raw, ground().election)


def test_layout_is_part_of_a_ballot() -> None:
    raw = sealed()
    value = json.loads(raw)
    for spoilt in (
        raw + b"\n",
        b" " + raw,
        raw.replace(b":", b": ", 1),
        json.dumps(value, indent=1).encode(),
        raw.replace(b'"credential":"', b'"credential":"x","credential":"', 1),
    ):
        with pytest.raises(Malformed):
            check_ballot(spoilt, ground().election)


def test_an_oversized_ballot_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bl, "MAX_BALLOT_BYTES", 1000)
    with pytest.raises(Malformed, match="too large"):
        check_ballot(sealed(), ground().election)

"""The trustees and their keys. Threshold trustees are not supported yet."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from voting.belenios.encoding import Random, decode_json, encode_json, get_list, get_text
from voting.belenios.errors import InvalidProof, Malformed, NotSupported, located
from voting.belenios.groups import Element, Group
from voting.belenios.proofs import Proof, check_knowledge, make_knowledge, parse_proof

_KEY_FIELDS = ("pok", "public_key")
_OPTIONAL_FIELDS = (("signature",), ("name",), ("signature", "name"), ())


@dataclass(frozen=True, slots=True)
class TrusteeKey:
    """The public key of one trustee, with the proof that somebody knows its private half."""

    public_key: Element
    pok: Proof
    name: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return the JSON form."""
        value: dict[str, object] = {"pok": self.pok.to_json(), "public_key": str(self.public_key)}
        return value if self.name is None else value | {"name": self.name}


@dataclass(frozen=True, slots=True)
class Trustees:
    """All trustees of an election. Their ids (*owner*) count from 1."""

    group: Group
    keys: tuple[TrusteeKey, ...]

    def __len__(self) -> int:
        return len(self.keys)

    def election_key(self) -> Element:
        """Return the key that ballots are sealed with: the product of all public keys."""
        return self.group.product_of_powers((key.public_key, 1) for key in self.keys)

    def public_key_of(self, owner: int) -> Element:
        """Return the public key of the trustee with this id. Raise Malformed when there is none."""
        if not 1 <= owner <= len(self.keys):
            raise Malformed(f"there is no trustee {owner}")
        return self.keys[owner - 1].public_key

    def is_enough(self, owners: Collection[int]) -> bool:
        """Tell whether the decryptions of these trustees open the tally."""
        return set(owners) >= set(range(1, len(self.keys) + 1))

    def combine(self, factors: dict[int, Element]) -> Element:
        """Return the product of the decryption factors (owner -> factor), one of every trustee."""
        if sorted(factors) != list(range(1, len(self.keys) + 1)):
            raise Malformed("a partial decryption of every trustee is needed")
        return self.group.product_of_powers((factor, 1) for factor in factors.values())


def make_trustee_key(
    group: Group, random: Random = secrets.token_bytes, name: str | None = None
) -> tuple[str, TrusteeKey]:
    """Return a fresh private key (decimal text) and its public half with proof."""
    secret = group.random_scalar(random)
    public_key = group.generator**secret
    pok = make_knowledge(group, _pok_prefix(group, public_key), secret, random)
    return str(secret), TrusteeKey(public_key, pok, name)


def make_trustees(keys: Sequence[TrusteeKey]) -> bytes:
    """Return the trustees record: every key as a single, mandatory trustee."""
    return encode_json([["Single", key.to_json()] for key in keys])


def parse_trustees(group: Group, raw: bytes) -> Trustees:
    """Read the trustees record and check every proof of knowledge.

    Raise Malformed, InvalidProof, or NotSupported for threshold trustees.
    """
    items = get_list(decode_json(raw))
    if not items:
        raise Malformed("there is no trustee")
    keys = []
    for number, item in enumerate(items, 1):
        with located(f"trustee {number}"):
            keys.append(_parse_trustee(group, item))
    return Trustees(group, tuple(keys))


def check_trustee_key(group: Group, key: TrusteeKey) -> None:
    """Raise InvalidProof unless somebody knew the private half of *key*."""
    check_knowledge(group, _pok_prefix(group, key.public_key), key.public_key, key.pok)


def _parse_trustee(group: Group, item: object) -> TrusteeKey:
    kind, value = get_list(item, 2)
    if kind == "Pedersen":
        raise NotSupported("threshold trustees")
    if kind != "Single":
        raise Malformed("the kind of trustee is not known")
    key = _parse_key(group, value)
    try:
        check_trustee_key(group, key)
    except InvalidProof as error:
        raise InvalidProof("the proof of knowledge of the key does not hold") from error
    return key


def _parse_key(group: Group, value: object) -> TrusteeKey:
    if type(value) is not dict or tuple(value) not in {
        (*_KEY_FIELDS, *optional) for optional in _OPTIONAL_FIELDS
    }:
        raise Malformed("expected the fields pok, public_key and perhaps signature and name")
    if "signature" in value:
        parse_proof(group, value["signature"])
    name = get_text(value["name"]) if "name" in value else None
    public_key = group.parse_element(value["public_key"])
    return TrusteeKey(public_key, parse_proof(group, value["pok"]), name)


def _pok_prefix(group: Group, public_key: Element) -> str:
    return f"pok|{group.name}|{public_key}|"

"""The public key of one trustee, with the proof that somebody knows its private half."""

import secrets
from dataclasses import dataclass

from voting.belenios.encoding import Random, get_text
from voting.belenios.errors import InvalidProof, Malformed
from voting.belenios.groups import Element, Group
from voting.belenios.proofs import Proof, check_knowledge, make_knowledge, parse_proof

_FIELDS = ("pok", "public_key")
_OPTIONAL_FIELDS = (("signature",), ("name",), ("signature", "name"), ())


@dataclass(frozen=True, slots=True)
class TrusteeKey:
    """A public key and its proof. *signature* is that of a threshold trustee (from 3.0 on)."""

    public_key: Element
    pok: Proof
    name: str | None = None
    signature: Proof | None = None

    def to_json(self) -> dict[str, object]:
        """Return the JSON form."""
        value: dict[str, object] = {"pok": self.pok.to_json(), "public_key": str(self.public_key)}
        if self.signature is not None:
            value["signature"] = self.signature.to_json()
        return value if self.name is None else value | {"name": self.name}


def make_trustee_key(
    group: Group, random: Random = secrets.token_bytes, name: str | None = None
) -> tuple[str, TrusteeKey]:
    """Return a fresh private key (decimal text) and its public half with proof."""
    secret = group.random_scalar(random)
    return str(secret), prove_trustee_key(group, secret, random, name)


def prove_trustee_key(
    group: Group, secret: int, random: Random, name: str | None = None
) -> TrusteeKey:
    """Return the public half of the private key *secret*, with proof."""
    public_key = group.generator**secret
    return TrusteeKey(
        public_key, make_knowledge(group, _prefix(group, public_key), secret, random), name
    )


def parse_trustee_key(group: Group, value: object) -> TrusteeKey:
    """Read a key, in the group. Raise Malformed; check_trustee_key checks its proof."""
    if type(value) is not dict or tuple(value) not in {
        (*_FIELDS, *optional) for optional in _OPTIONAL_FIELDS
    }:
        raise Malformed("expected the fields pok, public_key and perhaps signature and name")
    signature = parse_proof(group, value["signature"]) if "signature" in value else None
    name = get_text(value["name"]) if "name" in value else None
    public_key = group.parse_element(value["public_key"])
    return TrusteeKey(public_key, parse_proof(group, value["pok"]), name, signature)


def check_trustee_key(group: Group, key: TrusteeKey) -> None:
    """Raise InvalidProof unless somebody knew the private half of *key*."""
    try:
        check_knowledge(group, _prefix(group, key.public_key), key.public_key, key.pok)
    except InvalidProof as error:
        raise InvalidProof("the proof of knowledge of the key does not hold") from error


def _prefix(group: Group, public_key: Element) -> str:
    return f"pok|{group.name}|{public_key}|"

"""Zero-knowledge proofs: knowledge, equality of logarithms, and one-of-many.

Every challenge hashes the whole statement and its context; every scalar is checked when parsed.
"""

from collections.abc import Sequence
from typing import NamedTuple

from voting.belenios.encoding import Random, get_fields, get_list
from voting.belenios.errors import InvalidProof, Malformed, located
from voting.belenios.groups import Element, Group


class Proof(NamedTuple):
    """A challenge and a response, both in [0, q)."""

    challenge: int
    response: int

    def to_json(self) -> dict[str, str]:
        """Return the JSON form."""
        return {"challenge": str(self.challenge), "response": str(self.response)}


class Ciphertext(NamedTuple):
    """An ElGamal ciphertext: alpha = g^r, beta = y^r g^m."""

    alpha: Element
    beta: Element

    def __str__(self) -> str:
        return f"{self.alpha},{self.beta}"

    def to_json(self) -> dict[str, str]:
        """Return the JSON form."""
        return {"alpha": str(self.alpha), "beta": str(self.beta)}


class Branch(NamedTuple):
    """One of the things that a proof of membership leaves open: *ciphertext* encrypts *message*."""

    ciphertext: Ciphertext
    message: int


def parse_proof(group: Group, value: object) -> Proof:
    """Read a proof in canonical form. Raise Malformed."""
    challenge, response = get_fields(value, "challenge", "response")
    return Proof(group.parse_scalar(challenge), group.parse_scalar(response))


def parse_proofs(group: Group, value: object, length: int) -> list[Proof]:
    """Read an array of exactly *length* proofs. Raise Malformed."""
    return [parse_proof(group, item) for item in get_list(value, length)]


def decode_ciphertexts(group: Group, value: object, length: int) -> list[Ciphertext]:
    """Read an array of exactly *length* ciphertexts. Membership in the group is not yet checked."""
    ciphertexts = []
    for number, item in enumerate(get_list(value, length), 1):
        with located(f"ciphertext {number}"):
            alpha, beta = get_fields(item, "alpha", "beta")
            ciphertexts.append(Ciphertext(group.decode_element(alpha), group.decode_element(beta)))
    return ciphertexts


def multiply_ciphertexts(group: Group, ciphertexts: Sequence[Ciphertext]) -> Ciphertext:
    """Return the componentwise product; neutral when there are none."""
    if not ciphertexts:
        return Ciphertext(group.neutral, group.neutral)
    alpha, beta = ciphertexts[0]
    for ciphertext in ciphertexts[1:]:
        alpha = alpha * ciphertext.alpha
        beta = beta * ciphertext.beta
    return Ciphertext(alpha, beta)


def make_knowledge(group: Group, prefix: str, secret: int, random: Random) -> Proof:
    """Prove knowledge of *secret* behind g^secret; *prefix* is hashed before the commitment.

    The same proof is the Schnorr signature of the specification.
    """
    nonce = group.random_scalar(random)
    challenge = group.hash_to_scalar(f"{prefix}{group.generator**nonce}")
    return Proof(challenge, (nonce - secret * challenge) % group.order)


def check_knowledge(group: Group, prefix: str, key: Element, proof: Proof) -> None:
    """Raise InvalidProof unless the prover knew the logarithm of *key*."""
    commitment = group.product_of_powers(
        ((group.generator, proof.response), (key, proof.challenge))
    )
    if group.hash_to_scalar(f"{prefix}{commitment}") != proof.challenge:
        raise InvalidProof("the proof of knowledge does not hold")


def make_equality(group: Group, prefix: str, base: Element, secret: int, random: Random) -> Proof:
    """Prove that g^secret and base^secret have the same logarithm."""
    nonce = group.random_scalar(random)
    challenge = group.hash_to_scalar(f"{prefix}{group.generator**nonce},{base**nonce}")
    return Proof(challenge, (nonce - secret * challenge) % group.order)


def check_equality(
    group: Group, prefix: str, key: Element, base: Element, power: Element, proof: Proof
) -> None:
    """Raise InvalidProof unless key = g^x and power = base^x for the same x."""
    first = group.product_of_powers(((group.generator, proof.response), (key, proof.challenge)))
    second = group.product_of_powers(((base, proof.response), (power, proof.challenge)))
    if group.hash_to_scalar(f"{prefix}{first},{second}") != proof.challenge:
        raise InvalidProof("the proof that a decryption factor is right does not hold")


def make_membership(
    group: Group,
    key: Element,
    prefix: str,
    branches: Sequence[Branch],
    index: int,
    randomness: int,
    random: Random,
) -> list[Proof]:
    """Prove that one of *branches* is true: the one at *index*, with this *randomness*."""
    nonce = group.random_scalar(random)
    proofs = [Proof(group.random_scalar(random), group.random_scalar(random)) for _ in branches]
    commitments = [
        f"{group.generator**nonce},{key**nonce}"
        if number == index
        else _commit(group, key, branch, proofs[number])
        for number, branch in enumerate(branches)
    ]
    total = group.hash_to_scalar(prefix + ",".join(commitments))
    others = sum(proof.challenge for number, proof in enumerate(proofs) if number != index)
    challenge = (total - others) % group.order
    proofs[index] = Proof(challenge, (nonce - randomness * challenge) % group.order)
    return proofs


def check_membership(
    group: Group,
    key: Element,
    prefix: str,
    branches: Sequence[Branch],
    proofs: Sequence[Proof],
) -> None:
    """Raise InvalidProof unless one of *branches* is provably true under *key*."""
    if len(proofs) != len(branches):
        raise Malformed(f"expected {len(branches)} proofs, found {len(proofs)}")
    commitments = [
        _commit(group, key, branch, proof) for branch, proof in zip(branches, proofs, strict=True)
    ]
    total = group.hash_to_scalar(prefix + ",".join(commitments))
    if sum(proof.challenge for proof in proofs) % group.order != total:
        raise InvalidProof("the proof that a choice is allowed does not hold")


def _commit(group: Group, key: Element, branch: Branch, proof: Proof) -> str:
    (alpha, beta), message = branch
    challenge, response = proof
    first = group.product_of_powers(((group.generator, response), (alpha, challenge)))
    second = group.masked_power(key, response, beta, message, challenge)
    return f"{first},{second}"

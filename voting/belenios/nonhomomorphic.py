"""Answers to non-homomorphic questions: all numbers in one ciphertext, and a proof who sealed it.

What the numbers are is proved nowhere: whatever is opened after the shuffle counts as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voting.belenios.election import Election, NonHomomorphicQuestion
from voting.belenios.encoding import Random, get_fields
from voting.belenios.errors import InvalidBallot
from voting.belenios.groups import Group
from voting.belenios.proofs import (
    Ciphertext,
    Proof,
    check_knowledge,
    decode_ciphertexts,
    make_knowledge,
    parse_proof,
)

_FIELDS = ("choices", "proof")


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer as it was read: nothing is proved yet. *choices* has one ciphertext."""

    choices: list[Ciphertext]
    proof: Proof


def check_choice(question: NonHomomorphicQuestion, choice: Sequence[int]) -> None:
    """Raise InvalidBallot unless *choice* has one number of 0..255 for each answer."""
    count = len(question.answers)
    if len(choice) != count or any(
        type(number) is not int or not 0 <= number <= 255 for number in choice
    ):
        raise InvalidBallot(f"expected {count} numbers from 0 to 255")


def make_answer(
    election: Election, choice: Sequence[int], context: str, random: Random
) -> dict[str, object]:
    """Seal *choice* in *context*; check_choice must have allowed it."""
    group, key = election.group, election.public_key
    nonce = group.random_scalar(random)
    sealed = Ciphertext(group.generator**nonce, key**nonce * group.encode_integers(choice))
    proof = make_knowledge(group, _prefix(election, sealed, context), nonce, random)
    return {"choices": sealed.to_json(), "proof": proof.to_json()}


def parse_answer(group: Group, value: object) -> RawAnswer:
    """Read an answer. Raise Malformed; membership in the group is not yet checked."""
    choices, proof = get_fields(value, *_FIELDS)
    return RawAnswer(decode_ciphertexts(group, [choices], 1), parse_proof(group, proof))


def check_answer(election: Election, answer: RawAnswer, context: str) -> None:
    """Raise InvalidProof unless whoever made the ballot in *context* sealed this answer."""
    (sealed,) = answer.choices
    prefix = _prefix(election, sealed, context)
    check_knowledge(election.group, prefix, sealed.alpha, answer.proof)


def _prefix(election: Election, sealed: Ciphertext, context: str) -> str:
    return f"raweg|{context}|{election.public_key},{sealed}|"

"""Answers to homomorphic questions: a sealed bit per answer, each proved, and their sum proved."""

from collections.abc import Sequence
from dataclasses import dataclass

from voting.belenios.election import Election, Question
from voting.belenios.encoding import Random, get_fields, get_list
from voting.belenios.errors import InvalidBallot, located
from voting.belenios.groups import Group
from voting.belenios.proofs import (
    Branch,
    Ciphertext,
    Proof,
    check_membership,
    decode_ciphertexts,
    make_membership,
    multiply_ciphertexts,
    parse_proofs,
)

_FIELDS = ("choices", "individual_proofs", "overall_proof")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was read: nothing is proved yet."""

    choices: list[Ciphertext]
    individual: list[list[Proof]]
    overall: list[Proof]
    blank: list[Proof]


# Making an answer


def check_choice(question: Question, choice: Sequence[int]) -> None:
    """Raise InvalidBallot unless *choice* answers *question* in an allowed way."""
    if len(choice) != question.length or any(bit not in (0, 1) for bit in choice):
        raise InvalidBallot(f"expected {question.length} choices of 0 or 1")
    total = sum(choice[question.blank :])
    if question.blank and choice[0]:
        if total:
            raise InvalidBallot("a blank vote chooses nothing else")
    elif not question.minimum <= total <= question.maximum:
        raise InvalidBallot(
            f"expected from {question.minimum} to {question.maximum} choices, found {total}"
        )


def make_answer(
    election: Election, question: Question, choice: Sequence[int], context: str, random: Random
) -> dict[str, object]:
    """Seal *choice* in *context*; check_choice must have allowed it."""
    group, key = election.group, election.public_key
    nonces = [group.random_scalar(random) for _ in choice]
    choices = [
        Ciphertext(
            group.generator**nonce,
            group.product_of_powers(((key, nonce), (group.generator, bit))),
        )
        for nonce, bit in zip(nonces, choice, strict=True)
    ]
    individual = [
        make_membership(
            group, key, _prove_prefix(context, item), _bit_branches(item), bit, nonce, random
        )
        for item, bit, nonce in zip(choices, choice, nonces, strict=True)
    ]
    answer: dict[str, object] = {
        "choices": [item.to_json() for item in choices],
        "individual_proofs": [_encode_proofs(proofs) for proofs in individual],
    }
    statement = _statement(context, choices)
    if not question.blank:
        total = multiply_ciphertexts(group, choices)
        overall = make_membership(
            group,
            key,
            _prove_prefix(statement, total),
            _range_branches(question, total),
            sum(choice) - question.minimum,
            sum(nonces),
            random,
        )
        return answer | {"overall_proof": _encode_proofs(overall)}
    return answer | _make_blank_proofs(
        election, question, choice, choices, nonces, statement, random
    )


def _make_blank_proofs(
    election: Election,
    question: Question,
    choice: Sequence[int],
    choices: Sequence[Ciphertext],
    nonces: Sequence[int],
    statement: str,
    random: Random,
) -> dict[str, object]:
    group, key = election.group, election.public_key
    total = multiply_ciphertexts(group, choices[1:])
    is_blank = bool(choice[0])
    index = 0 if is_blank else 1 + sum(choice[1:]) - question.minimum
    overall = make_membership(
        group,
        key,
        f"bproof1|{statement}|",
        _blank_or_range_branches(question, choices[0], total),
        index,
        nonces[0] if is_blank else sum(nonces[1:]),
        random,
    )
    blank = make_membership(
        group,
        key,
        f"bproof0|{statement}|",
        _blank_branches(choices[0], total),
        1 if is_blank else 0,
        sum(nonces[1:]) if is_blank else nonces[0],
        random,
    )
    return {"overall_proof": _encode_proofs(overall), "blank_proof": _encode_proofs(blank)}


def _encode_proofs(proofs: Sequence[Proof]) -> list[dict[str, str]]:
    return [proof.to_json() for proof in proofs]


# Checking an answer


def parse_answer(group: Group, question: Question, value: object) -> Answer:
    """Read an answer. Raise Malformed; membership in the group is not yet checked."""
    if question.blank:
        fields = get_fields(value, *_FIELDS, "blank_proof")
    else:
        fields = [*get_fields(value, *_FIELDS), []]
    choices, individual, overall, blank = fields
    return Answer(
        choices=decode_ciphertexts(group, choices, question.length),
        individual=[parse_proofs(group, item, 2) for item in get_list(individual, question.length)],
        overall=parse_proofs(
            group, overall, question.maximum - question.minimum + 1 + question.blank
        ),
        blank=parse_proofs(group, blank, 2 if question.blank else 0),
    )


def check_answer(election: Election, question: Question, answer: Answer, context: str) -> None:
    """Raise InvalidProof unless every proof of *answer* holds in *context*."""
    group, key, choices = election.group, election.public_key, answer.choices
    for number, (item, proofs) in enumerate(zip(choices, answer.individual, strict=True), 1):
        with located(f"ciphertext {number}"):
            check_membership(group, key, _prove_prefix(context, item), _bit_branches(item), proofs)
    total = multiply_ciphertexts(group, choices[question.blank :])
    statement = _statement(context, choices)
    if question.blank:
        with located("blank proof"):
            branches = _blank_branches(choices[0], total)
            check_membership(group, key, f"bproof0|{statement}|", branches, answer.blank)
        prefix = f"bproof1|{statement}|"
        branches = _blank_or_range_branches(question, choices[0], total)
    else:
        prefix = _prove_prefix(statement, total)
        branches = _range_branches(question, total)
    with located("overall proof"):
        check_membership(group, key, prefix, branches, answer.overall)


# Statements, the same for both sides


def _statement(context: str, choices: Sequence[Ciphertext]) -> str:
    return f"{context}|{','.join(str(item) for item in choices)}"


def _prove_prefix(context: str, item: Ciphertext) -> str:
    return f"prove|{context}|{item}|"


def _bit_branches(item: Ciphertext) -> list[Branch]:
    return [Branch(item, 0), Branch(item, 1)]


def _range_branches(question: Question, total: Ciphertext) -> list[Branch]:
    return [Branch(total, count) for count in range(question.minimum, question.maximum + 1)]


def _blank_branches(blank: Ciphertext, total: Ciphertext) -> list[Branch]:
    return [Branch(blank, 0), Branch(total, 0)]


def _blank_or_range_branches(
    question: Question, blank: Ciphertext, total: Ciphertext
) -> list[Branch]:
    return [Branch(blank, 1), *_range_branches(question, total)]

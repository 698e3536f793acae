"""The sealed vote: how it is made and what makes it valid."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from voting.belenios.credential import private_key
from voting.belenios.election import Election, Question
from voting.belenios.encoding import (
    Random,
    base64_digest,
    decode_json,
    encode_json,
    get_fields,
    get_list,
    get_text,
    hex_digest,
)
from voting.belenios.errors import (
    InvalidBallot,
    InvalidProof,
    InvalidSignature,
    Malformed,
    located,
)
from voting.belenios.groups import Element, Group
from voting.belenios.proofs import (
    Branch,
    Ciphertext,
    Proof,
    check_knowledge,
    check_membership,
    decode_ciphertexts,
    make_knowledge,
    make_membership,
    multiply_ciphertexts,
    parse_proof,
    parse_proofs,
)

MAX_BALLOT_BYTES = 64 * 2**20
DIGITS = 25
_FIELDS = ("election_uuid", "election_hash", "credential", "answers", "signature")
_ANSWER_FIELDS = ("choices", "individual_proofs", "overall_proof")


@dataclass(frozen=True, slots=True)
class Ballot:
    """A valid ballot: whose it is, its hashes, and its ciphertexts per question."""

    credential: str
    hash: str
    tracker: str
    answers: tuple[tuple[Ciphertext, ...], ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    choices: list[Ciphertext]
    individual: list[list[Proof]]
    overall: list[Proof]
    blank: list[Proof]


@dataclass(frozen=True, slots=True)
class _Parsed:
    credential: Element
    hash: str
    signature: Proof
    answers: list[_Answer]

    def elements(self) -> list[Element]:
        pairs = [item for answer in self.answers for item in answer.choices]
        return [self.credential, *(element for pair in pairs for element in pair)]


# Hashes that people see


def tracker(raw: bytes) -> str:
    """Return the tracker of a ballot: SHA-256 in Base64 without padding, 43 characters."""
    return base64_digest(raw)


def tracker_digits(ballot: bytes | str) -> str:
    """Return 25 decimal digits derived from the full hash of a ballot, given its bytes or tracker.

    They are the SHA-256 as an integer modulo 10^25. Raise Malformed when a tracker is not one.
    """
    if isinstance(ballot, bytes):
        digest = hashlib.sha256(ballot).digest()
    else:
        try:
            digest = base64.b64decode(ballot + "=", validate=True)
        except ValueError as error:
            raise Malformed("a tracker is not in Base64") from error
        if len(digest) != 32:
            raise Malformed("a tracker has 43 characters")
    return str(int.from_bytes(digest, "big") % 10**DIGITS).zfill(DIGITS)


def display_tracker(digits: str) -> str:
    """Return 25 digits in five groups of five, for people to read and type."""
    return " ".join(digits[start : start + 5] for start in range(0, DIGITS, 5))


# Making a ballot


def make_ballot(
    election: Election,
    credential: str,
    choices: Sequence[Sequence[int]],
    random: Random = secrets.token_bytes,
) -> bytes:
    """Seal *choices* under a private credential and return the ballot.

    Per question a list of 0 and 1, one per answer, after the blank bit where blank is allowed.
    Raise InvalidBallot when the choices are not allowed, Malformed when the credential is not one.
    """
    if len(choices) != len(election.questions):
        raise InvalidBallot(f"expected choices for {len(election.questions)} questions")
    group = election.group
    key = private_key(group, election.uuid, credential)
    public = str(group.generator**key)
    context = f"{election.fingerprint}|{public}"
    answers = []
    for number, (question, choice) in enumerate(zip(election.questions, choices, strict=True), 1):
        with located(f"question {number}"):
            check_choice(question, choice)
        answers.append(_make_answer(election, question, choice, context, random))
    value = {
        "election_uuid": election.uuid,
        "election_hash": election.fingerprint,
        "credential": public,
        "answers": answers,
    }
    digest = base64_digest(encode_json(value))
    proof = make_knowledge(group, f"sig|{digest}|", key, random)
    return encode_json(value | {"signature": {"hash": digest, "proof": proof.to_json()}})


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


def _make_answer(
    election: Election, question: Question, choice: Sequence[int], context: str, random: Random
) -> dict[str, object]:
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


# Checking a ballot


def check_ballot(raw: bytes, election: Election) -> Ballot:
    """Return the ballot in *raw* if it is valid for *election*, whoever cast it.

    Left to the caller: that the credential is on the list, and that no earlier ballot has the same
    bytes. Raise Malformed, InvalidBallot, InvalidSignature or InvalidProof, saying where.
    """
    parsed = _parse_ballot(raw, election)
    _check_elements(election.group, parsed)
    return _check_proofs(raw, election, parsed)


def check_ballots(raws: Sequence[bytes], election: Election) -> list[Ballot]:
    """Return what check_ballot returns for each of *raws*; many at once are faster than one by one.

    When one is refused, so are all, without telling which.
    """
    parsed = [_parse_ballot(raw, election) for raw in raws]
    election.group.check_bases([element for one in parsed for element in one.elements()])
    return [_check_proofs(raw, election, one) for raw, one in zip(raws, parsed, strict=True)]


def read_choices(raw: bytes, election: Election) -> tuple[tuple[Ciphertext, ...], ...]:
    """Return the ciphertexts of a ballot that has been checked before; nothing is checked again."""
    decode = election.group.decode_element
    return tuple(
        tuple(Ciphertext(decode(item["alpha"]), decode(item["beta"])) for item in answer["choices"])
        for answer in decode_json(raw)["answers"]
    )


def _parse_ballot(raw: bytes, election: Election) -> _Parsed:
    """Check everything but the proofs, and that the elements are in the group."""
    if len(raw) > MAX_BALLOT_BYTES:
        raise Malformed("the ballot is too large")
    uuid, election_hash, credential, answers, signature = get_fields(decode_json(raw), *_FIELDS)
    if uuid != election.uuid or election_hash != election.fingerprint:
        raise InvalidBallot("the ballot was made for another election")
    with located("credential"):
        public = election.group.decode_element(credential)
    with located("signature"):
        proof = _parse_signature(election.group, raw, signature)
    parsed = []
    items = get_list(answers, len(election.questions))
    for number, (question, item) in enumerate(zip(election.questions, items, strict=True), 1):
        with located(f"question {number}"):
            parsed.append(_parse_answer(election.group, question, item))
    return _Parsed(public, signature["hash"], proof, parsed)


def _check_elements(group: Group, parsed: _Parsed) -> None:
    with located("credential"):
        group.check_bases([parsed.credential])
    for number, answer in enumerate(parsed.answers, 1):
        for position, item in enumerate(answer.choices, 1):
            with located(f"question {number}: ciphertext {position}"):
                group.check_bases(item)


def _check_proofs(raw: bytes, election: Election, parsed: _Parsed) -> Ballot:
    group = election.group
    group.precompute(election.public_key)
    with located("signature"):
        try:
            check_knowledge(group, f"sig|{parsed.hash}|", parsed.credential, parsed.signature)
        except InvalidProof as error:
            raise InvalidSignature("the signature does not hold") from error
    context = f"{election.fingerprint}|{parsed.credential}"
    for number, (question, answer) in enumerate(
        zip(election.questions, parsed.answers, strict=True), 1
    ):
        with located(f"question {number}"):
            _check_answer(election, question, answer, context)
    return Ballot(
        credential=str(parsed.credential),
        hash=hex_digest(raw),
        tracker=tracker(raw),
        answers=tuple(tuple(answer.choices) for answer in parsed.answers),
    )


def _parse_signature(group: Group, raw: bytes, value: object) -> Proof:
    digest, item = get_fields(value, "hash", "proof")
    proof = parse_proof(group, item)
    tail = b',"signature":' + encode_json(value) + b"}"
    if get_text(digest) != base64_digest(raw[: -len(tail)] + b"}"):
        raise InvalidSignature("the hash is not that of the ballot")
    return proof


def _parse_answer(group: Group, question: Question, value: object) -> _Answer:
    if question.blank:
        fields = get_fields(value, *_ANSWER_FIELDS, "blank_proof")
    else:
        fields = [*get_fields(value, *_ANSWER_FIELDS), []]
    choices, individual, overall, blank = fields
    return _Answer(
        choices=decode_ciphertexts(group, choices, question.length),
        individual=[parse_proofs(group, item, 2) for item in get_list(individual, question.length)],
        overall=parse_proofs(
            group, overall, question.maximum - question.minimum + 1 + question.blank
        ),
        blank=parse_proofs(group, blank, 2 if question.blank else 0),
    )


def _check_answer(election: Election, question: Question, answer: _Answer, context: str) -> None:
    group, key, choices = election.group, election.public_key, answer.choices
    for number, (item, proofs) in enumerate(zip(choices, answer.individual, strict=True), 1):
        with located(f"ciphertext {number}"):
            _prepare(item, (0, 1, 0, 1) if question.blank and number == 1 else (0, 1))
            check_membership(group, key, _prove_prefix(context, item), _bit_branches(item), proofs)
    total = multiply_ciphertexts(group, choices[question.blank :])
    _prepare(total, [0] * question.blank + list(range(question.minimum, question.maximum + 1)))
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


def _prepare(item: Ciphertext, messages: Sequence[int]) -> None:
    """Tell the group what powers the proofs need: one per message that is taken out."""
    group = item.alpha.group
    group.prepare(item.alpha, len(messages), 0)
    group.prepare(item.beta, len(messages), sum(message != 0 for message in messages))


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

"""The sealed vote: how it is made and what makes it valid."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from voting.belenios import homomorphic, nonhomomorphic
from voting.belenios.credential import private_key
from voting.belenios.election import AnyQuestion, Election, NonHomomorphicQuestion, Question
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
from voting.belenios.homomorphic import Answer
from voting.belenios.nonhomomorphic import RawAnswer
from voting.belenios.proofs import (
    Ciphertext,
    Proof,
    check_knowledge,
    make_knowledge,
    parse_proof,
)

MAX_BALLOT_BYTES = 64 * 2**20
DIGITS = 25
_FIELDS = ("election_uuid", "election_hash", "credential", "answers", "signature")


@dataclass(frozen=True, slots=True)
class Ballot:
    """A valid ballot: whose it is, its hashes, and its ciphertexts per question."""

    credential: str
    hash: str
    tracker: str
    answers: tuple[tuple[Ciphertext, ...], ...]


@dataclass(frozen=True, slots=True)
class _Parsed:
    credential: Element
    hash: str
    signature: Proof
    answers: list[Answer | RawAnswer]

    def bases(self) -> list[Element]:
        """The elements of which the proofs take powers, before anything else is done with them."""
        pairs = [
            item for answer in self.answers if isinstance(answer, Answer) for item in answer.choices
        ]
        alphas = [answer.choices[0].alpha for answer in self.raw_answers()]
        return [self.credential, *alphas, *(element for pair in pairs for element in pair)]

    def others(self) -> list[Element]:
        """The elements of which no proof takes a power."""
        return [answer.choices[0].beta for answer in self.raw_answers()]

    def raw_answers(self) -> list[RawAnswer]:
        """The answers to non-homomorphic questions."""
        return [answer for answer in self.answers if isinstance(answer, RawAnswer)]


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

    Per homomorphic question a list of 0 and 1, one per answer, after the blank bit where blank is
    allowed; per non-homomorphic question a list of numbers of 0..255, one per answer.
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


def check_choice(question: AnyQuestion, choice: Sequence[int]) -> None:
    """Raise InvalidBallot unless *choice* answers *question* in an allowed way."""
    if isinstance(question, NonHomomorphicQuestion):
        nonhomomorphic.check_choice(question, choice)
    else:
        homomorphic.check_choice(question, choice)


def _make_answer(
    election: Election,
    question: AnyQuestion,
    choice: Sequence[int],
    context: str,
    random: Random,
) -> dict[str, object]:
    if isinstance(question, NonHomomorphicQuestion):
        return nonhomomorphic.make_answer(election, choice, context, random)
    return homomorphic.make_answer(election, question, choice, context, random)


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
    ballots, owed = check_all_but_members(raws, election)
    election.group.check_members(owed)
    return ballots


def check_all_but_members(
    raws: Sequence[bytes], election: Election
) -> tuple[list[Ballot], list[Element]]:
    """Do check_ballots, but leave a part of it to the caller: check_members of what is returned.

    The second list is empty, or stands for every element of these ballots as Group.condense says.
    """
    parsed = [_parse_ballot(raw, election) for raw in raws]
    owed = election.group.condense(
        [element for one in parsed for element in one.bases()],
        [element for one in parsed for element in one.others()],
    )
    ballots = [_check_proofs(raw, election, one) for raw, one in zip(raws, parsed, strict=True)]
    return ballots, owed


def read_choices(raw: bytes, election: Election) -> tuple[tuple[Ciphertext, ...], ...]:
    """Return the ciphertexts of a ballot that has been checked before; nothing is checked again."""
    decode = election.group.decode_element
    choices = [answer["choices"] for answer in decode_json(raw)["answers"]]
    return tuple(
        tuple(
            Ciphertext(decode(item["alpha"]), decode(item["beta"]))
            for item in (found if isinstance(found, list) else [found])
        )
        for found in choices
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
                group.check_bases([item.alpha])
                check = group.check_members if isinstance(answer, RawAnswer) else group.check_bases
                check([item.beta])


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


def _parse_answer(group: Group, question: AnyQuestion, value: object) -> Answer | RawAnswer:
    if isinstance(question, NonHomomorphicQuestion):
        return nonhomomorphic.parse_answer(group, value)
    return homomorphic.parse_answer(group, question, value)


def _check_answer(
    election: Election, question: AnyQuestion, answer: Answer | RawAnswer, context: str
) -> None:
    if isinstance(answer, RawAnswer):
        nonhomomorphic.check_answer(election, answer, context)
    elif isinstance(question, Question):
        homomorphic.check_answer(election, question, answer, context)

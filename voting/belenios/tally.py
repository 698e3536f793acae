"""From ballots to numbers: encrypted tally, partial decryptions, result.

A decryption is only ever checked against a tally that the checker computed: the proofs of version 1
do not bind the ciphertexts.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Self

from voting.belenios.ballot import Ballot, read_choices
from voting.belenios.board import encrypted_tally_records
from voting.belenios.election import Election, parse_election
from voting.belenios.encoding import (
    Random,
    decode_json,
    encode_json,
    encode_weight,
    get_fields,
    get_list,
    parse_weight,
)
from voting.belenios.errors import InvalidTally, located
from voting.belenios.groups import Element
from voting.belenios.proofs import (
    Ciphertext,
    Proof,
    check_equality,
    decode_ciphertexts,
    make_equality,
    parse_proof,
)
from voting.belenios.trustees import Trustees

MAX_TOTAL_WEIGHT = 10**9
"""The largest total weight for which a result is computed when the caller names none."""

Tally = tuple[tuple[Ciphertext, ...], ...]
Factors = tuple[tuple[Element, ...], ...]


class TallyAccumulator:
    """Multiplies counted ballots together. Picklable, and mergeable in any order."""

    def __init__(self, election: Election) -> None:
        self.election = election
        self.num_tallied = 0
        self.total_weight = 0
        neutral = election.group.neutral
        self._sums = [
            [Ciphertext(neutral, neutral)] * question.length for question in election.questions
        ]

    def add(self, ballot: Ballot | bytes, weight: int = 1) -> None:
        """Count a ballot that has been checked (or its bytes) with this weight, at least 0."""
        answers = (
            read_choices(ballot, self.election) if isinstance(ballot, bytes) else ballot.answers
        )
        if weight != 1:
            answers = tuple(
                tuple(Ciphertext(item.alpha**weight, item.beta**weight) for item in answer)
                for answer in answers
            )
        self._multiply(answers)
        self.num_tallied += 1
        self.total_weight += weight

    def merge(self, other: Self) -> None:
        """Add all that *other* counted."""
        self._multiply(other._sums)
        self.num_tallied += other.num_tallied
        self.total_weight += other.total_weight

    def _multiply(self, answers: Sequence[Sequence[Ciphertext]]) -> None:
        for sums, answer in zip(self._sums, answers, strict=True):
            for index, item in enumerate(answer):
                old = sums[index]
                sums[index] = Ciphertext(old.alpha * item.alpha, old.beta * item.beta)

    def encrypted_tally(self) -> bytes:
        """Return the encrypted tally record."""
        return encode_json([[item.to_json() for item in sums] for sums in self._sums])

    def records(self) -> list[bytes]:
        """Return the data records of the EncryptedTally event: the tally and its sizes."""
        return encrypted_tally_records(self.encrypted_tally(), self.num_tallied, self.total_weight)

    def __getstate__(self) -> tuple[bytes, bytes, int, int]:
        return self.election.raw, self.encrypted_tally(), self.num_tallied, self.total_weight

    def __setstate__(self, state: tuple[bytes, bytes, int, int]) -> None:
        raw, tally, self.num_tallied, self.total_weight = state
        self.election = parse_election(raw)
        decode = self.election.group.decode_element
        self._sums = [
            [Ciphertext(decode(item["alpha"]), decode(item["beta"])) for item in answer]
            for answer in decode_json(tally)
        ]


def parse_tally(election: Election, raw: bytes) -> Tally:
    """Read an encrypted tally of *election*, every element in the group. Raise Malformed."""
    answers = get_list(decode_json(raw), len(election.questions))
    tally = []
    for number, (question, answer) in enumerate(zip(election.questions, answers, strict=True), 1):
        with located(f"encrypted tally, question {number}"):
            ciphertexts = decode_ciphertexts(election.group, answer, question.length)
            for element in (element for item in ciphertexts for element in item):
                election.group.check_member(element)
            tally.append(tuple(ciphertexts))
    return tuple(tally)


# Partial decryptions


def make_partial_decryption(
    election: Election, tally_raw: bytes, private_key: int, random: Random = secrets.token_bytes
) -> bytes:
    """Use a trustee's private key on the tally. Raise Malformed when the tally is not well formed.

    The trustee must have computed *tally_raw* from the ballots, or have compared it with them.
    """
    group = election.group
    prefix = _decrypt_prefix(election, group.generator**private_key)
    tally = parse_tally(election, tally_raw)
    factors = [[str(item.alpha**private_key) for item in answer] for answer in tally]
    proofs = [
        [make_equality(group, prefix, item.alpha, private_key, random).to_json() for item in answer]
        for answer in tally
    ]
    return encode_json({"decryption_factors": factors, "decryption_proofs": proofs})


def check_partial_decryption(
    election: Election, trustee_public_key: Element, tally_raw: bytes, raw: bytes
) -> Factors:
    """Return the decryption factors in *raw*, all proved right for this trustee and tally.

    Raise Malformed or InvalidProof, saying which question and answer.
    """
    tally = parse_tally(election, tally_raw)
    prefix = _decrypt_prefix(election, trustee_public_key)
    parsed = _parse_decryption(election, raw)
    for number, (answer, pairs) in enumerate(zip(tally, parsed, strict=True), 1):
        for position, (item, (factor, proof)) in enumerate(zip(answer, pairs, strict=True), 1):
            with located(f"question {number}, ciphertext {position}"):
                check_equality(
                    election.group, prefix, trustee_public_key, item.alpha, factor, proof
                )
    return tuple(tuple(factor for factor, _ in pairs) for pairs in parsed)


def _parse_decryption(election: Election, raw: bytes) -> list[list[tuple[Element, Proof]]]:
    group, count = election.group, len(election.questions)
    factors, proofs = get_fields(decode_json(raw), "decryption_factors", "decryption_proofs")
    parsed = []
    for number, (question, row, proof_row) in enumerate(
        zip(election.questions, get_list(factors, count), get_list(proofs, count), strict=True), 1
    ):
        with located(f"question {number}"):
            pairs = zip(
                get_list(row, question.length), get_list(proof_row, question.length), strict=True
            )
            parsed.append(
                [
                    (group.parse_element(factor), parse_proof(group, proof))
                    for factor, proof in pairs
                ]
            )
    return parsed


def _decrypt_prefix(election: Election, public_key: Element) -> str:
    return f"decrypt|{election.fingerprint}|{public_key}|"


# Result


def make_result(
    election: Election,
    trustees: Trustees,
    tally_raw: bytes,
    decryptions: Mapping[int, bytes],
    total_weight: int = MAX_TOTAL_WEIGHT,
) -> bytes:
    """Combine the partial decryptions (owner -> record) into the result record.

    *total_weight* bounds every count. Raise Malformed or InvalidProof when a decryption is wrong or
    missing, InvalidTally when a count is larger than *total_weight*.
    """
    factors = check_decryptions(election, trustees, tally_raw, decryptions)
    messages = combine_factors(election, trustees, tally_raw, factors)
    flat = [message for answer in messages for message in answer]
    counts = iter(election.group.discrete_logarithms(flat, total_weight))
    result = [[encode_weight(next(counts)) for _ in answer] for answer in messages]
    return encode_json({"result": result})


def check_decryptions(
    election: Election, trustees: Trustees, tally_raw: bytes, decryptions: Mapping[int, bytes]
) -> dict[int, Factors]:
    """Return owner -> decryption factors, every one proved right. Raise Malformed, InvalidProof."""
    checked = {}
    for owner, raw in sorted(decryptions.items()):
        with located(f"partial decryption of trustee {owner}"):
            key = trustees.public_key_of(owner)
            checked[owner] = check_partial_decryption(election, key, tally_raw, raw)
    return checked


def combine_factors(
    election: Election, trustees: Trustees, tally_raw: bytes, factors: Mapping[int, Factors]
) -> list[list[Element]]:
    """Return g^count for every answer. Raise Malformed when a needed trustee is missing."""
    return [
        [
            item.beta / trustees.combine({owner: rows[i][j] for owner, rows in factors.items()})
            for j, item in enumerate(answer)
        ]
        for i, answer in enumerate(parse_tally(election, tally_raw))
    ]


def parse_result(election: Election, raw: bytes) -> list[list[int]]:
    """Read a result record: per question the counts, blank first where allowed. Raise Malformed."""
    (answers,) = get_fields(decode_json(raw), "result")
    counts = []
    rows = zip(election.questions, get_list(answers, len(election.questions)), strict=True)
    for number, (question, row) in enumerate(rows, 1):
        with located(f"result of question {number}"):
            items = get_list(row, question.length)
            counts.append([parse_weight(item, election.group.order) for item in items])
    return counts


def check_result(
    election: Election,
    trustees: Trustees,
    tally_raw: bytes,
    factors: Mapping[int, Factors],
    raw: bytes,
    total_weight: int,
) -> list[list[int]]:
    """Return the counts in *raw* if the checked *factors* open the tally to exactly these.

    Raise Malformed or InvalidTally, saying which question and answer.
    """
    counts = parse_result(election, raw)
    messages = combine_factors(election, trustees, tally_raw, factors)
    for number, (row, opened) in enumerate(zip(counts, messages, strict=True), 1):
        for position, (count, message) in enumerate(zip(row, opened, strict=True), 1):
            where = f"result of question {number}, count {position}"
            if count > total_weight:
                raise InvalidTally(f"{where}: the count is larger than the total weight")
            if election.group.generator**count != message:
                raise InvalidTally(f"{where}: the count is not what the tally opens to")
    return counts

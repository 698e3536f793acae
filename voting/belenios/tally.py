"""From ballots to numbers: encrypted tally, partial decryptions, result.

A decryption is only ever checked against a tally that the checker computed: the proofs of version 1
do not bind the ciphertexts.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, Self

from voting.belenios.ballot import Ballot, read_choices
from voting.belenios.board import encrypted_tally_records
from voting.belenios.combining import combine_factors
from voting.belenios.decryption import (
    Factors,
    Piece,
    Progress,
    check_decryptions,
    check_partial_decryption,
    check_piece,
    make_partial_decryption,
    read_rows,
    sift_decryptions,
)
from voting.belenios.election import (
    Election,
    NonHomomorphicQuestion,
    Question,
    parse_election,
)
from voting.belenios.encoding import (
    decode_json,
    encode_json,
    encode_weight,
    get_fields,
    get_integer,
    get_list,
    parse_weight,
)
from voting.belenios.errors import InvalidTally, Malformed, located
from voting.belenios.groups import Element
from voting.belenios.proofs import Ciphertext
from voting.belenios.trustees import Trustees

__all__ = [
    "Factors",
    "Result",
    "TallyAccumulator",
    "check_decryptions",
    "check_partial_decryption",
    "check_result",
    "combine_factors",
    "make_partial_decryption",
    "make_result",
    "parse_result",
    "parse_tally",
    "sift_decryptions",
]

MAX_TOTAL_WEIGHT = 10**9
"""The largest total weight for which a result is computed when the caller names none."""

Tally = tuple[tuple[Ciphertext, ...], ...]
Result = list[list[Any]]
"""Per question the counts; of a non-homomorphic one, a list of numbers for each paper."""


class TallyAccumulator:
    """Adds counted ballots together. Picklable, and mergeable in any order.

    What is homomorphic is multiplied; the ciphertexts of other questions are collected and sorted.
    """

    def __init__(self, election: Election) -> None:
        self.election = election
        self.num_tallied = 0
        self.total_weight = 0
        neutral = election.group.neutral
        self._sums = [
            [Ciphertext(neutral, neutral)] * question.length
            if isinstance(question, Question)
            else []
            for question in election.questions
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
        self._merge(answers)
        self.num_tallied += 1
        self.total_weight += weight
        self._is_weighted |= weight != 1

    def merge(self, other: Self) -> None:
        """Add all that *other* counted."""
        self._merge(other._sums)
        self.num_tallied += other.num_tallied
        self.total_weight += other.total_weight
        self._is_weighted |= other._is_weighted

    _is_weighted = False

    def _merge(self, answers: Sequence[Sequence[Ciphertext]]) -> None:
        for question, sums, answer in zip(
            self.election.questions, self._sums, answers, strict=True
        ):
            if isinstance(question, NonHomomorphicQuestion):
                sums.extend(answer)
                continue
            for index, item in enumerate(answer):
                old = sums[index]
                sums[index] = Ciphertext(old.alpha * item.alpha, old.beta * item.beta)

    def encrypted_tally(self) -> bytes:
        """Return the encrypted tally record. Raise InvalidTally when a weight cannot be counted."""
        if self._is_weighted and self.election.needs_shuffle:
            raise InvalidTally("a ballot that is to be shuffled has a weight that is not 1")
        return self._write()

    def _write(self) -> bytes:
        key = self.election.group.sort_key
        for question, sums in zip(self.election.questions, self._sums, strict=True):
            if isinstance(question, NonHomomorphicQuestion):
                sums.sort(key=lambda item: (key(item.alpha), key(item.beta)))
        return encode_json([[item.to_json() for item in sums] for sums in self._sums])

    def records(self) -> list[bytes]:
        """Return the data records of the EncryptedTally event: the tally and its sizes."""
        return encrypted_tally_records(self.encrypted_tally(), self.num_tallied, self.total_weight)

    def __getstate__(self) -> tuple[bytes, bytes, int, int, bool]:
        sizes = self.num_tallied, self.total_weight, self._is_weighted
        return self.election.raw, self._write(), *sizes

    def __setstate__(self, state: tuple[bytes, bytes, int, int, bool]) -> None:
        raw, tally, self.num_tallied, self.total_weight, self._is_weighted = state
        self.election = parse_election(raw)
        decode = self.election.group.decode_element
        self._sums = [
            [Ciphertext(decode(item["alpha"]), decode(item["beta"])) for item in answer]
            for answer in decode_json(tally)
        ]


def parse_tally(election: Election, raw: bytes) -> Tally:
    """Read an encrypted tally of *election*, every element in the group. Raise Malformed.

    It may have been shuffled.
    """
    pieces = enumerate(read_rows(election, raw), 1)
    name = election.group.name
    return tuple(tuple(check_piece(Piece(name, number, 1, row))) for number, row in pieces)


# Result


def make_result(
    election: Election,
    trustees: Trustees,
    tally_raw: bytes,
    decryptions: Mapping[int, bytes],
    total_weight: int = MAX_TOTAL_WEIGHT,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Combine the partial decryptions (owner -> record) into the result record.

    *total_weight* bounds every count. A wrong decryption is left out where the others are enough.
    Otherwise raise what is wrong with it: Malformed or InvalidProof; InvalidTally when a count is
    larger than *total_weight*.
    """
    factors, faults = sift_decryptions(
        election, trustees, tally_raw, decryptions, executor=executor, progress=progress
    )
    if faults and not trustees.is_enough(factors):
        raise next(iter(faults.values()))
    messages = combine_factors(election, trustees, tally_raw, factors, executor=executor)
    return encode_json({"result": _open(election, messages, total_weight)})


def _open(election: Election, messages: list[list[Element]], total_weight: int) -> Result:
    pairs = list(zip(election.questions, messages, strict=True))
    flat = [item for question, row in pairs if isinstance(question, Question) for item in row]
    counts = iter(election.group.discrete_logarithms(flat, total_weight))
    return [
        [encode_weight(next(counts)) for _ in row]
        if isinstance(question, Question)
        else _read_papers(question, row)
        for question, row in pairs
    ]


def _read_papers(question: NonHomomorphicQuestion, row: list[Element]) -> list[list[int]]:
    count = len(question.answers)
    return [message.group.decode_integers(message, count) for message in row]


def parse_result(election: Election, raw: bytes) -> Result:
    """Read a result record. Raise Malformed.

    Per homomorphic question the counts, blank first where allowed; per non-homomorphic question the
    papers in the order of the last shuffle, each a list of numbers of 0..255.
    """
    (answers,) = get_fields(decode_json(raw), "result")
    opened: Result = []
    rows = zip(election.questions, get_list(answers, len(election.questions)), strict=True)
    for number, (question, row) in enumerate(rows, 1):
        with located(f"result of question {number}"):
            if isinstance(question, Question):
                items = get_list(row, question.length)
                opened.append([parse_weight(item, election.group.order) for item in items])
            else:
                opened.append([_parse_paper(question, paper) for paper in get_list(row)])
    return opened


def _parse_paper(question: NonHomomorphicQuestion, value: object) -> list[int]:
    numbers = [get_integer(item) for item in get_list(value, len(question.answers))]
    if any(number > 255 for number in numbers):
        raise Malformed("a number is larger than 255")
    return numbers


def check_result(
    election: Election,
    trustees: Trustees,
    tally_raw: bytes,
    factors: Mapping[int, Factors],
    raw: bytes,
    total_weight: int,
    *,
    executor: Executor | None = None,
) -> Result:
    """Return what is in *raw* if the checked *factors* open the tally to exactly this.

    Raise Malformed or InvalidTally, saying which question and answer.
    """
    result = parse_result(election, raw)
    messages = combine_factors(election, trustees, tally_raw, factors, executor=executor)
    for number, (question, row, opened) in enumerate(
        zip(election.questions, result, messages, strict=True), 1
    ):
        where = f"result of question {number}"
        if isinstance(question, Question):
            _check_counts(where, row, opened, total_weight)
        elif row != _read_papers(question, opened):
            raise InvalidTally(f"{where}: the papers are not what the shuffled ballots open to")
    return result


def _check_counts(where: str, row: list[int], opened: list[Element], total_weight: int) -> None:
    for position, (count, message) in enumerate(zip(row, opened, strict=True), 1):
        with located(f"{where}, count {position}"):
            if count > total_weight:
                raise InvalidTally("the count is larger than the total weight")
            if message.group.generator**count != message:
                raise InvalidTally("the count is not what the tally opens to")

"""Partial decryptions: what a trustee's key makes of the encrypted tally, and the proof of it.

A list of shuffled ballots is as long as the poll is large, so it is opened and checked in pieces:
plain texts and numbers, which any Executor can work on, few at a time.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from typing import Any, NamedTuple

from voting.belenios.batches import map_batches
from voting.belenios.election import Election, Question
from voting.belenios.encoding import Random, decode_json, encode_json, get_fields, get_list
from voting.belenios.errors import ProtocolError, located
from voting.belenios.groups import Element, Group, get_group
from voting.belenios.proofs import Ciphertext, check_equality, make_equality, parse_proof
from voting.belenios.trustees import Trustees

PIECE = 100
"""How many ciphertexts are worked on at once; the same with an executor as without."""

Factors = tuple[tuple[Element, ...], ...]
Progress = Callable[[int, int], None]
"""Called with the number of ciphertexts that are done, and how many there are."""


class Piece(NamedTuple):
    """Some ciphertexts of a question, in JSON form; both numbers are counted from 1."""

    group: str
    question: int
    first: int
    ciphertexts: list[object]

    def decode(self) -> list[Ciphertext]:
        """Read them. That they are in the group is not yet checked."""
        group = get_group(self.group)
        decoded = []
        for number, item in enumerate(self.ciphertexts, self.first):
            with located(f"encrypted tally, question {self.question}: ciphertext {number}"):
                alpha, beta = get_fields(item, "alpha", "beta")
                decoded.append(Ciphertext(group.decode_element(alpha), group.decode_element(beta)))
        return decoded


class Opening(NamedTuple):
    """A piece to decrypt. It has the secret in it: it must not leave this machine."""

    piece: Piece
    prefix: str
    private_key: int
    random: Random


class Claim(NamedTuple):
    """What a trustee says a piece decrypts to, in JSON form."""

    piece: Piece
    prefix: str
    public_key: str
    factors: list[object]
    proofs: list[object]


def read_rows(election: Election, raw: bytes) -> list[list[Any]]:
    """Return the ciphertexts of each question in JSON form, as many as there must be.

    A question that is shuffled has any number. Raise Malformed.
    """
    rows = get_list(decode_json(raw), len(election.questions))
    for number, (question, row) in enumerate(zip(election.questions, rows, strict=True), 1):
        with located(f"encrypted tally, question {number}"):
            get_list(row, question.length if isinstance(question, Question) else None)
    return rows


def check_piece(piece: Piece) -> list[Ciphertext]:
    """Return the ciphertexts, every element in the group. Raise Malformed."""
    ciphertexts = piece.decode()
    with located(f"encrypted tally, question {piece.question}"):
        get_group(piece.group).check_members([one for item in ciphertexts for one in item])
    return ciphertexts


def open_piece(opening: Opening) -> list[tuple[str, dict[str, str]]]:
    """Return factor and proof, in JSON form, of each ciphertext. Raise Malformed."""
    piece, prefix, key, random = opening
    group = get_group(piece.group)
    return [
        (str(alpha**key), make_equality(group, prefix, alpha, key, random).to_json())
        for alpha, _ in check_piece(piece)
    ]


def check_claim(claim: Claim) -> list[str]:
    """Return the factors, every one proved right. Raise Malformed or InvalidProof."""
    piece = claim.piece
    group = get_group(piece.group)
    key = _get_key(group, claim.public_key)
    with located(f"question {piece.question}"):
        factors = [group.decode_element(item) for item in claim.factors]
        group.check_bases(factors)
        proofs = [parse_proof(group, item) for item in claim.proofs]
    rows = zip(piece.decode(), factors, proofs, strict=True)
    for number, (item, factor, proof) in enumerate(rows, piece.first):
        with located(f"question {piece.question}, ciphertext {number}"):
            check_equality(group, claim.prefix, key, item.alpha, factor, proof)
    return [str(factor) for factor in factors]


def _get_key(group: Group, text: str) -> Element:
    """The trustee's key, which was checked when the trustees were read."""
    return group.decode_element(text)


# Making


def make_partial_decryption(
    election: Election,
    tally_raw: bytes,
    private_key: int,
    random: Random = secrets.token_bytes,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Use a trustee's private key on the tally. Raise Malformed when the tally is not well formed.

    The trustee must have computed *tally_raw* from the ballots, or have compared it with them. The
    key goes to *executor*: it must be one of this machine.
    """
    prefix = _make_prefix(election, str(election.group.generator**private_key))
    rows = read_rows(election, tally_raw)
    openings = (Opening(piece, prefix, private_key, random) for piece in cut_rows(election, rows))
    done = _map(executor, open_piece, openings, rows, progress)
    opened = iter([pair for part in done for pair in part])
    pairs = [[next(opened) for _ in row] for row in rows]
    return encode_json(
        {
            "decryption_factors": [[factor for factor, _ in row] for row in pairs],
            "decryption_proofs": [[proof for _, proof in row] for row in pairs],
        }
    )


def _make_prefix(election: Election, public_key: str) -> str:
    return f"decrypt|{election.fingerprint}|{public_key}|"


def cut_rows(election: Election, rows: list[list[Any]]) -> Iterator[Piece]:
    """Yield the ciphertexts of each question in pieces."""
    for number, row in enumerate(rows, 1):
        for start in range(0, len(row), PIECE):
            yield Piece(election.group.name, number, start + 1, row[start : start + PIECE])


def _map(
    executor: Executor | None,
    function: Callable[[Any], list[Any]],
    tasks: Iterator[Any],
    rows: list[list[Any]],
    progress: Progress | None,
) -> Iterator[list[Any]]:
    """Work on the pieces of *rows*, in order, and tell how many ciphertexts are done."""
    done, total = 0, sum(len(row) for row in rows)
    for part in map_batches(executor, function, tasks):
        done += len(part)
        if progress is not None:
            progress(done, total)
        yield part


# Checking


def check_partial_decryption(
    election: Election,
    trustee_public_key: Element,
    tally_raw: bytes,
    raw: bytes,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Factors:
    """Return the decryption factors in *raw*, all proved right for this trustee and tally.

    Raise Malformed or InvalidProof, saying which question and answer. What is raised does not
    depend on *executor*.
    """
    rows = _check_tally(election, tally_raw, executor)
    return _check_factors(election, trustee_public_key, rows, raw, executor, progress)


def _check_tally(
    election: Election, tally_raw: bytes, executor: Executor | None
) -> list[list[Any]]:
    rows = read_rows(election, tally_raw)
    for _ in map_batches(executor, _count_checked, cut_rows(election, rows)):
        pass
    return rows


def _count_checked(piece: Piece) -> int:
    return len(check_piece(piece))


def _check_factors(
    election: Election,
    key: Element,
    rows: list[list[Any]],
    raw: bytes,
    executor: Executor | None,
    progress: Progress | None,
) -> Factors:
    claims = _list_claims(election, str(key), rows, raw)
    found = _map(executor, check_claim, claims, rows, progress)
    texts = iter([text for part in found for text in part])
    decode = election.group.decode_element
    return tuple(tuple(decode(next(texts)) for _ in row) for row in rows)


def _list_claims(
    election: Election, key: str, rows: list[list[Any]], raw: bytes
) -> Iterator[Claim]:
    count = len(election.questions)
    value = decode_json(raw)
    factors, proofs = (
        get_list(item, count)
        for item in get_fields(value, "decryption_factors", "decryption_proofs")
    )
    for number, (row, *given) in enumerate(zip(rows, factors, proofs, strict=True), 1):
        with located(f"question {number}"):
            for item in given:
                get_list(item, len(row))
    prefix = _make_prefix(election, key)
    for piece in cut_rows(election, rows):
        part = slice(piece.first - 1, piece.first - 1 + len(piece.ciphertexts))
        place = piece.question - 1
        yield Claim(piece, prefix, key, factors[place][part], proofs[place][part])


def sift_decryptions(
    election: Election,
    trustees: Trustees,
    tally_raw: bytes,
    decryptions: Mapping[int, bytes],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> tuple[dict[int, Factors], dict[int, ProtocolError]]:
    """Return owner -> factors of what is proved right, and owner -> what is wrong with the rest."""
    rows = _check_tally(election, tally_raw, executor)
    checked, faults = {}, {}
    size = sum(len(row) for row in rows)
    for place, (owner, raw) in enumerate(sorted(decryptions.items())):
        tell = _shift(progress, place * size, len(decryptions) * size)
        try:
            with located(f"partial decryption of trustee {owner}"):
                key = trustees.public_key_of(owner)
                checked[owner] = _check_factors(election, key, rows, raw, executor, tell)
        except ProtocolError as error:
            faults[owner] = error
    return checked, faults


def _shift(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Tell *progress* of one part of a longer work."""
    return progress and (lambda done, _: progress(before + done, total))


def check_decryptions(
    election: Election,
    trustees: Trustees,
    tally_raw: bytes,
    decryptions: Mapping[int, bytes],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> dict[int, Factors]:
    """Return owner -> decryption factors, every one proved right. Raise Malformed, InvalidProof."""
    checked, faults = sift_decryptions(
        election, trustees, tally_raw, decryptions, executor=executor, progress=progress
    )
    for fault in faults.values():
        raise fault
    return checked

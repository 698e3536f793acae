"""From the factors of several trustees to what every ciphertext hides, in pieces."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from typing import Any, NamedTuple

from voting.belenios.batches import map_batches
from voting.belenios.decryption import Factors, Piece, check_piece, cut_rows, read_rows
from voting.belenios.election import Election
from voting.belenios.groups import Element, get_group
from voting.belenios.trustees import Trustees


class Combining(NamedTuple):
    """A piece, and of each trustee that is used the exponent and the factors of the piece."""

    piece: Piece
    parts: list[tuple[int, list[str]]]


def combine_piece(task: Combining) -> list[str]:
    """Return what each ciphertext of the piece hides. Raise Malformed."""
    group = get_group(task.piece.group)
    columns = [
        [(group.decode_element(text), exponent) for text in texts] for exponent, texts in task.parts
    ]
    return [
        str(item.beta / group.product_of_powers(powers))
        for item, *powers in zip(check_piece(task.piece), *columns, strict=True)
    ]


def combine_factors(
    election: Election,
    trustees: Trustees,
    tally_raw: bytes,
    factors: Mapping[int, Factors],
    *,
    executor: Executor | None = None,
) -> list[list[Element]]:
    """Return what every ciphertext hides. Raise Malformed when a needed trustee is missing.

    *factors* have been checked; what comes out does not depend on *executor*.
    """
    rows = read_rows(election, tally_raw)
    exponents = trustees.list_exponents(factors)
    tasks = _list_tasks(election, rows, factors, exponents)
    found = (text for part in map_batches(executor, combine_piece, tasks) for text in part)
    decode = election.group.decode_element
    return [[decode(next(found)) for _ in row] for row in rows]


def _list_tasks(
    election: Election,
    rows: list[list[Any]],
    factors: Mapping[int, Factors],
    exponents: Mapping[int, int],
) -> Iterator[Combining]:
    for piece in cut_rows(election, rows):
        part = slice(piece.first - 1, piece.first - 1 + len(piece.ciphertexts))
        yield Combining(
            piece,
            [
                (exponent, [str(factor) for factor in factors[owner][piece.question - 1][part]])
                for owner, exponent in exponents.items()
            ],
        )

"""Shuffles: trustees mix ballots before they are opened, so that nobody knows whose is whose.

A shuffle takes the lists of the encrypted tally, or what the shuffle before it put out.
"""

import secrets
from collections.abc import Iterable
from concurrent.futures import Executor

from voting.belenios.election import Election, NonHomomorphicQuestion
from voting.belenios.encoding import (
    Random,
    decode_json,
    encode_json,
    get_fields,
    get_list,
    get_text,
)
from voting.belenios.errors import Malformed, located
from voting.belenios.shuffle_checking import check_list
from voting.belenios.shuffle_making import shuffle_list
from voting.belenios.shuffle_proof import Context, Pair, Progress, parse_shuffle_proof

__all__ = ["Progress", "apply_shuffles", "check_shuffle", "make_shuffle", "shuffled_tally"]


def make_shuffle(
    election: Election,
    tally_raw: bytes,
    random: Random = secrets.token_bytes,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Shuffle the lists of a tally, which may have been shuffled before; return the shuffle record.

    Whoever shuffles must have computed *tally_raw* from the ballots and checked earlier shuffles.
    Raise Malformed. The secrets of the shuffle go to *executor*: it must be one of this machine.
    """
    context = _make_context(election)
    ciphertexts, proofs = [], []
    for number, before in _list_lists(election, tally_raw):
        with located(f"question {number}"):
            after, proof = shuffle_list(
                context, before, random=random, executor=executor, progress=progress
            )
        ciphertexts.append([{"alpha": alpha, "beta": beta} for alpha, beta in after])
        proofs.append(proof.to_json())
    return encode_json({"ciphertexts": ciphertexts, "proofs": proofs})


def check_shuffle(
    election: Election,
    tally_raw: bytes,
    raw: bytes,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> None:
    """Raise Malformed or InvalidProof unless *raw* is a shuffle of the lists in *tally_raw*.

    The message says which question, and which check failed. The report does not depend on
    *executor*.
    """
    context = _make_context(election)
    lists = list(_list_lists(election, tally_raw))
    outputs, proofs = get_fields(decode_json(raw), "ciphertexts", "proofs")
    rows = zip(lists, get_list(outputs, len(lists)), get_list(proofs, len(lists)), strict=True)
    for (number, before), output, value in rows:
        with located(f"question {number}"):
            after = _read_pairs(output)
            proof = parse_shuffle_proof(election.group, value, len(before))
            check_list(context, before, after, proof, executor=executor, progress=progress)


def shuffled_tally(election: Election, tally_raw: bytes, raw: bytes) -> bytes:
    """Return the tally with the output of the shuffle *raw* in place of its lists. Raise Malformed.

    It is what the next shuffle and the partial decryptions are made of.
    """
    outputs, _ = get_fields(decode_json(raw), "ciphertexts", "proofs")
    tally = get_list(decode_json(tally_raw), len(election.questions))
    places = _list_places(election)
    for place, output in zip(places, get_list(outputs, len(places)), strict=True):
        tally[place] = output
    return encode_json(tally)


def apply_shuffles(election: Election, tally_raw: bytes, shuffles: Iterable[bytes]) -> bytes:
    """Return the tally after several shuffles, none of which is checked. Raise Malformed."""
    for raw in shuffles:
        tally_raw = shuffled_tally(election, tally_raw, raw)
    return tally_raw


def _make_context(election: Election) -> Context:
    return Context(election.group.name, str(election.public_key), election.fingerprint)


def _list_places(election: Election) -> list[int]:
    return [
        index
        for index, question in enumerate(election.questions)
        if isinstance(question, NonHomomorphicQuestion)
    ]


def _list_lists(election: Election, tally_raw: bytes) -> list[tuple[int, list[Pair]]]:
    """Return number of the question and ciphertexts of each list that is shuffled."""
    tally = get_list(decode_json(tally_raw), len(election.questions))
    places = _list_places(election)
    if not places:
        raise Malformed("no question of this election is shuffled")
    return [(place + 1, _read_pairs(tally[place])) for place in places]


def _read_pairs(value: object) -> list[Pair]:
    pairs = []
    for item in get_list(value):
        alpha, beta = get_fields(item, "alpha", "beta")
        pairs.append((get_text(alpha), get_text(beta)))
    return pairs

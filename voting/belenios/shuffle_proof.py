"""The proof that one list of ciphertexts is another one, re-encrypted and in another order.

It is the proof of Wikstroem in the form of CHVote 1.3.2: this file has its parts and its hashes,
shuffle_making makes it and shuffle_checking checks it. Bulk work is cut into slices, plain tuples
of texts and numbers, so that any Executor can do them.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from voting.belenios.encoding import get_list, get_text
from voting.belenios.groups import Element, Group, get_group
from voting.belenios.proofs import Ciphertext

Progress = Callable[[int, int], None]
"""Called with the number of ciphertexts that are done, and how many there are."""

SLICE = 500
Pair = tuple[str, str]
"""The texts of a ciphertext: alpha, beta."""


class Context(NamedTuple):
    """What a slice has to know: names, not objects, so that it can be sent to a process."""

    group: str
    key: str
    fingerprint: str

    def open(self) -> tuple[Group, Element, Element]:
        """Return the group, the election key, and h, both with tables of powers."""
        return _open(self)


@lru_cache(maxsize=4)
def _open(context: Context) -> tuple[Group, Element, Element]:
    group = get_group(context.group)
    key, first = group.parse_element(context.key), group.derive_generator(-1)
    group.precompute(key)
    group.precompute(first)
    return group, key, first


def list_slices(length: int, executor: Executor | None) -> Iterator[slice]:
    """Yield slices of 0..*length*: long ones, for they save work, but one for every worker."""
    workers = getattr(executor, "workers", 1) if executor else 1
    size = max(1, min(SLICE, -(-length // workers)))
    for start in range(0, length, size):
        yield slice(start, min(start + size, length))


def decode_pairs(group: Group, pairs: Sequence[Pair]) -> list[Ciphertext]:
    """Read ciphertexts; the caller owes the check that they are in the group."""
    decode = group.decode_element
    return [Ciphertext(decode(alpha), decode(beta)) for alpha, beta in pairs]


@dataclass(frozen=True, slots=True)
class ShuffleProof:
    """The proof t, s, c, c-hat of the specification. Elements are texts, not yet decoded."""

    commitments: tuple[str, str, str, str, str]
    chain_commitments: list[str]
    responses: tuple[int, int, int, int]
    chain_responses: list[int]
    order_responses: list[int]
    permuted: list[str]
    chain: list[str]

    def to_json(self) -> list[object]:
        """Return the JSON form."""
        t1, t2, t3, t41, t42 = self.commitments
        return [
            [t1, t2, t3, [t41, t42], self.chain_commitments],
            [
                *map(str, self.responses),
                list(map(str, self.chain_responses)),
                list(map(str, self.order_responses)),
            ],
            self.permuted,
            self.chain,
        ]


def parse_shuffle_proof(group: Group, value: object, length: int) -> ShuffleProof:
    """Read a proof about *length* ciphertexts; elements stay texts. Raise Malformed."""
    t, s, permuted, chain = get_list(value, 4)
    t1, t2, t3, pair, chain_commitments = get_list(t, 5)
    s1, s2, s3, s4, chain_responses, order_responses = get_list(s, 6)
    t41, t42 = get_list(pair, 2)
    scalar = group.parse_scalar
    return ShuffleProof(
        (get_text(t1), get_text(t2), get_text(t3), get_text(t41), get_text(t42)),
        _get_texts(chain_commitments, length),
        (scalar(s1), scalar(s2), scalar(s3), scalar(s4)),
        [scalar(item) for item in get_list(chain_responses, length)],
        [scalar(item) for item in get_list(order_responses, length)],
        _get_texts(permuted, length),
        _get_texts(chain, length),
    )


def _get_texts(value: object, length: int) -> list[str]:
    return [get_text(item) for item in get_list(value, length)]


# Challenges


def _join(texts: Iterable[str]) -> bytes:
    return "".join(f"{text}," for text in texts).encode()


def _join_pairs(pairs: Iterable[Pair]) -> bytes:
    return "".join(f"{alpha},{beta}," for alpha, beta in pairs).encode()


def make_challenges(
    context: Context, before: Sequence[Pair], after: Sequence[Pair], permuted: Sequence[str]
) -> list[int]:
    """Return u_1 ... u_N, which weigh the ciphertexts."""
    digest = hashlib.sha256(f"shuffle-challenges|{context.fingerprint}|".encode())
    for part in (_join_pairs(before), _join_pairs(after), _join(permuted)):
        digest.update(part)
    seed, group = digest.hexdigest(), get_group(context.group)
    return [
        group.hash_to_scalar(seed + hashlib.sha256(str(index).encode()).hexdigest())
        for index in range(len(permuted))
    ]


def make_challenge(
    context: Context, before: Sequence[Pair], after: Sequence[Pair], proof: ShuffleProof
) -> int:
    """Return the challenge c, which hashes everything but the responses."""
    digest = hashlib.sha256(f"shuffle-challenge|{context.fingerprint}|".encode())
    for part in (
        _join(proof.commitments),
        _join(proof.chain_commitments),
        _join_pairs(before),
        _join_pairs(after),
        _join(proof.permuted),
        _join(proof.chain),
        context.key.encode(),
    ):
        digest.update(part)
    return int.from_bytes(digest.digest(), "big") % get_group(context.group).order

"""Making a shuffle: re-encryption in a secret order, and the proof of it."""

import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import NamedTuple

from voting.belenios.batches import map_batches
from voting.belenios.encoding import Random
from voting.belenios.groups import Element, Group
from voting.belenios.proofs import Ciphertext
from voting.belenios.shuffle_proof import (
    Context,
    Pair,
    Progress,
    ShuffleProof,
    decode_pairs,
    list_slices,
    make_challenge,
    make_challenges,
)


class Mixing(NamedTuple):
    """A slice of outputs to make: the inputs in their new order, and the secrets for each."""

    context: Context
    first: int
    pairs: Sequence[Pair]
    nonces: Sequence[int]
    masks: Sequence[int]
    order_nonces: Sequence[int]


class Mixed(NamedTuple):
    """A slice of outputs, commitments to where each came from, and three products."""

    pairs: list[Pair]
    permuted: list[str]
    products: tuple[str, str, str]


class Linking(NamedTuple):
    """A slice of the chain: exponents of g and h for each link, and for its commitment."""

    context: Context
    links: Sequence[tuple[int, int]]
    commitments: Sequence[tuple[int, int]]


def mix_slice(task: Mixing) -> Mixed:
    """Re-encrypt a slice, commit to its order, and raise it to the powers that the proof needs."""
    group, key, _ = task.context.open()
    inputs = decode_pairs(group, task.pairs)
    outputs = [
        Ciphertext(item.alpha * group.generator**nonce, item.beta * key**nonce)
        for item, nonce in zip(inputs, task.nonces, strict=True)
    ]
    alphas, betas = [item.alpha for item in outputs], [item.beta for item in outputs]
    group.check_bases([*alphas, *betas])
    places = [group.derive_generator(task.first + index) for index in range(len(inputs))]
    permuted = [
        str(group.generator**mask * place) for mask, place in zip(task.masks, places, strict=True)
    ]
    products = [
        str(group.multi_power(elements, task.order_nonces)) for elements in (places, betas, alphas)
    ]
    pairs = [(str(item.alpha), str(item.beta)) for item in outputs]
    return Mixed(pairs, permuted, (products[0], products[1], products[2]))


def link_slice(task: Linking) -> tuple[list[str], list[str]]:
    """Return the texts of a slice of the chain and of its commitments."""
    group, _, first = task.context.open()

    def make(exponents: Sequence[tuple[int, int]]) -> list[str]:
        return [
            str(group.product_of_powers(((group.generator, a), (first, b)))) for a, b in exponents
        ]

    return make(task.links), make(task.commitments)


@dataclass(frozen=True, slots=True)
class _Secrets:
    """The order (output i is input order[i]), and what hides it."""

    order: list[int]
    nonces: list[int]
    masks: list[int]
    chain_masks: list[int]
    chain_nonces: list[int]
    order_nonces: list[int]
    single_nonces: list[int]

    @classmethod
    def draw(cls, group: Group, length: int, random: Random) -> "_Secrets":
        def draw(count: int) -> list[int]:
            return [group.random_scalar(random) for _ in range(count)]

        order = _draw_order(length, random)
        n = length
        return cls(order, draw(n), draw(n), draw(n), draw(n), draw(n), draw(4))


def _draw_order(length: int, random: Random) -> list[int]:
    """Return a uniform permutation (Fisher and Yates)."""
    order = list(range(length))
    for last in range(length - 1, 0, -1):
        other = _draw_below(last + 1, random)
        order[last], order[other] = order[other], order[last]
    return order


def _draw_below(bound: int, random: Random) -> int:
    size = (bound.bit_length() + 7) // 8
    limit = (1 << 8 * size) // bound * bound
    while True:
        number = int.from_bytes(random(size), "big")
        if number < limit:
            return number % bound


def shuffle_list(
    context: Context,
    before: Sequence[Pair],
    *,
    random: Random = secrets.token_bytes,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> tuple[list[Pair], ShuffleProof]:
    """Return *before* re-encrypted in a new, secret order, and the proof of it.

    Raise Malformed when an element is not in the group. Secrets go to *executor*: it must be one of
    this machine.
    """
    group, _, _ = context.open()
    hidden = _Secrets.draw(group, len(before), random)
    mixed: list[Mixed] = []
    done = 0
    for part in map_batches(executor, mix_slice, _list_mixing(context, before, hidden, executor)):
        mixed.append(part)
        done += len(part.pairs)
        if progress is not None:
            progress(done, len(before))
    after = [pair for part in mixed for pair in part.pairs]
    permuted = [""] * len(before)
    texts = (text for part in mixed for text in part.permuted)
    for index, text in zip(hidden.order, texts, strict=True):
        permuted[index] = text
    weights = make_challenges(context, before, after, permuted)
    ordered = [weights[index] for index in hidden.order]
    links = _make_links(group.order, hidden, ordered)
    chain, chain_commitments = _make_chain(context, links, hidden, executor)
    commitments = _commit(context, hidden, mixed)
    proof = ShuffleProof(commitments, chain_commitments, (0, 0, 0, 0), [], [], permuted, chain)
    challenge = make_challenge(context, before, after, proof)
    return after, _respond(group.order, proof, hidden, ordered, links[-1][0], challenge)


def _list_mixing(
    context: Context, before: Sequence[Pair], hidden: _Secrets, executor: Executor | None
) -> Iterator[Mixing]:
    for part in list_slices(len(before), executor):
        yield Mixing(
            context,
            part.start,
            [before[index] for index in hidden.order[part]],
            hidden.nonces[part],
            hidden.masks[part],
            hidden.order_nonces[part],
        )


def _make_links(q: int, hidden: _Secrets, ordered: Sequence[int]) -> list[tuple[int, int]]:
    """Return the exponents of g and h in each link of the chain, from the one before the first."""
    links = [(0, 1)]
    for mask, weight in zip(hidden.chain_masks, ordered, strict=True):
        of_g, of_h = links[-1]
        links.append(((mask + weight * of_g) % q, weight * of_h % q))
    return links


def _make_chain(
    context: Context,
    links: Sequence[tuple[int, int]],
    hidden: _Secrets,
    executor: Executor | None,
) -> tuple[list[str], list[str]]:
    commitments = [
        (nonce + order_nonce * of_g, order_nonce * of_h)
        for nonce, order_nonce, (of_g, of_h) in zip(
            hidden.chain_nonces, hidden.order_nonces, links[:-1], strict=True
        )
    ]
    tasks = (
        Linking(context, links[1:][part], commitments[part])
        for part in list_slices(len(commitments), executor)
    )
    made = list(map_batches(executor, link_slice, tasks))
    return [text for texts, _ in made for text in texts], [t for _, texts in made for t in texts]


def _commit(
    context: Context, hidden: _Secrets, mixed: Sequence[Mixed]
) -> tuple[str, str, str, str, str]:
    group, key, _ = context.open()
    places, betas, alphas = (
        _multiply(group, [part.products[index] for part in mixed]) for index in range(3)
    )
    w1, w2, w3, w4 = hidden.single_nonces
    g = group.generator
    made = (g**w1, g**w2, g**w3 * places, key**-w4 * betas, g**-w4 * alphas)
    return str(made[0]), str(made[1]), str(made[2]), str(made[3]), str(made[4])


def _multiply(group: Group, texts: Sequence[str]) -> Element:
    total = group.neutral
    for text in texts:
        total = total * group.decode_element(text)
    return total


def _respond(
    q: int,
    proof: ShuffleProof,
    hidden: _Secrets,
    ordered: Sequence[int],
    chained: int,
    challenge: int,
) -> ShuffleProof:
    known = (
        sum(hidden.masks),
        chained,
        sum(mask * weight for mask, weight in zip(hidden.masks, ordered, strict=True)),
        sum(nonce * weight for nonce, weight in zip(hidden.nonces, ordered, strict=True)),
    )

    def respond(nonces: Sequence[int], values: Sequence[int]) -> list[int]:
        return [(w + challenge * v) % q for w, v in zip(nonces, values, strict=True)]

    s1, s2, s3, s4 = respond(hidden.single_nonces, known)
    return replace(
        proof,
        responses=(s1, s2, s3, s4),
        chain_responses=respond(hidden.chain_nonces, hidden.chain_masks),
        order_responses=respond(hidden.order_nonces, ordered),
    )

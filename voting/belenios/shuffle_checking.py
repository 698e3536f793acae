"""Checking a shuffle: every element in the group, every equation of the proof.

The equations of the chain are checked together, weighed by random coins of 128 bits: a proof in
which one of them is wrong passes with a probability of 2^-128.
"""

import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from voting.belenios.batches import map_batches
from voting.belenios.errors import InvalidProof, Malformed
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

COIN_BYTES = 16


class Checking(NamedTuple):
    """A slice of a shuffle to check. *chain* begins with the link before the slice."""

    context: Context
    first: int
    before: Sequence[Pair]
    after: Sequence[Pair]
    permuted: Sequence[str]
    chain: Sequence[str]
    chain_commitments: Sequence[str]
    chain_responses: Sequence[int]
    order_responses: Sequence[int]
    weights: Sequence[int]
    challenge: int


class Products(NamedTuple):
    """What a slice adds to the products in the equations, as texts.

    permuted: prod c_i / h_i; weighed: prod c_i^u_i, alpha_i^u_i, beta_i^u_i; ordered:
    prod h_i^s'_i, alpha'_i^s'_i, beta'_i^s'_i. *places* are the generators h_i.
    """

    length: int
    permuted: str
    weighed: tuple[str, str, str]
    ordered: tuple[str, str, str]
    places: list[str]


def check_slice(task: Checking) -> Products:
    """Check the elements and the chain of a slice. Raise Malformed or InvalidProof."""
    group, _, _ = task.context.open()
    before, after = decode_pairs(group, task.before), decode_pairs(group, task.after)
    permuted = [group.decode_element(text) for text in task.permuted]
    chain = [group.decode_element(text) for text in task.chain]
    commitments = [group.decode_element(text) for text in task.chain_commitments]
    pairs = [element for item in (*before, *after) for element in item]
    group.check_bases([*pairs, *permuted, *chain, *commitments])
    places = [group.derive_generator(task.first + index) for index in range(len(permuted))]
    weighed = _weigh(permuted, before, task.weights)
    ordered = _weigh(places, after, task.order_responses)
    _check_chain(group, task, chain, commitments)
    return Products(
        len(permuted),
        str(_multiply(group, permuted) / _multiply(group, places)),
        weighed,
        ordered,
        [str(place) for place in places],
    )


def _weigh(
    elements: Sequence[Element], pairs: Sequence[Ciphertext], exponents: Sequence[int]
) -> tuple[str, str, str]:
    group = elements[0].group
    alphas, betas = [pair.alpha for pair in pairs], [pair.beta for pair in pairs]
    first, second, third = (group.multi_power(row, exponents) for row in (elements, alphas, betas))
    return str(first), str(second), str(third)


def _check_chain(
    group: Group, task: Checking, chain: Sequence[Element], commitments: Sequence[Element]
) -> None:
    """Check that t_i = c_i^-c g^s_i c_(i-1)^s'_i for every link c_i of the slice."""
    coins = [int.from_bytes(secrets.token_bytes(COIN_BYTES), "big") for _ in commitments]
    exponents = [0] * len(chain)
    for index, (coin, response) in enumerate(zip(coins, task.order_responses, strict=True)):
        exponents[index] += coin * response
        exponents[index + 1] -= coin * task.challenge
    exponent = sum(
        coin * response for coin, response in zip(coins, task.chain_responses, strict=True)
    )
    expected = group.multi_power(chain, exponents) * group.generator**exponent
    if group.multi_power(commitments, coins) != expected:
        raise InvalidProof("the chain of the order does not hold")


def _multiply(group: Group, elements: Sequence[Element]) -> Element:
    total = group.neutral
    for element in elements:
        total = total * element
    return total


def check_list(
    context: Context,
    before: Sequence[Pair],
    after: Sequence[Pair],
    proof: ShuffleProof,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> None:
    """Raise InvalidProof or Malformed unless *after* is *before*, re-encrypted and reordered."""
    if len(after) != len(before):
        raise Malformed(f"expected {len(before)} ciphertexts, found {len(after)}")
    weights = make_challenges(context, before, after, proof.permuted)
    challenge = make_challenge(context, before, after, proof)
    parts: list[Products] = []
    done = 0
    tasks = _list_tasks(context, before, after, proof, weights, challenge, executor)
    for part in map_batches(executor, check_slice, tasks):
        parts.append(part)
        done += part.length
        if progress is not None:
            progress(done, len(before))
    _check_places(context, parts)
    _check_equations(context, proof, weights, challenge, parts)


def _list_tasks(
    context: Context,
    before: Sequence[Pair],
    after: Sequence[Pair],
    proof: ShuffleProof,
    weights: Sequence[int],
    challenge: int,
    executor: Executor | None,
) -> Iterator[Checking]:
    first = str(context.open()[2])
    for part in list_slices(len(before), executor):
        link = proof.chain[part.start - 1] if part.start else first
        yield Checking(
            context,
            part.start,
            before[part],
            after[part],
            proof.permuted[part],
            [link, *proof.chain[part]],
            proof.chain_commitments[part],
            proof.chain_responses[part],
            proof.order_responses[part],
            weights[part],
            challenge,
        )


def _check_places(context: Context, parts: Sequence[Products]) -> None:
    group, _, first = context.open()
    places = [text for part in parts for text in part.places]
    if len({*places, str(first), str(group.generator), str(group.neutral)}) != len(places) + 3:
        raise Malformed("two generators are the same")


def _check_equations(
    context: Context,
    proof: ShuffleProof,
    weights: Sequence[int],
    challenge: int,
    parts: Sequence[Products],
) -> None:
    group, key, first = context.open()

    def total(texts: Sequence[str]) -> Element:
        return _multiply(group, [group.decode_element(text) for text in texts])

    permuted = total([part.permuted for part in parts])
    commitment, alpha, beta = (total([part.weighed[i] for part in parts]) for i in range(3))
    places, alphas, betas = (total([part.ordered[i] for part in parts]) for i in range(3))
    last = group.decode_element(proof.chain[-1]) if proof.chain else first
    ended = last / first ** _multiply_numbers(weights, group.order)
    s1, s2, s3, s4 = proof.responses
    g = group.generator
    expected = {
        "number of places": permuted**-challenge * g**s1,
        "end of the chain": ended**-challenge * g**s2,
        "order": commitment**-challenge * g**s3 * places,
        "beta": beta**-challenge * key**-s4 * betas,
        "alpha": alpha**-challenge * g**-s4 * alphas,
    }
    for (name, element), text in zip(expected.items(), proof.commitments, strict=True):
        if str(element) != text:
            raise InvalidProof(f"the equation of the shuffle does not hold ({name})")


def _multiply_numbers(numbers: Sequence[int], q: int) -> int:
    total = 1
    for number in numbers:
        total = total * number % q
    return total

"""The trustees of an election: single ones, all of whom are needed, and groups with a threshold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from voting.belenios.encoding import decode_json, encode_json, get_list
from voting.belenios.errors import Malformed, located
from voting.belenios.groups import Element, Group
from voting.belenios.threshold import Pedersen, parse_pedersen
from voting.belenios.trustee_key import (
    TrusteeKey,
    check_trustee_key,
    make_trustee_key,
    parse_trustee_key,
)

__all__ = [
    "Pedersen",
    "TrusteeKey",
    "Trustees",
    "check_trustee_key",
    "make_lagrange",
    "make_trustee_key",
    "make_trustees",
    "parse_trustees",
]


@dataclass(frozen=True, slots=True)
class Trustees:
    """All trustees of an election. Their ids (*owner*) count from 1, through all items."""

    group: Group
    items: tuple[TrusteeKey | Pedersen, ...]

    @property
    def keys(self) -> tuple[TrusteeKey, ...]:
        """The key with which each trustee decrypts, in the order of their ids."""
        return tuple(key for item in self.items for key in _list_keys(item))

    def __len__(self) -> int:
        return sum(len(_list_keys(item)) for item in self.items)

    def election_key(self) -> Element:
        """Return the key that ballots are sealed with: the product of all public keys."""
        return self.group.product_of_powers((item.public_key, 1) for item in self.items)

    def public_key_of(self, owner: int) -> Element:
        """Return the public key of the trustee with this id. Raise Malformed when there is none."""
        if not 1 <= owner <= len(self):
            raise Malformed(f"there is no trustee {owner}")
        return self.keys[owner - 1].public_key

    def is_enough(self, owners: Collection[int]) -> bool:
        """Tell whether the decryptions of these trustees open the tally."""
        try:
            self.list_exponents(owners)
        except Malformed:
            return False
        return True

    def list_exponents(self, owners: Collection[int]) -> dict[int, int]:
        """Return owner -> exponent of its factor, for those that are used. Raise Malformed.

        Of a group with a threshold the lowest-numbered ones are used, as many as are needed.
        """
        if any(not 1 <= owner <= len(self) for owner in owners):
            raise Malformed("a partial decryption is of no trustee")
        exponents, first = {}, 1
        for item in self.items:
            keys = _list_keys(item)
            indices = [i for i in range(1, len(keys) + 1) if first + i - 1 in owners]
            if isinstance(item, TrusteeKey):
                if not indices:
                    raise Malformed("a partial decryption of every trustee is needed")
                exponents[first] = 1
            else:
                if len(indices) < item.threshold:
                    raise Malformed(
                        f"partial decryptions of {item.threshold} of {len(keys)} trustees are "
                        f"needed, found {len(indices)}"
                    )
                weights = make_lagrange(indices[: item.threshold], self.group.order)
                exponents |= {first + index - 1: weight for index, weight in weights.items()}
            first += len(keys)
        return exponents

    def combine(self, factors: Mapping[int, Element]) -> Element:
        """Return the decryption factor of the election key from those of trustees, owner -> factor.

        Raise Malformed when they are not enough.
        """
        exponents = self.list_exponents(factors)
        return self.group.product_of_powers(
            (factors[owner], exponent) for owner, exponent in exponents.items()
        )


def make_lagrange(indices: Sequence[int], order: int) -> dict[int, int]:
    """Return index -> exponent with which the shares of these trustees give the whole."""
    weights = {}
    for index in indices:
        above, below = 1, 1
        for other in indices:
            if other != index:
                above = above * other % order
                below = below * (other - index) % order
        weights[index] = above * pow(below, -1, order) % order
    return weights


def make_trustees(keys: Sequence[TrusteeKey], pedersen: Sequence[bytes] = ()) -> bytes:
    """Return the trustees record: *keys* as single, mandatory trustees, then groups of trustees.

    Each of *pedersen* is what voting.belenios.ceremony.make_parameters returned.
    """
    singles = [["Single", key.to_json()] for key in keys]
    return encode_json([*singles, *(["Pedersen", decode_json(raw)] for raw in pedersen)])


def parse_trustees(group: Group, raw: bytes) -> Trustees:
    """Read the trustees record and check every proof and signature in it.

    Raise Malformed, InvalidProof, InvalidSignature, or NotSupported for threshold trustees in the
    form of version 2.0.
    """
    items = get_list(decode_json(raw))
    if not items:
        raise Malformed("there is no trustee")
    parsed = []
    for number, item in enumerate(items, 1):
        with located(f"trustee {number}"):
            parsed.append(_parse_item(group, item))
    return Trustees(group, tuple(parsed))


def _parse_item(group: Group, item: object) -> TrusteeKey | Pedersen:
    kind, value = get_list(item, 2)
    if kind == "Pedersen":
        return parse_pedersen(group, value)
    if kind != "Single":
        raise Malformed("the kind of trustee is not known")
    key = parse_trustee_key(group, value)
    check_trustee_key(group, key)
    return key


def _list_keys(item: TrusteeKey | Pedersen) -> tuple[TrusteeKey, ...]:
    return (item,) if isinstance(item, TrusteeKey) else item.keys

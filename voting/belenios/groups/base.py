"""What every group offers: one interface, whatever is fastest inside."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from math import isqrt
from typing import Any

from voting.belenios.encoding import Random
from voting.belenios.errors import InvalidTally, Malformed


class Element:
    """A member of a group. Immutable; `str()` gives the text form of the specification."""

    __slots__ = ("_text", "group", "value")

    def __init__(self, group: "Group", value: Any, text: str | None = None) -> None:
        self.group = group
        self.value = value
        self._text = text

    def __mul__(self, other: "Element") -> "Element":
        return Element(self.group, self.group.multiply(self.value, other.value))

    def __truediv__(self, other: "Element") -> "Element":
        return Element(self.group, self.group.divide(self.value, other.value))

    def __pow__(self, exponent: int) -> "Element":
        return self.group.product_of_powers(((self, exponent),))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Element) and self.group is other.group and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        if self._text is None:
            self._text = self.group.encode(self.value)
        return self._text

    def __repr__(self) -> str:
        return f"Element({self.group.name}, {str(self)[:12]}...)"


class Group(ABC):
    """A group of prime order in which the discrete logarithm is hard.

    *name* stands in election.json and in hashes; *order* is the prime q; exponents are taken mod q.
    """

    name: str
    order: int
    generator: Element
    neutral: Element
    max_integers = 0
    """How many integers of 0..255 fit into one element; 0 means that none do."""
    padding = 0
    """How many low bits of an encoded number are left free, to find an element near it."""

    def parse_element(self, text: object) -> Element:
        """Read an element in canonical form and check that it is in the group. Raise Malformed."""
        element = self.decode_element(text)
        self.check_member(element)
        return element

    @abstractmethod
    def decode_element(self, text: object) -> Element:
        """Read an element in canonical form WITHOUT checking that it is in the group.

        The caller owes a check: check_member, or check_bases for many at once.
        """

    def check_member(self, element: Element) -> None:
        """Raise Malformed unless *element* is in the subgroup of order q."""
        if not self.is_member(element.value):
            raise Malformed("an element is not in the group")

    def check_members(self, elements: Sequence[Element]) -> None:
        """Raise Malformed unless each of *elements* is in the group; many at once may be faster."""
        for element in elements:
            self.check_member(element)

    def check_bases(self, elements: Sequence[Element]) -> None:
        """Do check_members, or leave it to product_of_powers in a group where that does it.

        Only for elements that become bases of product_of_powers before anything else is done with
        them.
        """
        self.check_members(elements)

    def condense(self, bases: Sequence[Element], others: Sequence[Element]) -> list[Element]:
        """Do check_bases and check_members, or return a few elements to be checked instead.

        They are in the group if all of the elements are; and if one is not, then, but for a
        negligible probability, one of these is not either. The lists of several calls have the same
        length (unless empty), and their products item by item stand for all the elements.
        """
        self.check_bases(bases)
        self.check_members(others)
        return []

    @abstractmethod
    def is_member(self, value: Any) -> bool:
        """Tell whether *value* is in the subgroup of order q."""

    def parse_scalar(self, text: object) -> int:
        """Read a decimal scalar, 0 <= value < q, no sign, no leading zero. Raise Malformed."""
        if type(text) is not str or not text.isdigit() or not text.isascii():
            raise Malformed("a scalar is not a string of decimal digits")
        if len(text) > self._order_digits or (text[0] == "0" and len(text) > 1):
            raise Malformed("a scalar is not in canonical form or out of range")
        value = int(text)
        if value >= self.order:
            raise Malformed("a scalar is out of range")
        return value

    def random_scalar(self, random: Random) -> int:
        """Return a uniform scalar in [0, q), by rejection."""
        bits = self.order.bit_length()
        size = (bits + 7) // 8
        while True:
            value = int.from_bytes(random(size), "big") >> (size * 8 - bits)
            if value < self.order:
                return value

    def hash_to_scalar(self, text: str) -> int:
        """Return SHA-256 of the UTF-8 text as a big-endian integer mod q."""
        return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") % self.order

    @abstractmethod
    def precompute(self, element: Element) -> None:
        """Make powers of *element* several times faster, at the price of a table in memory."""

    @abstractmethod
    def product_of_powers(self, terms: Iterable[tuple[Element, int]]) -> Element:
        """Return the product of element ** exponent over *terms*."""

    def multi_power(self, elements: Sequence[Element], exponents: Sequence[int]) -> Element:
        """Return the product of element ** exponent over many pairs; as product_of_powers does."""
        return self.product_of_powers(zip(elements, exponents, strict=True))

    def masked_power(
        self, key: Element, mask: int, element: Element, shift: int, exponent: int
    ) -> Element:
        """Return key ** mask * (element / generator ** shift) ** exponent."""
        if shift:
            element = element * self.negative_power(shift)
        return self.product_of_powers(((key, mask), (element, exponent)))

    def negative_power(self, exponent: int) -> Element:
        """Return generator ** -exponent; small exponents are remembered."""
        return _negative_power(self, exponent)

    def discrete_logarithms(self, elements: Sequence[Element], bound: int) -> list[int]:
        """Return n with generator ** n == element, 0 <= n <= bound, for each of *elements*.

        Baby-step giant-step: about sqrt(len(elements) * bound) operations and entries.
        Raise InvalidTally when an element has no such n.
        """
        size = min(bound + 1, isqrt(bound * max(1, len(elements))) + 1)
        table = self._make_baby_steps(size)
        giant = self.generator ** (-size)
        return [self._find_logarithm(element, table, giant, bound) for element in elements]

    def _make_baby_steps(self, size: int) -> dict[Any, int]:
        table = {}
        power = self.neutral.value
        for exponent in range(size):
            table[power] = exponent
            power = self.multiply(power, self.generator.value)
        return table

    def _find_logarithm(
        self, element: Element, table: dict[Any, int], giant: Element, bound: int
    ) -> int:
        value = element.value
        for steps in range(bound // len(table) + 1):
            found = table.get(value)
            if found is not None and (count := steps * len(table) + found) <= bound:
                return count
            value = self.multiply(value, giant.value)
        raise InvalidTally("a decrypted count is larger than the total weight")

    def encode_integers(self, values: Sequence[int]) -> Element:
        """Return the element that stands for these integers of 0..255, most significant first.

        It is the first member of the group at or after their number. Raise Malformed when there are
        more than *max_integers*, or one is out of range.
        """
        if len(values) > self.max_integers:
            raise Malformed(f"at most {self.max_integers} integers fit into an element")
        if any(type(value) is not int or not 0 <= value <= 255 for value in values):
            raise Malformed("an integer is not from 0 to 255")
        number = int.from_bytes(bytes(values), "big") << self.padding
        for candidate in range(number, number + (1 << self.padding)):
            value = self.find_value(candidate)
            if value is not None and self.is_member(value):
                return Element(self, value)
        raise Malformed("the integers cannot be encoded")

    def decode_integers(self, element: Element, count: int) -> list[int]:
        """Return the *count* integers in an element, whoever made it; further bits are ignored."""
        number = self.get_number(element.value) >> self.padding
        return list((number % (1 << 8 * count)).to_bytes(count, "big"))

    @abstractmethod
    def find_value(self, number: int) -> Any:
        """Return the value whose number is *number*, perhaps outside the group; None if none is."""

    @abstractmethod
    def get_number(self, value: Any) -> int:
        """Return the number of a value: what its text form writes down."""

    @abstractmethod
    def derive_generator(self, index: int) -> Element:
        """Return the generator of this index (from -1), whose logarithm nobody knows."""

    @abstractmethod
    def multiply(self, left: Any, right: Any) -> Any:
        """Multiply two values."""

    @abstractmethod
    def divide(self, left: Any, right: Any) -> Any:
        """Divide two values."""

    @abstractmethod
    def encode(self, value: Any) -> str:
        """Return the text form of a value."""

    @abstractmethod
    def sort_key(self, element: Element) -> Any:
        """Return the key by which the specification sorts credentials and ciphertexts."""

    @cached_property
    def _order_digits(self) -> int:
        return len(str(self.order))


@lru_cache(maxsize=512)
def _negative_power(group: Group, exponent: int) -> Element:
    return group.generator**-exponent

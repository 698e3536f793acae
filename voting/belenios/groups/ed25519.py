"""Ed25519: libsodium for single operations, a gmpy2 table for a much used base.

Values are the 32-byte encodings of RFC 8032 (little-endian); the text form is their reversed hex.
libsodium refuses scalar 0 and the neutral element, so both are treated here.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from gmpy2 import invert

from voting.belenios.errors import Malformed
from voting.belenios.groups import edwards, sodium
from voting.belenios.groups.base import Element, Group

ORDER = 2**252 + 27742317777372353535851937790883648493
_P = 2**255 - 19
_NEUTRAL = (1).to_bytes(32, "little")
_GENERATOR = bytes.fromhex("66" * 31 + "58")[::-1]
_TEXT = re.compile(r"[0-9a-f]{64}", re.ASCII)


@lru_cache(maxsize=16)
def _get_table(value: bytes) -> edwards.Table:
    return edwards.make_table(value)


@lru_cache(maxsize=512)
def _get_entry(value: bytes) -> edwards.Entry:
    return edwards.make_entry(value)


class Ed25519(Group):
    """The subgroup of prime order of the curve edwards25519."""

    name = "Ed25519"
    order = ORDER
    max_integers = 30
    padding = 14

    def __init__(self) -> None:
        self.neutral = Element(self, _NEUTRAL)
        self.generator = Element(self, _GENERATOR)
        self._tabled: set[bytes] = set()

    def decode_element(self, text: object) -> Element:
        """Read 64 lower-case hexadecimal digits with y < p. Membership is still to be checked."""
        if type(text) is not str or _TEXT.fullmatch(text) is None:
            raise Malformed("an element is not 64 lower-case hexadecimal digits")
        number = int(text, 16)
        if number & (2**255 - 1) >= _P:
            raise Malformed("an element is not in canonical form")
        return Element(self, bytes.fromhex(text)[::-1], text)

    def is_member(self, value: bytes) -> bool:
        """Tell whether the encoding is canonical, on the curve and in the prime-order subgroup."""
        return value == _NEUTRAL or sodium.is_valid(value)

    def check_bases(self, elements: Sequence[Element]) -> None:
        """Leave the check to product_of_powers: libsodium makes it with every multiplication."""
        del elements

    def precompute(self, element: Element) -> None:
        """Make the table for *element* (3 MB, 50 ms) when first used; the 16 last used are kept."""
        if element.value not in self._tabled:
            self.check_member(element)
            self._tabled.add(element.value)

    def product_of_powers(self, terms: Iterable[tuple[Element, int]]) -> Element:
        """Return the product of element ** exponent over *terms*.

        Raise Malformed when one of the elements is not in the group, whatever its exponent.
        """
        total = _NEUTRAL
        for element, exponent in terms:
            power = self._power(element.value, exponent % ORDER)
            total = power if total == _NEUTRAL else sodium.add(total, power)
        return Element(self, total)

    def masked_power(
        self, key: Element, mask: int, element: Element, shift: int, exponent: int
    ) -> Element:
        """Return key ** mask * (element / generator ** shift) ** exponent.

        With a table for *key* it is (key ** (mask / exponent) / generator ** shift * element) **
        exponent: what stands in the bracket is in the group exactly if *element* is, so that
        libsodium still makes the check, and it adds once in place of twice.
        """
        exponent %= ORDER
        if not shift or not exponent or key.value not in self._tabled:
            return super().masked_power(key, mask, element, shift, exponent)
        factor = int(mask * invert(exponent, ORDER) % ORDER)
        point = edwards.multiply(_get_table(key.value), factor)
        point = edwards.add(point, _get_entry(self.negative_power(shift).value))
        inner = sodium.add(edwards.encode_point(point), element.value)
        return Element(self, self._power(inner, exponent))

    def _power(self, value: bytes, exponent: int) -> bytes:
        if exponent == 0 or value == _NEUTRAL:
            if not self.is_member(value):
                raise Malformed("an element is not in the group")
            return _NEUTRAL
        if value == _GENERATOR:
            return sodium.multiply_base(exponent.to_bytes(32, "little"))
        if value in self._tabled:
            return edwards.encode_point(edwards.multiply(_get_table(value), exponent))
        return sodium.multiply(exponent.to_bytes(32, "little"), value)

    def multiply(self, left: bytes, right: bytes) -> bytes:
        """Add two points. Raise Malformed when one of them is not on the curve."""
        return sodium.add(left, right)

    def divide(self, left: bytes, right: bytes) -> bytes:
        """Subtract two points. Raise Malformed when one of them is not on the curve."""
        return sodium.subtract(left, right)

    def encode(self, value: bytes) -> str:
        """Return the big-endian hexadecimal form."""
        return value[::-1].hex()

    def find_value(self, number: int) -> bytes | None:
        """Return the encoding that is *number*; whether it is a point is left to is_member."""
        return number.to_bytes(32, "little") if number < _P else None

    def get_number(self, value: bytes) -> int:
        """Return the encoding as a number, the sign of x as bit 255."""
        return int.from_bytes(value, "little")

    def derive_generator(self, index: int) -> Element:
        """Return 8 times the first point at or after the hash of the index."""
        number = int.from_bytes(hashlib.sha256(f"ggen|{index}".encode()).digest(), "big") >> 2
        return Element(self, edwards.encode_point(edwards.clear_cofactor(number)))

    def sort_key(self, element: Element) -> bytes:
        """Return the little-endian encoding: the specification compares it bytewise."""
        return bytes(element.value)

"""Ed25519: libsodium for single operations, a gmpy2 table for a much used base.

Values are the 32-byte encodings of RFC 8032 (little-endian); the text form is their reversed hex.
libsodium refuses scalar 0 and the neutral element, so both are treated here.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from nacl.bindings import (
    crypto_core_ed25519_add,
    crypto_core_ed25519_is_valid_point,
    crypto_core_ed25519_sub,
    crypto_scalarmult_ed25519_base_noclamp,
    crypto_scalarmult_ed25519_noclamp,
)

from voting.belenios.errors import Malformed
from voting.belenios.groups import edwards
from voting.belenios.groups.base import Element, Group

ORDER = 2**252 + 27742317777372353535851937790883648493
_P = 2**255 - 19
_NEUTRAL = (1).to_bytes(32, "little")
_GENERATOR = bytes.fromhex("66" * 31 + "58")[::-1]
_TEXT = re.compile(r"[0-9a-f]{64}", re.ASCII)


@lru_cache(maxsize=16)
def _get_table(value: bytes) -> edwards.Table:
    return edwards.make_table(value)


class Ed25519(Group):
    """The subgroup of prime order of the curve edwards25519."""

    name = "Ed25519"
    order = ORDER

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
        return value == _NEUTRAL or bool(crypto_core_ed25519_is_valid_point(value))

    def precompute(self, element: Element) -> None:
        """Make the table for *element* (3 MB, 0.1 s); the 16 last used are kept."""
        self._tabled.add(element.value)

    def product_of_powers(self, terms: Iterable[tuple[Element, int]]) -> Element:
        """Return the product of element ** exponent over *terms*."""
        total = _NEUTRAL
        for element, exponent in terms:
            power = self._power(element.value, exponent % ORDER)
            total = power if total == _NEUTRAL else self.multiply(total, power)
        return Element(self, total)

    def _power(self, value: bytes, exponent: int) -> bytes:
        if exponent == 0 or value == _NEUTRAL:
            return _NEUTRAL
        if value == _GENERATOR:
            return crypto_scalarmult_ed25519_base_noclamp(exponent.to_bytes(32, "little"))
        if value in self._tabled:
            table = _get_table(value)
            return edwards.encode_point(edwards.add_multiple(edwards.NEUTRAL, table, exponent))
        return crypto_scalarmult_ed25519_noclamp(exponent.to_bytes(32, "little"), value)

    def multiply(self, left: bytes, right: bytes) -> bytes:
        """Add two points."""
        return crypto_core_ed25519_add(left, right)

    def divide(self, left: bytes, right: bytes) -> bytes:
        """Subtract two points."""
        return crypto_core_ed25519_sub(left, right)

    def encode(self, value: bytes) -> str:
        """Return the big-endian hexadecimal form."""
        return value[::-1].hex()

    def sort_key(self, element: Element) -> bytes:
        """Return the little-endian encoding: the specification compares it bytewise."""
        return bytes(element.value)

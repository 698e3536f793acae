"""The four operations of libsodium on Edwards points, without PyNaCl's checks of its arguments.

A ballot takes about 170 of these calls, and PyNaCl's wrappers would add a tenth to the time of its
check. The arguments here are always bytes of length 32; anything else is a fault of the caller.
"""

from nacl._sodium import ffi, lib

from voting.belenios.errors import Malformed

_new = ffi.new
_buffer = ffi.buffer
_multiply = lib.crypto_scalarmult_ed25519_noclamp
_multiply_base = lib.crypto_scalarmult_ed25519_base_noclamp
_add = lib.crypto_core_ed25519_add
_subtract = lib.crypto_core_ed25519_sub
_is_valid = lib.crypto_core_ed25519_is_valid_point
_POINT = ffi.typeof("unsigned char[32]")


def multiply(scalar: bytes, point: bytes) -> bytes:
    """Return scalar * point. Malformed unless *point* is in the prime-order subgroup, not neutral.

    *scalar* is little-endian and must not be 0 mod q.
    """
    made = _new(_POINT)
    if _multiply(made, scalar, point):
        raise Malformed("an element is not in the group")
    return bytes(_buffer(made))


def multiply_base(scalar: bytes) -> bytes:
    """Return scalar * base point; *scalar* is little-endian and must not be 0 mod q."""
    made = _new(_POINT)
    if _multiply_base(made, scalar):
        raise Malformed("a scalar is zero")
    return bytes(_buffer(made))


def add(left: bytes, right: bytes) -> bytes:
    """Return left + right. Malformed when one of them is not on the curve."""
    made = _new(_POINT)
    if _add(made, left, right):
        raise Malformed("an element is not in the group")
    return bytes(_buffer(made))


def subtract(left: bytes, right: bytes) -> bytes:
    """Return left - right. Malformed when one of them is not on the curve."""
    made = _new(_POINT)
    if _subtract(made, left, right):
        raise Malformed("an element is not in the group")
    return bytes(_buffer(made))


def is_valid(point: bytes) -> bool:
    """Tell whether *point* is canonical, in the prime-order subgroup, and not neutral."""
    return bool(_is_valid(point))

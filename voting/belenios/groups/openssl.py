"""Powers mod p in OpenSSL, the library behind Python's own hashlib, where it is at hand.

It chooses its multiplication by the processor; the GMP in gmpy2's wheel knows only processors older
than itself and takes a third longer on newer ones. Where there is no OpenSSL, gmpy2 does the same.
"""

import ctypes
import threading
from functools import cache
from typing import Any

from gmpy2 import mpz, powmod

LIBRARY = "libcrypto.so.3"
FROM_BITS = 128
"""Smaller exponents are not worth the way there and back."""

_POINTER, _BYTES = ctypes.c_void_p, ctypes.c_char_p
_FUNCTIONS = {  # what it returns, and takes
    "BN_new": (_POINTER, ()),
    "BN_CTX_new": (_POINTER, ()),
    "BN_MONT_CTX_new": (_POINTER, ()),
    "BN_lebin2bn": (_POINTER, (_BYTES, ctypes.c_int, _POINTER)),
    "BN_bn2lebinpad": (ctypes.c_int, (_POINTER, _BYTES, ctypes.c_int)),
    "BN_MONT_CTX_set": (ctypes.c_int, (_POINTER, _POINTER, _POINTER)),
    "BN_mod_exp_mont": (ctypes.c_int, (_POINTER,) * 6),
}


def load(name: str) -> Any:
    """Return the library, ready to be called; None when it is not there or lacks a function."""
    try:
        library = ctypes.PyDLL(name)
        for function, (result, arguments) in _FUNCTIONS.items():
            entry = getattr(library, function)
            entry.restype, entry.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return library


_library = load(LIBRARY)
_lock = threading.Lock()


def power(base: mpz, exponent: int, p: mpz) -> mpz:
    """Return base ** exponent mod *p*; 0 <= base < p, exponent >= 0."""
    if _library is None or exponent.bit_length() < FROM_BITS:
        return powmod(base, exponent, p)
    with _lock:
        return _get_field(p).power(base, exponent)


@cache
def _get_field(p: mpz) -> "_Field":
    return _Field(_library, p)


class _Field:
    """The numbers that OpenSSL works with: for one power at a time, and never given back."""

    def __init__(self, library: Any, p: mpz) -> None:
        self._p, self._library = p, library
        self._size = -(-p.bit_length() // 8)
        self._base, self._exponent, self._power = (library.BN_new() for _ in range(3))
        self._context, self._montgomery = library.BN_CTX_new(), library.BN_MONT_CTX_new()
        self._modulus = self._load(int(p), library.BN_new())
        self._buffer = ctypes.create_string_buffer(self._size)
        library.BN_MONT_CTX_set(self._montgomery, self._modulus, self._context)

    def power(self, base: mpz, exponent: int) -> mpz:
        """Return base ** exponent mod p; gmpy2's where OpenSSL fails, as it does when p is even."""
        done = self._library.BN_mod_exp_mont(
            self._power,
            self._load(int(base), self._base),
            self._load(exponent, self._exponent),
            self._modulus,
            self._context,
            self._montgomery,
        )
        if not done or self._library.BN_bn2lebinpad(self._power, self._buffer, self._size) < 0:
            return powmod(base, exponent, self._p)
        return mpz(int.from_bytes(self._buffer.raw, "little"))

    def _load(self, number: int, into: int) -> int:
        """Return *into*, which now is *number*."""
        raw = number.to_bytes(-(-number.bit_length() // 8), "little")
        return int(self._library.BN_lebin2bn(raw, len(raw), into))

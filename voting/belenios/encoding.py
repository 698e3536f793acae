"""The one codec: compact JSON, canonical to the byte."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from voting.belenios.errors import Malformed

Random = Callable[[int], bytes]
"""A source of randomness: called with a number of bytes, returns that many."""

MAX_NUMBER_DIGITS = 18
LARGEST_JSON_WEIGHT = 2**30 - 1
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_DECIMAL = re.compile(r"0|[1-9][0-9]*", re.ASCII)


def encode_json(value: object) -> bytes:
    """Return *value* as compact UTF-8 JSON, fields in the order of the dictionary."""
    return _write(value).encode()


def decode_json(raw: bytes) -> Any:
    """Read canonical JSON: writing it again gives the same bytes. Raise Malformed otherwise.

    A field that stands there twice is written once, and so refused.
    """
    value = _loads(raw, _refuse_float)
    try:
        again = encode_json(value)
    except (RecursionError, UnicodeEncodeError) as error:
        raise Malformed("the JSON text cannot be written in canonical form") from error
    if again != raw:
        raise Malformed("the JSON text is not in canonical form")
    return value


def decode_free_json(raw: bytes) -> Any:
    """Read JSON in any layout (election.json, whose bytes are kept); no field may be double."""
    return _loads(raw, float, _make_object)


def get_fields(value: object, *names: str) -> list[Any]:
    """Return the values of an object with exactly the fields *names*, in that order."""
    if type(value) is not dict or tuple(value) != names:
        raise Malformed(f"expected an object with exactly the fields {', '.join(names)}")
    return list(value.values())


def get_list(value: object, length: int | None = None) -> list[Any]:
    """Return *value* if it is an array (of exactly *length* items when given)."""
    if type(value) is not list:
        raise Malformed("expected an array")
    if length is not None and len(value) != length:
        raise Malformed(f"expected an array of {length} items, found {len(value)}")
    return value


def get_text(value: object) -> str:
    """Return *value* if it is a string."""
    if type(value) is not str:
        raise Malformed("expected a string")
    return value


def get_integer(value: object) -> int:
    """Return *value* if it is an integer of at least 0 (true and false are not)."""
    if type(value) is not int or value < 0:
        raise Malformed("expected an integer of at least 0")
    return value


def parse_decimal(text: object, limit: int) -> int:
    """Read decimal digits without sign or leading zero, 0 <= value < *limit*."""
    if type(text) is not str:
        raise Malformed("expected a string of decimal digits")
    if len(text) > len(str(limit)) or _DECIMAL.fullmatch(text) is None:
        raise Malformed("expected decimal digits, with no sign and no leading zero, in range")
    value = int(text)
    if value >= limit:
        raise Malformed("a number is not in range")
    return value


def encode_weight(weight: int) -> int | str:
    """Return a weight or a count in JSON form: a number up to 2^30-1, a string above."""
    return weight if weight <= LARGEST_JSON_WEIGHT else str(weight)


def parse_weight(value: object, limit: int) -> int:
    """Read a weight or a count, 0 <= weight < *limit*, in the form that encode_weight writes."""
    if type(value) is str:
        weight = parse_decimal(value, limit)
        if weight <= LARGEST_JSON_WEIGHT:
            raise Malformed("a small number is written as a string")
        return weight
    weight = get_integer(value)
    if weight > LARGEST_JSON_WEIGHT:
        raise Malformed("a large number is not written as a string")
    if weight >= limit:
        raise Malformed("a number is not in range")
    return weight


def hex_digest(raw: bytes) -> str:
    """Return the SHA-256 of *raw* as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def base64_digest(raw: bytes) -> str:
    """Return the SHA-256 of *raw* in Base64 without padding: 43 characters."""
    return base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")


def is_hash(value: object) -> bool:
    """Tell whether *value* is a SHA-256 in lower-case hexadecimal."""
    return type(value) is str and _HASH.fullmatch(value) is not None


def _loads(
    raw: bytes,
    parse_float: Callable[[str], Any],
    make_object: Callable[[list[tuple[str, Any]]], Any] | None = None,
) -> Any:
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=make_object,
            parse_int=_parse_integer,
            parse_float=parse_float,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        raise Malformed("the text is not well-formed JSON") from error


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Malformed("an object has the same field twice")
    return made


def _parse_integer(text: str) -> int:
    if len(text) > MAX_NUMBER_DIGITS:
        raise Malformed("a number has too many digits")
    return int(text)


def _refuse_float(text: str) -> NoReturn:
    raise Malformed(f"the number {text[:20]} is not an integer")


def _refuse_constant(text: str) -> NoReturn:
    raise Malformed(f"{text} is not JSON")

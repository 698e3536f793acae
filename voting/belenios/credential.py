"""Identifiers and credentials."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping

from voting.belenios.encoding import (
    BASE58,
    Random,
    decode_json,
    encode_json,
    get_list,
    get_text,
    parse_decimal,
)
from voting.belenios.errors import Malformed, located
from voting.belenios.groups import Group

LENGTH = 22
OLD_LENGTH = 15
_PARTS = (5, 6, 5, 6)
_OLD_PARTS = (3, 3, 3, 3, 3)
_OLD_MODULUS = 53
_OLD_ITERATIONS = 1000
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe58\ufe63\uff0d"


def make_base58(length: int, random: Random = secrets.token_bytes) -> str:
    """Return *length* uniform base58 characters."""
    made = ""
    while len(made) < length:
        made += "".join(BASE58[byte % 58] for byte in random(length) if byte < 232)
    return made[:length]


def make_credential(random: Random = secrets.token_bytes) -> str:
    """Return a fresh private credential, XXXXX-XXXXXX-XXXXX-XXXXXX (about 128.9 bits)."""
    return _group_parts(make_base58(LENGTH, random), _PARTS)


def derive_credential(seed: bytes, label: str) -> str:
    """Return the private credential that belongs to *label* under the secret *seed*.

    HMAC-SHA256(seed, "label|counter") gives the bytes; those of 232 and above are passed over,
    so that each character is uniform.
    """
    counter = 0

    def random(length: int) -> bytes:
        nonlocal counter
        block = hmac.digest(seed, f"{label}|{counter}".encode(), "sha256")
        counter += 1
        return block

    return make_credential(random)


def parse_credential(text: str) -> str:
    """Return the canonical form of a private credential that a person typed or pasted.

    Blanks are passed over; dashes may be missing or of another kind. Both the present form (22
    characters) and the form of version 2.0 (15 characters, the last a checksum) are read.
    Raise Malformed otherwise.
    """
    characters = "".join(text.split())
    for dash in _DASHES:
        characters = characters.replace(dash, "")
    if any(character not in BASE58 for character in characters):
        raise Malformed("a credential has a character that is never used in one")
    if len(characters) == LENGTH:
        return _group_parts(characters, _PARTS)
    if len(characters) == OLD_LENGTH:
        _check_old_checksum(characters)
        return _group_parts(characters, _OLD_PARTS)
    raise Malformed(f"a credential has {LENGTH} characters; this text has {len(characters)}")


def private_key(group: Group, uuid: str, credential: str) -> int:
    """Return the signing key that belongs to a private credential in the election *uuid*."""
    credential = parse_credential(credential)
    if len(credential) == OLD_LENGTH + len(_OLD_PARTS) - 1:
        digest = hashlib.pbkdf2_hmac(
            "sha256", credential.encode(), uuid.encode(), _OLD_ITERATIONS, 32
        )
        return int.from_bytes(digest, "big") % group.order
    halves = [
        hashlib.sha256(f"derive_credential|{uuid}|{half}|{credential}".encode()).digest()
        for half in (0, 1)
    ]
    return int.from_bytes(b"".join(halves), "big") % group.order


def public_credential(group: Group, uuid: str, credential: str) -> str:
    """Return the text form of the public half of a private credential."""
    return str(group.generator ** private_key(group, uuid, credential))


def make_public_credentials(group: Group, weights: Mapping[str, int]) -> bytes:
    """Return the credential list (public credential -> weight) as sorted JSON.

    Weights are written as soon as one of them is not 1.
    """
    texts = sorted(weights, key=lambda text: group.sort_key(group.decode_element(text)))
    if all(weight == 1 for weight in weights.values()):
        return encode_json(texts)
    return encode_json([f"{text},{weights[text]}" for text in texts])


def parse_public_credentials(group: Group, raw: bytes) -> dict[str, int]:
    """Return public credential -> weight, in the order of the list. Raise Malformed.

    Each credential is in the group and distinct, each weight is a decimal integer of at least 0,
    and the sum of all weights is below q, so that a count is never ambiguous.
    """
    entries = split_public_credentials(raw)
    check_entries(group, entries)
    return read_weights(group, entries)


def split_public_credentials(raw: bytes) -> list[str]:
    """Return the entries of a credential list, yet unchecked. Raise Malformed."""
    return [get_text(entry) for entry in get_list(decode_json(raw))]


def check_entries(group: Group, entries: Iterable[str], first: int = 1) -> None:
    """Raise Malformed unless every entry begins with an element of the group."""
    elements = []
    for number, entry in enumerate(entries, first):
        with located(f"credential {number}"):
            elements.append(group.decode_element(entry.partition(",")[0]))
    try:
        group.check_members(elements)
    except Malformed as error:
        flags = [group.is_member(element.value) for element in elements]
        raise Malformed(f"credential {first + flags.index(False)}: {error}") from error


def read_weights(group: Group, entries: Iterable[str]) -> dict[str, int]:
    """Return public credential -> weight of checked entries. Raise Malformed."""
    weights: dict[str, int] = {}
    total = 0
    for number, entry in enumerate(entries, 1):
        with located(f"credential {number}"):
            text, comma, weight = entry.partition(",")
            if text in weights:
                raise Malformed("the credential is in the list twice")
            weights[text] = parse_decimal(weight, group.order) if comma else 1
            total += weights[text]
    if total >= group.order:
        raise Malformed("the sum of all weights is too large for this group")
    return weights


def _group_parts(characters: str, parts: tuple[int, ...]) -> str:
    grouped = []
    start = 0
    for length in parts:
        grouped.append(characters[start : start + length])
        start += length
    return "-".join(grouped)


def _check_old_checksum(characters: str) -> None:
    value = 0
    for character in characters[:-1]:
        value = value * 58 + BASE58.index(character)
    if (value + BASE58.index(characters[-1])) % _OLD_MODULUS:
        raise Malformed("the last character of the credential does not fit the others")

"""Messages of the ceremony that only one trustee can open, signed by the one who sends them."""

import hashlib
import secrets
from binascii import unhexlify

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from voting.belenios.encoding import Random, decode_json, encode_json, get_fields, get_text
from voting.belenios.errors import Malformed
from voting.belenios.groups import Element, Group
from voting.belenios.pki import check_message, sign_message

MAX_MESSAGE = 2**24
TAG_LENGTH = 8


# Sealed messages


def seal_message(
    group: Group, encryption: Element, text: str, random: Random = secrets.token_bytes
) -> dict[str, str]:
    """Seal *text* so that only the owner of *encryption* can open it, in JSON form."""
    plain = text.encode()
    if len(plain) >= MAX_MESSAGE:
        raise Malformed("a message is too long to be sealed")
    nonce, secret = group.random_scalar(random), group.random_scalar(random)
    shared, alpha = group.generator**secret, group.generator**nonce
    cipher, initial = _make_cipher(shared, alpha, len(plain))
    return {
        "alpha": str(alpha),
        "beta": str(encryption**nonce * shared),
        "data": cipher.encrypt(initial, plain, None).hex(),
    }


def open_message(group: Group, key: int, value: object) -> str:
    """Open a sealed message with a private key. Raise Malformed when it is not for this key."""
    alpha_text, beta_text, data = get_fields(value, "alpha", "beta", "data")
    alpha, beta = group.parse_element(alpha_text), group.parse_element(beta_text)
    sealed = _decode_hex(get_text(data))
    length = len(sealed) - TAG_LENGTH
    if not 0 <= length < MAX_MESSAGE:
        raise Malformed("a sealed message has no possible length")
    cipher, initial = _make_cipher(beta / alpha**key, alpha, length)
    try:
        return cipher.decrypt(initial, sealed, None).decode()
    except (InvalidTag, UnicodeDecodeError) as error:
        raise Malformed("a sealed message cannot be opened with this key") from error


def _make_cipher(shared: Element, alpha: Element, length: int) -> tuple[AESCCM, bytes]:
    key = hashlib.sha256(f"key|{shared}".encode()).digest()
    initial = hashlib.sha256(f"iv|{alpha}".encode()).digest()
    return AESCCM(key, tag_length=TAG_LENGTH), initial[: 13 if length < 2**16 else 12]


def _decode_hex(text: str) -> bytes:
    try:
        raw = unhexlify(text)
    except ValueError as error:
        raise Malformed("data is not hexadecimal") from error
    if raw.hex() != text:
        raise Malformed("data is not lower-case hexadecimal")
    return raw


# Channels: signed by the sender, sealed for the recipient


def send(
    group: Group,
    key: int,
    recipient: Element,
    message: str,
    random: Random = secrets.token_bytes,
) -> str:
    """Sign *message* with the private key *key*, and seal it for *recipient*."""
    channel = encode_json({"recipient": str(recipient), "message": message}).decode()
    signed = encode_json(sign_message(group, key, channel, random)).decode()
    return encode_json(seal_message(group, recipient, signed, random)).decode()


def receive(group: Group, key: int, sender: Element, text: object) -> str:
    """Return the message in *text*, sealed for the private key *key* and signed by *sender*.

    Raise Malformed when it is not for this key, InvalidSignature when it is of somebody else.
    """
    signed = open_message(group, key, decode_json(get_text(text).encode()))
    channel = check_message(group, sender, decode_json(signed.encode()))
    recipient, message = get_fields(decode_json(channel.encode()), "recipient", "message")
    if recipient != str(group.generator**key):
        raise Malformed("a sealed message was signed for another recipient")
    return get_text(message)

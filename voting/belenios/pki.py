"""Keys of trustees for the ceremony, and messages that they sign."""

import secrets

from voting.belenios.credential import LENGTH, make_base58
from voting.belenios.encoding import BASE58, Random, get_fields, get_text
from voting.belenios.errors import InvalidProof, InvalidSignature, Malformed
from voting.belenios.groups import Element, Group
from voting.belenios.proofs import Proof, check_knowledge, make_knowledge, parse_proof


def make_seed(random: Random = secrets.token_bytes) -> str:
    """Return a fresh seed: 22 base58 characters, from which both private keys follow."""
    return make_base58(LENGTH, random)


def parse_seed(text: str) -> str:
    """Return *text* if it is a seed. Raise Malformed."""
    if len(text) != LENGTH or any(character not in BASE58 for character in text):
        raise Malformed(f"a private key has {LENGTH} base58 characters")
    return text


def signing_key(group: Group, seed: str) -> int:
    """Return the private key that signs. Raise Malformed when *seed* is not one."""
    return group.hash_to_scalar(f"sk|{parse_seed(seed)}")


def decryption_key(group: Group, seed: str) -> int:
    """Return the private key that opens messages. Raise Malformed when *seed* is not one."""
    return group.hash_to_scalar(f"dk|{parse_seed(seed)}")


# Signed messages


def make_signature(group: Group, key: int, message: str, random: Random) -> Proof:
    """Sign *message* with a private key."""
    return make_knowledge(group, f"sigmsg|{message}|", key, random)


def check_signature(group: Group, verification: Element, message: str, signature: Proof) -> None:
    """Raise InvalidSignature unless the owner of *verification* signed *message*."""
    try:
        check_knowledge(group, f"sigmsg|{message}|", verification, signature)
    except InvalidProof as error:
        raise InvalidSignature("the signature does not hold") from error


def sign_message(
    group: Group, key: int, message: str, random: Random = secrets.token_bytes
) -> dict[str, object]:
    """Return *message* with its signature, in JSON form."""
    signature = make_signature(group, key, message, random)
    return {"message": message, "signature": signature.to_json()}


def read_signed(group: Group, value: object) -> tuple[str, Proof]:
    """Return the message and the signature of a signed message, unchecked. Raise Malformed."""
    message, signature = get_fields(value, "message", "signature")
    return get_text(message), parse_proof(group, signature)


def check_message(group: Group, verification: Element, value: object) -> str:
    """Return the text of a signed message. Raise InvalidSignature unless the signature holds."""
    message, signature = read_signed(group, value)
    check_signature(group, verification, message, signature)
    return message

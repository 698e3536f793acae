"""The ceremony in which trustees make a shared key that no one ever holds alone.

Step functions over bytes: what trustees send to the server and get from it. Every function checks
all that it is given, and names whose message is at fault. Positions (*index*) count from 1.

1. every trustee: make_certificate; the server: check_certificate
2. every trustee, given all certificates: make_contribution; the server: check_contribution
3. the server, for every trustee: make_input; the trustee: make_output; the server: check_output
4. the server: make_parameters, which go into the trustees record
To decrypt, a trustee opens its private key with open_private_key.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from voting.belenios.channel import receive, send
from voting.belenios.encoding import (
    Random,
    decode_json,
    encode_json,
    get_fields,
    get_list,
    get_text,
)
from voting.belenios.errors import InvalidProof, Malformed, located
from voting.belenios.groups import Element, Group
from voting.belenios.pki import decryption_key, make_signature, sign_message, signing_key
from voting.belenios.proofs import parse_proof
from voting.belenios.threshold import (
    Certificate,
    add_commitments,
    check_contribution_signature,
    check_verification_key,
    evaluate_commitments,
    make_statement,
    parse_pedersen,
    read_certificate,
    read_certificates,
    read_commitments,
)
from voting.belenios.trustee_key import (
    TrusteeKey,
    parse_trustee_key,
    prove_trustee_key,
)

_CONTRIBUTION = ("polynomial", "secrets", "coefexps", "signature")
_INPUT = ("polynomial", "secrets", "coefexps", "signatures")
_OUTPUT = ("private_key", "public_key")


@dataclass(frozen=True, slots=True)
class Ceremony:
    """The certificates of all trustees, checked: the ground on which everything else stands."""

    group: Group
    threshold: int
    certs: tuple[object, ...]
    certificates: tuple[Certificate, ...]

    @property
    def size(self) -> int:
        """The number of trustees."""
        return len(self.certs)

    def find_index(self, seed: str) -> int:
        """Return the position of the owner of *seed*. Raise Malformed when it has none."""
        mine = _derive(self.group, seed)
        if mine not in self.certificates:
            raise Malformed("this private key belongs to none of the certificates")
        return self.certificates.index(mine) + 1


def make_certificate(
    group: Group,
    seed: str,
    size: int,
    threshold: int,
    index: int,
    random: Random = secrets.token_bytes,
) -> bytes:
    """Return the signed public keys of the trustee at position *index* of *size*."""
    mine = _derive(group, seed)
    context = {"group": group.name, "size": size, "threshold": threshold, "index": index}
    value = {
        "context": context,
        "verification": str(mine.verification),
        "encryption": str(mine.encryption),
    }
    message = encode_json(value).decode()
    return encode_json(sign_message(group, signing_key(group, seed), message, random))


def check_certificate(
    group: Group, raw: bytes, size: int, threshold: int, index: int
) -> Certificate:
    """Return the keys in a certificate made for exactly this ceremony and position.

    Raise Malformed or InvalidSignature.
    """
    if not 1 <= threshold <= size or not 1 <= index <= size:
        raise Malformed(f"position {index} of {size} with a threshold of {threshold} is impossible")
    return read_certificate(group, decode_json(raw), size, threshold, index)


def open_ceremony(group: Group, certs: Sequence[bytes], threshold: int) -> Ceremony:
    """Check the certificates of all trustees, in order. Raise Malformed or InvalidSignature."""
    values = tuple(decode_json(raw) for raw in certs)
    certificates = tuple(read_certificates(group, values, threshold))
    if len(set(certificates)) != len(certificates):
        raise Malformed("two certificates have the same keys")
    return Ceremony(group, threshold, values, certificates)


# Contributions: one polynomial of every trustee


def make_contribution(ceremony: Ceremony, seed: str, random: Random = secrets.token_bytes) -> bytes:
    """Return a trustee's polynomial, its shares sealed for each trustee, and its commitments.

    Raise Malformed when the certificates do not hold this trustee's own keys.
    """
    group = ceremony.group
    key = signing_key(group, seed)
    mine = ceremony.certificates[ceremony.find_index(seed) - 1]
    coefficients = [group.random_scalar(random) for _ in range(ceremony.threshold)]
    commitments = [group.generator**coefficient for coefficient in coefficients]
    texts = [str(coefficient) for coefficient in coefficients]
    polynomial = encode_json({"polynomial": texts}).decode()
    shares = [
        encode_json({"secret": str(_evaluate(group, coefficients, index))}).decode()
        for index in range(1, ceremony.size + 1)
    ]
    signed = encode_json({"coefexps": [str(element) for element in commitments]}).decode()
    statement = make_statement(ceremony.certs, commitments)
    value = {
        "polynomial": send(group, key, mine.encryption, polynomial, random),
        "secrets": [
            send(group, key, certificate.encryption, share, random)
            for certificate, share in zip(ceremony.certificates, shares, strict=True)
        ],
        "coefexps": sign_message(group, key, signed, random),
        "signature": make_signature(group, key, statement, random).to_json(),
    }
    return encode_json(value)


def check_contribution(ceremony: Ceremony, index: int, raw: bytes) -> list[Element]:
    """Return the commitments of the trustee at *index*. Raise Malformed or InvalidSignature.

    What is sealed in a contribution only its recipient can check.
    """
    with located(f"contribution of trustee {index}"):
        polynomial, shares, signed, signature = get_fields(decode_json(raw), *_CONTRIBUTION)
        for text in (polynomial, *get_list(shares, ceremony.size)):
            get_text(text)
        return _check_commitments(ceremony, index, signed, signature)


def _check_commitments(
    ceremony: Ceremony, index: int, signed: object, signature: object
) -> list[Element]:
    group, certificate = ceremony.group, ceremony.certificates[index - 1]
    commitments = read_commitments(group, certificate, signed, ceremony.threshold)
    proof = parse_proof(group, signature)
    check_contribution_signature(group, certificate, ceremony.certs, commitments, proof)
    return commitments


# Inputs and outputs: every trustee adds up its shares


def make_input(contributions: Sequence[bytes], index: int) -> bytes:
    """Return what the trustee at *index* needs of all (checked) contributions."""
    values = [get_fields(decode_json(raw), *_CONTRIBUTION) for raw in contributions]
    value = {
        "polynomial": values[index - 1][0],
        "secrets": [shares[index - 1] for _, shares, _, _ in values],
        "coefexps": [signed for _, _, signed, _ in values],
        "signatures": [signature for *_, signature in values],
    }
    return encode_json(value)


def make_output(
    ceremony: Ceremony, seed: str, raw: bytes, random: Random = secrets.token_bytes
) -> bytes:
    """Add up a trustee's shares and return its private key, sealed for itself, and its public key.

    *raw* is its input. Raise Malformed, InvalidSignature or InvalidProof, which names the trustee
    whose message is at fault, or whose share does not fit its commitments.
    """
    group, index = ceremony.group, ceremony.find_index(seed)
    polynomial, shares, signed, signatures = get_fields(decode_json(raw), *_INPUT)
    rows = zip(
        get_list(shares, ceremony.size),
        get_list(signed, ceremony.size),
        get_list(signatures, ceremony.size),
        strict=True,
    )
    key, opening = signing_key(group, seed), decryption_key(group, seed)
    total, commitments = 0, []
    for sender, (share, message, signature) in enumerate(rows, 1):
        with located(f"trustee {sender}"):
            commitments.append(_check_commitments(ceremony, sender, message, signature))
            total += _open_share(ceremony, opening, sender, index, share, commitments[-1])
    with located("own polynomial"):
        _check_polynomial(ceremony, opening, index, polynomial, commitments[index - 1])
    secret = total % group.order
    made = prove_trustee_key(group, secret, random)
    proof = make_signature(group, key, str(made.public_key), random)
    text = encode_json({"decryption_key": str(secret)}).decode()
    mine = ceremony.certificates[index - 1]
    value = {
        "private_key": send(group, key, mine.encryption, text, random),
        "public_key": TrusteeKey(made.public_key, made.pok, None, proof).to_json(),
    }
    return encode_json(value)


def _open_share(
    ceremony: Ceremony,
    opening: int,
    sender: int,
    index: int,
    text: object,
    commitments: Sequence[Element],
) -> int:
    group = ceremony.group
    message = receive(group, opening, ceremony.certificates[sender - 1].verification, text)
    (value,) = get_fields(decode_json(message.encode()), "secret")
    share = group.parse_scalar(value)
    if group.generator**share != evaluate_commitments(commitments, index):
        raise InvalidProof("the share does not fit the commitments")
    return share


def _check_polynomial(
    ceremony: Ceremony, opening: int, index: int, text: object, commitments: Sequence[Element]
) -> None:
    group = ceremony.group
    message = receive(group, opening, ceremony.certificates[index - 1].verification, text)
    (texts,) = get_fields(decode_json(message.encode()), "polynomial")
    coefficients = [group.parse_scalar(item) for item in get_list(texts, ceremony.threshold)]
    if [group.generator**coefficient for coefficient in coefficients] != list(commitments):
        raise InvalidProof("the commitments are not those of the polynomial")


def check_output(
    ceremony: Ceremony, contributions: Sequence[bytes], index: int, raw: bytes
) -> TrusteeKey:
    """Return the public key of the trustee at *index*. Raise Malformed, InvalidProof, ...Signature.

    It must follow from the commitments of all contributions.
    """
    commitments = _check_all(ceremony, contributions)
    with located(f"output of trustee {index}"):
        private_key, value = get_fields(decode_json(raw), *_OUTPUT)
        get_text(private_key)
        key = parse_trustee_key(ceremony.group, value)
        certificate = ceremony.certificates[index - 1]
        check_verification_key(ceremony.group, certificate, commitments, index, key)
    return key


def _check_all(ceremony: Ceremony, contributions: Sequence[bytes]) -> list[Element]:
    if len(contributions) != ceremony.size:
        raise Malformed(f"expected {ceremony.size} contributions, found {len(contributions)}")
    return add_commitments(
        [check_contribution(ceremony, index, raw) for index, raw in enumerate(contributions, 1)]
    )


def make_parameters(
    ceremony: Ceremony, contributions: Sequence[bytes], outputs: Sequence[bytes]
) -> bytes:
    """Return the public parameters, for voting.belenios.trustees.make_trustees; all is checked.

    Raise Malformed, InvalidProof or InvalidSignature.
    """
    if len(outputs) != ceremony.size:
        raise Malformed(f"expected {ceremony.size} outputs, found {len(outputs)}")
    values = [get_fields(decode_json(raw), *_CONTRIBUTION) for raw in contributions]
    value = {
        "threshold": ceremony.threshold,
        "certs": list(ceremony.certs),
        "coefexps": [signed for _, _, signed, _ in values],
        "signatures": [signature for *_, signature in values],
        "verification_keys": [get_fields(decode_json(raw), *_OUTPUT)[1] for raw in outputs],
    }
    parse_pedersen(ceremony.group, value)
    return encode_json(value)


def open_private_key(
    group: Group, seed: str, sealed: str, public_key: Element | None = None
) -> int:
    """Return the key with which a trustee decrypts, from the private_key text of its output.

    Raise Malformed when it was not sealed for this seed, or is not that of *public_key*.
    """
    opening = decryption_key(group, seed)
    verification = group.generator ** signing_key(group, seed)
    message = receive(group, opening, verification, sealed)
    (text,) = get_fields(decode_json(message.encode()), "decryption_key")
    secret = _parse_sum(text) % group.order
    if public_key is not None and group.generator**secret != public_key:
        raise Malformed("the private key is not that of this trustee")
    return secret


def _parse_sum(text: object) -> int:
    """Read a sum of shares, which version 2.0 does not reduce."""
    value = get_text(text)
    if not value.isascii() or not value.isdigit() or len(value) > 700:
        raise Malformed("a private key is not a decimal number")
    return int(value)


def _evaluate(group: Group, coefficients: Sequence[int], index: int) -> int:
    total = 0
    for coefficient in reversed(coefficients):
        total = (total * index + coefficient) % group.order
    return total


def _derive(group: Group, seed: str) -> Certificate:
    return Certificate(
        group.generator ** signing_key(group, seed), group.generator ** decryption_key(group, seed)
    )

"""A group of trustees, some of whom are enough to decrypt: what is published, how it is checked.

The ceremony that leads to it is voting.belenios.ceremony.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voting.belenios.encoding import decode_json, encode_json, get_fields, get_integer, get_list
from voting.belenios.errors import InvalidProof, Malformed, NotSupported, located
from voting.belenios.groups import Element, Group
from voting.belenios.pki import check_message, check_signature, read_signed
from voting.belenios.proofs import Proof, parse_proof
from voting.belenios.trustee_key import TrusteeKey, check_trustee_key, parse_trustee_key

_FIELDS = ("threshold", "certs", "coefexps", "signatures", "verification_keys")


@dataclass(frozen=True, slots=True)
class Certificate:
    """The keys with which one trustee signs and opens messages in the ceremony."""

    verification: Element
    encryption: Element


@dataclass(frozen=True, slots=True)
class Pedersen:
    """Trustees any *threshold* of whom are enough. *public_key* is their part of the election key.

    *keys* are the ones with which each of them decrypts.
    """

    threshold: int
    keys: tuple[TrusteeKey, ...]
    public_key: Element


# Certificates


def read_certificates(group: Group, certs: Sequence[object], threshold: int) -> list[Certificate]:
    """Check all certificates, in order of position. Raise Malformed or InvalidSignature."""
    size = len(certs)
    if not 1 <= threshold <= size:
        raise Malformed(f"a threshold of {threshold} is not possible with {size} trustees")
    return [
        read_certificate(group, cert, size, threshold, index) for index, cert in enumerate(certs, 1)
    ]


def read_certificate(
    group: Group, cert: object, size: int, threshold: int, index: int
) -> Certificate:
    """Check the certificate of the trustee at position *index*, from 1.

    Raise Malformed when it is for another ceremony or position, InvalidSignature.
    """
    with located(f"certificate {index}"):
        message, _ = read_signed(group, cert)
        value = decode_json(message.encode())
        if type(value) is dict and tuple(value) == ("verification", "encryption"):
            raise NotSupported("threshold trustees in the form of version 2.0")
        context, verification, encryption = get_fields(
            value, "context", "verification", "encryption"
        )
        found = get_fields(context, "group", "size", "threshold", "index")
        if [type(item) for item in found] != [str, int, int, int]:
            raise Malformed("the context is malformed")
        if found != [group.name, size, threshold, index]:
            raise Malformed(
                f"it is for position {found[3]} of {found[1]} with a threshold of {found[2]} in "
                f"{found[0][:40]}, not for {index} of {size} with {threshold} in {group.name}"
            )
        certificate = Certificate(
            group.parse_element(verification), group.parse_element(encryption)
        )
        check_message(group, certificate.verification, cert)
    return certificate


# Commitments to polynomials


def read_commitments(
    group: Group, certificate: Certificate, value: object, threshold: int
) -> list[Element]:
    """Return the checked commitments (coefexps) of a trustee. Raise Malformed, InvalidSignature."""
    message = check_message(group, certificate.verification, value)
    (texts,) = get_fields(decode_json(message.encode()), "coefexps")
    elements = [group.decode_element(text) for text in get_list(texts, threshold)]
    group.check_members(elements)
    return elements


def make_statement(certs: Sequence[object], commitments: Sequence[Element]) -> str:
    """Return what a trustee signs about all certificates and its own commitments."""
    value = {"certs": list(certs), "coefexps": [str(element) for element in commitments]}
    return f"certs_sig|{encode_json(value).decode()}"


def evaluate_commitments(commitments: Sequence[Element], index: int) -> Element:
    """Return g^f(index) for the polynomial f behind *commitments*."""
    group = commitments[0].group
    return group.product_of_powers(
        (element, pow(index, power, group.order)) for power, element in enumerate(commitments)
    )


def add_commitments(commitments: Sequence[Sequence[Element]]) -> list[Element]:
    """Return the commitments to the sum of all polynomials."""
    group = commitments[0][0].group
    return [
        group.product_of_powers((element, 1) for element in column)
        for column in zip(*commitments, strict=True)
    ]


def check_verification_key(
    group: Group,
    certificate: Certificate,
    commitments: Sequence[Element],
    index: int,
    key: TrusteeKey,
) -> None:
    """Raise InvalidProof or InvalidSignature unless *key* is that of the trustee at *index*.

    *commitments* are those to the sum of all polynomials. The signature is that of versions from
    3.0 on, and is checked where it is there.
    """
    check_trustee_key(group, key)
    if key.public_key != evaluate_commitments(commitments, index):
        raise InvalidProof("the key does not fit the commitments")
    if key.signature is not None:
        check_signature(group, certificate.verification, str(key.public_key), key.signature)


# The published parameters


def parse_pedersen(group: Group, value: object) -> Pedersen:
    """Read and check the parameters of a group of trustees (the value of a Pedersen item).

    Raise Malformed, InvalidSignature, InvalidProof, or NotSupported for the form of version 2.0.
    """
    if type(value) is dict and tuple(value) == tuple(f for f in _FIELDS if f != "signatures"):
        _refuse_old_form(value)
    number, cert_list, signed, signatures, key_list = get_fields(value, *_FIELDS)
    threshold, certs = get_integer(number), get_list(cert_list)
    size = len(certs)
    certificates = read_certificates(group, certs, threshold)
    commitments = [
        _read_located(group, index, certificates, item, threshold)
        for index, item in enumerate(get_list(signed, size))
    ]
    for index, item in enumerate(get_list(signatures, size)):
        with located(f"signature {index + 1}"):
            check_contribution_signature(
                group, certificates[index], certs, commitments[index], parse_proof(group, item)
            )
    total = add_commitments(commitments)
    keys = []
    for index, item in enumerate(get_list(key_list, size), 1):
        with located(f"verification key {index}"):
            key = parse_trustee_key(group, item)
            check_verification_key(group, certificates[index - 1], total, index, key)
            keys.append(key)
    return Pedersen(threshold, tuple(keys), total[0])


def check_contribution_signature(
    group: Group,
    certificate: Certificate,
    certs: Sequence[object],
    commitments: Sequence[Element],
    signature: Proof,
) -> None:
    """Raise InvalidSignature unless a trustee signed all certificates with its commitments."""
    statement = make_statement(certs, commitments)
    check_signature(group, certificate.verification, statement, signature)


def _read_located(
    group: Group, index: int, certificates: Sequence[Certificate], item: object, threshold: int
) -> list[Element]:
    with located(f"commitments {index + 1}"):
        return read_commitments(group, certificates[index], item, threshold)


def _refuse_old_form(value: dict[str, object]) -> None:
    """Raise NotSupported unless a certificate has a context, which version 2.0 does not know."""
    if not any("context" in str(cert) for cert in get_list(value["certs"])):
        raise NotSupported("threshold trustees in the form of version 2.0")

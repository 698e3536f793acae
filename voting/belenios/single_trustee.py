"""A trustee who made a key alone: the same checks at the count, without the files of a ceremony.

The private key file is the scalar as a JSON string, as the specification writes it.
"""

import secrets
from concurrent.futures import Executor

from voting.belenios.encoding import Random, decode_json, encode_json, get_text
from voting.belenios.errors import InvalidTally, ProtocolError
from voting.belenios.groups import Group
from voting.belenios.mixnet import make_shuffle
from voting.belenios.opening import (
    MINIMUM,
    Count,
    Steps,
    make_decryption_file,
    make_shuffle_file,
    refuse_few,
    refuse_unmixed,
)
from voting.belenios.tally import make_partial_decryption
from voting.belenios.trustee_key import make_trustee_key
from voting.belenios.trustees import parse_trustees


def make_single_key(
    group: Group, name: str | None = None, random: Random = secrets.token_bytes
) -> tuple[bytes, bytes]:
    """A fresh private key file, and the public key with its proof, to be handed over."""
    secret, trustee = make_trustee_key(group, random, name)
    return encode_json(secret), encode_json(trustee.to_json())


def is_single_key(raw: bytes) -> bool:
    """Whether a key file is that of a trustee who made the key alone."""
    try:
        return isinstance(decode_json(raw.strip()), str)
    except ProtocolError:
        return False


def parse_single_key(group: Group, raw: bytes) -> int:
    """Read the private key file of a single trustee. Raise Malformed."""
    return group.parse_scalar(get_text(decode_json(raw.strip())))


def find_owner(count: Count, secret: int) -> int:
    """Which trustee of a checked archive holds this key. Raise InvalidTally when none does."""
    group = count.election.group
    public = group.generator**secret
    for owner, key in enumerate(parse_trustees(group, count.trustees).keys, 1):
        if key.public_key == public:
            return owner
    raise InvalidTally("this key is of no trustee of this archive: it is of another election")


def decrypt_alone(
    count: Count,
    secret: int,
    *,
    reason: str = "",
    minimum: int = MINIMUM,
    random: Random = secrets.token_bytes,
    executor: Executor | None = None,
    progress: Steps | None = None,
) -> bytes:
    """The decryption file of a single trustee for a checked archive, and for nothing else.

    Raise InvalidTally when the key is of no trustee of it or its papers are not mixed, TooFew
    without a *reason* below *minimum* ballots. *executor* must be one of this machine.
    """
    owner = find_owner(count, secret)
    refuse_unmixed(count)
    refuse_few(count, minimum, reason)
    raw = make_partial_decryption(
        count.election, count.tally, secret, random, executor=executor, progress=progress
    )
    return make_decryption_file(count.election.uuid, owner, raw, reason.strip())


def make_shuffle_of(
    count: Count,
    secret: int,
    *,
    executor: Executor | None = None,
    progress: Steps | None = None,
) -> bytes:
    """The shuffle file of the trustee of a checked archive who holds this key (or share of one).

    Raise InvalidTally when no trustee does. *executor* must be one of this machine.
    """
    owner = find_owner(count, secret)
    raw = make_shuffle(count.election, count.tally, executor=executor, progress=progress)
    return make_shuffle_file(count.election.uuid, owner, raw)

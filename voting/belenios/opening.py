"""A trustee at the count: check the whole archive, compute the tally anew, and open nothing else.

The proofs of version 1 do not bind the ciphertexts that are opened, so a trustee who decrypts what
is put before them could be made to open a single ballot. Here nothing is opened but the tally of an
archive that passed every check, in an election that knows the trustee's key; and a tally of few
ballots only for a reason that travels with the decryption and is published.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import BinaryIO

from voting.belenios.election import Election, parse_election
from voting.belenios.encoding import (
    Random,
    decode_json,
    encode_json,
    get_fields,
    get_integer,
    get_text,
)
from voting.belenios.errors import (
    InvalidArchive,
    InvalidTally,
    Malformed,
    NotSupported,
    ProtocolError,
)
from voting.belenios.exchange import VERSION, KeyFile, Task, open_private_key, refuse_key_file
from voting.belenios.mixnet import make_shuffle
from voting.belenios.outline import read_outline
from voting.belenios.tally import make_partial_decryption
from voting.belenios.trustees import parse_trustees
from voting.belenios.verify import Progress, Report, current_tally, verify_archive

DECRYPTION_FORMAT = "voting-decryption"
SHUFFLE_FORMAT = "voting-shuffle"
MINIMUM = 10
"""Fewer ballots in one count could show how someone voted. What a trustee does not set."""
MIXED = ("shuffled", "partially_decrypted", "decrypted")
"""The stages of an archive in which papers have been mixed to the end."""


Steps = Callable[[int, int], None]
"""Called with the number of ciphertexts that are done, and how many there are."""


class TooFew(ProtocolError):
    """So few ballots are counted that opening them needs a reason, which is published."""


@dataclass(frozen=True, slots=True)
class Count:
    """An archive that passed every check: the election, its tally as shuffled so far, its size."""

    election: Election
    trustees: bytes
    tally: bytes
    counted: int
    report: Report


def read_count(
    source: BinaryIO, *, executor: Executor | None = None, progress: Progress | None = None
) -> Count:
    """Verify an archive whose ballots are added up, and return what is to be opened.

    *source* must be able to seek. Raise InvalidArchive with the verifier's words when anything in
    it does not hold, NotSupported when it cannot be checked here, InvalidTally when it has no
    tally yet or its result already.
    """
    report = verify_archive(source, executor=executor, progress=progress)
    if not report.supported:
        raise NotSupported(f"the archive was not checked, and nothing is opened: {report.error}")
    if not report.valid:
        raise InvalidArchive(f"the archive does not pass its checks: {report.error}")
    source.seek(0)
    outline = read_outline(source, lambda: None)
    if not outline.tally:
        raise InvalidTally("the ballots of this archive are not added up yet")
    if outline.result is not None:
        raise InvalidTally("this archive has its result already")
    election = parse_election(outline.setup[0])
    return Count(
        election,
        outline.setup[1],
        current_tally(election, outline),
        report.counted or 0,
        report,
    )


def decrypt(
    key: KeyFile,
    task: Task,
    count: Count,
    *,
    reason: str = "",
    minimum: int = MINIMUM,
    random: Random = secrets.token_bytes,
    executor: Executor | None = None,
    progress: Steps | None = None,
) -> bytes:
    """Return the decryption file of a scrutineer for a checked archive.

    Raise WrongKey for another key, InvalidTally when the archive is not of the ceremony's
    elections, names another key for the scrutineer or has papers that are not mixed, TooFew
    without a *reason* below *minimum* ballots.
    *executor* must be one of this machine: it is told the secret.
    """
    owner = _find_owner(task, count)
    secret = open_private_key(key, task)
    group = count.election.group
    expected = parse_trustees(group, count.trustees).public_key_of(owner)
    if group.generator**secret != expected:
        raise InvalidTally("the archive names another key for this scrutineer")
    refuse_unmixed(count)
    refuse_few(count, minimum, reason)
    raw = make_partial_decryption(
        count.election, count.tally, secret, random, executor=executor, progress=progress
    )
    return make_decryption_file(count.election.uuid, owner, raw, reason.strip())


def refuse_unmixed(count: Count) -> None:
    """Raise InvalidTally while papers to be opened one by one still stand beside their voters."""
    if count.election.needs_shuffle and count.report.stage not in MIXED:
        raise InvalidTally(
            "the votes of this archive are not mixed to the end yet: opening them would show who "
            "cast which"
        )


def refuse_few(count: Count, minimum: int, reason: str) -> None:
    """Raise TooFew unless *minimum* ballots are counted, or there is a reason to open fewer."""
    if count.counted < minimum and not reason.strip():
        raise TooFew(
            f"only {count.counted} ballots are counted here, and fewer than {minimum} could show "
            "how someone voted"
        )


def shuffle(
    key: KeyFile,
    task: Task,
    count: Count,
    *,
    executor: Executor | None = None,
    progress: Steps | None = None,
) -> bytes:
    """Return the shuffle file of a scrutineer for a checked archive with questions to shuffle.

    Raise as :func:`decrypt` does. *executor* must be one of this machine: it is told secrets.
    """
    owner = _find_owner(task, count)
    open_private_key(key, task)
    raw = make_shuffle(count.election, count.tally, executor=executor, progress=progress)
    return make_shuffle_file(count.election.uuid, owner, raw)


def _find_owner(task: Task, count: Count) -> int:
    for election in task.elections:
        if election.uuid == count.election.uuid:
            if election.fingerprint != count.election.fingerprint:
                raise InvalidTally("the archive's definition is not the one that was frozen")
            return election.owner
    raise InvalidTally("this archive is of another election, not of this vote")


# The two files


def make_decryption_file(uuid: str, owner: int, raw: bytes, reason: str = "") -> bytes:
    """Return the file that carries a partial decryption, and why few ballots were opened."""
    return encode_json(
        {
            "format": DECRYPTION_FORMAT,
            "version": VERSION,
            "election": uuid,
            "owner": owner,
            "reason": reason,
            "decryption": decode_json(raw),
        }
    )


def make_shuffle_file(uuid: str, owner: int, raw: bytes) -> bytes:
    """Return the file that carries a shuffle."""
    return encode_json(
        {
            "format": SHUFFLE_FORMAT,
            "version": VERSION,
            "election": uuid,
            "owner": owner,
            "shuffle": decode_json(raw),
        }
    )


def read_decryption(raw: bytes, uuid: str, owner: int) -> tuple[bytes, str]:
    """Return the partial decryption in a file, and the reason in it. Raise Malformed."""
    names = ("election", "owner", "reason", "decryption")
    reason, value = _open_file(raw, DECRYPTION_FORMAT, names, uuid, owner)
    return encode_json(value), get_text(reason)


def read_shuffle(raw: bytes, uuid: str, owner: int) -> bytes:
    """Return the shuffle in a file. Raise Malformed."""
    (value,) = _open_file(raw, SHUFFLE_FORMAT, ("election", "owner", "shuffle"), uuid, owner)
    return encode_json(value)


def _open_file(
    raw: bytes, expected: str, names: tuple[str, ...], uuid: str, owner: int
) -> list[object]:
    value = decode_json(raw.strip())
    refuse_key_file(value)
    if type(value) is not dict or value.get("format") != expected:
        raise Malformed(f"this is not a {expected.removeprefix('voting-')} file")
    _, version, election, found, *rest = get_fields(value, "format", "version", *names)
    if version != VERSION:
        raise Malformed("this file is of a version that is not known")
    if get_text(election) != uuid:
        raise Malformed("this file was made for another election")
    if get_integer(found) != owner:
        raise Malformed(f"this file is of trustee {found}, and yours is number {owner}")
    return rest

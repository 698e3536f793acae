"""The files that a scrutineer and the service exchange, and one step of the work on them.

Not part of the specification, which leaves open how its messages travel. Three files, all compact
JSON: the *key file* that a scrutineer keeps to themselves (a seed, and whose it is), the *task*
that the service hands out, and the *answer* that goes back. An answer carries one message of the
specification's key establishment, signed together with the ceremony's identifier, so that nothing
of another ceremony, position or step can be passed off as it.
"""

import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from voting.belenios import pki
from voting.belenios.ceremony import (
    check_certificate,
    make_certificate,
    make_contribution,
    make_output,
    open_ceremony,
)
from voting.belenios.ceremony import open_private_key as open_sealed_key
from voting.belenios.encoding import (
    Random,
    decode_json,
    encode_json,
    get_fields,
    get_integer,
    get_list,
    get_text,
)
from voting.belenios.errors import InvalidSignature, Malformed, ProtocolError
from voting.belenios.groups import Element, Group, get_group
from voting.belenios.proofs import Proof, parse_proof
from voting.belenios.trustee_key import parse_trustee_key

VERSION = 1
KEY_FORMAT = "voting-scrutineer-key"
TASK_FORMAT = "voting-ceremony"
ANSWER_FORMAT = "voting-ceremony-answer"


class TaskStep(StrEnum):
    """What a task asks for. ``count`` and ``wait`` ask for no answer of this kind."""

    CERTIFICATE = "certificate"
    SAVED_COPY = "saved-copy"
    CONTRIBUTION = "contribution"
    OUTPUT = "output"
    COUNT = "count"
    WAIT = "wait"


class WrongKey(ProtocolError):
    """A key file is not the one that is asked for. The message says in what it differs."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One scrutineer's place in one ceremony: what every file of theirs says first."""

    ceremony: str
    poll: str
    name: str
    group: Group
    size: int
    threshold: int
    index: int

    def to_json(self) -> dict[str, object]:
        """Return the JSON fields."""
        return {
            "ceremony": self.ceremony,
            "poll": self.poll,
            "name": self.name,
            "group": self.group.name,
            "size": self.size,
            "threshold": self.threshold,
            "index": self.index,
        }


SEAT_FIELDS = ("ceremony", "poll", "name", "group", "size", "threshold", "index")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A scrutineer's secret: whoever has the seed can act as this scrutineer."""

    seat: Seat
    verification: str
    seed: str = field(repr=False)

    def to_json(self) -> bytes:
        """Return the file."""
        head = {"format": KEY_FORMAT, "version": VERSION}
        return encode_json(
            head | self.seat.to_json() | {"verification": self.verification, "seed": self.seed}
        )


@dataclass(frozen=True, slots=True)
class ElectionOf:
    """An election in which the scrutineer is trustee number *owner*."""

    uuid: str
    owner: int
    name: str
    fingerprint: str

    def to_json(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "uuid": self.uuid,
            "owner": self.owner,
            "name": self.name,
            "fingerprint": self.fingerprint,
        }


@dataclass(frozen=True, slots=True)
class Task:
    """What a scrutineer needs for their next step. Certificates are there once all are made."""

    seat: Seat
    step: TaskStep
    certificates: tuple[bytes, ...] = ()
    vinput: bytes | None = None
    output: bytes | None = None
    elections: tuple[ElectionOf, ...] = ()

    def to_json(self) -> bytes:
        """Return the file."""
        head = {"format": TASK_FORMAT, "version": VERSION}
        body = {
            "step": self.step.value,
            "certificates": [decode_json(raw) for raw in self.certificates],
            "vinput": None if self.vinput is None else decode_json(self.vinput),
            "output": None if self.output is None else decode_json(self.output),
            "elections": [election.to_json() for election in self.elections],
        }
        return encode_json(head | self.seat.to_json() | body)


# Reading


def parse_key_file(raw: bytes) -> KeyFile:
    """Read a key file. Raise Malformed unless its seed makes the verification key it names."""
    values = _get_format(raw, KEY_FORMAT, "verification", "seed", what="key file")
    seat = _parse_seat(values)
    verification, seed = get_text(values[-2]), get_text(values[-1])
    if str(seat.group.generator ** pki.signing_key(seat.group, seed)) != verification:
        raise Malformed("the key file is damaged: its seed does not make its verification key")
    return KeyFile(seat, verification, seed)


def parse_task(raw: bytes) -> Task:
    """Read a task. Raise Malformed."""
    names = ("step", "certificates", "vinput", "output", "elections")
    values = _get_format(raw, TASK_FORMAT, *names, what="task file")
    step, certificates, vinput, output, elections = values[-len(names) :]
    if step not in list(TaskStep):
        raise Malformed("the step of a task is not known")
    return Task(
        _parse_seat(values),
        TaskStep(str(step)),
        tuple(encode_json(item) for item in get_list(certificates)),
        None if vinput is None else encode_json(vinput),
        None if output is None else encode_json(output),
        tuple(_parse_election(item) for item in get_list(elections)),
    )


def _get_format(raw: bytes, expected: str, *names: str, what: str) -> list[object]:
    """The values after format and version of a file with these fields."""
    value = decode_json(raw.strip())
    if type(value) is not dict or value.get("format") != expected:
        raise Malformed(f"this is not a {what}")
    if value.get("version") != VERSION:
        raise Malformed(f"this {what} is of a version that is not known")
    return get_fields(value, "format", "version", *SEAT_FIELDS, *names)[2:]


def _parse_seat(values: list[object]) -> Seat:
    ceremony, poll, name, group, size, needed, index = values[: len(SEAT_FIELDS)]
    return Seat(
        get_text(ceremony),
        get_text(poll),
        get_text(name),
        get_group(get_text(group)),
        get_integer(size),
        get_integer(needed),
        get_integer(index),
    )


def _parse_election(value: object) -> ElectionOf:
    uuid, owner, name, print_ = get_fields(value, "uuid", "owner", "name", "fingerprint")
    return ElectionOf(get_text(uuid), get_integer(owner), get_text(name), get_text(print_))


# The scrutineer's side


def make_key_file(task: Task, random: Random = secrets.token_bytes) -> KeyFile:
    """Make a fresh key for the seat of *task*."""
    seat, seed = task.seat, pki.make_seed(random)
    verification = str(seat.group.generator ** pki.signing_key(seat.group, seed))
    return KeyFile(seat, verification, seed)


def check_key(key: KeyFile, task: Task) -> None:
    """Raise WrongKey unless *key* was made for the very seat of *task*."""
    own, asked = key.seat, task.seat
    if own.ceremony != asked.ceremony:
        raise WrongKey(
            f"this key file was made for “{own.poll}” in another making of keys, not for this vote"
            if own.poll == asked.poll
            else f"this key file was made for another vote: “{own.poll}”"
        )
    if own.index != asked.index:
        raise WrongKey(f"this is the key file of another scrutineer: {own.name}")
    if (own.group, own.size, own.threshold) != (asked.group, asked.size, asked.threshold):
        raise WrongKey("this key file was made for other numbers of scrutineers")


def make_answer(key: KeyFile, task: Task, random: Random = secrets.token_bytes) -> bytes:
    """Do the step that *task* asks for, and return the answer.

    Raise WrongKey for another scrutineer's key, or ProtocolError when what the others sent does not
    hold; the message names whose.
    """
    check_key(key, task)
    seat = task.seat
    message = encode_json(_work(key, task, random))
    signature = pki.make_signature(
        seat.group,
        pki.signing_key(seat.group, key.seed),
        _bind(seat, task.step, message),
        random,
    )
    return encode_json(
        {
            "format": ANSWER_FORMAT,
            "version": VERSION,
            "ceremony": seat.ceremony,
            "index": seat.index,
            "step": task.step.value,
            "message": decode_json(message),
            "signature": signature.to_json(),
        }
    )


def _work(key: KeyFile, task: Task, random: Random) -> object:
    seat = task.seat
    if task.step is TaskStep.SAVED_COPY:
        return {"verification": key.verification}
    if task.step is TaskStep.CERTIFICATE:
        raw = make_certificate(seat.group, key.seed, seat.size, seat.threshold, seat.index, random)
        return decode_json(raw)
    if task.step not in (TaskStep.CONTRIBUTION, TaskStep.OUTPUT):
        raise Malformed("this task does not ask for a step of the making of keys")
    ceremony = open_ceremony(seat.group, task.certificates, seat.threshold)
    if ceremony.find_index(key.seed) != seat.index:
        raise Malformed("the certificate at this scrutineer's position is not theirs")
    if task.step is TaskStep.CONTRIBUTION:
        return decode_json(make_contribution(ceremony, key.seed, random))
    if task.vinput is None:
        raise Malformed("this task does not carry the shares of the others")
    return decode_json(make_output(ceremony, key.seed, task.vinput, random))


def open_private_key(key: KeyFile, task: Task) -> int:
    """Return the scrutineer's part of the private key. Raise WrongKey, or Malformed without one."""
    check_key(key, task)
    if task.output is None:
        raise Malformed("this task does not carry the sealed part of the key")
    sealed, public = get_fields(decode_json(task.output), "private_key", "public_key")
    group = key.seat.group
    return open_sealed_key(
        group, key.seed, get_text(sealed), parse_trustee_key(group, public).public_key
    )


# The service's side


def refuse_key_file(value: object) -> None:
    """Raise WrongKey when what was handed over is somebody's private key file."""
    if type(value) is dict and value.get("format") == KEY_FORMAT:
        raise WrongKey(
            "this is a private key file, which must never be sent: nothing of it was kept, but "
            "tell the organiser, who can have the keys made anew before voting opens"
        )


def read_answer(raw: bytes, task: Task, verification: Element | None) -> bytes:
    """Return the message of an answer to *task*, whose signature by *verification* holds.

    The certificate brings its own key: *verification* is None then. Raise Malformed,
    InvalidSignature or WrongKey, saying what is wrong.
    """
    seat = task.seat
    value = decode_json(raw.strip())
    refuse_key_file(value)
    if type(value) is not dict or value.get("format") != ANSWER_FORMAT:
        raise Malformed("this is not an answer of a scrutineer")
    _, version, ceremony, index, step, message, signature = get_fields(
        value, "format", "version", "ceremony", "index", "step", "message", "signature"
    )
    if version != VERSION:
        raise Malformed("this answer is of a version that is not known")
    if ceremony != seat.ceremony:
        raise WrongKey("this was made for another making of keys, and cannot be used again")
    if index != seat.index:
        raise WrongKey(f"this was made by scrutineer {index}, and you are number {seat.index}")
    if step != task.step.value:
        raise WrongKey(f"this is an answer to the step “{step}”, and “{task.step}” is asked for")
    body = encode_json(message)
    if verification is None:
        verification = check_certificate(
            seat.group, body, seat.size, seat.threshold, seat.index
        ).verification
    _check_signature(seat, task.step, body, verification, parse_proof(seat.group, signature))
    return body


def _check_signature(
    seat: Seat, step: TaskStep, message: bytes, verification: Element, signature: Proof
) -> None:
    try:
        pki.check_signature(seat.group, verification, _bind(seat, step, message), signature)
    except InvalidSignature as error:
        raise InvalidSignature("the answer is not signed with the key of its sender") from error


def _bind(seat: Seat, step: TaskStep, message: bytes) -> str:
    return f"voting-answer|{seat.ceremony}|{seat.index}|{step.value}|{message.decode()}"

"""Boards and archives to test on: real ones, and ones made here and then spoilt on purpose."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from voting.belenios.archive import archive_bytes
from voting.belenios.ballot import make_ballot
from voting.belenios.board import (
    EventType,
    ballot_records,
    next_event,
    partial_decryption_records,
    result_records,
    setup_records,
    shuffle_records,
)
from voting.belenios.ceremony import (
    Ceremony,
    make_certificate,
    make_contribution,
    make_input,
    make_output,
    make_parameters,
    open_ceremony,
    open_private_key,
)
from voting.belenios.credential import (
    make_credential,
    make_public_credentials,
    public_credential,
)
from voting.belenios.election import (
    AnyQuestion,
    Election,
    Question,
    make_election,
    make_uuid,
    parse_election,
)
from voting.belenios.encoding import hex_digest
from voting.belenios.groups import Group, get_group
from voting.belenios.mixnet import apply_shuffles, make_shuffle
from voting.belenios.pki import make_seed
from voting.belenios.tally import TallyAccumulator, make_partial_decryption, make_result
from voting.belenios.trustees import Trustees, make_trustee_key, make_trustees, parse_trustees
from voting.belenios.verify import Report, verify_archive

DATA = Path(__file__).parents[1] / "vectors" / "belenios"
EXAMPLES: list[dict[str, Any]] = json.loads((DATA / "examples.json").read_text())
GROUP_OF = {"ed": "Ed25519", "b2048-2.0": "BELENIOS-2048", "rfc": "RFC-3526-2048"}
FOLDER_OF = {"ed": "ex-ed25519", "b2048-2.0": "ex-belenios2048-tool20", "rfc": "ex-rfc3526"}
TIMESTAMP = 1795453678

BLANK = Question("Board", ("Ann", "Bob", "Cyd"), 1, 2, blank=True)
PLAIN = Question("Budget", ("Yes", "No"), 1, 1)
FREE = Question("Any", ("One", "Two"), 0, 2)


def list_examples(suffix: str) -> list[dict[str, Any]]:
    """The worked examples whose name ends in *suffix*, each with its group."""
    return [
        example | {"group": get_group(GROUP_OF[example["name"].split("/")[0]])}
        for example in EXAMPLES
        if example["name"].endswith(suffix)
    ]


def get_example(name: str) -> dict[str, Any]:
    """The worked example of this name."""
    return next(example for example in EXAMPLES if example["name"] == name)


Step = tuple[EventType, list[bytes]]


@dataclass
class Ground:
    """An election with everything secret about it, and the steps of its board."""

    election: Election
    trustees: Trustees
    keys: list[int]
    credentials: list[str]
    weights: list[int]
    steps: list[Step] = field(default_factory=list)

    def vote(self, voter: int, choices: Sequence[Sequence[int]]) -> bytes:
        """Cast a ballot for the voter of this number."""
        raw = make_ballot(self.election, self.credentials[voter], choices)
        self.steps.append((EventType.BALLOT, ballot_records(raw)))
        return raw

    def close(self) -> None:
        """End the ballots and compute the encrypted tally."""
        self.steps.append((EventType.END_BALLOTS, []))
        self.steps.append((EventType.ENCRYPTED_TALLY, self.tally().records()))

    def tally(self) -> TallyAccumulator:
        """The tally of the ballots so far: the last one of each voter counts."""
        publics = [
            public_credential(self.election.group, self.election.uuid, credential)
            for credential in self.credentials
        ]
        last = {
            json.loads(records[0])["credential"]: records[0]
            for kind, records in self.steps
            if kind is EventType.BALLOT
        }
        tally = TallyAccumulator(self.election)
        for credential, raw in last.items():
            tally.add(raw, self.weights[publics.index(credential)])
        return tally

    def shuffle(self, owner: int) -> None:
        """Have a trustee shuffle what is to be opened."""
        raw = make_shuffle(self.election, self.opened_raw)
        self.steps.append((EventType.SHUFFLE, shuffle_records(owner, raw)))

    def end_shuffles(self) -> None:
        """End the shuffles."""
        self.steps.append((EventType.END_SHUFFLES, []))

    def decrypt(self, owner: int, private_key: int | None = None) -> None:
        """Have a trustee use its key (or another one)."""
        key = self.keys[owner - 1] if private_key is None else private_key
        raw = make_partial_decryption(self.election, self.opened_raw, key)
        self.steps.append((EventType.PARTIAL_DECRYPTION, partial_decryption_records(owner, raw)))

    def open_result(self) -> None:
        """Combine the decryptions."""
        decryptions = {
            json.loads(records[1])["owner"]: records[0]
            for kind, records in self.steps
            if kind is EventType.PARTIAL_DECRYPTION
        }
        raw = make_result(
            self.election, self.trustees, self.opened_raw, decryptions, sum(self.weights)
        )
        self.steps.append((EventType.RESULT, result_records(raw)))

    def finish(self, *owners: int) -> None:
        """Close, shuffle twice if need be, decrypt with every key (or *owners*'), and open."""
        self.close()
        if self.election.needs_shuffle:
            for owner in (1, len(self.keys)):
                self.shuffle(owner)
            self.end_shuffles()
        for owner in owners or range(1, len(self.keys) + 1):
            self.decrypt(owner)
        self.open_result()

    @property
    def tally_raw(self) -> bytes:
        """The encrypted tally on the board."""
        return next(records for kind, records in self.steps if kind is EventType.ENCRYPTED_TALLY)[0]

    @property
    def opened_raw(self) -> bytes:
        """The tally after the last shuffle."""
        shuffles = [records[0] for kind, records in self.steps if kind is EventType.SHUFFLE]
        return apply_shuffles(self.election, self.tally_raw, shuffles)

    def copy(self) -> "Ground":
        """The same election with steps of its own."""
        return replace(self, steps=[(kind, list(records)) for kind, records in self.steps])

    def index(self, kind: EventType, number: int = 0) -> int:
        """Where on the board the event of this type and number is."""
        return [i for i, (found, _) in enumerate(self.steps) if found is kind][number]

    def archive(self) -> bytes:
        """The archive of the steps, every hash right."""
        return make_archive(self.steps)


def make_archive(steps: Sequence[Step]) -> bytes:
    """The archive of any steps whatever, every hash right."""
    head = None
    entries = []
    for kind, records in steps:
        head = next_event(head, kind, hex_digest(records[-1]) if records else None)
        entries.append((records, head.to_json()))
    return b"".join(archive_bytes(entries, TIMESTAMP))


@dataclass
class CeremonyGround:
    """A ceremony that has been held: everything that was sent, and all secrets."""

    ceremony: Ceremony
    seeds: list[str]
    certs: list[bytes]
    contributions: list[bytes]
    inputs: list[bytes]
    outputs: list[bytes]

    @property
    def parameters(self) -> bytes:
        """The public parameters."""
        return make_parameters(self.ceremony, self.contributions, self.outputs)

    def private_keys(self) -> list[int]:
        """The key with which each trustee decrypts."""
        return [
            open_private_key(self.ceremony.group, seed, json.loads(raw)["private_key"])
            for seed, raw in zip(self.seeds, self.outputs, strict=True)
        ]


def hold_ceremony(group: Group, threshold: int, size: int) -> CeremonyGround:
    """Hold a whole ceremony."""
    seeds = [make_seed() for _ in range(size)]
    certs = [
        make_certificate(group, seed, size, threshold, index) for index, seed in enumerate(seeds, 1)
    ]
    ceremony = open_ceremony(group, certs, threshold)
    contributions = [make_contribution(ceremony, seed) for seed in seeds]
    inputs = [make_input(contributions, index) for index in range(1, size + 1)]
    outputs = [make_output(ceremony, seed, raw) for seed, raw in zip(seeds, inputs, strict=True)]
    return CeremonyGround(ceremony, seeds, certs, contributions, inputs, outputs)


@lru_cache(maxsize=8)
def held_ceremony(group: Group, threshold: int, size: int) -> CeremonyGround:
    """A ceremony held once for all tests of a process: not to be changed."""
    return hold_ceremony(group, threshold, size)


def make_ground(
    group: str | Group,
    questions: Sequence[AnyQuestion] = (BLANK, PLAIN),
    *,
    trustees: int = 1,
    weights: Sequence[int] = (1, 1, 1),
    threshold: tuple[int, int] | None = None,
) -> Ground:
    """An election that has been set up: nobody has voted yet.

    *threshold* (2, 3) puts a group of 3 trustees, 2 of whom are enough, after the single ones.
    """
    if isinstance(group, str):
        group = get_group(group)
    made = [make_trustee_key(group) for _ in range(trustees)]
    keys = [int(key) for key, _ in made]
    pedersen = []
    if threshold is not None:
        held = held_ceremony(group, *threshold)
        keys += held.private_keys()
        pedersen.append(held.parameters)
    trustees_raw = make_trustees([key for _, key in made], pedersen)
    parsed = parse_trustees(group, trustees_raw)
    raw = make_election(
        uuid=make_uuid(),
        name="A name",
        description="A description",
        group=group,
        public_key=str(parsed.election_key()),
        questions=questions,
    )
    election = parse_election(raw)
    credentials = [make_credential() for _ in weights]
    listed = {
        public_credential(group, election.uuid, credential): weight
        for credential, weight in zip(credentials, weights, strict=True)
    }
    ground = Ground(election, parsed, keys, credentials, list(weights))
    setup = setup_records(raw, trustees_raw, make_public_credentials(group, listed))
    ground.steps.append((EventType.SETUP, setup))
    return ground


@lru_cache(maxsize=4)
def _finished(group: str) -> Ground:
    ground = make_ground(group, trustees=2, weights=(1, 2, 0, 5))
    ground.vote(0, [[0, 1, 0, 0], [1, 0]])
    ground.vote(1, [[1, 0, 0, 0], [0, 1]])
    ground.vote(0, [[0, 1, 1, 0], [1, 0]])
    ground.vote(2, [[0, 0, 0, 1], [1, 0]])
    ground.finish()
    return ground


def finished_ground(group: str = "Ed25519") -> Ground:
    """A finished election: 2 trustees, weights 1, 2, 0, 5, one vote replaced, one voter absent."""
    return _finished(group).copy()


def verify_bytes(raw: bytes) -> Report:
    """What the verifier says of an archive."""
    return verify_archive(BytesIO(raw))


def verify_every_stage(made: Ground) -> list[Report]:
    """What the verifier says of the archive after each step; it is valid after every one."""
    reports = []
    for length in range(1, len(made.steps) + 1):
        reports.append(verify_bytes(make_archive(made.steps[:length])))
        assert reports[-1].valid, reports[-1].error
    return reports

"""Elections to measure with: two questions with blank, 2 and 6 answers (3 + 7 ciphertexts)."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from voting.belenios.archive import ArchiveWriter
from voting.belenios.ballot import make_ballot
from voting.belenios.board import (
    Event,
    EventType,
    ballot_records,
    encrypted_tally_records,
    next_event,
    partial_decryption_records,
    result_records,
    setup_records,
)
from voting.belenios.credential import derive_credential, make_public_credentials, public_credential
from voting.belenios.election import Question, make_election, make_uuid, parse_election
from voting.belenios.encoding import hex_digest
from voting.belenios.groups import get_group
from voting.belenios.tally import TallyAccumulator, make_partial_decryption, make_result
from voting.belenios.trustees import make_trustee_key, make_trustees, parse_trustees

QUESTIONS = (
    Question("Shall we form a mutual?", ("Yes", "No"), 1, 1, True),
    Question("Which model?", ("A", "B", "C", "D", "E", "F"), 1, 1, True),
)
STAMP = 1_795_453_678


def make_definition(group_name: str) -> tuple[bytes, str, bytes]:
    """An election.json, the private key of its one trustee, and the trustees record."""
    group = get_group(group_name)
    private, trustee = make_trustee_key(group)
    definition = make_election(
        uuid=make_uuid(),
        name="Benchmark",
        description="",
        group=group,
        public_key=str(trustee.public_key),
        questions=QUESTIONS,
    )
    return definition, private, make_trustees([trustee])


def seal_batch(definition: bytes, codes: list[str]) -> list[bytes]:
    """One sealed ballot for each code, choices drawn by lot."""
    election = parse_election(definition)
    return [make_ballot(election, code, draw_choices()) for code in codes]


def draw_choices() -> list[list[int]]:
    """One option (or blank) of each question."""
    return [_one_of(1 + len(question.answers)) for question in QUESTIONS]


def _one_of(length: int) -> list[int]:
    chosen = random.randrange(length)
    return [int(index == chosen) for index in range(length)]


def draw_ranking(options: int) -> list[int]:
    """The place of each option in a full ranking, from 1."""
    return random.sample(range(1, options + 1), options)


def make_codes(number: int) -> list[str]:
    """*number* voting codes."""
    seed = secrets.token_bytes(32)
    return [derive_credential(seed, str(index)) for index in range(number)]


def seal_all(definition: bytes, codes: list[str]) -> list[bytes]:
    """A ballot for each code, made on all cores."""
    batches = [codes[start : start + 50] for start in range(0, len(codes), 50)]
    with ProcessPoolExecutor(2) as pool:
        parts = pool.map(seal_batch, [definition] * len(batches), batches)
        return [raw for part in parts for raw in part]


def write_archive(group_name: str, ballots: int, folder: Path) -> Path:
    """A complete archive of *ballots* votes in the group, alone in a folder of its own."""
    definition, private, trustees = make_definition(group_name)
    election = parse_election(definition)
    codes = make_codes(ballots)
    public = {public_credential(election.group, election.uuid, code): 1 for code in codes}
    credentials = make_public_credentials(election.group, public)
    sealed = seal_all(definition, codes)
    tally = TallyAccumulator(election)
    for raw in sealed:
        tally.add(raw)
    summed = tally.encrypted_tally()
    factors = make_partial_decryption(election, summed, int(private))
    result = make_result(election, parse_trustees(election.group, trustees), summed, {1: factors})
    path = folder / f"{group_name}-{ballots}" / f"{election.uuid}.bel"
    path.parent.mkdir(parents=True, exist_ok=True)
    steps: list[tuple[EventType, list[bytes]]] = [
        (EventType.SETUP, setup_records(definition, trustees, credentials)),
        *((EventType.BALLOT, ballot_records(raw)) for raw in sealed),
        (EventType.END_BALLOTS, []),
        (EventType.ENCRYPTED_TALLY, encrypted_tally_records(summed, ballots, ballots)),
        (EventType.PARTIAL_DECRYPTION, partial_decryption_records(1, factors)),
        (EventType.RESULT, result_records(result)),
    ]
    write_members(path, steps)
    return path


def write_members(path: Path, steps: list[tuple[EventType, list[bytes]]]) -> None:
    """Write the archive of these events."""
    with path.open("wb") as file:
        file.writelines(_members(steps))


def _members(steps: list[tuple[EventType, list[bytes]]]) -> Iterator[bytes]:
    writer, head = ArchiveWriter(STAMP), None
    yield writer.header()
    for kind, records in steps:
        for raw in records:
            yield writer.data(raw)
        head = _follow(head, kind, records)
        yield writer.event(head.to_json())


def _follow(head: Event | None, kind: EventType, records: list[bytes]) -> Event:
    return next_event(head, kind, hex_digest(records[-1]) if records else None)

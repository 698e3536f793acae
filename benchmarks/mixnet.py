"""Shuffle, prove and verify ranked ballots of 6 options: ours on both groups, against the tool."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.measure import Run, run
from benchmarks.papers import draw_ranking, make_codes, write_members
from voting.belenios.ballot import make_ballot
from voting.belenios.board import (
    EventType,
    ballot_records,
    encrypted_tally_records,
    setup_records,
    shuffle_records,
)
from voting.belenios.credential import make_public_credentials, public_credential
from voting.belenios.election import (
    Election,
    NonHomomorphicQuestion,
    make_election,
    make_uuid,
    parse_election,
)
from voting.belenios.encoding import encode_json
from voting.belenios.groups import get_group
from voting.belenios.mixnet import check_shuffle, make_shuffle
from voting.belenios.proofs import Ciphertext
from voting.belenios.tally import TallyAccumulator
from voting.belenios.trustees import make_trustee_key, make_trustees
from voting.engine import make_executor

RANKED = NonHomomorphicQuestion("Which model?", ("A", "B", "C", "D", "E", "F"))
CURVE, FIELD = "Ed25519", "RFC-3526-2048"
SIZES, TOOL_SIZES = (200, 2000, 20_000), (200, 2000)
TOOL = "belenios-tool"
Steps = list[tuple[EventType, list[bytes]]]


def make_setup(group_name: str) -> tuple[bytes, bytes]:
    """An election.json with one ranked question, and the trustees record."""
    group = get_group(group_name)
    _private, trustee = make_trustee_key(group)
    definition = make_election(
        uuid=make_uuid(),
        name="Benchmark",
        description="",
        group=group,
        public_key=str(trustee.public_key),
        questions=[RANKED],
    )
    return definition, make_trustees([trustee])


def seal_batch(definition: bytes, codes: list[str]) -> list[bytes]:
    """One sealed ranking for each code, drawn by lot."""
    election = parse_election(definition)
    election.group.precompute(election.public_key)
    return [make_ballot(election, code, [draw_ranking(6)]) for code in codes]


def seal_pairs(definition: bytes, number: int) -> list[dict[str, str]]:
    """So many ciphertexts of rankings, without ballots around them."""
    election = parse_election(definition)
    group, key = election.group, election.public_key
    group.precompute(key)
    made = []
    for nonce in range(1, number + 1):
        alpha, message = group.generator**nonce, group.encode_integers(draw_ranking(6))
        made.append(Ciphertext(alpha, key**nonce * message).to_json())
    return made


def write_input(folder: Path, definition: bytes, tally: bytes) -> None:
    """Leave what a process of ours works on."""
    (folder / "election.json").write_bytes(definition)
    (folder / "tally.json").write_bytes(tally)


def work(folder: Path, step: str) -> None:
    """One process of ours: make the shuffle, or check it, on two cores."""
    election: Election = parse_election((folder / "election.json").read_bytes())
    tally = (folder / "tally.json").read_bytes()
    with make_executor(2) as executor:
        if step == "make":
            made = make_shuffle(election, tally, executor=executor)
            (folder / "shuffle.json").write_bytes(made)
        else:
            shuffle = (folder / "shuffle.json").read_bytes()
            check_shuffle(election, tally, shuffle, executor=executor)


def measure_ours(folder: Path, number: int, label: str) -> Run:
    """Print what a shuffle and its check take together."""
    command = [sys.executable, "-m", "benchmarks.mixnet", "--folder", str(folder), "--step"]
    return tell(label, number, *(run([*command, step]) for step in ("make", "check")))


def tell(label: str, number: int, make: Run, check: Run) -> Run:
    """Print one line of the table, in milliseconds a ballot; return the sum."""
    total = Run(
        make.seconds + check.seconds,
        max(make.megabytes, check.megabytes),
        make.processor + check.processor,
    )
    scale = 1000 / number
    print(
        f"    {label:28} {number:6} ballots, ms a ballot: make {make.seconds * scale:.2f}, "
        f"check {check.seconds * scale:.2f}, both {total.seconds * scale:.2f} "
        f"({total.processor * scale:.2f} of processors); {total.megabytes:.0f} MB",
        flush=True,
    )
    return total


def measure_curve(number: int) -> Run:
    """Ours on Ed25519."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        definition, _trustees = make_setup(CURVE)
        with ProcessPoolExecutor(2) as pool:
            parts = pool.map(seal_pairs, [definition] * 2, [number // 2] * 2)
        pairs = [pair for part in parts for pair in part]
        write_input(folder, definition, encode_json([pairs]))
        return measure_ours(folder, number, CURVE)


def measure_field(number: int) -> tuple[Run, Run]:
    """Ours and the tool on the same archive in RFC-3526-2048."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        definition, steps, tally = make_board(number)
        election = parse_election(definition)
        archive = folder / f"{election.uuid}.bel"
        write_input(folder, definition, tally)
        ours = measure_ours(folder, number, FIELD)
        write_members(archive, steps)
        verify = [TOOL, "election", "verify", "--dir", str(folder)]
        before = run(verify)
        shuffle = f"{TOOL} election shuffle --dir {folder} --trustee-id 1 > {folder}/out"
        made = run(["sh", "-c", shuffle])
        raw = (folder / "out").read_bytes().splitlines()[0]  # its owner follows
        check_shuffle(election, tally, raw)
        steps.append((EventType.SHUFFLE, shuffle_records(1, raw)))
        write_members(archive, steps)
        after = run(verify)
        checked = Run(
            after.seconds - before.seconds, after.megabytes, after.processor - before.processor
        )
        return ours, tell(f"{TOOL}, {FIELD}", number, made, checked)


def make_board(number: int) -> tuple[bytes, Steps, bytes]:
    """A closed election of so many ballots, and its encrypted tally."""
    definition, trustees = make_setup(FIELD)
    election = parse_election(definition)
    codes = make_codes(number)
    batches = [codes[start : start + 25] for start in range(0, number, 25)]
    with ProcessPoolExecutor(2) as pool:
        parts = pool.map(seal_batch, [definition] * len(batches), batches)
        sealed = [raw for part in parts for raw in part]
    tally = TallyAccumulator(election)
    for raw in sealed:
        tally.add(raw)
    public = {public_credential(election.group, election.uuid, code): 1 for code in codes}
    credentials = make_public_credentials(election.group, public)
    summed = tally.encrypted_tally()
    steps: Steps = [
        (EventType.SETUP, setup_records(definition, trustees, credentials)),
        *((EventType.BALLOT, ballot_records(raw)) for raw in sealed),
        (EventType.END_BALLOTS, []),
        (EventType.ENCRYPTED_TALLY, encrypted_tally_records(summed, number, number)),
    ]
    return definition, steps, summed


def measure(sizes: Sequence[int], tool_sizes: Sequence[int]) -> None:
    """Print the whole table, and the ratios."""
    print(
        "(e) shuffle, proof and verification of ranked ballots of 6 options, two cores", flush=True
    )
    curve = {number: measure_curve(number) for number in sizes}
    for number in tool_sizes:
        field, tool = measure_field(number)
        for label, ours in ((CURVE, curve.get(number)), (FIELD, field)):
            if ours is not None:
                print(
                    f"    {number} ballots: {label} {tool.seconds / ours.seconds:.1f}x as fast as "
                    f"the tool; per processor {tool.processor / ours.processor:.1f}x",
                    flush=True,
                )


def main() -> None:
    """Measure, or be one process that is measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--step", choices=("make", "check"))
    parser.add_argument("--sizes", type=json.loads, default=list(SIZES))
    parser.add_argument("--tool-sizes", type=json.loads, default=list(TOOL_SIZES))
    given = parser.parse_args()
    if given.step:
        work(given.folder, given.step)
    else:
        measure(given.sizes, given.tool_sizes)


if __name__ == "__main__":
    main()

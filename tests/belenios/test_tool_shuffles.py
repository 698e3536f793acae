"""belenios-tool 2.0 and ours go on with each other's archives: shuffles, threshold, mixed."""

import json
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.belenios.ground import (
    BLANK,
    DATA,
    PLAIN,
    Ground,
    hold_ceremony,
    make_archive,
    make_ground,
    verify_bytes,
)
from tests.belenios.test_nonhomomorphic import RANKED
from tests.belenios_tool import need_tool
from voting.belenios.ballot import make_ballot
from voting.belenios.board import (
    EventType,
    partial_decryption_records,
    read_entries,
    result_records,
    setup_records,
    shuffle_records,
)
from voting.belenios.credential import make_public_credentials, public_credential
from voting.belenios.election import parse_election
from voting.belenios.encoding import encode_json
from voting.belenios.groups import get_group
from voting.belenios.mixnet import make_shuffle
from voting.belenios.outline import Outline, read_outline
from voting.belenios.tally import make_partial_decryption, make_result
from voting.belenios.trustees import make_trustees, parse_trustees
from voting.belenios.verify import current_tally, verify_archive

RFC = get_group("RFC-3526-2048")
Steps = list[tuple[EventType, list[bytes]]]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """Run the tool in the folder of the archive; it must succeed."""
    tool = need_tool()

    def call(*words: str, given: bytes = b"") -> str:
        command = [tool, *words]
        done = subprocess.run(command, cwd=tmp_path, input=given, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode() + done.stderr.decode()

    return call


def save(folder: Path, made: Ground) -> Path:
    path = folder / f"{made.election.uuid}.bel"
    path.write_bytes(made.archive())
    return path


@pytest.mark.parametrize(
    ("questions", "threshold"), [((RANKED,), None), ((BLANK, RANKED, PLAIN), (2, 3))]
)
def test_the_tool_accepts_shuffled_elections(
    run: Callable[..., str], tmp_path: Path, questions: Any, threshold: Any
) -> None:
    made = make_ground(RFC, questions, threshold=threshold, weights=(1, 1, 1))
    votes = {RANKED: [3, 1, 255], BLANK: [0, 1, 1, 0], PLAIN: [1, 0]}
    for voter in (0, 1, 0):
        made.vote(voter, [votes[question] for question in questions])
    made.finish(*((1, 2, 4) if threshold else ()))
    assert verify_bytes(made.archive()).valid
    save(tmp_path, made)
    assert run("election", "verify").splitlines()[-1] == "I: all checks passed"


def test_the_tool_accepts_threshold_elections_in_belenios_2048(
    run: Callable[..., str], tmp_path: Path
) -> None:
    made = make_ground("BELENIOS-2048", (BLANK, PLAIN), threshold=(2, 3), weights=(1, 4))
    made.vote(1, [[0, 1, 0, 1], [0, 1]])
    made.finish(1, 3, 4)
    assert verify_bytes(made.archive()).valid
    save(tmp_path, made)
    assert run("election", "verify").splitlines()[-1] == "I: all checks passed"


def test_the_tool_goes_on_with_our_archive(run: Callable[..., str], tmp_path: Path) -> None:
    """We begin with two of three trustees; the tool shuffles, we shuffle, the tool decrypts."""
    held = hold_ceremony(RFC, 2, 3)
    made = make_ground(RFC, (PLAIN, RANKED), trustees=1, weights=(1, 1))
    made.trustees = parse_trustees(RFC, make_trustees(made.trustees.keys, [held.parameters]))
    election = json.loads(made.election.raw)
    election["public_key"] = str(made.trustees.election_key())
    made.election = parse_election(encode_json(election))
    begin(made, [*made.trustees.keys[:1]], held.parameters)
    for voter, paper in enumerate(([1, 2, 3], [9, 0, 9])):
        made.vote(voter, [[1, 0], paper])
    made.close()
    save(tmp_path, made)
    first = run("election", "shuffle", "--trustee-id", "2").splitlines()[0].encode()
    made.steps.append((EventType.SHUFFLE, shuffle_records(2, first)))
    made.shuffle(1)
    made.end_shuffles()
    save(tmp_path, made)
    (tmp_path / "private.json").write_text(json.dumps(str(made.keys[0])))
    words = ["election", "decrypt", "--trustee-id", "1", "--privkey", "private.json"]
    add_decryption(made, 1, run(*words))
    for owner in (2, 4):
        index = owner - 2
        (tmp_path / "key").write_text(held.seeds[index])
        (tmp_path / "dkey").write_text(json.loads(held.outputs[index])["private_key"])
        words = ["election", "decrypt-threshold", "--trustee-id", str(owner)]
        add_decryption(made, owner, run(*words, "--key", "key", "--decryption-key", "dkey"))
    save(tmp_path, made)
    result = run("election", "compute-result").splitlines()[0].encode()
    made.steps.append((EventType.RESULT, result_records(result)))
    report = verify_bytes(made.archive())
    assert report.valid, report.error
    assert report.result is not None
    assert sorted(report.result[1]) == [[1, 2, 3], [9, 0, 9]]
    save(tmp_path, made)
    assert run("election", "verify").splitlines()[-1] == "I: all checks passed"


def begin(made: Ground, singles: list[Any], parameters: bytes) -> None:
    """Set the board up again for the election and trustees that *made* has now."""
    listed = {
        public_credential(RFC, made.election.uuid, credential): 1 for credential in made.credentials
    }
    raw = make_trustees(singles, [parameters])
    records = setup_records(made.election.raw, raw, make_public_credentials(RFC, listed))
    made.steps = [(EventType.SETUP, records)]


def add_decryption(made: Ground, owner: int, output: str) -> None:
    raw = output.splitlines()[0].encode()
    made.steps.append((EventType.PARTIAL_DECRYPTION, partial_decryption_records(owner, raw)))


# Archives that the tool began


def read_steps(path: Path) -> Steps:
    with path.open("rb") as stream:
        return [
            (entry.event.type, [record.content for record in entry.records])
            for entry in read_entries(stream)
        ]


def outline_of(steps: Steps) -> Outline:
    return read_outline(BytesIO(make_archive(steps)), lambda: None)


def test_we_go_on_with_an_archive_that_the_tool_began(
    run: Callable[..., str], tmp_path: Path
) -> None:
    """The tool sets up and votes; we vote, shuffle twice, decrypt and open; the tool verifies."""
    key = json.loads(set_up(run, tmp_path))
    archive = next(tmp_path.glob("*.bel"))
    steps = read_steps(archive)
    election = parse_election(steps[0][1][0])
    codes = next(iter(tmp_path.glob("*.privcreds"))).read_text()
    first, second = json.loads(codes).values() if codes[0] == "{" else codes.split("\n")[:2]
    first, second = (code.split()[-1] for code in (first, second))
    (tmp_path / "code").write_text(first)
    (tmp_path / "vote").write_text("[[3,2,1]]")
    ballot = run("election", "generate-ballot", "--privcred", "code", "--ballot", "vote")
    steps += [
        (EventType.BALLOT, [ballot.splitlines()[0].encode()]),
        (EventType.BALLOT, [make_ballot(election, second, [[0, 0, 7]])]),
        (EventType.END_BALLOTS, []),
    ]
    archive.write_bytes(make_archive(steps))
    lines = run("election", "compute-encrypted-tally").splitlines()
    steps.append((EventType.ENCRYPTED_TALLY, [line.encode() for line in lines[:2]]))
    for _ in range(2):
        raw = make_shuffle(election, current_tally(election, outline_of(steps)))
        steps.append((EventType.SHUFFLE, shuffle_records(1, raw)))
    steps.append((EventType.END_SHUFFLES, []))
    tally = current_tally(election, outline_of(steps))
    made = make_partial_decryption(election, tally, int(key))
    steps.append((EventType.PARTIAL_DECRYPTION, partial_decryption_records(1, made)))
    trustees = parse_trustees(election.group, steps[0][1][1])
    steps.append((EventType.RESULT, [make_result(election, trustees, tally, {1: made})]))
    archive.write_bytes(make_archive(steps))
    report = verify_archive(archive)
    assert report.valid, report.error
    assert report.result is not None
    assert sorted(report.result[0]) == [[0, 0, 7], [3, 2, 1]]
    assert run("election", "verify").splitlines()[-1] == "I: all checks passed"


def set_up(run: Callable[..., str], folder: Path) -> str:
    """Have the tool make a key, credentials, an election and its archive; return the key."""
    group, uuid = "RFC-3526-2048", "ABCDEFGHJKLMNP"
    run("setup", "generate-trustee-key", "--group", group)
    (folder / "public_keys.jsons").write_bytes(next(folder.glob("*.pubkey")).read_bytes())
    run("setup", "make-trustees")
    words = ["--group", group, "--uuid", uuid]
    run("setup", "generate-credentials", *words, "--count", "2")
    (folder / "public_creds.json").write_bytes(next(folder.glob("*.pubcreds")).read_bytes())
    question = {"type": "NonHomomorphic", "value": {"answers": ["A", "B", "C"], "question": "Q"}}
    template = {"description": "D", "name": "N", "questions": [question]}
    (folder / "template.json").write_bytes(encode_json(template))
    run("setup", "make-election", *words, "--template", "template.json")
    run("archive", "init")
    return next(folder.glob("*.privkey")).read_text()


def test_we_finish_an_archive_that_the_tool_shuffled(
    run: Callable[..., str], tmp_path: Path
) -> None:
    folder = DATA / "vectors" / "o07-rfc-nh-tool20-shuffled"
    whole = DATA / "vectors" / "o07-rfc-nh-tool20"
    source = next(folder.glob("*.bel"))
    steps = read_steps(source)
    election = parse_election(steps[0][1][0])
    trustees = parse_trustees(election.group, steps[0][1][1])
    tally = current_tally(election, outline_of(steps))
    keys = json.loads((folder / "trustee_keys.json").read_text())["single"]
    made = {
        owner: make_partial_decryption(election, tally, int(key))
        for owner, key in enumerate(keys, 1)
    }
    for owner, raw in made.items():
        steps.append((EventType.PARTIAL_DECRYPTION, partial_decryption_records(owner, raw)))
    steps.append((EventType.RESULT, [make_result(election, trustees, tally, made)]))
    (tmp_path / source.name).write_bytes(make_archive(steps))
    report = verify_archive(tmp_path / source.name)
    assert report.valid, report.error
    assert report.result is not None
    expected = json.loads((whole / "case.json").read_text())["expected_result"]
    assert sorted(report.result[0]) == sorted(expected[0])
    assert run("election", "verify").splitlines()[-1] == "I: all checks passed"

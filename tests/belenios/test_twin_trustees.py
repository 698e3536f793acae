"""Trustees in the browser and on the server are one: each continues what the other began."""

import base64
import io
import json
import secrets
from typing import Any

import pytest

from tests.belenios.test_twin import make_open_election, run
from voting.belenios import ceremony, mixnet, tally
from voting.belenios.ballot import make_ballot
from voting.belenios.board import (
    EventType,
    archive_bytes,
    ballot_records,
    encrypted_tally_records,
    next_event,
    partial_decryption_records,
    result_records,
    setup_records,
    shuffle_records,
)
from voting.belenios.credential import (
    make_credential,
    make_public_credentials,
    public_credential,
)
from voting.belenios.election import (
    Election,
    NonHomomorphicQuestion,
    Question,
    make_election,
    make_uuid,
    parse_election,
)
from voting.belenios.encoding import decode_json, hex_digest
from voting.belenios.errors import ProtocolError
from voting.belenios.groups import get_group
from voting.belenios.pki import make_seed
from voting.belenios.trustees import make_trustees, parse_trustees
from voting.belenios.verify import verify_archive

SCRIPT = "trustees.mjs"
SIZE, THRESHOLD = 3, 2
QUESTIONS = (
    Question("Become a mutual?", ("Yes", "No"), 1, 1, blank=True),
    NonHomomorphicQuestion("Which?", ("a", "b", "c")),
)
VOTES = ([[0, 1, 0], [1, 2, 3]], [[0, 0, 1], [3, 0, 255]], [[1, 0, 0], [0, 0, 0]])


def ask(*job: object) -> Any:
    """What the browser's code answers to one job."""
    (answer,) = run(SCRIPT, [job])
    return answer


class Browser:
    """Trustees who work in the browser."""

    def certificate(self, group: str, seed: str, index: int) -> bytes:
        made: str = ask("makeCertificate", group, seed, SIZE, THRESHOLD, index)
        return made.encode()

    def contribution(self, group: str, certs: list[bytes], seed: str) -> bytes:
        made: str = ask("makeContribution", group, decode(certs), THRESHOLD, seed)
        return made.encode()

    def output(self, group: str, certs: list[bytes], seed: str, vinput: bytes) -> bytes:
        made: str = ask("makeOutput", group, decode(certs), THRESHOLD, seed, vinput.decode())
        return made.encode()

    def shuffle(self, election: Election, raw: bytes) -> bytes:
        made: str = ask("shuffle", election.raw.decode(), raw.decode())
        return made.encode()

    def decrypt(self, election: Election, raw: bytes, key: int) -> bytes:
        made: str = ask("decrypt", election.raw.decode(), raw.decode(), str(key))
        return made.encode()


class Desktop:
    """Trustees who work with the Python code."""

    def certificate(self, group: str, seed: str, index: int) -> bytes:
        return ceremony.make_certificate(get_group(group), seed, SIZE, THRESHOLD, index)

    def contribution(self, group: str, certs: list[bytes], seed: str) -> bytes:
        opened = ceremony.open_ceremony(get_group(group), certs, THRESHOLD)
        return ceremony.make_contribution(opened, seed)

    def output(self, group: str, certs: list[bytes], seed: str, vinput: bytes) -> bytes:
        opened = ceremony.open_ceremony(get_group(group), certs, THRESHOLD)
        return ceremony.make_output(opened, seed, vinput)

    def shuffle(self, election: Election, raw: bytes) -> bytes:
        return mixnet.make_shuffle(election, raw)

    def decrypt(self, election: Election, raw: bytes, key: int) -> bytes:
        return tally.make_partial_decryption(election, raw, key)


TRUSTEES = (Browser(), Desktop(), Browser())


def decode(raws: list[bytes]) -> list[str]:
    return [raw.decode() for raw in raws]


class Board:
    """The events of an election, and the archive that they make."""

    def __init__(self) -> None:
        self.entries: list[tuple[list[bytes], bytes]] = []
        self.head: Any = None

    def add(self, kind: EventType, records: list[bytes]) -> None:
        payload = hex_digest(records[-1]) if records else None
        self.head = next_event(self.head, kind, payload)
        self.entries.append((records, self.head.to_json()))

    def archive(self) -> bytes:
        return b"".join(archive_bytes(self.entries, 1_795_453_678))


@pytest.mark.parametrize("name", ["Ed25519", "RFC-3526-2048"])
def test_a_whole_election_is_run_by_trustees_of_both_kinds(name: str) -> None:
    group, seeds = get_group(name), [make_seed() for _ in TRUSTEES]
    certs = [t.certificate(name, seeds[i], i + 1) for i, t in enumerate(TRUSTEES)]
    opened = ceremony.open_ceremony(group, certs, THRESHOLD)
    contributions = [t.contribution(name, certs, seeds[i]) for i, t in enumerate(TRUSTEES)]
    texts = decode(contributions)
    for index in range(1, SIZE + 1):
        ceremony.check_contribution(opened, index, contributions[index - 1])
        job = ("checkContribution", name, decode(certs), THRESHOLD, index, texts[index - 1])
        assert ask(*job) is None
    inputs = [ceremony.make_input(contributions, index) for index in range(1, SIZE + 1)]
    assert ask("makeInput", texts, 2) == inputs[1].decode()
    outputs = [t.output(name, certs, seeds[i], inputs[i]) for i, t in enumerate(TRUSTEES)]
    for index in range(1, SIZE + 1):
        ceremony.check_output(opened, contributions, index, outputs[index - 1])
        raw = outputs[index - 1].decode()
        assert ask("checkOutput", name, decode(certs), THRESHOLD, texts, index, raw) is None
    parameters = ceremony.make_parameters(opened, contributions, outputs)
    made = ask("makeParameters", name, decode(certs), THRESHOLD, texts, decode(outputs))
    assert made == parameters.decode()

    trustees_raw = make_trustees((), pedersen=[parameters])
    trustees = parse_trustees(group, trustees_raw)
    assert ask("electionKey", name, trustees_raw.decode()) == str(trustees.election_key())
    keys = []
    for seed, output in zip(seeds, outputs, strict=True):
        sealed = decode_json(output)["private_key"]
        keys.append(ceremony.open_private_key(group, seed, sealed))
        assert ask("openPrivateKey", name, seed, sealed) == str(keys[-1])
    raw = make_election(
        uuid=make_uuid(),
        name="Leisure",
        description="",
        group=group,
        public_key=str(trustees.election_key()),
        questions=QUESTIONS,
    )
    election = parse_election(raw)
    archive = count(election, trustees_raw, keys)
    python = verify_archive(io.BytesIO(archive))
    browser = ask("verify", base64.b64encode(archive).decode())
    assert python.valid, python.error
    assert python.result is not None
    assert sorted(python.result[1]) == sorted(votes[1] for votes in VOTES)
    assert python.result[0] == [1, 1, 1]
    assert browser["valid"], browser["error"]
    assert json.loads(json.dumps(python.result)) == browser["result"]
    assert [c.name for c in python.checks] == [c["name"] for c in browser["checks"]]
    same = ("uuid", "stage", "group", "voters", "ballots", "counted")
    assert {k: browser[k] for k in same} == {k: python.to_json()[k] for k in same}


def count(election: Election, trustees_raw: bytes, keys: list[int]) -> bytes:
    """The archive of the election, shuffled twice and opened by the first and third trustee."""
    group, board = election.group, Board()
    codes = [make_credential(secrets.token_bytes) for _ in VOTES]
    weights = {public_credential(group, election.uuid, code): 1 for code in codes}
    roll = make_public_credentials(group, weights)
    board.add(EventType.SETUP, setup_records(election.raw, trustees_raw, roll))
    total = tally.TallyAccumulator(election)
    for code, votes in zip(codes, VOTES, strict=True):
        ballot = make_ballot(election, code, votes)
        board.add(EventType.BALLOT, ballot_records(ballot))
        total.add(ballot)
    board.add(EventType.END_BALLOTS, [])
    current = total.encrypted_tally()
    records = encrypted_tally_records(current, total.num_tallied, total.total_weight)
    board.add(EventType.ENCRYPTED_TALLY, records)
    for owner in (1, 2):
        shuffle = TRUSTEES[owner - 1].shuffle(election, current)
        mixnet.check_shuffle(election, current, shuffle)
        job = (election.raw.decode(), current.decode(), shuffle.decode())
        assert ask("checkShuffle", *job) is None
        board.add(EventType.SHUFFLE, shuffle_records(owner, shuffle))
        after = mixnet.shuffled_tally(election, current, shuffle)
        assert ask("shuffledTally", *job) == after.decode()
        current = after
    board.add(EventType.END_SHUFFLES, [])
    decryptions = {}
    for owner in (2, 3):
        raw = TRUSTEES[owner - 1].decrypt(election, current, keys[owner - 1])
        decryptions[owner] = raw
        board.add(EventType.PARTIAL_DECRYPTION, partial_decryption_records(owner, raw))
    trustees = parse_trustees(group, trustees_raw)
    result = tally.make_result(election, trustees, current, decryptions, len(VOTES))
    wrong = [[owner, raw.decode()] for owner, raw in decryptions.items()]
    wrong.append([1, decryptions[3].decode()])
    job = (election.raw.decode(), trustees_raw.decode(), current.decode(), wrong)
    assert ask("makeResult", *job) == result.decode()
    board.add(EventType.RESULT, result_records(result))
    return board.archive()


def test_both_refuse_the_same_wrong_messages_of_a_ceremony() -> None:
    group, name = get_group("Ed25519"), "Ed25519"
    seeds = [make_seed() for _ in range(SIZE)]
    certs = [
        ceremony.make_certificate(group, seed, SIZE, THRESHOLD, index)
        for index, seed in enumerate(seeds, 1)
    ]
    opened = ceremony.open_ceremony(group, certs, THRESHOLD)
    contributions = [ceremony.make_contribution(opened, seed) for seed in seeds]
    swapped = ceremony.make_input([contributions[0], contributions[1], contributions[1]], 1)
    value = json.loads(ceremony.make_input(contributions, 1))
    value["secrets"][1] = json.loads(ceremony.make_input(contributions, 2))["secrets"][1]
    other_share = json.dumps(value, separators=(",", ":")).encode()
    for raw, fault in ((swapped, "trustee 3"), (other_share, "trustee 2")):
        with pytest.raises(ProtocolError, match=fault):
            ceremony.make_output(opened, seeds[0], raw)
        answer = ask("makeOutput", name, decode(certs), THRESHOLD, seeds[0], raw.decode())
        assert answer["message"].startswith(fault)
    stranger = make_seed()
    for job in (
        ("makeContribution", name, decode(certs), THRESHOLD, stranger),
        ("makeContribution", name, decode(certs), THRESHOLD + 1, seeds[0]),
        ("checkContribution", name, decode(certs), THRESHOLD, 2, contributions[0].decode()),
        ("checkCertificate", name, certs[0].decode(), SIZE, THRESHOLD, 2),
        ("checkCertificate", "RFC-3526-2048", certs[0].decode(), SIZE, THRESHOLD, 1),
        ("makeContribution", name, decode([certs[0], certs[0], certs[2]]), THRESHOLD, seeds[0]),
    ):
        assert "error" in ask(*job), job


def test_both_refuse_a_shuffle_that_changes_a_vote() -> None:
    election = make_open_election("Ed25519", QUESTIONS)
    total = tally.TallyAccumulator(election)
    for votes in VOTES:
        total.add(make_ballot(election, make_credential(secrets.token_bytes), votes))
    raw = total.encrypted_tally()
    other = tally.TallyAccumulator(election)
    other.add(make_ballot(election, make_credential(secrets.token_bytes), VOTES[0]))
    for maker in (Browser(), Desktop()):
        value = json.loads(maker.shuffle(election, raw))
        value["ciphertexts"][0][0] = json.loads(other.encrypted_tally())[1][0]
        changed = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        with pytest.raises(ProtocolError, match="question 2"):
            mixnet.check_shuffle(election, raw, changed.encode())
        answer = ask("checkShuffle", election.raw.decode(), raw.decode(), changed)
        assert answer["error"] == "InvalidProof"
        assert "question 2" in answer["message"]

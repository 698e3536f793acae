"""The browser's protocol and the server's are one: each accepts what the other makes."""

import json
import secrets
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from voting.belenios.ballot import check_ballot, make_ballot, tracker, tracker_digits
from voting.belenios.credential import make_credential, parse_credential, public_credential
from voting.belenios.election import (
    AnyQuestion,
    Election,
    NonHomomorphicQuestion,
    Question,
    make_election,
    make_uuid,
    parse_election,
)
from voting.belenios.errors import ProtocolError
from voting.belenios.groups import get_group

SCRIPTS = Path(__file__).parents[1] / "js"
GROUPS = ["Ed25519", "BELENIOS-2048"]
ELECTION_QUESTIONS = (
    Question('Soll es «genossenschaftlich» werden? \\ / "', ("Ja", "Nein"), 1, 1, blank=True),
    Question("Who?\n", ("Ann", "Bob", "Cyd"), 1, 2, blank=True),
    Question("Any?", ("One", "Two", "Three"), 0, 3, blank=False),
    Question("Both?", ("One", "Two"), 2, 2, blank=False),
)
VOTES = (
    ([1, 0, 0], [0, 1, 0, 1], [0, 0, 0], [1, 1]),
    ([0, 1, 0], [1, 0, 0, 0], [1, 1, 1], [1, 1]),
    ([0, 0, 1], [0, 0, 1, 0], [0, 1, 0], [1, 1]),
)


def run(script: str, jobs: object) -> list[Any]:
    """What a Node.js script of the tests answers to a list of jobs."""
    command = ["node", str(SCRIPTS / script)]
    done = subprocess.run(
        command, input=json.dumps(jobs), capture_output=True, text=True, check=True, timeout=120
    )
    answers: list[Any] = json.loads(done.stdout)
    return answers


def make_open_election(group_name: str, questions: tuple[AnyQuestion, ...]) -> Election:
    group = get_group(group_name)
    key = group.generator ** group.random_scalar(secrets.token_bytes)
    raw = make_election(
        uuid=make_uuid(secrets.token_bytes),
        name="Leisure services – Gwasanaethau hamdden",
        description="",
        group=group,
        public_key=str(key),
        questions=questions,
    )
    return parse_election(raw)


@pytest.fixture(scope="module", params=GROUPS)
def election(request: pytest.FixtureRequest) -> Election:
    return make_open_election(request.param, ELECTION_QUESTIONS)


def test_python_accepts_ballots_sealed_by_the_browser(election: Election) -> None:
    code = make_credential(secrets.token_bytes)
    text = election.raw.decode()
    jobs = [{"election": text, "credential": code, "choices": votes} for votes in VOTES]

    for ballot in run("make_ballot.mjs", jobs):
        raw = ballot.encode()
        checked = check_ballot(raw, election)
        assert checked.credential == public_credential(election.group, election.uuid, code)
        assert checked.tracker == tracker(raw)


def test_the_browser_accepts_ballots_sealed_by_python(election: Election) -> None:
    code = make_credential(secrets.token_bytes)
    ballots = [make_ballot(election, code, votes) for votes in VOTES]
    text = election.raw.decode()

    answers = run("check_ballot.mjs", [{"election": text, "ballot": b.decode()} for b in ballots])

    expected = [{"tracker": tracker(b), "digits": tracker_digits(b)} for b in ballots]
    assert answers == expected


@pytest.mark.parametrize("group", ["Ed25519", "RFC-3526-2048"])
def test_each_accepts_ranks_beside_choices_sealed_by_the_other(group: str) -> None:
    questions = (NonHomomorphicQuestion("Which?", ("a", "b", "c")), ELECTION_QUESTIONS[0])
    election = make_open_election(group, questions)
    code, text = make_credential(secrets.token_bytes), election.raw.decode()
    votes = [([1, 0, 255], [0, 1, 0]), ([0, 0, 0], [1, 0, 0])]

    jobs = [{"election": text, "credential": code, "choices": choices} for choices in votes]
    for ballot in run("make_ballot.mjs", jobs):
        assert [len(answer) for answer in check_ballot(ballot.encode(), election).answers] == [1, 3]
    ballots = [make_ballot(election, code, choices).decode() for choices in votes]
    answers = run("check_ballot.mjs", [{"election": text, "ballot": b} for b in ballots])
    assert [answer["tracker"] for answer in answers] == [tracker(b.encode()) for b in ballots]


def test_both_accept_every_vote_of_every_shape_of_question() -> None:
    code = make_credential(secrets.token_bytes)
    sealing, checking, elections = [], [], []
    for blank, least in product((True, False), (0, 1, 2)):
        for most in range(max(least, 1), 3):
            question = Question("?", ("a", "b"), least, most, blank=blank)
            election = make_open_election("Ed25519", (question,))
            for bits in allowed(question):
                job = {"election": election.raw.decode(), "credential": code, "choices": [bits]}
                sealing.append(job)
                ballot = make_ballot(election, code, [bits]).decode()
                checking.append({"election": election.raw.decode(), "ballot": ballot})
                elections.append(election)

    for election, ballot in zip(elections, run("make_ballot.mjs", sealing), strict=True):
        check_ballot(ballot.encode(), election)
    assert [answer for answer in run("check_ballot.mjs", checking) if "error" in answer] == []


def allowed(question: Question) -> list[list[int]]:
    """Every vector that the question allows."""
    inside = [
        list(bits)
        for bits in product((0, 1), repeat=len(question.answers))
        if question.minimum <= sum(bits) <= question.maximum
    ]
    if not question.blank:
        return inside
    return [[1] + [0] * len(question.answers), *([0, *bits] for bits in inside)]


def change_digit(ballot: str, place: int) -> str:
    """The ballot with the digit at or after *place* replaced by another digit."""
    while not ballot[place].isdigit():
        place += 1
    return ballot[:place] + str((int(ballot[place]) + 1) % 10) + ballot[place + 1 :]


def test_both_refuse_the_same_changed_ballots(election: Election) -> None:
    code = make_credential(secrets.token_bytes)
    ballot = make_ballot(election, code, VOTES[0]).decode()
    changed = [change_digit(ballot, place) for place in range(60, len(ballot) - 200, 997)]
    changed += [f"{ballot} ", ballot.replace(":", ": ", 1), ballot[:-1], "{}", "[]", "1", "nul"]

    for raw in changed:
        with pytest.raises(ProtocolError):
            check_ballot(raw.encode(), election)
    jobs = [{"election": election.raw.decode(), "ballot": raw} for raw in changed]
    assert [answer for answer in run("check_ballot.mjs", jobs) if "error" not in answer] == []


def test_neither_accepts_a_ballot_for_another_election() -> None:
    mine, other = (make_open_election("Ed25519", ELECTION_QUESTIONS) for _ in range(2))
    ballot = make_ballot(mine, make_credential(secrets.token_bytes), VOTES[0])

    with pytest.raises(ProtocolError):
        check_ballot(ballot, other)
    job = {"election": other.raw.decode(), "ballot": ballot.decode()}
    [answer] = run("check_ballot.mjs", [job])
    assert answer["message"] == "ballot: made for another election"


def test_a_code_however_typed_is_the_same_to_both() -> None:
    code = make_credential(secrets.token_bytes)
    election = make_open_election("Ed25519", (ELECTION_QUESTIONS[0],))
    ways = [f" {code} ", code.replace("-", ""), code.replace("-", " "), code.replace("-", "–")]
    jobs = [
        {"election": election.raw.decode(), "credential": way, "choices": [[1, 0, 0]]}
        for way in ways
    ]

    for way, ballot in zip(ways, run("make_ballot.mjs", jobs), strict=True):
        assert parse_credential(way) == code
        credential = check_ballot(ballot.encode(), election).credential
        assert credential == public_credential(election.group, election.uuid, code)

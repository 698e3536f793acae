"""Attacks on ballots: copied, replayed, doubled, out of place, and made for another election."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from tests.belenios.ground import (
    PLAIN,
    Ground,
    make_archive,
    make_ground,
    verify_bytes,
)
from tests.belenios.test_nonhomomorphic import RANKED, resign
from tests.threats.ground import ED, VOTE, rerandomise, under_own_credential
from voting.belenios import homomorphic
from voting.belenios.ballot import check_ballot, make_ballot
from voting.belenios.board import EventType, verify_extends
from voting.belenios.errors import (
    InvalidArchive,
    InvalidBallot,
    InvalidProof,
    Malformed,
)

COPIES: dict[str, Callable[[Ground, Any], object]] = {
    "as it is": lambda made, answers: None,
    "bits re-randomised": lambda made, answers: [
        rerandomise(made, item) for item in answers[0]["choices"]
    ],
    "ranking re-randomised": lambda made, answers: rerandomise(made, answers[1]["choices"]),
    "choices permuted": lambda made, answers: answers[0]["choices"].reverse(),
    "choices and proofs permuted": lambda made, answers: [
        answers[0][name].reverse() for name in ("choices", "individual_proofs")
    ],
}


@pytest.mark.parametrize("name", COPIES)
def test_another_voters_ballot_copied_under_ones_own_credential(
    box: tuple[Ground, bytes], name: str
) -> None:
    made, raw = box
    value = json.loads(raw)
    COPIES[name](made, value["answers"])
    with pytest.raises(InvalidProof):
        check_ballot(under_own_credential(made, value), made.election)


def test_one_ciphertext_of_another_voter_reused(box: tuple[Ground, bytes]) -> None:
    made, raw = box
    theirs = json.loads(raw)
    mine = json.loads(make_ballot(made.election, made.credentials[1], [[0, 1], [1, 2, 3]]))
    for change in (
        lambda v: v["answers"].__setitem__(1, theirs["answers"][1]),
        lambda v: v["answers"][1].update(choices=theirs["answers"][1]["choices"]),
        lambda v: v["answers"][0]["choices"].__setitem__(0, theirs["answers"][0]["choices"][0]),
    ):
        value = json.loads(json.dumps(mine))
        change(value)
        with pytest.raises(InvalidProof):
            check_ballot(resign(made, value, voter=1), made.election)


def test_a_choice_that_counts_twice(
    box: tuple[Ground, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two votes for one answer and minus one for the other: their sum is proved, and right."""
    made, _ = box
    make = homomorphic.make_membership

    def make_any(*args: Any) -> Any:
        *before, branches, index, nonce, source = args
        return make(*before, branches, min(max(index, 0), len(branches) - 1), nonce, source)

    with monkeypatch.context() as patch:
        patch.setattr(homomorphic, "make_membership", make_any)
        patch.setattr(homomorphic, "check_choice", lambda question, choice: None)
        raw = make_ballot(made.election, made.credentials[1], [[2, -1], [1, 2, 3]])
    with pytest.raises(InvalidProof, match="question 1: ciphertext 1"):
        check_ballot(raw, made.election)


# Replay of one's own older ballot


@pytest.mark.parametrize("between", [0, 1], ids=["A,A", "A,B,A"])
def test_replay_of_ones_own_ballot_on_a_board(box: tuple[Ground, bytes], between: int) -> None:
    made, raw = box
    for _ in range(between):
        made.vote(0, [[0, 1], [1, 2, 3]])
    made.steps.append((EventType.BALLOT, [raw]))
    assert "cast before" in str(verify_bytes(made.archive()).error)


@pytest.mark.parametrize("change", [lambda p: p.pop(), lambda p: p.append(p[0])])
@pytest.mark.parametrize("where", ["individual", "overall"])
def test_one_proof_more_or_fewer(box: tuple[Ground, bytes], where: str, change: Any) -> None:
    made, raw = box
    value = json.loads(raw)
    answer = value["answers"][0]
    change(answer["individual_proofs"][0] if where == "individual" else answer["overall_proof"])
    with pytest.raises(Malformed):
        check_ballot(resign(made, value), made.election)


# Ballot stuffing or dropping by the server


def test_a_ballot_inserted_dropped_or_moved(finished: Ground) -> None:
    kept = finished.archive()
    stranger = make_ground(ED, (PLAIN, RANKED))
    stuffed = finished.copy()
    raw = make_ballot(finished.election, stranger.credentials[0], VOTE)
    stuffed.steps.insert(1, (EventType.BALLOT, [raw]))
    assert "not on the list" in str(verify_bytes(stuffed.archive()).error)
    dropped = finished.copy()
    dropped.steps.pop(1)
    assert "encrypted tally" in str(verify_bytes(dropped.archive()).error)
    moved = finished.copy()
    moved.steps[1], moved.steps[2] = moved.steps[2], moved.steps[1]
    assert verify_bytes(moved.archive()).valid, "which a kept copy tells apart"
    for other in (stuffed, dropped, moved):
        with pytest.raises(InvalidArchive):
            verify_extends(BytesIO(kept), BytesIO(other.archive()))
    verify_extends(BytesIO(make_archive(finished.steps[:3])), BytesIO(kept))
    late = finished.copy()
    late.steps.append((EventType.BALLOT, [raw]))
    assert "not allowed after Result" in str(verify_bytes(late.archive()).error)


def test_a_voter_with_two_counted_ballots(box: tuple[Ground, bytes]) -> None:
    """The last ballot of a credential counts, once."""
    made, _ = box
    made.vote(0, [[0, 1], [1, 2, 3]])
    made.finish(1, 2, 3)
    report = verify_bytes(made.archive())
    assert (report.ballots, report.counted) == (2, 1)
    assert report.result == [[0, 1], [[1, 2, 3]]]


def test_a_ballot_of_another_election(box: tuple[Ground, bytes], finished: Ground) -> None:
    _, raw = box
    for change in ({}, {"election_uuid": finished.election.uuid}):
        value = json.loads(raw) | change
        with pytest.raises(InvalidBallot):
            check_ballot(resign(finished, value), finished.election)

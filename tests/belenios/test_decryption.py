"""Long lists are opened and checked in pieces over an executor: same bytes, same refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import lru_cache
from typing import Any

import pytest

from tests.belenios.ground import BLANK, PLAIN, Ground, make_ground
from tests.belenios.test_groups import minus_one
from voting.belenios import decryption
from voting.belenios.decryption import (
    check_decryptions,
    check_partial_decryption,
    make_partial_decryption,
)
from voting.belenios.election import NonHomomorphicQuestion
from voting.belenios.encoding import encode_json
from voting.belenios.errors import InvalidProof, Malformed, ProtocolError
from voting.belenios.tally import make_result
from voting.engine import make_executor

RANKED = NonHomomorphicQuestion("Order", ("Ann", "Bob", "Cyd"))
VOTERS = 7


def always_the_same(size: int) -> bytes:
    """Randomness for comparing bytes, and for nothing else."""
    return b"\x05" * size


@lru_cache(maxsize=1)
def shuffled() -> Ground:
    """Eleven ciphertexts: four of a question that is added up, and seven shuffled papers."""
    made = make_ground("Ed25519", (BLANK, RANKED), trustees=2, weights=(1,) * VOTERS)
    for voter in range(VOTERS):
        made.vote(voter, [[0, 1, 0, 0], [1, 2, 3] if voter % 2 else [3, 1, 2]])
    made.close()
    made.shuffle(1)
    made.end_shuffles()
    return made


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces so small that each list is cut."""
    monkeypatch.setattr(decryption, "PIECE", 2)


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    """Two processes."""
    with make_executor(2) as pool:
        yield pool


def test_a_decryption_in_pieces_is_that_of_one_process_and_tells_how_far_it_is(
    executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = shuffled()
    election, tally, key = made.election, made.opened_raw, made.keys[0]
    told: list[tuple[int, int]] = []
    alone = make_partial_decryption(election, tally, key, always_the_same)
    spread = make_partial_decryption(
        election,
        tally,
        key,
        always_the_same,
        executor=executor,
        progress=note_in(told),
    )
    assert spread == alone
    assert told == [(done, 11) for done in (2, 4, 6, 8, 10, 11)]
    public = election.group.generator**key
    factors = check_partial_decryption(election, public, tally, alone)
    assert factors == check_partial_decryption(election, public, tally, alone, executor=executor)
    assert [len(row) for row in factors] == [4, VOTERS]
    own = (alone, make_partial_decryption(election, tally, made.keys[1], executor=executor))
    given = dict(enumerate(own, 1))
    told.clear()
    handed: list[str] = []
    submit = executor.submit

    def hand_out(function: Any, *args: Any) -> Any:
        handed.append(function.__name__)
        return submit(function, *args)

    monkeypatch.setattr(executor, "submit", hand_out)
    result = make_result(
        election, made.trustees, tally, given, VOTERS, executor=executor, progress=note_in(told)
    )
    assert handed.count("combine_piece") == 6
    assert result == make_result(election, made.trustees, tally, given, VOTERS)
    assert told[-1] == (22, 22)
    assert told == sorted(told)
    assert sorted(json.loads(result)["result"][1]) == [[1, 2, 3]] * 3 + [[3, 1, 2]] * 4


def note_in(told: list[tuple[int, int]]) -> Callable[[int, int], None]:
    """Keep what progress tells."""
    return lambda done, total: told.append((done, total))


def _refusal(made: Ground, raw: bytes, executor: Executor | None) -> ProtocolError:
    with pytest.raises(ProtocolError) as refused:
        check_decryptions(
            made.election, made.trustees, made.opened_raw, {1: raw}, executor=executor
        )
    return refused.value


def test_what_is_wrong_far_down_a_list_is_named_alike_with_an_executor_and_without(
    executor: Executor,
) -> None:
    made = shuffled()
    good = json.loads(make_partial_decryption(made.election, made.opened_raw, made.keys[0]))
    factors, proofs = good["decryption_factors"][1], good["decryption_proofs"][1]
    for place, (row, value, kind, words) in {
        5: (factors, factors[0], InvalidProof, "trustee 1: question 2, ciphertext 6: the proof"),
        4: (proofs, {}, Malformed, "trustee 1: question 2: "),
        6: (factors, "no element", Malformed, "trustee 1: question 2: "),
    }.items():
        kept, row[place] = row[place], value
        refusals = [_refusal(made, encode_json(good), pool) for pool in (None, executor)]
        row[place] = kept
        assert {type(refusal) for refusal in refusals} == {kind}
        assert words in str(refusals[0])
        assert str(refusals[0]) == str(refusals[1])


def test_a_ciphertext_outside_the_group_is_not_decrypted(executor: Executor) -> None:
    made = shuffled()
    tally = json.loads(made.opened_raw)
    tally[1][6]["beta"] = "0" * 64
    for pool in (None, executor):
        with pytest.raises(Malformed, match="encrypted tally, question 2"):
            make_partial_decryption(made.election, encode_json(tally), made.keys[0], executor=pool)
    tally[1][6] = {"alpha": "x", "beta": "y"}
    with pytest.raises(Malformed, match="question 2: ciphertext 7: "):
        make_partial_decryption(made.election, encode_json(tally), made.keys[0])
    for row in (tally[0].pop, tally.pop):
        row()
        with pytest.raises(Malformed, match="expected an array of"):
            make_partial_decryption(made.election, encode_json(tally), made.keys[0])


def test_a_factor_outside_the_group_is_refused_although_its_proof_holds() -> None:
    """In a proof of even challenge its sign vanishes; in the count it would not."""
    made = make_ground("BELENIOS-2048", (PLAIN,))
    made.vote(0, [[1, 0]])
    made.close()
    claims = (
        json.loads(make_partial_decryption(made.election, made.opened_raw, made.keys[0]))
        for _ in range(100)
    )
    claim = next(
        each for each in claims if int(each["decryption_proofs"][0][0]["challenge"]) % 2 == 0
    )
    factors = claim["decryption_factors"][0]
    factors[0] = str(minus_one(made.election.group) + 1 - int(factors[0]))
    public, raw = made.trustees.public_key_of(1), encode_json(claim)
    with pytest.raises(Malformed, match="question 1: an element is not in the group"):
        check_partial_decryption(made.election, public, made.opened_raw, raw)

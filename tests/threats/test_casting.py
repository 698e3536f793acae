"""Attacks at the casting desk: each is refused in words, and the board is unharmed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine

from tests.election_ground import FORM, NO, NOON, YES, Ground, make_ground
from voting.belenios.ballot import make_ballot, tracker_digits
from voting.belenios.credential import make_credential, private_key
from voting.belenios.encoding import base64_digest, encode_json
from voting.belenios.errors import InvalidBallot, InvalidProof, InvalidSignature, ProtocolError
from voting.belenios.proofs import make_knowledge
from voting.domain.errors import Conflict, Forbidden, Refusal, TooLarge
from voting.services import casting
from voting.services.casting import AlreadyCast
from voting.store import board, database
from voting.store.polls import Election


@pytest.fixture
def engine(each_engine: Engine) -> Engine:
    """Both databases."""
    return each_engine


@pytest.fixture
def ground(engine: Engine) -> Iterator[Ground]:
    """A poll in which the first elector has voted; the attack must leave the board as it is."""
    made = make_ground(engine, rolls=((1, 1, 1), (1,)))
    made.vote(YES)
    before = chain(made)
    yield made
    assert chain(made) == before


def chain(ground: Ground) -> list[list[tuple[list[bytes], bytes]]]:
    with ground.session() as session:
        return [list(board.iter_events(session, election)) for election in ground.elections]


def first_ballot(ground: Ground) -> bytes:
    with ground.session() as session:
        (raw,) = board.get_records(session, ground.elections[0], 1)
        return raw


def sign_as(ground: Ground, value: dict[str, object], voter: int) -> bytes:
    """Sign a ballot anew with the code of *voter*: what anyone with a code of their own can do."""
    election = ground.definition()
    value.pop("signature", None)
    digest = base64_digest(encode_json(value))
    key = private_key(election.group, election.uuid, ground.code(voter))
    proof = make_knowledge(election.group, f"sig|{digest}|", key, secrets.token_bytes)
    return encode_json(value | {"signature": {"hash": digest, "proof": proof.to_json()}})


def test_another_voters_ballot_cast_as_it_is(ground: Ground):
    with pytest.raises(Forbidden, match="not the one in your letter"):
        ground.cast(first_ballot(ground), voter=1)


def test_another_voters_ballot_copied_under_ones_own_credential(ground: Ground):
    mine = json.loads(ground.seal(NO, voter=1))
    copy = json.loads(first_ballot(ground)) | {"credential": mine["credential"]}
    with pytest.raises(InvalidSignature):
        ground.cast(encode_json(copy), voter=1)
    with pytest.raises(InvalidProof):
        ground.cast(sign_as(ground, copy, 1), voter=1)


def test_one_answer_of_another_voter_put_into_ones_own_ballot(ground: Ground):
    mine = json.loads(ground.seal(NO, voter=1))
    theirs = json.loads(first_ballot(ground))["answers"][0]
    for part in ("choices", "individual_proofs"):
        mine["answers"][0][part][1] = theirs[part][1]
    with pytest.raises(InvalidProof):
        ground.cast(sign_as(ground, mine, 1), voter=1)


def test_choices_of_ones_own_ballot_swapped(ground: Ground):
    mine = json.loads(ground.seal(NO, voter=1))
    answer = mine["answers"][0]
    for part in ("choices", "individual_proofs"):
        answer[part][1], answer[part][2] = answer[part][2], answer[part][1]
    with pytest.raises(InvalidProof):
        ground.cast(sign_as(ground, mine, 1), voter=1)


def test_a_ballot_for_another_constituencys_election(ground: Ground):
    raw = ground.seal(YES, place=1)
    with pytest.raises(InvalidBallot, match="another election"):
        ground.cast(raw, voter=1)


def test_a_credential_that_is_on_no_roll_and_one_of_another_read_the_same(ground: Ground):
    stranger = make_ballot(ground.definition(), make_credential(), [YES])
    told = []
    for raw in (stranger, ground.seal(YES, voter=2)):
        with pytest.raises(Forbidden) as caught:
            ground.cast(raw, voter=1)
        told.append((caught.value.message, caught.value.code))
    assert told[0] == told[1]


@pytest.mark.parametrize("end", [1, 40, -40, -1])
def test_a_truncated_ballot(ground: Ground, end: int):
    with pytest.raises(ProtocolError):
        ground.cast(ground.seal(YES, voter=1)[:end], voter=1)


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 5000, b'{"answers":' * 900]
)
def test_what_is_no_ballot_at_all(ground: Ground, raw: bytes):
    with pytest.raises(ProtocolError):
        ground.cast(raw, voter=1)


def test_a_ballot_that_is_not_canonical(ground: Ground):
    raw = ground.seal(YES, voter=1)
    spaced = json.dumps(json.loads(raw)).encode()
    for changed in (spaced, raw + b"\n", raw.replace(b'"choices"', b'"choice\\u0073"', 1)):
        with pytest.raises(ProtocolError):
            ground.cast(changed, voter=1)


def test_a_body_over_the_limit_is_refused_before_it_is_read(ground: Ground, monkeypatch):
    monkeypatch.setattr(casting, "check_ballot", None)  # calling it would fail the test
    with pytest.raises(TooLarge):
        ground.cast(ground.seal(YES, voter=1) + b" " * casting.MAX_BALLOT_BYTES, voter=1)


def test_a_definition_that_was_changed_in_the_database_after_freezing(engine: Engine):
    """Browsers would seal for the changed one, and the signed ballots would say so."""
    ground = make_ground(engine)
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        election.definition = election.definition.replace(b"become a mutual", b"stay as it is  ")
        session.commit()
    before = chain(ground)
    with pytest.raises(Conflict, match="not the one that was frozen"):
        ground.cast(ground.seal(YES))
    assert chain(ground) == before


def test_replay_of_ones_own_ballot(ground: Ground):
    raw = first_ballot(ground)
    with pytest.raises(AlreadyCast) as caught:
        ground.cast(raw)
    assert caught.value.digits == tracker_digits(raw)
    assert not caught.value.replaced
    assert "in the ballot box already" in caught.value.message


def test_replay_of_a_ballot_that_was_replaced(engine: Engine):
    ground = make_ground(engine)
    first = ground.seal(YES)
    ground.cast(first)
    ground.vote(NO)
    before = chain(ground)
    with pytest.raises(AlreadyCast) as caught:
        ground.cast(first)
    assert caught.value.digits == tracker_digits(first)
    assert caught.value.replaced
    assert "replaced by a later vote" in caught.value.message
    assert chain(ground) == before


def test_two_concurrent_casts_of_one_ballot_put_it_in_once(engine: Engine, monkeypatch):
    """Both casts have passed every check that needs no lock before either writes."""
    ground = make_ground(engine)
    raw = ground.seal(YES)
    checked, begin_writing = Barrier(2), database.begin_writing
    outcomes: list[object] = []

    def begin_together(session):
        checked.wait(timeout=60)
        begin_writing(session)

    def cast() -> None:
        try:
            outcomes.append(ground.cast(raw))
        except Refusal as refusal:
            outcomes.append(refusal)

    monkeypatch.setattr(database, "begin_writing", begin_together)
    threads = [Thread(target=cast) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyCast", "Receipt"]
    assert [record for records, _ in chain(ground)[0] for record in records].count(raw) == 1


def test_a_ballot_stuffed_for_someone_else_through_the_server_side(ground: Ground):
    with ground.session() as session, pytest.raises(casting.Refusal) as caught:
        casting.seal_and_cast(
            session, ground.elections[0], ground.electors[0][1], ground.code(0), [NO], now=NOON
        )
    assert caught.value.field == "code"


def test_choosing_more_than_is_allowed_cannot_be_sealed(ground: Ground):
    assert FORM[1] == 1
    with ground.session() as session, pytest.raises(InvalidBallot):
        casting.seal_and_cast(
            session,
            ground.elections[0],
            ground.electors[0][1],
            ground.code(1),
            [[0, 1, 1]],
            now=NOON,
        )

"""The board keeps the chain: append only, one place and one payload once."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.election_ground import NO, YES, Ground, make_ground
from voting.belenios.board import parse_event
from voting.store import board
from voting.store.board import Link, TakenError


@pytest.fixture
def engine(each_engine: Engine) -> Engine:
    """Both databases."""
    return each_engine


@pytest.fixture
def ground(engine: Engine) -> Ground:
    made = make_ground(engine, rolls=((1, 1, 1), (1,)))
    made.vote(YES)
    made.vote(NO, voter=1)
    made.vote(NO)
    return made


def test_events_are_read_forward_with_their_records_in_batches_of_any_size(ground: Ground):
    with ground.session() as session:
        whole = list(board.iter_events(session, ground.elections[0], batch=100))
        assert list(board.iter_events(session, ground.elections[0], batch=1)) == whole
        assert list(board.iter_events(session, ground.elections[0], after=1)) == whole[2:]
    assert [len(records) for records, _ in whole] == [4, 1, 1, 1]
    parent = None
    for height, (_, body) in enumerate(whole):
        event = parse_event(body)
        assert (event.height, event.parent) == (height, parent)
        parent = event.hash


@pytest.mark.parametrize("taken", ["position", "payload"])
def test_a_place_and_a_payload_are_taken_once(ground: Ground, taken: str):
    election_id = ground.elections[0]
    with ground.session() as session:
        head = board.find_head(session, election_id)
        assert head is not None
        position = head.position if taken == "position" else head.position + 1
        payload = head.payload if taken == "payload" else "0" * 64
        with pytest.raises(TakenError):
            board.append(session, election_id, Link(position, "Ballot", b"{}", "0", payload), [])
        session.rollback()
        assert board.find_head(session, election_id) == head


def test_the_same_payload_may_stand_on_another_board(ground: Ground):
    with ground.session() as session:
        head = board.find_head(session, ground.elections[0])
        assert head is not None
        other = ground.elections[1]
        board.append(session, other, Link(1, "Ballot", b"{}", "0", head.payload), [b"raw"])
        assert board.get_records(session, other, 1) == [b"raw"]


def test_the_last_ballot_of_each_credential_is_the_one_to_count(ground: Ground):
    with ground.session() as session:
        election_id = ground.elections[0]
        tracked = board.list_ballots(session, election_id)
        assert [row.replaced for row in tracked] == [True, False, False]
        expected = [board.get_records(session, election_id, place)[0] for place in (2, 3)]
        for batch in (1, 100):
            counted = board.iter_counted(session, election_id, batch=batch)
            assert [raw for _, raw in counted] == expected
        assert board.count_ballots(session, election_id) == (3, 2)


def test_a_ballot_row_tells_no_time_no_address_and_no_elector():
    columns = {column.name for column in board.BoardEvent.__table__.columns}
    columns |= {column.name for column in board.BoardData.__table__.columns}
    assert columns == {
        "election_id",
        "position",
        "part",
        "type",
        "body",
        "hash",
        "payload",
        "credential",
        "digits",
    }


def test_a_board_that_has_not_begun_is_empty(ground: Ground):
    with ground.session() as session:
        assert board.find_head(session, 999) is None
        assert board.find_records(session, 999, "Setup") == []
        assert list(board.iter_events(session, 999)) == []
        assert board.measure_archive(session, 999) == 0

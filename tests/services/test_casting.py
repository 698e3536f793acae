"""Casting a ballot: what is refused, what replaces what, and what is left behind."""

from __future__ import annotations

import datetime as dt
import json
import logging
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, event, select

from tests.election_ground import (
    AFTER,
    BLANK,
    CLOSES,
    GRACE,
    NO,
    NOON,
    OPENS,
    YES,
    Ground,
    make_ground,
)
from voting.belenios.ballot import display_tracker, tracker, tracker_digits
from voting.belenios.errors import ProtocolError
from voting.domain.errors import Closed, NotFound, NotOpen, Refusal
from voting.services import casting
from voting.services.casting import AlreadyCast, Receipt
from voting.store import board, database
from voting.store.letters import Letter
from voting.store.polls import Election, Poll
from voting.store.roll import Credential

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def engine(each_engine: Engine) -> Engine:
    """Both databases."""
    return each_engine


@pytest.fixture
def ground(engine: Engine) -> Ground:
    return make_ground(engine)


def counted(ground: Ground) -> list[str]:
    with ground.session() as session:
        return [tracker(raw) for _, raw in board.iter_counted(session, ground.elections[0])]


def on_board(ground: Ground) -> list[str]:
    with ground.session() as session:
        return [row.digits for row in board.list_ballots(session, ground.elections[0])]


# ------------------------------------------------------------------ what a cast leaves behind


def test_the_ballot_stands_on_the_board_with_the_bytes_it_came_in(ground: Ground):
    raw = ground.seal(YES)
    receipt = ground.cast(raw)
    with ground.session() as session:
        assert board.get_records(session, ground.elections[0], 1) == [raw]
    digits = tracker_digits(raw)
    assert receipt == Receipt(tracker(raw), digits, display_tracker(digits), False)


def test_second_ballot_replaces_the_first(ground: Ground):
    first = ground.vote(YES)
    second = ground.vote(NO)
    assert counted(ground) == [second.tracker]
    assert on_board(ground) == [first.digits, second.digits]
    assert (first.replaced, second.replaced) == (False, True)


def test_a_receipt_letter_is_owed_with_each_ballot_and_tells_no_choice(ground: Ground):
    receipts = [ground.vote(YES), ground.vote(NO)]
    with ground.session() as session:
        letters = list(session.scalars(select(Letter).order_by(Letter.id)))
        assert [letter.kind for letter in letters] == ["receipt", "receipt"]
        assert [json.loads(letter.details) for letter in letters] == [
            {"digits": receipt.digits, "replaced": receipt.replaced} for receipt in receipts
        ]
        for letter, receipt in zip(letters, receipts, strict=True):
            assert letter.elector_id == ground.electors[0][0]
            assert receipt.digits not in letter.key
            assert receipt.tracker not in letter.key


def test_a_refused_ballot_leaves_nothing(ground: Ground):
    ground.vote(YES)
    with pytest.raises(ProtocolError):
        ground.cast(ground.seal(NO, voter=1)[:-20], voter=1)
    with ground.session() as session:
        assert board.count_ballots(session, ground.elections[0]) == (1, 1)
        assert len(session.scalars(select(Letter)).all()) == 1
        voted = session.scalars(select(Credential.has_voted)).all()
        assert sorted(voted) == [False, False, True]


def test_nothing_secret_is_logged(ground: Ground, caplog):
    caplog.set_level(logging.DEBUG)
    raw, code = ground.seal(YES), ground.code()
    ground.cast(raw)
    with pytest.raises(AlreadyCast):
        ground.cast(raw)
    with ground.session() as session:
        casting.seal_and_cast(
            session, ground.elections[0], ground.electors[0][0], code, [NO], now=NOON
        )
        session.commit()
    for secret in (raw.decode(), code, code.replace("-", ""), "@people.example", tracker(raw)):
        assert secret not in caplog.text


# ------------------------------------------------------------------ when voting is open


@pytest.mark.parametrize(
    ("now", "begun_at"),
    [
        (OPENS, None),
        (CLOSES - SECOND, None),
        (CLOSES, CLOSES - SECOND),
        (CLOSES + GRACE, CLOSES - SECOND),
    ],
)
def test_a_ballot_is_taken_until_the_last_second(ground: Ground, now, begun_at):
    ground.cast(ground.seal(YES), now=now, begun_at=begun_at)
    assert len(on_board(ground)) == 1


@pytest.mark.parametrize(
    ("now", "begun_at", "kind"),
    [
        (OPENS - SECOND, None, NotOpen),
        (CLOSES, None, Closed),
        (CLOSES, CLOSES, Closed),
        (CLOSES + GRACE + SECOND, CLOSES - SECOND, Closed),
    ],
)
def test_a_ballot_is_refused_outside_the_voting_time(ground: Ground, now, begun_at, kind):
    with pytest.raises(kind):
        ground.cast(ground.seal(YES), now=now, begun_at=begun_at)
    assert on_board(ground) == []


def test_a_ballot_checked_while_the_box_was_sealed_is_refused(ground: Ground, monkeypatch):
    raw = ground.seal(YES)
    check = casting.check_ballot

    def close_meanwhile(*args):
        ballot = check(*args)
        ground.close()
        return ballot

    monkeypatch.setattr(casting, "check_ballot", close_meanwhile)
    with pytest.raises(Closed):
        ground.cast(raw, now=CLOSES + GRACE, begun_at=CLOSES - SECOND)
    assert on_board(ground) == []


def test_a_ballot_checked_while_the_vote_was_cancelled_is_refused(ground: Ground, monkeypatch):
    """Its box has no last event that would refuse the ballot: the poll is looked at again."""
    raw = ground.seal(YES)
    check = casting.check_ballot

    def cancel_meanwhile(*args):
        checked = check(*args)
        with ground.session() as session:
            session.get_one(Poll, ground.poll_id).state = "cancelled"
            session.commit()
        return checked

    monkeypatch.setattr(casting, "check_ballot", cancel_meanwhile)
    with pytest.raises(Closed, match="cancelled"):
        ground.cast(raw)
    assert on_board(ground) == []


def test_a_board_that_has_ended_takes_no_ballot_whatever_the_poll_says(ground: Ground):
    raw = ground.seal(YES)
    ground.close()
    with ground.session() as session:
        session.get_one(Poll, ground.poll_id).state = "open"
        session.commit()
    with pytest.raises(Closed):
        ground.cast(raw)
    assert on_board(ground) == []


def test_after_counting_nothing_is_taken(ground: Ground):
    raw = ground.seal(YES)
    ground.vote(YES, voter=1)
    ground.close()
    ground.count()
    with pytest.raises(Closed):
        ground.cast(raw, now=AFTER, begun_at=NOON)


# ------------------------------------------------------------------ whose ballot it is


def test_somebody_who_is_not_on_the_roll_of_the_election_is_refused(engine: Engine):
    ground = make_ground(engine, rolls=((1,), (1,)))
    raw = ground.seal(YES)
    with ground.session() as session, pytest.raises(NotFound, match="not on the roll"):
        casting.cast_ballot(session, ground.elections[0], ground.electors[1][0], raw, now=NOON)


def test_a_credential_that_is_nobodys_yet_becomes_the_first_voters(ground: Ground):
    with ground.session() as session:
        mine = session.scalars(
            select(Credential).where(Credential.elector_id == ground.electors[0][0])
        ).one()
        mine.elector_id = None
        session.commit()
    with pytest.raises(Refusal, match="not the one in your letter"):
        ground.cast(ground.seal(YES), voter=1)  # has a credential of their own
    ground.vote(YES)
    with pytest.raises(Refusal, match="not the one in your letter"):
        ground.cast(ground.seal(NO), voter=2)
    assert len(on_board(ground)) == 1


# ------------------------------------------------------------------ two at once


def test_two_concurrent_casts_of_one_voter_leave_an_unbroken_chain(ground: Ground):
    ballots = [ground.seal(YES), ground.seal(NO)]
    outcomes = cast_together(ground, ballots)
    assert all(isinstance(outcome, Receipt) for outcome in outcomes)
    assert len(on_board(ground)) == 2
    assert len(counted(ground)) == 1
    assert sorted(receipt.replaced for receipt in outcomes) == [False, True]


def test_the_same_ballot_twice_at_once_is_taken_once(ground: Ground):
    raw = ground.seal(YES)
    outcomes = cast_together(ground, [raw, raw])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyCast", "Receipt"]
    assert on_board(ground) == [tracker_digits(raw)]


def cast_together(ground: Ground, ballots: list[bytes]) -> list[object]:
    """Cast these ballots of one voter from threads that start at the same moment."""
    barrier, outcomes = Barrier(len(ballots)), []

    def run(raw: bytes) -> None:
        barrier.wait()
        try:
            outcomes.append(ground.cast(raw))
        except Refusal as refusal:
            outcomes.append(refusal)

    threads = [Thread(target=run, args=(raw,)) for raw in ballots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_many_voters_at_once_are_all_on_the_board(engine: Engine):
    ground = make_ground(engine, rolls=([1] * 8,))
    ballots = [ground.seal(YES, voter=voter) for voter in range(8)]
    threads = [
        Thread(target=ground.cast, args=(raw,), kwargs={"voter": voter})
        for voter, raw in enumerate(ballots)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(on_board(ground)) == sorted(tracker_digits(raw) for raw in ballots)


def test_a_lost_race_for_a_place_on_the_board_is_tried_again(ground: Ground, monkeypatch):
    append, lost = board.append, []

    def lose_first(*args):
        if not lost:
            lost.append(True)
            raise board.TakenError("position 1 of board 1")
        append(*args)

    monkeypatch.setattr(board, "append", lose_first)
    receipt = ground.vote(YES)
    assert lost
    assert on_board(ground) == [receipt.digits]


def test_a_race_lost_every_time_ends_in_a_sentence(ground: Ground, monkeypatch):
    def lose(*args):
        raise board.TakenError("position 1 of board 1")

    monkeypatch.setattr(board, "append", lose)
    with pytest.raises(Refusal, match="Cast it again in a moment"):
        ground.vote(YES)
    assert on_board(ground) == []


# ------------------------------------------------------------------ what it costs the database


def test_nothing_is_locked_while_a_ballot_is_checked(ground: Ground, monkeypatch):
    check = casting.check_ballot

    def write_meanwhile(*args):
        with ground.session() as other, database.transaction(other):
            other.get_one(Election, ground.elections[0]).electors = 3
        return check(*args)

    monkeypatch.setattr(casting, "check_ballot", write_meanwhile)
    ground.vote(YES)
    assert len(on_board(ground)) == 1


def test_a_cast_reads_no_definition_and_few_rows(ground: Ground):
    ground.vote(YES)
    raw, statements = ground.seal(YES, voter=1), []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(ground.engine, "before_cursor_execute", note)
    ground.cast(raw, voter=1)
    event.remove(ground.engine, "before_cursor_execute", note)
    assert len([s for s in statements if not s.startswith("BEGIN")]) <= 11
    assert not any("definition" in s or "frozen_json" in s for s in statements)


# ------------------------------------------------------------------ sealed on the server


def seal_and_cast(ground: Ground, code: str, *choices: list[int], voter: int = 0) -> Receipt:
    with ground.session() as session:
        receipt = casting.seal_and_cast(
            session, ground.elections[0], ground.electors[0][voter], code, choices, now=NOON
        )
        session.commit()
        return receipt


def test_a_voter_without_javascript_gets_the_same_ballot_cast(ground: Ground):
    receipt = seal_and_cast(ground, ground.code().replace("-", " "), YES)
    assert on_board(ground) == [receipt.digits]
    assert seal_and_cast(ground, ground.code(), BLANK).replaced


def test_the_code_of_somebody_else_is_refused_like_one_that_nobody_has(ground: Ground):
    refusals = []
    for code in (ground.code(voter=1), "11111-222222-33333-444444"):
        with pytest.raises(Refusal) as caught:
            seal_and_cast(ground, code, YES)
        refusals.append((caught.value.message, caught.value.field))
    assert refusals == [(casting.CODE_OTHER, "code")] * 2
    assert on_board(ground) == []


@pytest.mark.parametrize("code", ["", "abc", "0OIl0-000000-00000-000000", "1" * 23])
def test_a_text_that_is_no_code_is_refused_in_words(ground: Ground, code: str):
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        with pytest.raises(Refusal, match="22 letters and digits") as caught:
            casting.check_code(election, code)
    assert caught.value.field == "code"


def test_check_code_gives_the_public_credential(ground: Ground):
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        public = casting.check_code(election, ground.code())
        mine = select(Credential).where(Credential.elector_id == ground.electors[0][0])
        assert session.scalars(mine).one().public_credential == public

"""Closing and counting: what is sealed, when, and what a crash leaves."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from sqlalchemy import Engine, select

from tests.election_ground import (
    AFTER,
    AIMS,
    BLANK,
    CLOSES,
    FORM,
    GRACE,
    NO,
    NOON,
    YES,
    Ground,
    make_ground,
)
from voting.belenios.errors import InvalidTally
from voting.domain.errors import Conflict
from voting.services import casting, tallying
from voting.services.tallying import boards, counting, summing
from voting.store import board, database
from voting.store.board import BoardEvent
from voting.store.polls import Election, Poll
from voting.store.proposals import list_acts

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def engine(each_engine: Engine) -> Engine:
    """Both databases."""
    return each_engine


def result_of(ground: Ground, place: int = 0) -> list[list[int]]:
    with ground.session() as session:
        raw = session.get_one(Election, ground.elections[place]).result
        assert raw is not None
        result: list[list[int]] = json.loads(raw)["result"]
        return result


def types_on(ground: Ground, place: int = 0) -> list[str]:
    with ground.session() as session:
        query = select(BoardEvent.type).where(BoardEvent.election_id == ground.elections[place])
        return list(session.scalars(query.order_by(BoardEvent.position)))


def acts_of(ground: Ground) -> list[tuple[str, dict]]:
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        return [(act.kind, json.loads(act.body)) for act in list_acts(session, poll.proposal_id)]


# ------------------------------------------------------------------ close


@pytest.mark.parametrize("now", [NOON, CLOSES, CLOSES + GRACE - SECOND])
def test_the_box_is_not_sealed_while_a_ballot_may_still_come(engine: Engine, now):
    ground = make_ground(engine)
    with pytest.raises(Conflict):
        ground.close(now)
    assert types_on(ground) == ["Setup"]


def test_closing_ends_every_board_and_publishes_heads_and_numbers(engine: Engine):
    ground = make_ground(engine, rolls=((1, 1, 1), (1,)))
    ground.vote(YES)
    ground.vote(NO)
    ground.vote(NO, voter=1)
    ground.close(CLOSES + GRACE)
    assert types_on(ground) == ["Setup", "Ballot", "Ballot", "Ballot", "EndBallots"]
    assert types_on(ground, 1) == ["Setup", "EndBallots"]
    ((kind, body),) = acts_of(ground)
    assert kind == "closed"
    staff, users = body["ballot_boxes"]
    assert (staff["ballots"], staff["papers"]) == (3, 2)
    assert (users["ballots"], users["papers"]) == (0, 0)
    with ground.session() as session:
        head = board.find_head(session, ground.elections[0])
        assert head is not None
        assert staff["head"] == head.hash


def test_a_poll_is_closed_once(engine: Engine):
    ground = make_ground(engine)
    ground.close()
    with pytest.raises(Conflict, match="has closed"):
        ground.close()
    assert types_on(ground) == ["Setup", "EndBallots"]


# ------------------------------------------------------------------ count


def test_nothing_is_counted_before_the_box_is_sealed(engine: Engine):
    ground = make_ground(engine)
    ground.vote(YES)
    with pytest.raises(Conflict):
        ground.count()
    assert types_on(ground) == ["Setup", "Ballot"]


@pytest.mark.parametrize("group", ["Ed25519", "BELENIOS-2048"])
def test_the_last_ballot_of_each_voter_counts_by_weight(engine: Engine, group: str):
    ground = make_ground(engine, group=group, rolls=((1, 5, 1, 1),), questions=(FORM, AIMS))
    ground.vote(YES, [0, 1, 1, 0, 0])
    ground.vote(YES, [0, 0, 1, 1, 0], voter=1)
    ground.vote(BLANK, [1, 0, 0, 0, 0], voter=2)
    ground.vote(NO, [0, 0, 0, 0, 1])  # replaces the first
    ground.close()
    ground.count()
    assert result_of(ground) == [[1, 5, 1], [1, 0, 5, 5, 1]]
    assert types_on(ground)[-4:] == ["EndBallots", "EncryptedTally", "PartialDecryption", "Result"]


def test_an_empty_box_is_counted_too(engine: Engine):
    ground = make_ground(engine)
    ground.close()
    ground.count()
    assert result_of(ground) == [[0, 0, 0]]


def test_key_and_seed_are_destroyed_with_the_count_and_that_is_public(engine: Engine):
    ground = make_ground(engine, rolls=((1,), (1,)))
    ground.close()
    ground.count()
    with ground.session() as session:
        for election_id in ground.elections:
            election = session.get_one(Election, election_id)
            assert election.sealed_key is None
            assert election.sealed_seed is None
    kinds = [kind for kind, _ in acts_of(ground)]
    assert kinds == ["closed", "counted", "keys-destroyed", "counted", "keys-destroyed"]


def test_batches_on_other_processes_give_the_same_tally(engine: Engine, monkeypatch):
    monkeypatch.setattr(summing, "BATCH", 2)
    ground = make_ground(engine, rolls=([1, 2, 1, 1, 3],))
    for voter, choice in enumerate([YES, NO, YES, BLANK, NO]):
        ground.vote(choice, voter=voter)
    ground.close()
    told: list[tuple[str, int, int]] = []
    with (
        ProcessPoolExecutor(1, get_context("forkserver")) as executor,
        ground.session() as session,
    ):
        tallying.count(
            session,
            session.get_one(Poll, ground.poll_id),
            sealer=ground.sealer,
            now=AFTER,
            executor=executor,
            progress=lambda name, done, total: told.append((name, done, total)),
            keep=session.commit,
        )
    assert result_of(ground) == [[1, 2, 5]]
    assert told[:3] == [("Staff", 2, 5), ("Staff", 4, 5), ("Staff", 5, 5)]
    assert told[3:] == [("Staff", 3, 3)] * 2  # opened, and the opening checked


# ------------------------------------------------------------------ crashes and rivals


class CrashError(Exception):
    """The process died here."""


def test_a_crash_leaves_an_election_counted_or_untouched_and_counting_goes_on(
    engine: Engine, monkeypatch
):
    ground = make_ground(engine, rolls=((1,), (1,), (1,)))
    for place in range(3):
        ground.vote(YES, place=place)
    ground.close()
    append, done = boards.append, []

    def die_in_the_second_election(session, election, head, kind, records):
        done.append(kind)
        if len(done) == 5:
            raise CrashError
        return append(session, election, head, kind, records)

    monkeypatch.setattr(boards, "append", die_in_the_second_election)
    with pytest.raises(CrashError):
        ground.count()
    complete = ["Setup", "Ballot", "EndBallots", "EncryptedTally", "PartialDecryption", "Result"]
    assert [types_on(ground, place) for place in range(3)] == [
        complete,
        complete[:3],
        complete[:3],
    ]
    with ground.session() as session:
        assert session.get_one(Poll, ground.poll_id).state == "counting"
        assert session.get_one(Election, ground.elections[1]).sealed_key is not None
        counted_first = board.find_head(session, ground.elections[0])

    monkeypatch.setattr(boards, "append", append)
    ground.count()
    assert [types_on(ground, place) for place in range(3)] == [complete] * 3
    with ground.session() as session:
        assert board.find_head(session, ground.elections[0]) == counted_first
    ground.count()  # once more changes nothing
    assert [types_on(ground, place) for place in range(3)] == [complete] * 3
    assert [kind for kind, _ in acts_of(ground)].count("counted") == 3


def test_a_second_worker_that_was_slower_puts_nothing_on_the_board(engine: Engine, monkeypatch):
    ground = make_ground(engine)
    ground.vote(YES)
    ground.close()
    compute = counting.plan

    def be_overtaken(*args):
        counted = compute(*args)
        monkeypatch.setattr(counting, "plan", compute)
        ground.count()
        return counted

    monkeypatch.setattr(counting, "plan", be_overtaken)
    ground.count()
    assert types_on(ground).count("Result") == 1
    assert [kind for kind, _ in acts_of(ground)].count("counted") == 1


def test_voters_of_another_poll_are_not_kept_waiting_by_the_count(engine: Engine, monkeypatch):
    ground = make_ground(engine)
    ground.vote(YES)
    ground.close()
    total = summing.sum_batch

    written = []

    def write_meanwhile(batch):
        written.append(batch)
        with ground.session() as other, database.transaction(other):
            other.get_one(Poll, ground.poll_id).introduction = "written while counting"
        return total(batch)

    monkeypatch.setattr(summing, "sum_batch", write_meanwhile)
    ground.count()
    assert written
    assert result_of(ground) == [[0, 1, 0]]


def test_a_ballot_filed_under_another_credential_stops_the_count(engine: Engine):
    ground = make_ground(engine)
    ground.vote(YES)
    ground.vote(NO, voter=1)
    ground.close()
    with ground.session() as session:
        first, second = session.scalars(
            select(BoardEvent).where(BoardEvent.type == "Ballot").order_by(BoardEvent.position)
        )
        first.credential, second.credential = second.credential, first.credential
        session.commit()
    with pytest.raises(InvalidTally, match="not its own"):
        ground.count()
    assert types_on(ground)[-1] == "EndBallots"


def test_a_count_without_its_key_says_so(engine: Engine):
    ground = make_ground(engine)
    ground.close()
    with ground.session() as session:
        session.get_one(Election, ground.elections[0]).sealed_key = None
        session.commit()
    with pytest.raises(Conflict, match="key of this vote was destroyed"):
        ground.count()


def test_nothing_can_be_cast_between_close_and_result(engine: Engine):
    ground = make_ground(engine)
    raw = ground.seal(YES)
    ground.close()
    with ground.session() as session, pytest.raises(casting.Closed):
        casting.cast_ballot(
            session, ground.elections[0], ground.electors[0][0], raw, now=AFTER, begun_at=NOON
        )
    ground.count()
    assert result_of(ground) == [[0, 0, 0]]

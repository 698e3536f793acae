"""Problems reported before the count: kept, decided, and the count waits for them."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError

from tests.election_ground import AFTER, NO, NOON, YES, Ground, make_ground
from voting.domain.errors import BadInput, Closed, Conflict, NotFound
from voting.services import disputes
from voting.store.disputes import Dispute, list_disputes
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.proposals import list_acts

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
NUMBER = "12345" * 5


@pytest.fixture
def engine(each_engine: Engine) -> Engine:
    """Both databases."""
    return each_engine


def report(ground: Ground, *, now: dt.datetime = AFTER, kind: str = "other", **said: str) -> str:
    words = said.pop("words", "The page showed somebody else's name.")
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        kept = disputes.report(session, poll, kind=kind, words=words, now=now, **said)
        session.commit()
        return kept.reference


def decide(ground: Ground, reference: str, *, now: dt.datetime = AFTER, **said: str) -> None:
    said = {"decision": "unfounded", "reason": "We looked; nothing was wrong.", **said}
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        disputes.decide(session, poll, reference, by="scrutineer", now=now, **said)
        session.commit()


def kept_by(ground: Ground) -> list[Dispute]:
    with ground.session() as session:
        return list_disputes(session, ground.poll_id)


def state_of(ground: Ground) -> str:
    with ground.session() as session:
        return session.get_one(Poll, ground.poll_id).state


def acts_of(ground: Ground) -> list[dict]:
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        return [json.loads(act.body) for act in list_acts(session, poll.proposal_id)]


# ------------------------------------------------------------------ the checking period


def test_nothing_is_counted_before_the_checking_period_ends(engine: Engine) -> None:
    ground = make_ground(engine, checking_hours=24)
    ground.vote(YES)
    ground.close(AFTER)
    for now in (AFTER, AFTER + DAY - SECOND):
        with pytest.raises(Conflict, match="checking period"):
            ground.count(now)
        assert state_of(ground) == "closed"
    ground.count(AFTER + DAY)
    assert state_of(ground) == "counting"


def test_closing_says_until_when_and_writes_to_everyone_on_the_roll(engine: Engine) -> None:
    ground = make_ground(engine, checking_hours=48)
    ground.vote(YES)
    ground.close(AFTER)
    assert acts_of(ground)[-1]["checked_until"] == (AFTER + 2 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    with ground.session() as session:
        owed = session.scalars(select(Letter.elector_id).where(Letter.kind == "closed")).all()
    assert sorted(owed) == sorted(ground.electors[0])


def test_without_a_checking_period_no_letter_is_owed_at_the_close(engine: Engine) -> None:
    ground = make_ground(engine)
    ground.close(AFTER)
    with ground.session() as session:
        assert not session.scalars(select(Letter).where(Letter.kind == "closed")).all()


# ------------------------------------------------------------------ reporting


def test_the_count_waits_until_every_report_is_decided(engine: Engine) -> None:
    ground = make_ground(engine, checking_hours=24)
    ground.close(AFTER)
    first, second = report(ground), report(ground, words="And another thing.")
    decide(ground, first)
    with pytest.raises(Conflict, match="1 problem"):
        ground.count(AFTER + DAY)
    decide(ground, second, decision="founded", reason="A letter went astray.", now=AFTER + DAY)
    ground.count(AFTER + DAY)
    told = [act for act in acts_of(ground) if act["kind"].startswith("dispute")]
    assert [act["reference"] for act in told] == [first, second, first, second]
    assert told[-1]["reason"] == "A letter went astray."
    assert "And another" not in json.dumps(told)


def test_a_report_is_looked_up_in_the_boxes_of_its_own_poll(engine: Engine) -> None:
    ground = make_ground(engine, checking_hours=24)
    first = ground.vote(YES)
    second = ground.vote(NO)
    report(ground, now=NOON, kind="replaced", tracker=first.digits)
    report(ground, now=NOON, kind="not-mine", tracker=second.digits)
    report(ground, now=NOON, kind="not-found", tracker=NUMBER)
    assert [kept.finding for kept in kept_by(ground)] == ["replaced", "in-box", "not-found"]


def test_a_number_that_is_in_the_box_is_not_reported_as_missing(engine: Engine) -> None:
    ground = make_ground(engine)
    receipt = ground.vote(YES)
    with pytest.raises(BadInput) as caught:
        report(ground, now=NOON, kind="not-found", tracker=receipt.digits)
    assert [fault.field for fault in caught.value.errors] == ["tracker"]
    assert kept_by(ground) == []


def test_no_ballot_in_the_box_stands_beside_an_address(engine: Engine) -> None:
    ground = make_ground(engine)
    receipt = ground.vote(YES)
    with pytest.raises(BadInput) as caught:
        report(ground, now=NOON, tracker=receipt.digits, contact="sam@example.org")
    assert [fault.field for fault in caught.value.errors] == ["contact"]
    report(ground, now=NOON, kind="not-found", tracker=NUMBER, contact="sam@example.org")
    with ground.session() as session, pytest.raises(IntegrityError):
        session.execute(update(Dispute).values(finding="in-box"))


def test_the_same_report_sent_twice_is_kept_once(engine: Engine) -> None:
    ground = make_ground(engine)
    assert report(ground, now=NOON) == report(ground, now=NOON + SECOND)
    assert len(kept_by(ground)) == 1


def test_too_many_reports_are_told_to_a_person(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disputes, "MOST_UNDECIDED", 2)
    ground = make_ground(engine)
    report(ground, now=NOON, words="one")
    report(ground, now=NOON, words="two")
    with pytest.raises(Conflict, match="Too many"):
        report(ground, now=NOON, words="three")
    assert len(kept_by(ground)) == 2


def test_after_the_checking_period_nothing_is_reported_any_more(engine: Engine) -> None:
    ground = make_ground(engine, checking_hours=24)
    ground.close(AFTER)
    report(ground, now=AFTER + DAY - SECOND)
    with pytest.raises(Closed):
        report(ground, now=AFTER + DAY, words="Too late.")


# ------------------------------------------------------------------ deciding


def test_a_report_is_decided_once_and_with_a_reason(engine: Engine) -> None:
    ground = make_ground(engine, checking_hours=24)
    reference = report(ground, now=NOON)
    with pytest.raises(BadInput):
        decide(ground, reference, reason=" ")
    with pytest.raises(NotFound):
        decide(ground, "NOTTHERE")
    decide(ground, reference)
    with pytest.raises(Conflict, match="decided"):
        decide(ground, reference, decision="founded")
    assert [kept.decision for kept in kept_by(ground)] == ["unfounded"]


def test_nothing_is_decided_once_the_count_has_begun(engine: Engine) -> None:
    ground = make_ground(engine)
    reference = report(ground, now=NOON)
    with ground.session() as session:
        session.execute(update(Poll).values(state="counting"))
        session.commit()
    with pytest.raises(Conflict, match="begun"):
        decide(ground, reference)

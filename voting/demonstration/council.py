"""A ranked vote of the story: a newcomer finds a sheet counted stage by stage."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from voting.demonstration import organising, stage
from voting.demonstration.sink import list_letters
from voting.demonstration.stage import Stage
from voting.demonstration.story import Ask, Choice
from voting.domain.methods import Kind, Method
from voting.services import polls
from voting.store.accounts import get_account
from voting.store.polls import Poll
from voting.store.proposals import Proposal

TITLE = "Ranked vote: which work comes first?"
TURNOUT = 0.2
OPEN_FOR = dt.timedelta(days=5)

WORKS = Ask(
    "Which three pieces of work should be paid for first? Rank them.",
    1,
    (
        Choice("Repair the Northgate pool", "", "", "", ""),
        Choice("Lower prices for under-18s", "", "", "", ""),
        Choice("A training plan for staff", "", "", "", ""),
        Choice("Longer opening hours", "", "", "", ""),
        Choice("A sports hall for Eastfield", "", "", "", ""),
    ),
    Method(Kind.RANK, "scottish-stv", seats=3, papers=True),
)


def rank_works(scene: Stage, proposal_id: int, account_id: int, *, now: dt.datetime) -> int:
    """Make the vote at *now*, have some vote, count and publish it. The number of sealed votes."""
    opens_at, closes_at = now + dt.timedelta(hours=1), now + OPEN_FOR
    poll_id = _make(scene, proposal_id, account_id, now, opens_at, closes_at)
    before = len(list_letters(scene.mail))
    scene.sweep(opens_at)
    scene.invite(poll_id, opens_at)
    scene.sweep(opens_at)
    visits = stage.read_visits(scene, poll_id, (WORKS,), turnout=TURNOUT, skip=before)
    number = stage.cast(scene, list(stage.seal(scene, visits)), opens_at)
    closed = closes_at + dt.timedelta(minutes=organising.GRACE + 1)
    scene.sweep(closed)
    scene.count(poll_id, closed)
    scene.publish(poll_id, closed + dt.timedelta(hours=1))
    scene.sweep(closed + dt.timedelta(hours=1))
    return number


def _make(
    scene: Stage,
    proposal_id: int,
    account_id: int,
    now: dt.datetime,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
) -> int:
    with scene.sessions.writing() as session:
        account = get_account(session, account_id)
        poll = organising.make_poll(
            session,
            session.get_one(Proposal, proposal_id),
            title=TITLE,
            asks=(WORKS,),
            opens_at=opens_at,
            closes_at=closes_at,
            group="Ed25519",
            carrying=None,
            now=now,
        )
        _ask_no_turnout(session, poll)
        organising.freeze(
            session,
            poll,
            account=account,
            sealer=scene.app.extensions["voting.sealer"],
            executor=None,
            now=now,
        )
        return poll.id


def _ask_no_turnout(session: Session, poll: Poll) -> None:
    """What the staff choose stands however few of them take part."""
    polls.set_rule(
        session,
        poll,
        poll.proposal.constituencies[0],
        standing="decides",
        comparison="more-than",
        numerator=1,
        denominator=2,
        base="valid",
        turnout_percent=0,
    )

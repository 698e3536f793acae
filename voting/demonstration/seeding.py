"""What the browser demonstration begins with: two polls and two consultations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from voting.demonstration import consulting, informing, organising, story
from voting.demonstration.sink import list_letters
from voting.demonstration.stage import Stage, cast, read_visits, seal
from voting.demonstration.story import Ask
from voting.store.accounts import get_account
from voting.store.polls import Poll
from voting.store.proposals import Proposal

Say = Callable[[str], None]

FIRST_TURNOUT = 0.82
SECOND_TURNOUT = 0.3


def seed(stage: Stage, email: str, *, now: dt.datetime, say: Say) -> None:
    """One consultation answered and one poll published; another of each open today."""
    start = now - dt.timedelta(days=45)
    asked = start - dt.timedelta(days=70)
    with stage.sessions.writing() as session:
        account = organising.get_organiser(session, email)
        proposal = organising.make_proposal(
            session, account, story.GROUPS, chance=stage.chance, now=asked
        )
        consulting.consult_before(session, proposal, now=asked, chance=stage.chance)
        informing.inform(session, proposal, account, now=start)
        informing.decide(session, account, now=now)
        proposal_id, account_id = proposal.id, account.id
    say("made the proposal with three constituencies and 350 electors")
    say("consultation 1: 404 responses, closed and answered in public")
    _play_first(stage, proposal_id, account_id, start, say)
    _open_second(stage, proposal_id, account_id, now, say)
    _consult(stage, proposal_id, now, say)


def _play_first(
    stage: Stage, proposal_id: int, account_id: int, start: dt.datetime, say: Say
) -> None:
    opens_at, closes_at = _day(start, 1, hour=9), _day(start, 15, hour=17)
    poll_id = _make(
        stage, proposal_id, account_id, "Ballot 1: shall we form a mutual?", (story.FORM,), 0,
        start, opens_at, closes_at,
    )  # fmt: skip
    number = _vote(stage, poll_id, (story.FORM,), FIRST_TURNOUT, opens_at)
    closed = closes_at + dt.timedelta(minutes=organising.GRACE + 1)
    stage.sweep(closed)
    stage.count(poll_id, closed + dt.timedelta(hours=1))
    stage.publish(poll_id, closed + dt.timedelta(hours=2))
    stage.sweep(closed + dt.timedelta(hours=2))
    say(f"ballot 1: {number} sealed votes cast, counted, verified and published")


def _open_second(
    stage: Stage, proposal_id: int, account_id: int, now: dt.datetime, say: Say
) -> None:
    asks = (story.MODEL, story.PRIORITIES)
    opens_at, closes_at = _day(now, -1, hour=9), _day(now, 13, hour=17)
    made = opens_at - dt.timedelta(hours=1)
    poll_id = _make(
        stage, proposal_id, account_id, "Ballot 2: which governance model?", asks, None,
        made, opens_at, closes_at,
    )  # fmt: skip
    number = _vote(stage, poll_id, asks, SECOND_TURNOUT, now)
    say(f"ballot 2: open, {number} sealed votes in the box so far")


def _consult(stage: Stage, proposal_id: int, now: dt.datetime, say: Say) -> None:
    base_url = str(stage.app.extensions["voting.settings"].base_url).rstrip("/")
    with stage.sessions.writing() as session:
        proposal = session.get_one(Proposal, proposal_id)
        consulting.consult_now(session, proposal, now=now, base_url=base_url)
    stage.sweep(now)
    say("consultation 2: open, its invitations are among the letters")


def _day(at: dt.datetime, days: int, *, hour: int) -> dt.datetime:
    return (at + dt.timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def _make(
    stage: Stage,
    proposal_id: int,
    account_id: int,
    title: str,
    asks: Sequence[Ask],
    carrying: int | None,
    made: dt.datetime,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
) -> int:
    with stage.sessions.writing() as session:
        poll = organising.make_poll(
            session,
            session.get_one(Proposal, proposal_id),
            title=title,
            asks=asks,
            opens_at=opens_at,
            closes_at=closes_at,
            group="Ed25519",
            carrying=carrying,
            now=made,
        )
        organising.freeze(
            session,
            poll,
            account=get_account(session, account_id),
            sealer=stage.app.extensions["voting.sealer"],
            executor=None,
            now=made,
        )
        return poll.id


def _vote(stage: Stage, poll_id: int, asks: Sequence[Ask], turnout: float, now: dt.datetime) -> int:
    """Open what is due, send the invitations, and have a share of the electors vote."""
    before = len(list_letters(stage.mail))
    with stage.sessions.reading() as session:
        opens_at = session.get_one(Poll, poll_id).opens_at or now
    stage.sweep(opens_at)
    stage.invite(poll_id, opens_at)
    stage.sweep(opens_at)
    visits = read_visits(stage, poll_id, asks, turnout=turnout, skip=before)
    number = cast(stage, list(seal(stage, visits)), now)
    stage.sweep(now)
    return number

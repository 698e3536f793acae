"""What the browser demonstration begins with: one proposal, most of its way behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.demonstration import consulting, council, informing, organising, story
from voting.demonstration.sink import list_letters
from voting.demonstration.stage import Stage, cast, read_visits, seal
from voting.demonstration.story import Ask, Group
from voting.store.accounts import get_account
from voting.store.consultations import Consultation, list_consultations
from voting.store.polls import Poll, list_polls
from voting.store.proposals import Proposal, list_proposals
from voting.store.responses import count_responses

Say = Callable[[str], None]

DAY = dt.timedelta(days=1)
FIRST_TURNOUT = 0.76
SECOND_TURNOUT = 0.3


@dataclass(frozen=True, slots=True)
class Place:
    """Where the story plays, and whose it is."""

    stage: Stage
    proposal_id: int
    account_id: int

    @property
    def base_url(self) -> str:
        """Where the service is found, as letters say it."""
        return str(self.stage.app.extensions["voting.settings"].base_url).rstrip("/")


def seed(
    stage: Stage,
    email: str,
    *,
    now: dt.datetime,
    say: Say,
    groups: Sequence[Group] = story.GROUPS,
) -> int:
    """One proposal from its page to a first decision, with a vote and a consultation open today.

    Returns the proposal's id. What happened is dated before *now*, in its order.
    """
    with stage.sessions.writing() as session:
        account = organising.get_organiser(session, email)
        proposal = organising.make_proposal(
            session, account, groups, chance=stage.chance, now=now - 121 * DAY
        )
        informing.inform(session, proposal, account, now=now - 120 * DAY)
        place = Place(stage, proposal.id, int(account.id))
    electors = sum(group.electors for group in groups)
    say(f"made the proposal with {len(groups)} constituencies and {electors} electors")
    _consult_first(place, _day(now, -115, hour=9), say)
    _play_first(place, now - 45 * DAY, say)
    works = council.rank_works(
        stage, place.proposal_id, place.account_id, now=_day(now, -25, hour=9)
    )
    say(f"ranked vote: {works} votes mixed under seal, opened and counted by Scottish STV")
    _decide(place, _day(now, -12, hour=15), say)
    _open_second(place, now, say)
    _consult_again(place, now, say)
    return place.proposal_id


def list_addresses(session: Session, proposal_id: int | None = None) -> list[tuple[str, str]]:
    """The pages of the story in its order, each with its path; else those of the oldest proposal.

    Of a folder that an earlier version seeded, the page of the proposal alone.
    """
    proposal = next(
        each for each in reversed(list_proposals(session)) if proposal_id in (None, each.id)
    )
    page = f"/p/{proposal.slug}"
    asked = [f"{page}/consultations/{c.slug}" for c in list_consultations(session, proposal.id)]
    polls = [f"{page}/{poll.slug}" for poll in list_polls(session, proposal.id)]
    if len(asked) < 2 or len(polls) < 3:
        return [("The proposal", page)]
    return [
        ("The proposal", page),
        ("Consultation 1, answered", f"{asked[0]}/response"),
        ("Ballot 1, its outcome", f"{polls[0]}/outcome"),
        ("Ranked vote, its outcome", f"{polls[1]}/outcome"),
        ("The decision", f"{page}/decision"),
        ("Ballot 2, open", polls[2]),
        ("Consultation 2, open", asked[1]),
        ("The public record of it all", f"{page}/chain"),
    ]


def _consult_first(place: Place, now: dt.datetime, say: Say) -> None:
    stage = place.stage
    with stage.sessions.writing() as session:
        proposal = session.get_one(Proposal, place.proposal_id)
        asked = consulting.ask_before(session, proposal, now=now, base_url=place.base_url)
        number = asked.id
    stage.sweep(now)
    with stage.sessions.writing() as session:
        answered = consulting.answer_before(
            session,
            session.get_one(Consultation, number),
            account=get_account(session, place.account_id),
            chance=stage.chance,
        )
        total = sum(count_responses(session, number).values())
    stage.sweep(answered)
    say(f"consultation 1: {total} responses, read, closed and answered in public")


def _decide(place: Place, now: dt.datetime, say: Say) -> None:
    stage = place.stage
    with stage.sessions.writing() as session:
        proposal = session.get_one(Proposal, place.proposal_id)
        account = get_account(session, place.account_id)
        decision = informing.decide(session, proposal, account, now=now)
        informing.follow_up(session, decision, now=now + 10 * DAY)
    stage.sweep(now)
    say("decision: the proposal goes ahead, with conditions; a letter went to everyone")


def _play_first(place: Place, start: dt.datetime, say: Say) -> None:
    stage = place.stage
    opens_at, closes_at = _day(start, 1, hour=9), _day(start, 15, hour=17)
    poll_id = _make(
        place, "Ballot 1: shall we form a mutual?", (story.FORM,), 0,
        start, opens_at, closes_at,
    )  # fmt: skip
    number = _vote(stage, poll_id, (story.FORM,), FIRST_TURNOUT, opens_at)
    closed = closes_at + dt.timedelta(minutes=organising.GRACE + 1)
    stage.sweep(closed)
    stage.count(poll_id, closed + dt.timedelta(hours=1))
    stage.publish(poll_id, closed + dt.timedelta(hours=2))
    stage.sweep(closed + dt.timedelta(hours=2))
    say(f"ballot 1: {number} sealed votes cast, counted, verified and published")


def _open_second(place: Place, now: dt.datetime, say: Say) -> None:
    stage = place.stage
    asks = (story.MODEL, story.PRIORITIES)
    opens_at, closes_at = _day(now, -1, hour=9), _day(now, 13, hour=17)
    made = opens_at - dt.timedelta(hours=1)
    poll_id = _make(
        place, "Ballot 2: which governance model?", asks, None,
        made, opens_at, closes_at,
    )  # fmt: skip
    number = _vote(stage, poll_id, asks, SECOND_TURNOUT, now)
    say(f"ballot 2: open, {number} sealed votes in the box so far")


def _consult_again(place: Place, now: dt.datetime, say: Say) -> None:
    with place.stage.sessions.writing() as session:
        proposal = session.get_one(Proposal, place.proposal_id)
        consulting.consult_now(session, proposal, now=now, base_url=place.base_url)
    place.stage.sweep(now)
    say("consultation 2: open in English and Welsh, its invitations are among the letters")


def _day(at: dt.datetime, days: int, *, hour: int) -> dt.datetime:
    return (at + dt.timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def _make(
    place: Place,
    title: str,
    asks: Sequence[Ask],
    carrying: int | None,
    made: dt.datetime,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
) -> int:
    with place.stage.sessions.writing() as session:
        poll = organising.make_poll(
            session,
            session.get_one(Proposal, place.proposal_id),
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
            account=get_account(session, place.account_id),
            sealer=place.stage.app.extensions["voting.sealer"],
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

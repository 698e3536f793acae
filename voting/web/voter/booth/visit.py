"""Who stands at the booth, at which poll, and whether a vote may be cast now.

A visit begins when the voter presses Continue on the page of their link; it lives in the signed
session cookie as ids and one time. Where a page cannot be given, ``Elsewhere`` says which page the
voter belongs on instead.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import session

from voting.domain.errors import Closed, NotOpen, Refusal
from voting.domain.lifecycle import State, Timetable, require_voting_open, seals_at
from voting.store.database import db
from voting.store.polls import Election, Poll
from voting.store.roll import Credential, Elector
from voting.store.visits import find_place

KEPT = "voter"
RECEIPT = "receipt"
PLAIN = "plain"


class Elsewhere(Refusal):
    """The voter belongs on another page. ``page`` names its template, ``poll`` what it tells of."""

    def __init__(self, page: str, poll: Poll | None = None) -> None:
        super().__init__(page)
        self.page = page
        self.poll = poll


@dataclass(frozen=True, slots=True)
class Visit:
    """One voter at one poll. ``begun_at`` is when they pressed Continue."""

    poll: Poll
    elector: Elector
    election: Election
    credential: Credential
    begun_at: dt.datetime
    now: dt.datetime

    @property
    def has_voted(self) -> bool:
        """Whether a ballot of this voter is on the board."""
        return self.credential.has_voted

    @property
    def in_grace(self) -> bool:
        """Whether voting has closed for those who begin now."""
        return self.now >= get_timetable(self.poll).closes_at

    @property
    def last_moment(self) -> dt.datetime:
        """The end of the grace."""
        return seals_at(get_timetable(self.poll))


def get_time() -> dt.datetime:
    """The present moment; the one clock of the booth."""
    return dt.datetime.now(dt.UTC)


def begin(poll: Poll, elector: Elector, now: dt.datetime) -> None:
    """Begin a visit. What another voter left in this browser is forgotten."""
    earlier = find_begun_at(poll, elector)
    if earlier is None:
        session.pop(RECEIPT, None)
    session.pop(PLAIN, None)
    session[KEPT] = {
        "poll": poll.id,
        "elector": elector.id,
        "generation": elector.link_generation,
        "begun_at": int((earlier or now).timestamp()),
    }
    session.permanent = True


def find_begun_at(poll: Poll, elector: Elector) -> dt.datetime | None:
    """When this browser began a visit of this elector to this poll, if it did."""
    kept = session.get(KEPT)
    if not kept or (kept["poll"], kept["elector"]) != (poll.id, elector.id):
        return None
    return dt.datetime.fromtimestamp(kept["begun_at"], dt.UTC)


def get_visit(poll_id: int) -> Visit:
    """The visit this browser is on; raises Elsewhere when there is none or its link is void."""
    kept = session.get(KEPT)
    if not kept or kept["poll"] != poll_id:
        raise Elsewhere("expired")
    place = find_place(db.session(), poll_id, kept["elector"])
    if place is None:
        raise Elsewhere("expired")
    if kept["generation"] != place.elector.link_generation:
        raise Elsewhere("replaced", place.poll)
    begun_at = dt.datetime.fromtimestamp(kept["begun_at"], dt.UTC)
    return Visit(place.poll, place.elector, place.election, place.credential, begun_at, get_time())


def get_open_visit(poll_id: int) -> Visit:
    """The visit, at a poll that takes this voter's ballot now; raises Elsewhere otherwise."""
    visit = get_visit(poll_id)
    check_open(visit.poll, visit.now, visit.begun_at)
    return visit


def find_receipt(poll_id: int) -> dict[str, Any] | None:
    """What this browser keeps of the last vote it cast in this poll: digits, replaced, again."""
    kept: dict[str, Any] | None = session.get(RECEIPT)
    return kept if kept is not None and kept["poll"] == poll_id else None


def get_paper_visit(poll_id: int) -> Visit:
    """The visit of a voter who may fill in the paper: none was cast yet, or they vote again.

    Raises Elsewhere; the page reached by Back after casting says that the vote was cast.
    """
    visit = get_open_visit(poll_id)
    receipt = find_receipt(poll_id)
    if receipt and not receipt.get("again"):
        raise Elsewhere("cast", visit.poll)
    return visit


def get_timetable(poll: Poll) -> Timetable:
    """When the poll takes ballots; raises Elsewhere while that is not decided."""
    if poll.opens_at is None or poll.closes_at is None:
        raise Elsewhere("not_open", poll)
    return poll.timetable


def check_open(poll: Poll, now: dt.datetime, begun_at: dt.datetime | None = None) -> None:
    """Raise Elsewhere, naming the page that says why, unless voting is open."""
    if poll.state == State.CANCELLED:
        raise Elsewhere("cancelled", poll)
    try:
        require_voting_open(get_timetable(poll), now, begun_at)
    except NotOpen as refusal:
        raise Elsewhere("not_open", poll) from refusal
    except Closed as refusal:
        raise Elsewhere("closed", poll) from refusal

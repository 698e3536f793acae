"""A whole poll made by the real services: what tests of the booth and the browser stand on."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import select

from voting.services import keys, polls, proposals, roll
from voting.services.polls import OptionInput
from voting.store.accounts import Account
from voting.store.database import db
from voting.store.polls import Poll, find_election
from voting.store.proposals import Constituency
from voting.store.roll import Elector

PEOPLE = (("Sam Price", "sam@example.org"), ("Ada Okafor", "ada@example.org"))
FIRST = "Should Northmoor Leisure become a staff and community mutual?"
SECOND = "Which two things should a mutual put first?"
CHOICES = ("Become a mutual", "Stay as we are")
AIMS = ("Longer opening hours", "Lower prices", "Better pay and training", "Repairs")


@dataclass(slots=True)
class Ballot:
    """One elector's way in: the address of their link and their code."""

    elector_id: int
    token: str
    code: str = field(repr=False)

    @property
    def path(self) -> str:
        return f"/v/{self.token}"

    @property
    def link(self) -> str:
        return f"/v/{self.token}#{self.code}"


@dataclass(slots=True)
class Ground:
    """An open poll of one constituency of ten or more; *electors* are those who have a name."""

    poll_id: int
    election_id: int
    uuid: str
    slug: str
    poll_slug: str
    electors: tuple[Ballot, ...]


def make_open_poll(
    app: Flask,
    *,
    people: tuple[tuple[str, str], ...] = PEOPLE,
    group: str = "Ed25519",
    ask: Callable[[Poll], None] | None = None,
) -> Ground:
    """Make a poll that opened yesterday and closes in a week; two questions, one constituency.

    With *ask* the questions are those that it adds.
    """
    now = dt.datetime.now(dt.UTC)
    with app.app_context():
        poll, constituency = _draft(now - dt.timedelta(days=2), people, group, ask or _ask)
        _freeze_and_open(app, poll, now)
        db.session.commit()
        return _describe(app, poll, constituency, people)


def _draft(
    now: dt.datetime,
    people: tuple[tuple[str, str], ...],
    group: str,
    ask: Callable[[Poll], None],
) -> tuple[Poll, Constituency]:
    session = db.session()
    name = secrets.token_hex(8)
    account = Account(email=f"{name}@example.org", fs_uniquifier=name, active=True)
    session.add(account)
    session.flush()
    proposal = proposals.create_proposal(
        session,
        account=account,
        title="The future of Northmoor Leisure",
        organisation="Northmoor Leisure Trust",
        deciding="Whether the trust's sports centres become a mutual.",
        still_open="Who would sit on its board, and from which date.",
        contact_name="Alex Morgan",
        contact_email="votes@northmoor.example",
        contact_phone="01632 960001",
        scrutineer_contact="Northmoor branch of the union, 01632 960002",
        now=now,
    )
    constituency = proposals.add_constituency(session, proposal, name="Staff")
    others = [(f"Person {n}", f"p{n}@example.org") for n in range(len(people) + 1, 11)]
    rows = "".join(f"{name},{email}\n" for name, email in (*people, *others))
    waiting, _report = roll.preview_import(
        session, constituency, "staff.csv", f"name,email\n{rows}".encode(), now=now
    )
    roll.confirm_import(session, waiting, now=now)
    poll = polls.create_poll(session, proposal, title="Forming a mutual", now=now)
    polls.update_poll(
        session,
        poll,
        introduction="Your chance to say whether the trust should become a mutual.",
        opens_at=now + dt.timedelta(days=1),
        closes_at=now + dt.timedelta(days=9),
        checking_hours=0,
        group=group,
        now=now,
    )
    ask(poll)
    turnout = {"base": "valid", "turnout_percent": 20}
    rule = {"standing": "decides", "comparison": "more-than", "numerator": 1, "denominator": 2}
    polls.set_rule(session, poll, constituency, **rule, **turnout)
    return poll, constituency


def _ask(poll: Poll) -> None:
    session = db.session()
    first = [
        OptionInput(
            text=text,
            description=f"{text}: what it would mean for staff, members and the council.",
            benefits="Decisions are taken nearer to the people they touch.",
            drawbacks="Some of what is settled today would have to be settled anew.",
            source="Options paper of the trust, section 3",
        )
        for text in CHOICES
    ]
    second = [
        OptionInput(text=text, description="", benefits="", drawbacks="", source="")
        for text in AIMS
    ]
    polls.add_question(session, poll, text=FIRST, maximum=1, options=first)
    polls.add_question(session, poll, text=SECOND, maximum=2, options=second)


def _freeze_and_open(app: Flask, poll: Poll, now: dt.datetime) -> None:
    session = db.session()
    prepare = partial(keys.prepare_election, sealer=app.extensions["voting.sealer"])
    polls.freeze(
        session, poll, actor=None, now=now - dt.timedelta(days=2), prepare_election=prepare
    )
    polls.open_due(session, now=now)


def _describe(
    app: Flask, poll: Poll, constituency: Constituency, people: tuple[tuple[str, str], ...]
) -> Ground:
    election = find_election(db.session(), poll.id, constituency.id)
    assert election is not None
    electors = []
    for _name, email in people:
        elector = db.session.scalars(
            select(Elector).filter_by(constituency_id=constituency.id, email_key=email)
        ).one()
        token = app.extensions["voting.links"].voter_token(poll.id, elector.id, 1)
        code = keys.code_for(election, elector.id, sealer=app.extensions["voting.sealer"])
        electors.append(Ballot(elector.id, token, code))
    return Ground(
        poll.id, election.id, election.uuid, poll.proposal.slug, poll.slug, tuple(electors)
    )


def alter_poll(app: Flask, poll: Ground, **changes: Any) -> None:
    """Put the poll into another state or time, as the passing of time would."""
    with app.app_context():
        found = db.session.get(Poll, poll.poll_id)
        assert found is not None
        for name, value in changes.items():
            setattr(found, name, value)
        db.session.commit()

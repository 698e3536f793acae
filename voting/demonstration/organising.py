"""The organiser's part of the demonstration: from an empty service to a frozen poll."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

from sqlalchemy.orm import Session

from voting.demonstration import people, story
from voting.demonstration.story import Ask, Group
from voting.demonstration.welsh import in_welsh, write_option
from voting.domain.errors import Refusal
from voting.sealing import Sealer
from voting.services import keys, polls, proposals, roll
from voting.store.accounts import Account, find_account
from voting.store.polls import Poll
from voting.store.proposals import Constituency, Proposal

GRACE = 10  # minutes
INTRODUCTION = "Please read the background before you vote. Your vote is secret."


def get_organiser(session: Session, email: str) -> Account:
    """The demonstration's organiser; raises LookupError when the account was not made."""
    account = find_account(session, email)
    if account is None:
        raise LookupError(f"there is no account {email}")
    return account


def make_proposal(
    session: Session,
    account: Account,
    groups: Sequence[Group],
    *,
    chance: random.Random,
    now: dt.datetime,
) -> Proposal:
    """The leisure trust's proposal with its constituencies, and each roll imported from CSV."""
    name, email, phone = story.CONTACT
    proposal = proposals.create_proposal(
        session,
        account=account,
        title=story.TITLE,
        organisation=story.ORGANISATION,
        deciding=story.DECIDING,
        still_open=story.STILL_OPEN,
        contact_name=name,
        contact_email=email,
        contact_phone=phone,
        scrutineer_contact=story.SCRUTINEER,
        scrutineer_contact_cy=in_welsh(story.SCRUTINEER),
        now=now,
    )
    for group in groups:
        constituency = proposals.add_constituency(
            session, proposal, name=group.name, code=group.code, name_cy=in_welsh(group.name)
        )
        content = people.make_roll_csv(group, group.electors, chance)
        upload, report = roll.preview_import(
            session, constituency, f"{group.code}.csv", content, now=now
        )
        if report.faults:
            raise Refusal(f"the demonstration's own roll has a fault: {report.faults[0].message}")
        roll.confirm_import(session, upload, now=now)
    return proposal


def make_poll(
    session: Session,
    proposal: Proposal,
    *,
    title: str,
    asks: Sequence[Ask],
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    group: str,
    carrying: int | None,
    now: dt.datetime,
) -> Poll:
    """A complete draft in both languages: staff decide, half of them voting; the rest advise."""
    poll = polls.create_poll(session, proposal, title=title, now=now)
    for ask in asks:
        _ask(session, poll, ask)
    polls.update_poll(
        session,
        poll,
        title_cy=in_welsh(title),
        introduction=INTRODUCTION,
        introduction_cy=in_welsh(INTRODUCTION),
        group=group,
        opens_at=opens_at,
        closes_at=closes_at,
        grace_minutes=GRACE,
        checking_hours=0,  # the demonstration counts at once
        show_ballot_count=True,
        carrying_option=carrying,
        now=now,
    )
    for constituency in proposal.constituencies:
        _set_rule(session, poll, constituency)
    return poll


def _ask(session: Session, poll: Poll, ask: Ask) -> None:
    question = polls.add_question(
        session,
        poll,
        text=ask.text,
        text_cy=in_welsh(ask.text),
        maximum=ask.maximum,
        options=[
            write_option(c.text, c.description, c.benefits, c.drawbacks, c.source)
            for c in ask.choices
        ],
        kind=ask.method.kind,
    )
    polls.set_method(session, question, ask.method)


def _set_rule(session: Session, poll: Poll, constituency: Constituency) -> None:
    """The first constituency decides by simple majority, half of it voting; the rest advise."""
    first = constituency.position == poll.proposal.constituencies[0].position
    polls.set_rule(
        session,
        poll,
        constituency,
        standing="decides" if first else "advises",
        comparison="more-than",
        numerator=1,
        denominator=2,
        base="valid",
        turnout_percent=50 if first else 0,
    )


def freeze(
    session: Session,
    poll: Poll,
    *,
    account: Account,
    sealer: Sealer,
    executor: Executor | None,
    now: dt.datetime,
) -> None:
    """Make the keys and codes, fix everything, and open the poll if its time has come."""
    polls.freeze(
        session,
        poll,
        actor=account,
        now=now,
        prepare_election=partial(keys.prepare_election, sealer=sealer, executor=executor),
    )


def find_leaning(code: str, ask: Ask) -> Sequence[int]:
    """How the invented voters of a constituency lean on a question; evenly if nothing is told.

    They lean far enough on the first vote that its outcome is the one the decision speaks of.
    """
    leanings: Mapping[str, Sequence[int]] = {
        story.FORM.text: {"users": (70, 30), "community": (82, 18)}.get(code, (74, 26)),
        story.MODEL.text: (34, 22, 26, 12, 6),
        story.PRIORITIES.text: (30, 25, 25, 20),
    }
    return leanings.get(ask.text) or [1] * len(ask.choices)

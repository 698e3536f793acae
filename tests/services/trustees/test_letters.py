"""Scrutineers are told when a problem was reported and when it is their turn, and not too often."""

from __future__ import annotations

import datetime as dt
import json
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories_polls import CLOSES_AT, OPENS_AT, freeze, make_draft
from tests.trustee_ground import (
    AFTER,
    PEOPLE,
    Machine,
    approve_all,
    arrange,
    close_and_count,
    count_on,
    give,
    invite,
    make_keys,
    make_watched_poll,
    mix,
    vote,
)
from voting.jobs.letters import LetterPost
from voting.services import disputes, polls, tallying, trustees
from voting.services.correspondence import Unwanted, write_letter
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.trustees import list_scrutineers

DAY = dt.timedelta(days=1)
PROBLEM, TURN = "scrutineer-problem", "scrutineer-turn"
WORDS = "My neighbour Dilys says that she never voted."


def list_owed(session: Session, kind: str, scrutineer_id: int) -> list[Letter]:
    """The letters of one kind that one scrutineer is owed, oldest first."""
    found = session.query(Letter).filter_by(kind=kind, scrutineer_id=scrutineer_id)
    return found.order_by(Letter.id).all()


def make_checked_poll(session: Session) -> Poll:
    """A watched poll in its checking period, which lasts a day."""
    draft = make_draft(session, electors={"Staff": 12}, checking_hours=24)
    people = arrange(session, draft)
    people[1].language = "cy"
    invite(session, draft)
    make_keys(session, draft)
    poll = freeze(session, draft)
    approve_all(session, poll)
    polls.open_poll(session, poll, now=OPENS_AT)
    tallying.close(session, poll, now=AFTER)
    session.commit()
    return poll


def read(letter: EmailMessage) -> str:
    """The plain words of a letter."""
    body = letter.get_body(("plain",))
    return str(body.get_content()) if body else ""


def report(session: Session, poll: Poll, words: str, now: dt.datetime) -> str:
    """A voter reports a problem, and says how to be reached."""
    kept = disputes.report(
        session, poll, kind="other", words=words, contact="dilys@people.example", now=now
    )
    session.commit()
    return kept.reference


def test_a_report_is_told_once_a_day_with_a_count_and_nothing_of_what_it_says(
    session: Session, app: Flask
) -> None:
    poll = make_checked_poll(session)
    first, second, _third = (one.id for one in list_scrutineers(session, poll.id))
    references = [report(session, poll, WORDS, AFTER)]
    for number in range(3):
        references.append(report(session, poll, f"{WORDS} {number}", AFTER + DAY / 24))
    (today, tomorrow) = list_owed(session, PROBLEM, first)
    assert [today.due_at, tomorrow.due_at] == [AFTER, AFTER + DAY / 24 + DAY]

    post = LetterPost(app)
    letter = write_letter(session, today.id, post=post, now=AFTER)
    text = read(letter)
    assert letter["To"].endswith(f"<{PEOPLE[0][1]}>")
    assert "4 reports wait for a decision of the scrutineers: Forming a mutual" in text
    assert f"/s/{post.scrutineer_token(first, 1)}" in text
    assert (
        "neighbour dilys" not in "".join(part.get_content() for part in letter.iter_parts()).lower()
    )
    assert not any(reference in str(letter) for reference in references)
    assert "dilys" not in today.details.lower()
    (welsh, _) = list_owed(session, PROBLEM, second)
    text = read(write_letter(session, welsh.id, post=post, now=AFTER))
    assert "Mae 4 adroddiad yn aros am benderfyniad yr archwilwyr" in text

    for reference in references:
        disputes.decide(
            session, poll, reference, decision="unfounded", reason="Looked into.", by="x", now=AFTER
        )
    with pytest.raises(Unwanted, match="Every report was decided"):
        write_letter(session, tomorrow.id, post=post, now=AFTER + DAY)


def steps_told(session: Session, machine: Machine) -> list[str]:
    """The steps of the count that a scrutineer was told of by letter."""
    owed = list_owed(session, TURN, machine.scrutineer_id)
    return [
        step for one in owed if (step := json.loads(one.details)["step"]) in ("shuffle", "count")
    ]


def test_mixing_and_opening_are_two_turns_and_each_is_told(session: Session, app: Flask) -> None:
    poll, machines = make_watched_poll(session, electors={"Staff": 10, "Users": 10}, ranked=True)
    vote(session, poll)
    close_and_count(session, poll)
    trustees.owe_turns(session, poll, now=AFTER)
    assert [steps_told(session, one) for one in machines] == [["shuffle"]] * 3
    (turn, *_) = [
        one
        for one in list_owed(session, TURN, machines[0].scrutineer_id)
        if "shuffle" in one.details
    ]
    letter = write_letter(session, turn.id, post=LetterPost(app), now=CLOSES_AT)
    assert "mix its votes" in str(letter)
    first, second = poll.elections
    for election in (first, second):
        for machine in machines[:2]:
            mix(session, machine, election)
            count_on(session, poll)
            trustees.owe_turns(session, poll, now=AFTER)
        if election is first:  # the other box still waits for mixing: nobody is called twice
            assert [steps_told(session, one) for one in machines] == [["shuffle"]] * 3
    assert [steps_told(session, one) for one in machines] == [["shuffle", "count"]] * 3
    give(session, machines[2], first)
    assert trustees.remind(session, poll, actor=None, now=AFTER) == 3
    assert trustees.remind(session, poll, actor=None, now=AFTER) == 0

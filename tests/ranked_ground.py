"""Polls whose questions are ranked, graded and scored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from flask import Flask

from tests.poll_ground import Ground, alter_poll
from voting.domain.methods import Kind, Method, default_method
from voting.services import casting, declaration, polls, publication, tallying
from voting.services.polls import OptionInput
from voting.store.database import db
from voting.store.polls import Poll

WHICH = "Which governance model should the trust adopt?"
GRADE = "How good would each name be?"
SCORE = "How much should be spent on each?"
MODELS = ("Community society", "Employee trust", "Stay as we are", "None of these")
NAMES = ("Northmoor Together", "Moor and Main")
WORKS = ("Pool", "Gym", "Café")
MANY = (*(f"Candidate {letter}" for letter in "ABCDEFGH"), "Stay as we are")

RANKING = default_method(Kind.RANK)
EQUAL = replace(RANKING, rule="schulze", equal_ranks=True, options={"strength": "winning"})


def add(poll: Poll, text: str, options: tuple[str, ...], method: Method) -> None:
    """Add one question with its method."""
    session = db.session()
    question = polls.add_question(
        session,
        poll,
        text=text,
        maximum=1,
        options=[OptionInput(option, source="Options paper, section 3") for option in options],
        kind=method.kind,
    )
    polls.set_method(session, question, method)


def ask_models(poll: Poll) -> None:
    """One ranked question of four options."""
    add(poll, WHICH, MODELS, RANKING)


def ask_all_kinds(poll: Poll) -> None:
    """A ranked, a graded and a scored question."""
    add(poll, WHICH, MODELS, RANKING)
    add(poll, GRADE, NAMES, default_method(Kind.GRADE))
    add(poll, SCORE, WORKS, default_method(Kind.SCORE))


def ask_board(poll: Poll) -> None:
    """Three seats and eight candidates: a rank for each."""
    add(
        poll,
        "Who should sit on the board?",
        MANY,
        replace(RANKING, rule="scottish-stv", seats=3, options={}),
    )


def ask_with(options: tuple[str, ...], method: Method) -> Callable[[Poll], None]:
    """One question of any method."""
    return lambda poll: add(poll, WHICH, options, method)


def publish(app: Flask, ground: Ground, papers: Sequence[Sequence[Sequence[int]]]) -> str:
    """Cast *papers*, let the poll end, count, declare and publish it; its public address."""
    now = dt.datetime.now(dt.UTC)
    with app.app_context():
        session = db.session()
        for elector, choices in zip(ground.electors, papers, strict=False):
            casting.seal_and_cast(
                session, ground.election_id, elector.elector_id, elector.code, choices, now=now
            )
            session.commit()
    hour = dt.timedelta(hours=1)
    times = {"opens_at": now - 3 * hour, "closes_at": now - hour, "checking_hours": 0}
    alter_poll(app, ground, **times)
    with app.app_context():
        session, sealer = db.session(), app.extensions["voting.sealer"]
        poll = session.get_one(Poll, ground.poll_id)
        tallying.close(session, poll, now=now)
        session.commit()
        tallying.count(session, poll, sealer=sealer, now=now, keep=session.commit)
        declaration.declare(session, poll, now=now)
        session.commit()
        publication.publish(session, poll, now=now, actor=None)
        session.commit()
    return f"/p/{ground.slug}/{ground.poll_slug}/outcome"

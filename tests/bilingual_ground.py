"""Drafts in English and in Welsh: every text of a vote, and a made-up Welsh one beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy.orm import Session

from tests import ranked_ground
from voting.domain.methods import Kind, default_method
from voting.domain.rules import BACKGROUND
from voting.services import hub, polls, proposals
from voting.services.polls import OptionInput
from voting.store.database import db
from voting.store.polls import Option, Poll, Question

GRADES = ("Would leave", "Would stay", "Would come again")
FIRST = "Should the service become a mutual?"
ANSWERS = ("Become a mutual", "Stay as we are")


def welsh(text: str) -> str:
    """What stands for *text* in Welsh; nothing for nothing."""
    return f"«{text}» yn Gymraeg" if text else ""


def say_bilingual(session: Session, poll: Poll, *, now: dt.datetime, **texts: str) -> None:
    """Put the proposal of *poll* to people in both languages; *texts* are its Welsh."""
    hub.update_hub(
        session, poll.proposal, is_bilingual=True, public_may_ask=False, now=now, **texts
    )


def write_welsh(session: Session, poll: Poll, *, now: dt.datetime) -> None:
    """Write every text of a draft in Welsh as well."""
    proposal = poll.proposal
    names = ("title", "deciding", "still_open")
    texts = {f"{name}_cy": welsh(getattr(proposal, name)) for name in names}
    say_bilingual(session, poll, now=now, **texts)
    contact = welsh(proposal.scrutineer_contact)
    proposals.update_proposal(session, proposal, now=now, scrutineer_contact_cy=contact)
    for constituency in proposal.constituencies:
        proposals.rename_constituency(
            session, constituency, name=constituency.name, name_cy=welsh(constituency.name)
        )
    polls.update_poll(
        session,
        poll,
        title_cy=welsh(poll.title),
        introduction_cy=welsh(poll.introduction),
        now=now,
    )
    for question in poll.questions:
        write_question(session, question)


def write_question(session: Session, question: Question) -> None:
    polls.update_question(
        session,
        question,
        text=question.text,
        text_cy=welsh(question.text),
        minimum=question.minimum,
        maximum=question.maximum,
        options=[write_option(option) for option in question.options],
    )
    method = question.method
    if method.needs_welsh:
        grades = tuple(welsh(grade) for grade in method.grades)
        polls.set_method(session, question, replace(method, grades_cy=grades))


def write_option(option: Option) -> OptionInput:
    english = {name: getattr(option, name) for name in ("text", *BACKGROUND)}
    return OptionInput(**english, **{f"{name}_cy": welsh(text) for name, text in english.items()})


def ask_every_kind(poll: Poll) -> None:
    """Choosing, ranking, grading by names of one's own, and points, all in both languages."""
    session = db.session()
    options = [
        OptionInput(text, f"{text}, told", f"{text}: good", f"{text}: bad", f"{text}: seen")
        for text in ANSWERS
    ]
    polls.add_question(session, poll, text=FIRST, maximum=1, options=options)
    ranked_ground.ask_models(poll)
    grading = replace(default_method(Kind.GRADE), grades=GRADES)
    ranked_ground.add(poll, ranked_ground.GRADE, ranked_ground.NAMES, grading)
    ranked_ground.add(poll, ranked_ground.SCORE, ranked_ground.WORKS, default_method(Kind.SCORE))
    write_welsh(session, poll, now=dt.datetime.now(dt.UTC))


def ask_one(poll: Poll) -> None:
    """One question with background, in both languages."""
    session = db.session()
    options = [OptionInput(text, f"{text}, told") for text in ANSWERS]
    polls.add_question(session, poll, text=FIRST, maximum=1, options=options)
    write_welsh(session, poll, now=dt.datetime.now(dt.UTC))

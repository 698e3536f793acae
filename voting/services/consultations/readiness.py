"""What a draft consultation lacks before it may open, and what deserves a second look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from voting.domain.asking import Asked
from voting.domain.consulting import LONGEST, list_date_warnings
from voting.domain.showing import find_out_of_order
from voting.domain.wording import list_gaps, list_missing, tell_missing, tell_unbalanced
from voting.store.consultations import Consultation
from voting.store.hub import list_options
from voting.store.roll import count_electors

COMPLETE, INCOMPLETE = "complete", "incomplete"


@dataclass(frozen=True, slots=True)
class Check:
    """One part of a draft. ``problems`` stop the opening, ``warnings`` ask for a look."""

    code: str
    title: str
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """As task lists show it."""
        return INCOMPLETE if self.problems else COMPLETE


def list_checks(session: Session, consultation: Consultation, *, now: dt.datetime) -> list[Check]:
    """The parts of a draft in order: words, audiences, questions, dates, balance, test run."""
    warnings = list_reasons_needed(consultation, now)
    return [
        Check("words", "Title, introduction and privacy notice", list(_list_words(consultation))),
        Check("audiences", "Who is consulted", list(_list_audiences(session, consultation))),
        Check("questions", "Questions", list(_list_questions(consultation))),
        Check("dates", "Closing date", list(_list_dates(consultation, now)), warnings),
        Check(
            "balance",
            "What is decided, the options and their background",
            _list_gaps(session, consultation),
            list(_list_balance(session, consultation)),
        ),
        Check("test", "Test run", list(_list_test(consultation))),
    ]


def list_reasons_needed(consultation: Consultation, now: dt.datetime) -> list[str]:
    """The warnings about the dates of an opening at *now* (G3)."""
    if consultation.closes_at is None:
        return []
    return list_date_warnings(now.date(), consultation.closes_at.date())


def _list_words(consultation: Consultation) -> Iterator[str]:
    for name, told in (
        ("introduction", "the introduction, which says what is asked and why"),
        ("privacy_notice", "the privacy notice, which people read before the first question"),
    ):
        if not getattr(consultation, name):
            yield f"Write {told}."
    if consultation.proposal.is_bilingual and not consultation.is_bilingual:
        yield "The proposal is in English and Welsh. Let people answer in either."
    if consultation.is_bilingual:
        for name in ("title", "introduction", "privacy_notice"):
            if getattr(consultation, name) and not getattr(consultation, f"{name}_cy"):
                yield f"The {name.replace('_', ' ')} has no Welsh."


def _list_audiences(session: Session, consultation: Consultation) -> Iterator[str]:
    if not consultation.audiences:
        yield "Select who is consulted."
    for audience in consultation.audiences:
        constituency = audience.constituency
        if constituency and not count_electors(session, constituency.id):
            yield f"The roll of {constituency.name} is empty."


def _list_questions(consultation: Consultation) -> Iterator[str]:
    questions = [question.asked for question in consultation.questions]
    if not questions:
        yield "Add at least one question."
    for section in consultation.sections:
        if not section.questions:
            yield f"The section “{section.title}” has no question."
    misplaced = find_out_of_order(questions)
    if misplaced:
        yield (
            f"“{misplaced[0].text.en}” is asked before “{misplaced[1].text.en}”, which it depends "
            "on."
        )
    if consultation.is_bilingual:
        untold = [section.title for section in consultation.sections if not section.title_cy]
        untold += [asked.text.en for asked in questions if _lacks_welsh(asked)]
        yield from (f"“{text}” has no Welsh, or not for every part of it." for text in untold)


def _lacks_welsh(asked: Asked) -> bool:
    words = (asked.text, asked.help, *asked.rows, *asked.choices)
    return any(each.en and not each.cy for each in words)


def _list_dates(consultation: Consultation, now: dt.datetime) -> Iterator[str]:
    if consultation.closes_at is None:
        yield "Set when the consultation closes."
    elif consultation.closes_at <= now:
        yield "The closing time has passed. Set a later one."
    elif consultation.closes_at > now + LONGEST:
        yield "The consultation closes more than a year from now."
    elif list_reasons_needed(consultation, now) and not consultation.dates_reason:
        yield "Give a reason for these dates. It is published."


def _list_gaps(session: Session, consultation: Consultation) -> list[str]:
    """What G1 asks of the proposal that people are consulted on, and G2 of each of its options."""
    proposal = consultation.proposal
    options = list_options(session, proposal.id)
    named = [(one.name, one.is_staying) for one in options]
    bare = [(one.name, list_missing(one)) for one in options]
    told = [tell_missing(name, missing) for name, missing in bare if missing]
    return list_gaps(proposal.deciding, proposal.still_open, named) + told


def _list_balance(session: Session, consultation: Consultation) -> Iterator[str]:
    """The options whose benefits and drawbacks differ much in length (G2)."""
    for option in list_options(session, consultation.proposal_id):
        yield from tell_unbalanced(f"“{option.name}”", option.benefits, option.drawbacks)


def _list_test(consultation: Consultation) -> Iterator[str]:
    if consultation.tested_at is None:
        yield "Go through the consultation as it stands. Nothing is saved."

"""A consultation that has closed with some hundred responses, for the analysis to stand on."""

from __future__ import annotations

import datetime as dt
import json
import random
import secrets
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from tests.organiser_ground import Clerk, follow
from voting.domain.asking import Choice, Kind
from voting.store.consultations import (
    Audience,
    Consultation,
    ConsultationQuestion,
    Section,
    write_choices,
)
from voting.store.database import db
from voting.store.proposals import Constituency, Proposal
from voting.store.responses import Answer, insert_responses

NOW = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)
SITES = ("North pool", "South pool", "Park")
THOUGHTS = (
    "Keep the pool open on Sundays, whoever runs it.",
    "I worry about pensions. Ask Jo Bloggs in payroll.",
    "Staff should choose the board.",
    "=HYPERLINK(0) <script>alert(1)</script>",
)
QUESTIONS: tuple[tuple[Kind, str, dict[str, Any]], ...] = (
    (Kind.SINGLE, "Which site do you use most?", {"choices": SITES}),
    (Kind.SEVERAL, "What matters to you?", {"choices": ("Price", "Hours", "Staff")}),
    (Kind.RATING, "How good is the service?", {"least": 1, "most": 5}),
    (Kind.MATRIX, "How are these?", {"choices": ("Bad", "Good"), "rows": ("Price", "Hours")}),
    (Kind.RANKING, "Put these in order", {"choices": SITES}),
    (Kind.NUMBER, "How often a month do you come?", {}),
    (Kind.LONG, "What should we think of?", {}),
)  # fmt: skip


def make_consultation(
    session: Session, proposal: Proposal, *, number: int = 300, state: str = "closed"
) -> Consultation:
    """A consultation of staff (a fifth) and the public, with *number* invented responses."""
    staff = next(iter(proposal.constituencies), None) or Constituency(
        proposal_id=proposal.id, code="staff", name="Staff", position=0
    )
    made = Consultation(
        proposal_id=proposal.id,
        slug="your-views",
        title="Your views",
        state=state,
        created_at=NOW,
        opened_at=NOW - dt.timedelta(days=90),
        closed_at=NOW if state == "closed" else None,
        respond_by=NOW + dt.timedelta(weeks=12),
        frozen_hash="0" * 64,
    )
    section = Section(position=0, title="About the centres")
    section.questions = [
        ConsultationQuestion(
            position=place,
            kind=str(kind),
            text=text,
            choices=write_choices(tuple(Choice(each) for each in more.get("choices", ()))),
            rows=write_choices(tuple(Choice(each) for each in more.get("rows", ()))),
            least=more.get("least"),
            most=more.get("most"),
        )
        for place, (kind, text, more) in enumerate(QUESTIONS)
    ]
    made.sections = [section]
    made.audiences = [Audience(constituency=staff), Audience()]
    session.add_all([staff, made])
    session.flush()
    insert_responses(session, _respond(made, number))
    return made


def _respond(
    made: Consultation, number: int
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    chance = random.Random(7)
    ids = [question.id for question in made.questions]
    for place in range(number):
        values = (
            chance.choices(range(3), (60, 35, 5))[0],
            sorted(chance.sample(range(3), chance.randint(1, 3))),
            chance.randint(1, 5),
            [chance.randint(0, 1), chance.randint(0, 1)],
            chance.sample(range(3), 3),
            str(chance.randint(0, 30)),
        )
        answers = [
            {"question_id": identity, "value": json.dumps(value)}
            for identity, value in zip(ids, values, strict=False)
        ]
        if place % 2 == 0:
            answers.append({"question_id": ids[-1], "text": THOUGHTS[place // 2 % len(THOUGHTS)]})
        row = {
            "consultation_id": made.id,
            "audience_id": made.audiences[0 if place % 5 == 0 else 1].id,
            "handle": secrets.token_hex(32),
            "may_publish": place % 3 != 0,
            "submitted_at": NOW - dt.timedelta(days=2),
        }
        yield row, answers


def release(clerk: Clerk, slug: str, text: str, take_out: str = "") -> int:
    """Release one answer with this text, whose giver agreed; its id."""
    with clerk.app.app_context():
        answer = next(
            each.id
            for each in db.session.query(Answer).filter(Answer.text == text)
            if each.response.may_publish
        )
    page = f"/organiser/proposals/{slug}/consultations/your-views/analysis/answers/{answer}"
    if take_out:
        follow(clerk.post(f"{page}/redact", {"passage": take_out, "reason": "names a person"}))
    follow(clerk.post(f"{page}/release", {"decision": "publish", "reason": ""}))
    return answer

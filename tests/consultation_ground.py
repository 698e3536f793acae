"""Consultations made by the real services, and a respondent without scripts."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories_polls import make_constituency, make_electors, make_proposal
from tests.organiser_ground import Clerk, follow
from voting.domain.asking import Condition
from voting.domain.wording import NEEDED
from voting.services import consultations, correspondence
from voting.services.consultations import QuestionInput
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.hub import ProposalOption, list_options
from voting.store.participants import Participant
from voting.store.proposals import Proposal

CLOSES = dt.timedelta(weeks=12)
WHY = "The date follows the council's own timetable."
CHOICES = "Yes\nNo\nNot sure"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def make_draft(
    session: Session, proposal: Proposal | None = None, *, now: dt.datetime, electors: int = 3
) -> Consultation:
    """A draft that lacks nothing but its test run: every kind of question, one show-if."""
    proposal = proposal or make_proposal(session, now=now)
    there = [each for each in proposal.constituencies if each.name == "Staff"]
    staff = there[0] if there else make_constituency(session, proposal, "Staff")
    if electors:
        make_electors(session, staff, electors)
    add_options(session, proposal)
    draft = consultations.create_consultation(
        session, proposal, title="What should the centres be like?", now=now
    )
    consultations.update_words(
        session,
        draft,
        is_bilingual=False,
        by_section=False,
        asks_equality=True,
        retention_months=24,
        title=draft.title,
        introduction="Whether and how the centres change is open.",
        privacy_notice="Your answers are read by the trust and kept for two years.",
    )
    consultations.set_audiences(session, draft, constituencies=[staff.id], public=True)
    consultations.set_dates(session, draft, closes_at=now + CLOSES, reason=WHY)
    add_questions(session, draft)
    return draft


def add_options(session: Session, proposal: Proposal) -> None:
    """What people are asked about: staying as we are, and a mutual (G1, G2)."""
    if list_options(session, proposal.id):
        return
    parts = {part: f"Its {part}." for part in NEEDED}
    for position, (name, is_staying) in enumerate((("Stay as we are", True), ("A mutual", False))):
        session.add(
            ProposalOption(
                proposal_id=proposal.id,
                position=position,
                name=name,
                is_staying=is_staying,
                **parts,
            )
        )
    session.flush()


def add_questions(session: Session, draft: Consultation) -> None:
    """One question of each kind; the second only for those who say yes to the first."""
    section = draft.sections[0]

    def add(kind: str, text: str, **more: Any) -> int:
        given = QuestionInput(kind=kind, text=text, **more)
        return consultations.save_question(session, section, None, given).id

    first = add("single", "Do you use a centre?", choices=CHOICES, is_required=True)
    add("short", "Which one?", show_if=Condition(first, 0))
    add("several", "What matters?", choices="Price\nStaff\nHours", most=2)
    add("rating", "How good are they?", choices="Poor\nExcellent", least=1, most=5)
    add("matrix", "How much do you agree?", choices="Agree\nDisagree", rows="Clean\nSafe")
    add("ranking", "What comes first?", choices="Pool\nGym\nPark")
    add("number", "How often a month?", least=0, most=31)
    add("date", "When were you last there?", is_personal=True)
    add("long", "What else?")
    add("file", "Anything to send?")


def make_open(
    session: Session,
    *,
    now: dt.datetime,
    electors: int = 3,
    proposal: Proposal | None = None,
) -> Consultation:
    """An open consultation whose invitations are owed."""
    draft = make_draft(session, proposal, now=now, electors=electors)
    consultations.mark_tested(session, draft, now=now)
    consultations.open_consultation(session, draft, now=now)
    correspondence.queue_consultation(
        session,
        draft,
        "consultation-invitation",
        typed=str(electors),
        base_url="http://localhost",
        now=now,
    )
    return draft


@dataclass(slots=True)
class Respondent:
    """Someone with a link and a browser without scripts."""

    app: Flask
    client: FlaskClient
    participant_id: int
    token: str

    @property
    def path(self) -> str:
        """Where the pages of this visit stand."""
        return f"/answer/{self.participant_id}"

    def get(self, page: str) -> TestResponse:
        """Open a page of the visit."""
        return self.client.get(f"{self.path}/{page}")

    def post(self, page: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Fill a form in and send it."""
        return self.send(f"{self.path}/{page}", data)

    def send(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Fill any form in and send it."""
        found = TOKEN.search(self.client.get("/check-vote").text)
        assert found is not None
        answer = self.client.post(path, data={"csrf_token": found[1], **(data or {})})
        answer.request.environ["wsgi.input"].close()
        return answer

    def begin(self) -> str:
        """Follow the link and start; the page of the first question."""
        follow(self.send(f"/c/{self.token}"))
        return follow(self.post("start"))

    def about(self, publish: str = "yes") -> str:
        """Answer for oneself."""
        return follow(self.post("about", {"who": "person", "publish": publish}))

    def submit(self) -> TestResponse:
        """Send what the page to check shows."""
        return self.post("check", read_carried(self.get("check")))


def read_carried(page: TestResponse) -> dict[str, str]:
    """What the form of the page to check carries."""
    from html import unescape

    fields = {}
    for name in ("answers", "version"):
        found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
        assert found is not None, page.text[:500]
        fields[name] = unescape(found[1])
    return fields


def open_consultation(app: Flask, *, electors: int = 3) -> int:
    """An open consultation in the service's database; its id."""
    with app.app_context(), transaction(db.session()) as session:
        return make_open(session, now=dt.datetime.now(dt.UTC), electors=electors).id


def invite(app: Flask, consultation_id: int, place: int = 0) -> Respondent:
    """The browser of the invited person at *place* on the roll."""
    with app.app_context():
        rows = db.session.query(Participant).filter_by(consultation_id=consultation_id)
        participant = rows.order_by(Participant.id).all()[place]
        links = app.extensions["voting.links"]
        token = links.respondent_token(participant.id, participant.link_generation)
        return Respondent(app, app.test_client(), participant.id, token)


def find_questions(app: Flask, consultation_id: int) -> dict[str, int]:
    """The questions' ids by kind."""
    with app.app_context():
        consultation = db.session.get(Consultation, consultation_id)
        assert consultation is not None
        return {question.kind: question.id for question in consultation.questions}


def organise(app: Flask, clerk: Clerk, consultation_id: int) -> str:
    """Let the clerk organise the consultation's proposal; the path of its pages."""
    from voting.services import proposals
    from voting.store.accounts import find_account

    with app.app_context(), transaction(db.session()) as session:
        consultation = session.get_one(Consultation, consultation_id)
        account = find_account(session, clerk.email)
        assert account is not None
        proposals.add_organiser(session, consultation.proposal, int(account.id))
        return (
            f"/organiser/proposals/{consultation.proposal.slug}/consultations/{consultation.slug}"
        )

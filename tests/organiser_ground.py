"""An organiser at the desk: a browser without scripts that fills in the service's own forms."""

from __future__ import annotations

import datetime as dt
import io
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from voting import jobs
from voting.services import accounts, casting, keys
from voting.store.accounts import find_account
from voting.store.database import db, transaction
from voting.store.polls import Poll, find_poll
from voting.store.proposals import find_proposal
from voting.store.roll import list_electors

HOUR = dt.timedelta(hours=1)
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
EVIDENCE = re.compile(r'name="evidence"[^>]*value="([0-9a-f]{64})"')
ROLL = b"name,email,reference\nSam Price,sam@example.org,E1\nAda Okafor,ada@example.org,E2\n"
TEN = ROLL + b"".join(b"Person %d,t%d@example.org,E%d\n" % (n, n, n) for n in range(3, 11))
LARGER_ROLL = b"name,email\n" + b"".join(b"Person %d,p%d@example.org\n" % (n, n) for n in range(12))
NO_PASSWORD = "unusable"
OPTIONS = (
    ("Form a mutual", "A new organisation.", "Staff choose the board.", "Set-up costs.", "Page 12"),
    ("Stay as we are", "The council goes on.", "Nobody is moved.", "Budgets shrink.", "Page 14"),
)


@dataclass(slots=True)
class Clerk:
    """One signed-in account and its browser."""

    app: Flask
    client: FlaskClient
    email: str

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Fill a form in and send it; the token comes from a page the browser can see."""
        return self.client.post(path, data={"csrf_token": self.read_token(), **(data or {})})

    def read_token(self) -> str:
        found = TOKEN.search(self.client.get("/check-vote").text)
        assert found is not None
        return found[1]

    def send_roll(self, path: str, content: bytes, name: str = "roll.csv") -> TestResponse:
        """Upload a roll."""
        answer = self.post(path, {"file": (io.BytesIO(content), name)})
        answer.request.environ["wsgi.input"].close()  # a large one is a temporary file
        return answer


def make_account(app: Flask, role: str = "organiser") -> str:
    """An account with this role; its address."""
    email = f"{secrets.token_hex(4)}@northmoor.example"
    with app.app_context(), transaction(db.session()) as session:
        accounts.create_account(
            session, email=email, name="Morgan Ellis", role=role, password_hash=NO_PASSWORD
        )
    return email


def sign_in(app: Flask, role: str = "organiser") -> Clerk:
    """A new account with a browser that is signed in (signing in has tests of its own)."""
    return come_back(app, make_account(app, role))


def come_back(app: Flask, email: str) -> Clerk:
    """A browser in which the account with this address is signed in already."""
    with app.app_context():
        account = find_account(db.session(), email)
        assert account is not None
        identity = str(account.fs_uniquifier)
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = identity
        kept["_fresh"] = True
    return Clerk(app, client, email)


def proposal_form(**changes: str) -> dict[str, str]:
    """A complete proposal as typed."""
    return {
        "title": "The future of Northmoor Leisure",
        "organisation": "Northmoor Leisure Trust",
        "deciding": "Whether the centres become a mutual.",
        "still_open": "Who would sit on its board.",
        "contact_name": "Alex Morgan",
        "contact_email": "votes@northmoor.example",
        "contact_phone": "01632 960001",
        "scrutineer_contact": "The union, 01632 960002",
        **changes,
    }


def question_form(*options: tuple[str, ...], **changes: str) -> dict[str, str]:
    """A complete question as typed."""
    form = {"text": "Shall we form a mutual?", "choice": "one", "minimum": "1", "maximum": ""}
    names = ("text", "description", "benefits", "drawbacks", "source")
    for index, option in enumerate(options or OPTIONS):
        for name, text in zip(names, (*option, "", "", "", ""), strict=False):
            form[f"options-{index}-{name}"] = text
    return {**form, "act": "save", **changes}


def dates_form(**changes: str) -> dict[str, str]:
    """Open tomorrow, close two weeks later, as typed."""
    now = dt.datetime.now(dt.UTC)
    opens, closes = now + dt.timedelta(days=1), now + dt.timedelta(days=15)
    return {
        "opens_on": opens.date().isoformat(),
        "opens_hour": "09:00",
        "closes_on": closes.date().isoformat(),
        "closes_hour": "17:00",
        "grace_minutes": "10",
        "checking_hours": "0",
        **changes,
    }


def read_number(page: str) -> str:
    """The number that a page asks for before a letter goes to many."""
    found = re.search(r"Type ([\d,]+) to confirm", page)
    assert found is not None
    return found[1]


def publish_outcome(clerk: Clerk, poll: str) -> str:
    """Publish a counted vote, once the number of letters with the result is typed."""
    number = read_number(clerk.get(f"{poll}/conduct/outcome").text)
    return follow(clerk.post(f"{poll}/conduct/publish", {"typed": number}))


def make_proposal(clerk: Clerk) -> str:
    """A proposal with one constituency, Staff; the path of its page."""
    path = follow(clerk.post("/organiser/new-proposal", proposal_form()))
    follow(clerk.post(f"{path}/new-constituency", {"name": "Staff"}))
    return path


PAGE_TEXTS = {"summary": "A trust of its own.", "who_decides": "The council, in the open."}
MODELS = {"models": ["in-house", "benefit-society"]}


def open_page(clerk: Clerk, path: str) -> None:
    """Write the public page of the proposal at *path*, with two options, and open it."""
    follow(clerk.post(f"{path}/page/options/choose", MODELS))
    follow(clerk.post(f"{path}/page/texts", PAGE_TEXTS))
    follow(clerk.post(f"{path}/page/open"))


def import_roll(clerk: Clerk, path: str, content: bytes = ROLL) -> None:
    """Upload a roll for Staff, and confirm it."""
    preview = follow(clerk.send_roll(f"{path}/roll/staff/upload", content))
    follow(clerk.post(f"{preview}/confirm"))


def make_draft(clerk: Clerk) -> str:
    """A complete draft with one question and ten on the roll; the path of its task list."""
    path = make_proposal(clerk)
    import_roll(clerk, path, TEN)
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Shall we form a mutual?"}))
    follow(clerk.post(f"{poll}/questions/new", question_form()))
    follow(clerk.post(f"{poll}/dates", dates_form()))
    return poll


def make_frozen(clerk: Clerk) -> str:
    """A frozen poll; the path of its pages."""
    poll = make_draft(clerk)
    follow(clerk.post(f"{poll}/freeze"))
    return poll


def follow(answer: TestResponse) -> str:
    """The path an accepted form leads to; fails with what the page says when it was refused."""
    assert answer.status_code == 303, f"{answer.status_code}: {list_errors(answer)}"
    return answer.headers["Location"]


def list_errors(answer: TestResponse) -> list[str]:
    """The sentences of the error summary, in order."""
    summary = re.search(r'class="v-error-summary".*?</ul>', answer.text, re.DOTALL)
    items = re.findall(r"<li>(.*?)</li>", summary[0] if summary else "", re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", item)).strip() for item in items]


def move_times(app: Flask, poll: str, *, opens: dt.timedelta, closes: dt.timedelta) -> None:
    """Let the poll open and close so long from now, as if the time had come."""
    now = dt.datetime.now(dt.UTC)
    with app.app_context(), transaction(db.session()) as session:
        stored = read_poll(session, poll)
        stored.opens_at, stored.closes_at = now + opens, now + closes


def read_poll(session: Session, path: str) -> Poll:
    """The poll whose pages stand at *path*."""
    slug, _, poll_slug = path.removeprefix("/organiser/proposals/").partition("/polls/")
    proposal = find_proposal(session, slug)
    assert proposal is not None
    poll = find_poll(session, proposal.id, poll_slug)
    assert poll is not None
    return poll


def let_open(app: Flask, poll: str) -> None:
    """The opening time comes: what was left until then passes at once."""
    move_times(app, poll, opens=-HOUR, closes=HOUR)


def let_close(app: Flask, poll: str) -> None:
    """The closing time and its grace pass at once."""
    move_times(app, poll, opens=-3 * HOUR, closes=-HOUR)


def open_poll(clerk: Clerk, poll: str) -> None:
    """Let the poll's time come, and open it."""
    let_open(clerk.app, poll)
    follow(clerk.post(f"{poll}/conduct/open"))


def cast_votes(clerk: Clerk, poll: str, choices: Sequence[int]) -> None:
    """Really cast one vote for each of *choices*, positions of options, by electors in turn."""
    now = dt.datetime.now(dt.UTC)
    sealer = clerk.app.extensions["voting.sealer"]
    with clerk.app.app_context():
        session = db.session()
        election = read_poll(session, poll).elections[0]
        election_id, options = election.id, len(election.poll.questions[0].options)
        electors = [e.id for e in list_electors(session, election.constituency_id)]
        codes = [keys.code_for(election, elector, sealer=sealer) for elector in electors]
        for elector, code, choice in zip(electors, codes, choices, strict=False):
            paper = [0] + [int(place == choice) for place in range(options)]
            casting.seal_and_cast(session, election_id, elector, code, [paper], now=now)
            session.commit()


def close_poll(clerk: Clerk, poll: str) -> None:
    """Let the closing time and its grace pass, and seal the ballot box."""
    let_close(clerk.app, poll)
    follow(clerk.post(f"{poll}/conduct/close"))


def count_poll(clerk: Clerk, poll: str) -> None:
    """Ask for the count, and let the worker do it."""
    follow(clerk.post(f"{poll}/conduct/count"))
    with clerk.app.app_context():
        poll_id = read_poll(db.session(), poll).id
    jobs.count_poll(clerk.app, poll_id, dt.datetime.now(dt.UTC))


def fill_decision(page: str) -> dict[str, str]:
    """A decision for the proposal, on the evidence that the commissioner's *page* names."""
    found = EVIDENCE.search(page)
    assert found is not None
    return {
        "outcome": "approved",
        "reasons": "Most people asked for it.",
        "next_steps": "A shadow board is elected in May.",
        "without_equality": "It is carried out before the transfer.",
        "decided_by": "Cai Morgan, Cabinet Member",
        "attested": "y",
        "evidence": found[1],
    }

"""Every letter to many: previewed, counted, tested on oneself and confirmed by its number (M3)."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import voting
from tests import consultation_ground
from tests import organiser_ground as ground
from tests.factories_polls import NOW, open_page
from tests.organiser_ground import Clerk, fill_decision, follow, list_errors
from tests.trustee_ground import PEOPLE
from voting.jobs.letters import LetterPost
from voting.services.correspondence.consulting import write_any
from voting.store import invitations, letters, notices
from voting.store.accounts import find_account
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.letters import Letter
from voting.store.participants import Participant
from voting.store.proposals import Proposal
from voting.store.readers import Reader
from voting.store.roll import Elector

OWING = {"owe_to_electors", "owe_to_participants", "owe_letters", "owe_many", "insert_chosen"}
TESTS = ("test", "consultation-test")
SAY = "Enter {}, the number of people this letter goes to, to confirm"
CHANGED = "Who gets a letter has changed just now. Nothing was sent. Type the new number."


@dataclass(slots=True)
class Sending:
    """One letter to many: its page, what is typed there, and its words in each language.

    ``change`` lets someone come or go, and says how many more get the letter then; None where the
    roll is frozen. ``test`` is the address of a test of its own; else the page's form asks for it.
    """

    kind: str
    page: str
    words: tuple[str, str]
    number: int
    change: Callable[[Session], int] | None = None
    form: dict[str, str] = field(default_factory=dict)
    test: str = ""
    send: str = ""


@pytest.fixture
def clerk(app: Flask) -> Clerk:
    return ground.sign_in(app)


def hold_to_m3(clerk: Clerk, sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    """Preview, test to oneself, a wrong number, a number that changed, and then the letters."""
    look_at(clerk, sending)
    try_on_oneself(clerk, sending)
    send, number, wrong = sending.send or sending.page, sending.number, str(sending.number + 1)
    for typed in ("", wrong, "all"):
        refused = clerk.post(send, sending.form | {"typed": typed})
        assert refused.status_code == 422, sending.kind
        assert list_errors(refused), sending.kind
        assert count(clerk, sending.kind) == 0, sending.kind
    assert list_errors(clerk.post(send, sending.form | {"typed": wrong})) == [SAY.format(number)]

    if sending.change is not None:
        with clerk.app.app_context(), transaction(db.session()) as session:
            number += sending.change(session)
        refused = clerk.post(send, sending.form | {"typed": str(sending.number)})
        assert list_errors(refused) == [SAY.format(number)]
        assert f"Type {number} to confirm" in refused.text
        with monkeypatch.context() as patch:
            come_in_between(patch)
            refused = clerk.post(send, sending.form | {"typed": str(number)})
        assert (refused.status_code, list_errors(refused)) == (422, [CHANGED])
        assert count(clerk, sending.kind) == 0

    follow(clerk.post(send, sending.form | {"typed": f" {number} "}))
    assert count(clerk, sending.kind) == number
    assert count(clerk, sending.kind, language="cy") == 1


def look_at(clerk: Clerk, sending: Sending) -> None:
    """The page shows the letter in each language that somebody reads, and how many get it."""
    page = clerk.get(sending.page)
    if not sending.test:
        page = clerk.post(sending.page, sending.form | {"act": "preview"})
    told = unescape(page.text)
    assert page.status_code == 200, (sending.kind, list_errors(page))
    samples = re.findall(r'<section class="v-letter".*?</section>', told, re.DOTALL)
    assert [words in sample for words, sample in zip(sending.words, samples, strict=True)] == [
        True,
        True,
    ], (sending.kind, samples)
    assert 'lang="cy"' in samples[1]
    in_each = f"1 in Welsh, {sending.number - 1} in English"
    is_told = not sending.kind.endswith("reminder")  # it would tell of who is alone in a language
    assert (in_each in told) is is_told, sending.kind
    assert f"Type {sending.number} to confirm" in told, sending.kind
    assert "Send me a test" in told, sending.kind
    assert count(clerk, sending.kind, *TESTS) == 0, sending.kind


def try_on_oneself(clerk: Clerk, sending: Sending) -> None:
    """One's own address gets the letter in both languages, marked as a test, and nobody else."""
    for _again in range(2):  # within a minute only once
        answer = clerk.post(sending.test or sending.page, sending.form | {"act": "test"})
        assert answer.status_code in (200, 303), (sending.kind, list_errors(answer))
    app = clerk.app
    with app.app_context(), transaction(db.session()) as session:
        made = session.query(Letter).filter(Letter.kind.in_(TESTS)).order_by(Letter.id).all()
        assert [letter.language for letter in made] in (["en", "cy"], ["en", "cy"] * 2)
        for letter, words in zip(made[:2], sending.words, strict=True):
            written = write_any(session, letter.id, post=LetterPost(app), now=NOW)
            assert clerk.email in written["To"]
            assert "List-Unsubscribe" not in written
            for part in ("plain", "html"):
                body = unescape(written.get_body((part,)).get_content())
                assert words in " ".join((str(written["Subject"]), *body.split())), sending.kind
                marks = {"en": "This is a test letter.", "cy": "Llythyr prawf yw hwn."}
                assert marks[letter.language] in body, sending.kind
        for letter in made:
            session.delete(letter)
    assert count(clerk, sending.kind) == 0


def come_in_between(patch: pytest.MonkeyPatch) -> None:
    """One more letter is owed than was counted, as when somebody comes at that moment."""
    for module in (letters, notices, invitations):
        really = module.insert_chosen
        patch.setattr(module, "insert_chosen", lambda *told, really=really: really(*told) + 1)


def count(clerk: Clerk, *kinds: str, **which: str) -> int:
    with clerk.app.app_context():
        found = db.session.query(Letter).filter(Letter.kind.in_(kinds)).filter_by(**which)
        return found.count()


def add_elector(session: Session, place: int | None) -> None:
    email = "new@example.org"
    told = {"constituency_id": place, "name": "New", "email": email, "email_key": email}
    session.add(Elector(**told))


def read_in_welsh(session: Session, email: str) -> None:
    session.query(Elector).filter_by(email_key=email).one().language = "cy"


def test_m3_letters_of_a_vote(app: Flask, clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    roll = ground.TEN + b"Lee Hughes,lee@example.org,E3\nMo Rees,mo@example.org,E4\n"
    path = ground.make_proposal(clerk)
    ground.import_roll(clerk, path, roll)
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Shall we form a mutual?"}))
    follow(clerk.post(f"{poll}/questions/new", ground.question_form()))
    follow(clerk.post(f"{poll}/dates", ground.dates_form()))
    with app.app_context(), transaction(db.session()) as session:
        read_in_welsh(session, "sam@example.org")
    follow(clerk.post(f"{poll}/freeze"))

    def write_to_one(session: Session) -> int:
        """Somebody is sent a new link, which is an invitation too."""
        person = session.query(Elector).filter_by(email_key="mo@example.org").one()
        stored = ground.read_poll(session, poll)
        key = f"replacement:{stored.id}:{person.id}:2"
        told = {"kind": "replacement", "poll_id": stored.id, "elector_id": person.id}
        letters.owe(session, key=key, now=dt.datetime.now(dt.UTC), **told)
        return -1

    def stop_one(session: Session) -> int:
        session.query(Elector).filter_by(email_key="ada@example.org").one().wants_reminders = False
        return -1

    def letter(kind: str, *words: str, number: int = 12) -> Sending:
        desk = f"{poll}/letters"
        page, test = f"{desk}/send/{kind}", f"{desk}/test/{kind}"
        return Sending(kind, page, words, number, form={"seen": "0"}, test=test)

    invitation = letter("invitation", "Vote by", "Pleidleisiwch erbyn")
    invitation.change = write_to_one
    hold_to_m3(clerk, invitation, monkeypatch)
    ground.open_poll(clerk, poll)
    reminder = letter("reminder", "Reminder: vote by", "Nodyn atgoffa: pleidleisiwch erbyn")
    reminder.change = stop_one
    hold_to_m3(clerk, reminder, monkeypatch)
    ground.cast_votes(clerk, poll, [0, 0, 0])
    ground.close_poll(clerk, poll)
    ground.count_poll(clerk, poll)
    result = letter("result", "The outcome of the vote", "Canlyniad y bleidlais")
    result.page, result.send = f"{poll}/conduct/outcome", f"{poll}/conduct/publish"
    hold_to_m3(clerk, result, monkeypatch)


def test_m3_letters_of_a_consultation(
    app: Flask, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), transaction(db.session()) as session:
        draft = consultation_ground.make_draft(session, now=dt.datetime.now(dt.UTC))
        consultation_ground.consultations.mark_tested(session, draft, now=draft.created_at)
        consultation_ground.consultations.open_consultation(
            session, draft, now=dt.datetime.now(dt.UTC)
        )
        session.query(Elector).first().language = "cy"
        held = draft.id
    desk = f"{consultation_ground.organise(app, clerk, held)}/letters"

    def add_one(session: Session) -> int:
        place = session.get_one(Consultation, held).audiences[0].constituency_id
        add_elector(session, place)
        return 1

    def stop_one(session: Session) -> int:
        session.query(Participant).filter_by(language="en").first().stops_reminders = True
        return -1

    for kind, english, welsh, change, number in (
        ("invitation", "What do you think? Answer by", "Beth yw eich barn?", add_one, 3),
        ("reminder", "Reminder: answer by", "Nodyn atgoffa: atebwch erbyn", stop_one, 4),
    ):
        page, test = f"{desk}/send/{kind}", f"{desk}/test/{kind}"
        hold_to_m3(
            clerk,
            Sending(
                f"consultation-{kind}", page, (english, welsh), number, change, {"seen": "0"}, test
            ),
            monkeypatch,
        )


def test_m3_letters_about_a_proposal(
    app: Flask, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ground.make_proposal(clerk)
    with app.app_context(), transaction(db.session()) as session:
        proposal = session.query(Proposal).one()
        open_page(session, proposal, find_account(session, clerk.email))
        consultation_ground.make_open(session, now=NOW, proposal=proposal)
        for name, language in (("pat", "en"), ("lee", "cy")):
            add_reader(session, proposal.id, f"{name}@example.org", language)
    told = ground.proposal_form(still_open="When it would begin.")
    follow(clerk.post(f"{path}/edit", told))

    def subscribe(session: Session) -> int:
        email = f"{session.query(Reader).count()}@example.org"
        add_reader(session, session.query(Proposal).one().id, email)
        return 1

    update = {"title": "A meeting", "text": "It is held on Monday."}
    news = Sending("news", f"{path}/updates", ("on Monday.", "Monday."), 2, subscribe, update)
    hold_to_m3(clerk, news, monkeypatch)
    why = {"explanation": "The board asked for it."}
    words = ("What has changed since you were asked", "Beth sydd wedi newid")
    notice = Sending("changes", f"{path}/changes", words, 6, subscribe, why)
    hold_to_m3(clerk, notice, monkeypatch)


def add_reader(session: Session, proposal_id: int, email: str, language: str = "en") -> None:
    told = {"email": email, "email_key": email, "language": language, "created_at": NOW}
    session.add(Reader(proposal_id=proposal_id, wants_updates=True, confirmed_at=NOW, **told))


def test_m3_letters_of_a_decision(
    app: Flask, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    commissioner = ground.sign_in(app, "commissioner")
    path = ground.make_proposal(clerk)
    ground.import_roll(clerk, path)
    ground.open_page(clerk, path)
    follow(clerk.post(f"{path}/commissioners", {"email": commissioner.email}))
    with app.app_context(), transaction(db.session()) as session:
        read_in_welsh(session, "sam@example.org")

    def add_one(session: Session) -> int:
        add_elector(session, session.query(Elector).first().constituency_id)
        return 1

    page = f"/commissioner/proposals/{path.rpartition('/')[2]}/decide"
    shown = commissioner.get(page).text
    assert "What was decided stands here." in shown
    given = fill_decision(shown)
    words = ("The proposal goes ahead.", "Mae'r cynnig yn mynd yn ei flaen.")
    decision = Sending("decision", page, words, 2, add_one, given)
    hold_to_m3(commissioner, decision, monkeypatch)


def test_m3_invitations_of_scrutineers(
    app: Flask, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = f"{ground.make_draft(clerk)}/scrutineers"
    holding = {"key_holding": "scrutineers", "key_size": "3", "threshold": "2"}
    follow(clerk.post(f"{desk}/arrangement", holding))
    for (name, email, organisation), language in zip(PEOPLE[:3], ("en", "cy", "en"), strict=True):
        told = {"name": name, "email": email, "organisation": organisation}
        follow(clerk.post(f"{desk}/new", told | {"language": language}))

    kind, words = "scrutineer-invitation", ("You are a scrutineer", "Rydych yn archwiliwr")
    test = f"{desk.removesuffix('/scrutineers')}/letters/test/{kind}"
    hold_to_m3(clerk, Sending(kind, f"{desk}/invite", words, 3, test=test), monkeypatch)


def test_m3_nothing_else_in_the_service_writes_to_many() -> None:
    """A new letter to many has to be held to M3 above before it may stand here."""
    by_themselves = {  # as the poll's frozen times come, or with the outcome that was confirmed
        ("services/tallying/closing.py", "close"),
        ("services/publication.py", "publish"),
    }
    confirmed = {
        ("services/correspondence/bulk.py", "queue_bulk"),
        ("services/correspondence/consulting.py", "queue_consultation"),
        ("services/readers.py", "send_news"),
        ("services/changes.py", "send_notice"),
        ("services/decisions.py", "_announce"),
    }

    found = set(find_callers(Path(voting.__file__).parent))

    assert found == by_themselves | confirmed


def find_callers(root: Path) -> Iterator[tuple[str, str]]:
    """The functions outside the store that owe letters to many, by file and name."""
    for path in root.rglob("*.py"):
        place = str(path.relative_to(root))
        if place.startswith("store/"):
            continue
        written = path.read_text()
        if not any(f"{name}(" in written for name in OWING):
            continue
        for function in ast.walk(ast.parse(written)):
            if isinstance(function, ast.FunctionDef) and list_called(function) & OWING:
                yield place, function.name


def list_called(function: ast.FunctionDef) -> set[str]:
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return {getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls}

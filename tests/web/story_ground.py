"""A proposal from its first page to its decision, every text of it typed into the service's forms.

Each text is a script of its own number, so that what is shown raw, and what is shown at all, can
be told apart wherever it comes out.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import dataclass, field
from html import unescape
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests import consultation_ground as asked
from tests import organiser_ground as ground
from tests.consultation_ground import Respondent, read_carried
from tests.organiser_ground import Clerk, follow, list_errors
from tests.web.form_reader import FormReader
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.store.readers import Reader
from voting.store.responses import Answer
from voting.store.roll import list_electors

SCRIPT = "'\"><script>zq({0})</script><img src=x onerror=zq({0})>"
RAW = re.compile(r"<script>zq|<img src=x", re.IGNORECASE)
NUMBER = re.compile(r"zq\((\d+)\)")
INERT = {  # kinds of answers that no browser runs
    "application/json", "application/pdf", "application/x-ndjson", "application/jsonl", "text/csv",
    "text/plain", "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
}  # fmt: skip
Given = dict[str, Any]


@dataclass(slots=True)
class Story:
    """The people of one proposal, what was typed, and where things stand."""

    app: Flask
    organiser: Clerk
    second: Clerk
    commissioner: Clerk
    custodian: Clerk
    path: str = ""
    consultation: str = ""
    poll: str = ""
    respondent: Respondent | None = None
    numbers: Any = field(default_factory=lambda: count(1))
    typed: dict[int, str] = field(default_factory=dict)  # number: where it was typed
    originals: list[str] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)  # numbers that came out somewhere

    @property
    def slug(self) -> str:
        return self.path.rpartition("/")[2]

    def script(self, where: str) -> str:
        """A text that must never be run."""
        number = next(self.numbers)
        self.typed[number] = where
        return SCRIPT.format(number)

    def fill(self, who: Clerk | Respondent, path: str, /, *, form: int = -1, **given: Any) -> str:
        """Open a page, type a script into every text of its form, send it; where it leads."""
        page = self.look(who.client, path)
        sent = self.send(who, path, page, form, **given)
        self.hold(path, sent)
        return path if sent.status_code == 200 and not list_errors(sent) else follow(sent)

    def look(self, client: FlaskClient, path: str) -> TestResponse:
        """Open a page that is there, and hold it to what every answer must be."""
        page = client.get(path)
        assert page.status_code == 200, (path, page.status_code)
        return self.hold(path, page)

    def hold(self, path: str, page: TestResponse) -> TestResponse:
        """Hold that no browser runs what was typed: not raw in HTML, nor taken for HTML."""
        assert page.headers["X-Content-Type-Options"] == "nosniff", path
        if page.mimetype == "text/html":
            found = RAW.search(page.text)
            assert found is None, (path, page.text[found.start() - 80 : found.end() + 80])
        else:
            assert page.mimetype in INERT, (path, page.mimetype)
        self.note(page.data.decode("utf-8", "replace"))
        return page

    def note(self, text: str) -> None:
        """Remember which of the texts came out."""
        self.seen |= {int(number) for number in NUMBER.findall(unescape(text))}

    def send(
        self, who: Clerk | Respondent, path: str, page: TestResponse, form: int, /, **given: Any
    ) -> Any:
        """Send one form of *page*, of those that are for more than a language or the way out."""
        reader = FormReader()
        reader.feed(page.text)
        action, fields = [
            (a, f)
            for a, f in reader.forms
            if "csrf_token" in f and a not in ("/language", "/sign-out")
        ][form]
        data: Given = {}
        for name, control in fields.items():
            if name in given:
                continue
            if control.is_text and not (control.kind != "textarea" and control.value):
                data[name] = self.script(f"{path} {name}")
            elif control.value or control.kind in ("radio", "select", "hidden", "text"):
                data[name] = control.value
        data |= {name: value for name, value in given.items() if value is not None}
        answer = who.client.post(action or path, data=data)
        answer.request.environ["wsgi.input"].close()
        return answer


def upload(story: Story, where: str, content: bytes = b"Some notes.") -> tuple[io.BytesIO, str]:
    """A file whose name is a script."""
    name = story.script(where).replace("/", "").replace('"', "")
    return io.BytesIO(content), f"{name}.txt"


def tell_story(app: Flask) -> Story:
    """Type it all."""
    roles = ("organiser", "organiser", "commissioner", "organiser")
    story = Story(app, *(ground.sign_in(app, role) for role in roles))
    inform(story)
    consult(story)
    answer(story)
    ask(story)
    analyse(story)
    vote(story)
    decide(story)
    return story


def inform(story: Story) -> None:
    """The proposal, its roll, its public page."""
    clerk = story.organiser
    path = story.path = story.fill(
        clerk, "/organiser/new-proposal", contact_email="votes@northmoor.example"
    )
    story.fill(clerk, f"{path}/new-constituency")
    found = re.search(rf"{path}/roll/([\w-]+)", clerk.get(path).text)
    assert found is not None
    name = story.script("roll name").replace('"', '""')
    roll = f'name,email,language\n"{name}",sam@example.org,en\nAda,ada@example.org,cy\n'
    roll += "".join(f"Person {n},p{n}@example.org,en\n" for n in range(3, 11))
    preview = follow(clerk.send_roll(f"{path}/roll/{found[1]}/upload", roll.encode()))
    follow(clerk.post(f"{preview}/confirm"))
    for _to_see_the_fields_in_welsh_and_to_fill_them in range(2):
        story.fill(clerk, f"{path}/page/texts", is_bilingual="y")
    story.fill(clerk, f"{path}/edit")
    story.fill(clerk, f"{path}/constituencies/{found[1]}")
    for staying in ("y", None):
        story.fill(clerk, f"{path}/page/options/new", is_staying=staying)
    story.fill(clerk, f"{path}/page/glossary")
    story.fill(clerk, f"{path}/page/dates", on="2031-05-02")
    story.fill(clerk, f"{path}/documents/new", file=upload(story, "document name"))
    document = re.search(r"/documents/(\d+)/new-version", clerk.get(f"{path}/documents").text)
    assert document is not None
    story.fill(
        clerk,
        f"{path}/documents/{document[1]}/new-version",
        file=upload(story, "second name", b"2"),
    )
    follow(clerk.post(f"{path}/page/open"))
    follow(clerk.post(f"{path}/commissioners", {"email": story.commissioner.email}))


def consult(story: Story) -> None:
    """The consultation is written, opened and answered in every way there is."""
    clerk = story.organiser
    path = story.consultation = story.fill(clerk, f"{story.path}/consultations/new")
    both = {"is_bilingual": "y"}
    story.fill(clerk, f"{path}/words", retention_months="24", asks_equality="y", **both)
    audiences = re.findall(
        r'name="audiences"[^>]*value="(\w+)"', clerk.get(f"{path}/audiences").text
    )
    follow(clerk.post(f"{path}/audiences", {"audiences": audiences}))
    story.fill(clerk, f"{path}/questions/sections/1")
    kinds: tuple[tuple[str, Given], ...] = (
        ("single", {}),
        ("several", {}),
        ("rating", {"least": "1", "most": "5"}),
        ("matrix", {}),
        ("ranking", {}),
        ("number", {}),
        ("date", {}),
        ("short", {}),
        ("long", {}),
        ("file", {}),
    )
    for kind, more in kinds:
        lists = ["rows", "choices"] if kind == "matrix" else ["choices"]
        lists = [] if kind in ("number", "date", "short", "long", "file") else lists
        every = ("choices", "choices_cy", "rows", "rows_cy")
        told: Given = dict.fromkeys(every) | {
            f"{name}{end}": two_lines(story, f"{kind} {name}{end}")
            for name in lists
            for end in ("", "_cy")
        }
        story.fill(clerk, f"{path}/questions/sections/1/new", kind=kind, **told, **more)
    closes = dt.date.today() + dt.timedelta(days=20)  # noqa: DTZ011 - short on purpose: needs a reason
    story.fill(clerk, f"{path}/dates", closes_on=closes.isoformat(), closes_hour="17:00")
    follow(clerk.post(f"{path}/preview/done"))
    follow(clerk.post(f"{path}/open"))
    number = re.search(r"Type (\d+)", clerk.get(f"{path}/letters/send/invitation").text)
    assert number is not None
    follow(clerk.post(f"{path}/letters/send/invitation", {"typed": number[1]}))


def two_lines(story: Story, where: str) -> str:
    """Two answers to choose from, or two statements."""
    return "\n".join(story.script(where) for _each in range(2))


def answer(story: Story) -> None:
    """One person answers by link, another on paper; a stranger asks; an update is sent."""
    clerk, app = story.organiser, story.app
    with app.app_context():
        held = db.session.scalars(select(Consultation)).one()
        questions = {each.kind: each.id for each in held.questions}
        identity = held.id
    person = story.respondent = asked.invite(app, identity)
    person.begin()
    sent = {f"q{questions['file']}-file": upload(story, "file of a response")}
    for number, question in enumerate(questions.values(), start=1):
        is_file = question == questions["file"]
        story.fill(person, f"{person.path}/page/{number}", **(sent if is_file else {}))
    story.fill(person, f"{person.path}/about", who="organisation", publish="yes")
    for language in ("cy", "en"):
        speak(person, language)
        story.look(person.client, f"{person.path}/start")
    carried = read_carried(story.look(person.client, f"{person.path}/check"))
    follow(person.post("check", carried))
    for page in ("sent", "equality", "thanks", *(f"page/{n}" for n in range(1, 11))):
        for language in ("en", "cy"):
            speak(person, language)
            story.look(person.client, f"{person.path}/{page}")
    shared = f"/p/{story.slug}/consultations/{story.consultation.rpartition('/')[2]}"
    for page in (shared, f"{shared}/paper", f"/c/{person.token}", f"/c/{person.token}/stop"):
        story.look(app.test_client(), page)
    for page in ("", "/preview", "/letters", "/letters/people?find=sam", "/entered", "/extend"):
        story.look(clerk.client, f"{story.consultation}{page}")
    rehearsed = clerk.post(f"{story.consultation}/preview")
    assert rehearsed.status_code == 200
    story.hold("preview", rehearsed)
    story.fill(
        clerk,
        f"{story.consultation}/entered/new",
        source="paper",
        who="organisation",
        publish="yes",
    )
    follow(clerk.post(f"{story.path}/organisers", {"email": story.second.email}))
    waiting = re.search(r"/entered/(\d+)", story.second.get(f"{story.consultation}/entered").text)
    assert waiting is not None
    checked = f"{story.consultation}/entered/{waiting[1]}"
    story.look(story.second.client, f"{story.consultation}/entered")
    assert story.script  # the page is read before the answers count
    assert "zq(" in story.second.get(checked).text
    follow(story.second.post(checked, {"act": "confirm"}))


def speak(who: Clerk | Respondent, language: str) -> None:
    """Read on in this language."""
    found = asked.TOKEN.search(who.client.get("/check-vote").text)
    assert found is not None
    form = {"csrf_token": found[1], "language": language}
    assert who.client.post("/language", data=form).status_code in (302, 303)


def ask(story: Story) -> None:
    """A reader asks a question, which is answered; everyone who wants to is told something."""
    clerk, public = story.organiser, f"/p/{story.slug}"
    address = {"email": "reader@example.org"}
    for page in ("questions", "updates"):
        assert clerk.post(f"{public}/{page}", address).status_code < 400
    with story.app.app_context():
        [reader] = db.session.query(Reader).all()
        links = story.app.extensions["voting.links"]
        token = links.reader_token(reader.id, reader.link_generation)
    stranger = Clerk(story.app, story.app.test_client(), "")
    story.fill(stranger, f"{public}/ask/{token}")
    assert stranger.post(f"{public}/updates/{token}").status_code < 400
    question = re.search(r"/questions/(\d+)", clerk.get(f"{story.path}/questions").text)
    assert question is not None
    story.fill(clerk, f"{story.path}/questions/{question[1]}", form=1, act="answer")
    story.fill(clerk, f"{story.path}/updates", typed="1")


def analyse(story: Story) -> None:
    """The consultation is closed, read, tagged, redacted, answered in public and kept longer."""
    clerk, path = story.organiser, story.consultation
    story.fill(clerk, f"{path}/close")
    story.fill(clerk, f"{path}/kept/hold")
    desk = f"{path}/analysis"
    story.fill(clerk, f"{desk}/themes/new")
    story.fill(clerk, f"{desk}/themes/1/answer")
    story.fill(clerk, f"{desk}/custodian", email=story.custodian.email)
    with story.app.app_context():
        written = db.session.scalars(select(Answer.id).where(Answer.text != "")).all()
    for number in written:
        story.fill(clerk, f"{desk}/answers/{number}", form=-2, passage="<img src=x")
        story.fill(clerk, f"{desk}/answers/{number}")  # a note
        story.fill(clerk, f"{desk}/answers/{number}/redact", passage="</script>")
        story.fill(clerk, f"{desk}/answers/{number}/release", decision="publish")
    path = f"/organiser/custody/{story.slug}/{story.consultation.rpartition('/')[2]}"
    story.originals = [f"{path}/answers/{number}" for number in written]
    for address in story.originals:
        story.fill(story.custodian, address)
    story.fill(clerk, f"{desk}/publish")
    story.fill(clerk, f"{desk}/themes/1/update")


def vote(story: Story) -> None:
    """A vote is written, opened, complained about and cancelled."""
    clerk, path = story.organiser, story.path
    poll = story.poll = story.fill(clerk, f"{path}/new-vote")
    story.fill(clerk, f"{poll}/details")
    story.fill(clerk, f"{poll}/questions/new", choice="one", act="save", **stay(story))
    follow(clerk.post(f"{poll}/dates", ground.dates_form()))
    follow(clerk.post(f"{poll}/freeze"))
    ground.open_poll(clerk, poll)
    visit_booth(story)
    stranger = Clerk(story.app, story.app.test_client(), "")
    public = f"/p/{story.slug}/{poll.rpartition('/')[2]}"
    story.fill(stranger, f"{public}/report", tracker="", kind="other")
    problem = re.search(r"/problems/([^\"?]+)", clerk.get(f"{poll}/problems").text)
    assert problem is not None
    story.fill(clerk, f"{poll}/problems/{problem[1]}")
    story.fill(clerk, f"{poll}/kept/hold")
    story.fill(clerk, f"{poll}/conduct/cancel")


def stay(story: Story) -> Given:
    """The second option of a question, which must be to stay as we are."""
    return {
        "options-1-text": f"Stay as we are {story.script('option 2')}",
        "options-1-text_cy": f"Aros {story.script('option 2 in Welsh')}",
    }


def visit_booth(story: Story) -> None:
    """Somebody on the roll looks at the paper, and at the background beside it."""
    with story.app.app_context():
        poll = ground.read_poll(db.session(), story.poll)
        [elector, *_others] = list_electors(db.session(), poll.proposal.constituencies[0].id)
        links = story.app.extensions["voting.links"]
        token, booth = links.voter_token(poll.id, elector.id, 1), f"/vote/{poll.id}"
    voter = Clerk(story.app, story.app.test_client(), "")
    story.look(voter.client, f"/v/{token}")
    follow(voter.post(f"/v/{token}"))
    story.look(voter.client, f"{booth}/start")
    voter.post(f"{booth}/start")
    for page in ("question/1", "background/1"):
        story.hold(page, voter.get(f"{booth}/{page}"))


def decide(story: Story) -> None:
    """What changed is told to all, the commissioner decides, and tells what came of it."""
    clerk, person, path = story.organiser, story.commissioner, story.path
    story.fill(clerk, f"{path}/page/glossary")
    number = re.search(r"Type (\d+)", clerk.get(f"{path}/changes").text)
    assert number is not None
    story.fill(clerk, f"{path}/changes", typed=number[1])
    desk = f"/commissioner/proposals/{story.slug}"
    number = re.search(r"Type (\d+)", person.get(f"{desk}/decide").text)
    assert number is not None
    story.fill(person, f"{desk}/decide", typed=number[1], attested="y", outcome="with-conditions")
    story.fill(person, f"{desk}/implementation", due_on="")

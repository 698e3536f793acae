"""Three scrutineers in three browsers: they make one key, one loses theirs, the other two count."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.booth_steps import heading, look_over, press
from tests.browser.conftest import DESKTOP, PHONE, LiveServer, Witness
from tests.browser.test_booth import tab_to
from tests.factories_polls import make_draft
from tests.trustee_ground import PEOPLE, Machine, arrange, invite, sign_reports
from voting import jobs
from voting.belenios.verify import verify_archive
from voting.services import casting, keys, polls, publication, tallying
from voting.store.database import db, transaction
from voting.store.polls import Poll
from voting.store.roll import list_electors
from voting.store.trustees import Scrutineer

pytestmark = pytest.mark.browser

VOTERS = 50
DAY = dt.timedelta(days=1)
LOST = "If 2 of the 3 scrutineers lose theirs, the votes can never be counted."


@dataclass(slots=True)
class Person:
    """One scrutineer: a browser profile of their own, and the place where their files are."""

    page: Page
    scrutineer_id: int
    link: str
    folder: Path

    @property
    def key_file(self) -> Path:
        """The one key file that was saved."""
        (path,) = self.folder.glob("scrutineer-key-*.json")
        return path

    def go_home(self) -> None:
        self.page.goto(f"/scrutineer/{self.scrutineer_id}")

    def begin(self) -> None:
        self.page.goto(self.link)
        look_over(self.page)
        press(self.page, "Continue")

    def make_key(self) -> None:
        """Make the key by keyboard alone, save the file, and go on."""
        page = self.page
        press(page, "Create my key")
        heading(page, "Create my key")
        expect(page.locator("main")).to_contain_text(LOST)
        look_over(page)
        tab_to(page, "Create my key")
        page.keyboard.press("Enter")
        expect(page.locator("#save")).to_be_focused()
        expect(page.locator("#send")).to_be_disabled()
        with page.expect_download() as saved:
            page.keyboard.press("Enter")
        saved.value.save_as(self.folder / saved.value.suggested_filename)
        press(page, "I have saved it: continue")
        heading(page, "Prove the saved copy")

    def use_key(self, button: str, file: Path | None = None) -> None:
        self.page.set_input_files("#key-file", str(file or self.key_file))
        press(self.page, button)

    def complain(self, words: str) -> None:
        """The page says what is wrong, and the browser is still on it."""
        expect(self.page.locator("#trouble")).to_be_focused()
        expect(self.page.locator("#trouble-words")).to_contain_text(words)

    def go_on(self, button: str) -> None:
        """One visit: from the first page to the step that is asked for, and through it."""
        self.go_home()
        press(self.page, button)
        self.use_key(button)
        expect(self.page.locator(".v-notice")).to_be_visible()


@pytest.fixture
def poll_id(live_server: LiveServer) -> int:
    """A draft whose three scrutineers are invited."""
    now = dt.datetime.now(dt.UTC)
    with live_server.app.app_context(), transaction(db.session()) as session:
        draft = make_draft(
            session,
            electors={"Staff": VOTERS},
            opens_at=now + DAY,
            closes_at=now + 2 * DAY,
            now=now,
        )
        arrange(session, draft)
        invite(session, draft)
        return draft.id


@pytest.fixture
def people(
    live_server: LiveServer, poll_id: int, open_page: Callable[..., Page], tmp_path: Path
) -> list[Person]:
    """The three, one of them with a phone."""
    links = live_server.app.extensions["voting.links"]
    with live_server.app.app_context():
        ids = [row.id for row in db.session.query(Scrutineer).filter_by(poll_id=poll_id)]
    made = []
    for number, (scrutineer_id, size) in enumerate(
        zip(ids, (DESKTOP, DESKTOP, PHONE), strict=True)
    ):
        page = open_page(size=size)
        page.on("console", lambda told: _refuse_console(told.type, told.text))
        folder = tmp_path / str(number)
        folder.mkdir()
        token = links.scrutineer_token(scrutineer_id, 1)
        made.append(Person(page, scrutineer_id, f"/s/{token}", folder))
    return made


@pytest.fixture
def received(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every body that reaches the service, to the byte; files are among them."""
    bodies: list[bytes] = []
    inner = live_server.app.wsgi_app

    def listen(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        bodies.append(body)
        return inner({**environ, "wsgi.input": io.BytesIO(body)}, start_response)

    monkeypatch.setattr(live_server.app, "wsgi_app", listen)
    return bodies


def _refuse_console(kind: str, text: str) -> None:
    """The browser has nothing to complain of, but that a refusal is a refusal."""
    if kind == "error" and "422" not in text:
        pytest.fail(text)


def test_three_make_a_key_one_loses_it_and_two_count(
    live_server: LiveServer,
    poll_id: int,
    people: list[Person],
    witness: Witness,
    received: list[bytes],
) -> None:
    first, second, third = people
    make_keys(people)
    freeze_and_open(live_server, poll_id, people)
    vote_and_close(live_server, poll_id)
    lose_key(first)
    uuid = refuse_what_is_wrong(live_server, poll_id, second, third)
    for person in (second, third):
        count(person, uuid)
    seeds = [json.loads(person.key_file.read_text())["seed"] for person in people]
    sent = b"".join(received) + witness.sent().encode()
    assert b"voting-ceremony-answer" in sent
    assert b"voting-decryption" in sent
    assert not any(seed.encode() in sent for seed in seeds)
    publish(live_server, poll_id)
    first.page.goto(find_outcome(live_server, poll_id))
    expect(first.page.locator("main")).to_contain_text("fewer than 2 of these scrutineers")
    expect(first.page.locator("main")).to_contain_text("25 for, 25 against, 0 blank")


def make_keys(people: list[Person]) -> None:
    first, second, third = people
    for person in people:
        person.begin()
        person.make_key()
    first.use_key("Prove the saved copy", second.key_file)
    first.complain(f"This is the key file of another scrutineer: {PEOPLE[1][0]}.")
    look_over(first.page)
    for person in people:
        person.use_key("Prove the saved copy")
        expect(person.page.locator(".v-notice")).to_contain_text("Your saved copy is proved.")
    for button in ("Make the shares", "Make my part of the key"):
        for person in (second, third, first):
            person.go_on(button)
    third.go_home()
    look_over(third.page)
    expect(third.page.locator("main")).to_contain_text("All keys are made.")


def freeze_and_open(server: LiveServer, poll_id: int, people: list[Person]) -> None:
    now = dt.datetime.now(dt.UTC)
    sealer = server.app.extensions["voting.sealer"]

    def prepare(session, poll, constituency, *, now):
        return keys.prepare_election(session, poll, constituency, sealer=sealer, now=now)

    with server.app.app_context(), transaction(db.session()) as session:
        polls.freeze(
            session, session.get_one(Poll, poll_id), actor=None, now=now, prepare_election=prepare
        )
    for person in people[:2]:
        person.go_home()
        press(person.page, "Read and approve")
        look_over(person.page)
        person.page.get_by_label("I have read the questions").check()
        press(person.page, "Approve the set-up")
        expect(person.page.locator(".v-notice")).to_contain_text("You have approved")
    with server.app.app_context(), transaction(db.session()) as session:
        poll = session.get_one(Poll, poll_id)
        poll.opens_at = now - DAY
        polls.open_poll(session, poll, now=now)


def vote_and_close(server: LiveServer, poll_id: int) -> None:
    """Fifty people vote through the service, the box is sealed, and the worker adds up."""
    now = dt.datetime.now(dt.UTC)
    sealer = server.app.extensions["voting.sealer"]
    with server.app.app_context():
        session = db.session()
        election = session.get_one(Poll, poll_id).elections[0]
        for place, elector in enumerate(list_electors(session, election.constituency_id)):
            code = keys.code_for(election, elector.id, sealer=sealer)
            paper = [0, 1, 0] if place % 2 else [0, 0, 1]
            casting.seal_and_cast(session, election.id, elector.id, code, [paper], now=now)
            session.commit()
        poll = session.get_one(Poll, poll_id)
        poll.closes_at = now - dt.timedelta(hours=1)
        tallying.close(session, poll, now=now)
        poll.counting_wanted_at = now
        session.commit()
        jobs.count_poll(server.app, poll_id, now)


def lose_key(person: Person) -> None:
    person.go_home()
    person.page.get_by_role("link", name="I have lost my key").click()
    look_over(person.page)
    person.page.get_by_label("My key file is lost").check()
    press(person.page, "Report my key lost")
    told = person.page.locator("main")
    expect(told).to_contain_text("The threshold is just safe.")
    expect(told).to_contain_text("2 of 3 keys are not lost, and 2 are needed")


def refuse_what_is_wrong(server: LiveServer, poll_id: int, person: Person, other: Person) -> str:
    """A bad decryption is refused by the name of its check, and nothing comes on the board."""
    with server.app.app_context():
        session = db.session()
        election = session.get_one(Poll, poll_id).elections[0]
        uuid = str(election.uuid)
        machine = Machine(person.scrutineer_id, person.key_file.read_bytes())
        bad = json.loads(machine.decrypt(session, election))
    factors = bad["decryption"]["decryption_factors"][0]
    factors[0], factors[1] = factors[1], factors[0]
    page = person.page
    person.go_home()
    press(page, "Count the votes of Staff")
    page.locator("#offline summary").click()
    text = json.dumps(bad, separators=(",", ":")).encode()
    page.set_input_files("#answer", {"name": "a.json", "mimeType": "", "buffer": text})
    press(page, "Send the answer")
    summary = page.locator(".v-error-summary:visible")
    expect(summary).to_contain_text("question 1, ciphertext 1: the proof that a decryption")
    expect(summary).to_contain_text("Nothing was kept. You can try again.")
    look_over(page)
    return uuid


def count(person: Person, uuid: str) -> None:
    page = person.page
    person.go_home()
    press(page, "Count the votes of Staff")
    look_over(page)
    press(page, "Check the ballot box")
    expect(page.locator("#working")).to_contain_text("passed every check on your machine")
    expect(page.locator("#report li").first).to_be_visible()
    look_over(page)
    person.use_key("Use my key")
    expect(page.locator(".v-notice")).to_contain_text("You have opened your part of the count")


def publish(server: LiveServer, poll_id: int) -> None:
    """The worker goes on by itself; what it made passes our verifier."""
    now = dt.datetime.now(dt.UTC)
    jobs.count_poll(server.app, poll_id, now)
    with server.app.app_context():
        session = db.session()
        poll = session.get_one(Poll, poll_id)
        (election,) = poll.elections
        archive = b"".join(publication.archive_stream(session, election))
        report = verify_archive(io.BytesIO(archive))
        assert report.valid, report.error
        assert report.result == [[0, 25, 25]]
        session.rollback()
        sign_reports(session, session.get_one(Poll, poll_id), position=2)
        poll = session.get_one(Poll, poll_id)
        publication.publish(session, poll, now=now, actor=None)
        session.commit()


def find_outcome(server: LiveServer, poll_id: int) -> str:
    with server.app.app_context():
        poll = db.session().get_one(Poll, poll_id)
        return f"/p/{poll.proposal.slug}/{poll.slug}/outcome"

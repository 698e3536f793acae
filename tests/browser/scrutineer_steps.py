"""What a scrutineer does at the desk, each in a browser of their own."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.booth_steps import heading, look_over, press
from tests.browser.conftest import DESKTOP, PHONE, LiveServer
from tests.browser.test_booth import tab_to
from tests.trustee_ground import sign_reports
from voting import jobs
from voting.belenios.verify import Report, verify_archive
from voting.services import casting, keys, polls, publication, tallying
from voting.store.database import db, transaction
from voting.store.polls import Poll
from voting.store.roll import list_electors
from voting.store.trustees import Scrutineer

DAY = dt.timedelta(days=1)

LOST = "If 2 of the 3 scrutineers lose theirs, the votes can never be counted."


def look_twice(page: Page) -> None:
    """What holds on every page, in a wide window and in a narrow one."""
    in_both_windows(page, look_over)


def in_both_windows(page: Page, look: Callable[[Page], None]) -> None:
    """Look at a page in a wide window and in a narrow one, and leave it as wide as it was."""
    before = page.viewport_size
    for size in (DESKTOP, PHONE):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        look(page)
    if before is not None:
        page.set_viewport_size(before)


def fits(page: Page) -> None:
    """Nothing sticks out. The checker of accessibility cannot run in a browser without scripts."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert page.locator("h1").count() == 1


def without_our_scripts(page: Page) -> Page:
    """A browser that can run the checker, and that gets none of our scripts."""
    page.route(
        re.compile(r"/static/.+\.js(\?.*)?$"),
        lambda route: route.fulfill(body="", content_type="text/javascript"),
    )
    return page


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

    def begin(self, look: Callable[[Page], None] = look_twice) -> None:
        self.page.goto(self.link)
        look(self.page)
        press(self.page, "Continue")

    def make_key(self) -> None:
        """Make the key by keyboard alone, save the file, and go on."""
        page = self.page
        press(page, "Create my key")
        heading(page, "Create my key")
        expect(page.locator("main")).to_contain_text(LOST)
        look_twice(page)
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

    def check_box(self, button: str) -> None:
        """From the first page to the count, and have the ballot box checked on this machine."""
        self.go_home()
        press(self.page, button)
        look_twice(self.page)
        press(self.page, "Check the ballot box")
        expect(self.page.locator("#working")).to_contain_text("passed every check on your machine")
        expect(self.page.locator("#report li").first).to_be_visible()

    def go_on(self, button: str) -> None:
        """One visit: from the first page to the step that is asked for, and through it."""
        self.go_home()
        press(self.page, button)
        self.use_key(button)
        expect(self.page.locator(".v-notice")).to_be_visible()


@dataclass(frozen=True, slots=True)
class Watched:
    """A poll that scrutineers watch: what goes on behind their pages, by the service's own acts."""

    server: LiveServer
    poll_id: int

    def freeze(self) -> None:
        sealer = self.server.app.extensions["voting.sealer"]
        with self.server.app.app_context(), transaction(db.session()) as session:
            polls.freeze(
                session,
                session.get_one(Poll, self.poll_id),
                actor=None,
                now=dt.datetime.now(dt.UTC),
                prepare_election=partial(keys.prepare_election, sealer=sealer),
            )

    def open(self) -> None:
        now = dt.datetime.now(dt.UTC)
        with self.server.app.app_context(), transaction(db.session()) as session:
            poll = session.get_one(Poll, self.poll_id)
            poll.opens_at = now - DAY
            polls.open_poll(session, poll, now=now)

    def list_links(self) -> list[str]:
        """The personal link of every elector, with the code behind its #."""
        links, sealer = (self.server.app.extensions[f"voting.{x}"] for x in ("links", "sealer"))
        with self.server.app.app_context():
            session = db.session()
            (election,) = session.get_one(Poll, self.poll_id).elections
            return [
                f"/v/{links.voter_token(self.poll_id, elector.id, 1)}"
                f"#{keys.code_for(election, elector.id, sealer=sealer)}"
                for elector in list_electors(session, election.constituency_id)
            ]

    def vote(self, papers: Iterable[list[list[int]]], *, after: int = 0) -> None:
        """People vote through the service, but the first of them, who have voted by themselves."""
        now = dt.datetime.now(dt.UTC)
        sealer = self.server.app.extensions["voting.sealer"]
        with self.server.app.app_context():
            session = db.session()
            (election,) = session.get_one(Poll, self.poll_id).elections
            electors = list_electors(session, election.constituency_id)
            for elector, paper in list(zip(electors, papers, strict=True))[after:]:
                code = keys.code_for(election, elector.id, sealer=sealer)
                casting.seal_and_cast(session, election.id, elector.id, code, paper, now=now)
                session.commit()

    def vote_and_close(self, papers: Iterable[list[list[int]]]) -> str:
        """People vote through the service, the box is sealed, and the worker adds up; its uuid."""
        self.vote(papers)
        now = dt.datetime.now(dt.UTC)
        with self.server.app.app_context():
            session = db.session()
            poll = session.get_one(Poll, self.poll_id)
            poll.closes_at = now - dt.timedelta(hours=1)
            tallying.close(session, poll, now=now)
            poll.counting_wanted_at = now
            session.commit()
            uuid = str(poll.elections[0].uuid)
        self.count_on()
        return uuid

    def count_on(self) -> None:
        """The worker looks, and goes as far as it can."""
        jobs.count_poll(self.server.app, self.poll_id, dt.datetime.now(dt.UTC))

    def publish(self, *, signed_by: int) -> Report:
        """The worker finishes; one scrutineer reports; our verifier's report on the archive."""
        self.count_on()
        with self.server.app.app_context():
            session = db.session()
            poll = session.get_one(Poll, self.poll_id)
            archive = b"".join(publication.archive_stream(session, poll.elections[0]))
            session.rollback()
            sign_reports(session, session.get_one(Poll, self.poll_id), position=signed_by)
            poll = session.get_one(Poll, self.poll_id)
            publication.publish(session, poll, now=dt.datetime.now(dt.UTC), actor=None)
            session.commit()
        report = verify_archive(io.BytesIO(archive))
        assert report.valid, report.error
        return report

    def outcome(self) -> str:
        """Where the outcome is published."""
        with self.server.app.app_context():
            poll = db.session().get_one(Poll, self.poll_id)
            return f"/p/{poll.proposal.slug}/{poll.slug}/outcome"


def make_people(
    server: LiveServer, poll_id: int, open_page: Callable[..., Page], folder: Path
) -> list[Person]:
    """The scrutineers of a poll, the last of them with a phone."""
    links = server.app.extensions["voting.links"]
    with server.app.app_context():
        ids = [row.id for row in db.session.query(Scrutineer).filter_by(poll_id=poll_id)]
    made = []
    for number, scrutineer_id in enumerate(ids):
        page = open_page(size=PHONE if number == len(ids) - 1 else DESKTOP)
        page.on("console", lambda told: _refuse_console(told.type, told.text))
        own = folder / str(number)
        own.mkdir()
        made.append(
            Person(page, scrutineer_id, f"/s/{links.scrutineer_token(scrutineer_id, 1)}", own)
        )
    return made


def _refuse_console(kind: str, text: str) -> None:
    """The browser has nothing to complain of, but that a refusal is a refusal."""
    if kind == "error" and "422" not in text:
        pytest.fail(text)

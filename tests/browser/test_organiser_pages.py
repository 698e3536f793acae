"""Every page of the organiser's desk in a real browser: axe, one heading, nothing sticks out.

With VOTING_SCREENSHOTS set to a folder, a picture of each page is kept there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests import organiser_ground as ground
from tests.browser.conftest import DESKTOP, PHONE, LiveServer
from tests.organiser_ground import Clerk, follow, publish_outcome
from tests.trustee_ground import PEOPLE
from voting.store.database import db, transaction
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.roll import Elector

pytestmark = pytest.mark.browser

BAD_ROLL = b"name,email,weight\nSam Price,sam@example,1\n=HYPERLINK(1),ada@example.org,0\n"


class Desk:
    """One organiser with votes in every state, and the addresses of all pages."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.empty = ground.sign_in(server.app)
        self.clerk = clerk = ground.sign_in(server.app)
        self.draft = ground.make_draft(clerk)
        self.proposal = self.draft.partition("/polls/")[0]
        self.small = self.make_small()
        self.bare = follow(clerk.post(f"{self.proposal}/new-vote", {"title": "A new ballot"}))
        self.named = self.make_watched("A vote that is watched")
        self.invited = self.make_watched("A vote whose keys are being made")
        follow(clerk.post(f"{self.invited}/scrutineers/invite", {"typed": "3"}))
        self.upload = follow(
            clerk.send_roll(f"{self.proposal}/roll/staff/upload", ground.LARGER_ROLL)
        )
        self.frozen = self.make_frozen()
        self.open = self.make_open()
        self.closed = self.make_closed()
        self.waiting = self.make_closed()
        follow(clerk.post(f"{self.waiting}/conduct/count"))
        self.declared = self.make_closed()
        ground.count_poll(clerk, self.declared)
        self.published = self.make_closed()
        ground.count_poll(clerk, self.published)
        publish_outcome(clerk, self.published)
        self.cancelled = self.make_frozen()
        reason = {"reason": "The council has asked for more time."}
        follow(clerk.post(f"{self.cancelled}/conduct/cancel", reason))

    def make_small(self) -> str:
        """A proposal of two constituencies that share people, one of them small."""
        form = ground.proposal_form(title="The future of Northmoor Library")
        path = follow(self.clerk.post("/organiser/new-proposal", form))
        for code, roll in (("staff", ground.TEN), ("board", ground.ROLL)):
            follow(self.clerk.post(f"{path}/new-constituency", {"name": code.title()}))
            preview = follow(self.clerk.send_roll(f"{path}/roll/{code}/upload", roll))
            follow(self.clerk.post(f"{preview}/confirm"))
        return path

    def make_watched(self, title: str) -> str:
        """A draft whose three scrutineers are named."""
        poll = follow(self.clerk.post(f"{self.proposal}/new-vote", {"title": title}))
        form = {"key_holding": "scrutineers", "key_size": "3", "threshold": "2"}
        follow(self.clerk.post(f"{poll}/scrutineers/arrangement", form))
        for name, email, organisation in PEOPLE[:3]:
            typed = {"name": name, "email": email, "organisation": organisation, "language": "cy"}
            follow(self.clerk.post(f"{poll}/scrutineers/new", typed))
        return poll

    def make_frozen(self) -> str:
        form = ground.proposal_form(title=self.next_title())
        path = follow(self.clerk.post("/organiser/new-proposal", form))
        follow(self.clerk.post(f"{path}/new-constituency", {"name": "Staff"}))
        ground.import_roll(self.clerk, path, ground.LARGER_ROLL)
        poll = follow(self.clerk.post(f"{path}/new-vote", {"title": "Shall we form a mutual?"}))
        follow(self.clerk.post(f"{poll}/questions/new", ground.question_form()))
        follow(self.clerk.post(f"{poll}/dates", ground.dates_form()))
        follow(self.clerk.post(f"{poll}/freeze"))
        return poll

    def next_title(self) -> str:
        self.made = getattr(self, "made", 0) + 1
        return f"The future of Northmoor Leisure, part {self.made}"

    def make_open(self) -> str:
        poll = self.make_frozen()
        follow(self.clerk.post(f"{poll}/letters/send/invitation", {"typed": "12", "seen": "0"}))
        ground.open_poll(self.clerk, poll)
        ground.cast_votes(self.clerk, poll, [0, 0, 1, 0, 1, 0])
        self.fail_a_letter()
        return poll

    def fail_a_letter(self) -> None:
        told = "The mail server said: 550 5.1.1 no such user here"
        with self.server.app.app_context(), transaction(db.session()) as session:
            letter = session.query(Letter).filter_by(kind="invitation").first()
            assert letter is not None
            letter.state, letter.last_error, letter.attempts = "bounced", told, 1

    def make_closed(self) -> str:
        poll = self.make_open()
        ground.close_poll(self.clerk, poll)
        return poll

    def list_pages(self) -> Iterator[tuple[str, str]]:
        """The name and address of every page."""
        yield "dashboard", "/organiser/"
        yield "proposal-new", "/organiser/new-proposal"
        for name in ("edit", "new-constituency", "constituencies/staff", "new-vote"):
            yield f"proposal-{name}", f"{self.proposal}/{name}"
        yield "proposal", self.proposal
        yield "two-constituencies", self.small
        yield "constituency-join", f"{self.small}/constituencies/board/join"
        yield "constituency-remove", f"{self.proposal}/constituencies/staff/remove"
        for name in ("", "?find=Sam", "/upload", "/clear"):
            yield f"roll-{name}", f"{self.proposal}/roll/staff{name}"
        yield "roll-preview", self.upload
        yield "roll-remove", f"{self.proposal}/roll/staff/electors/{self.find_elector()}/remove"
        yield "draft-bare", self.bare
        yield "draft", self.draft
        for name in ("details", "settings", "dates", "preview", "freeze", "rules", "rules/staff"):
            yield f"draft-{name}", f"{self.draft}/{name}"
        yield "questions", f"{self.draft}/questions"
        yield "question-new", f"{self.draft}/questions/new"
        yield "question", f"{self.draft}/questions/{self.find_question()}"
        yield "question-remove", f"{self.draft}/questions/{self.find_question()}/remove"
        yield "bare-freeze", f"{self.bare}/freeze"
        yield "bare-rules", f"{self.bare}/rules"
        for state in ("frozen", "open", "closed", "waiting", "published", "cancelled"):
            yield f"conduct-{state}", f"{getattr(self, state)}/conduct"
        for name in ("letters", "letters/send/invitation", "conduct/cancel"):
            yield f"frozen-{name}", f"{self.frozen}/{name}"
        for name in ("letters", "letters/send/reminder", "letters/needs-contact"):
            yield f"open-{name}", f"{self.open}/{name}"
        for name in ("letters/people?find=Person", "conduct/extend", "conduct/close"):
            yield f"open-{name}", f"{self.open}/{name}"
        yield "open-new-link", f"{self.open}/letters/people/{self.find_voter()}/new-link"
        yield "closed-count", f"{self.closed}/conduct/count"
        yield "waiting-count", f"{self.waiting}/conduct/count"
        yield "declared-outcome", f"{self.declared}/conduct/outcome"
        yield "draft-issuer", f"{self.draft}/issuer"
        yield from self.list_scrutineer_pages()
        yield "closed-problems", f"{self.closed}/problems"
        for name in ("kept", "kept/hold", "kept/purge"):
            yield f"published-{name}", f"{self.published}/{name}"

    def list_scrutineer_pages(self) -> Iterator[tuple[str, str]]:
        for name in ("", "/arrangement", "/new", "/1", "/invite"):
            yield f"named-scrutineers{name}", f"{self.named}/scrutineers{name}"
        for name in ("", "/end"):
            yield f"invited-scrutineers{name}", f"{self.invited}/scrutineers{name}"

    def find_elector(self) -> int:
        with self.server.app.app_context():
            people = db.session.query(Elector).filter_by(name="Sam Price")
            return min(person.id for person in people)  # the draft's is the first of them

    def find_voter(self) -> int:
        with self.server.app.app_context():
            constituency = self.read(self.open).elections[0].constituency_id
            found = db.session.query(Elector).filter_by(constituency_id=constituency).first()
            assert found is not None
            return found.id

    def find_question(self) -> int:
        with self.server.app.app_context():
            return self.read(self.draft).questions[0].id

    def read(self, path: str) -> Poll:
        return ground.read_poll(db.session(), path)


@pytest.fixture(scope="module")
def desk(live_server: LiveServer) -> Desk:
    """Votes in every state, made through the pages."""
    return Desk(live_server)


def come_in(page: Page, desk: Desk, clerk: Clerk) -> None:
    """Give the browser the signed-in visit of *clerk*."""
    cookie = clerk.client.get_cookie("voting")
    assert cookie is not None
    address = desk.server.address
    page.context.add_cookies([{"name": "voting", "value": cookie.value, "url": address}])


def look_over(page: Page, name: str, size: str) -> None:
    """Axe finds nothing, there is one heading, and nothing is wider than the window."""
    page.wait_for_load_state()
    keep_picture(page, f"{name}-{size}")
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    widths = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert widths[0] <= widths[1], f"{page.url} is {widths[0]} wide in a window of {widths[1]}"
    assert page.locator("h1").count() == 1


def keep_picture(page: Page, name: str) -> None:
    folder = os.environ.get("VOTING_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^a-z0-9]+", "-", name.lower())
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_page_is_accessible_and_fits(
    desk: Desk, open_page: Callable[..., Page], size: str
) -> None:
    page = open_page(size=DESKTOP if size == "desktop" else PHONE)
    come_in(page, desk, desk.empty)
    page.goto("/organiser/")
    look_over(page, "dashboard-empty", size)
    come_in(page, desk, desk.clerk)
    for name, address in desk.list_pages():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"
        look_over(page, name, size)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_pages_with_errors_are_accessible_and_fit(
    desk: Desk, open_page: Callable[..., Page], size: str
) -> None:
    page = open_page(size=DESKTOP if size == "desktop" else PHONE, scripts=True)
    come_in(page, desk, desk.clerk)
    for name, address, button in (
        ("proposal", "/organiser/new-proposal", "Save and continue"),
        ("question", f"{desk.draft}/questions/new", "Save the question"),
        ("dates", f"{desk.bare}/dates", "Save"),
        ("join", f"{desk.small}/constituencies/board/join", "Join them"),
        ("send", f"{desk.frozen}/letters/send/invitation", "Send 12 letters"),
        ("extend", f"{desk.open}/conduct/extend", "Move the closing time"),
        ("upload", f"{desk.proposal}/roll/staff/upload", "Upload and look at it"),
    ):
        page.goto(address)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page).to_have_title(re.compile("^Error: "))
        look_over(page, f"error-{name}", size)
        link = page.locator(".v-error-summary a").first
        target = (link.get_attribute("href") or "").removeprefix("#")
        assert page.locator(f"[id='{target}']").count() == 1, f"{address}: #{target}"
    page.set_input_files(
        "input[type=file]", {"name": "roll.csv", "mimeType": "text/csv", "buffer": BAD_ROLL}
    )
    page.get_by_role("button", name="Upload and look at it").click()
    look_over(page, "error-roll", size)


def test_a_question_is_written_by_keyboard_without_scripts(
    desk: Desk, open_page: Callable[..., Page]
) -> None:
    page = open_page(scripts=False)
    come_in(page, desk, desk.clerk)
    page.goto(f"{desk.bare}/questions/new")
    page.get_by_label("Question", exact=True).fill("Which two come first?")
    page.get_by_label("Several").press("Space")
    page.get_by_label("At most").fill("2")
    for number, text in enumerate(("Longer hours", "Lower prices")):
        page.get_by_label("Option", exact=True).nth(number).fill(text)
    page.get_by_role("button", name="Add another option").press("Enter")
    expect(page).to_have_url(re.compile("#option-3$"))
    page.get_by_label("Option", exact=True).nth(2).fill("Repairs")
    page.get_by_role("button", name="Move up option 3").press("Enter")

    page.get_by_label("Option", exact=True).nth(2).press("Enter")  # saves, removes nothing

    expect(page.locator("main li")).to_have_text(["Longer hours", "Repairs", "Lower prices"])
    expect(page.locator("main")).to_contain_text("Choose up to 2")

"""Consultations in a real browser: the organiser's pages, the public's, and a whole response.

With VOTING_SCREENSHOTS set to a folder, a picture of each page is kept there.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import consultation_ground as ground
from tests.browser.booth_steps import heading, look_over, press
from tests.browser.conftest import DESKTOP, PHONE, LiveServer
from tests.consultation_ground import Respondent
from tests.organiser_ground import follow, make_proposal, sign_in
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.store.letters import Letter
from voting.store.responses import Answer, Response

pytestmark = pytest.mark.browser


class Desk:
    """An organiser with consultations in every state, and the addresses of their pages."""

    def __init__(self, server: LiveServer) -> None:
        self.app = server.app
        self.address = server.address
        self.clerk = sign_in(self.app)
        self.bare = self.make_bare()
        self.draft_id = self.make_tested_draft()
        self.draft = ground.organise(self.app, self.clerk, self.draft_id)
        self.open_id = ground.open_consultation(self.app, electors=6)
        self.open = ground.organise(self.app, self.clerk, self.open_id)
        self.entered = self.enter_paper()
        self.closed = self.make_closed()
        self.new_link = self.lose_letters()
        self.begun = 0

    def make_bare(self) -> str:
        """A draft that has a title and nothing else."""
        proposal = make_proposal(self.clerk)
        return follow(self.clerk.post(f"{proposal}/consultations/new", {"title": "Your views"}))

    def make_tested_draft(self) -> int:
        """A draft that lacks nothing."""
        with self.app.app_context():
            made = ground.make_draft(db.session(), now=dt.datetime.now(dt.UTC))
            made.tested_at = made.created_at
            db.session.commit()
            return made.id

    def enter_paper(self) -> str:
        """Answers on paper, typed in by a colleague; the page where the organiser checks them."""
        colleague = sign_in(self.app)
        ground.organise(self.app, colleague, self.open_id)
        number = ground.find_questions(self.app, self.open_id)["single"]
        with self.app.app_context():
            audience = db.session.get_one(Consultation, self.open_id).audiences[0].id
        form = {
            "source": "paper",
            "audience": str(audience),
            "reference": "P-17",
            f"q{number}-answer": "0",
        }
        follow(colleague.post(f"{self.open}/entered/new", form))
        with self.app.app_context():
            return f"{self.open}/entered/{db.session.query(Response).one().id}"

    def make_closed(self) -> str:
        """A consultation that was closed early."""
        path = ground.organise(self.app, self.clerk, ground.open_consultation(self.app))
        follow(self.clerk.post(f"{path}/close", {"reason": "Everyone has answered."}))
        return path

    def lose_letters(self) -> str:
        """Two letters bounced; the page that replaces a link."""
        with self.app.app_context():
            letters = db.session.query(Letter).filter_by(consultation_id=self.open_id).limit(2)
            for letter in letters:
                letter.state, letter.last_error = "bounced", "550 5.1.1 No such mailbox here"
            person = letters[0].participant_id
            db.session.commit()
        return f"{self.open}/letters/people/{person}/new-link"

    def list_pages(self) -> list[str]:
        """The address of every page that a GET shows."""
        kinds = ground.find_questions(self.app, self.draft_id)
        with self.app.app_context():
            section = db.session.get_one(Consultation, self.draft_id).sections[0].id
        proposal = self.draft.rsplit("/", 1)[0]
        questions = f"{self.draft}/questions"
        return [
            proposal, f"{proposal}/new", self.bare, f"{self.bare}/dates", f"{self.bare}/questions",
            self.draft, f"{self.draft}/words", f"{self.draft}/audiences", f"{self.draft}/dates",
            questions, f"{questions}/sections/new", f"{questions}/sections/{section}",
            f"{questions}/sections/{section}/new", f"{questions}/{kinds['short']}",
            f"{questions}/{kinds['matrix']}", f"{questions}/{kinds['file']}/remove",
            f"{self.draft}/preview", self.open, f"{self.open}/letters",
            f"{self.open}/letters/send/invitation", f"{self.open}/letters/send/reminder",
            f"{self.open}/letters/needs-contact", f"{self.open}/letters/people?find=e",
            self.new_link, f"{self.closed}/kept", f"{self.closed}/kept/hold",
            f"{self.open}/extend", f"{self.open}/close", f"{self.open}/entered",
            f"{self.open}/entered/new", self.entered, self.closed,
            *(path.replace("/organiser/proposals/", "/p/")
              for path in (self.open.rsplit("/", 1)[0], self.open, self.closed,
                           f"{self.open}/paper")),
        ]  # fmt: skip


@pytest.fixture(scope="module")
def desk(live_server: LiveServer) -> Desk:
    """Consultations in every state."""
    return Desk(live_server)


@pytest.fixture
def person(desk: Desk) -> Respondent:
    """The next invited person who has not begun to answer."""
    desk.begun += 1
    return ground.invite(desk.app, desk.open_id, desk.begun - 1)


def let_in(page: Page, desk: Desk) -> None:
    """Give the browser the signed-in visit of the organiser."""
    for cookie in desk.clerk.client._cookies.values():
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": desk.address}])


def keep(page: Page, name: str) -> None:
    """A picture of the page, when pictures are wanted; it has one heading."""
    page.wait_for_load_state()
    assert page.locator("h1").count() == 1, page.url
    if folder := os.environ.get("VOTING_SCREENSHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        name = re.sub(r"[^a-z0-9]+", "-", name.lower())
        page.screenshot(path=Path(folder) / f"consult-{name}-{width}.png", full_page=True)


def look(page: Page, name: str) -> None:
    """What holds on every page (axe needs scripts)."""
    keep(page, name)
    look_over(page)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a2_every_page_of_the_desk_and_the_public_is_accessible(
    desk: Desk, open_page: Callable[..., Page], size: dict[str, int]
) -> None:
    page = open_page(size=size)
    let_in(page, desk)
    for number, address in enumerate(desk.list_pages()):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        look(page, f"{number:02}-{address.partition('consultations')[2]}")
    page.goto(f"{desk.draft}/preview")
    press(page, "Start now")
    press(page, "Save and continue")
    expect(page.get_by_role("alert")).to_contain_text("Answer this question")
    look(page, "preview-error")
    page.get_by_label("No", exact=True).check()
    for _ in range(9):
        press(page, "Save and continue")
    heading(page, "Check your answers")
    look(page, "preview-end")
    page.goto(f"{desk.bare}/words")
    page.get_by_label("Title of the consultation").fill("")
    press(page, "Save")
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "words-error")
    page.goto(desk.open.replace("/organiser/proposals/", "/p/"))
    page.get_by_label("Email address").fill("nobody")
    press(page, "Send me my link")
    look(page, "public-error")
    page.get_by_label("Email address").fill(f"kim{size['width']}@public.example")
    press(page, "Send me my link")
    expect(page.locator("main")).to_contain_text("We have written to this address")
    look(page, "public-written")


def test_a2_every_page_of_a_respondent_fits_a_phone(
    desk: Desk, narrow_page: Page, person: Respondent
) -> None:
    page = narrow_page
    page.goto(f"/c/{person.token}")
    look(page, "landing")
    page.get_by_role("link", name="Stop reminders").click()
    look(page, "stop")
    page.goto(f"/c/{person.token}")
    press(page, "Continue")
    look(page, "start")
    press(page, "Start now")
    press(page, "Save and continue")
    expect(page).to_have_title(re.compile("^Error: "))
    look(page, "page-error")
    page.get_by_label("Yes", exact=True).check()
    for number in range(1, 11):
        look(page, f"page-{number}")
        press(page, "Save and continue")
    press(page, "Save and continue")
    look(page, "about-error")
    answer_about(page)
    look(page, "check")
    press(page, "Send your answers")
    look(page, "sent")
    press(page, "See the questions")
    look(page, "equality")
    press(page, "Send")
    look(page, "thanks")
    page.goto(f"/c/{person.token}/stop")
    press(page, "Stop reminders")
    look(page, "stopped")
    page.goto("/c/not-a-link")
    look(page, "unknown")


def answer_about(page: Page) -> None:
    """Answer for oneself, and let the answers be published."""
    page.get_by_label("For myself").check()
    page.get_by_label("Yes, my answers may be published").check()
    press(page, "Save and continue")


def send_by_key(page: Page, name: str = "Save and continue") -> None:
    """Press a button as one does without a mouse."""
    page.get_by_role("button", name=name, exact=True).press("Enter")


def test_a2_a_whole_response_without_scripts_and_by_keyboard(
    desk: Desk, plain_page: Page, person: Respondent
) -> None:
    page = plain_page
    page.goto(f"/c/{person.token}")
    send_by_key(page, "Continue")
    send_by_key(page, "Start now")
    page.get_by_label("Yes", exact=True).press("Space")
    send_by_key(page)
    page.get_by_label("Which one?").fill("Northmoor pool")
    page.get_by_label("Which one?").press("Enter")
    for name in ("Price", "Hours"):
        page.get_by_label(name).press("Space")
    send_by_key(page)
    page.get_by_label("4", exact=True).press("Space")
    keep(page, "rating")
    send_by_key(page)
    for row in ("Clean", "Safe"):
        page.get_by_role("group", name=row).get_by_label("Agree", exact=True).press("Space")
    keep(page, "matrix")
    send_by_key(page)
    for place, name in enumerate(("Park", "Pool"), start=1):
        page.get_by_label(name).fill(str(place))
    keep(page, "ranking")
    send_by_key(page)
    page.get_by_label("How often a month?").fill("ninety")
    send_by_key(page)
    expect(page.get_by_role("alert")).to_be_visible()
    keep(page, "number-error")
    page.get_by_label("How often a month?").fill("4")
    send_by_key(page)
    page.get_by_label("Prefer not to say").press("Space")
    keep(page, "date")
    send_by_key(page)
    page.get_by_label("What else?").fill("Keep the pool\nopen on Sundays.")
    send_by_key(page)
    page.get_by_label("Anything to send?").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"notes of a meeting"}
    )
    keep(page, "file")
    send_by_key(page)
    keep(page, "about")
    page.get_by_label("For myself").press("Space")
    page.get_by_label("Yes, my answers may be published").press("Space")
    send_by_key(page)
    heading(page, "Check your answers")
    for told in ("Northmoor pool", "Price", "Hours", "Prefer not to say", "notes.txt"):
        expect(page.locator("#answers")).to_contain_text(told)
    keep(page, "check")
    send_by_key(page, "Send your answers")
    heading(page, "Your answers have been sent")
    keep(page, "sent")
    with desk.app.app_context():
        texts = [answer.text for answer in db.session.query(Answer).filter_by(is_current=True)]
    assert "Keep the pool\nopen on Sundays." in texts

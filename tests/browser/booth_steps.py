"""What a voter does in the booth, step by step, and what holds on every page of it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, LiveServer, Witness
from tests.poll_ground import AIMS, CHOICES, Ground
from voting.store import board
from voting.store.database import db

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


def look_over(page: Page) -> None:
    """What holds on every page: axe finds nothing, nothing sticks out, one heading."""
    page.wait_for_load_state()
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    widths = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert widths[0] <= widths[1], f"{page.url} is {widths[0]} wide in a window of {widths[1]}"
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang") == "en"


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def press(page: Page, name: str) -> None:
    page.wait_for_load_state()  # scripts have run: what is pressed before goes the plain way
    button = page.get_by_role("button", name=name, exact=True)
    button.or_(page.locator("main").get_by_role("link", name=name, exact=True)).click()
    page.wait_for_load_state()  # a click waits until the next page begins, not until it is there


def cast_ballots(server: LiveServer, poll: Ground) -> int:
    with server.app.app_context():
        return board.count_ballots(db.session(), poll.election_id)[0]


def reach_first_question(page: Page, link: str) -> None:
    page.goto(link)
    press(page, "Continue")
    press(page, "Start now")
    press(page, "Continue")
    press(page, "Continue to the vote")


def fill_paper(page: Page) -> None:
    page.get_by_label(CHOICES[0]).check()
    press(page, "Continue")
    page.get_by_label(AIMS[1]).check()
    page.get_by_label(AIMS[3]).check()
    press(page, "Continue")
    heading(page, "Check your vote")


def assert_nothing_leaked(witness: Witness, server: LiveServer, code: str) -> None:
    """Neither the code nor a choice left the browser, and it asked no other host."""
    sent = witness.sent()
    assert code not in sent
    assert code.replace("-", "") not in sent
    assert "choice=" not in sent
    bodies = [r.post_data or "" for r in witness.requests if r.method == "POST"]
    names = {pair.split("=")[0] for body in bodies for pair in body.split("&")}
    assert names == {"csrf_token", "ballot"}
    hosts = {urlsplit(r.url).netloc for r in witness.requests}
    assert hosts == {urlsplit(server.address).netloc}

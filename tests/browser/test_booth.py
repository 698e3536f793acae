"""The voter's booth in a real browser: with scripts and without, wide and narrow, by keyboard."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.booth_steps import (
    SIZES,
    assert_nothing_leaked,
    cast_ballots,
    fill_paper,
    heading,
    look_over,
    press,
    reach_first_question,
)
from tests.browser.conftest import LiveServer, Witness
from tests.poll_ground import AIMS, CHOICES, Ground, alter_poll
from voting.store import board
from voting.store.database import db
from voting.store.roll import find_credential

pytestmark = pytest.mark.browser

HEAVIEST = 100_000  # bytes of a page with all it loads
HOUR = dt.timedelta(hours=1)


@SIZES
def test_a_vote_with_scripts_from_the_link_to_the_receipt(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    open_poll: Ground,
    witness: Witness,
    size: dict[str, int],
) -> None:
    page = open_page(size=size)
    voter = open_poll.electors[0]
    page.goto(voter.link)
    expect(page.locator("main")).to_contain_text("This link was sent to S•• P••.")
    look_over(page)
    for button in ("Continue", "Start now", "Continue", "Continue to the vote"):
        press(page, button)
        look_over(page)
    page.get_by_label(CHOICES[0]).check()
    press(page, "Continue")
    look_over(page)
    page.get_by_label(AIMS[1]).check()
    page.get_by_label(AIMS[3]).check()
    press(page, "Continue")
    heading(page, "Check your vote")
    expect(page.locator("#summary")).to_contain_text(CHOICES[0])
    look_over(page)
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")
    look_over(page)

    assert cast_ballots(live_server, open_poll) == 1
    tracker = page.locator("#digits").inner_text().replace(" ", "")
    with live_server.app.app_context():
        [found] = board.list_ballots(db.session(), open_poll.election_id)
        assert found.digits == tracker
    assert CHOICES[0] not in page.content()
    assert_nothing_leaked(witness, live_server, voter.code)


def test_every_page_of_the_booth_weighs_under_100_kilobytes(
    open_page: Callable[..., Page], open_poll: Ground
) -> None:
    page = open_page()
    page.route("**/*", lambda route: route.continue_())  # no cache: each page is weighed whole
    weights: dict[str, int] = {}
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))

    def weigh() -> None:
        page.wait_for_load_state("networkidle")
        given = [response for response in loaded if response.status < 300]
        weights[urlsplit(page.url).path] = sum(
            int(response.headers["content-length"]) for response in given
        )
        loaded.clear()

    page.goto(open_poll.electors[0].link)
    weigh()
    for button in ("Continue", "Start now", "Continue", "Continue to the vote"):
        press(page, button)
        weigh()
    page.get_by_label(CHOICES[0]).check()
    press(page, "Continue")
    weigh()
    page.get_by_label(AIMS[1]).check()
    press(page, "Continue")
    heading(page, "Check your vote")
    weigh()
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")
    weigh()
    assert max(weights.values()) < HEAVIEST, weights


def test_a_link_without_its_end_asks_for_the_code_in_the_browser(
    page: Page, live_server: LiveServer, open_poll: Ground, witness: Witness
) -> None:
    voter = open_poll.electors[0]
    reach_first_question(page, voter.path)
    heading(page, "What is your voting code?")
    look_over(page)
    page.get_by_label("What is your voting code?").fill(open_poll.electors[1].code)
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("another person")
    look_over(page)
    page.get_by_label("What is your voting code?").fill(voter.code)
    press(page, "Continue")
    fill_paper(page)
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")
    assert_nothing_leaked(witness, live_server, voter.code)


@SIZES
def test_the_pages_that_say_why_one_cannot_vote_are_sound(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    open_poll: Ground,
    size: dict[str, int],
) -> None:
    page, link = open_page(size=size), open_poll.electors[0].path
    now = dt.datetime.now(dt.UTC)
    states: list[tuple[str, dict[str, object]]] = [
        ("Voting has not opened yet", {"opens_at": now + dt.timedelta(hours=1)}),
        ("Voting has closed", {"opens_at": now - dt.timedelta(3), "closes_at": now - HOUR}),
        ("This vote has been cancelled", {"state": "cancelled"}),
    ]
    for text, changes in states:
        alter_poll(live_server.app, open_poll, **changes)
        page.goto(link)
        heading(page, text)
        look_over(page)
    page.goto("/v/damaged")
    heading(page, "This link does not work")
    look_over(page)
    page.goto(f"/vote/{open_poll.poll_id}/start")
    heading(page, "Open your link again")
    look_over(page)


def test_errors_with_scripts_are_named_linked_and_the_input_kept(
    page: Page, open_poll: Ground
) -> None:
    reach_first_question(page, open_poll.electors[0].link)
    press(page, "Continue")
    summary = page.locator(".v-error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There is a problem")
    expect(page).to_have_title(re.compile("^Error: "))
    look_over(page)
    summary.get_by_role("link").click()
    expect(page.get_by_label(CHOICES[0])).to_be_focused()
    page.get_by_label(CHOICES[0]).check()
    press(page, "Continue")
    page.get_by_label(AIMS[0]).check()
    page.get_by_label("Blank vote").check()
    expect(page.get_by_label(AIMS[0])).not_to_be_checked()
    for aim in AIMS[:3]:
        page.get_by_label(aim).check()
    expect(page.get_by_label("Blank vote")).not_to_be_checked()
    press(page, "Continue")
    expect(summary).to_contain_text("Select no more than 2 answers")
    expect(page.get_by_label(AIMS[2])).to_be_checked()


def test_who_goes_on_before_the_scripts_come_is_offered_the_sealed_way(
    page: Page, live_server: LiveServer, open_poll: Ground, witness: Witness
) -> None:
    page.goto(open_poll.electors[0].link)
    for button in ("Continue", "Start now", "Continue"):
        press(page, button)
    page.wait_for_load_state()
    with page.expect_navigation():
        page.evaluate("document.getElementById('start-plain').submit()")  # as without a script
    heading(page, "Your browser cannot seal your vote")
    look_over(page)
    press(page, "Go on, and seal my vote on this device")
    fill_paper(page)
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")
    assert cast_ballots(live_server, open_poll) == 1
    assert open_poll.electors[0].code not in witness.sent()


def test_the_whole_vote_by_keyboard_alone(
    page: Page, live_server: LiveServer, open_poll: Ground
) -> None:
    page.goto(open_poll.electors[0].link)
    for name in ("Continue", "Start now", "Continue", "Continue to the vote"):
        tab_to(page, name)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_label(CHOICES[0])).to_be_visible()
    tab_to(page, CHOICES[0])
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label(CHOICES[1])).to_be_checked()
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    expect(page.get_by_label(AIMS[0])).to_be_visible()
    tab_to(page, AIMS[0])
    page.keyboard.press("Space")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    heading(page, "Check your vote")
    tab_to(page, "Cast your vote")
    page.keyboard.press("Enter")
    heading(page, "Your vote is in the ballot box")
    assert cast_ballots(live_server, open_poll) == 1


FOCUSED = """() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  const marked = [style.outlineStyle, style.boxShadow].some((value) => value !== "none");
  const label = at.labels?.length ? getComputedStyle(at.labels[0], "::before") : null;
  const text = (at.labels?.length ? at.labels[0] : at).textContent.trim();
  return [text, marked || (label !== null && label.boxShadow !== "none")];
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control called *name* has the focus; the focus is seen all the way."""
    page.wait_for_load_state()
    for _step in range(60):
        page.keyboard.press("Tab")
        text, marked = page.evaluate(FOCUSED)
        assert marked, f"the focus on {text!r} cannot be seen at {page.url}"
        if text == name:
            return
    raise AssertionError(f"{name!r} cannot be reached by keyboard at {page.url}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_mail_scanner_that_opens_the_link_changes_nothing(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    open_poll: Ground,
    witness: Witness,
    scripts: bool,
) -> None:
    page = open_page(scripts=scripts)
    for place in ("start", "background/1", "question/1", "check", "receipt", "plain", "code"):
        page.goto(f"/vote/{open_poll.poll_id}/{place}")
    page.goto(open_poll.electors[0].link)
    page.wait_for_load_state("networkidle")
    for address in page.eval_on_selector_all("main a[href^='/']", "all => all.map((a) => a.href)"):
        page.goto(address)

    assert [r for r in witness.requests if r.method != "GET"] == []
    assert cast_ballots(live_server, open_poll) == 0
    with live_server.app.app_context():
        voter = open_poll.electors[0]
        found = find_credential(db.session(), open_poll.election_id, voter.elector_id)
        assert found is not None
        assert not found.has_voted


def test_back_after_casting_says_that_the_vote_was_cast(
    page: Page, live_server: LiveServer, open_poll: Ground
) -> None:
    reach_first_question(page, open_poll.electors[0].link)
    fill_paper(page)
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")
    first = page.locator("#digits").inner_text()
    page.go_back()
    heading(page, "Your vote was cast")
    assert CHOICES[0] not in page.content()
    look_over(page)
    press(page, "See your receipt")
    assert page.locator("#digits").inner_text() == first
    assert cast_ballots(live_server, open_poll) == 1
    page.goto(f"/vote/{open_poll.poll_id}/start")
    heading(page, "You have already voted")
    look_over(page)

    press(page, "Vote again")
    press(page, "Continue")
    press(page, "Continue to the vote")
    page.get_by_label(CHOICES[1]).check()
    press(page, "Continue")
    page.get_by_label("Blank vote").check()
    press(page, "Continue")
    expect(page.locator("main")).to_contain_text("will replace the one you cast before")
    press(page, "Cast your vote")
    expect(page.locator("main")).to_contain_text("replaces the one you cast before")
    assert page.locator("#digits").inner_text() != first
    with live_server.app.app_context():
        assert board.count_ballots(db.session(), open_poll.election_id) == (2, 1)


def test_back_before_casting_keeps_the_choices(page: Page, open_poll: Ground) -> None:
    reach_first_question(page, open_poll.electors[0].link)
    fill_paper(page)
    page.go_back()
    expect(page.get_by_label(AIMS[1])).to_be_checked()
    page.go_back()
    expect(page.get_by_label(CHOICES[0])).to_be_checked()

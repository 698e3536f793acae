"""The voter's booth in a real browser: with scripts and without, wide and narrow, by keyboard."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import DESKTOP, PHONE, LiveServer, Witness
from tests.poll_ground import AIMS, CHOICES, Ground, alter_poll
from voting.store import board
from voting.store.database import db
from voting.store.roll import find_credential

pytestmark = pytest.mark.browser

HEAVIEST = 100_000  # bytes of a page with all it loads
HOUR = dt.timedelta(hours=1)
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


def look_over(page: Page) -> None:
    """What holds on every page: axe finds nothing, nothing sticks out, one heading."""
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
    button = page.get_by_role("button", name=name, exact=True)
    button.or_(page.locator("main").get_by_role("link", name=name, exact=True)).click()


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


@SIZES
def test_a_vote_without_scripts(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    open_poll: Ground,
    witness: Witness,
    size: dict[str, int],
) -> None:
    page = open_page(scripts=False, size=size)
    voter = open_poll.electors[0]
    reach_first_question(page, voter.link)
    heading(page, "Your browser cannot seal your vote")
    expect(page.locator("main")).to_contain_text("our server will see your choice")
    press(page, "Continue and let the server seal my vote")
    expect(page.get_by_role("alert")).to_contain_text("Enter your voting code")
    page.get_by_label("Your voting code").fill(open_poll.electors[1].code)
    press(page, "Continue and let the server seal my vote")
    expect(page.get_by_role("alert")).to_contain_text("another person")
    page.get_by_label("Your voting code").fill(voter.code)
    press(page, "Continue and let the server seal my vote")

    press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("Select an answer")
    assert page.title().startswith("Error: ")
    page.get_by_label(CHOICES[0]).check()
    press(page, "Continue")
    for aim in AIMS[:3]:
        page.get_by_label(aim).check()
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("Select no more than 2 answers")
    expect(page.get_by_label(AIMS[2])).to_be_checked()
    page.get_by_label(AIMS[2]).uncheck()
    press(page, "Continue")
    heading(page, "Check your vote")
    expect(page.locator("#summary")).to_contain_text(AIMS[0])

    page.get_by_role("link", name=f"Change {open_poll_question(page)}").click()
    page.get_by_label(CHOICES[1]).check()
    press(page, "Continue")
    expect(page.locator("#summary")).to_contain_text(CHOICES[1])
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")
    assert cast_ballots(live_server, open_poll) == 1
    assert voter.code not in "\n".join(r.url for r in witness.requests)


def open_poll_question(page: Page) -> str:
    return page.locator("#summary dt").first.inner_text()


@SIZES
def test_the_pages_of_the_plain_way_are_sound(
    open_page: Callable[..., Page], open_poll: Ground, size: dict[str, int]
) -> None:
    """The plain way, taken in a browser that can run the checker."""
    page = open_page(size=size)
    page.goto(open_poll.electors[0].path)
    press(page, "Continue")
    page.goto(f"/vote/{open_poll.poll_id}/plain")
    look_over(page)
    press(page, "Continue and let the server seal my vote")
    look_over(page)
    page.get_by_label("Your voting code").fill(open_poll.electors[0].code)
    press(page, "Continue and let the server seal my vote")
    look_over(page)
    press(page, "Continue")
    look_over(page)
    fill_paper(page)
    look_over(page)


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
    assert page.title().startswith("Error: ")
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


def test_a_broken_script_never_posts_a_choice(
    open_page: Callable[..., Page], open_poll: Ground, witness: Witness
) -> None:
    page = open_page()
    page.goto(open_poll.electors[0].link)
    press(page, "Continue")
    page.context.route("**/booth.js*", lambda route: route.abort())
    page.goto(f"/vote/{open_poll.poll_id}/question/1")
    page.get_by_label(CHOICES[0]).check()
    page.keyboard.press("Enter")
    press(page, "Continue")
    heading(page, "Your browser cannot seal your vote")
    assert "choice" not in witness.sent()


def test_the_session_cookie_of_the_plain_way_tells_neither_code_nor_choice(
    plain_page: Page, open_poll: Ground
) -> None:
    voter = open_poll.electors[0]
    reach_first_question(plain_page, voter.link)
    plain_page.get_by_label("Your voting code").fill(voter.code)
    press(plain_page, "Continue and let the server seal my vote")
    fill_paper(plain_page)
    jar = json.dumps(plain_page.context.cookies())
    assert voter.code not in jar
    assert "choices" not in jar

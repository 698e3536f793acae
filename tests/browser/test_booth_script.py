"""booth.js against the contract of its pages: what it keeps, what it sends, what it says."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.small_booth import CODE, LINK, OTHER_CODE, ROOT, SmallBooth, election_text
from tests.browser.test_sealing import CHROMIUM, QUIET

pytestmark = pytest.mark.browser


@dataclass
class Booth:
    """The server's side of one test."""

    address: str
    box: list[dict[str, str]]
    seen: list[str]
    answers: list[tuple[int, object]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def booth() -> Iterator[Booth]:
    box: list[dict[str, str]] = []
    seen: list[str] = []
    answers: list[tuple[int, object]] = []
    handler = type("Handler", (SmallBooth,), {"box": box, "seen": seen, "answers": answers})
    factory = partial(handler, directory=str(ROOT / "voting/static"))
    with ThreadingHTTPServer(("127.0.0.1", 0), factory) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Booth(f"http://127.0.0.1:{server.server_port}", box, seen, answers)
        server.shutdown()
        thread.join()


@pytest.fixture
def context(browser: Browser, booth: Booth) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=booth.address)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page that fails the test on any script error or blocked resource."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def kept(page: Page, name: str) -> str | None:
    value: str | None = page.evaluate("(key) => sessionStorage.getItem(key)", f"{name}:7")
    return value


def arrive(page: Page, code: str = CODE) -> None:
    page.goto(f"{LINK}#{code}")
    expect(page).to_have_url(page.url.split("#")[0])
    page.goto("/start")
    page.get_by_role("button", name="Start").click()


def choose(page: Page, *values: str) -> None:
    for value in values:
        page.locator(f"#choice-{value}").check()
    page.get_by_role("button", name="Continue").click()


def reach_check(page: Page) -> None:
    arrive(page)
    choose(page, "0")
    choose(page, "0", "2")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your vote")


def cast(page: Page) -> None:
    page.get_by_role("button", name="Cast your vote").click()


def test_a_whole_vote_sends_only_the_sealed_ballot(page: Page, booth: Booth) -> None:
    booth.answers.append((200, {"location": "/receipt"}))
    reach_check(page)
    cast(page)
    page.wait_for_url("**/receipt")

    [sent] = booth.box
    assert set(sent) == {"csrf_token", "ballot"}
    assert sent["csrf_token"] == "tok"
    job = json.dumps({"election": election_text(), "ballot": sent["ballot"]})
    command = ["node", str(ROOT / "tests/js/check_ballot.mjs")]
    done = subprocess.run(command, input=job, capture_output=True, text=True, check=True)
    assert "error" not in json.loads(done.stdout)
    assert not any(CODE in path or "choice=" in path for path in booth.seen)
    assert CODE not in json.dumps(booth.box)
    assert kept(page, "choices") is None
    assert kept(page, "ballot") is None
    assert kept(page, "code") == CODE


def test_the_landing_takes_the_code_out_of_the_address_and_posts_nothing(
    page: Page, booth: Booth
) -> None:
    page.goto(f"{LINK}#{CODE.replace('-', '')}")
    page.wait_for_function("location.hash === ''")
    assert kept(page, "code") == CODE
    page.wait_for_timeout(200)
    assert booth.box == []
    assert not [path for path in booth.seen if path.startswith(("/start", "/cast"))]


def test_a_damaged_code_is_not_kept_and_is_asked_for(page: Page) -> None:
    arrive(page, CODE[:-2])
    expect(page).to_have_url(re.compile("/code$"))

    page.get_by_label("Code").fill("hello")
    page.get_by_role("button", name="Continue").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link", name="Check your code")).to_be_visible()
    expect(page).to_have_title("Error: The booth")
    page.get_by_role("link", name="Check your code").click()
    expect(page.get_by_label("Code")).to_be_focused()

    page.get_by_label("Code").fill(f" {CODE.replace('-', ' ')} ")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/question/0")
    assert kept(page, "code") == CODE


def test_a_code_that_is_not_the_voters_own_is_found_in_the_browser(page: Page) -> None:
    arrive(page, OTHER_CODE)
    choose(page, "0")
    choose(page, "1")
    page.wait_for_url("**/code")
    expect(page.get_by_role("alert")).to_contain_text("Not yours")
    assert kept(page, "code") is None

    page.get_by_label("Code").fill(OTHER_CODE)
    page.get_by_role("button", name="Continue").click()
    assert kept(page, "code") is None
    page.get_by_label("Code").fill(CODE)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/question/0")
    expect(page.locator("#choice-0")).to_be_checked()


def test_pasting_the_whole_link_again_is_understood(page: Page) -> None:
    page.goto(LINK)
    page.evaluate("(code) => (location.hash = code)", CODE)
    page.wait_for_function("location.hash === ''")
    assert kept(page, "code") == CODE


def test_another_voter_in_the_same_tab_finds_nothing_of_the_first(page: Page) -> None:
    arrive(page)
    choose(page, "1")
    page.goto(f"/v/token-of-kim#{OTHER_CODE}")
    page.wait_for_function("location.hash === ''")
    assert kept(page, "choices") is None
    page.goto("/v/token-of-lou")
    assert kept(page, "code") is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((), "Select an answer"),
        (("0", "1", "2"), "Select up to 2 answers"),
        (("0", "blank"), "Select answers or a blank vote, not both"),
    ],
)
def test_a_selection_that_cannot_count_is_explained_and_kept(
    page: Page, values: tuple[str, ...], message: str
) -> None:
    arrive(page)
    choose(page, "0")
    choose(page, *values)

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page.locator(".v-error-message")).to_have_text(message)
    fieldset = page.locator("fieldset")
    expect(fieldset).to_have_attribute("aria-describedby", "script-error")
    for value in values:
        expect(page.locator(f"#choice-{value}")).to_be_checked()
    expect(page.locator("input:disabled")).to_have_count(0)
    page.get_by_role("link", name=message).click()
    expect(page.locator("#choice-0")).to_be_focused()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".v-error-message")).to_have_count(1)
    expect(page).to_have_title("Error: The booth")


def test_the_check_page_shows_text_never_markup_and_each_answer_can_be_changed(page: Page) -> None:
    reach_check(page)
    rows = page.locator("#summary > div")
    expect(rows.nth(0).locator("dd").first).to_have_text("Yes <b>now</b>")
    expect(rows.nth(1).locator("dd").first.locator("p")).to_have_text(["Ann", "Cyd"])
    assert page.locator("#summary b").count() == 0

    page.get_by_role("link", name="Change Who should sit on the board?").click()
    expect(page.locator("#choice-2")).to_be_checked()
    page.locator("#choice-0").uncheck()
    page.locator("#choice-2").uncheck()
    choose(page, "blank")
    page.wait_for_url("**/check")
    expect(rows.nth(1).locator("dd").first).to_have_text("Blank vote")


def test_a_failed_sending_keeps_the_ballot_and_a_retry_sends_the_same(
    page: Page, booth: Booth
) -> None:
    booth.answers.extend(
        [
            (503, {"error": "The box is busy.", "retry": True}),
            (409, {"location": "/receipt"}),
        ]
    )
    reach_check(page)
    page.context.set_offline(True)
    cast(page)
    expect(page.get_by_role("status")).to_have_text("Your vote was not sent. Try again")
    page.context.set_offline(False)
    cast(page)
    expect(page.get_by_role("status")).to_have_text("The box is busy.")
    first = kept(page, "ballot")
    cast(page)
    page.wait_for_url("**/receipt")

    assert [sent["ballot"] for sent in booth.box] == [first, first]


def test_changed_choices_are_sealed_anew(page: Page, booth: Booth) -> None:
    booth.answers.extend(
        [(503, {"error": "Busy.", "retry": True}), (200, {"location": "/receipt"})]
    )
    reach_check(page)
    cast(page)
    expect(page.get_by_role("status")).to_have_text("Busy.")
    page.get_by_role("link", name="Change Should it become a mutual?").click()
    choose(page, "1")
    page.wait_for_url("**/check")
    cast(page)
    page.wait_for_url("**/receipt")

    first, second = (sent["ballot"] for sent in booth.box)
    assert first != second


def test_a_refusal_that_retrying_cannot_help_is_final(page: Page, booth: Booth) -> None:
    booth.answers.append((403, {"error": "This vote has closed.", "retry": False}))
    reach_check(page)
    cast(page)
    expect(page.get_by_role("status")).to_have_text("This vote has closed.")
    expect(page.locator("#cast")).to_have_attribute("aria-disabled", "true")
    page.locator("#cast").click(force=True)
    page.wait_for_timeout(200)
    assert len(booth.box) == 1


def test_two_quick_presses_send_one_ballot(page: Page, booth: Booth) -> None:
    booth.answers.append((200, {"location": "/receipt"}))
    reach_check(page)
    page.locator("#cast").dblclick()
    page.wait_for_url("**/receipt")
    assert len(booth.box) == 1


def test_going_back_after_casting_leads_to_the_receipt(page: Page, booth: Booth) -> None:
    booth.answers.append((200, {"location": "/receipt"}))
    reach_check(page)
    cast(page)
    page.wait_for_url("**/receipt")
    page.go_back()
    page.wait_for_url("**/receipt")
    assert len(booth.box) == 1


def test_an_unfinished_vote_goes_to_the_missing_question(page: Page) -> None:
    arrive(page)
    choose(page, "0")
    page.goto("/check")
    page.wait_for_url("**/question/1?change=1")


def test_a_browser_that_cannot_start_the_worker_says_so_and_offers_the_plain_path(
    context: BrowserContext, page: Page
) -> None:
    reach_check(page)
    context.route(
        "**/worker.js",
        lambda route: route.fulfill(body="import from nowhere", content_type="text/javascript"),
    )
    cast(page)
    status = page.get_by_role("status")
    expect(status).to_contain_text("Your browser cannot seal your vote")
    expect(status.get_by_role("link")).to_have_attribute("href", "/plain")


def test_without_storage_the_start_takes_the_plain_path(page: Page, booth: Booth) -> None:
    booth.answers.append((200, {}))
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('blocked') }})"
    )
    page.goto("/start")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/plain")
    assert booth.seen[-1] == "/plain"


def test_the_tracking_number_can_be_copied(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/receipt")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "48213 70952"


def follow_imports(script: Path) -> set[Path]:
    """A script and all that it loads."""
    found, waiting = set(), [script]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            names = re.findall(r'from "(\.[^"]+)"', one.read_text())
            waiting += [(one.parent / name).resolve() for name in names]
    return found


def test_a_voter_page_loads_less_than_60_kilobytes_of_script() -> None:
    """And with what the worker loads to seal the vote in any group, less than 90."""
    static = (ROOT / "voting/static").resolve()
    page = follow_imports(static / "booth.js")
    worker = follow_imports(static / "belenios/worker.js")

    assert sum(script.stat().st_size for script in page) < 60_000
    assert sum(script.stat().st_size for script in page | worker) < 90_000

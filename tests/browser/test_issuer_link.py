"""The link of an independent issuer: the browser keeps the code until the own link is opened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.booth_steps import (
    assert_nothing_leaked,
    cast_ballots,
    fill_paper,
    heading,
    press,
)
from tests.browser.conftest import LiveServer, Witness
from tests.browser.scrutineer_steps import (
    fits,
    in_both_windows,
    look_twice,
    without_our_scripts,
)
from tests.poll_ground import FIRST, Ground, alter_poll

pytestmark = pytest.mark.browser

ISSUER = "Northmoor branch of the union"
WAITING = "Object.keys(localStorage).filter((name) => name.startsWith('waiting-code'))"


@pytest.fixture
def issued(live_server: LiveServer, open_poll: Ground) -> Ground:
    """An open poll whose codes come from the union."""
    alter_poll(live_server.app, open_poll, issuer=ISSUER, issuer_contact="01632 960002")
    return open_poll


def page_of(poll: Ground) -> str:
    return f"/p/{poll.slug}/{poll.poll_slug}/code"


def walk_to(page: Page, link: str, title: str) -> None:
    """From a link without a code to the page behind the background."""
    page.goto(link)
    press(page, "Continue")
    press(page, "Start now")
    press(page, "Continue")
    press(page, "Continue to the vote")
    heading(page, title)


def test_the_issuers_link_then_the_letters_link_and_no_code_is_asked_for(
    live_server: LiveServer, issued: Ground, page: Page, witness: Witness
) -> None:
    first, _second = issued.electors
    page.goto(f"{page_of(issued)}#{first.code[:-1]}")
    expect(page.locator("#damaged")).to_be_visible()
    look_twice(page)
    page.goto(f"{page_of(issued)}#{first.code}")
    expect(page.locator("#kept")).to_contain_text("You have not voted yet.")
    expect(page.locator("#damaged")).to_be_hidden()
    expect(page).to_have_url(f"{live_server.address}{page_of(issued)}")
    look_twice(page)

    booth = page.context.new_page()
    walk_to(booth, first.path, FIRST)
    expect(page.locator("#kept")).to_be_hidden()  # the booth has it now, and it alone
    assert booth.evaluate(WAITING) == []
    fill_paper(booth)
    press(booth, "Cast your vote")
    heading(booth, "Your vote is in the ballot box")
    assert cast_ballots(live_server, issued) == 1
    assert_nothing_leaked(witness, live_server, first.code)


def test_the_code_comes_while_the_booth_asks_for_it_and_only_the_voters_own(
    issued: Ground, page: Page
) -> None:
    first, second = issued.electors
    walk_to(page, first.path, "What is your voting code?")
    other = page.context.new_page()
    other.goto(f"{page_of(issued)}#{second.code}")
    expect(other.locator("#kept")).to_be_visible()
    other.get_by_role("button", name="Forget my code").click()
    expect(other.locator("#forgotten")).to_be_focused()
    assert other.evaluate(WAITING) == []
    other.goto(f"{page_of(issued)}#{first.code}")
    expect(page.locator("#code")).to_have_value(first.code)
    press(page, "Continue")
    heading(page, FIRST)


def test_without_scripts_the_page_says_to_paste_the_code(
    issued: Ground, open_page: Callable[..., Page], witness: Witness
) -> None:
    page = open_page(scripts=False)
    page.goto(f"{page_of(issued)}#{issued.electors[0].code}")
    expect(page.locator("#plain")).to_contain_text("paste it when you are asked")
    expect(page.locator("#kept")).to_be_hidden()
    in_both_windows(page, fits)
    page = without_our_scripts(open_page())
    page.goto(page_of(issued))
    look_twice(page)
    assert issued.electors[0].code not in witness.sent()

"""The booth in a real browser without scripts, or with scripts that fail."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.booth_steps import (
    SIZES,
    cast_ballots,
    fill_paper,
    heading,
    look_over,
    press,
    reach_first_question,
)
from tests.browser.conftest import LiveServer, Witness
from tests.poll_ground import AIMS, CHOICES, Ground

pytestmark = pytest.mark.browser


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
    expect(page.locator("#can-seal")).to_be_hidden()
    press(page, "Continue and let the server seal my vote")
    expect(page.get_by_role("alert")).to_contain_text("Enter your voting code")
    page.get_by_label("Your voting code").fill(open_poll.electors[1].code)
    press(page, "Continue and let the server seal my vote")
    expect(page.get_by_role("alert")).to_contain_text("another person")
    page.get_by_label("Your voting code").fill(voter.code)
    press(page, "Continue and let the server seal my vote")

    press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("Select an answer")
    expect(page).to_have_title(re.compile("^Error: "))
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

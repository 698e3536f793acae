"""Ranking, grading and scoring in a real browser: by keyboard with scripts, and without them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.booth_steps import (
    assert_nothing_leaked,
    cast_ballots,
    heading,
    look_over,
    press,
)
from tests.browser.conftest import DESKTOP, PHONE, LiveServer, Witness
from tests.browser.test_booth import tab_to
from tests.poll_ground import make_open_poll
from tests.ranked_ground import MANY, MODELS, NAMES, WORKS, ask_all_kinds, ask_board, publish
from voting.belenios.ballot import check_ballot
from voting.belenios.election import parse_election
from voting.store import board
from voting.store.database import db
from voting.store.polls import Election

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("SHOTS")  # a folder to keep pictures of the pages in


def assert_ranking(page: Page, names: list[str]) -> None:
    """The options stand in this order on the page to check."""
    expect(page.locator(".v-order__item")).to_contain_text(names)


def go(page: Page, name: str) -> None:
    """Press a button that leads on, and wait until the next page with its script is there."""
    with page.expect_navigation():
        press(page, name)


def press_by_keyboard(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def go_by_keyboard(page: Page, name: str) -> None:
    with page.expect_navigation():
        press_by_keyboard(page, name)


def choose_by_keyboard(page: Page, name: str) -> None:
    """Reach the radios with Tab, and the one called *name* with the arrow."""
    radios = page.locator('input[name="choice"]')
    tab_to(page, radios.first.evaluate("(one) => one.labels[0].textContent.trim()"))
    page.keyboard.press("Space")
    wanted = page.get_by_label(name, exact=True)
    for _step in range(radios.count()):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name!r} cannot be chosen by keyboard")


def rank_by_keyboard(page: Page, title: str, name: str) -> None:
    heading(page, title)
    look_over(page)
    choose_by_keyboard(page, name)
    go_by_keyboard(page, "Continue")


def test_ranking_by_keyboard_with_scripts_on_a_phone(
    open_page: Callable[..., Page], live_server: LiveServer, witness: Witness
) -> None:
    poll = make_open_poll(live_server.app, ask=ask_all_kinds)
    page = open_page(size=PHONE)
    page.goto(poll.electors[0].link)
    for name in ("Continue", "Start now", "Continue", "Continue", "Continue to the vote"):
        go_by_keyboard(page, name)

    rank_three_of_four(page)
    grade_and_score(page)
    change_the_order(page)
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")
    assert cast_ballots(live_server, poll) == 1
    assert_nothing_leaked(witness, live_server, poll.electors[0].code)
    check_counted(live_server, poll.election_id)


def rank_three_of_four(page: Page) -> None:
    """Without a choice, then one after another, with a step back in between."""
    summary = page.locator(".v-error-summary")
    heading(page, "Your first choice")
    press_by_keyboard(page, "Continue")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Select your first choice, or leave this question blank")
    look_over(page)
    choose_by_keyboard(page, MODELS[2])
    go_by_keyboard(page, "Continue")
    heading(page, "Your second choice (optional)")
    expect(page.get_by_label(MODELS[2], exact=True)).to_have_count(0)
    press_by_keyboard(page, "Continue")
    expect(summary).to_contain_text(
        "Select your second choice or that you do not want to rank any more"
    )
    rank_by_keyboard(page, "Your second choice (optional)", MODELS[0])
    heading(page, "Your third choice (optional)")
    page.go_back()
    expect(page.get_by_label(MODELS[0], exact=True)).to_be_checked()
    go_by_keyboard(page, "Continue")
    rank_by_keyboard(page, "Your third choice (optional)", MODELS[1])
    heading(page, "Your fourth choice (optional)")
    page.get_by_label("I do not want to rank any more").check()
    go_by_keyboard(page, "Continue")


def grade_and_score(page: Page) -> None:
    """Two of the names, and a number of points that there is not before one that there is."""
    summary = page.locator(".v-error-summary")
    for name, grade in ((NAMES[0], "Good"), (NAMES[1], "Reject")):
        group = page.get_by_role("group", name=name)
        group.get_by_label(grade, exact=True).check()
    look_over(page)
    go(page, "Continue")
    page.get_by_label(WORKS[0]).fill("9")
    press(page, "Continue")
    expect(summary).to_contain_text("The points for “Pool” must be a whole number from 0 to 5")
    look_over(page)
    page.get_by_label(WORKS[0]).fill("5")
    go(page, "Continue")


def change_the_order(page: Page) -> None:
    """On the page to check: the last of three moves up to the first place, another is removed."""
    heading(page, "Check your vote")
    assert_ranking(page, [MODELS[2], MODELS[0], MODELS[1]])
    expect(page.locator("#summary")).to_contain_text(f"Not ranked: {MODELS[3]}")
    look_over(page)
    up = page.get_by_role("button", name=f"Move {MODELS[1]} up", exact=True)
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#moved")).to_have_text(f"{MODELS[1]} is now 2nd of 3")
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#moved")).to_have_text(f"{MODELS[1]} is now 1st of 3")
    assert_ranking(page, [MODELS[1], MODELS[2], MODELS[0]])
    page.get_by_role("button", name=f"Remove {MODELS[0]}", exact=True).click()
    expect(page.locator("#moved")).to_have_text(f"{MODELS[0]} is no longer ranked")


def check_counted(server: LiveServer, election_id: int) -> None:
    """Every ballot that counts is one that the specification allows."""
    with server.app.app_context():
        election = db.session.get(Election, election_id)
        assert election is not None
        parsed = parse_election(election.definition)
        for _credential, raw in board.iter_counted(db.session(), election_id):
            check_ballot(raw, parsed)


def test_many_options_have_a_rank_each_with_scripts(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    poll = make_open_poll(live_server.app, ask=ask_board)
    page = open_page(size=PHONE)
    page.goto(poll.electors[0].link)
    for name in ("Continue", "Start now", "Continue to the vote"):
        go(page, name)
    for name, rank in ((MANY[0], "1"), (MANY[1], "1"), (MANY[2], "3")):
        page.get_by_label(name, exact=True).fill(rank)
    press(page, "Continue")
    links = page.locator(".v-error-summary a")
    expect(links).to_have_text(
        [
            f"You gave rank 1 to “{MANY[0]}”, “{MANY[1]}”. Give each a rank of its own",
            f"No option has rank 2, but “{MANY[2]}” has a later one. Leave no rank out",
        ]
    )
    look_over(page)
    links.nth(1).click()
    expect(page.get_by_label(MANY[2], exact=True)).to_be_focused()
    expect(page.get_by_label(MANY[2], exact=True)).to_have_value("3")
    page.get_by_label(MANY[1], exact=True).fill("2")
    go(page, "Continue")
    heading(page, "Check your vote")
    assert_ranking(page, list(MANY[:3]))
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")


@pytest.mark.parametrize("scripts", [False, True], ids=["none", "only the checker"])
def test_all_of_it_without_scripts_on_a_phone(
    open_page: Callable[..., Page], live_server: LiveServer, scripts: bool
) -> None:
    """Once with scripts off, and once in a browser that can run the checker but not the booth."""
    poll = make_open_poll(live_server.app, ask=ask_all_kinds)
    page = open_page(scripts=scripts, size=PHONE)
    page.context.route("**/booth.js*", lambda route: route.abort())
    look = look_over if scripts else (lambda _page: None)
    page.goto(poll.electors[0].link)
    for name in ("Continue", "Start now", "Continue", "Continue", "Continue to the vote"):
        press(page, name)
    page.get_by_label("Your voting code").fill(poll.electors[0].code)
    press(page, "Continue and let the server seal my vote")
    for title, name in (
        ("Your first choice", MODELS[1]),
        ("Your second choice (optional)", MODELS[3]),
        ("Your third choice (optional)", "I do not want to rank any more"),
    ):
        heading(page, title)
        look(page)
        page.get_by_label(name, exact=True).check()
        press(page, "Continue")
    for name, grade in ((NAMES[0], "Excellent"), (NAMES[1], "Poor")):
        page.get_by_role("group", name=name).get_by_label(grade, exact=True).check()
    look(page)
    press(page, "Continue")
    page.get_by_label(WORKS[1]).fill("4")
    look(page)
    press(page, "Continue")
    heading(page, "Check your vote")
    page.get_by_role("button", name=f"Move {MODELS[3]} up", exact=True).click()
    expect(page.get_by_role("status")).to_have_text(f"{MODELS[3]} is now 1st of 2")
    assert_ranking(page, [MODELS[3], MODELS[1]])
    look(page)
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")
    assert cast_ballots(live_server, poll) == 1


def test_the_outcome_shows_how_each_question_was_counted(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    people = tuple((f"Sam {number}", f"sam{number}@example.org") for number in range(7))
    poll = make_open_poll(live_server.app, people=people, ask=ask_all_kinds)
    ranks = [[1, 2, 0, 0], [1, 3, 2, 0], [2, 1, 0, 0], [0, 1, 2, 0], [3, 2, 1, 0], [1, 0, 0, 2]]
    papers = [[one, [1 + at % 3, 4], [at % 6, 2, 0]] for at, one in enumerate(ranks)]
    address = publish(live_server.app, poll, papers)

    for size in (DESKTOP, PHONE):
        page = open_page(size=size)
        page.goto(address)
        heading(page, "Outcome")
        expect(page.locator("main")).to_contain_text("Community society")
        expect(page.locator("main")).to_contain_text("This archive ends before the papers")
        look_over(page)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/outcome-{size['width']}.png", full_page=True)
    for form, start in (("pdf", b"%PDF"), ("csv", b"Stage,"), ("json", b"{")):
        link = page.get_by_role("link", name=re.compile(f"^{form.upper()}")).first
        answer = page.request.get(str(link.get_attribute("href")))
        assert answer.body().startswith(start)

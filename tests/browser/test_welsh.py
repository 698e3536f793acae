"""The service in Welsh in a real browser: a whole vote, every page, and no English left on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.bilingual_ground import ANSWERS, GRADES, ask_every_kind, welsh
from tests.bilingual_ground import FIRST as FIRST_OF_BOTH
from tests.browser.booth_steps import cast_ballots, heading, press
from tests.browser.conftest import PHONE, LiveServer, Witness
from tests.poll_ground import AIMS, CHOICES, FIRST, SECOND, Ground, make_open_poll
from tests.ranked_ground import GRADE, MODELS, NAMES, SCORE, WHICH, WORKS
from tests.welsh_ground import find_english
from voting.store.database import db
from voting.store.roll import Elector

pytestmark = pytest.mark.browser

PUBLIC = ("/", "/how-it-works", "/check-vote", "/check", "/accessibility", "/privacy", "/cookies")
SEEN = """() => {
  const gone = new Set(["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT"]);
  const texts = [document.title];
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ALL);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.nodeType === 1 ? node : node.parentElement;
    if (!element || gone.has(element.tagName) || element.closest('[lang="en"]')) continue;
    if (node.nodeType === 3) texts.push(node.data);
    if (node.nodeType !== 1) continue;
    for (const { name, value } of node.attributes)
      if (/^(aria-label|alt|title|placeholder|data-(text|error|copied))/.test(name))
        texts.push(value);
  }
  return texts.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""
OURS = {*AIMS, *CHOICES, FIRST, SECOND}


def look_over_welsh(page: Page, *, checked: bool = True) -> None:
    """In Welsh to the last word, marked as such, and sound."""
    assert page.evaluate("document.documentElement.lang") == "cy"
    texts = page.evaluate(SEEN)
    assert find_english(texts, ours=OURS) == [], page.url
    assert len(texts) > 10
    widths = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert widths[0] <= widths[1], f"{page.url} is {widths[0]} wide in a window of {widths[1]}"
    if checked:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def choose_welsh(page: Page) -> None:
    page.get_by_role("button", name="Cymraeg").click()
    expect(page.locator("html")).to_have_attribute("lang", "cy")


def test_the_public_pages_in_welsh(open_page: Callable[..., Page], open_poll: Ground) -> None:
    page = open_page(size=PHONE)
    page.goto("/")
    choose_welsh(page)
    poll = f"/p/{open_poll.slug}/{open_poll.poll_slug}"
    here = (f"/p/{open_poll.slug}", poll, f"{poll}/ballot-box", f"{poll}/outcome", "/nowhere")
    for address in (*PUBLIC, *here, "/v/nobody"):
        page.goto(address)
        look_over_welsh(page)
    page.goto("/check-vote")
    page.get_by_label("Rhif olrhain").fill("12345 " * 5)
    press(page, "Gwirio")
    expect(page.locator("main")).to_contain_text("Ni allwn ddod o hyd i'r rhif hwn.")
    look_over_welsh(page)


def test_a_whole_vote_in_welsh_on_a_phone(
    open_page: Callable[..., Page], live_server: LiveServer, open_poll: Ground, witness: Witness
) -> None:
    """Every page of the way, with scripts; the answers live through a change of language."""
    page = open_page(size=PHONE)
    page.goto(open_poll.electors[0].link)
    choose_welsh(page)
    look_over_welsh(page)
    for button in ("Parhau", "Dechrau nawr", "Parhau", "Parhau i'r bleidlais"):
        press(page, button)
        look_over_welsh(page)
    press(page, "Parhau")
    expect(page.get_by_role("alert")).to_contain_text("Dewiswch ateb, neu gadewch")
    expect(page).to_have_title(re.compile("^Gwall: "))
    look_over_welsh(page)
    page.get_by_label(CHOICES[0]).check()
    press(page, "Parhau")
    page.get_by_label(AIMS[1]).check()
    press(page, "Parhau")
    heading(page, "Gwirio eich pleidlais")
    look_over_welsh(page)

    page.get_by_role("button", name="English").click()
    heading(page, "Check your vote")
    expect(page.locator("#summary")).to_contain_text(AIMS[1])
    choose_welsh(page)
    expect(page.locator("#summary")).to_contain_text(CHOICES[0])
    press(page, "Bwrw eich pleidlais")
    heading(page, "Mae eich pleidlais yn y blwch pleidleisio")
    look_over_welsh(page)
    assert cast_ballots(live_server, open_poll) == 1
    assert open_poll.electors[0].code not in witness.sent()

    page.goto(f"/vote/{open_poll.poll_id}/start")
    heading(page, "Rydych eisoes wedi pleidleisio")
    look_over_welsh(page)


def test_a_whole_vote_in_welsh_without_scripts(
    open_page: Callable[..., Page], live_server: LiveServer, open_poll: Ground
) -> None:
    """The plain way; the letter was in Welsh, so nobody has to ask for the language."""
    voter = open_poll.electors[0]
    with live_server.app.app_context():
        db.session.get_one(Elector, voter.elector_id).language = "cy"
        db.session.commit()
    page = open_page(scripts=False, size=PHONE)
    page.goto(voter.link)
    look_over_welsh(page, checked=False)
    for button in ("Parhau", "Dechrau nawr", "Parhau", "Parhau i'r bleidlais"):
        press(page, button)
        look_over_welsh(page, checked=False)
    heading(page, "Ni all eich porwr selio eich pleidlais")
    page.get_by_label("Eich cod pleidleisio").fill("nid cod")
    press(page, "Parhau a gadael i'r gweinydd selio fy mhleidlais")
    expect(page.get_by_role("alert")).to_contain_text("22 o lythrennau a digidau")
    look_over_welsh(page, checked=False)
    page.get_by_label("Eich cod pleidleisio").fill(voter.code)
    press(page, "Parhau a gadael i'r gweinydd selio fy mhleidlais")
    page.get_by_label(CHOICES[1]).check()
    press(page, "Parhau")
    for aim in AIMS[:3]:
        page.get_by_label(aim).check()
    press(page, "Parhau")
    expect(page.get_by_role("alert")).to_contain_text("Peidiwch â dewis mwy na 2 ateb")
    look_over_welsh(page, checked=False)
    page.get_by_label(AIMS[2]).uncheck()
    press(page, "Parhau")
    look_over_welsh(page, checked=False)
    press(page, "Bwrw eich pleidlais")
    heading(page, "Mae eich pleidlais yn y blwch pleidleisio")
    look_over_welsh(page, checked=False)
    assert cast_ballots(live_server, open_poll) == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_vote_in_two_languages_on_a_phone(
    open_page: Callable[..., Page], live_server: LiveServer, scripts: bool
) -> None:
    """The organiser's own texts in Welsh as well; half-way to English and back, nothing lost."""
    poll = make_open_poll(live_server.app, ask=ask_every_kind)
    voter = poll.electors[0]
    with live_server.app.app_context():
        db.session.get_one(Elector, voter.elector_id).language = "cy"
        db.session.commit()
    page = open_page(scripts=scripts, size=PHONE)

    look = partial(look_for, page, scripts)
    page.goto(voter.link)
    look("Forming a mutual")
    press(page, "Parhau")
    look("Whether the trust's sports centres become a mutual.", "Staff")
    press(page, "Dechrau nawr")
    for text in (FIRST_OF_BOTH, WHICH, GRADE):
        look(text)
        press(page, "Parhau")
    look(SCORE, WORKS[0])
    press(page, "Parhau i'r bleidlais")
    if not scripts:
        page.get_by_label("Eich cod pleidleisio").fill(voter.code)
        press(page, "Parhau a gadael i'r gweinydd selio fy mhleidlais")
    fill_in_welsh(page, scripts)
    look(ANSWERS[1], MODELS[2], GRADES[0], WORKS[0])
    turn_to_english_and_back(page)
    press(page, "Bwrw eich pleidlais")
    heading(page, "Mae eich pleidlais yn y blwch pleidleisio")
    look("Forming a mutual")
    assert cast_ballots(live_server, poll) == 1
    page.goto(f"/p/{poll.slug}/{poll.poll_slug}")
    look(FIRST_OF_BOTH, "Staff", MODELS[1])


def look_for(page: Page, scripts: bool, *texts: str) -> None:
    """The page is in Welsh throughout, and says these texts in it."""
    look_over_welsh(page, checked=scripts)
    for text in texts:
        expect(page.locator("main")).to_contain_text(welsh(text))


def fill_in_welsh(page: Page, scripts: bool) -> None:
    """Choose, rank, grade (one grade is missing at first) and score, up to the page to check."""
    look_for(page, scripts, FIRST_OF_BOTH)
    page.get_by_label(welsh(ANSWERS[1]), exact=True).check()
    press(page, "Parhau")
    look_for(page, scripts, WHICH)
    page.get_by_label(welsh(MODELS[2]), exact=True).check()
    press(page, "Parhau")
    heading(page, "Eich ail ddewis (dewisol)")
    page.get_by_label(welsh(MODELS[0]), exact=True).check()
    press(page, "Parhau")
    heading(page, "Eich trydydd dewis (dewisol)")
    page.locator("#choice-end").check()
    press(page, "Parhau")
    page.locator("#mark-0-1").check()
    press(page, "Parhau")
    expect(page.get_by_role("alert")).to_contain_text(f"Dewiswch radd i “{welsh(NAMES[1])}”")
    look_for(page, scripts, GRADE, GRADES[2])
    page.locator("#mark-1-3").check()
    press(page, "Parhau")
    page.locator("#mark-0").fill("5")
    press(page, "Parhau")
    heading(page, "Gwirio eich pleidlais")


def turn_to_english_and_back(page: Page) -> None:
    """On the page to check: the same vote, each time in one language alone."""
    page.get_by_role("button", name="English").click()
    heading(page, "Check your vote")
    summary = page.locator("#summary")
    for told in (ANSWERS[1], f"{NAMES[0]}: {GRADES[2]}", f"{WORKS[0]}: 5 points", MODELS[0]):
        expect(summary).to_contain_text(told)
    expect(summary).not_to_contain_text("Gymraeg")
    choose_welsh(page)
    expect(summary).to_contain_text(f"{welsh(NAMES[0])}: {welsh(GRADES[2])}")


def test_the_desk_of_organisers_stays_whole_in_english(open_page: Callable[..., Page]) -> None:
    """A page half in one language would be read out wrongly; the desks are in English alone."""
    page = open_page()
    page.goto("/")
    choose_welsh(page)
    page.goto("/sign-in")
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.get_by_role("button", name="Cymraeg")).to_have_count(0)
    expect(page.locator("footer")).to_contain_text("Accessibility")

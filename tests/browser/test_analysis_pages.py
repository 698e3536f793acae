"""The desk of analysis and what the public reads of it, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.analysis_ground import NOW, THOUGHTS, make_consultation
from tests.browser.booth_steps import look_over, press
from tests.browser.conftest import DESKTOP, PHONE, LiveServer
from tests.organiser_ground import Clerk, make_proposal, sign_in
from voting.services import analysis, hub
from voting.store.accounts import find_account
from voting.store.database import db, transaction
from voting.store.proposals import find_proposal
from voting.store.responses import Answer

pytestmark = pytest.mark.browser

DESK = "/organiser/proposals/{slug}/consultations/your-views/analysis"


@pytest.fixture(scope="module")
def clerk(live_server: LiveServer) -> Clerk:
    return sign_in(live_server.app)


@pytest.fixture(scope="module")
def place(clerk: Clerk) -> dict[str, int | str]:
    """A closed consultation, analysed and answered in part: the names in its addresses."""
    slug = make_proposal(clerk).rsplit("/", 1)[1]
    with clerk.app.app_context(), transaction(db.session()) as session:
        proposal, account = find_proposal(session, slug), find_account(session, clerk.email)
        assert proposal is not None
        assert account is not None
        page = hub.get_hub(session, proposal)
        page.opened_at = NOW
        session.add(page)
        consultation = make_consultation(session, proposal)
        themes = {}
        for name in ("Opening hours", "Staff"):
            themes[name] = analysis.save_theme(
                session,
                consultation,
                theme=None,
                name=name,
                meaning="What it is",
                parent_id=None,
                now=NOW,
            )
            analysis.answer_theme(
                session,
                consultation,
                themes[name],
                summary="Many ask for longer hours.",
                stance="accepted",
                response="From May the pools open at seven.",
                now=NOW,
            )
        answers = session.query(Answer).filter(Answer.text == THOUGHTS[1]).limit(3).all()
        answer = next(each for each in answers if each.response.may_publish)
        analysis.tag(session, answer, themes["Staff"], coder=account, passage="pensions")
        analysis.redact(
            session,
            consultation,
            answer,
            account=account,
            passage="Jo Bloggs",
            reason="names a person",
            sealer=clerk.app.extensions["voting.sealer"],
            now=NOW,
        )
        analysis.release(session, consultation, answer, account=account, is_published=True, now=NOW)
        analysis.publish_response(session, consultation, now=NOW)
        theme = themes["Staff"].id
        analysis.add_update(session, themes["Staff"], text="The board is elected.", now=NOW)
        return {
            "slug": slug, "answer": answer.id, "question": answer.question_id, "theme": theme,
            "across": consultation.questions[0].id, "down": consultation.questions[2].id,
        }  # fmt: skip


def let_in(page: Page, clerk: Clerk, server: LiveServer) -> None:
    """Give the browser the clerk's session."""
    for cookie in clerk.client._cookies.values():
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": server.address}]
        )


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_accessible_and_fits(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    clerk: Clerk,
    place: dict[str, int | str],
    size: dict[str, int],
) -> None:
    page = open_page(size=size)
    let_in(page, clerk, live_server)
    desk = DESK.format(**place)
    pages = [
        desk, f"{desk}/questions/{place['question']}", f"{desk}/answers/{place['answer']}",
        f"{desk}/questions/{place['question']}/agreement",
        f"{desk}/questions/{place['question']}/release", f"{desk}/themes", f"{desk}/themes/new",
        f"{desk}/themes/{place['theme']}/remove", f"{desk}/themes/{place['theme']}/answer",
        f"{desk}/themes/{place['theme']}/update", f"{desk}/publish", f"{desk}/moderation",
        f"{desk}/custodian", f"{desk}/answers/{place['answer']}/redact",
        f"{desk}/answers/{place['answer']}/release",
        f"{desk}/tables?across={place['across']}&down={place['down']}", f"{desk}/equality",
        f"{desk}/files",
        *(f"/p/{place['slug']}/consultations/your-views/{name}"
          for name in ("response", "responses", "report")),
    ]  # fmt: skip
    for number, address in enumerate(pages):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        look_over(page)
        if folder := os.environ.get("VOTING_SCREENSHOTS"):
            name = f"analysis-{number:02}-{size['width']}.png"
            page.screenshot(path=Path(folder) / name, full_page=True)


def test_an_answer_is_tagged_by_keyboard_alone(
    page: Page, live_server: LiveServer, clerk: Clerk, place: dict[str, int | str]
) -> None:
    let_in(page, clerk, live_server)
    page.goto(f"{DESK.format(**place)}/questions/{place['question']}?q=Sundays")
    page.get_by_role("link", name="Read and tag").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tags")).to_be_visible()
    first = page.url
    page.wait_for_load_state()  # the script is there
    page.evaluate(
        """() => {
          const words = document.querySelector('[data-text]').firstChild;
          const range = document.createRange();
          range.setStart(words, 9); range.setEnd(words, 13);
          const selection = document.getSelection();
          selection.removeAllRanges(); selection.addRange(range);
        }"""
    )
    expect(page.get_by_label("Passage (optional)")).to_have_value("pool")
    page.keyboard.press("t")
    expect(page.get_by_label("Theme")).to_be_focused()
    page.keyboard.type("Opening")
    press(page, "Add the tag")
    expect(page.locator("mark.v-passage")).to_have_text("pool")
    page.locator("h1").click()
    page.keyboard.press("n")
    page.wait_for_url(lambda url: url != first and "/answers/" in url)

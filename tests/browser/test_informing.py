"""From the public page to the decision in a real browser: axe, 320 px, with and without scripts.

With VOTING_SCREENSHOTS set to a folder, a picture of each page is kept there.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import organiser_ground as ground
from tests.browser.booth_steps import SIZES, heading, look_over, press
from tests.browser.conftest import PHONE, LiveServer
from tests.factories import make_account
from tests.organiser_ground import Clerk, follow
from voting.demonstration import informing, organising, story
from voting.demonstration.story import Group
from voting.store.database import db, transaction

pytestmark = pytest.mark.browser


@dataclass(slots=True)
class Told:
    """The demonstration's proposal, decided, and one that waits for its decision."""

    server: LiveServer
    decided: str
    organiser: Clerk
    commissioner: Clerk
    waiting: str

    def list_public(self) -> Iterator[str]:
        ends = ("", "/options", "/documents", "/questions", "/updates", "/chain", "/decision")
        for end in ends:
            yield f"/p/{self.decided}{end}"
        for end in ("/changes", "/changes/1"):
            yield f"/p/{self.waiting}{end}"

    def list_desks(self) -> Iterator[tuple[Clerk, str]]:
        page = f"/organiser/proposals/{self.waiting}"
        for end in ("", "/texts", "/options", "/options/choose", "/options/new", "/dates"):
            yield self.organiser, f"{page}/page{end}"
        for end in (
            "/documents",
            "/documents/new",
            "/questions",
            "/updates",
            "/commissioners",
            "/organisers",
            "/changes",
        ):
            yield self.organiser, f"{page}{end}"
        yield self.organiser, "/organiser/models"
        yield self.organiser, "/organiser/models/consortium"
        for end in ("", "/decide"):
            yield self.commissioner, f"/commissioner/proposals/{self.waiting}{end}"


@pytest.fixture(scope="module")
def told(live_server: LiveServer) -> Told:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    start = now - dt.timedelta(days=45)
    app = live_server.app
    organiser, commissioner = ground.sign_in(app), ground.sign_in(app, "commissioner")
    proposal = ground.make_proposal(organiser)
    ground.import_roll(organiser, proposal)
    models = {"models": ["in-house", "benefit-society", "consortium"]}
    with app.app_context(), transaction(db.session()) as session:
        account = make_account(session)
        make_account(session, email=story.COMMISSIONER, role="commissioner")
        groups = (Group("Staff", "staff", 12), Group("Users", "users", 12))
        leisure = organising.make_proposal(
            session, account, groups, chance=random.Random(1), now=start
        )
        informing.inform(session, leisure, account, now=start)
        decision = informing.decide(session, leisure, account, now=now)
        informing.follow_up(session, decision, now=now)
        slug = leisure.slug
    welsh = {"title_cy": "Dyfodol", "deciding_cy": "Pwy sy'n rhedeg", "still_open_cy": "Y bwrdd"}
    welsh |= ground.PAGE_TEXTS | {"summary_cy": "Ymddiriedolaeth.", "who_decides_cy": "Y cyngor."}
    for words in ({}, welsh):  # once to see the fields and once to fill them in
        follow(organiser.post(f"{proposal}/page/texts", {"is_bilingual": "y", **words}))
    follow(organiser.post(f"{proposal}/page/options/choose", models))
    follow(organiser.post(f"{proposal}/page/open"))
    follow(organiser.post(f"{proposal}/commissioners", {"email": commissioner.email}))
    open_texts = ("Who sits on its board. When it begins.", "Who sits on its board. What it costs.")
    follow(organiser.post(f"{proposal}/edit", ground.proposal_form(still_open=open_texts[0])))
    why = ("The board asked for time.", "Gofynnodd y bwrdd am amser.")
    told_why = {"explanation": why[0], "explanation_cy": why[1], "typed": "0"}
    follow(organiser.post(f"{proposal}/changes", told_why))
    follow(organiser.post(f"{proposal}/edit", ground.proposal_form(still_open=open_texts[1])))
    day = {"on": "2031-03-27", "title": "Meeting", "title_cy": "Cyfarfod"}
    follow(organiser.post(f"{proposal}/page/dates", day))
    waiting = proposal.rpartition("/")[2]
    return Told(live_server, slug, organiser, commissioner, waiting)


def come_in(page: Page, told: Told, clerk: Clerk) -> None:
    """Give the browser the signed-in visit of *clerk*."""
    cookie = clerk.client.get_cookie("voting")
    assert cookie is not None
    kept = {"name": "voting", "value": cookie.value, "url": told.server.address}
    page.context.add_cookies([kept])


def keep_picture(page: Page, size: dict[str, int]) -> None:
    folder = os.environ.get("VOTING_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^a-z0-9]+", "-", page.url.split("/", 3)[3])[-70:]
        path = Path(folder) / f"{name}-{size['width']}.png"
        page.screenshot(path=str(path), full_page=True)


@SIZES
def test_every_page_is_accessible_and_fits(
    told: Told, open_page: Callable[..., Page], size: dict[str, int]
) -> None:
    page = open_page(size=size)
    pages = [(None, path) for path in told.list_public()] + list(told.list_desks())
    for clerk, path in pages:
        if clerk is not None:
            come_in(page, told, clerk)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        keep_picture(page, size)
        look_over(page)


def test_from_the_page_to_the_decision_without_scripts_by_keyboard(
    told: Told, open_page: Callable[..., Page]
) -> None:
    page = open_page(scripts=False, size=PHONE)
    page.goto(f"/p/{told.waiting}")
    page.get_by_role("link", name="Read the benefits, drawbacks").press("Enter")
    heading(page, "The options side by side")
    come_in(page, told, told.commissioner)
    page.goto(f"/commissioner/proposals/{told.waiting}")
    press(page, "Record the decision")
    page.get_by_role("button", name="Record and publish the decision").press("Enter")
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("The proposal goes ahead", exact=True).press("Space")
    for label, text in (
        ("Reasons", "The figures hold."),
        ("What happens next", "A board is elected."),
        ("Why there is no equality impact assessment", "It follows before the transfer."),
        ("Reasons in Welsh", "Mae'r ffigurau'n gywir."),
        ("What happens next, in Welsh", "Caiff bwrdd ei ethol."),
        ("Why there is none, in Welsh", "Bydd yn dilyn cyn y trosglwyddo."),
        ("Decided by", "Cai Morgan, Cabinet Member"),
        ("Number of people this letter goes to", "2"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("I have read the evidence").press("Space")
    page.get_by_role("button", name="Record and publish the decision").press("Enter")
    page.get_by_role("link", name="See the public record of the decision").press("Enter")
    heading(page, "The decision")
    expect(page.locator("main")).to_contain_text("The proposal goes ahead.")
    expect(page.locator("main")).to_contain_text("The figures hold.")


def test_the_hint_on_plain_language_follows_what_is_typed(
    told: Told, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    come_in(page, told, told.organiser)
    page.goto(f"/organiser/proposals/{told.waiting}/page/texts")
    hint = page.locator("[data-plain-for=summary]")
    expect(hint).to_be_hidden()
    page.get_by_label("What is proposed", exact=True).fill("A reorganisation.")
    expect(hint).to_contain_text("Long words: reorganisation.")
    page.get_by_label("What is proposed", exact=True).fill("A change.")
    expect(hint).to_be_hidden()

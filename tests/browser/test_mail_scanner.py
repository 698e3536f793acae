"""Programs that open every link of every letter, some with scripts, leave all as it was."""

from __future__ import annotations

import datetime as dt
import http.cookiejar
import random
import re
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, Request
from sqlalchemy import select

from tests import consultation_ground, organiser_ground
from tests.browser.conftest import LiveServer
from tests.browser.post import list_links, read_letters, running_post
from tests.organiser_ground import follow
from tests.poll_ground import Ground, alter_poll, make_open_poll
from tests.trustee_ground import PEOPLE
from voting.demonstration.stage import Stage
from voting.services import casting
from voting.store.database import db
from voting.store.letters import Letter

pytestmark = pytest.mark.browser

HOUR = dt.timedelta(hours=1)
Sweep = Callable[[], object]
KINDS = {
    "invitation", "reminder", "replacement", "receipt", "result", "reset", "scrutineer-invitation",
    "consultation-invitation", "consultation-receipt", "updates-link", "ask-link", "answered",
    "question-withdrawn", "news",
}  # fmt: skip


@pytest.fixture(scope="module")
def more_settings(data_folder: Path) -> Iterator[dict[str, str]]:
    with running_post(data_folder) as settings:
        yield settings


@pytest.fixture(scope="module")
def links(live_server: LiveServer, data_folder: Path) -> list[str]:
    """The links of every kind of letter, sent over SMTP: one vote is open, one published."""
    app = live_server.app
    with ThreadPoolExecutor(1) as executor:
        stage = Stage(app, data_folder / "mail", executor, random.Random(1))
        for ends in (False, True):
            poll = make_open_poll(app)
            now = dt.datetime.now(dt.UTC)
            stage.invite(poll.poll_id, now)
            cast(app, poll)
            stage.sweep(now)
            if ends:
                alter_poll(app, poll, opens_at=now - 3 * HOUR, closes_at=now - HOUR)
                stage.sweep(now)
                stage.count(poll.poll_id, now)
                stage.publish(poll.poll_id, now)
                stage.sweep(now)
        forget_password(app)
        stage.sweep(dt.datetime.now(dt.UTC))
        assert len(read_letters(data_folder)) == 2 * 10 + 2 + 10 + 1
        for write in (write_about_a_vote, write_to_respondents, write_to_readers):
            write(app, data_folder, lambda: stage.sweep(dt.datetime.now(dt.UTC)))
    with app.app_context():
        sent = set(db.session.scalars(select(Letter.kind).where(Letter.state == "sent")))
    assert sent >= KINDS
    return sorted({link for letter in read_letters(data_folder) for link in list_links(letter)})


def write_about_a_vote(app: Flask, _folder: Path, sweep: Sweep) -> None:
    """A reminder, a new link, and what scrutineers are asked."""
    clerk = organiser_ground.sign_in(app)
    poll = organiser_ground.make_frozen(clerk)
    organiser_ground.open_poll(clerk, poll)
    follow(clerk.post(f"{poll}/letters/send/invitation", {"typed": "10", "seen": "0"}))
    follow(clerk.post(f"{poll}/letters/send/reminder", {"typed": "10", "seen": "0"}))
    sweep()
    found = re.search(r'href="([^"]+/new-link)"', clerk.get(f"{poll}/letters/people?find=Ada").text)
    assert found is not None
    form = {"asked": "voter", "reason": "The letter was lost.", "generation": "1"}
    follow(clerk.post(found[1], form))
    clerk = organiser_ground.sign_in(app)
    draft = organiser_ground.make_draft(clerk)
    form = {"key_holding": "scrutineers", "key_size": "3", "threshold": "2"}
    follow(clerk.post(f"{draft}/scrutineers/arrangement", form))
    for name, email, organisation in PEOPLE[:3]:
        typed = {"name": name, "email": email, "organisation": organisation, "language": "en"}
        follow(clerk.post(f"{draft}/scrutineers/new", typed))
    follow(clerk.post(f"{draft}/scrutineers/invite", {"typed": "3"}))
    sweep()


def write_to_respondents(app: Flask, _folder: Path, sweep: Sweep) -> None:
    """An invitation to a consultation, and the receipt of an answer."""
    opened = consultation_ground.open_consultation(app)
    person = consultation_ground.invite(app, opened)
    person.begin()
    single = consultation_ground.find_questions(app, opened)["single"]
    person.post("page/1", {f"q{single}-answer": "2"})
    person.about()
    follow(person.submit())
    sweep()


def write_to_readers(app: Flask, folder: Path, sweep: Sweep) -> None:
    """Links to confirm an address and to ask, an answer, a question withdrawn, and news."""
    clerk = organiser_ground.sign_in(app)
    desk = organiser_ground.make_proposal(clerk)
    organiser_ground.import_roll(clerk, desk)
    organiser_ground.open_page(clerk, desk)
    page = desk.replace("/organiser/proposals/", "/p/")
    reader = organiser_ground.Clerk(app, app.test_client(), "")
    for place, email in (("updates", "reader@elsewhere.example"), ("questions", "sam@example.org")):
        assert reader.post(f"{page}/{place}", {"email": email}).status_code == 200
    sweep()
    asked = [("ask", {"text": text}) for text in ("What about our pensions?", "Is Jo ill?")]
    for place, form in (("updates", {}), *asked):
        links = [link for letter in read_letters(folder) for link in list_links(letter)]
        link = next(link for link in reversed(links) if f"{page}/{place}/" in link)
        assert reader.post(urlsplit(link).path, form).status_code == 200
    answer = {"act": "answer", "answer": "They are kept.", "answered_by": "Olwen Rees, HR"}
    follow(clerk.post(f"{desk}/questions/1", answer))
    why = {"act": "withdraw", "reason": "It tells of a person's health."}
    for form in ({"act": "publish"}, why):
        follow(clerk.post(f"{desk}/questions/2", form))
    news = {"title": "Dates", "text": "A meeting is held.", "typed": "1"}
    follow(clerk.post(f"{desk}/updates", news))
    sweep()


def cast(app: Flask, poll: Ground) -> None:
    voter = poll.electors[0]
    with app.app_context():
        casting.seal_and_cast(
            db.session(),
            poll.election_id,
            voter.elector_id,
            voter.code,
            [[0, 1, 0], [1, 0, 0, 0, 0]],
            now=dt.datetime.now(dt.UTC),
        )
        db.session.commit()


def forget_password(app: Flask) -> None:
    """Ask for a new password, so that its letter is sent as well."""
    clerk = organiser_ground.sign_in(app)
    stranger = organiser_ground.Clerk(app, app.test_client(), clerk.email)
    assert stranger.post("/reset", {"email": clerk.email}).status_code in (200, 302, 303)


def dump(app: Flask) -> list[str]:
    """Everything that the database holds, as SQL."""
    url = app.extensions["voting.settings"].database_url
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return list(connection.iterdump())


def test_the_letters_hold_the_links_that_matter(links: list[str], live_server: LiveServer) -> None:
    assert all(urlsplit(link).netloc == urlsplit(live_server.address).netloc for link in links)
    assert len([link for link in links if "/v/" in link and "#" in link]) >= 4 + 2 + 1
    for place in ("/c/", "/s/", "/updates/", "/ask/", "/stop"):
        assert any(place in link for link in links), place
    assert any(link.endswith("/outcome") for link in links)
    assert any("/reset/" in link for link in links)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_asking_for_every_link_changes_nothing(
    links: list[str], live_server: LiveServer, method: str
) -> None:
    before = dump(live_server.app)
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    for link in links:
        request = urllib.request.Request(link.partition("#")[0], method=method)
        assert open_link(opener, request) in (200, 410), link  # 410: a newer one replaced it
    assert dump(live_server.app) == before
    assert not begins_visit(opener, live_server)


def open_link(opener: urllib.request.OpenerDirector, request: urllib.request.Request) -> int:
    """Read the whole answer; its status."""
    try:
        with opener.open(request, timeout=60) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def begins_visit(opener: urllib.request.OpenerDirector, server: LiveServer) -> bool:
    """Whether the scanner's cookies open the booth of a vote."""
    for poll_id in (1, 2):
        with pytest.raises(urllib.error.HTTPError) as refused:
            opener.open(f"{server.address}/vote/{poll_id}/start", timeout=20)
        refused.value.close()
        if refused.value.code < 400:
            return True
    return False


def is_page(page: Page, address: str) -> bool:
    """Whether a browser shows what is there; else it saves it, and stays where it is."""
    headers = page.context.request.get(address).headers
    kept = headers.get("content-disposition", "").startswith("attachment")
    return headers["content-type"].startswith("text/html") and not kept


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_opening_every_link_in_a_browser_changes_nothing(
    links: list[str],
    live_server: LiveServer,
    open_page: Callable[..., Page],
    scripts: bool,
) -> None:
    before = dump(live_server.app)
    page = open_page(scripts=scripts)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    for link in links:
        page.goto(link)
        page.wait_for_load_state("networkidle")
        for found in page.eval_on_selector_all(
            "main a[href^='/']:not([download])", "all => all.map((a) => a.href)"
        ):
            if is_page(page, found):
                page.goto(found)
    assert {request.method for request in asked} == {"GET"}
    assert dump(live_server.app) == before
    for poll_id in (1, 2):
        answer = page.goto(f"/vote/{poll_id}/start")
        assert answer is not None
        assert answer.status >= 400

"""Programs that open every link of every letter, some with scripts, leave all as it was."""

from __future__ import annotations

import datetime as dt
import http.cookiejar
import random
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

from tests import organiser_ground
from tests.browser.conftest import LiveServer
from tests.browser.post import list_links, read_letters, running_post
from tests.poll_ground import Ground, alter_poll, make_open_poll
from voting.demonstration.stage import Stage
from voting.services import casting
from voting.store.database import db

pytestmark = pytest.mark.browser

HOUR = dt.timedelta(hours=1)


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
    letters = read_letters(data_folder)
    assert len(letters) == 2 * 2 + 2 + 2 + 1
    return sorted({link for letter in letters for link in list_links(letter)})


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
    assert len([link for link in links if "/v/" in link and "#" in link]) == 4
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
        with opener.open(request, timeout=20) as answer:  # raises on a status of 400 and more
            answer.read()
    assert dump(live_server.app) == before
    assert not begins_visit(opener, live_server)


def begins_visit(opener: urllib.request.OpenerDirector, server: LiveServer) -> bool:
    """Whether the scanner's cookies open the booth of a vote."""
    for poll_id in (1, 2):
        with pytest.raises(urllib.error.HTTPError) as refused:
            opener.open(f"{server.address}/vote/{poll_id}/start", timeout=20)
        refused.value.close()
        if refused.value.code < 400:
            return True
    return False


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
            if not found.endswith((".json", ".csv", ".bel")):
                page.goto(found)
    assert {request.method for request in asked} == {"GET"}
    assert dump(live_server.app) == before
    for poll_id in (1, 2):
        answer = page.goto(f"/vote/{poll_id}/start")
        assert answer is not None
        assert answer.status >= 400

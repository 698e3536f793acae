"""What must never be on a public page: who is on the roll, who voted, anything that runs."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from contextlib import closing
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import organiser_ground as ground
from tests.organiser_ground import follow, publish_outcome
from tests.web.public.ground import (
    PAYLOAD,
    SHORT,
    STATES,
    Site,
    list_trackers,
    look_up,
)


def list_pages(site: Site, state: str) -> list[str]:
    path = site.path(state)
    pages = ["/", site.proposal(state), path, f"{path}/ballot-box"]
    return [*pages, f"{path}/ballot-box?constituency=users", f"{path}/outcome"]


@pytest.mark.parametrize("state", STATES)
def test_no_public_page_tells_who_is_on_the_roll_or_who_voted(
    site: Site, client: FlaskClient, state: str
) -> None:
    for page in (*list_pages(site, state), f"{site.path(state)}/outcome.json"):
        text = client.get(page).text
        for trace in ("Person ", "Reader ", "@example.org", "@users.example", site.clerk.email):
            assert trace not in text, f"{page} holds {trace!r}"


class Tags(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_inert(answer: TestResponse) -> None:
    tags = Tags()
    tags.feed(answer.text)
    for tag, attributes in tags.found:
        assert tag not in ("img", "iframe", "object", "embed"), tag
        assert not [name for name in attributes if name.startswith("on")], attributes
        assert not (attributes.get("href") or "").lower().startswith(("javascript:", "data:"))
        if tag == "script":
            assert (attributes.get("src") or "").startswith("/static/")
            assert attributes.get("nonce")


@pytest.fixture(scope="module")
def hostile(site: Site) -> Site:
    """A published vote with script in every field that its organiser could fill in."""
    clerk = ground.sign_in(site.app)
    fields = ("title", "organisation", "deciding", "still_open", "contact_name")
    form = dict.fromkeys((*fields, "scrutineer_contact"), PAYLOAD) | {"contact_phone": SHORT}
    path = follow(clerk.post("/organiser/new-proposal", ground.proposal_form(**form)))
    follow(clerk.post(f"{path}/new-constituency", {"name": f"Staff {PAYLOAD}"}))
    code = re.findall(rf"{path}/roll/([a-z0-9-]+)/upload", clerk.get(path).text)[0]
    preview = follow(clerk.send_roll(f"{path}/roll/{code}/upload", ground.LARGER_ROLL))
    follow(clerk.post(f"{preview}/confirm"))
    poll = follow(clerk.post(f"{path}/new-vote", {"title": PAYLOAD}))
    follow(clerk.post(f"{poll}/details", {"title": PAYLOAD, "introduction": PAYLOAD}))
    named = (f"=stay{PAYLOAD}", f"a{PAYLOAD}")  # one must keep things as they are
    options = [(name, *[PAYLOAD] * 3, "javascript:alert(1)") for name in named]
    question = ground.question_form(*options, text=f"=1+1{PAYLOAD}")
    follow(clerk.post(f"{poll}/questions/new", question))
    follow(clerk.post(f"{poll}/dates", ground.dates_form()))
    follow(clerk.post(f"{poll}/settings", {"group": "Ed25519", "show_ballot_count": "y"}))
    follow(clerk.post(f"{poll}/freeze"))
    ground.open_poll(clerk, poll)
    ground.cast_votes(clerk, poll, [0, 0, 1])
    longer = ground.dates_form(reason=PAYLOAD)
    follow(clerk.post(f"{poll}/conduct/extend", longer))
    ground.close_poll(clerk, poll)
    ground.count_poll(clerk, poll)
    publish_outcome(clerk, poll)
    return Site(site.app, clerk, {"published": poll})


def test_script_in_any_field_is_shown_as_text(hostile: Site, client: FlaskClient) -> None:
    for path in list_pages(hostile, "published"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "&lt;script&gt;alert(1)" in answer.text
        assert_inert(answer)
    digits = list_trackers(hostile, "published")[0].digits
    found = look_up(client, digits)
    assert "&lt;script&gt;alert(1)" in found.text
    assert_inert(found)
    assert_inert(look_up(client, PAYLOAD))
    commissioner = ground.sign_in(hostile.app, "commissioner")
    assert_inert(commissioner.get("/commissioner/"))


def test_no_cell_of_the_table_is_a_formula(hostile: Site, client: FlaskClient) -> None:
    text = client.get(f"{hostile.path('published')}/outcome.csv").text
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert any("=1+1" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def dump(site: Site) -> list[str]:
    """Everything that the database holds, as SQL."""
    url = site.app.extensions["voting.settings"].database_url
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return list(connection.iterdump())


def test_reading_every_page_changes_nothing(site: Site, client: FlaskClient) -> None:
    before = dump(site)
    for state in STATES:
        for page in list_pages(site, state):
            client.get(page)
            client.head(page)
    look_up(client, list_trackers(site, "published")[0].digits)
    assert dump(site) == before

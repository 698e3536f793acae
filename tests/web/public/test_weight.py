"""Every page that a voter meets is light with all it loads, and asks nothing of another host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import consultation_ground
from tests.poll_ground import make_open_poll
from tests.ranked_ground import ask_all_kinds, ask_board
from tests.web.public.ground import Site, list_trackers, look_up
from tests.web.public.test_secrecy import list_pages
from tests.web.voter.conftest import Voter
from voting.web import errors

HEAVIEST = 100_000
STATIC = Path(errors.__file__).parents[1].resolve() / "static"
LOADED = {
    "script": "src", "link": "href", "img": "src", "image": "href", "use": "href",
    "source": "src", "audio": "src", "video": "src", "iframe": "src", "embed": "src",
    "object": "data", "input": "src", "track": "src",
}  # fmt: skip
IMPORTED = re.compile(r"""(?:\bfrom|\bimport|\bimport\(|new URL\()\s*["'](\.[^"']+)["']""")
Page = tuple[str, TestResponse]


class Loads(HTMLParser):
    """The addresses that a browser asks for by itself when it shows a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not {"srcset", "background", "ping", "manifest"} & given.keys(), tag
        address = given.get(LOADED.get(tag, "")) or ""
        elsewhere = tag == "link" and given.get("rel") in ("alternate", "canonical")
        if address and not elsewhere and not address.startswith(("#", "data:")):
            self.found.add(address)


def follow_imports(waiting: list[Path]) -> set[Path]:
    """These files and all that they load."""
    found: set[Path] = set()
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        text = one.read_text()
        assert "@import" not in text, one
        assert not re.search(r"""url\(["']?(?!data:)""", text), one
        text = text.replace("http://www.w3.org/2000/svg", "")  # a name, and no address
        assert not re.search(r"""["'`](https?:)?//[a-z0-9]""", text), one
        waiting += [(one.parent / name).resolve() for name in IMPORTED.findall(text)]
    return found


def weigh(client: FlaskClient, page: TestResponse) -> int:
    """Bytes of a page with every script, style and picture, those of the sealing worker too."""
    loaded = Loads(page.text).found
    assert all(address.startswith("/static/") for address in loaded), loaded
    files = [STATIC / address.removeprefix("/static/").partition("?")[0] for address in loaded]
    names = sorted(str(one.relative_to(STATIC)) for one in follow_imports(files))
    return len(page.data) + sum(measure(client, name) for name in names)


@cache
def measure(client: FlaskClient, name: str) -> int:
    """Bytes of a static file as a browser is sent them."""
    with client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip, deflate, br"}) as answer:
        assert answer.status_code == 200
        return len(answer.data)


def public_pages(site: Site) -> Iterator[Page]:
    client = site.app.test_client()
    for state in site.polls.keys() - {"draft"}:
        for path in list_pages(site, state):
            yield path, client.get(path)
    told = ("how-it-works", "check-vote", "accessibility", "privacy", "cookies", "nowhere", "v/x")
    for path in told:
        yield path, client.get(f"/{path}")
    for typed in ("", "1" * 25, list_trackers(site, "published")[-1].digits or ""):
        yield f"check-vote {typed}", look_up(client, typed)


def booth_pages(site: Site) -> Iterator[Page]:
    for ask, questions in ((None, 2), (ask_all_kinds, 3), (ask_board, 1)):
        poll = make_open_poll(site.app, ask=ask)
        voter = Voter(site.app.test_client(), poll, poll.electors[0])
        for place, page in walk_booth(voter, range(1, questions + 1)):
            yield f"{getattr(ask, '__name__', 'chosen')} {place}", page


def walk_booth(voter: Voter, numbers: range) -> Iterator[Page]:
    yield "landing", voter.client.get(voter.ballot.path)
    voter.arrive()
    places = [f"{kind}/{n}" for n in numbers for kind in ("background", "question")]
    for place in ("start", "code", "plain", *places):
        yield place, voter.get(place)
    voter.agree()
    for n in numbers:
        yield f"error/{n}", voter.post(f"question/{n}")
        voter.post(f"question/{n}", choice="blank")
    yield "check", voter.get("check")
    voter.post("check")
    for place in ("receipt", "check", "start"):
        yield f"{place} after", voter.get(place)


def consultation_pages(site: Site) -> Iterator[Page]:
    opened = consultation_ground.open_consultation(site.app)
    person = consultation_ground.invite(site.app, opened)
    yield "invitation", person.client.get(f"/c/{person.token}")
    person.begin()
    with site.app.app_context():
        numbers = range(1, len(consultation_ground.find_questions(site.app, opened)) + 1)
    for place in ("start", *(f"page/{n}" for n in numbers), "about", "check"):
        page = person.get(place)
        if page.status_code != 404:
            yield place, page


@pytest.mark.parametrize("pages", [public_pages, booth_pages, consultation_pages])
def test_every_page_of_a_voter_is_light_and_loads_only_from_here(
    site: Site, client: FlaskClient, pages: Callable[[Site], Iterator[Page]]
) -> None:
    weights = {}
    for name, page in pages(site):
        if page.status_code in (301, 302, 303):
            continue
        assert page.status_code in (200, 404, 409, 422), (name, page.status_code)
        weights[name] = weigh(client, page)
    heavy = {name: weight for name, weight in weights.items() if weight >= HEAVIEST}
    assert not heavy
    assert len(weights) >= {"public_pages": 30, "booth_pages": 35}.get(pages.__name__, 5)

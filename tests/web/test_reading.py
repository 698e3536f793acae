"""Updates by double opt-in, stopped by one POST; questions asked by the link of a letter."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask import Flask

from tests import organiser_ground as ground
from tests.organiser_ground import Clerk, follow, list_errors
from tests.reading_ground import (
    STAFF,
    STRANGER,
    ask,
    desk_of,
    find_link,
    make_visitor,
    open_page,
    read_letters,
    subscribe,
)
from voting.services.correspondence import Unwanted
from voting.store.database import db
from voting.store.readers import Enquiry, Reader
from voting.web.hub import get_time

PAYLOAD = "\"'></title></textarea><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def page(app: Flask) -> tuple[Clerk, str]:
    return open_page(app)


def test_updates_need_a_confirmation_that_is_pressed(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    visitor = make_visitor(clerk.app)
    visitor.post(f"{path}/updates", {"email": STRANGER})
    visitor.post(f"{path}/updates", {"email": STRANGER.upper()})
    [letter] = read_letters(clerk.app, "updates-link")
    assert letter["List-Unsubscribe"] is None
    for _scanner in range(2):
        assert visitor.get(find_link(letter)).status_code == 200
    with clerk.app.app_context():
        assert db.session.query(Reader).one().wants_updates is False
    news = {"title": "Dates", "text": "A meeting is held.", "typed": "0"}
    follow(clerk.post(f"{desk_of(path)}/updates", news))
    assert read_letters(clerk.app, "news") == []

    visitor.post(find_link(letter))

    assert clerk.post(f"{desk_of(path)}/updates", news).status_code == 422
    follow(clerk.post(f"{desk_of(path)}/updates", news | {"typed": "1", "title": "More"}))
    [told] = read_letters(clerk.app, "news")
    assert told["Subject"] == "Update: More (The future of Northmoor Leisure)"
    assert "A meeting is held." in visitor.get(f"{path}/updates").text


def test_p2_one_post_stops_updates_without_form_or_cookie(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    subscribe(clerk.app, path)
    text = "A meeting is held.\r\n\r\nAt six.\r\nTea at five."
    news = {"title": "Dates", "text": text, "typed": "1"}
    follow(clerk.post(f"{desk_of(path)}/updates", news))
    [told] = read_letters(clerk.app, "news")
    lines = told.get_body(("plain",)).get_content()
    assert "this proposal: The future of Northmoor Leisure" in lines
    assert "\nA meeting is held.\n\nAt six.\nTea at five.\n\n" in lines
    assert told.get_body(("html",)).get_content().count("<br>") > 1
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = told["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    program = clerk.app.test_client()
    assert program.get(address).status_code == 200
    with clerk.app.app_context():
        assert db.session.query(Reader).one().wants_updates is True

    answer = program.post(address, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    with clerk.app.app_context():
        assert db.session.query(Reader).one().wants_updates is False
    with pytest.raises(Unwanted):
        read_letters(clerk.app, "news")


def test_who_is_on_a_roll_asks_and_nobody_learns_who_is(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    visitor = make_visitor(clerk.app)
    known = visitor.post(f"{path}/questions", {"email": STAFF}).text
    unknown = visitor.post(f"{path}/questions", {"email": STRANGER}).text
    strip = re.compile(r'(nonce|value)="[^"]*"')
    assert strip.sub("", known) == strip.sub("", unknown)
    assert [m["To"] for m in read_letters(clerk.app, "ask-link")] == [STAFF]
    texts = ground.PAGE_TEXTS | {"public_may_ask": "y"}
    follow(clerk.post(f"{desk_of(path)}/page/texts", texts))
    visitor.post(f"{path}/questions", {"email": STRANGER})
    assert len(read_letters(clerk.app, "ask-link")) == 2


@pytest.mark.parametrize("email", ["", "sam", "a@b", "x" * 300 + "@example.org", "a\r\nb@c.org"])
def test_what_is_no_address_is_named_and_kept(page: tuple[Clerk, str], email: str) -> None:
    clerk, path = page
    for where in ("updates", "questions"):
        refused = make_visitor(clerk.app).post(f"{path}/{where}", {"email": email})
        assert refused.status_code == 422
        assert "Enter an email address in the correct format" in " ".join(list_errors(refused))
    with clerk.app.app_context():
        assert db.session.query(Reader).count() == 0


def test_bad_questions_and_bad_links_store_nothing(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    visitor = make_visitor(clerk.app)
    visitor.post(f"{path}/questions", {"email": STAFF})
    link = find_link(read_letters(clerk.app, "ask-link")[0])
    for text in ("", " \n", "x" * 2001, "a\x00b"):
        assert visitor.post(link, {"text": text}).status_code == 422
    middle = link[-20]  # the last sign of a signature also holds bits that mean nothing
    spoilt = f"{link[:-20]}{'a' if middle != 'a' else 'b'}{link[-19:]}"
    for broken in (spoilt, f"{path}/ask/nonsense"):
        assert visitor.get(broken).status_code == 404
        assert visitor.post(broken, {"text": "Why?"}).status_code == 404
    assert clerk.app.test_client().post(link, data={"text": "Why?"}).status_code == 419
    with clerk.app.app_context():
        assert db.session.query(Enquiry).count() == 0
    for _question in range(5):
        assert visitor.post(link, {"text": "Why?"}).status_code == 200
    assert visitor.post(link, {"text": "Why?"}).status_code == 422


def test_scripts_in_questions_answers_and_updates_are_inert(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    ask(clerk.app, path, PAYLOAD)
    subscribe(clerk.app, path)
    answer = {"act": "answer", "answer": PAYLOAD, "answered_by": PAYLOAD}
    follow(clerk.post(f"{desk_of(path)}/questions/1", answer))
    news = {"title": PAYLOAD, "text": PAYLOAD, "typed": "1"}
    follow(clerk.post(f"{desk_of(path)}/updates", news))
    visitor = make_visitor(clerk.app)
    pages = [visitor.get(f"{path}{end}").text for end in ("", "/questions", "/updates")]
    pages += [clerk.get(f"{desk_of(path)}{end}").text for end in ("/questions", "/questions/1")]
    [letter] = read_letters(clerk.app, "news")
    pages.append(letter.get_body(("html",)).get_content())
    for told in pages:
        assert "<script>alert" not in told
        assert "<img src=x" not in told


def test_only_its_organiser_answers_and_sends(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    ask(clerk.app, path, "Why?")
    roles = (
        (ground.sign_in(clerk.app), 404),
        (ground.sign_in(clerk.app, "commissioner"), 403),
        (make_visitor(clerk.app), 419),
    )
    for other, status in roles:
        for end, form in (("questions/1", {"act": "publish"}), ("updates", {"title": "x"})):
            assert other.post(f"{desk_of(path)}/{end}", form).status_code == status


def send_in(app: Flask, language: str, path: str, email: str) -> str:
    """Ask for a link in this language; what the page says."""
    visitor, own = app.test_client(), {"Accept-Language": language}
    token = ground.TOKEN.search(visitor.get(path, headers=own).text)
    assert token is not None
    answer = visitor.post(path, data={"csrf_token": token[1], "email": email}, headers=own)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_a_welsh_reader_gets_welsh_letters(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    send_in(clerk.app, "cy", f"{path}/updates", STRANGER)
    [letter] = read_letters(clerk.app, "updates-link")
    assert "Cadarnhewch" in letter["Subject"]


@pytest.mark.parametrize("end", ["updates", "questions"])
def test_who_asks_again_within_the_hour_is_told_that_no_second_letter_comes(
    page: tuple[Clerk, str], monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    clerk, path = page
    now = get_time().replace(minute=5)
    monkeypatch.setattr("voting.web.reading.get_time", lambda: now)
    kind = {"updates": "updates-link", "questions": "ask-link"}[end]
    said = {
        "en": "or try again in an hour.",
        "cy": "neu rhowch gynnig arall arni ymhen awr.",
    }
    for language, words in said.items():
        assert words in send_in(clerk.app, language, f"{path}/{end}", STAFF)
    assert len(read_letters(clerk.app, kind)) == 1

    now += dt.timedelta(hours=1)
    send_in(clerk.app, "en", f"{path}/{end}", STAFF)

    assert len(read_letters(clerk.app, kind)) == 2

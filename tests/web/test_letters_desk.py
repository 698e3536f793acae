"""The demonstration's letters: readable there, their links intact, and absent elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import make_environment
from voting.app import create_app
from voting.config import load_settings
from voting.store.database import db
from voting.web import letters_desk

LINK = "http://localhost/v/WzEsMSwxXQ.abc-DEF_1#QgGQN-JuHmEr-7dpgr-2Qw1ay"
PAYLOAD = "</title><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "mail"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def desk(tmp_path: Path, folder: Path) -> Iterator[FlaskClient]:
    app = create_app(load_settings(make_environment(tmp_path / "data", VOTING_DEMO="1")))
    with app.app_context():
        db.create_all()
    yield app.test_client()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def keep(folder: Path, number: int, *, to: str, subject: str, text: str = "") -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "votes@example.org", to, subject
    letter.set_content(text or f"Dear voter,\n\n{LINK}\n\nThe organisers\n")
    letter.add_alternative("<p>Dear voter</p>", subtype="html")
    (folder / f"{number:08}.eml").write_bytes(letter.as_bytes())


def list_subjects(page: str) -> list[str]:
    found = re.findall(r'<a href="/letters/[0-9]+">(.*?)<span', page, re.DOTALL)
    return [unescape(subject) for subject in found]


def test_a_service_that_is_no_demonstration_has_no_such_page(client: FlaskClient) -> None:
    assert client.get("/letters/").status_code == 404
    assert client.get("/letters/1").status_code == 404


def test_an_empty_box_says_so(desk: FlaskClient) -> None:
    assert "No letter has been sent yet." in desk.get("/letters/").text
    found = desk.get("/letters/?find=nobody").text
    assert "No letter has been sent that contains these words yet." in " ".join(found.split())


def test_letters_stand_newest_first_and_are_found_by_address_and_subject(
    desk: FlaskClient, folder: Path
) -> None:
    keep(folder, 1, to="sam@example.org", subject="Vote by Friday")
    keep(folder, 2, to="ada@example.org", subject="The outcome")
    assert list_subjects(desk.get("/letters/").text) == ["The outcome", "Vote by Friday"]
    assert list_subjects(desk.get("/letters/?find=SAM@").text) == ["Vote by Friday"]
    assert list_subjects(desk.get("/letters/?find=outcome").text) == ["The outcome"]


def test_many_letters_are_shown_in_pages(
    desk: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters_desk, "PAGE", 2)
    for number in range(1, 6):
        keep(folder, number, to="sam@example.org", subject=f"Letter {number}")
    shown, path = [], "/letters/"
    for _page in range(3):
        page = desk.get(unescape(path)).text
        shown += list_subjects(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1] if following else path
    assert shown == [f"Letter {number}" for number in (5, 4, 3, 2, 1)]
    assert 'rel="prev"' in page


def test_the_link_in_a_letter_is_a_link_with_its_code(desk: FlaskClient, folder: Path) -> None:
    keep(folder, 1, to="sam@example.org", subject="Vote by Friday")
    page = desk.get("/letters/1").text
    assert f'<a href="{LINK}">{LINK}</a>' in page
    assert "sam@example.org" in page


def test_a_letter_with_script_in_it_is_shown_as_text(desk: FlaskClient, folder: Path) -> None:
    text = f'{PAYLOAD} http://localhost/"onmouseover="alert(1) javascript:alert(1)\n'
    keep(folder, 1, to="sam@example.org", subject=PAYLOAD, text=text)
    for path in ("/letters/", "/letters/1", "/letters/?find=%3Cscript%3E"):
        page = desk.get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert not re.search(r'<[^>]*"\s*onmouseover=', page)
        assert 'href="javascript' not in page


@pytest.mark.parametrize("number", ["0", "2", "99999999", "100000000", "9" * 400])
def test_a_letter_that_is_not_there_has_a_page(
    desk: FlaskClient, folder: Path, number: str
) -> None:
    keep(folder, 1, to="sam@example.org", subject="Vote by Friday")
    assert desk.get(f"/letters/{number}").status_code == 404


@pytest.mark.parametrize("query", [f"page={10**30}", "page=-1", "page=x", "find=%00"])
def test_an_address_made_up_by_hand_breaks_nothing(
    desk: FlaskClient, folder: Path, query: str
) -> None:
    keep(folder, 1, to="sam@example.org", subject="Vote by Friday")
    assert desk.get(f"/letters/?{query}").status_code == 200


def test_reading_letters_starts_no_visit(desk: FlaskClient, folder: Path, app: Flask) -> None:
    keep(folder, 1, to="sam@example.org", subject="Vote by Friday")
    desk.get("/letters/1")
    with desk.session_transaction() as kept:
        assert set(kept) <= {"csrf_token", "language"}

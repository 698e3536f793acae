"""Letters of a vote in two languages (requirement W1): each in its reader's, all in one run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from tests.bilingual_ground import ask_one, welsh
from tests.conftest import make_environment
from tests.poll_ground import Ground, make_open_poll
from voting.app import create_app
from voting.config import load_settings
from voting.jobs.letters import LetterPost
from voting.services import correspondence
from voting.store.database import db
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.roll import Elector

TITLE = "Forming a mutual"
CONTACT = "Northmoor branch of the union, 01632 960002"


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(load_settings(make_environment(tmp_path_factory.mktemp("data"))))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def read_body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def make_ground(app: Flask) -> Ground:
    """An open vote in both languages; the second of its electors reads Welsh."""
    ground = make_open_poll(app, ask=ask_one)
    db.session.get_one(Elector, ground.electors[1].elector_id).language = "cy"
    db.session.commit()
    return ground


@pytest.mark.parametrize("kind", ["invitation", "reminder"])
def test_w1_one_run_owes_each_elector_a_letter_in_their_own_language(app: Flask, kind: str) -> None:
    ground = make_ground(app)
    session, now = db.session(), dt.datetime.now(dt.UTC)
    poll = session.get_one(Poll, ground.poll_id)
    preview = correspondence.preview_bulk(session, poll, kind)
    told = 1 if kind == "invitation" else None  # a reminder's would tell whether one has voted
    assert (preview.total, preview.in_welsh) == (10, told)
    assert preview.welsh is not None
    assert TITLE in preview.sample.subject
    assert welsh(TITLE) in preview.welsh.subject

    assert correspondence.queue_bulk(session, poll, kind, typed="10", now=now) == 10

    letters = list(session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id)))
    assert [letter.language for letter in letters] == ["en", "cy", *["en"] * 8]
    assert {letter.due_at for letter in letters} == {letters[0].due_at}
    english, cymraeg = (
        correspondence.write_letter(session, letter.id, post=LetterPost(app), now=now)
        for letter in letters[:2]
    )
    assert "Gymraeg" not in english.as_string()
    assert TITLE in english["Subject"]
    assert welsh(TITLE) in cymraeg["Subject"]
    for form in ("plain", "html"):
        told = read_body(cymraeg, form)
        assert welsh(TITLE) in told
        assert welsh(CONTACT) in told
        assert ground.electors[1].link.partition("#")[0] in told
        assert CONTACT in read_body(english, form)
    assert f'lang="{"cy"}"' in read_body(cymraeg, "html")


def test_a_vote_in_english_alone_is_previewed_and_tested_in_english(app: Flask) -> None:
    ground = make_open_poll(app)
    poll = db.session.get_one(Poll, ground.poll_id)
    assert correspondence.preview_bulk(db.session(), poll, "invitation").welsh is None

"""E1: the questions about equality after a consultation, offered apart and counted alone."""

from __future__ import annotations

import datetime as dt

from flask import Flask

from tests.consultation_ground import Respondent
from tests.organiser_ground import follow
from tests.web.voter.test_answers import finish
from voting.jobs.letters import LetterPost
from voting.services.correspondence.consulting import write_any
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.equality import read_counts
from voting.store.letters import Letter


def test_e1_equality_answers_are_counts_and_nothing_else(
    app: Flask, opened: int, person: Respondent
) -> None:
    assert follow_location(person, "equality") is None
    finish(app, opened, person)
    page = person.get("equality").text
    assert page.count("Prefer not to say") == 10  # every question has it
    wrong = person.post("equality", {"age": "forty"})
    assert wrong.status_code == 422
    follow(person.post("equality", {"age": "35-44", "sex": "prefer-not-to-say"}))
    follow(person.post("equality", {"age": "25-34"}))  # sent twice: counted once
    with app.app_context():
        assert read_counts(db.session(), opened) == {
            "age": {"35-44": 1},
            "sex": {"prefer-not-to-say": 1},
        }


def test_e1_who_closed_the_page_finds_the_questions_about_them_again_by_their_link(
    app: Flask, opened: int, person: Respondent
) -> None:
    finish(app, opened, person)
    offered = person.path + "/equality"
    with app.app_context():
        [receipt] = db.session.query(Letter).filter_by(
            kind="consultation-receipt", participant_id=person.participant_id
        )
        message = write_any(db.session(), receipt.id, post=LetterPost(app), now=receipt.due_at)
    text = message.get_body(("plain",)).get_content()
    assert f"/c/{person.token}" in text
    assert "open your link, press Continue" in text
    person.client = app.test_client()  # another browser, or the same one a day later
    follow(person.send(f"/c/{person.token}"))
    assert offered in person.get("start").text
    assert offered in person.get("sent").text
    follow(person.post("equality", {"sex": "female"}))
    assert offered not in person.get("start").text
    assert follow_location(person, "equality") == f"{person.path}/sent"
    person.client = app.test_client()
    follow(person.send(f"/c/{person.token}"))
    with app.app_context(), transaction(db.session()) as session:
        session.get_one(Consultation, opened).closes_at = dt.datetime.now(dt.UTC)
    assert offered not in person.get("sent").text
    late = person.post("equality", {"sex": "male"})
    assert late.status_code == 409
    assert "This consultation has closed" in late.text
    with app.app_context():
        assert read_counts(db.session(), opened) == {"sex": {"female": 1}}


def follow_location(person: Respondent, page: str) -> str | None:
    """Where a page leads, or None when it cannot be seen at all."""
    return person.get(page).headers.get("Location")

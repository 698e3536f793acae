"""The scrutineer's desk by plain requests: links, visits, approval, lost keys."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories_polls import make_draft
from tests.trustee_ground import arrange, invite
from tests.web.pages import csrf_token
from voting.services import trustees
from voting.store.database import db
from voting.store.letters import Letter
from voting.store.trustees import Scrutineer


@pytest.fixture
def ids(app: Flask) -> list[int]:
    """Three scrutineers who are invited to make their keys."""
    with app.app_context():
        draft = make_draft(db.session())
        arrange(db.session(), draft)
        people = invite(db.session(), draft)
        db.session.commit()
        return [person.id for person in people]


def link_of(app: Flask, scrutineer_id: int, generation: int = 1) -> str:
    return f"/s/{app.extensions['voting.links'].scrutineer_token(scrutineer_id, generation)}"


def visit(app: Flask, client: FlaskClient, scrutineer_id: int) -> str:
    """Follow the link and press Continue; the address of the desk."""
    token = csrf_token(client, "/check-vote")
    answer = client.post(link_of(app, scrutineer_id), data={"csrf_token": token})
    assert answer.status_code == 303
    return str(answer.location)


def test_opening_the_link_changes_nothing_and_continue_begins_a_visit(
    app: Flask, client: FlaskClient, ids: list[int]
) -> None:
    page = client.get(link_of(app, ids[0]))
    assert page.status_code == 200
    assert "Una Price" in page.text
    assert client.get(f"/scrutineer/{ids[0]}").status_code == 403
    desk = visit(app, client, ids[0])
    assert "You will be asked" not in client.get(desk).text
    assert client.get(desk).status_code == 200
    assert client.get(f"/scrutineer/{ids[1]}").status_code == 403


def test_links_that_were_not_made_here_or_are_void_do_not_work(
    app: Flask, client: FlaskClient, ids: list[int]
) -> None:
    assert client.get("/s/nonsense").status_code == 404
    voter = app.extensions["voting.links"].voter_token(1, ids[0], 1)
    assert client.get(f"/s/{voter}").status_code == 404
    desk = visit(app, client, ids[0])
    with app.app_context():
        person = db.session.get(Scrutineer, ids[0])
        kept = {"name": person.name, "organisation": person.organisation}
        trustees.update_scrutineer(db.session(), person, email="new@watchers.example", **kept)
        db.session.commit()
    assert client.get(link_of(app, ids[0])).status_code == 403
    assert client.get(desk).status_code == 403
    assert client.get(link_of(app, ids[0], 2)).status_code == 200


def test_the_letter_carries_the_link_and_nothing_else_that_is_secret(
    app: Flask, ids: list[int]
) -> None:
    with app.app_context():
        letter = db.session.query(Letter).filter_by(scrutineer_id=ids[0]).one()
        assert "link" not in letter.details


def test_nothing_can_be_approved_before_the_freeze_and_no_key_is_lost_before_it_is_made(
    app: Flask, client: FlaskClient, ids: list[int]
) -> None:
    desk = visit(app, client, ids[0])
    assert client.get(f"{desk}/approve").status_code == 409
    token = csrf_token(client, "/check-vote")
    answer = client.post(f"{desk}/lost", data={"csrf_token": token, "sure": "y"})
    assert answer.status_code == 409

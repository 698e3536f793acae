"""Stopping reminders: by a button, or by the one POST of a mail program (RFC 8058)."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.poll_ground import Ground
from voting.store.database import db
from voting.store.roll import Credential, Elector

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def wants(app: Flask, elector_id: int) -> bool:
    with app.app_context():
        return db.session.get_one(Elector, elector_id).wants_reminders


def test_one_post_without_cookie_or_form_stops_reminders(
    app: Flask, client: FlaskClient, poll: Ground
) -> None:
    voter, other = poll.electors
    for _ in range(2):
        answer = client.post(f"{voter.path}/stop", data=ONE_CLICK)
        assert answer.status_code == 200
    assert "You will get no more reminders" in answer.text
    assert not wants(app, voter.elector_id)
    assert wants(app, other.elector_id)
    with app.app_context():
        assert db.session.query(Credential).filter_by(elector_id=voter.elector_id).count() == 1
    assert client.get(voter.path).status_code == 200


def test_opening_the_page_stops_nothing(app: Flask, client: FlaskClient, poll: Ground) -> None:
    voter = poll.electors[0]
    page = client.get(f"{voter.path}/stop")
    assert "Stop reminders" in page.text
    assert wants(app, voter.elector_id)


def test_a_link_that_was_not_made_here_stops_nothing(
    app: Flask, client: FlaskClient, poll: Ground
) -> None:
    voter = poll.electors[0]
    for path in ("/v/nonsense/stop", f"{voter.path[:-5]}xxxxx/stop"):
        assert client.post(path, data=ONE_CLICK).status_code == 404
        assert client.get(path).status_code == 404
    assert wants(app, voter.elector_id)


def test_a_replaced_link_still_stops_reminders(
    app: Flask, client: FlaskClient, poll: Ground
) -> None:
    voter = poll.electors[0]
    with app.app_context():
        db.session.get_one(Elector, voter.elector_id).link_generation += 1
        db.session.commit()
    assert client.post(f"{voter.path}/stop", data=ONE_CLICK).status_code == 200
    assert not wants(app, voter.elector_id)


def test_the_page_is_in_welsh_for_a_reader_of_welsh(
    app: Flask, client: FlaskClient, poll: Ground
) -> None:
    voter = poll.electors[0]
    with app.app_context():
        db.session.get_one(Elector, voter.elector_id).language = "cy"
        db.session.commit()
    assert "Atal nodiadau atgoffa" in client.get(f"{voter.path}/stop").text

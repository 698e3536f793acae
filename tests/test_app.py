"""The roof: no route without a guard, and what machines and browsers ask of any service."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from voting import app as roof
from voting.config import Settings
from voting.store.database import db
from voting.web import health
from voting.web.access import check_guards, guard


def test_a_route_without_a_guard_stops_the_start(app: Flask) -> None:
    open_door = Blueprint("open_door", __name__)
    open_door.add_url_rule("/open", "view", lambda: "in")
    app.register_blueprint(open_door)
    with pytest.raises(RuntimeError, match=r"/open .*has no guard"):
        check_guards(app)


def test_a_route_on_the_application_itself_stops_the_start(app: Flask) -> None:
    app.add_url_rule("/bare", "bare", lambda: "in")
    with pytest.raises(RuntimeError, match=r"/bare .*has no guard"):
        check_guards(app)


def test_a_route_for_electors_must_say_which(app: Flask) -> None:
    side = Blueprint("side", __name__)
    guard(side, "elector")
    side.add_url_rule("/side", "view", lambda: "in")
    app.register_blueprint(side)
    with pytest.raises(RuntimeError, match="which elector"):
        check_guards(app)


def test_create_app_checks_the_guards(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded = Blueprint("health", __name__)
    unguarded.add_url_rule("/healthz", "healthz", lambda: "ok")
    monkeypatch.setattr(health, "blueprint", unguarded)
    with pytest.raises(RuntimeError, match="has no guard"):
        roof.create_app(settings)


def test_every_route_of_the_service_is_guarded(app: Flask) -> None:
    check_guards(app)
    assert len(list(app.url_map.iter_rules())) > 40


def test_the_process_says_that_it_lives_and_that_it_can_work(client: FlaskClient) -> None:
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 200)


def test_without_tables_it_lives_but_cannot_work(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.drop_all()
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)


def test_static_files_are_kept_by_version_only(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = app.url_for("static", filename="site.css")
    versioned, bare = client.get(address), client.get("/static/site.css")
    assert "immutable" in versioned.headers["Cache-Control"]
    assert bare.headers["Cache-Control"] == "public, no-cache"
    versioned.close()
    bare.close()


def test_every_template_can_be_parsed(app: Flask) -> None:
    for name in app.jinja_env.list_templates():
        if not name.startswith("mail/"):
            app.jinja_env.get_template(name)

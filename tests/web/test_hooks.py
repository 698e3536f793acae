"""Around each request: one transaction, headers, limits, pages of our own, a quiet log."""

from __future__ import annotations

import io
import logging
import re
from html import unescape

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.exceptions import HTTPException, default_exceptions

from tests.web.pages import csrf_token
from voting.belenios.errors import InvalidProof
from voting.domain.errors import BadInput, Closed, Conflict, FieldError, Forbidden, NotFound
from voting.store.accounts import Role
from voting.store.database import db
from voting.web.access import guard

ANSWERS = ["/", "/sign-in", "/nowhere", "/v/no-such-link", "/static/site.css", "/healthz"]


@pytest.fixture
def planted(app: Flask) -> FlaskClient:
    """The service with a few views that do what a test needs."""
    plant = Blueprint("plant", __name__)
    guard(plant, "public")

    def store(name: str) -> None:
        db.session.add(Role(name=name))
        db.session.flush()

    @plant.route("/keep", methods=["GET", "POST"])
    def keep() -> str:
        store("kept")
        return "kept"

    @plant.post("/fault")
    def fault() -> str:
        store("fault")
        raise ZeroDivisionError("a secret stands here")

    @plant.post("/answer/<int:status>")
    def answer(status: int) -> tuple[str, int]:
        store("answered")
        return "said no", status

    @plant.get("/abort/<int:status>")
    def end(status: int) -> None:
        fault = HTTPException()
        fault.code = status
        raise default_exceptions.get(status, lambda: fault)()

    @plant.post("/twice")
    def twice() -> str:
        store("same")
        store("same")
        return "never"

    @plant.post("/refuse/<kind>")
    def refuse(kind: str) -> str:
        store("refused")
        refusals = {
            "not-found": NotFound("No such thing."),
            "forbidden": Forbidden("Not for you."),
            "conflict": Conflict("Not any more."),
            "closed": Closed("Too late."),
            "bad": BadInput([FieldError("title", "Enter a title")]),
            "proof": InvalidProof("the proof of choice 1 does not hold"),
        }
        raise refusals[kind]

    app.register_blueprint(plant)
    return app.test_client()


def names_of_roles(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(role.name for role in db.session.query(Role))


def send(client: FlaskClient, address: str, **more: object):
    return client.post(address, data={"csrf_token": csrf_token(client)}, **more)


# ------------------------------------------------------------ one transaction


def test_a_writing_request_is_committed_once_after_its_view(
    app: Flask, planted: FlaskClient
) -> None:
    assert send(planted, "/keep").status_code == 200
    assert names_of_roles(app) == ["kept"]


def test_a_get_never_stores_anything(app: Flask, planted: FlaskClient) -> None:
    assert planted.get("/keep").status_code == 200
    assert planted.head("/keep").status_code == 200
    assert names_of_roles(app) == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/fault", 500),
        ("/answer/422", 422),
        ("/answer/500", 500),
        ("/twice", 409),
        ("/refuse/not-found", 404),
        ("/refuse/forbidden", 403),
        ("/refuse/conflict", 409),
        ("/refuse/closed", 409),
        ("/refuse/bad", 422),
        ("/refuse/proof", 422),
    ],
)
def test_what_a_refused_request_had_done_is_undone(
    app: Flask, planted: FlaskClient, address: str, status: int
) -> None:
    assert send(planted, address).status_code == status
    assert names_of_roles(app) == []


# ------------------------------------------------------------ headers


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_carries_the_security_headers(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers
    if not address.startswith("/static"):
        assert headers["Cache-Control"] == "no-store"
    answer.close()


def test_each_answer_has_its_own_nonce(client: FlaskClient) -> None:
    nonces = set()
    for _ in range(3):
        answer = client.get("/sign-in")
        policy = answer.headers["Content-Security-Policy"]
        nonce = re.search(r"'nonce-([^']+)'", policy)[1]
        assert f'nonce="{nonce}"' in answer.text
        nonces.add(nonce)
    assert len(nonces) == 3


def test_no_page_has_an_inline_script_or_style(client: FlaskClient) -> None:
    for address in ("/", "/sign-in", "/reset", "/nowhere", "/check-vote"):
        page = client.get(address).text
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)


def test_a_static_file_neither_reads_the_session_nor_brings_back_an_old_one(
    client: FlaskClient,
) -> None:
    csrf_token(client)  # from here on the browser has a session
    assert client.get_cookie("voting") is not None
    for address in ("/static/site.css", "/static/booth.js?v=1", "/static/none.js"):
        with client.get(address) as answer:
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")
    page = client.get("/sign-in")
    assert "Cookie" in page.headers["Vary"]
    assert page.headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_out_of_reach_of_scripts(client: FlaskClient) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("voting=")
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie


# ------------------------------------------------------------ pages of our own


@pytest.mark.parametrize(
    ("method", "address", "status", "heading"),
    [
        ("GET", "/nowhere", 404, "Page not found"),
        ("POST", "/", 405, "This page does not do that"),
        ("POST", "/sign-in", 419, "Your session has ended"),
    ],
)
def test_errors_are_pages_of_our_own(
    client: FlaskClient, method: str, address: str, status: int, heading: str
) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == status
    assert f'<h1 class="v-heading-xl">{heading}</h1>' in answer.text


ERRORS = {
    400: "", 403: "You cannot open this page", 404: "Page not found",
    405: "This page does not do that", 409: "", 413: "", 419: "Your session has ended", 422: "",
    429: "Too many tries", 500: "Something went wrong on our side", 503: "The service is busy",
}  # fmt: skip


UNTOLD = (400, 409, 418, 419, 422)  # these come with a sentence of their own


@pytest.mark.parametrize("status", [*ERRORS, 418, 502])
def test_every_error_is_a_page_for_people_a_sentence_for_scripts_and_bare_for_head(
    planted: FlaskClient, status: int
) -> None:
    page = planted.get(f"/abort/{status}")
    assert page.status_code == status
    assert page.mimetype == "text/html"
    assert page.text.count("<h1") == 1
    assert f'<h1 class="v-heading-xl">{ERRORS.get(status, "")}' in page.text
    assert "Go to the home page" in page.text
    told = planted.get(f"/abort/{status}", headers={"Accept": "application/json"})
    assert told.status_code == status
    assert told.json["error"] in unescape(page.text) or status in UNTOLD
    assert told.json["retry"] is (status in (429, 500, 503))
    head = planted.head(f"/abort/{status}")
    assert (head.status_code, head.data) == (status, b"")
    for answer in (page, told, head):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert ("Retry-After" in answer.headers) is (status == 429)


def test_a_body_over_the_limit_is_refused(client: FlaskClient) -> None:
    token = csrf_token(client)
    answer = client.post("/check-vote", data={"csrf_token": token, "tracker": "1" * 70_000})
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_body_that_is_too_large_is_taken_in_before_the_answer(client: FlaskClient) -> None:
    body = io.BytesIO(b"x" * 300_000)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "300000"}

    answer = client.post("/check-vote", input_stream=body, headers=headers)

    assert answer.status_code == 413
    assert body.tell() == 300_000  # else a browser that is still sending sees a broken connection


def test_a_script_is_answered_in_json(planted: FlaskClient) -> None:
    answer = send(planted, "/refuse/conflict", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (
        409,
        {"error": "Not any more.", "retry": False},
    )
    ended = planted.post("/keep", headers={"Accept": "application/json"})
    assert ended.status_code == 419
    assert ended.json["error"].startswith("You have been away")


def test_a_database_that_does_not_answer_is_said_to_be_busy(
    app: Flask, planted: FlaskClient
) -> None:
    token = csrf_token(planted)
    with app.app_context():
        db.drop_all()
    answer = planted.post("/keep", data={"csrf_token": token})
    assert answer.status_code == 503
    assert "The service is busy" in answer.text
    assert answer.headers["Retry-After"]
    data = {"csrf_token": token, "text": "What was thought about for an hour"}
    lost = planted.post("/p/a/ask/b", data=data, headers={"Origin": "http://localhost"})
    assert lost.status_code == 503
    assert f"readonly>{data['text']}</textarea>" in lost.text


def test_another_host_name_is_refused(client: FlaskClient) -> None:
    answer = client.get("/sign-in", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "elsewhere.example" not in answer.text


# ------------------------------------------------------------ the log


def test_the_log_holds_neither_links_nor_what_was_typed(planted: FlaskClient) -> None:
    with capture_logs() as lines:
        planted.get("/v/SECRET-TOKEN?code=SECRET-QUERY")
        planted.get("/v/SECRET-TOKEN/more")
        planted.get("/reset/SECRET-TOKEN")
        token = csrf_token(planted)
        planted.post("/check-vote", data={"csrf_token": token, "tracker": "SECRET-TYPED"})
    told = repr(lines)
    assert "SECRET" not in told
    assert "127.0.0.1" not in told
    assert {"/v/<token>", "(no such page)", "/reset/<token>"} <= {line["route"] for line in lines}


def test_a_fault_is_logged_under_its_route(
    planted: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), capture_logs() as lines:
        answer = send(planted, "/fault")
    assert "ZeroDivisionError" not in answer.text
    assert "a secret stands here" not in answer.text
    assert [line["route"] for line in lines if line["event"] == "fault"] == ["/fault"]

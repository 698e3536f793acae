"""Who may come in: signing in and its limits, new passwords by letter, roles."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import make_environment
from tests.factories import PASSWORD, make_account
from tests.web.pages import csrf_token
from voting.app import create_app
from voting.config import load_settings
from voting.services import accounts
from voting.store.accounts import SignInAttempt, find_account
from voting.store.database import db
from voting.store.letters import Letter
from voting.web.limits import MOST_GUESSES

EMAIL = "alex@northmoor.example"
NOBODY = "nobody@northmoor.example"


@pytest.fixture
def organiser(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser, not signed in, in a service that has an organiser and a commissioner."""
    with app.app_context():
        make_account(db.session(), email=EMAIL)
        make_account(db.session(), email="chris@northmoor.example", role="commissioner")
        db.session.commit()
    return client


def sign_in(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, **more: str):
    token = csrf_token(client, "/sign-in")
    form = {"csrf_token": token, "email": email, "password": password, **more}
    return client.post("/sign-in", data=form)


def ask_for_reset(client: FlaskClient, email: str):
    return client.post("/reset", data={"csrf_token": csrf_token(client, "/reset"), "email": email})


def read_letters(app: Flask) -> list[dict[str, str]]:
    """The words of the letters owed to accounts, opened as the sender would."""
    with app.app_context():
        rows = db.session.query(Letter).order_by(Letter.id).all()
        sealed = [json.loads(row.details)["sealed"].encode() for row in rows]
        return [json.loads(app.extensions["voting.sealer"].unseal(words)) for words in sealed]


def text_of(page: str) -> str:
    """What a person reads, without this answer's token and nonce."""
    page = re.sub(r'(nonce|value)="[^"]*"', "", page)
    return re.sub(r"\s+", " ", page)


# ------------------------------------------------------------ signing in and out


def test_an_account_signs_in_and_out(organiser: FlaskClient) -> None:
    answer = sign_in(organiser)
    assert (answer.status_code, answer.location) == (302, "/account")
    assert "Alex Morgan" in organiser.get("/account").text
    token = csrf_token(organiser, "/account")
    assert organiser.post("/sign-out", data={"csrf_token": token}).status_code == 302
    assert organiser.get("/account").location == "/sign-in?next=/account"


def test_signing_out_needs_a_button(organiser: FlaskClient) -> None:
    sign_in(organiser)
    assert organiser.get("/sign-out").status_code == 405
    assert organiser.post("/sign-out").status_code == 419
    assert organiser.get("/account").status_code == 200


def test_a_desk_is_reached_after_signing_in(organiser: FlaskClient) -> None:
    back = organiser.get("/organiser/").location
    assert back == "/sign-in?next=/organiser/"
    assert sign_in(organiser, next="/organiser/").location == "/organiser/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(organiser: FlaskClient, target: str) -> None:
    answer = sign_in(organiser, next=target)
    assert re.match(r"/(?![/\\])", answer.location or "/")


def test_an_unknown_account_is_answered_like_a_wrong_password(organiser: FlaskClient) -> None:
    wrong = sign_in(organiser, EMAIL, "not my password at all")
    unknown = sign_in(organiser, NOBODY, "not my password at all")
    assert wrong.status_code == unknown.status_code == 200
    assert text_of(wrong.text).replace(EMAIL, "") == text_of(unknown.text).replace(NOBODY, "")
    assert "We do not know them together" in wrong.text


def test_a_visit_at_the_booth_does_not_go_on_in_an_account(organiser: FlaskClient) -> None:
    with organiser.session_transaction() as session:
        session["voter"] = {"poll": 1, "elector": 1, "generation": 1, "begun_at": 0}
    sign_in(organiser)
    with organiser.session_transaction() as session:
        assert "voter" not in session
        assert "_user_id" in session


def test_the_password_is_kept_as_argon2(organiser: FlaskClient, app: Flask) -> None:
    with app.app_context():
        assert find_account(db.session(), EMAIL).password.startswith("$argon2id$")


# ------------------------------------------------------------ roles


@pytest.mark.parametrize(
    ("email", "own", "other"),
    [
        (EMAIL, "/organiser/", "/commissioner/"),
        ("chris@northmoor.example", "/commissioner/", "/organiser/"),
    ],
)
def test_each_role_reaches_its_own_desk_only(
    organiser: FlaskClient, email: str, own: str, other: str
) -> None:
    sign_in(organiser, email)
    assert organiser.get(own).status_code == 200
    refused = organiser.get(other)
    assert refused.status_code == 403
    assert "You cannot open this page" in refused.text


def test_a_form_sent_after_signing_out_stores_nothing(organiser: FlaskClient) -> None:
    token = csrf_token(organiser, "/sign-in")
    answer = organiser.post("/organiser/new-proposal", data={"csrf_token": token, "title": "X"})
    assert answer.status_code == 419
    assert "sign in again" in answer.text


# ------------------------------------------------------------ limits


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """A low limit, so that the test need not hash ten passwords."""
    monkeypatch.setattr(accounts, "MOST_PER_ACCOUNT", 3)
    return 3


@pytest.mark.parametrize("email", [EMAIL, NOBODY])
def test_attempts_on_one_account_are_limited_whether_it_exists_or_not(
    organiser: FlaskClient, few: int, email: str
) -> None:
    for _ in range(few):
        assert sign_in(organiser, email, "wrong wrong wrong").status_code == 200
    over = sign_in(organiser, email, PASSWORD)
    assert over.status_code == 429
    assert over.text.count("minutes") == 1, "the wait is told once"
    assert over.headers["Retry-After"] == "900"
    assert "Too many tries" in over.text


@pytest.mark.parametrize(
    "written",
    [
        "ALEX@Northmoor.Example",
        " alex@northmoor.example ",
        "alex@ｎorthmoor.example",
        "ａlex@northmoor.example",
    ],
)
def test_other_ways_of_writing_an_address_count_on_the_same_account(
    organiser: FlaskClient, few: int, written: str
) -> None:
    for _ in range(few):
        sign_in(organiser, EMAIL, "wrong wrong wrong")
    assert sign_in(organiser, written, PASSWORD).status_code == 429


def test_signing_in_by_json_does_not_go_round_the_limits(organiser: FlaskClient) -> None:
    headers = {"X-CSRFToken": csrf_token(organiser, "/sign-in"), "Accept": "application/json"}
    answer = organiser.post(
        "/sign-in", json={"email": EMAIL, "password": PASSWORD}, headers=headers
    )
    assert (answer.status_code, answer.json["error"]) == (422, "This can only be sent as a form.")
    assert organiser.get("/account").status_code == 303


def test_a_refused_attempt_does_not_make_the_wait_longer(
    organiser: FlaskClient, app: Flask, few: int
) -> None:
    for _ in range(few + 3):
        sign_in(organiser, EMAIL, "wrong wrong wrong")
    with app.app_context():
        assert db.session.query(SignInAttempt).count() == few


def test_attempts_from_one_address_are_limited_over_all_accounts(
    organiser: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_PER_ADDRESS", 4)
    for number in range(4):
        assert sign_in(organiser, f"n{number}@b.example", "wrong wrong").status_code == 200
    assert sign_in(organiser, "other@b.example", "wrong wrong").status_code == 429


def test_signing_in_forgets_the_attempts_before_it(organiser: FlaskClient, app: Flask) -> None:
    for _ in range(3):
        sign_in(organiser, EMAIL, "wrong wrong wrong")
    assert sign_in(organiser).status_code == 302
    with app.app_context():
        assert db.session.query(SignInAttempt).count() == 0


def test_attempts_are_kept_without_addresses(organiser: FlaskClient, app: Flask) -> None:
    sign_in(organiser, NOBODY, "wrong wrong wrong")
    with app.app_context():
        attempt = db.session.query(SignInAttempt).one()
        kept = attempt.account_key + attempt.address_key
    assert re.fullmatch(r"[0-9a-f]{128}", kept)


@pytest.mark.parametrize(
    ("method", "door"), [("GET", "v"), ("POST", "v"), ("GET", "c"), ("POST", "c")]
)
def test_guessing_links_is_slowed_down_and_following_one_is_not(
    client: FlaskClient, app: Flask, method: str, door: str
) -> None:
    token = csrf_token(client)
    answers = [
        client.open(f"/{door}/guess{number}", method=method, data={"csrf_token": token})
        for number in range(MOST_GUESSES + 1)
    ]
    assert [answer.status_code for answer in answers] == [404] * MOST_GUESSES + [429]
    assert answers[-1].headers["Retry-After"] == "600"
    assert "Too many attempts. Wait 10 minutes, then try again." in answers[-1].text
    assert "15 minutes" not in answers[-1].text


# ------------------------------------------------------------ a new password


def test_a_new_password_comes_by_letter_through_the_outbox(
    organiser: FlaskClient, app: Flask
) -> None:
    answer = ask_for_reset(organiser, EMAIL)
    assert f"If there is an account for {EMAIL}" in answer.text
    words = read_letters(app)[0]
    assert words["subject"] == "Choose a new password"
    link = re.search(r"http://localhost(/reset/\S+)", words["text"])[1]
    with app.app_context():
        row = db.session.query(Letter).one()
        assert (row.kind, row.state) == ("reset", "owed")
        assert link not in row.details

    fresh = "copper violin harbour nine"
    form = {"csrf_token": csrf_token(organiser, link), "password": fresh, "password_confirm": fresh}
    assert organiser.post(link, data=form).location == "/sign-in"
    assert sign_in(organiser, EMAIL, PASSWORD).status_code == 200
    assert sign_in(organiser, EMAIL, fresh).status_code == 302
    assert [words["subject"] for words in read_letters(app)][1:] == ["Your password was changed"]


def test_a_reset_link_works_once_and_opening_it_does_not_use_it_up(
    organiser: FlaskClient, app: Flask
) -> None:
    ask_for_reset(organiser, EMAIL)
    link = re.search(r"http://localhost(/reset/\S+)", read_letters(app)[0]["text"])[1]
    for _ in range(3):
        assert organiser.get(link).status_code == 200
    fresh = "copper violin harbour nine"
    form = {"csrf_token": csrf_token(organiser, link), "password": fresh, "password_confirm": fresh}
    organiser.post(link, data=form)
    assert organiser.get(link).location == "/reset"


def test_asking_for_an_unknown_address_reads_the_same_and_sends_nothing(
    organiser: FlaskClient, app: Flask
) -> None:
    known, unknown = ask_for_reset(organiser, EMAIL), ask_for_reset(organiser, NOBODY)
    assert text_of(known.text).replace(EMAIL, "") == text_of(unknown.text).replace(NOBODY, "")
    assert len(read_letters(app)) == 1


def test_the_link_leads_to_this_service_whatever_host_was_asked(
    organiser: FlaskClient, app: Flask
) -> None:
    token = csrf_token(organiser, "/reset")
    organiser.post(
        "/reset",
        data={"csrf_token": token, "email": EMAIL},
        headers={"X-Forwarded-Host": "evil.example"},
        base_url="http://127.0.0.1",
    )
    assert all("evil" not in words["text"] for words in read_letters(app))


@pytest.mark.parametrize(
    ("fresh", "again", "fault"),
    [
        ("short", "short", "at least 12 characters"),
        ("copper violin harbour", "copper violin harbours", "not the same"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused_in_words(
    organiser: FlaskClient, fresh: str, again: str, fault: str
) -> None:
    sign_in(organiser)
    form = {
        "csrf_token": csrf_token(organiser, "/account/password"),
        "password": PASSWORD,
        "new_password": fresh,
        "new_password_confirm": again,
    }
    page = organiser.post("/account/password", data=form).text
    assert fault in page
    assert "There is a problem" in page
    assert "<title>Error: " in page


# ------------------------------------------------------------ cookies over TLS


def test_over_tls_the_cookie_is_bound_to_this_host(tmp_path: Path) -> None:
    settings = load_settings(
        make_environment(tmp_path, VOTING_BASE_URL="https://vote.northmoor.example")
    )
    app = create_app(settings)
    answer = app.test_client().get("/sign-in", base_url="https://vote.northmoor.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-voting=")
    assert "Secure" in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    with app.app_context():
        db.engine.dispose()


def test_over_tls_a_form_from_another_site_is_refused(tmp_path: Path) -> None:
    home = "https://vote.northmoor.example"
    settings = load_settings(
        make_environment(tmp_path, VOTING_BASE_URL=home, VOTING_TRUSTED_PROXIES="1")
    )
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    client = app.test_client()
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "vote.northmoor.example"}
    page = client.get("/check-vote", headers=proxied, base_url=home).text
    form = {
        "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1],
        "tracker": "1" * 25,
    }
    for referrer, status in ((f"{home}/check-vote", 200), ("https://evil.example/", 419)):
        headers = {**proxied, "Referer": referrer}
        answer = client.post("/check-vote", data=form, headers=headers, base_url=home)
        assert answer.status_code == status
    with app.app_context():
        db.engine.dispose()

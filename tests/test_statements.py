"""The statement pages tell the truth about this service, and say what the law asks for."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

PAGES = ("/accessibility", "/privacy", "/cookies", "/how-it-works")


def read(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_leads_to_the_statements(client: FlaskClient, path: str) -> None:
    for page in ("/", "/check-vote", "/sign-in", "/no-such-page"):
        assert f'href="{path}"' in client.get(page).text


def test_titles_are_unique_and_languages_are_named(client: FlaskClient) -> None:
    answers = [client.get(path) for path in ("/", "/check-vote", *PAGES)]
    assert {answer.status_code for answer in answers} == {200}
    pages = [answer.text for answer in answers]
    titles = [re.findall(r"<title>(.*?)</title>", page)[0] for page in pages]
    assert len(set(titles)) == len(titles)
    assert all('<html lang="en"' in page for page in pages)


def test_the_accessibility_statement_says_what_the_regulations_ask_for(
    client: FlaskClient,
) -> None:
    told = read(client, "/accessibility")
    for words in (
        "Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations",
        "Web Content Accessibility Guidelines version 2.2, level AA",
        "partially compliant",  # a claim of full conformance needs an audit
        "Reporting a problem",
        "Equality Advisory and Support Service",
        "Equality and Human Rights Commission",
        "Prepared on",
    ):
        assert words in told


def test_the_cookies_page_names_every_cookie_that_is_set(app: Flask, client: FlaskClient) -> None:
    told = read(client, "/cookies")
    for path in ("/", "/check-vote", "/sign-in", "/v/none", *PAGES):
        for cookie in client.get(path).headers.getlist("Set-Cookie"):
            name = cookie.partition("=")[0]
            assert name == app.config["SESSION_COOKIE_NAME"]
            assert name in told
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie


def test_the_privacy_notice_says_what_is_kept_why_and_how_long(client: FlaskClient) -> None:
    told = read(client, "/privacy")
    for words in ("The roll", "Your sealed vote", "12 months", "No tracking", "Never your code"):
        assert words in told


def test_how_it_works_states_the_limits(client: FlaskClient) -> None:
    told = read(client, "/how-it-works")
    for words in (
        "stands behind you",
        "cannot seal your vote",
        "known limits",
        "an operator who breaks the promise not to misuse it",
    ):
        assert words in told
    for overstatement in ("military", "unhackable", "binding", "statutory", "impossible to"):
        assert overstatement not in told.lower()

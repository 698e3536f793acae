"""What a Welsh reader is sent and told: pages of a published vote, refusals, and letters."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import organiser_ground as ground
from tests.organiser_ground import publish_outcome
from tests.test_mail import CONTEXT, KINDS
from tests.web.public.ground import make_open
from tests.welsh_ground import Reader, find_english
from voting import mail
from voting.web.sentences import SAID_TO_VOTERS, in_words_of_reader

WELSH = {"Accept-Language": "cy"}

ASK = "https://vote.example/p/northmoor/questions"


def read_in_welsh(client: FlaskClient, address: str) -> str:
    """The words of a page, which is Welsh and holds no English sentence of ours."""
    page = client.get(address, headers=WELSH)
    assert '<html lang="cy"' in page.text
    texts = Reader(page.text).texts
    assert len(texts) > 10
    assert find_english(texts) == [], address
    return " ".join(" ".join(texts).split())


def test_the_pages_of_a_published_vote_are_in_welsh(app: Flask) -> None:
    clerk = ground.sign_in(app)
    poll = make_open(clerk, "cyhoeddi")
    public = poll.replace("/organiser/proposals/", "/p/").replace("/polls/", "/")
    client = app.test_client()
    read_in_welsh(client, public)
    ground.close_poll(clerk, poll)
    ground.count_poll(clerk, poll)
    publish_outcome(clerk, poll)
    outcome = read_in_welsh(client, f"{public}/outcome")
    assert "Staff: pleidleisiwyd dros “" in outcome
    assert "8 o 12 (66.7%)" in outcome
    assert "9 pleidlais wedi'u selio." in read_in_welsh(client, f"{public}/ballot-box")
    read_in_welsh(client, public)
    read_in_welsh(client, "/")


def test_the_rule_and_its_sum_are_told_in_welsh_and_what_is_english_is_marked(app: Flask) -> None:
    clerk = ground.sign_in(app)
    poll = make_open(clerk, "datgan")
    ground.close_poll(clerk, poll)
    ground.count_poll(clerk, poll)
    publish_outcome(clerk, poll)
    public = poll.replace("/organiser/proposals/", "/p/").replace("/polls/", "/")
    client = app.test_client()
    welsh = client.get(f"{public}/outcome", headers=WELSH).text
    english = client.get(f"{public}/outcome").text
    told = " ".join(" ".join(Reader(welsh).texts).split())
    assert "Wedi'i dderbyn. Staff: derbyniwyd “" in told
    assert "Rhaid i fwy na 1/2 o bleidleisiau dilys fod dros" in told
    assert "Mae angen mwy na 1/2: mae" in told
    assert "must be for" not in welsh
    assert "must be for" in english
    assert '<span lang="en">' in welsh  # the names of the checks
    assert '<span lang="en">' not in english
    assert len(find_english(Reader(english).texts)) > 20  # the finder finds


@pytest.mark.parametrize("address", ["/nowhere", "/p/nobody", "/v/nobody", "/vote/1/start"])
def test_pages_that_say_no_are_in_welsh(client: FlaskClient, address: str) -> None:
    read_in_welsh(client, address)


def test_what_the_floors_below_say_to_voters_is_told_in_welsh(app: Flask) -> None:
    with app.test_request_context("/", headers=WELSH):
        told = [in_words_of_reader(sentence) for sentence in sorted(SAID_TO_VOTERS)]
        assert find_english(told) == []
        assert in_words_of_reader("") == ""
        assert in_words_of_reader("Continue") == "Continue"
    with app.test_request_context("/"):
        assert {in_words_of_reader(sentence) for sentence in SAID_TO_VOTERS} == SAID_TO_VOTERS


@pytest.mark.parametrize("path", ["/sign-in", "/organiser/"])
def test_the_desks_are_in_english_alone(app: Flask, path: str) -> None:
    clerk = ground.sign_in(app)
    client = clerk.client if path == "/organiser/" else app.test_client()
    page = client.get(path, headers=WELSH)
    assert page.status_code == 200
    assert '<html lang="en"' in page.text
    assert "Skip to main content" in page.text
    assert "Cymraeg" not in page.text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_open", [True, False])
def test_letters_are_wholly_in_welsh(kind: str, is_open: bool) -> None:
    """Subject, plain text and HTML; the organiser's own texts and addresses stand as they are."""
    more = {"is_open": is_open, "is_test": is_open, "replaced": is_open, "ask": ASK * is_open}
    summer = CONTEXT["closes_at"] + dt.timedelta(days=120)
    letter = mail.render(kind, "cy", CONTEXT | more | {"closes_at": summer})
    english = mail.render(kind, "en", CONTEXT | more | {"closes_at": summer})
    ours = {str(value) for value in CONTEXT.values()} | {"", ASK}
    assert letter.subject != english.subject
    for theirs, told in (
        (letter.text.splitlines(), english.text.splitlines()),
        (Reader(letter.html).texts, Reader(english.html).texts),
    ):
        lines = {" ".join(line.split()) for line in theirs} - ours
        kept = lines & {" ".join(line.split()) for line in told}
        own = re.compile(r"--|https://\S+|.*alex@.*")
        assert {line for line in kept if not own.fullmatch(line)} == set()
        assert find_english(lines) == []


def test_nothing_is_compiled_when_the_service_is_installed() -> None:
    """The catalogue that runs stands beside its source."""
    folder = Path(mail.PACKAGE) / "translations/cy/LC_MESSAGES"
    assert {path.name for path in folder.iterdir()} == {"messages.po", "messages.mo"}

"""The public pages in each state of a vote."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import organiser_ground as ground
from tests.web.public.ground import (
    STATES,
    Site,
    read,
    text_of,
)


def test_the_home_page_lists_every_frozen_vote_and_no_draft(
    site: Site, client: FlaskClient
) -> None:
    page = client.get("/")
    assert page.status_code == 200
    for state in set(site.polls) - {"draft"}:
        assert f'href="{site.path(state)}"' in page.text
    assert site.path("draft") not in page.text
    assert site.proposal("draft") not in page.text


def test_an_empty_service_says_that_no_vote_was_announced(app: Flask) -> None:
    assert "No vote has been announced yet." in app.test_client().get("/").text


@pytest.mark.parametrize("place", ["", "/ballot-box", "/outcome", "/outcome.json", "/outcome.csv"])
def test_nothing_of_a_draft_is_public(site: Site, client: FlaskClient, place: str) -> None:
    assert client.get(site.path("draft") + place).status_code == 404
    assert client.get(site.proposal("draft")).status_code == 404


def test_the_proposal_says_what_is_decided_and_what_is_open(
    site: Site, client: FlaskClient
) -> None:
    told = text_of(client.get(site.proposal("open")))
    for words in (
        "Whether the centres become a mutual.",
        "Who would sit on its board.",
        "votes@northmoor.example",
        "The union, 01632 960002",
    ):
        assert words in told


@pytest.mark.parametrize("state", STATES)
def test_the_page_of_a_vote_says_where_it_stands_and_under_which_rule(
    site: Site, client: FlaskClient, state: str
) -> None:
    answer = client.get(site.path(state))
    told = text_of(answer)
    assert answer.status_code == 200
    assert STATES[state] in told
    assert "Shall we form a mutual?" in told
    for option in ground.OPTIONS:
        assert all(part in told for part in option)
    assert "more than 1/2 of valid votes" in told
    assert "at least 50%" in told
    assert "Texts, rolls, rules and dates were fixed" in told
    if state == "cancelled":
        assert "The council has asked for more time." in told


@pytest.mark.parametrize("state", [state for state in STATES if state != "published"])
@pytest.mark.parametrize("file", ["outcome", "outcome.json", "outcome.csv"])
def test_no_outcome_is_public_before_it_is_published(
    site: Site, client: FlaskClient, state: str, file: str
) -> None:
    assert client.get(f"{site.path(state)}/{file}").status_code == 404


@pytest.mark.parametrize("state", ["ready", "open", "closed", "declared", "cancelled"])
def test_no_archive_is_public_before_the_outcome_is(
    site: Site, client: FlaskClient, state: str
) -> None:
    with site.app.app_context():
        uuids = [election.uuid for election in read(site, state).elections]
    assert len(uuids) == 2
    for uuid in uuids:
        assert client.get(f"{site.path(state)}/{uuid}.bel").status_code == 404


@pytest.mark.parametrize("path", ["/p/none", "/p/%00", "/p/none/none", "/p/a/b/ballot-box"])
def test_an_unknown_address_has_a_page_of_its_own(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.text

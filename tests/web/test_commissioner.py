"""The commissioner's desk: each frozen vote, its outcome once published, a door for nobody else."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from tests import organiser_ground as ground
from tests.organiser_ground import Clerk, publish_outcome
from voting.services import publication
from voting.store.database import db

DESK = "/commissioner/"


@pytest.fixture
def organiser(app: Flask) -> Clerk:
    return ground.sign_in(app)


@pytest.fixture
def commissioner(app: Flask) -> Clerk:
    return ground.sign_in(app, "commissioner")


def read_desk(commissioner: Clerk) -> str:
    answer = commissioner.get(DESK)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_an_empty_desk_says_so(commissioner: Clerk) -> None:
    assert "No vote has been announced yet." in read_desk(commissioner)


def test_a_draft_is_not_shown(organiser: Clerk, commissioner: Clerk) -> None:
    ground.make_draft(organiser)
    assert "No vote has been announced yet." in read_desk(commissioner)


def test_no_outcome_is_shown_before_it_is_published(organiser: Clerk, commissioner: Clerk) -> None:
    poll = ground.make_frozen(organiser)
    assert "Not open yet" in read_desk(commissioner)
    ground.open_poll(organiser, poll)
    ground.cast_votes(organiser, poll, [0, 0])
    ground.close_poll(organiser, poll)
    ground.count_poll(organiser, poll)
    with organiser.app.app_context():
        sentence = publication.outcome_of(ground.read_poll(db.session(), poll))["sentence"]
    declared = read_desk(commissioner)
    assert "Counted" in declared
    assert sentence not in declared
    assert "View outcome" not in declared

    publish_outcome(organiser, poll)

    published = read_desk(commissioner)
    assert "Published" in published
    assert sentence in published
    assert 'outcome">View outcome' in commissioner.get(DESK).text


def test_only_a_commissioner_comes_in(app: Flask, organiser: Clerk) -> None:
    stranger = app.test_client().get(DESK)
    assert stranger.status_code == 303
    assert "/sign-in" in stranger.headers["Location"]
    refused = organiser.get(DESK)
    assert refused.status_code == 403
    assert "commissioner" in refused.text
    assert organiser.post(DESK).status_code in (403, 405)


def test_a_commissioner_does_not_come_into_the_organisers_desk(commissioner: Clerk) -> None:
    assert commissioner.get("/organiser/").status_code == 403
    assert commissioner.post("/organiser/new-proposal", ground.proposal_form()).status_code == 403

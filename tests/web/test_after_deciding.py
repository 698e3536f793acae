"""What follows a decision: how each step stands, also of a decision that another one followed."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask import Flask

from tests.organiser_ground import follow
from tests.web.test_deciding import Case, decide, make_case
from voting.domain.days import ZONE
from voting.store.database import db
from voting.store.decisions import Decision
from voting.web.hub import get_time

STEP = {"title": "Elect the board", "due_on": "2031-05-02", "state": "planned", "note": ""}


@pytest.fixture
def case(app: Flask) -> Case:
    return make_case(app)


def read(case: Case, path: str) -> str:
    """The words of a page, as the commissioner or anybody reads it."""
    clerk = case.commissioner if path.startswith("/commissioner") else case.organiser
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", clerk.client.get(path).text)).split())


def test_steps_of_a_decision_are_told_and_changed_after_the_next_one(case: Case) -> None:
    follow(decide(case, outcome="deferred"))
    steps = f"{case.desk}/implementation"
    follow(case.commissioner.post(steps, STEP | {"title": "Survey the roofs"}))
    follow(decide(case))
    assert "How it stands What followed the decision of" in read(case, case.public)
    follow(case.commissioner.post(steps, STEP))

    told = read(case, case.public)
    assert told.index("Elect the board") < told.index("What followed the decision of")
    assert told.index("What followed the decision of") < told.index("Survey the roofs Planned")
    desk = read(case, steps)
    assert desk.index("Decision 2, of") < desk.index("Elect the board")
    assert desk.index("Decision 1, of") < desk.index("Survey the roofs Planned, by Friday 2 May")
    done = STEP | {"title": "Survey the roofs", "state": "done", "note": "All are."}
    follow(case.commissioner.post(f"{steps}/1", done))
    told = read(case, case.public)
    assert "Survey the roofs Done All are. To be done by Friday 2 May 2031 Told on" in told
    assert case.commissioner.get(f"{steps}/3").status_code == 404
    trail = read(case, case.public.replace("/decision", "/chain"))
    assert "The commissioner decided: The decision is put off." in trail
    assert "A step after the decision was told: Survey the roofs (Planned)" in trail
    assert "A step after the decision was told: Survey the roofs (Done)" in trail


@pytest.mark.parametrize("state", ["planned", "under-way", "done", "dropped"])
def test_a_step_that_is_late_is_said_to_be_late_once_its_day_has_ended(
    case: Case, state: str
) -> None:
    today = get_time().astimezone(ZONE).date()
    follow(decide(case))
    steps = f"{case.desk}/implementation"
    for days, is_late in ((1, False), (-2, state in ("planned", "under-way"))):
        due = {"due_on": (today + dt.timedelta(days=days)).isoformat(), "state": state}
        follow(case.commissioner.post(steps, STEP | due))
        for page in (case.public, steps):
            assert (" Late " in read(case, page)) is is_late
    client = case.organiser.app.test_client()
    welsh = client.get(case.public, headers={"Accept-Language": "cy"}).text
    assert (">Yn hwyr<" in welsh) is is_late


def test_the_commissioner_sees_what_can_be_decided_and_until_when_it_can_be_challenged(
    case: Case,
) -> None:
    assert "Can be decided now" in read(case, "/commissioner/")
    follow(decide(case))
    told = read(case, "/commissioner/")
    assert "Decided Decided on" in told
    assert "Can be decided now" not in told
    with case.organiser.app.app_context():
        decision = db.session.query(Decision).one()
        assert decision.challenge_until - decision.decided_at == dt.timedelta(days=28)
        challenge = decision.challenge_until.astimezone(ZONE)
    told = read(case, case.desk)
    assert f"It can be challenged until the end of {challenge:%A} {challenge.day}" in told


def test_evidence_is_named_once_in_welsh(case: Case) -> None:
    follow(decide(case))
    client = case.organiser.app.test_client()
    page = client.get(case.public, headers={"Accept-Language": "cy"}).text
    told = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert "Y cynnig, fersiwn 1" in told
    assert "Y cynnig: Y cynnig" not in told
    assert "The equality impact assessment" not in told
    assert told.count("Yr asesiad o'r effaith ar gydraddoldeb Ar goll") == 1

"""The demonstration's consultations, as their readers meet them."""

from __future__ import annotations

import datetime as dt
import random
import re
from html import unescape
from pathlib import Path

from flask import Flask

from tests.factories import make_account
from tests.record_ground import check_record
from voting.demonstration import (
    consulting,
    consulting_story,
    consulting_welsh,
    informing,
    organising,
    story,
)
from voting.demonstration.story import Group
from voting.domain.trail import check_trail
from voting.store.database import db, transaction

GROUPS = tuple(Group(name.title(), name, 12) for name in ("staff", "users", "community"))


def test_one_is_answered_in_public_and_one_is_open(app: Flask, tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    asked = now - dt.timedelta(days=115)
    chance = random.Random(1)
    with app.app_context(), transaction(db.session()) as session:
        organiser = make_account(session)
        proposal = organising.make_proposal(session, organiser, GROUPS, chance=chance, now=asked)
        informing.inform(session, proposal, organiser, now=asked)
        before = consulting.ask_before(session, proposal, now=asked, base_url="http://localhost")
        consulting.answer_before(session, before, account=organiser, chance=chance)
        running = consulting.consult_now(session, proposal, now=now, base_url="http://localhost")
        proposal_slug = proposal.slug
        path = f"/p/{proposal_slug}"
        paths = [f"{path}/consultations/{each.slug}" for each in (before, running)]
    client = app.test_client()

    total = 12 + 12 + consulting_story.RESPONSES[""]
    assert str(total) in client.get(paths[0]).text
    assert "overdue" not in client.get(paths[0]).text
    assert f'href="{paths[0]}/response"' in client.get(paths[0]).text
    assert f"{paths[1]}/response" not in client.get(paths[1]).text
    answered = unescape(client.get(f"{paths[0]}/response").text)
    for theme in consulting_story.THEMES:
        assert theme.name in answered
        assert theme.response in answered
    own = {"Accept-Language": "cy"}
    answered = unescape(client.get(f"{paths[0]}/response", headers=own).text)
    for theme in consulting_story.THEMES:
        for text in (theme.name, theme.summary, theme.response):
            assert consulting_welsh.BEFORE[text] in answered
    report = client.get(f"{paths[0]}/report").text
    assert re.search(r"Staff</th><td[^>]*>12</td><td[^>]*>12</td>", report)
    assert "The public</th><td" in report
    written = unescape(client.get(f"{paths[0]}/responses").text)
    assert any(sentence in written for sentence, _theme in consulting_story.THOUGHTS)
    written = unescape(client.get(f"{paths[0]}/responses?q=pwll", headers=own).text)
    assert consulting_welsh.THOUGHTS[0][0] in written
    assert consulting_welsh.BEFORE["What else should we think of?"] in written
    welsh = client.get(paths[1], headers={"Accept-Language": "cy"}).text
    assert consulting_story.NOW.welsh["title_cy"] in unescape(welsh)
    assert "Send me my link" in client.get(paths[1]).text
    trail = client.get(f"{path}/trail.jsonl").data.splitlines(keepends=True)
    assert check_trail(trail).notes == []
    assert story.TITLE in client.get(path).text
    whole, lacking = check_record(client, proposal_slug, tmp_path)
    assert whole >= {
        "consultation-opened", "consultation-closed", "response-published", "report-published",
    }  # fmt: skip
    assert not lacking

"""The demonstration's consultations, as their readers meet them."""

from __future__ import annotations

import datetime as dt
import random
from html import unescape

from flask import Flask

from tests.factories import make_account
from voting.demonstration import consulting, consulting_story, informing, organising, story
from voting.demonstration.story import Group
from voting.domain.trail import check_trail
from voting.store.database import db, transaction

GROUPS = tuple(Group(name.title(), name, 12) for name in ("staff", "users", "community"))


def test_one_is_answered_in_public_and_one_is_open(app: Flask) -> None:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    asked = now - dt.timedelta(days=115)
    chance = random.Random(1)
    with app.app_context(), transaction(db.session()) as session:
        organiser = make_account(session)
        proposal = organising.make_proposal(session, organiser, GROUPS, chance=chance, now=asked)
        before = consulting.consult_before(session, proposal, now=asked, chance=chance)
        informing.inform(session, proposal, organiser, now=now - dt.timedelta(days=45))
        running = consulting.consult_now(session, proposal, now=now, base_url="http://localhost")
        path = f"/p/{proposal.slug}"
        paths = [f"{path}/consultations/{each.slug}" for each in (before, running)]
    client = app.test_client()

    total = sum(consulting_story.RESPONSES.values())
    assert str(total) in client.get(paths[0]).text
    assert "has not been published" not in client.get(paths[0]).text
    assert f'href="{paths[0]}/response"' in client.get(paths[0]).text
    assert "/response" not in client.get(paths[1]).text
    answered = unescape(client.get(f"{paths[0]}/response").text)
    for theme in consulting_story.THEMES:
        assert theme.name in answered
        assert theme.response in answered
    assert client.get(f"{paths[0]}/report").status_code == 200
    assert "Send me my link" in client.get(paths[1]).text
    trail = client.get(f"{path}/trail.jsonl").data.splitlines(keepends=True)
    assert check_trail(trail).notes == []
    assert story.TITLE in client.get(path).text

"""The demonstration's public page and decision, as their readers meet them."""

from __future__ import annotations

import datetime as dt
import random
from html import unescape
from pathlib import Path

from flask import Flask

from tests.factories import make_account
from tests.record_ground import check_record
from voting.demonstration import informing, organising, story
from voting.demonstration.story import Group
from voting.domain.trail import check_trail
from voting.services import hub
from voting.store.database import db, transaction


def test_the_story_is_told_in_both_languages_and_decided(app: Flask, tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    start = now - dt.timedelta(days=45)
    with app.app_context(), transaction(db.session()) as session:
        organiser = make_account(session)
        make_account(session, email=story.COMMISSIONER, role="commissioner")
        proposal = organising.make_proposal(
            session, organiser, (Group("Staff", "staff", 12),), chance=random.Random(1), now=start
        )
        informing.inform(session, proposal, organiser, now=start)
        decision = informing.decide(session, proposal, organiser, now=now - dt.timedelta(days=12))
        informing.follow_up(session, decision, now=now)
        assert hub.list_warnings(session, proposal) == []
        slug = proposal.slug
        path = f"/p/{slug}"
    client = app.test_client()

    english = unescape(client.get(path).text)
    welsh = unescape(client.get(path, headers={"Accept-Language": "cy"}).text)
    decided = unescape(client.get(f"{path}/decision", headers={"Accept-Language": "cy"}).text)
    for words in ("Y cynnig, fersiwn 1", "Dogfen: ", "Achos busnes, fersiwn 3"):
        assert words in decided
    assert "ar ddydd " in decided
    chain = unescape(client.get(f"{path}/chain", headers={"Accept-Language": "cy"}).text)
    assert f"Anfonwyd diweddariad: {story.UPDATE[2]}" in chain
    assert f"Rhoddwyd gwybod am gam ar ôl y penderfyniad: {story.STEPS[0][4]}" in chain
    assert "Cyhoeddwyd dogfen: Achos busnes, fersiwn 3" in chain
    question, why, why_cy = story.WITHDRAWN
    assert (why in english, why_cy in welsh) == (True, True)
    assert question not in english + welsh + unescape(client.get(f"{path}/questions").text)
    record = unescape(client.get(f"{path}/decision").text)

    for words in ("Multi-stakeholder co-operative", "Business case", "1 question has no answer"):
        assert words in english
    assert story.PAGE["title_cy"] in welsh
    assert "The proposal goes ahead, with conditions." in record
    told = [words for name, words in story.DECISION.items() if not name.endswith("_cy")]
    for words in (*told, *(step[3] for step in story.STEPS)):
        assert words in record or words == story.DECISION["outcome"]
    trail = client.get(f"{path}/trail.jsonl").data.splitlines(keepends=True)
    assert check_trail(trail).notes == []
    whole, lacking = check_record(client, slug, tmp_path)
    assert whole == {
        "page-opened",
        "document-published",
        "question-answered",
        "question-withdrawn",
        "news-sent",
        "decided",
    }
    assert not lacking

"""What changed in a proposal is compared, explained, published and sent to all consulted."""

from __future__ import annotations

import hashlib
import json
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from tests import consultation_ground
from tests import organiser_ground as ground
from tests.factories_polls import NOW, open_page
from tests.organiser_ground import Clerk, follow, list_errors
from tests.record_ground import check_record
from voting.domain.trail import check_trail
from voting.jobs.letters import LetterPost
from voting.services import documents
from voting.services.correspondence.consulting import write_any
from voting.store.accounts import find_account
from voting.store.database import db, transaction
from voting.store.letters import Letter
from voting.store.participants import Participant
from voting.store.proposals import Proposal, list_acts
from voting.store.readers import Reader

WHY = "The board wants staff to hold half the seats. <script>alert(1)</script>"


@pytest.fixture
def slug(app: Flask, clerk: Clerk) -> str:
    """A proposal that three on a roll and two of the public were consulted on; one reads on."""
    path = ground.make_proposal(clerk)
    with app.app_context(), transaction(db.session()) as session:
        proposal = session.query(Proposal).one()
        open_page(session, proposal, find_account(session, clerk.email))
        held = consultation_ground.make_open(session, now=NOW, proposal=proposal)
        public = next(each for each in held.audiences if each.is_public)
        own = {"consultation_id": held.id, "audience_id": public.id}
        first = session.query(Participant).first().elector
        for name, confirmed in (("pat", NOW), ("unsure", None), (first.email_key, NOW)):
            email = name if "@" in name else f"{name}@example.org"
            session.add(Participant(email=email, email_key=email, confirmed_at=confirmed, **own))
        for name, wants in (("reader", True), ("pat", True), ("stopped", False)):
            email = f"{name}@example.org"
            session.add(
                Reader(
                    proposal_id=proposal.id, email=email, email_key=email, wants_updates=wants,
                    confirmed_at=NOW, created_at=NOW,
                )
            )  # fmt: skip
    return path.rsplit("/", 1)[1]


def change_something(clerk: Clerk, slug: str) -> None:
    path = f"/organiser/proposals/{slug}"
    told = ground.proposal_form(still_open="Who would sit on its board. When it would begin.")
    follow(clerk.post(f"{path}/edit", told))


def test_a_notice_compares_is_confirmed_and_reaches_all_who_were_consulted_once(
    app: Flask, clerk: Clerk, slug: str, tmp_path: Path
) -> None:
    path = f"/organiser/proposals/{slug}/changes"
    assert "Nothing has changed since then" in clerk.get(path).text
    change_something(clerk, slug)
    page = unescape(clerk.get(path).text)
    assert "When it would begin." in page
    assert "<ins>" in page
    assert "Type 5 to confirm." in page  # three on the roll, one of the public, one reader

    refused = clerk.post(path, {"explanation": "", "typed": "4"})
    assert list_errors(refused) == ["Enter what changed, and why"]
    refused = clerk.post(path, {"explanation": WHY, "typed": "4"})
    assert list_errors(refused) == ["Enter 5, the number of people this letter goes to, to confirm"]
    assert unescape(refused.text).count("staff to hold half the seats")
    shown = clerk.post(path, {"explanation": WHY, "act": "preview"})
    assert "What has changed since you were asked" in shown.text
    assert "test letter is on the way" in clerk.post(path, {"explanation": WHY, "act": "test"}).text
    follow(clerk.post(path, {"explanation": WHY, "typed": "5"}))

    assert "Nothing has changed since then" in clerk.get(path).text
    stranger = app.test_client()
    public = f"/p/{slug}/changes"
    assert "Read what changed, and why" in stranger.get(f"/p/{slug}").text
    assert "staff to hold half" in stranger.get(public).text
    told = stranger.get(f"{public}/1").text
    assert "When it would begin." in told
    assert "&lt;script&gt;alert(1)" in told
    assert "<script>alert(1)" not in told
    welsh = stranger.get(f"{public}/1", headers={"Accept-Language": "cy"}).text
    assert "Beth newidiodd" in welsh
    assert 'class="v-prose v-changed" lang="en"' in welsh
    data = stranger.get(f"{public}/1.json").data
    assert stranger.get(f"{public}/2").status_code == 404
    with app.app_context():
        letters = db.session.query(Letter).filter_by(kind="changes").all()
        owed = [(x.elector_id, x.participant_id, x.reader_id) for x in letters]
        act = list_acts(db.session(), 1)[-1]
    assert [sum(x is not None for x in who) for who in zip(*owed, strict=True)] == [3, 1, 1]
    assert json.loads(act.body)["sha256"] == hashlib.sha256(data).hexdigest()
    assert json.loads(data)["to"]["version"] == 2
    assert check_trail(stranger.get(f"/p/{slug}/trail.jsonl").data.splitlines()).acts > 3
    whole, lacking = check_record(stranger, slug, tmp_path)
    assert whole >= {"page-opened", "page-changed", "changes-told"}
    assert not lacking


def test_the_letters_about_changes_arrive_and_only_a_reader_can_stop_them(
    app: Flask, clerk: Clerk, slug: str
) -> None:
    change_something(clerk, slug)
    follow(clerk.post(f"/organiser/proposals/{slug}/changes", {"explanation": WHY, "typed": "5"}))

    with app.app_context():
        owed = db.session.query(Letter).filter_by(kind="changes").all()
        written = [write_any(db.session(), each.id, post=LetterPost(app), now=NOW) for each in owed]
    found = {letter["To"].split("<")[-1].strip("<>"): letter for letter in written}

    assert len(found) == 5
    for to, letter in found.items():
        body = letter.get_body(("plain",)).get_content()
        assert f"/p/{slug}/changes/1" in body
        assert "staff to hold half the seats" in " ".join(body.split())
        assert "The consultation is still open: What should the centres be like?" in body
        assert "(UK time, " in body
        assert ("List-Unsubscribe" in letter) is (to == "reader@example.org")


def test_documents_are_compared_by_version_and_a_notice_may_tell_of_them_alone(
    app: Flask, clerk: Clerk, slug: str
) -> None:
    with app.app_context(), transaction(db.session()) as session:
        account = find_account(session, clerk.email)
        proposal = session.query(Proposal).one()
        given = {"account": account, "now": NOW.replace(year=NOW.year + 1)}
        plan = documents.add_document(
            session, proposal, kind="background", title="Plan", filename="a.txt",
            content=b"one", **given,
        )  # fmt: skip
        documents.add_version(
            session, plan, changed="New figures.", filename="a.txt", content=b"two", **given
        )
    path = f"/organiser/proposals/{slug}/changes"
    page = unescape(clerk.get(path).text)
    assert "Document: <span>Plan</span>" in page
    assert "New figures." in page

    follow(clerk.post(f"{path}?since=1", {"explanation": "New figures.", "typed": "5"}))

    assert "Version 2" in app.test_client().get(f"/p/{slug}/changes/1").text
    assert clerk.get(f"{path}?since=9").status_code == 404


def test_before_the_page_is_open_there_is_nothing_to_compare(clerk: Clerk) -> None:
    path = ground.make_proposal(clerk)
    assert clerk.get(f"{path}/changes").status_code == 409

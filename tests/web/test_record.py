"""The files of the public record: what has an address there, and what has none."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest
from flask import Flask

from tests import organiser_ground as ground
from tests.documents_ground import PDF
from tests.organiser_ground import Clerk, sign_in
from tests.record_ground import check_record
from tests.trustee_ground import (
    AFTER,
    close_and_count,
    count_on,
    give,
    make_watched_poll,
    mix,
    sign_reports,
    vote,
)
from voting.services import declaration, documents, enquiries, publication
from voting.store.accounts import find_account
from voting.store.database import db, transaction
from voting.store.documents import Document
from voting.store.proposals import Proposal, last_act
from voting.store.readers import Enquiry, Reader

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
FIRST, SECOND = "At the pool, at noon.", "At the hall, at noon."


@pytest.fixture
def clerk(app: Flask) -> Clerk:
    return sign_in(app)


@pytest.fixture
def slug(clerk: Clerk) -> str:
    """An open page with a document and a question that was answered twice."""
    path = ground.make_proposal(clerk)
    ground.open_page(clerk, path)
    with clerk.app.app_context(), transaction(db.session()) as session:
        account = find_account(session, clerk.email)
        assert account is not None
        proposal = session.query(Proposal).one()
        documents.add_document(
            session, proposal, account=account, kind="business-case", title="Business case",
            filename="case.pdf", content=PDF, now=NOW,
        )  # fmt: skip
        reader = Reader(
            proposal_id=proposal.id, email="sam@example.org", email_key="sam@example.org",
            language="en", wants_updates=False, created_at=NOW,
        )  # fmt: skip
        session.add(reader)
        session.flush()
        asked = enquiries.ask(session, reader, text="Where?", language="en", now=NOW)
        for words in (FIRST, SECOND):
            enquiries.answer(
                session, asked, account=account, text=words, answered_by="Morgan Ellis", now=NOW
            )
    return path.rpartition("/")[2]


def hash_answer(words: str) -> str:
    return hashlib.sha256(f"Where?\n\n{words}\n\n".encode()).hexdigest()


def test_every_answer_that_was_given_stays_in_the_record(
    clerk: Clerk, slug: str, tmp_path: Path
) -> None:
    stranger = clerk.app.test_client()
    whole, lacking = check_record(stranger, slug, tmp_path)
    assert whole == {"page-opened", "document-published", "question-answered"}
    assert not lacking
    for words in (FIRST, SECOND):
        found = stranger.get(f"/p/{slug}/record/{hash_answer(words)}")
        assert found.text == f"Where?\n\n{words}\n\n"
        assert found.content_type == "text/plain; charset=utf-8"


def test_what_is_taken_off_the_page_is_not_given_out_by_the_record(
    clerk: Clerk, slug: str, tmp_path: Path
) -> None:
    with clerk.app.app_context(), transaction(db.session()) as session:
        account = find_account(session, clerk.email)
        assert account is not None
        document = session.query(Document).one()
        documents.withdraw(session, document, account=account, reason="It names a person.", now=NOW)
        session.query(Enquiry).one().state = "declined"
    stranger = clerk.app.test_client()
    whole, lacking = check_record(stranger, slug, tmp_path)
    assert whole == {"page-opened"}
    assert lacking == {"document-published", "question-answered"}
    for digest in (hashlib.sha256(PDF).hexdigest(), hash_answer(FIRST)):
        assert stranger.get(f"/p/{slug}/record/{digest}").status_code == 404


def test_only_what_an_act_tells_has_an_address(clerk: Clerk, slug: str) -> None:
    stranger = clerk.app.test_client()
    with clerk.app.app_context():
        head = last_act(db.session(), db.session.query(Proposal).one().id)
        assert head is not None
    right = hashlib.sha256(PDF).hexdigest()
    for digest in ("0" * 64, right[:-1], right.upper(), head.hash, "%25" * 64, "x"):
        assert stranger.get(f"/p/{slug}/record/{digest}").status_code == 404
    assert stranger.get(f"/p/other/record/{right}").status_code == 404
    assert stranger.get(f"/p/{slug}/record/{right}").data == PDF


def test_d3_the_parts_of_a_mixed_count_are_there_and_no_opened_paper_is(
    app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        session = db.session()
        poll, machines = make_watched_poll(session, ranked=True)
        vote(session, poll)
        close_and_count(session, poll)
        for machine in machines[:2]:
            mix(session, machine, poll.elections[0])
        count_on(session, poll)
        for machine in machines[:2]:
            give(session, machine, poll.elections[0])
        count_on(session, poll)
        declaration.declare(session, poll, now=AFTER)
        sign_reports(session, poll)
        publication.publish(session, poll, actor=None, now=AFTER)
        session.commit()
        slug = poll.proposal.slug
    whole, lacking = check_record(app.test_client(), slug, tmp_path)
    assert whole == {
        "frozen", "setup-approved", "closed", "shuffled", "declared", "report-signed",
    }  # fmt: skip
    assert lacking == {"decrypted", "counted", "published"}, "twelve people: their papers stay shut"
    published = json.loads((tmp_path / "trail.jsonl").read_text().splitlines()[-1])
    assert published["kind"] == "published"
    for told in (published["outcome"], *published["public_archives"].values()):
        assert (tmp_path / told).exists()
    for told in published["archives"].values():
        assert not (tmp_path / told).exists()

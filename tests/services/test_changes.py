"""Notices of changes and the end of answers, on each database."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.consultation_ground import make_open
from tests.factories_polls import make_account, open_page
from voting.services import answering, changes, documents, expiry, hub
from voting.services.analysis.exports import iter_responses_csv
from voting.store import notices
from voting.store.letters import Letter
from voting.store.participants import Participant
from voting.store.proposals import list_acts
from voting.store.responses import Answer, Response, insert_responses

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def session(each_engine: Engine) -> Iterator[Session]:
    """A session on an empty database of each kind."""
    with Session(each_engine) as session:
        yield session


def test_a_notice_goes_out_and_what_ties_answers_to_people_ends(session: Session) -> None:
    held = make_open(session, now=NOW)
    proposal, account = held.proposal, make_account(session)
    open_page(session, proposal, account)
    public = next(each for each in held.audiences if each.is_public)
    answering.join(session, public, email="pat@example.org", language="cy", now=NOW)
    person = session.query(Participant).filter_by(email_key="pat@example.org").one()
    answering.confirm(session, person, now=NOW)
    hub.update_hub(
        session, proposal, is_bilingual=False, public_may_ask=False, summary="New.", now=NOW + DAY
    )

    words = {"since": 1, "explanation": "It is said more clearly.", "typed": "4"}
    notice = changes.send_notice(session, proposal, account=account, now=NOW + DAY, **words)

    letters = session.query(Letter).filter_by(kind="changes").order_by(Letter.id).all()
    assert [letter.language for letter in letters] == ["en"] * 3 + ["cy"]
    assert letters[-1].participant_id == person.id
    told = {"proposal_id": proposal.id, "kind": "decision", "number": 1, "now": NOW}
    assert notices.count_people(session, proposal.id, "decision") == {
        "elector": 3, "participant": 1, "reader": 0,
    }  # fmt: skip
    assert [notices.owe_letters(session, **told) for _once_and_again in range(2)] == [4, 0]
    assert [change["part"] for change in json.loads(notice.content)["changes"]] == ["summary"]

    row = {"consultation_id": held.id, "audience_id": public.id, "handle": "a", "may_publish": True}
    answer = {"question_id": held.questions[-2].id, "text": "Keep it."}
    insert_responses(session, [(row, [answer])])
    held.state, held.closed_at = "closed", NOW + DAY
    session.flush()
    assert "Keep it." in "".join(iter_responses_csv(session, held))
    end = expiry.find_end(held)
    assert end == dt.datetime(2028, 3, 3, 9, 0, tzinfo=dt.UTC)

    kept = expiry.purge(session, held, typed="1", by="operator", now=end)

    assert (kept["responses"], kept["participants"]) == (1, 4)
    for table in (Answer, Response, Participant):
        assert session.query(table).count() == 0
    assert [
        letter.elector_id for letter in session.query(Letter) if letter.elector_id is None
    ] == []
    assert list_acts(session, proposal.id)[-1].kind == "responses-destroyed"


def test_a_notice_tells_in_welsh_why_a_document_was_withdrawn(session: Session) -> None:
    held = make_open(session, now=NOW)
    proposal, account = held.proposal, make_account(session)
    open_page(session, proposal, account)
    shown = {"account": account, "now": NOW + DAY}
    made = documents.add_document(
        session,
        proposal,
        kind="other",
        title="Case",
        filename="case.txt",
        content=b"A case.",
        **shown,
    )
    documents.withdraw(session, made, reason="It names a person.", **shown)
    made.withdrawn_because_cy = "Mae'n enwi person."
    [told] = changes.compare(session, proposal, 1).changes
    note = told.fields[-1]
    assert [run.text for run in (*note.english, *note.welsh)] == [
        "It names a person.", "Mae'n enwi person.",
    ]  # fmt: skip

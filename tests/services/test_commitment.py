"""The close of a consultation binds it to what was sent, and everyone can find their own in it."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import secrets
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import consultation_ground as ground
from tests.consultation_ground import make_open
from tests.organiser_ground import follow
from tests.record_ground import check_record
from voting.jobs import LetterPost
from voting.services import consultations
from voting.services.consultations.commitment import commit_responses, list_hashes
from voting.services.correspondence.consulting import write_any
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.letters import Letter
from voting.store.proposals import list_acts
from voting.store.record import find_text
from voting.store.responses import Answer, Response, insert_responses

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
AFTER = NOW + dt.timedelta(weeks=13)


def store(session: Session, held: Consultation, number: int, **more: object) -> None:
    """So many responses that were sent; the last of them answered nothing."""
    question, audience = held.questions[0].id, held.audiences[0].id
    for place in range(number):
        row = {
            "consultation_id": held.id,
            "audience_id": audience,
            "handle": secrets.token_hex(32),
            "submitted_at": NOW,
            **more,
        }
        answers = [{"question_id": question, "value": str(place % 3)}]
        insert_responses(session, [(row, answers if place < number - 1 else [])])


def close(session: Session, held: Consultation) -> tuple[str, bytes | None]:
    """Close it; the hash on the trail, and the list of hashes if it is kept."""
    consultations.close(session, held, now=AFTER)
    told = json.loads(list_acts(session, held.proposal_id)[-1].body)["responses_hash"]
    kept = find_text(session, held.proposal_id, told)
    return told, kept.content if kept else None


def test_the_close_binds_the_answers_that_were_sent(session: Session) -> None:
    held = make_open(session, now=NOW)
    store(session, held, 1)
    one = commit_responses(session, held)
    store(session, held, 11)
    all_of_them = commit_responses(session, held)
    assert one != all_of_them
    told, listed = close(session, held)
    assert told == all_of_them
    assert listed is not None
    lines = listed.decode().splitlines()
    assert len(set(lines)) == 12, "who answered nothing has sent a response too"
    assert lines == sorted(lines), "their order tells nothing"
    answer = session.scalars(select(Answer)).first()
    assert answer is not None
    answer.value = "[0]"
    session.flush()
    assert len(set(list_hashes(session, held.id)) - set(lines)) == 1
    assert commit_responses(session, held) != told


@pytest.mark.parametrize(
    ("sent", "unchecked", "kept"),
    [(9, 0, False), (10, 0, True), (30, 3, False), (30, 12, True)],
)
def test_d1_no_list_is_kept_whose_length_tells_a_few(
    session: Session, sent: int, unchecked: int, kept: bool
) -> None:
    held = make_open(session, now=NOW)
    store(session, held, sent)
    store(session, held, unchecked, is_counted=False, source="paper")
    told, listed = close(session, held)
    assert (listed is not None) is kept
    assert re.fullmatch(r"[0-9a-f]{64}", told)


def test_whoever_answered_finds_the_fingerprint_of_their_letter_in_the_public_list(
    app: Flask, tmp_path: Path
) -> None:
    opened = ground.open_consultation(app)
    person = ground.invite(app, opened)
    kinds = ground.find_questions(app, opened)
    person.begin()
    person.post("page/1", {f"q{kinds['single']}-answer": "2"})
    person.about("no")
    person.submit()
    with app.app_context(), transaction(db.session()) as session:
        [letter] = session.query(Letter).filter_by(kind="consultation-receipt").all()
        message = write_any(session, letter.id, post=LetterPost(app), now=NOW)
        text = message.get_body(("plain",)).get_content()
        own = re.search(r"of these answers:\s+([0-9a-f]{64})", text)
        assert own is not None
    aside = (io.BytesIO(b"notes"), "notes.txt")  # put into the answers, and never sent
    follow(person.post("page/10", {f"q{kinds['file']}-file": aside}))
    with app.app_context(), transaction(db.session()) as session:
        held = session.query(Consultation).one()
        slug = held.proposal.slug
        assert f"/p/{slug}/chain" in text
        store(session, held, 9)
        handles = [each.handle for each in session.query(Response)]
        consultations.close(session, held, now=dt.datetime.now(dt.UTC), reason="Everyone answered.")
    whole, lacking = check_record(app.test_client(), slug, tmp_path)
    assert "consultation-closed" in whole
    assert not lacking
    [listed] = [path for path in tmp_path.glob("?" * 64) if own[1] in path.read_text()]
    assert listed.name == hashlib.sha256(listed.read_bytes()).hexdigest()
    assert len(listed.read_text().splitlines()) == 10
    for handle in handles:
        assert handle not in listed.read_text()
        assert handle not in text, "what keeps the hash from being guessed is told to nobody"

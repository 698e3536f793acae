"""What a scrutineer reads before approving and before opening, where it is not as usual."""

from __future__ import annotations

import io
import json
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import make_environment
from tests.factories_polls import NOW, freeze, make_draft
from tests.trustee_ground import (
    arrange,
    close_and_count,
    invite,
    make_keys,
    make_watched_poll,
    vote,
)
from tests.web.pages import csrf_token
from voting.app import create_app
from voting.belenios.issuing import make_codes, make_public_list, parse_task
from voting.config import load_settings
from voting.services import issuing
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.proposals import list_acts
from voting.store.roll import iter_weights

ISSUER = "Northmoor branch of the union"


def visit(app: Flask, client: FlaskClient, scrutineer_id: int) -> str:
    """Follow the link and press Continue; the address of the desk."""
    token = app.extensions["voting.links"].scrutineer_token(scrutineer_id, 1)
    done = client.post(f"/s/{token}", data={"csrf_token": csrf_token(client)})
    return str(done.location)


def have_codes_issued(draft: Poll) -> None:
    """The issuer makes the codes of the one constituency and hands in the public list."""
    session = db.session()
    issuing.set_issuer(session, draft, name=ISSUER, contact="01632 960002")
    (part,) = draft.proposal.constituencies
    issue = issuing.begin(session, draft, part, now=NOW)
    task = parse_task(issuing.make_task(draft, issue))
    roll = dict(iter_weights(session, part.id))
    raw = make_public_list(task, make_codes((task.group, task.uuid, list(roll))), roll)
    issuing.receive(session, draft, issue, raw, now=NOW)


def test_who_makes_the_codes_and_why_all_keys_are_needed_is_read_before_approving(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        session = db.session()
        draft = make_draft(session, electors={"Staff": 10})
        have_codes_issued(draft)
        arrange(session, draft, threshold=3)
        (person, *_others) = invite(session, draft)
        make_keys(session, draft)
        freeze(session, draft)
        session.commit()
        scrutineer_id = person.id
    desk = visit(app, client, scrutineer_id)

    page = unescape(client.get(f"{desk}/approve").text)

    assert "3 of these 3 scrutineers are needed" in page
    assert "Why all of them are needed: <span" in page
    assert "They asked for it." in page
    assert f"{ISSUER}</span> made the codes and sends them" in page
    assert "This service makes the codes" not in page


def test_usually_the_service_makes_the_codes(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        _poll, (machine, *_others) = make_watched_poll(db.session())
    page = client.get(f"{visit(app, client, machine.scrutineer_id)}/approve").text
    assert "This service makes the codes and sends them in its letters." in page
    assert "Why all of them are needed" not in page


@pytest.mark.parametrize(("minimum", "needs_reason"), [("13", True), ("5", False)])
def test_the_operator_sets_how_few_votes_need_a_reason(
    tmp_path: Path, minimum: str, needs_reason: bool
) -> None:
    app = create_app(load_settings(make_environment(tmp_path, VOTING_MINIMUM_COUNTED=minimum)))
    with app.app_context():
        db.create_all()
        session = db.session()
        poll, (machine, *_others) = make_watched_poll(session)
        vote(session, poll, number=12 if needs_reason else 9)
        close_and_count(session, poll)
        (election,) = poll.elections
        raw = machine.decrypt(session, election, reason="" if needs_reason else "It is a test.")
        uuid, proposal_id = election.uuid, poll.proposal_id
    client = app.test_client()
    address = f"{visit(app, client, machine.scrutineer_id)}/count/{uuid}"

    page = client.get(address).text
    assert f'data-minimum="{minimum}"' in page
    assert f"--minimum {minimum} --out" in page
    assert (f"Fewer than {minimum} votes are counted here" in page) == needs_reason

    def send(reason: str) -> int:
        form = {"csrf_token": csrf_token(client), "answer": (io.BytesIO(raw), "answer.json")}
        return client.post(address, data={**form, "reason": reason}).status_code

    if needs_reason:
        assert send("") == 422
    assert send("It is a test." if needs_reason else "") == 303
    with app.app_context():
        act = json.loads(list_acts(db.session(), proposal_id)[-1].body)
    assert (act["kind"], act["reason"]) == ("decrypted", "It is a test.")

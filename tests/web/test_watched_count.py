"""The count of a watched ranked vote by plain requests: who has done their part, and long lists."""

from __future__ import annotations

import io
import os
import re
from concurrent.futures import Future
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories_polls import make_proposal
from tests.organiser_ground import sign_in
from tests.trustee_ground import AFTER, Machine, close_and_count, count_on, make_watched_poll, vote
from tests.web.pages import csrf_token
from voting.engine import ResilientExecutor
from voting.services import declaration
from voting.store import board
from voting.store.accounts import find_account
from voting.store.database import db
from voting.store.polls import Poll
from voting.web import bulk
from voting.web.errors import Busy

ONE = "1 of 3 scrutineers has done their part"
ONE_CY = "Mae 1 o'r 3 archwiliwr wedi gwneud ei ran"
DONE = "2 of 3 scrutineers have done their part"
DONE_CY = "Mae 2 o'r 3 archwiliwr wedi gwneud eu rhan"


def visit(app: Flask, client: FlaskClient, scrutineer_id: int) -> str:
    """Follow the link and press Continue; the address of the desk."""
    link = f"/s/{app.extensions['voting.links'].scrutineer_token(scrutineer_id, 1)}"
    answer = client.post(link, data={"csrf_token": csrf_token(client, "/check-vote")})
    return str(answer.location)


def give(app: Flask, machine: Machine, act: str) -> None:
    """Do the act on the scrutineer's own machine and upload the file without scripts."""
    client = app.test_client()
    desk = visit(app, client, machine.scrutineer_id)
    with app.app_context():
        (election,) = db.session.query(Poll).one().elections
        uuid, raw = election.uuid, getattr(machine, act)(db.session(), election)
    form = {
        "csrf_token": csrf_token(client, "/check-vote"),
        "answer": (io.BytesIO(raw), "answer.json"),
    }
    done = client.post(f"{desk}/count/{uuid}", data=form)
    done.request.environ["wsgi.input"].close()  # a large one is a temporary file
    assert done.status_code == 303, done.text


def test_who_has_done_their_part_is_told_to_all_and_long_lists_go_to_all_processors(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_out: list[str] = []
    submit = ResilientExecutor.submit

    def note(self: ResilientExecutor, fn: Any, *args: Any, **kwargs: Any) -> Future[Any]:
        handed_out.append(fn.__name__)
        return submit(self, fn, *args, **kwargs)

    monkeypatch.setattr(ResilientExecutor, "submit", note)
    clerk = sign_in(app)
    with app.app_context():
        session = db.session()
        proposal = make_proposal(session, find_account(session, clerk.email))
        poll, machines = make_watched_poll(session, ranked=True, proposal=proposal)
        vote(session, poll)
        close_and_count(session, poll)
        place = f"/organiser/proposals/{proposal.slug}/polls/{poll.slug}"
        public = f"/p/{proposal.slug}/{poll.slug}"

    def check_pages(own: str, everyones: str, done: str = DONE, welsh: str = DONE_CY) -> None:
        client = app.test_client()
        desk = visit(app, client, machines[1].scrutineer_id)
        for page in (f"{place}/conduct", f"{place}/scrutineers"):
            assert f"{done} {own}" in flat(clerk.get(page).text)
        assert f"<strong>{done} {own}</strong>" in flat(client.get(desk).text)
        assert f"{done}</strong> {everyones}" in flat(client.get(public).text)
        told = app.test_client().get(public, headers={"Accept-Language": "cy"}).text
        assert welsh in flat(told)

    give(app, machines[0], "shuffle")
    assert not handed_out  # a short list is checked sooner in the request
    check_pages(
        "of mixing the votes (2 are needed).", "of mixing the votes. 2 are needed.", ONE, ONE_CY
    )
    monkeypatch.setattr(bulk, "LONG", 1)
    give(app, machines[2], "shuffle")
    assert handed_out
    check_pages("of mixing the votes (2 are needed).", "of mixing the votes. 2 are needed.")
    go_on(app)
    handed_out.clear()
    give(app, machines[1], "decrypt")
    assert handed_out
    give(app, machines[2], "decrypt")
    check_pages("of opening the sums (2 are needed).", "of opening the count. 2 are needed.")
    go_on(app)
    with app.app_context():
        session = db.session()
        poll = session.query(Poll).one()
        assert poll.elections[0].result is not None
        declaration.declare(session, poll, now=AFTER)
        session.commit()
    check_pages("of opening the sums.", "of opening the count.")  # and it stays


def test_all_processors_are_lent_to_one_request_at_a_time() -> None:
    with bulk.lend_executor(bulk.LONG) as first:
        assert first is not None
        assert first.submit(os.nice, 0).result(60) == min(os.nice(0) + bulk.STEP_BACK, 19)
        with pytest.raises(Busy), bulk.lend_executor(bulk.LONG):
            pass
        with bulk.lend_executor(bulk.LONG - 1) as short:  # others go on as before
            assert short is None
    with pytest.raises(OSError, match="cut"), bulk.lend_executor(bulk.LONG):
        raise OSError("the upload was cut")
    with bulk.lend_executor(bulk.LONG) as third:
        assert third is not None


def test_a_long_upload_beside_another_is_asked_to_come_again_and_changes_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "LONG", 1)
    with app.app_context():
        session = db.session()
        poll, machines = make_watched_poll(session)
        vote(session, poll)
        close_and_count(session, poll)
        (election,) = poll.elections
        address, election_id = f"count/{election.uuid}", election.id
        raw = machines[0].decrypt(session, election)
        before = list(board.iter_events(session, election_id))
    client = app.test_client()
    address = f"{visit(app, client, machines[0].scrutineer_id)}/{address}"

    def send(**headers: str) -> Any:
        form = {
            "csrf_token": csrf_token(client, "/check-vote"),
            "answer": (io.BytesIO(raw), "answer.json"),
        }
        return client.post(address, data=form, headers=headers)

    with bulk.lend_executor(bulk.LONG):
        told, asked = send(), send(Accept="application/json")
    assert (told.status_code, asked.status_code) == (503, 503)
    assert "The file of another scrutineer is being checked just now" in told.text
    assert asked.json["retry"]
    assert int(asked.headers["Retry-After"]) > 0
    with app.app_context():
        assert list(board.iter_events(db.session(), election_id)) == before
    assert send().status_code == 303


def go_on(app: Flask) -> None:
    """What the worker does when it looks."""
    with app.app_context():
        count_on(db.session(), db.session.query(Poll).one())


def flat(text: str) -> str:
    """A page's text on one line."""
    return re.sub(r"\s+", " ", text)

"""The scrutineer's desk by plain requests: links, visits, approval, lost keys."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories_polls import NOW, OPENS_AT, make_draft
from tests.organiser_ground import list_errors
from tests.trustee_ground import AFTER, arrange, invite, sign_reports
from tests.web.pages import csrf_token
from voting import jobs
from voting.belenios import opening
from voting.belenios.exchange import Task, make_answer, make_key_file, parse_key_file, parse_task
from voting.belenios.opening import make_decryption_file, read_decryption
from voting.domain.errors import Conflict
from voting.services import casting, keys, polls, publication, tallying, trustees
from voting.store.database import db, transaction
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.roll import list_electors
from voting.store.trustees import Scrutineer
from voting.web.trustee import counting


@pytest.fixture
def ids(app: Flask) -> list[int]:
    """Three scrutineers who are invited to make their keys."""
    with app.app_context():
        draft = make_draft(db.session(), electors={"Staff": 10})
        arrange(db.session(), draft)
        people = invite(db.session(), draft)
        db.session.commit()
        return [person.id for person in people]


def link_of(app: Flask, scrutineer_id: int, generation: int = 1) -> str:
    return f"/s/{app.extensions['voting.links'].scrutineer_token(scrutineer_id, generation)}"


def visit(app: Flask, client: FlaskClient, scrutineer_id: int) -> str:
    """Follow the link and press Continue; the address of the desk."""
    token = csrf_token(client, "/check-vote")
    answer = client.post(link_of(app, scrutineer_id), data={"csrf_token": token})
    assert answer.status_code == 303
    return str(answer.location)


def test_opening_the_link_changes_nothing_and_continue_begins_a_visit(
    app: Flask, client: FlaskClient, ids: list[int]
) -> None:
    page = client.get(link_of(app, ids[0]))
    assert page.status_code == 200
    assert "Una Price" in page.text
    assert client.get(f"/scrutineer/{ids[0]}").status_code == 403
    desk = visit(app, client, ids[0])
    assert "You will be asked" not in client.get(desk).text
    assert client.get(desk).status_code == 200
    assert client.get(f"/scrutineer/{ids[1]}").status_code == 403


def test_links_that_were_not_made_here_or_are_void_do_not_work(
    app: Flask, client: FlaskClient, ids: list[int]
) -> None:
    assert client.get("/s/nonsense").status_code == 404
    voter = app.extensions["voting.links"].voter_token(1, ids[0], 1)
    assert client.get(f"/s/{voter}").status_code == 404
    desk = visit(app, client, ids[0])
    with app.app_context():
        person = db.session.get(Scrutineer, ids[0])
        kept = {"name": person.name, "organisation": person.organisation}
        trustees.update_scrutineer(db.session(), person, email="new@watchers.example", **kept)
        db.session.commit()
    assert client.get(link_of(app, ids[0])).status_code == 403
    assert client.get(desk).status_code == 403
    assert client.get(link_of(app, ids[0], 2)).status_code == 200


def test_the_letter_carries_the_link_and_nothing_else_that_is_secret(
    app: Flask, ids: list[int]
) -> None:
    with app.app_context():
        letter = db.session.query(Letter).filter_by(scrutineer_id=ids[0]).one()
        assert "link" not in letter.details


def test_nothing_can_be_approved_before_the_freeze_and_no_key_is_lost_before_it_is_made(
    app: Flask, client: FlaskClient, ids: list[int]
) -> None:
    desk = visit(app, client, ids[0])
    assert client.get(f"{desk}/approve").status_code == 409
    token = csrf_token(client, "/check-vote")
    answer = client.post(f"{desk}/lost", data={"csrf_token": token, "sure": "y"})
    assert answer.status_code == 409


# ------------------------------------------------------------ the whole way without scripts


@dataclass(slots=True)
class Desk:
    """A scrutineer's browser without scripts, beside the computer that holds the key."""

    client: FlaskClient
    path: str
    key: bytes = b""

    def fetch_task(self) -> Task:
        return parse_task(self.client.get(f"{self.path}/ceremony.json").data)

    def answer(self) -> bytes:
        task = self.fetch_task()
        if not self.key:
            self.key = make_key_file(task).to_json()
        return make_answer(parse_key_file(self.key), task)

    def send(self, raw: bytes, path: str = "key", **more: str):
        form = {
            "csrf_token": csrf_token(self.client, "/check-vote"),
            "answer": (io.BytesIO(raw), "answer.json"),
            **more,
        }
        answer = self.client.post(f"{self.path}/{path}", data=form)
        answer.request.environ["wsgi.input"].close()  # a large one is a temporary file
        return answer

    def decrypt(self, uuid: str, reason: str = "") -> bytes:
        archive = io.BytesIO(self.client.get(f"{self.path}/{uuid}.bel").data)
        count = opening.read_count(archive)
        return opening.decrypt(parse_key_file(self.key), self.fetch_task(), count, reason=reason)


@pytest.fixture
def desks(app: Flask, ids: list[int]) -> list[Desk]:
    """Three scrutineers in three browsers."""
    clients = [app.test_client() for _ in ids]
    return [Desk(client, visit(app, client, i)) for client, i in zip(clients, ids, strict=True)]


def test_the_keys_are_made_proved_and_used_with_plain_forms(
    app: Flask, desks: list[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _, third = desks
    page = first.client.get(f"{first.path}/key").text
    assert "If 2 of the 3 scrutineers lose theirs, the votes can never be counted." in page
    for _ in range(4):
        for desk in desks:
            done = desk.send(desk.answer())
            assert done.status_code == 303, list_errors(done)
    assert "All keys are made" in first.client.get(first.path).text
    assert first.client.get(f"{first.path}/key").status_code == 303

    freeze(app)
    approve(desks)
    uuid = open_vote_and_close(app)
    assert "Count the votes of Staff" in first.client.get(first.path).text
    page = first.client.get(f"{first.path}/count/{uuid}").text
    assert "4 votes are counted here" in page
    assert "Fewer than 10" in page
    assert "several times as fast" not in page
    monkeypatch.setattr(counting, "LARGE", 3)
    assert "several times as fast" in first.client.get(f"{first.path}/count/{uuid}").text

    open_first_part(desks, uuid)
    assert "Nothing to do now" in first.client.get(first.path).text
    told = third.client.get(third.path).text
    assert "1 of 3 scrutineers has done their part" in told
    assert third.send(third.decrypt(uuid, "A test."), f"count/{uuid}").status_code == 303
    address = declare_and_publish(app)
    outcome = first.client.get(f"{address}/outcome").text
    assert "fewer than 2 of these scrutineers worked together" in outcome
    assert "Leisure Workers’ Union" in outcome
    public = first.client.get(address).text
    assert "A scrutineer opened their part of the count (Una Price): A test." in flat(public)


def freeze(app: Flask) -> None:
    sealer = app.extensions["voting.sealer"]
    with app.app_context(), transaction(db.session()) as session:
        poll = session.query(Poll).one()
        prepare = partial(keys.prepare_election, sealer=sealer)
        polls.freeze(session, poll, actor=None, now=NOW, prepare_election=prepare)


def open_first_part(desks: list[Desk], uuid: str) -> None:
    """The first one's part: not from another's desk, nor without its reason; twice is once."""
    first, second, _ = desks
    good = first.decrypt(uuid, reason="A test.")
    wrong = second.send(good, f"count/{uuid}", reason="A test.")
    assert wrong.status_code == 422
    assert "of trustee 1, and yours is number 2" in list_errors(wrong)[0]
    silent = make_decryption_file(uuid, 1, read_decryption(good, uuid, 1)[0])
    missing = first.send(silent, f"count/{uuid}")
    assert missing.status_code == 422
    assert 'id="reason-error"' in missing.text
    for _ in range(2):
        assert first.send(good, f"count/{uuid}").status_code == 303


def declare_and_publish(app: Flask) -> str:
    """Publish what the worker declared, once a scrutineer has signed; the vote's public page."""
    with app.app_context():
        jobs.count_poll(app, db.session.query(Poll).one().id, AFTER)
        db.session.rollback()  # what the worker changed is read afresh
        poll = db.session.query(Poll).one()
        assert poll.state == "declared"
        with pytest.raises(Conflict, match="No scrutineer has signed a report on Staff"):
            publication.publish(db.session(), poll, now=AFTER, actor=None)
        db.session.rollback()
        sign_reports(db.session(), poll)
        publication.publish(db.session(), poll, now=AFTER, actor=None)
        db.session.commit()
        return f"/p/{poll.proposal.slug}/{poll.slug}"


def approve(desks: list[Desk]) -> None:
    """Two of the three approve what was frozen, each after one that did not say so."""
    for desk in desks[:2]:
        page = desk.client.get(f"{desk.path}/approve").text
        assert "Fingerprint of the roll’s codes" in page
        seen = re.search(r'id="fingerprint">([0-9a-f]{64})<', page)
        assert seen is not None
        token = csrf_token(desk.client, "/check-vote")
        form = {"csrf_token": token, "seen": seen[1]}
        unread = desk.client.post(f"{desk.path}/approve", data=form)
        assert unread.status_code == 422
        changed = {**form, "agreed": "y", "seen": "0" * 64}
        assert desk.client.post(f"{desk.path}/approve", data=changed).status_code == 409
        done = desk.client.post(f"{desk.path}/approve", data={**form, "agreed": "y"})
        assert done.status_code == 303


def open_vote_and_close(app: Flask) -> str:
    """Four people of Staff vote, the box is sealed, the worker adds up; the election's uuid."""
    sealer = app.extensions["voting.sealer"]
    with app.app_context():
        session = db.session()
        poll = session.query(Poll).one()
        polls.open_due(session, OPENS_AT)
        session.commit()
        election = poll.elections[0]
        for elector in list_electors(session, election.constituency_id)[:4]:
            code = keys.code_for(election, elector.id, sealer=sealer)
            casting.seal_and_cast(session, election.id, elector.id, code, [[0, 1, 0]], now=OPENS_AT)
            session.commit()
        tallying.close(session, poll, now=AFTER)
        poll.counting_wanted_at = AFTER
        session.commit()
        jobs.count_poll(app, poll.id, AFTER)
        return str(election.uuid)


def flat(text: str) -> str:
    """A page's text on one line."""
    return re.sub(r"\s+", " ", text)


def test_wrong_files_are_refused_beside_the_field_and_to_the_script_in_one_sentence(
    app: Flask, desks: list[Desk]
) -> None:
    first, second, _ = desks
    nothing = first.send(b"")
    assert nothing.status_code == 422
    assert 'id="answer-error"' in nothing.text
    refused = first.send(b'{"format":"voting-scrutineer-key"}')
    assert refused.status_code == 422
    assert "this is a private key file, which must never be sent" in list_errors(refused)[0]
    refused = first.send(b'{"format":"something-else"}')
    assert refused.status_code == 422
    assert "this is not an answer of a scrutineer" in list_errors(refused)[0]
    stolen = second.send(first.answer())
    assert "made by scrutineer 1, and you are number 2" in list_errors(stolen)[0]
    form = {
        "csrf_token": csrf_token(first.client, "/check-vote"),
        "answer": (io.BytesIO(b"[]"), "answer.json"),
    }
    accept = {"Accept": "application/json"}
    told = first.client.post(f"{first.path}/key", data=form, headers=accept)
    assert told.status_code == 422
    assert "Nothing was kept" in told.get_json()["error"]
    huge = first.send(b"x" * (2 * 1024 * 1024))
    assert huge.status_code == 413


def test_a_lost_key_says_whether_the_threshold_is_safe(app: Flask, desks: list[Desk]) -> None:
    for desk in desks:
        desk.send(desk.answer())
    assert report(desks[0], sure=False).status_code == 422
    told = report(desks[0]).text
    assert "The threshold is just safe." in told
    assert "2 of 3 keys are not lost" in flat(told)
    told = report(desks[1]).text
    assert "Too many keys are lost. Only 1 are left and 2 are needed." in flat(told)
    assert "made again" in told


def report(desk: Desk, *, sure: bool = True):
    form = {"csrf_token": csrf_token(desk.client, "/check-vote")} | ({"sure": "y"} if sure else {})
    return desk.client.post(f"{desk.path}/lost", data=form)

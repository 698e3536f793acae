"""Scripts in every text of a proposal, and every address with every role."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import url_for
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from tests.conftest import make_environment
from tests.organiser_ground import Clerk, sign_in
from tests.web.story_ground import RAW, Story, tell_story
from voting.app import create_app
from voting.config import load_settings
from voting.jobs.letters import LetterPost
from voting.services.correspondence.consulting import write_any
from voting.services.correspondence.refusals import Unwanted
from voting.store.analysis import Coding, Theme
from voting.store.consultations import Section
from voting.store.database import db
from voting.store.decisions import ImplementationStep
from voting.store.disputes import Dispute
from voting.store.documents import Document
from voting.store.hub import GlossaryEntry, Milestone, ProposalOption
from voting.store.letters import Letter
from voting.store.participants import Participant
from voting.store.polls import Election, Poll
from voting.store.proposals import Constituency
from voting.store.readers import Enquiry
from voting.store.responses import Answer, AnswerFile, Response
from voting.store.roll import Elector, RollImport

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
NOT_THERE = ("scrutineers.", "issuer.")  # what this story has none of, even for its organiser
LINK = re.compile(r'href="(/[^"#]*)')


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """One story for all tests here; they only read what came of it."""
    folder = Path(tmp_path_factory.mktemp("story"))
    app = create_app(load_settings(make_environment(folder)))
    with app.app_context():
        db.create_all()
    yield tell_story(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def walk(story: Story, client: FlaskClient, *starts: str) -> set[str]:
    """Follow every link within the service from *starts*; each answer is held to be inert."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(("/static/", "/language", "/check")):
            continue
        seen.add(path)
        page = client.get(path)
        assert page.status_code in (200, 303, 404, 409, 410), (path, page.status_code)
        if page.status_code == 200:
            story.hold(path, page)
            if page.mimetype == "text/html":
                waiting += [unescape(found) for found in LINK.findall(page.text)]
        page.close()
    return seen


def test_scripts_in_any_text_are_inert_on_every_page_and_in_every_letter(story: Story) -> None:
    app, public = story.app, f"/p/{story.slug}"
    walked = walk(story, app.test_client(), public)
    assert len(walked) > 25
    assert len(walk(story, story.organiser.client, story.path, story.consultation)) > 100
    assert len(walk(story, story.commissioner.client, f"/commissioner/proposals/{story.slug}")) > 25
    for address in story.originals:
        story.look(story.custodian.client, address)
    welsh = app.test_client()
    for path in sorted(walked):
        page = welsh.get(path, headers={"Accept-Language": "cy"})
        if page.status_code == 200:
            story.hold(path, page)
    read_letters(story)

    unseen = {number: where for number, where in story.typed.items() if number not in story.seen}
    assert unseen == {}  # whatever was typed came out somewhere, and never raw


def read_letters(story: Story) -> None:
    """Every letter there is, as it would be sent."""
    post, kinds = LetterPost(story.app), set()
    with story.app.app_context():
        for letter in db.session.query(Letter).all():
            try:
                message = write_any(db.session(), letter.id, post=post, now=NOW)
            except Unwanted:
                continue
            kinds.add(letter.kind)
            part = message.get_body(("html",))
            assert part is not None
            assert RAW.search(part.get_content()) is None, letter.kind
            assert "\n" not in str(message["Subject"])
            story.note(part.get_content())
    assert len(kinds) >= 4, kinds


# ------------------------------------------------------------------ who comes in where


def list_addresses(story: Story, start: str) -> list[tuple[Rule, str]]:
    """Every route below *start*, with its address in this story."""
    rules = [rule for rule in story.app.url_map.iter_rules() if rule.rule.startswith(start)]
    with story.app.app_context():
        numbers = {
            name: db.session.scalar(select(func.min(table.id)))
            for name, table in {
                "coding_id": Coding, "document_id": Document,
                "elector_id": Elector, "entry_id": GlossaryEntry, "enquiry_id": Enquiry,
                "file_id": AnswerFile, "import_id": RollImport, "milestone_id": Milestone,
                "option_id": ProposalOption, "participant_id": Participant, "poll_id": Poll,
                "response_id": Response, "section_id": Section, "step_id": ImplementationStep,
                "theme_id": Theme,
            }.items()
        }  # fmt: skip
        said = select(Answer.id, Answer.question_id).where(Answer.text != "").order_by(Answer.id)
        written = db.session.execute(said.limit(1)).one()
        code = db.session.scalar(select(Constituency.code))
        uuid = db.session.scalar(select(Election.uuid))
        reference = db.session.scalar(select(Dispute.reference))
    told: dict[str, Any] = numbers | {
        "slug": story.slug, "consultation_slug": story.consultation.rpartition("/")[2],
        "poll_slug": story.poll.rpartition("/")[2], "question_id": written[1], "code": code,
        "answer_id": written[0], "uuid": uuid, "reference": reference, "act": "up",
        "number": 1, "place": 1, "position": 1, "scrutineer_id": 1, "account_id": 1,
    }  # fmt: skip
    found = []
    with story.app.test_request_context():
        for rule in rules:
            kind = "csv" if rule.endpoint.startswith("analysis") else "invitation"
            given = {name: told.get(name, kind) for name in rule.arguments}
            found.append((rule, url_for(rule.endpoint, **given)))
    return found


@cache
def read_token(client: FlaskClient) -> str:
    """The token of this browser's forms, read once."""
    return Clerk(client.application, client, "").read_token()


def knock(clerk: Clerk, rule: Rule, address: str) -> set[int]:
    """The statuses that each way to ask for an address gets; a form has its token."""
    found = set()
    if "GET" in (rule.methods or ()):
        answer = clerk.get(address)
        found.add(answer.status_code)
        answer.close()
    if "POST" in (rule.methods or ()):
        token = read_token(clerk.client)
        found.add(clerk.client.post(address, data={"csrf_token": token}).status_code)
    return found


def test_each_role_reaches_its_own_desk_of_its_own_proposal_and_no_other(story: Story) -> None:
    stranger, other = Clerk(story.app, story.app.test_client(), ""), sign_in(story.app)
    outsider = sign_in(story.app, "commissioner")
    named = (story.organiser, story.second, story.custodian, story.commissioner)
    checked, unreached = 0, []
    for rule, address in list_addresses(story, "/organiser/"):
        custody = address.startswith("/organiser/custody/")
        assert knock(stranger, rule, address) <= {303, 419}, address
        assert knock(story.commissioner, rule, address) == {403}, address
        if "slug" in rule.arguments:
            assert knock(other, rule, address) == {404}, address
            inside, outside = (named[2], named[0]) if custody else (named[0], named[2])
            assert knock(outside, rule, address) == {404}, address
            if "GET" in (rule.methods or ()):
                there = inside.get(address).status_code in (200, 303, 409)
                if not there and not rule.endpoint.startswith(NOT_THERE):
                    unreached.append(rule.endpoint)
            checked += 1
    assert checked > 90
    assert unreached == []
    for rule, address in list_addresses(story, "/commissioner/"):
        assert knock(stranger, rule, address) <= {303, 419}, address
        for clerk in (*named[:3], other):
            assert knock(clerk, rule, address) == {403}, address
        if "slug" in rule.arguments:
            assert knock(outsider, rule, address) == {404}, address
            assert story.commissioner.get(address).status_code == 200, address


def test_nobody_without_a_link_reaches_a_visit(story: Story) -> None:
    assert story.respondent is not None
    someone = Clerk(story.app, story.app.test_client(), "")
    everyone = (someone, story.organiser, story.second, story.commissioner, story.custodian)
    for start in ("/vote/", "/answer/", "/scrutineer/"):
        addresses = list_addresses(story, start)
        assert len(addresses) > 10
        for rule, address in addresses:
            for clerk in everyone:
                assert knock(clerk, rule, address) <= {401, 403, 404, 410}, address
    visitor = Clerk(story.app, story.respondent.client, "")
    for rule, address in list_addresses(story, "/answer/"):
        elsewhere = address.replace(f"/{story.respondent.participant_id}/", "/2/")
        assert knock(visitor, rule, elsewhere) <= {403, 404}, elsewhere

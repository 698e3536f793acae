"""Ballots are kept for twelve months, longer on hold; destroying them is shown first and logged."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from tests import organiser_ground as ground
from tests.organiser_ground import Clerk, follow, list_errors, publish_outcome
from voting.commands.purge import purge_command
from voting.store.board import BoardData, BoardEvent
from voting.store.database import db, transaction
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.proposals import list_acts
from voting.store.roll import Credential, Elector

YEAR = dt.timedelta(days=366)


@pytest.fixture
def published(clerk: Clerk) -> str:
    """A published poll with two ballots; the path of its pages."""
    poll = ground.make_frozen(clerk)
    ground.open_poll(clerk, poll)
    ground.cast_votes(clerk, poll, [0, 0])
    ground.close_poll(clerk, poll)
    ground.count_poll(clerk, poll)
    publish_outcome(clerk, poll)
    return poll


def let_a_year_pass(clerk: Clerk, poll: str) -> None:
    with clerk.app.app_context(), transaction(db.session()) as session:
        found = ground.read_poll(session, poll)
        assert found.published_at is not None
        found.published_at -= YEAR


def count_rows(clerk: Clerk) -> list[int]:
    with clerk.app.app_context():
        tables = (BoardEvent, BoardData, Credential, Letter)
        return [db.session.query(table).count() for table in tables]


def acts_of(clerk: Clerk, poll: str) -> list[tuple[str, dict]]:
    with clerk.app.app_context():
        found: Poll = ground.read_poll(db.session(), poll)
        acts = list_acts(db.session(), found.proposal_id, found.id)
        return [(act.kind, json.loads(act.body)) for act in acts]


def public(poll: str) -> str:
    return poll.replace("/organiser/proposals/", "/p/").replace("/polls/", "/")


def command(app: Flask, *args: str) -> Result:
    return CliRunner().invoke(
        purge_command, args, obj=ScriptInfo(create_app=lambda: app, set_debug_flag=False)
    )


def test_ballots_are_destroyed_after_their_time_and_the_outcome_stays(
    clerk: Clerk, published: str
) -> None:
    before = count_rows(clerk)
    assert "are kept until" in clerk.get(f"{public(published)}/outcome").text
    assert "not over" in clerk.get(f"{published}/kept").text
    assert clerk.post(f"{published}/kept/purge", {"typed": "2"}).status_code == 409
    assert count_rows(clerk) == before

    let_a_year_pass(clerk, published)
    page = clerk.get(f"{published}/kept/purge").text
    assert "2 sealed ballots" in page
    for typed in ("", "3", "two"):
        assert clerk.post(f"{published}/kept/purge", {"typed": typed}).status_code == 422
    assert count_rows(clerk) == before
    outcome_before = clerk.get(f"{public(published)}/outcome.json").data
    uuid = json.loads(outcome_before)["constituencies"][0]["uuid"]
    assert clerk.get(f"{public(published)}/{uuid}.bel").status_code == 200

    for _ in range(2):
        follow(clerk.post(f"{published}/kept/purge", {"typed": "2"}))
    assert count_rows(clerk) == [0, 0, 0, 0]
    destroyed = [body for kind, body in acts_of(clerk, published) if kind == "ballots-destroyed"]
    assert [body["destroyed"]["ballots"] for body in destroyed] == [2]
    assert destroyed[0]["by"] == "organiser"
    assert clerk.get(f"{public(published)}/{uuid}.bel").status_code == 404
    assert clerk.get(f"{public(published)}/outcome.json").data == outcome_before
    outcome = clerk.get(f"{public(published)}/outcome").text
    assert "The sealed votes were destroyed" in outcome
    for page in ("", "/ballot-box"):
        told = clerk.get(f"{public(published)}{page}").text
        assert "The sealed votes were destroyed at the end of their time." in told
        assert "0 sealed votes" not in told
    with clerk.app.app_context():
        assert db.session.query(Elector).count() == 10  # the roll is another matter
    assert "ballots were destroyed" in clerk.get(f"{published}/kept").text


def test_a_legal_hold_keeps_them_until_it_is_lifted(clerk: Clerk, published: str) -> None:
    let_a_year_pass(clerk, published)
    assert clerk.post(f"{published}/kept/hold", {"reason": " "}).status_code == 422
    follow(clerk.post(f"{published}/kept/hold", {"reason": "A complaint was made."}))
    assert "A complaint was made." in clerk.get(f"{public(published)}/outcome").text
    assert clerk.post(f"{published}/kept/purge", {"typed": "2"}).status_code == 409
    assert "legal hold" in clerk.get(f"{published}/kept").text
    follow(clerk.post(f"{published}/kept/hold", {"reason": "It was settled."}))
    follow(clerk.post(f"{published}/kept/purge", {"typed": "2"}))
    told = [body["reason"] for kind, body in acts_of(clerk, published) if "hold" in kind]
    assert told == ["A complaint was made.", "It was settled."]
    after = clerk.post(f"{published}/kept/hold", {"reason": "Too late."})
    assert after.status_code == 409


def test_the_operator_looks_first_and_types_the_number(
    app: Flask, clerk: Clerk, published: str
) -> None:
    which = public(published).removeprefix("/p/")
    listed = command(app)
    assert f"{which}: 2 ballots, kept until" in listed.output
    early = command(app, which, "--confirm", "2")
    assert early.exit_code == 1
    assert "not over. Nothing was destroyed." in early.output
    let_a_year_pass(clerk, published)
    before = count_rows(clerk)
    assert "May be destroyed" in command(app).output
    seen = command(app, which)
    assert f"voting purge {which} --confirm 2" in seen.output
    assert command(app, which, "--confirm", "5").exit_code == 1
    assert command(app, "no/such", "--confirm", "2").exit_code == 1
    assert command(app, "--confirm", "2").exit_code == 1
    assert count_rows(clerk) == before
    done = command(app, which, "--confirm", "2")
    assert done.exit_code == 0, done.output
    assert count_rows(clerk) == [0, 0, 0, 0]
    assert acts_of(clerk, published)[-1][1]["by"] == "operator"
    assert "No vote that is over has ballots left" in command(app).output


def test_nothing_is_destroyed_before_the_announcement_or_by_others(
    app: Flask, clerk: Clerk
) -> None:
    poll = ground.make_frozen(clerk)
    assert "not been announced" in clerk.get(f"{poll}/kept").text
    refused = clerk.post(f"{poll}/kept/purge", {"typed": "0"})
    assert refused.status_code == 409
    stranger = ground.sign_in(app)
    for page in ("", "/hold", "/purge"):
        assert stranger.get(f"{poll}/kept{page}").status_code == 404
    assert list_errors(clerk.get(f"{poll}/kept/hold")) == []

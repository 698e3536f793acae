"""Answers are kept as long as people were told, longer on hold; then nothing leads to anyone."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from flask.testing import FlaskClient

from tests import consultation_ground
from tests.analysis_ground import NOW, THOUGHTS, make_consultation, release
from tests.organiser_ground import Clerk, follow, list_errors, make_proposal, sign_in
from voting.commands.purge import purge_command
from voting.services import analysis, hub
from voting.store.analysis import Coding, Reading, Theme
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.equality import EqualityCount, add_one
from voting.store.letters import Letter
from voting.store.participants import Participant, RespondentLinkReplacement
from voting.store.proposals import find_proposal, list_acts
from voting.store.releases import Moderation, Redaction, Release
from voting.store.responses import Answer, AnswerFile, Response

GONE = (
    Coding, Reading, AnswerFile, Participant, Letter, RespondentLinkReplacement, EqualityCount,
)  # fmt: skip


@pytest.fixture
def closed(app: Flask, clerk: Clerk) -> str:
    """A closed and answered consultation of 300, one answer published; the path of its pages."""
    slug = make_proposal(clerk).rsplit("/", 1)[1]
    with app.app_context(), transaction(db.session()) as session:
        proposal = find_proposal(session, slug)
        assert proposal is not None
        page = hub.get_hub(session, proposal)
        page.opened_at = NOW
        session.add(page)
        held = make_consultation(session, proposal)
        theme = analysis.save_theme(
            session, held, theme=None, name="Hours", meaning="", parent_id=None, now=NOW
        )
        words = {"summary": "Open longer.", "stance": "not-accepted", "response": "Cost."}
        analysis.answer_theme(session, held, theme, now=NOW, **words)
        add_people(session, held, theme)
    path = f"/organiser/proposals/{slug}/consultations/your-views"
    release(clerk, slug, THOUGHTS[1], take_out="Jo Bloggs")
    follow(clerk.post(f"{path}/analysis/publish"))
    return path


def add_people(session: Any, held: Consultation, theme: Theme) -> None:
    """One of everything that ties answers to people or was made of them."""
    person = Participant(
        consultation_id=held.id, audience_id=held.audiences[1].id, email="pat@example.org",
        email_key="pat@example.org", confirmed_at=NOW,
    )  # fmt: skip
    response = Response(
        consultation_id=held.id, audience_id=held.audiences[1].id, handle="a draft", draft="{}"
    )
    session.add_all([person, response])
    session.flush()
    answer = session.query(Answer).filter(Answer.text != "").first()
    account = session.query(Moderation.account_id).scalar() or 1
    owed = {"state": "sent", "due_at": NOW, "participant_id": person.id}
    question = held.questions[-1].id
    session.add_all(
        [
            Letter(key="a", kind="consultation-receipt", consultation_id=held.id, **owed),
            Letter(key="b", kind="changes", proposal_id=held.proposal_id, **owed),
            RespondentLinkReplacement(
                participant_id=person.id, account_id=account, generation=2, asked_for=True,
                reason="Lost", at=NOW,
            ),
            AnswerFile(
                response_id=response.id, question_id=question, name="a.txt", size=1,
                media_type="text/plain", sha256="0" * 64, content=b"a",
            ),
            Coding(answer_id=answer.id, theme_id=theme.id, coder_id=account, start=0, end=1),
            Reading(answer_id=answer.id, coder_id=account, note="Knows Jo"),
        ]
    )  # fmt: skip
    add_one(session, held.id, [("age", "18-24")], offered=[("age", "18-24")])


def count_rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        tables = (*GONE, Response, Answer, Release, Redaction)
        return {table.__name__: db.session.query(table).count() for table in tables}


def let_time_pass(app: Flask) -> None:
    with app.app_context(), transaction(db.session()) as session:
        session.query(Consultation).one().closed_at = NOW - dt.timedelta(days=800)


def read_acts(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        place = db.session.query(Consultation).one().proposal_id
        return [(act.kind, act.body) for act in list_acts(db.session(), place)]


def test_what_is_destroyed_is_shown_confirmed_and_logged_and_what_was_published_stays(
    app: Flask, client: FlaskClient, clerk: Clerk, closed: str
) -> None:
    public = closed.replace("/organiser/proposals/", "/p/")
    shown = {page: client.get(f"{public}/{page}").data for page in ("report.json", "report.pdf")}
    assert all(count_rows(app).values())
    page = clerk.get(f"{closed}/kept").text
    assert "kept for 24 months after the consultation closes: until" in page
    assert "301 responses, drafts included" in page
    assert "is not over" in page
    assert clerk.post(f"{closed}/kept/purge", {"typed": "301"}).status_code == 409
    let_time_pass(app)
    assert list_errors(clerk.post(f"{closed}/kept/purge", {"typed": "300"})) == [
        "Enter 301, the number of responses that are destroyed, to confirm"
    ]
    assert all(count_rows(app).values())

    follow(clerk.post(f"{closed}/kept/purge", {"typed": "301"}))

    left = count_rows(app)
    assert [left[table.__name__] for table in GONE] == [0] * len(GONE)
    assert [left[name] for name in ("Response", "Answer", "Release", "Redaction")] == [1, 1, 1, 1]
    with app.app_context():
        response = db.session.query(Response).one()
        assert (response.handle, response.submitted_at) == (f"destroyed:{response.id}", None)
        assert db.session.query(Redaction).one().sealed == b""
    kind, body = read_acts(app)[-1]
    assert kind == "responses-destroyed"
    assert json.loads(body)["published_kept"] == 1
    for name, data in shown.items():
        assert client.get(f"{public}/{name}").data == data
    told = client.get(f"{public}/responses").text
    assert "taken out: names a person" in told
    assert "I worry about pensions." in told
    assert "The answers were destroyed on" in client.get(public).text
    assert "The answers to a consultation were destroyed" in client.get(
        f"{public.rsplit('/consultations', 1)[0]}/chain"
    ).text  # fmt: skip


def test_after_it_nothing_can_be_counted_or_reported_and_twice_is_once(
    app: Flask, clerk: Clerk, closed: str
) -> None:
    let_time_pass(app)
    follow(clerk.post(f"{closed}/kept/purge", {"typed": "301"}))

    for page in ("tables", "tables.csv", "responses.csv"):
        assert clerk.get(f"{closed}/analysis/{page}").status_code == 409
    assert clerk.post(f"{closed}/analysis/publish").status_code == 409
    assert "The answers were destroyed at" in clerk.get(f"{closed}/analysis").text
    assert "The answers were destroyed at" in clerk.get(closed).text
    before = len(read_acts(app))
    follow(clerk.post(f"{closed}/kept/purge", {"typed": "301"}))
    assert clerk.post(f"{closed}/kept/hold", {"reason": "A claim."}).status_code == 409
    assert len(read_acts(app)) == before


def test_a_hold_keeps_answers_and_its_reasons_are_public(
    app: Flask, clerk: Clerk, closed: str
) -> None:
    let_time_pass(app)
    assert list_errors(clerk.post(f"{closed}/kept/hold", {"reason": ""})) == [
        "Enter the reason. It is published"
    ]
    follow(clerk.post(f"{closed}/kept/hold", {"reason": "A claim <b>waits</b>."}))
    assert "A claim &lt;b&gt;waits&lt;/b&gt;." in clerk.get(f"{closed}/kept").text
    assert clerk.post(f"{closed}/kept/purge", {"typed": "301"}).status_code == 409
    follow(clerk.post(f"{closed}/kept/hold", {"reason": "It was settled."}))
    follow(clerk.post(f"{closed}/kept/purge", {"typed": "301"}))

    assert [kind for kind, _ in read_acts(app)[-3:]] == [
        "responses-held", "responses-hold-lifted", "responses-destroyed",
    ]  # fmt: skip
    stranger = sign_in(app)
    assert stranger.get(f"{closed}/kept").status_code == 404


def command(app: Flask, *arguments: str) -> Result:
    return CliRunner().invoke(
        purge_command, arguments, obj=ScriptInfo(create_app=lambda: app), catch_exceptions=False
    )


def test_the_operator_can_do_the_same(app: Flask, clerk: Clerk, closed: str) -> None:
    which = closed.removeprefix("/organiser/proposals/")
    assert f"{which}: 301 responses, kept until" in command(app).output
    early = command(app, which, "--confirm", "301")
    assert (early.exit_code, "Nothing was destroyed." in early.output) == (1, True)
    let_time_pass(app)
    assert f"voting purge {which} --confirm 301" in command(app, which).output

    done = command(app, which, "--confirm", "301")

    assert "Destroyed 301 responses" in done.output
    assert json.loads(read_acts(app)[-1][1])["by"] == "operator"
    assert "no consultation answers" in command(app).output


def test_p1_everyone_is_told_before_the_first_answer_how_long_it_is_kept(app: Flask) -> None:
    person = consultation_ground.invite(app, consultation_ground.open_consultation(app))
    follow(person.send(f"/c/{person.token}"))
    assert "Your answers are kept for 24 months after this closes" in person.get("start").text

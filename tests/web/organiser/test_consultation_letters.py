"""Letters of consultations that did not arrive, and new links for people who lost theirs."""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape

import pytest
from flask import Flask

from tests import consultation_ground as ground
from tests.consultation_ground import Respondent
from tests.organiser_ground import Clerk, follow, list_errors
from voting.jobs.letters import LetterPost
from voting.services import hub
from voting.services.correspondence.consulting import write_any
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.letters import Letter
from voting.store.participants import Participant, RespondentLinkReplacement
from voting.store.proposals import list_acts
from voting.store.responses import Response

ASKED = {"asked": "person", "reason": "Letter lost", "generation": "1"}


@pytest.fixture
def opened(app: Flask) -> int:
    return ground.open_consultation(app)


@pytest.fixture
def path(app: Flask, clerk: Clerk, opened: int) -> str:
    return f"{ground.organise(app, clerk, opened)}/letters"


def set_state(app: Flask, state: str, **which: object) -> None:
    with app.app_context(), transaction(db.session()) as session:
        for letter in session.query(Letter).filter_by(**which):
            letter.state, letter.last_error = state, "550 No such box <script>x</script>"


def add_public(app: Flask, opened: int, *, confirmed: bool) -> int:
    with app.app_context(), transaction(db.session()) as session:
        held = session.get_one(Consultation, opened)
        person = Participant(
            consultation_id=opened,
            audience_id=next(each.id for each in held.audiences if each.is_public),
            email="pat@example.org",
            email_key="pat@example.org",
            confirmed_at=dt.datetime.now(dt.UTC) if confirmed else None,
        )
        session.add(person)
        session.flush()
        return person.id


def test_m2_letters_of_a_consultation_that_bounced_are_listed_and_tried_again(
    app: Flask, clerk: Clerk, opened: int, path: str
) -> None:
    assert "No letter has failed." in clerk.get(f"{path}/needs-contact").text
    first = ground.invite(app, opened).participant_id
    set_state(app, "bounced", participant_id=first)
    with app.app_context(), transaction(db.session()) as session:
        name = session.get_one(Participant, first).elector.name
        for kind in ("reminder", "receipt"):  # who got one tells who has answered
            session.add(
                Letter(
                    key=kind, kind=f"consultation-{kind}", participant_id=first, state="failed",
                    consultation_id=opened, due_at=dt.datetime.now(dt.UTC),
                )
            )  # fmt: skip

    page = clerk.get(f"{path}/needs-contact").text

    assert page.count("Refused for good") == 1
    assert "Given up" not in page
    assert name in unescape(page)
    assert "<script>x" not in page
    assert "Letters that did not arrive</a>: 1" in clerk.get(path).text
    follow(clerk.post(f"{path}/retry"))
    with app.app_context():
        states = {each.kind: each.state for each in db.session.query(Letter).all()}
    assert states["consultation-invitation"] == "owed"
    assert states["consultation-reminder"] == states["consultation-receipt"] == "failed"


@pytest.mark.parametrize(
    ("bilingual", "languages", "told"),
    [
        (False, ["en"], "A test letter is on the way"),
        (True, ["en", "cy"], "Test letters in both languages are on the way"),
    ],
)
def test_a_test_letter_comes_in_each_language_of_the_consultation(
    app: Flask,
    clerk: Clerk,
    opened: int,
    path: str,
    bilingual: bool,
    languages: list[str],
    told: str,
) -> None:
    with app.app_context(), transaction(db.session()) as session:
        session.get_one(Consultation, opened).is_bilingual = bilingual
    follow(clerk.post(f"{path}/test/invitation"))
    assert told in clerk.get(path).text
    with app.app_context():
        found = db.session.query(Letter).filter_by(kind="consultation-test").order_by(Letter.id)
        assert [letter.language for letter in found] == languages
        post = LetterPost(app)
        texts = [
            str(write_any(db.session(), letter.id, post=post, now=dt.datetime.now(dt.UTC)))
            for letter in found
        ]
    assert len(set(texts)) == len(languages)


def test_a_new_link_voids_the_old_one_and_keeps_the_answers(
    app: Flask, clerk: Clerk, opened: int, path: str
) -> None:
    person = ground.invite(app, opened)
    kinds = ground.find_questions(app, opened)
    person.begin()
    question = kinds["single"]
    follow(person.post("page/1", {f"q{question}-answer": "0"}))
    with app.app_context():
        kept = db.session.query(Response).one().draft
        name = db.session.get_one(Participant, person.participant_id).elector.name
    found = clerk.get(f"{path}/people?find={name}").text
    form = f"{path}/people/{person.participant_id}/new-link"
    assert form in found
    assert list_errors(clerk.post(form, {"generation": "1"})) == [
        "Select who asks for a new link",
        "Enter why the link is replaced",
    ]
    set_state(app, "bounced", participant_id=person.participant_id)

    follow(clerk.post(form, ASKED))
    follow(clerk.post(form, ASKED))  # the same form again: once

    assert person.client.get(f"/c/{person.token}").status_code == 410
    assert person.get("check").status_code == 410
    with app.app_context():
        replaced = db.session.query(RespondentLinkReplacement).one()
        assert (replaced.generation, replaced.asked_for, replaced.reason) == (
            2,
            True,
            "Letter lost",
        )
        act = list_acts(db.session(), db.session.get_one(Consultation, opened).proposal_id)[-1]
        letters = db.session.query(Letter).filter_by(participant_id=person.participant_id).all()
        assert [(x.kind, x.state) for x in letters] == [
            ("consultation-invitation", "withdrawn"),
            ("consultation-replacement", "owed"),
        ]
        written = write_any(
            db.session(), letters[1].id, post=LetterPost(app), now=dt.datetime.now(dt.UTC)
        )
        assert db.session.query(Response).one().draft == kept
    assert json.loads(act.body)["audience"] == "Staff"
    assert "Letter lost" not in act.body
    assert name not in act.body
    anew = ground.invite(app, opened)
    body = written.get_body(("plain",)).get_content()
    assert f"/c/{anew.token}" in "".join(body.split())
    assert "What you have answered so far is kept." in " ".join(body.split())
    follow(anew.send(f"/c/{anew.token}"))
    assert 'value="0" checked' in anew.get("page/1").text.replace("checked value", "")


def test_of_the_public_only_a_whole_confirmed_address_is_found(
    app: Flask, clerk: Clerk, opened: int, path: str
) -> None:
    hidden = add_public(app, opened, confirmed=False)
    assert f"people/{hidden}/" not in clerk.get(f"{path}/people?find=pat@example.org").text
    with app.app_context(), transaction(db.session()) as session:
        session.get_one(Participant, hidden).confirmed_at = dt.datetime.now(dt.UTC)

    assert f"people/{hidden}/" not in clerk.get(f"{path}/people?find=pat").text
    assert f"people/{hidden}/new-link" in clerk.get(f"{path}/people?find=Pat@example.org").text


def test_after_the_close_and_for_strangers_no_link_is_replaced(
    app: Flask, clerk: Clerk, opened: int, path: str
) -> None:
    other = ground.open_consultation(app)
    stranger: Respondent = ground.invite(app, other)
    assert clerk.post(f"{path}/people/{stranger.participant_id}/new-link", ASKED).status_code == 404
    person = ground.invite(app, opened)
    follow(clerk.post(f"{path.removesuffix('/letters')}/close", {"reason": "Everyone answered."}))

    refused = clerk.post(f"{path}/people/{person.participant_id}/new-link", ASKED)

    assert "This consultation has closed." in refused.text
    with app.app_context():
        assert db.session.query(RespondentLinkReplacement).count() == 0


def test_the_preview_of_reminders_tells_of_no_one_by_group_or_language(
    app: Flask, clerk: Clerk, opened: int, path: str
) -> None:
    """Whoever is alone in a constituency, or in reading Welsh, is not seen to have answered."""
    with app.app_context(), transaction(db.session()) as session:
        people = session.query(Participant).filter_by(consultation_id=opened).all()
        people[0].language = "cy"
        people[0].has_responded = True
    page = unescape(clerk.get(f"{path}/send/reminder").text)
    told = page.partition("How the letter reads")[0]
    rows = re.findall(r'v-summary-list__key">([^<]+)', told)
    assert rows == ["Everyone who has not answered", "In all"]
    assert "Type 2 to confirm" in page
    assert "in Welsh, " not in page


def test_the_letter_and_every_question_can_be_printed_in_either_language(
    app: Flask, clerk: Clerk, opened: int, path: str
) -> None:
    assert "/paper" in clerk.get(path).text
    public = path.replace("/organiser/proposals/", "/p/").removesuffix("/letters")
    stranger = app.test_client()
    page = unescape(stranger.get(f"{public}/paper").text)
    for words in (
        "1. Do you use a centre?", "Only if you answered “Yes” to question 1.", "Tick up to 2.",
        "Put a ring around one number. 1: Poor. 5: Excellent.", "Tick one for each statement.",
        "Write 1 beside what comes first", "Day, month and year.", "Put a copy into the envelope.",
        "Prefer not to say", "May your answers be published?", "Alex Morgan",
    ):  # fmt: skip
        assert words in page, words
    welsh = stranger.get(f"{public}/paper", headers={"Accept-Language": "cy"}).text
    assert "Rhowch gylch o amgylch un rhif." in welsh
    assert "/paper" in stranger.get(public).text
    follow(clerk.post(f"{path.removesuffix('/letters')}/close", {"reason": "Everyone answered."}))
    assert stranger.get(f"{public}/paper").status_code in (403, 409)


@pytest.mark.parametrize("is_open", [True, False])
def test_invitations_lead_to_questions_and_answers_once_the_page_is_open(
    app: Flask, opened: int, is_open: bool
) -> None:
    with app.app_context(), transaction(db.session()) as session:
        proposal = session.get_one(Consultation, opened).proposal
        page = hub.get_hub(session, proposal)
        page.opened_at = dt.datetime.now(dt.UTC) if is_open else None
        session.add(page)
        asked = f"/p/{proposal.slug}/questions"
    with app.app_context():
        letter = db.session.query(Letter).filter_by(kind="consultation-invitation").first()
        now = dt.datetime.now(dt.UTC)
        written = write_any(db.session(), letter.id, post=LetterPost(app), now=now)
    for kind in ("plain", "html"):
        assert (asked in written.get_body((kind,)).get_content()) is is_open

"""Answering a consultation without scripts, from the link to the receipt."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from flask import Flask

from tests import consultation_ground as ground
from tests.consultation_ground import Respondent
from tests.organiser_ground import follow, list_errors
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.hub import Hub
from voting.store.letters import Letter
from voting.store.participants import Participant
from voting.store.responses import Answer, Response, list_answers

SCRIPT = "<script>alert(1)</script>"


def read_response(app: Flask, consultation_id: int) -> Response | None:
    with app.app_context():
        return db.session.query(Response).filter_by(consultation_id=consultation_id).one_or_none()


def answers_of(app: Flask, consultation_id: int) -> dict[str, tuple[str, str]]:
    with app.app_context():
        response = db.session.query(Response).filter_by(consultation_id=consultation_id).one()
        rows = list_answers(db.session(), response.id)
        return {row.question.kind: (row.value, row.text) for row in rows}


def fill(person: Respondent, kinds: dict[str, int], first: str = "0") -> None:
    """Answer every question, page by page."""
    q = {kind: f"q{number}" for kind, number in kinds.items()}
    pages = [
        {f"{q['single']}-answer": first},
        {f"{q['short']}-answer": SCRIPT},
        {f"{q['several']}-answer": ["0", "2"]},
        {f"{q['rating']}-answer": "4"},
        {f"{q['matrix']}-row-0": "1"},
        {f"{q['ranking']}-rank-1": "1", f"{q['ranking']}-rank-0": "2"},
        {f"{q['number']}-answer": "3"},
        {f"{q['date']}-declined": "1"},
        {f"{q['long']}-answer": "Keep the pool\nopen."},
        {f"{q['file']}-file": (io.BytesIO(b"notes of a meeting"), "notes.txt")},
    ]
    for number, data in enumerate(pages, start=1):
        follow(person.post(f"page/{number}", data))


def test_the_whole_way_without_scripts(app: Flask, opened: int, person: Respondent) -> None:
    kinds = ground.find_questions(app, opened)
    assert person.begin().endswith("/page/1")
    fill(person, kinds)
    assert person.about().endswith("/check")
    check = person.get("check").text
    assert "&lt;script&gt;" in check
    assert SCRIPT not in check
    assert follow(person.submit()).endswith("/sent")
    assert answers_of(app, opened) == {
        "single": ("0", ""), "short": ("null", SCRIPT), "several": ("[0, 2]", ""),
        "rating": ("4", ""), "matrix": ("[1, null]", ""), "ranking": ("[1, 0]", ""),
        "number": ('"3"', ""), "date": ("null", ""), "long": ("null", "Keep the pool\nopen."),
        "file": ("1", ""),
    }  # fmt: skip
    response = read_response(app, opened)
    assert response is not None
    assert response.is_counted
    assert response.may_publish
    assert "Stop reminders" not in person.get("sent").text


def test_m1_opening_any_page_changes_nothing(app: Flask, opened: int, person: Respondent) -> None:
    for path in (f"/c/{person.token}", f"/c/{person.token}/stop"):
        assert person.client.get(path).status_code == 200
    follow(person.send(f"/c/{person.token}"))
    for page in ("start", "page/1", "about", "check", "sent", "equality", "thanks"):
        person.get(page)
    assert read_response(app, opened) is None
    with app.app_context():
        row = db.session.get(Participant, person.participant_id)
        assert row is not None
        assert not row.stops_reminders
        assert not row.has_responded


def test_the_proposal_is_named_in_the_language_of_the_page(
    app: Flask, opened: int, person: Respondent
) -> None:
    with app.app_context(), transaction(db.session()) as session:
        proposal = session.get_one(Consultation, opened).proposal
        proposal.hub = Hub(proposal_id=proposal.id, is_bilingual=True, title_cy="Dyfodol Northmoor")
        session.add(proposal.hub)
        english = proposal.title
    person.begin()
    for language, shown, not_shown in (
        ("en", english, "Dyfodol Northmoor"),
        ("cy", "Dyfodol Northmoor", english),
    ):
        person.send("/language", {"language": language, "back": "/"})
        for path in (f"/c/{person.token}", f"{person.path}/start"):
            page = person.client.get(path).text
            assert shown in page
            assert not_shown not in page


def test_p1_the_privacy_notice_comes_before_the_first_answer(
    app: Flask, opened: int, person: Respondent
) -> None:
    follow(person.send(f"/c/{person.token}"))
    assert follow(person.post("page/1", {})).endswith("/start")
    assert "kept for two years" in person.get("start").text
    assert read_response(app, opened) is None


def test_the_next_page_decides_and_answers_not_shown_are_refused(
    app: Flask, opened: int, person: Respondent
) -> None:
    kinds = ground.find_questions(app, opened)
    person.begin()
    hidden = {f"q{kinds['short']}-answer": "The old baths"}
    assert follow(person.post("page/1", {f"q{kinds['single']}-answer": "1"})).endswith("/page/3")
    refused = person.post("page/2", hidden)
    assert refused.status_code == 422
    assert "not asked of you" in list_errors(refused)[0]
    together = person.post("page/1", {f"q{kinds['single']}-answer": "1", **hidden})
    assert together.status_code == 422
    person.about()
    forged = ground.read_carried(person.get("check"))
    forged["answers"] = forged["answers"].replace(
        '"answers": {', f'"answers": {{"{kinds["short"]}": {{"value": "forged"}}, '
    )
    assert person.post("check", forged).status_code == 422
    response = read_response(app, opened)
    assert response is not None
    assert response.version == 0


def test_an_answer_that_is_hidden_later_is_not_sent(
    app: Flask, opened: int, person: Respondent
) -> None:
    kinds = ground.find_questions(app, opened)
    person.begin()
    fill(person, kinds)
    person.about()
    changed = person.post("page/1?change=1", {f"q{kinds['single']}-answer": "1"})
    assert follow(changed).endswith("/check")
    follow(person.submit())
    assert "short" not in answers_of(app, opened)


def test_faults_stand_beside_the_question_and_the_input_is_kept(
    app: Flask, opened: int, person: Respondent
) -> None:
    kinds = ground.find_questions(app, opened)
    person.begin()
    assert list_errors(person.post("page/1", {})) == ["Answer this question"]
    page = person.post("page/7", {f"q{kinds['number']}-answer": "ninety"})
    assert page.status_code == 422
    assert list_errors(page) == ["Enter a number, for example 12 or 4.5"]
    assert 'value="ninety"' in page.text
    assert "<title>Error: " in page.text
    many = person.post("page/3", {f"q{kinds['several']}-answer": ["0", "1", "2"]})
    assert list_errors(many) == ["Select no more than 2 answers"]
    person.about()
    assert person.submit().status_code == 422
    response = read_response(app, opened)
    assert response is not None
    assert response.version == 0


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"MZ\x90\x00" * 50, "cv.pdf", "something else inside"),
        (b"<html><script>1</script>", "notes.txt", "something else inside"),
        (b"text", "run.exe", "must be PDF"),
        (b"", "empty.txt", "is empty"),
    ],
)
def test_disguised_files_are_refused(
    app: Flask, opened: int, person: Respondent, content: bytes, name: str, told: str
) -> None:
    number = ground.find_questions(app, opened)["file"]
    person.begin()
    page = person.post("page/10", {f"q{number}-file": (io.BytesIO(content), name)})
    assert page.status_code == 422
    assert told in list_errors(page)[0]


def test_a_file_of_50_mb_is_refused(app: Flask, opened: int, person: Respondent) -> None:
    number = ground.find_questions(app, opened)["file"]
    person.begin()
    large = io.BytesIO(b"%PDF-1.7 " + bytes(50 * 1024 * 1024))
    page = person.post("page/10", {f"q{number}-file": (large, "plan.pdf")})
    assert page.status_code == 422
    assert "larger than 20 MB" in list_errors(page)[0]


def test_what_was_typed_can_be_copied_when_it_can_no_longer_be_taken(
    app: Flask, opened: int, person: Respondent
) -> None:
    number = ground.find_questions(app, opened)["long"]
    text = "The pool should open on Sundays <b>as well</b>."
    person.begin()
    path, form = f"{person.path}/page/9", {f"q{number}-answer": text}
    ours, theirs = {"Origin": "http://localhost"}, {"Origin": "https://evil.example"}

    stale = person.client.post(path, data=form, headers=ours)  # the token is not known any more
    assert stale.status_code == 403
    assert "Sundays &lt;b&gt;as well" in stale.text
    assert "Sundays" not in person.client.post(path, data=form, headers=theirs).text
    found = ground.TOKEN.search(person.client.get("/check-vote").text)
    assert found is not None
    with app.app_context(), transaction(db.session()) as session:
        session.get_one(Consultation, opened).state = "closed"
    late = person.client.post(path, data={**form, "csrf_token": found[1]}, headers=ours)
    assert late.status_code == 409
    assert "Sundays &lt;b&gt;as well" in late.text
    carried = {"csrf_token": found[1], "answers": '{"text": "carried along by the page"}'}
    check = person.client.post(f"{person.path}/check", data=carried, headers=ours)
    assert "carried along" not in check.text


def test_save_and_return_by_the_same_link(app: Flask, opened: int, person: Respondent) -> None:
    kinds = ground.find_questions(app, opened)
    person.begin()
    follow(person.post("page/1", {f"q{kinds['single']}-answer": "2"}))
    again = ground.invite(app, opened)
    again.begin()
    assert 'value="2" checked' in again.get("page/1").text


def test_of_two_windows_the_later_wins_and_says_so(
    app: Flask, opened: int, person: Respondent
) -> None:
    kinds = ground.find_questions(app, opened)
    person.begin()
    follow(person.post("page/1", {f"q{kinds['single']}-answer": "2"}))
    person.about()
    first_window = ground.read_carried(person.get("check"))
    follow(person.post("page/1", {f"q{kinds['single']}-answer": "1"}))
    follow(person.submit())
    assert "another window" not in person.get("sent").text
    follow(person.post("check", first_window))
    assert "another window" in person.get("sent").text
    assert answers_of(app, opened)["single"] == ("2", "")
    with app.app_context():
        kept = db.session.query(Answer).join(Response).filter_by(consultation_id=opened)
        earlier = kept.filter(Answer.is_current.is_(False)).one()
        assert (earlier.value, earlier.text) == ("null", "")


def test_a_visit_of_someone_else_or_none_is_sent_to_the_letter(
    app: Flask, opened: int, person: Respondent
) -> None:
    assert person.get("page/1").status_code == 403
    person.begin()
    other = ground.invite(app, opened, place=1)
    assert person.client.get(f"{other.path}/check").status_code == 403
    assert person.client.get("/c/nonsense").status_code == 404
    with app.app_context(), transaction(db.session()) as session:
        session.get_one(Participant, person.participant_id).link_generation = 2
    assert person.client.get(f"/c/{person.token}").status_code == 410
    assert person.get("check").status_code == 410


def test_nothing_is_taken_after_the_close(app: Flask, opened: int, person: Respondent) -> None:
    person.begin()
    with app.app_context(), transaction(db.session()) as session:
        past = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
        session.get_one(Consultation, opened).closes_at = past
    page = person.client.get(f"/c/{person.token}")
    assert "This consultation has closed" in page.text
    assert person.post("page/1", {}).status_code == 409
    assert person.post("check", {"answers": "{}"}).status_code == 409


def finish(app: Flask, opened: int, person: Respondent) -> None:
    kinds = ground.find_questions(app, opened)
    person.begin()
    follow(person.post("page/1", {f"q{kinds['single']}-answer": "2"}))
    person.about()
    follow(person.submit())


def test_p2_one_post_without_a_token_stops_reminders(
    app: Flask, opened: int, person: Respondent
) -> None:
    mail_program = app.test_client()
    answer = mail_program.post(f"/c/{person.token}/stop", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with app.app_context():
        row = db.session.get(Participant, person.participant_id)
        assert row is not None
        assert row.stops_reminders
        assert row.elector is not None  # still on the roll
    assert person.client.get(f"/c/{person.token}").status_code == 200


def test_m2_a_receipt_is_owed_once_for_each_sending(
    app: Flask, opened: int, person: Respondent
) -> None:
    finish(app, opened, person)
    with app.app_context():
        rows = db.session.query(Letter).filter_by(consultation_id=opened).order_by(Letter.id)
        kinds = [letter.kind for letter in rows]
    assert kinds == ["consultation-invitation"] * 3 + ["consultation-receipt"]


def test_a_member_of_the_public_confirms_the_address_first(app: Flask, opened: int) -> None:
    client = app.test_client()
    with app.app_context():
        consultation = db.session.get(Consultation, opened)
        assert consultation is not None
        path = f"/p/{consultation.proposal.slug}/consultations/{consultation.slug}"
    visitor = Respondent(app, client, 0, "")
    assert list_errors(visitor.send(path, {"email": "no address"})) != []
    told = visitor.send(path, {"email": "Kim@public.example"})
    again = visitor.send(path, {"email": "kim@public.example"})
    assert "We have written to this address" in told.text
    assert "We have written to this address" in again.text
    with app.app_context():
        row = db.session.query(Participant).filter_by(email_key="kim@public.example").one()
        assert row.confirmed_at is None
        assert db.session.query(Letter).filter_by(participant_id=row.id).count() == 1
    kim = ground.invite(app, opened, place=3)
    assert kim.begin().endswith("/page/1")
    with app.app_context():
        row = db.session.get(Participant, kim.participant_id)
        assert row is not None
        assert row.confirmed_at is not None

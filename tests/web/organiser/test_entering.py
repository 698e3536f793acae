"""Answers that came on paper or by telephone, and files that were sent, at the organiser's desk."""

from __future__ import annotations

import io
import json

from flask import Flask

from tests import consultation_ground as ground
from tests.organiser_ground import (
    Clerk,
    follow,
    list_errors,
    sign_in,
)
from voting.services.consultations.commitment import list_hashes
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.store.proposals import list_acts
from voting.store.responses import Response


def name_second(app: Flask, clerk: Clerk, path: str) -> Clerk:
    """A second organiser of the proposal whose consultation stands at *path*."""
    second = sign_in(app)
    desk = path.partition("/consultations/")[0]
    follow(clerk.post(f"{desk}/organisers", {"email": second.email}))
    return second


def test_paper_answers_count_once_another_person_has_checked_them(app: Flask, clerk: Clerk) -> None:
    consultation_id = ground.open_consultation(app)
    path = ground.organise(app, clerk, consultation_id)
    second = name_second(app, clerk, path)
    number = ground.find_questions(app, consultation_id)["single"]
    with app.app_context():
        consultation = db.session.get(Consultation, consultation_id)
        assert consultation is not None
        audience = str(consultation.audiences[0].id)
    form = {"source": "paper", "audience": audience, "reference": "P-17", f"q{number}-answer": "0"}
    missing = clerk.post(f"{path}/entered/new", {**form, f"q{number}-answer": ""})
    assert list_errors(missing) == ["Answer this question"]
    which = ground.find_questions(app, consultation_id)["short"]
    for more, told in (
        (
            {f"q{number}-answer": "1", f"q{which}-answer": "Northgate"},
            "Leave this empty. It is not",
        ),
        ({"who": "organisation", "organisation": " "}, "Enter the name of the organisation"),
        ({"language": "fr"}, "Not a valid choice"),
    ):
        refused = clerk.post(f"{path}/entered/new", {**form, **more})
        assert [error[: len(told)] for error in list_errors(refused)] == [told]
        assert "P-17" in refused.text
    follow(clerk.post(f"{path}/entered/new", {**form, "language": "cy"}))
    with app.app_context():
        response = db.session.query(Response).one()
        assert (response.source, response.is_counted) == ("paper", False)
        assert response.language == "cy"
        response_id = response.id
    own = clerk.post(f"{path}/entered/{response_id}", {"act": "confirm"})
    assert own.status_code == 409
    told = second.get(f"{path}/entered/{response_id}").text
    assert "P-17" in told
    assert "Welsh" in told
    follow(second.post(f"{path}/entered/{response_id}", {"act": "confirm"}))
    with app.app_context():
        response = db.session.query(Response).one()
        assert response.is_counted
        assert response.checked_by_id != response.entered_by_id


def test_answers_that_nobody_checked_are_named_before_closing_and_before_publishing(
    app: Flask, clerk: Clerk
) -> None:
    consultation_id = ground.open_consultation(app)
    path = ground.organise(app, clerk, consultation_id)
    second = name_second(app, clerk, path)
    number = ground.find_questions(app, consultation_id)["single"]
    with app.app_context():
        staff = str(db.session.query(Consultation).one().audiences[0].id)
    for source, reference in (("paper", "P-17"), ("telephone", "T-4"), ("paper", "P-18 <b>")):
        form = {"source": source, "audience": staff, "reference": reference}
        follow(clerk.post(f"{path}/entered/new", {**form, f"q{number}-answer": "0"}))
    follow(second.post(f"{path}/entered/2", {"act": "confirm"}))
    for page in ("", "/close"):
        told = clerk.get(f"{path}{page}").text
        assert "2 responses on paper or by telephone wait for a second person" in told
        assert "P-17 (on paper, Staff)" in told
        assert "P-18 &lt;b&gt; (on paper, Staff)" in told
        assert f'href="{path}/entered"' in told
        assert "T-4 (" not in told  # alone it may stand in a token

    refused = clerk.post(f"{path}/close", {"reason": "Enough."})
    assert [each[:33] for each in list_errors(refused)] == ["2 responses wait for a second per"]
    assert "Enough." in refused.text
    follow(clerk.post(f"{path}/close", {"reason": "Enough.", "unchecked": "y"}))
    follow(second.post(f"{path}/entered/1", {"act": "confirm"}))  # still possible after the close

    follow(clerk.post(f"{path}/analysis/themes/new", {"name": "Hours", "parent": ""}))
    whole = {"summary": "Longer", "stance": "accepted", "response": "From May"}
    follow(clerk.post(f"{path}/analysis/themes/1/answer", whole))
    assert "P-18 &lt;b&gt; (on paper, Staff)" in clerk.get(f"{path}/analysis/publish").text
    refused = clerk.post(f"{path}/analysis/publish")
    assert [each[:32] for each in list_errors(refused)] == ["1 response waits for a second pe"]
    with app.app_context():
        assert db.session.query(Consultation).one().answered_at is None
    follow(clerk.post(f"{path}/analysis/publish", {"unchecked": "y"}))

    late = second.post(f"{path}/entered/3", {"act": "confirm"})
    assert late.status_code == second.get(f"{path}/entered/3").status_code == 409
    assert "can no longer be checked" in late.text
    assert "its report does not count these answers" in second.get(f"{path}/entered").text
    follow(clerk.post(f"{path}/analysis/publish"))  # known already
    with app.app_context():
        counted = [row.is_counted for row in db.session.query(Response).order_by(Response.id)]
        acts = list_acts(db.session(), db.session.query(Consultation).one().proposal_id)
    assert counted == [True, True, False]
    told = [json.loads(act.body) for act in acts if act.kind == "response-published"]
    assert [act["left_out"] for act in told] == [1, 1]


def test_paper_that_came_before_the_close_is_typed_in_after_it_and_the_record_says_so(
    app: Flask, clerk: Clerk
) -> None:
    consultation_id = ground.open_consultation(app)
    path = ground.organise(app, clerk, consultation_id)
    second = name_second(app, clerk, path)
    number = ground.find_questions(app, consultation_id)["single"]
    follow(clerk.post(f"{path}/close", {"reason": "Everyone has answered."}))
    assert f'href="{path}/entered/new"' in clerk.get(f"{path}/entered").text
    assert "has closed" in clerk.get(f"{path}/entered/new").text
    with app.app_context():
        staff = str(db.session.query(Consultation).one().audiences[0].id)
    form = {"source": "paper", "audience": staff, "reference": "P-1", f"q{number}-answer": "0"}
    refused = clerk.post(f"{path}/entered/new", form)
    assert refused.status_code == 422
    assert list_errors(refused)[0].startswith("Say that these answers came before")
    assert "P-1" in refused.text
    follow(clerk.post(f"{path}/entered/new", {**form, "in_time": "y"}))
    follow(second.post(f"{path}/entered/1", {"act": "confirm"}))
    with app.app_context():
        response = db.session.query(Response).one()
        assert response.is_counted
        act = list_acts(db.session(), response.consultation.proposal_id)[-1]
        told = json.loads(act.body)
        assert act.kind == "late-answers-typed"
        assert told["sha256"] in list_hashes(db.session(), consultation_id)
        assert told["account"] == response.entered_by_id
    follow(clerk.post(f"{path}/analysis/themes/new", {"name": "Hours", "parent": ""}))
    whole = {"summary": "Longer", "stance": "accepted", "response": "From May"}
    follow(clerk.post(f"{path}/analysis/themes/1/answer", whole))
    follow(clerk.post(f"{path}/analysis/publish"))
    late = clerk.post(f"{path}/entered/new", {**form, "in_time": "y"})
    assert late.status_code == clerk.get(f"{path}/entered/new").status_code == 409
    assert "entered/new" not in clerk.get(f"{path}/entered").text


def test_the_desk_alone_gets_a_file_and_only_after_the_close(app: Flask, clerk: Clerk) -> None:
    consultation_id = ground.open_consultation(app)
    path = ground.organise(app, clerk, consultation_id)
    kinds = ground.find_questions(app, consultation_id)
    person = ground.invite(app, consultation_id)
    person.begin()
    follow(person.post("page/1", {f"q{kinds['single']}-answer": "1"}))
    upload = (io.BytesIO(b"notes"), "../<b>notes.txt")
    follow(person.post("page/10", {f"q{kinds['file']}-file": upload}))
    person.about()
    follow(person.submit())
    aside = (io.BytesIO(b"not sent"), "draft.txt")  # put in its place, and not sent again
    follow(person.post("page/10", {f"q{kinds['file']}-file": aside}))
    assert clerk.get(f"{path}/entered/files/1").status_code == 404
    assert clerk.get(f"{path}/analysis/files").status_code == 409
    follow(clerk.post(f"{path}/close", {"reason": "Everyone has answered."}))
    answer = clerk.get(f"{path}/entered/files/1")
    assert answer.data == b"notes"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "<" not in answer.headers["Content-Disposition"]
    assert person.client.get(f"{path}/entered/files/1").status_code == 303
    assert clerk.get(f"{path}/entered/files/2").status_code == 404

    assert f'href="{path}/analysis/files"' in clerk.get(f"{path}/analysis").text
    listed = clerk.get(f"{path}/analysis/files").text
    assert f'href="{path}/entered/files/1"' in listed
    assert "b notes.txt</a>, 1 KB" in listed
    assert "draft.txt" not in listed
    assert "b notes.txt (file 1)" in clerk.get(f"{path}/analysis/responses.csv").text

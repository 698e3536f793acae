"""Consultations by the services: what opens, who is written to, and what never meets."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import consultation_ground as ground
from tests.consultation_ground import make_draft, make_open
from tests.factories import make_account
from voting.domain.errors import BadInput, Conflict
from voting.jobs import LetterPost
from voting.services import consultations, correspondence, documents
from voting.services.correspondence.consulting import write_any
from voting.store.consultations import Consultation
from voting.store.database import Base, db, transaction
from voting.store.hub import ProposalOption, list_options
from voting.store.letters import Letter
from voting.store.participants import Participant
from voting.store.proposals import list_acts
from voting.store.responses import count_responses, insert_responses

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(weeks=1)
BASE = "http://localhost"
GROUPS = {"consultation", "consultation_audience", "consultation_section", "constituency",
          "consultation_question", "proposal", "account"}  # fmt: skip
"""Tables whose rows are about groups of people, or about those who work at the desk."""


def problems(session: Session, draft: Consultation, now: dt.datetime = NOW) -> str:
    checks = consultations.list_checks(session, draft, now=now)
    return " ".join(told for check in checks for told in check.problems)


def test_g3_dates_that_are_short_or_in_a_holiday_need_a_reason_that_is_kept(
    session: Session,
) -> None:
    draft = make_draft(session, now=NOW)
    consultations.mark_tested(session, draft, now=NOW)
    consultations.set_dates(session, draft, closes_at=NOW + 2 * WEEK, reason="")
    assert "less than 28" in consultations.list_reasons_needed(draft, NOW)[0]
    with pytest.raises(Conflict, match="Give a reason"):
        consultations.open_consultation(session, draft, now=NOW)
    consultations.set_dates(session, draft, closes_at=NOW + 2 * WEEK, reason="The lease ends.")
    consultations.open_consultation(session, draft, now=NOW)
    acts = list_acts(session, draft.proposal_id)
    assert "The lease ends." in acts[-1].body
    fresh = consultations.create_consultation(session, draft.proposal, title="Next", now=NOW)
    assert fresh.closes_at is not None
    assert fresh.closes_at.date() == (NOW + 12 * WEEK).date()  # the default


def test_g2_an_option_lacks_nothing_before_people_are_consulted(session: Session) -> None:
    draft = make_draft(session, now=NOW)
    consultations.mark_tested(session, draft, now=NOW)
    option = list_options(session, draft.proposal_id)[1]
    for part, told in (("benefits", "benefits"), ("cost", "cost or impact"), ("source", "source")):
        kept = getattr(option, part)
        setattr(option, part, "")
        assert problems(session, draft) == f"“A mutual” has no {told}."
        with pytest.raises(Conflict, match="cannot be opened yet"):
            consultations.open_consultation(session, draft, now=NOW)
        setattr(option, part, kept)
    consultations.open_consultation(session, draft, now=NOW)


def test_g2_options_out_of_balance_are_warned_of_and_stop_nothing(session: Session) -> None:
    draft = make_draft(session, now=NOW)
    consultations.mark_tested(session, draft, now=NOW)
    option = list_options(session, draft.proposal_id)[1]
    option.benefits, option.drawbacks = "b" * 41, "d" * 20
    checks = {each.code: each for each in consultations.list_checks(session, draft, now=NOW)}
    assert checks["balance"].warnings == [
        "“A mutual”: the benefits have 41 characters and the drawbacks 20. Neither should be more "
        "than twice the other."
    ]
    assert checks["balance"].problems == []
    consultations.open_consultation(session, draft, now=NOW)


def test_a_change_after_the_test_run_asks_for_another(session: Session) -> None:
    draft = make_draft(session, now=NOW)
    consultations.mark_tested(session, draft, now=NOW)
    assert problems(session, draft) == ""
    consultations.save_section(session, draft, None, title="More")
    assert "Go through the consultation" in problems(session, draft)
    assert "has no question" in problems(session, draft)


def test_welsh_that_is_missing_stops_the_opening(session: Session) -> None:
    draft = make_draft(session, now=NOW)
    draft.is_bilingual = True
    assert "The introduction has no Welsh." in problems(session, draft)


def owed(session: Session, kind: str) -> list[Letter]:
    return session.query(Letter).filter_by(kind=kind).order_by(Letter.id).all()


def remind(session: Session, consultation: Consultation, typed: str) -> int:
    return correspondence.queue_consultation(
        session, consultation, "consultation-reminder", typed=typed, base_url=BASE, now=NOW
    )


def test_p2_m3_reminders_go_to_non_responders_at_most_three_times(session: Session) -> None:
    consultation = make_open(session, now=NOW, electors=4)
    people = session.query(Participant).order_by(Participant.id).all()
    people[0].has_responded = True
    people[1].stops_reminders = True
    session.flush()
    with pytest.raises(BadInput):
        remind(session, consultation, "4")
    assert [remind(session, consultation, "2") for _ in range(3)] == [2, 2, 2]
    with pytest.raises(Conflict, match="the most allowed"):
        remind(session, consultation, "2")
    reminded = {letter.participant_id for letter in owed(session, "consultation-reminder")}
    assert reminded == {people[2].id, people[3].id}
    staff = consultation.audiences[0].constituency
    assert staff is not None
    assert len(owed(session, "consultation-invitation")) == 4


def test_people_added_to_the_roll_later_are_invited_once(session: Session) -> None:
    consultation = make_open(session, now=NOW, electors=2)
    staff = consultation.audiences[0].constituency
    assert staff is not None
    from voting.services import roll

    upload, _ = roll.preview_import(
        session, staff, "more.csv", b"name,email\nKim,kim@more.example\n", now=NOW
    )
    roll.confirm_import(session, upload, now=NOW)
    kind = "consultation-invitation"
    preview = correspondence.preview_consultation(session, consultation, kind, base_url=BASE)
    assert preview.total == 1
    assert (
        correspondence.queue_consultation(
            session, consultation, kind, typed="1", base_url=BASE, now=NOW
        )
        == 1
    )
    assert len(owed(session, kind)) == 3
    with pytest.raises(Conflict):
        roll.clear_roll(session, staff, now=NOW)


def write(app: Flask, session: Session, letter: Letter) -> EmailMessage:
    return write_any(session, letter.id, post=LetterPost(app), now=NOW)


def read_text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_letters_carry_the_link_and_reminders_how_to_stop(app: Flask, session: Session) -> None:
    consultation = make_open(session, now=NOW)
    remind(session, consultation, "3")
    invitation = write(app, session, owed(session, "consultation-invitation")[0])
    assert "/c/" in read_text(invitation)
    assert invitation["List-Unsubscribe"] is None
    reminder = write(app, session, owed(session, "consultation-reminder")[0])
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(reminder["List-Unsubscribe"]).endswith("/stop>")


def test_the_receipt_holds_a_copy_of_the_answers(app: Flask) -> None:
    opened = ground.open_consultation(app)
    person = ground.invite(app, opened)
    kinds = ground.find_questions(app, opened)
    person.begin()
    person.post("page/1", {f"q{kinds['single']}-answer": "2"})
    person.post("page/9", {f"q{kinds['long']}-answer": "Keep <b>the</b> pool"})
    person.about("no")
    person.submit()
    with app.app_context():
        [letter] = owed(db.session(), "consultation-receipt")
        assert letter.details == "{}"  # nothing of the answers waits in the outbox
        message = write(app, db.session(), letter)
        text = read_text(message)
        page = message.get_body(("html",))
        assert page is not None
        assert "Keep &lt;b&gt;the" in page.get_content()
    assert "Not sure" in text
    assert "Keep <b>the</b> pool" in text
    assert "asked that your answers are not published" in text
    assert "/consultations/what-should-the-centres-be-like\n" in text  # where the response comes


def test_a_receipt_in_welsh_names_the_documents_in_welsh(app: Flask) -> None:
    opened = ground.open_consultation(app)
    with app.app_context(), transaction(db.session()) as session:
        held = session.get_one(Consultation, opened)
        made = documents.add_document(
            session, held.proposal, account=make_account(session), kind="other",
            title="Business case", filename="case.txt", content=b"A case.", now=NOW,
        )  # fmt: skip
        made.title_cy = "Achos busnes"
    person = ground.invite(app, opened)
    kinds = ground.find_questions(app, opened)
    person.begin()
    person.post("page/1", {f"q{kinds['single']}-answer": "2"})
    person.about("no")
    person.submit()
    with app.app_context():
        [letter] = owed(db.session(), "consultation-receipt")
        texts = {}
        for language in ("en", "cy"):
            letter.language = language
            texts[language] = read_text(write(app, db.session(), letter))
    assert "Business case, version 1" in texts["en"]
    assert "Achos busnes, fersiwn 1" in texts["cy"]
    assert "Business case" not in texts["cy"]


def test_live_numbers_under_ten_are_hidden_and_cannot_be_found_by_subtraction(
    session: Session,
) -> None:
    consultation = make_open(session, now=NOW)
    staff, public = consultation.audiences

    def store(number: int, audience: int) -> None:
        start = sum(count_responses(session, consultation.id).values())
        rows: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
            (
                {
                    "consultation_id": consultation.id,
                    "audience_id": audience,
                    "handle": f"x{start + each}",
                },
                [],
            )
            for each in range(number)
        ]
        insert_responses(session, rows)

    def shown() -> list[int | None]:
        return [each.responses for each in consultations.list_turnout(session, consultation)]

    store(95, staff.id)
    store(9, public.id)
    assert shown() == [None, None]  # the whole is public: 104 less 95 would tell the nine
    store(1, public.id)
    assert shown() == [95, 10]
    assert count_responses(session, consultation.id) == {staff.id: 95, public.id: 10}


def test_g1_a_consultation_opens_only_on_a_proposal_that_offers_staying(session: Session) -> None:
    draft = make_draft(session, now=NOW)
    consultations.mark_tested(session, draft, now=NOW)
    staying, mutual = session.scalars(select(ProposalOption).order_by(ProposalOption.position))
    staying.name, staying.is_staying = "A trust", False
    session.flush()
    with pytest.raises(Conflict, match="staying as we are"):
        consultations.open_consultation(session, draft, now=NOW)
    staying.is_staying = True
    session.delete(mutual)
    session.flush()
    assert "at least two options" in problems(session, draft)
    draft.proposal.still_open = " "
    assert "what is still open" in problems(session, draft)


def test_extending_needs_a_later_time_and_a_public_reason(session: Session) -> None:
    consultation = make_open(session, now=NOW)
    with pytest.raises(BadInput):
        consultations.extend(session, consultation, closes_at=NOW + WEEK, reason="Sooner", now=NOW)
    later = NOW + 14 * WEEK
    consultations.extend(session, consultation, closes_at=later, reason="Asked for.", now=NOW)
    assert consultation.closes_at == later
    assert consultations.close_due(session, later - WEEK) == 0
    assert consultations.close_due(session, later + WEEK) == 1
    assert consultation.closed_at == later


# ------------------------------------------------------------------ what never meets


def reach(start: str) -> set[str]:
    """Every table that keys lead to from *start*, itself included."""
    tables = Base.metadata.tables
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [key.column.table.name for key in tables[name].foreign_keys]
    return found


RESPONSES = {"response", "answer", "answer_file"}
PERSONS = {
    "elector", "participant", "credential", "letter", "board_event", "board_data", "reader",
    "enquiry", "issue", "link_replacement", "respondent_link_replacement", "equality_count",
}  # fmt: skip
TELLING = {"email", "email_key", "elector_id", "participant_id", "public_credential"}
STAFF = {"account", "scrutineer", "sign_in_attempt"}


@pytest.mark.parametrize("start", sorted(RESPONSES))
def test_no_key_leads_from_a_response_to_a_person_a_ballot_or_an_equality_answer(
    start: str,
) -> None:
    assert reach(start) <= GROUPS | RESPONSES
    for other in sorted(PERSONS):
        assert not reach(other) & RESPONSES
        assert reach(start) & reach(other) <= GROUPS


def test_no_table_leads_both_to_a_response_and_to_a_person() -> None:
    tables = Base.metadata.tables
    assert tables.keys() >= PERSONS
    for name in tables:
        reached = reach(name)
        assert not (reached & RESPONSES and reached & PERSONS), name


def test_every_table_that_tells_of_a_person_is_held_apart() -> None:
    for name, table in Base.metadata.tables.items():
        if TELLING & {column.name for column in table.columns}:
            assert name in PERSONS | STAFF, name


def test_a_response_is_dated_by_the_day_alone(app: Flask) -> None:
    opened = ground.open_consultation(app)
    person = ground.invite(app, opened)
    person.begin()
    number = ground.find_questions(app, opened)["single"]
    person.post("page/1", {f"q{number}-answer": "2"})
    person.about()
    person.submit()
    from voting.store.database import db
    from voting.store.responses import Response

    with app.app_context():
        [response] = db.session.query(Response).all()
        assert response.submitted_at is not None
        assert response.submitted_at.time() == dt.time(0)
        assert str(person.participant_id) not in response.handle.split(":")

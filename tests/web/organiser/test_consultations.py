"""An organiser builds, tests, opens, watches and closes a consultation, without scripts."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask import Flask

from tests import consultation_ground as ground
from tests.organiser_ground import (
    Clerk,
    follow,
    import_roll,
    list_errors,
    make_proposal,
    sign_in,
)
from voting.services import analysis
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.responses import Response

SCRIPT = "<script>alert(1)</script>"


def question(kind: str = "single", **more: str) -> dict[str, str]:
    """A question as typed."""
    return {
        "kind": kind,
        "text": "Do you use a centre?",
        "choices": "Yes\nNo",
        "show_if": "",
        **more,
    }


def words(**more: str) -> dict[str, str]:
    """The words of a consultation as typed."""
    return {
        "title": "What should the centres be like?",
        "introduction": "Whether and how the centres change is open.",
        "privacy_notice": "Read by the trust.",
        "retention_months": "24",
        "pages": "question",
        **more,
    }


def make_draft(clerk: Clerk) -> str:
    """A draft with a title; the path of its page."""
    path = make_proposal(clerk)
    import_roll(clerk, path)
    return follow(clerk.post(f"{path}/consultations/new", {"title": "What do you think?"}))


def section_of(clerk: Clerk, path: str) -> str:
    found = re.search(r"/sections/(\d+)/new", clerk.get(f"{path}/questions").text)
    assert found is not None
    return found[1]


def ids_of(clerk: Clerk, path: str) -> list[int]:
    return [int(n) for n in re.findall(r'id="question-(\d+)"', clerk.get(f"{path}/questions").text)]


def add(clerk: Clerk, path: str, **more: str) -> None:
    section = section_of(clerk, path)
    follow(clerk.post(f"{path}/questions/sections/{section}/new", question(**more)))


def test_from_nothing_to_an_open_consultation_and_its_letters(clerk: Clerk) -> None:
    path = make_draft(clerk)
    assert "Write the introduction" in clerk.get(path).text
    assert 'value="24"' in clerk.get(f"{path}/words").text
    follow(clerk.post(f"{path}/words", words()))
    assert "Read by the trust." in clerk.get(f"{path}/words").text
    follow(clerk.post(f"{path}/audiences", {"audiences": "1"}))
    add(clerk, path)
    closes = (dt.datetime.now(dt.UTC).date() + dt.timedelta(weeks=12)).isoformat()
    dates = {"closes_on": closes, "closes_hour": "17:00", "reason": "Told to all."}
    follow(clerk.post(f"{path}/dates", dates))
    refused = clerk.post(f"{path}/open")
    assert refused.status_code == 409
    assert "Go through the consultation" in refused.text
    first = clerk.post(f"{path}/preview")
    assert "Nothing you answer is saved" in first.text
    [number] = ids_of(clerk, path)
    end = clerk.post(f"{path}/preview/1", {"carried": "{}", f"q{number}-answer": "1"})
    assert "Check your answers" in end.text
    with clerk.app.app_context():
        assert db.session.query(Response).count() == 0
    follow(clerk.post(f"{path}/preview/done"))
    without_options = clerk.post(f"{path}/open")
    assert without_options.status_code == 409
    assert "options" in without_options.text
    hub = path.split("/consultations/")[0] + "/page"
    follow(clerk.post(f"{hub}/options/choose", {"models": ["in-house", "benefit-society"]}))
    follow(clerk.post(f"{path}/open"))
    assert "Responses so far" in clerk.get(path).text
    sending = f"{path}/letters/send/invitation"
    assert list_errors(clerk.post(sending, {"typed": "3", "seen": "0"})) == [
        "Enter 2, the number of people this letter goes to, to confirm"
    ]
    follow(clerk.post(sending, {"typed": "2", "seen": "0"}))
    assert "nobody left" in clerk.get(sending).text
    assert clerk.post(f"{path}/questions/{number}", question()).status_code == 409


def test_the_test_run_shows_what_people_read_in_welsh(clerk: Clerk) -> None:
    path = make_draft(clerk)
    welsh = {"title_cy": "Sut rai?", "introduction_cy": "Mae hyn ar agor.", "is_bilingual": "y"}
    follow(clerk.post(f"{path}/words", words(privacy_notice_cy="Darllenir gan.", **welsh)))
    add(clerk, path, text_cy="Ydych chi?", choices_cy="Ydw\nNac ydw", help="Last month.")
    for told in ("Sut rai?", "Mae hyn ar agor.", "Darllenir gan."):
        assert told in clerk.get(f"{path}/preview").text
    page = clerk.post(f"{path}/preview").text.partition('lang="cy"')[2]
    for told in ("Ydych chi?", "Nac ydw"):
        assert told in page
    assert "Last month. <strong" in page
    assert "No Welsh yet" in page


def test_questions_are_changed_moved_and_removed(clerk: Clerk) -> None:
    path = make_draft(clerk)
    add(clerk, path)
    add(clerk, path, text=SCRIPT, kind="long", choices="")
    one, two = ids_of(clerk, path)
    page = clerk.get(f"{path}/questions").text
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    follow(clerk.post(f"{path}/questions/{two}/up"))
    assert ids_of(clerk, path) == [two, one]
    follow(clerk.post(f"{path}/questions/sections/new", {"title": "More"}))
    follow(clerk.post(f"{path}/questions/{one}/down"))
    assert ids_of(clerk, path) == [two, one]
    follow(clerk.post(f"{path}/questions/{two}/remove"))
    follow(clerk.post(f"{path}/questions/{two}/remove"))
    assert ids_of(clerk, path) == [one]
    follow(clerk.post(f"{path}/questions/{one}", question(text="Do you swim?")))
    assert "Do you swim?" in clerk.get(f"{path}/questions").text


def test_a_show_if_loop_is_refused_beside_its_field(clerk: Clerk) -> None:
    path = make_draft(clerk)
    add(clerk, path)
    one = ids_of(clerk, path)[0]
    add(clerk, path, text="Which?", show_if=f"{one}:0")
    two = ids_of(clerk, path)[1]
    refused = clerk.post(f"{path}/questions/{one}", question(show_if=f"{two}:0"))
    assert refused.status_code == 422
    assert list_errors(refused)[0].startswith("This would make a loop")
    assert clerk.post(f"{path}/questions/{one}/remove").status_code == 409


def test_bad_questions_are_refused_with_the_input_kept(clerk: Clerk) -> None:
    path = make_draft(clerk)
    section = section_of(clerk, path)
    where = f"{path}/questions/sections/{section}/new"
    for more, told in (
        ({"choices": "Only one"}, "Give 2 to 50 answers"),
        ({"choices": "Same\nSame"}, "Two lines are the same"),
        ({"text": ""}, "Enter the question"),
        ({"kind": "matrix"}, "Give 1 to 20 statements"),
        ({"kind": "several", "most": "9"}, "There are only 2 answers"),
        ({"kind": "number", "most": "x"}, "Enter a whole number"),
        ({"kind": "number", "least": "5", "most": "1"}, "must not be less"),
        ({"kind": "nothing"}, "Select what kind"),
        ({"choices_cy": "Ie"}, "as many lines in Welsh"),
    ):
        answer = clerk.post(where, question(**{"help": "Kept words", **more}))
        assert answer.status_code == 422, more
        assert told in " ".join(list_errors(answer))
        assert "Kept words" in answer.text
    assert ids_of(clerk, path) == []


def test_a_stranger_sees_nothing_of_a_consultation(app: Flask, clerk: Clerk) -> None:
    path = make_draft(clerk)
    other = sign_in(app)
    for page in ("", "/words", "/questions", "/preview", "/letters", "/entered"):
        assert other.get(f"{path}{page}").status_code == 404
        assert app.test_client().get(f"{path}{page}").status_code == 303


def test_c1_closing_sets_the_date_of_the_response_and_overdue_shows_publicly(
    app: Flask, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation_id = ground.open_consultation(app)
    path = ground.organise(app, clerk, consultation_id)
    assert list_errors(clerk.post(f"{path}/close", {"reason": ""})) == [
        "Enter the reason. It is published"
    ]
    follow(clerk.post(f"{path}/close", {"reason": "Everyone has answered."}))
    with app.app_context(), transaction(db.session()):
        row = db.session.get_one(Consultation, consultation_id)
        assert row.closed_at is not None
        assert row.respond_by == row.closed_at + dt.timedelta(weeks=12)
        row.respond_by = dt.datetime(2026, 6, 3, 14, tzinfo=dt.UTC)
    assert "so far" not in clerk.get(path).text
    assert f'href="{path}"' in clerk.get(path.partition("/consultations/")[0]).text
    assert "Everyone" in clerk.get(path).text
    public = path.replace("/organiser/proposals/", "/p/")

    def read_all(*now: int) -> list[str]:
        """Every public page that lists the consultation, at this moment, in both languages."""
        monkeypatch.setattr("voting.web.hub.get_time", lambda: dt.datetime(*now, tzinfo=dt.UTC))
        page = public.partition("/consultations/")[0]
        pages = ("/", page, f"{page}/consultations", public)
        client, welsh = app.test_client(), {"Accept-Language": "cy"}
        told = [unescape(client.get(each).text) for each in pages]
        return told + [unescape(client.get(each, headers=welsh).text) for each in pages]

    english = "The response was due on Wednesday 3 June 2026. It is overdue."
    own = "Roedd disgwyl yr ymateb erbyn dydd Mercher 3 Mehefin 2026. Mae'n hwyr."
    for early in ((2026, 6, 2, 23), (2026, 6, 3, 14, 1), (2026, 6, 3, 22, 59)):
        assert not any("overdue" in told or own in told for told in read_all(*early))
    late = read_all(2026, 6, 3, 23)  # midnight in the United Kingdom
    assert [english in told for told in late] == [True] * 4 + [False] * 4
    assert [own in told for told in late] == [False] * 4 + [True] * 4
    assert "The response was due, and is overdue:" in late[1]
    assert late[3].count(english) == 2  # on its own page, and among the steps of the proposal
    assert "Overdue" in clerk.get(path).text

    with app.app_context(), transaction(db.session()) as session:
        row = session.get_one(Consultation, consultation_id)
        now, said = dt.datetime(2026, 6, 5, tzinfo=dt.UTC), "Open on Sundays."
        theme = analysis.save_theme(
            session, row, theme=None, name="Hours", meaning="", parent_id=None, now=now
        )
        words = {"summary": said, "stance": "accepted", "response": "From May."}
        analysis.answer_theme(session, row, theme, now=now, **words)
        analysis.publish_response(session, row, now=now)
    after = read_all(2026, 6, 6)
    assert not any("overdue" in told or own in told for told in after)
    assert "was due" not in "".join(after)

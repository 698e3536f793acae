"""Questions are looked at, answered, merged, declined or withdrawn; who asked, and who is told."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from tests.organiser_ground import Clerk, follow, list_errors
from tests.reading_ground import (
    STAFF,
    ask,
    desk_of,
    find_link,
    make_bilingual,
    make_visitor,
    open_page,
    read_letters,
)
from tests.record_ground import check_record
from voting.store.database import db, transaction
from voting.store.proposals import Constituency, list_acts
from voting.store.readers import Enquiry


@pytest.fixture
def page(app: Flask) -> tuple[Clerk, str]:
    return open_page(app)


def test_a_question_is_looked_at_counted_answered_and_told(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    ask(clerk.app, path, "What about our pensions?")
    shown = make_visitor(clerk.app)
    told = shown.get(f"{path}/questions").text
    assert "pensions" not in told
    assert "1 more waits to be looked at" in told
    desk = f"{desk_of(path)}/questions/1"
    follow(clerk.post(desk, {"act": "publish"}))
    told = shown.get(f"{path}/questions").text
    assert "What about our pensions?" in told
    assert "1 question has no answer yet." in told
    assert "1 question has no answer yet." in shown.get(path).text
    assert STAFF not in told

    answer = {"act": "answer", "answer": "They are kept.", "answered_by": "Olwen Rees, HR"}
    follow(clerk.post(desk, answer))

    told = unescape(shown.get(f"{path}/questions").text)
    assert "They are kept." in told
    assert "Answered by Olwen Rees, HR on" in told
    assert "Asked by Staff on" in told
    [letter] = read_letters(clerk.app, "answered")
    assert "You asked:\n\nWhat about our pensions?" in letter.get_body(("plain",)).get_content()
    assert (letter["To"], find_link(letter)) == (STAFF, f"{path}/questions#question-1")
    with clerk.app.app_context():
        enquiry = db.session.query(Enquiry).one()
        acts = [json.loads(a.body) for a in list_acts(db.session(), enquiry.proposal_id)]
    [act] = [one for one in acts if one["kind"] == "question-answered"]
    assert (act["question"], len(act["sha256"])) == (1, 64)
    follow(clerk.post(desk, answer | {"answer": "They are kept in full."}))
    assert len(read_letters(clerk.app, "answered")) == 1


def test_similar_questions_are_merged_and_both_are_told(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    for text, email in (("What about pensions?", STAFF), ("My pension?", "ada@example.org")):
        ask(clerk.app, path, text, email)
    desk = f"{desk_of(path)}/questions"
    assert clerk.post(f"{desk}/2", {"act": "merge", "into": "1"}).status_code == 422
    follow(clerk.post(f"{desk}/1", {"act": "publish"}))
    follow(clerk.post(f"{desk}/2", {"act": "merge", "into": "1"}))
    answer = {"act": "answer", "answer": "They are kept.", "answered_by": "HR"}
    assert clerk.post(f"{desk}/2", answer).status_code == 409
    for act in ("decline", "withdraw"):
        refused = clerk.post(f"{desk}/1", {"act": act, "reason": "It stands for others."})
        assert refused.status_code == 409
    follow(clerk.post(f"{desk}/1", answer))

    told = make_visitor(clerk.app).get(f"{path}/questions").text

    assert "My pension?" in told
    assert "Also asked like this:" in told
    assert len(read_letters(clerk.app, "answered")) == 2


def test_a_declined_question_is_never_shown(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    ask(clerk.app, path, "A rude one")
    desk = f"{desk_of(path)}/questions/1"
    assert "Enter why the question is not shown" in " ".join(
        list_errors(clerk.post(desk, {"act": "decline"}))
    )
    assert "1 more waits to be looked at" in make_visitor(clerk.app).get(path).text
    follow(clerk.post(desk, {"act": "decline", "reason": "It insults a person."}))
    for where in (path, f"{path}/questions"):
        seen = make_visitor(clerk.app).get(where).text
        assert "A rude one" not in seen
        assert "1 question is not shown." in seen
    assert clerk.post(desk, {"act": "publish"}).status_code == 409


def check_withdrawal(app: Flask, path: str, folder: Path, reasons: dict[str, str]) -> None:
    """The public record tells that a question was withdrawn and why, and has a file of it."""
    whole, lacking = check_record(app.test_client(), path.rpartition("/")[2], folder)
    assert "question-withdrawn" in whole
    assert not lacking
    act = next(
        told
        for line in (folder / "trail.jsonl").read_text().splitlines()
        if (told := json.loads(line)).get("kind") == "question-withdrawn"
    )
    assert (act["reason"], act["reason_cy"]) == tuple(reasons.values())
    kept = json.loads((folder / act["sha256"]).read_text())
    assert kept.keys() == {
        "format", "question", "asked_on", "shown_on", "withdrawn_on", "reason", "reason_cy",
    }  # fmt: skip
    assert all(b"Ann Other" not in file.read_bytes() for file in folder.iterdir() if file.is_file())


def test_a_shown_question_is_withdrawn_in_the_open_and_its_text_is_not_told(
    page: tuple[Clerk, str], tmp_path: Path
) -> None:
    clerk, path = page
    ask(clerk.app, path, "Is Ann Other ill?")
    desk = f"{desk_of(path)}/questions/1"
    why = {"act": "withdraw", "reason": "It tells of a person's health."}
    assert clerk.post(desk, why).status_code == 409  # nobody has seen it: it is declined instead
    follow(clerk.post(desk, {"act": "publish"}))
    assert "Ann Other" in make_visitor(clerk.app).get(f"{path}/questions").text
    assert clerk.post(desk, {"act": "decline", "reason": "Hush."}).status_code == 409
    assert "Enter why the question is withdrawn" in " ".join(
        list_errors(clerk.post(desk, {"act": "withdraw"}))
    )
    make_bilingual(clerk, path)
    assert list_errors(clerk.post(desk, why)) == ["Enter why the question is withdrawn in Welsh."]
    follow(clerk.post(desk, why | {"reason_cy": "Mae'n sôn am iechyd rhywun."}))
    assert "Withdrawn after it was shown. It tells of a person" in unescape(clerk.get(desk).text)
    late = {"act": "answer", "answer": "No.", "answer_cy": "Na.", "answered_by": "HR"}
    assert clerk.post(desk, late).status_code == 409

    reasons = {"en": "It tells of a person's health.", "cy": "Mae'n sôn am iechyd rhywun."}
    for language, reason in reasons.items():
        for where in (path, f"{path}/questions", f"{path}/chain"):
            answer = clerk.app.test_client().get(where, headers={"Accept-Language": language})
            seen = unescape(answer.text)
            assert reason in seen
            assert "Ann Other" not in seen
    assert "was withdrawn on" in make_visitor(clerk.app).get(path).text
    check_withdrawal(clerk.app, path, tmp_path, reasons)


def test_who_asked_a_withdrawn_question_is_told_once_why_and_whom_to_ask(
    page: tuple[Clerk, str],
) -> None:
    clerk, path = page
    reasons = {"en": "It tells of a person's health.", "cy": "Mae'n sôn am iechyd rhywun."}
    for text, email in (("Is Ann Other ill?", STAFF), ("Ydy Ann Other yn sâl?", "ada@example.org")):
        ask(clerk.app, path, text, email)
    with clerk.app.app_context(), transaction(db.session()) as session:
        session.get_one(Enquiry, 2).language = "cy"
    why = {"act": "withdraw", "reason": reasons["en"], "reason_cy": reasons["cy"]}
    make_bilingual(clerk, path)
    for number in (1, 2):
        desk = f"{desk_of(path)}/questions/{number}"
        follow(clerk.post(desk, {"act": "publish"}))
        assert read_letters(clerk.app, "question-withdrawn")[number - 1 :] == []
        assert "Whoever asked it gets a letter" in clerk.get(follow(clerk.post(desk, why))).text
        assert clerk.post(desk, why).status_code == 409

    english, welsh = read_letters(clerk.app, "question-withdrawn")

    assert (english["To"], welsh["To"]) == (STAFF, "ada@example.org")
    assert english["Subject"].startswith("Your question was withdrawn: ")
    assert welsh["Subject"].startswith("Cafodd eich cwestiwn ei dynnu'n ôl: ")
    for letter, text, reason, lacking in (
        (english, "Is Ann Other ill?", reasons["en"], reasons["cy"]),
        (welsh, "Ydy Ann Other yn sâl?", reasons["cy"], reasons["en"]),
    ):
        assert find_link(letter) == f"{path}/questions#withdrawn"
        assert letter["Reply-To"] == "votes@northmoor.example"
        for form in ("plain", "html"):
            told = unescape(letter.get_body((form,)).get_content())
            assert text in told
            assert reason in told
            assert lacking not in told
            assert "votes@northmoor.example" in told
    with clerk.app.app_context(), transaction(db.session()) as session:
        session.get_one(Enquiry, 2).withdrawn_because_cy = ""  # as of a page in English alone
    [_first, fallen] = read_letters(clerk.app, "question-withdrawn")
    html = unescape(fallen.get_body(("html",)).get_content())
    assert reasons["en"] in html.partition('<div lang="en">')[2]


def test_who_asked_is_named_in_the_language_of_the_page(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    ask(clerk.app, path, "What about our pensions?")
    follow(clerk.post(f"{desk_of(path)}/questions/1", {"act": "publish"}))

    def read(language: str) -> str:
        own = {"Accept-Language": language}
        return unescape(clerk.app.test_client().get(f"{path}/questions", headers=own).text)

    assert "Gofynnwyd gan Staff ar" in read("cy")  # it has no name in Welsh yet
    with clerk.app.app_context(), transaction(db.session()) as session:
        session.query(Constituency).one().name_cy = "Y staff"
    assert "Gofynnwyd gan Y staff ar" in read("cy")
    assert "Asked by Staff on" in read("en")


def test_who_asked_is_named_as_their_constituency_is_called_now(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    ask(clerk.app, path, "What about our pensions?")
    follow(clerk.post(f"{desk_of(path)}/questions/1", {"act": "publish"}))
    make_bilingual(clerk, path)

    def read() -> list[str]:
        pages = [clerk.get(f"{desk_of(path)}/questions{end}").text for end in ("", "/1")]
        for language in ("en", "cy"):
            own = {"Accept-Language": language}
            pages.append(clerk.app.test_client().get(f"{path}/questions", headers=own).text)
        return [unescape(told) for told in pages]

    names = {"name": "Employees", "name_cy": "Gweithwyr"}
    follow(clerk.post(f"{desk_of(path)}/constituencies/staff", names))
    listed, shown, english, welsh = read()
    assert "Employees, " in listed
    assert "Employees. Shown" in shown
    assert "Asked by Employees on" in english
    assert "Gofynnwyd gan Gweithwyr ar" in welsh
    assert all("Staff" not in told for told in (listed, shown, english, welsh))
    follow(clerk.post(f"{desk_of(path)}/roll/staff/clear"))
    follow(clerk.post(f"{desk_of(path)}/constituencies/staff/remove"))
    listed, shown, english, welsh = read()
    assert "Asked by Employees on" in english
    assert "Gofynnwyd gan Employees ar" in welsh
    assert all("Employees" in told for told in (listed, shown))

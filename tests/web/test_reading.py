"""Updates by double opt-in, stopped by one POST; questions asked by link, moderated, answered."""

from __future__ import annotations

import datetime as dt
import json
import re
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests import organiser_ground as ground
from tests.organiser_ground import Clerk, follow, list_errors
from tests.record_ground import check_record
from voting.jobs.letters import LetterPost
from voting.services.correspondence import Unwanted, write_letter
from voting.store.database import db, transaction
from voting.store.letters import Letter
from voting.store.proposals import Constituency, list_acts
from voting.store.readers import Enquiry, Reader
from voting.web.hub import get_time

PAYLOAD = "\"'></title></textarea><script>alert(1)</script><img src=x onerror=alert(1)>"
STAFF, STRANGER = "sam@example.org", "reader@elsewhere.example"


@pytest.fixture
def page(app: Flask) -> tuple[Clerk, str]:
    """The organiser, and the public page of a proposal with Sam and Ada on its roll."""
    clerk = ground.sign_in(app)
    proposal = ground.make_proposal(clerk)
    ground.import_roll(clerk, proposal)
    ground.open_page(clerk, proposal)
    return clerk, proposal.replace("/organiser/proposals/", "/p/")


def make_visitor(app: Flask) -> Clerk:
    return Clerk(app, app.test_client(), "")


def read_letters(app: Flask, kind: str) -> list[EmailMessage]:
    with app.app_context():
        session = db.session()
        owed = session.scalars(select(Letter.id).where(Letter.kind == kind).order_by(Letter.id))
        post = LetterPost(app)
        return [write_letter(session, one, post=post, now=get_time()) for one in list(owed)]


def find_link(message: EmailMessage) -> str:
    found = re.search(r"http://localhost(/p/\S+)", message.get_body(("plain",)).get_content())
    assert found is not None
    return found[1]


def subscribe(app: Flask, path: str, email: str = STRANGER) -> str:
    """Confirm updates for an address; its personal link."""
    visitor = make_visitor(app)
    assert visitor.post(f"{path}/updates", {"email": email}).status_code == 200
    link = find_link(read_letters(app, "updates-link")[-1])
    assert visitor.post(link).status_code == 200
    return link


def ask(app: Flask, path: str, text: str, email: str = STAFF) -> None:
    visitor = make_visitor(app)
    assert visitor.post(f"{path}/questions", {"email": email}).status_code == 200
    link = find_link(read_letters(app, "ask-link")[-1])
    assert "sent" in visitor.post(link, {"text": text}).text


def make_bilingual(clerk: Clerk, path: str) -> None:
    texts = ground.PAGE_TEXTS | {"is_bilingual": "y", "title_cy": "Dyfodol"}
    texts |= {"summary_cy": "Ymddiriedolaeth.", "who_decides_cy": "Y cyngor."}
    for _to_see_the_fields_and_to_fill_them_in in range(2):
        follow(clerk.post(f"{desk_of(path)}/page/texts", texts))


def desk_of(path: str) -> str:
    return path.replace("/p/", "/organiser/proposals/")


def test_updates_need_a_confirmation_that_is_pressed(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    visitor = make_visitor(clerk.app)
    visitor.post(f"{path}/updates", {"email": STRANGER})
    visitor.post(f"{path}/updates", {"email": STRANGER.upper()})
    [letter] = read_letters(clerk.app, "updates-link")
    assert letter["List-Unsubscribe"] is None
    for _scanner in range(2):
        assert visitor.get(find_link(letter)).status_code == 200
    with clerk.app.app_context():
        assert db.session.query(Reader).one().wants_updates is False
    news = {"title": "Dates", "text": "A meeting is held.", "typed": "0"}
    follow(clerk.post(f"{desk_of(path)}/updates", news))
    assert read_letters(clerk.app, "news") == []

    visitor.post(find_link(letter))

    assert clerk.post(f"{desk_of(path)}/updates", news).status_code == 422
    follow(clerk.post(f"{desk_of(path)}/updates", news | {"typed": "1", "title": "More"}))
    [told] = read_letters(clerk.app, "news")
    assert told["Subject"] == "Update: More (The future of Northmoor Leisure)"
    assert "A meeting is held." in visitor.get(f"{path}/updates").text


def test_p2_one_post_stops_updates_without_form_or_cookie(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    subscribe(clerk.app, path)
    text = "A meeting is held.\r\n\r\nAt six.\r\nTea at five."
    news = {"title": "Dates", "text": text, "typed": "1"}
    follow(clerk.post(f"{desk_of(path)}/updates", news))
    [told] = read_letters(clerk.app, "news")
    lines = told.get_body(("plain",)).get_content()
    assert "this proposal: The future of Northmoor Leisure" in lines
    assert "\nA meeting is held.\n\nAt six.\nTea at five.\n\n" in lines
    assert told.get_body(("html",)).get_content().count("<br>") > 1
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = told["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    program = clerk.app.test_client()
    assert program.get(address).status_code == 200
    with clerk.app.app_context():
        assert db.session.query(Reader).one().wants_updates is True

    answer = program.post(address, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    with clerk.app.app_context():
        assert db.session.query(Reader).one().wants_updates is False
    with pytest.raises(Unwanted):
        read_letters(clerk.app, "news")


def test_who_is_on_a_roll_asks_and_nobody_learns_who_is(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    visitor = make_visitor(clerk.app)
    known = visitor.post(f"{path}/questions", {"email": STAFF}).text
    unknown = visitor.post(f"{path}/questions", {"email": STRANGER}).text
    strip = re.compile(r'(nonce|value)="[^"]*"')
    assert strip.sub("", known) == strip.sub("", unknown)
    assert [m["To"] for m in read_letters(clerk.app, "ask-link")] == [STAFF]
    texts = ground.PAGE_TEXTS | {"public_may_ask": "y"}
    follow(clerk.post(f"{desk_of(path)}/page/texts", texts))
    visitor.post(f"{path}/questions", {"email": STRANGER})
    assert len(read_letters(clerk.app, "ask-link")) == 2


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
    whole, lacking = check_record(clerk.app.test_client(), path.rpartition("/")[2], tmp_path)
    assert "question-withdrawn" in whole
    assert not lacking
    act = next(
        told
        for line in (tmp_path / "trail.jsonl").read_text().splitlines()
        if (told := json.loads(line)).get("kind") == "question-withdrawn"
    )
    assert (act["reason"], act["reason_cy"]) == tuple(reasons.values())
    kept = json.loads((tmp_path / act["sha256"]).read_text())
    assert kept.keys() == {
        "format", "question", "asked_on", "shown_on", "withdrawn_on", "reason", "reason_cy",
    }  # fmt: skip
    assert all(
        b"Ann Other" not in file.read_bytes() for file in tmp_path.iterdir() if file.is_file()
    )


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
    for number in (1, 2):
        desk = f"{desk_of(path)}/questions/{number}"
        follow(clerk.post(desk, {"act": "publish"}))
        assert read_letters(clerk.app, "question-withdrawn")[number - 1 :] == []
        assert "Whoever asked it gets a letter" in clerk.get(follow(clerk.post(desk, why))).text
        assert clerk.post(desk, why).status_code == 409
        if number == 1:  # the first is told in one language: its reader reads English anyway
            make_bilingual(clerk, path)

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


@pytest.mark.parametrize("email", ["", "sam", "a@b", "x" * 300 + "@example.org", "a\r\nb@c.org"])
def test_what_is_no_address_is_named_and_kept(page: tuple[Clerk, str], email: str) -> None:
    clerk, path = page
    for where in ("updates", "questions"):
        refused = make_visitor(clerk.app).post(f"{path}/{where}", {"email": email})
        assert refused.status_code == 422
        assert "Enter an email address in the correct format" in " ".join(list_errors(refused))
    with clerk.app.app_context():
        assert db.session.query(Reader).count() == 0


def test_bad_questions_and_bad_links_store_nothing(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    visitor = make_visitor(clerk.app)
    visitor.post(f"{path}/questions", {"email": STAFF})
    link = find_link(read_letters(clerk.app, "ask-link")[0])
    for text in ("", " \n", "x" * 2001, "a\x00b"):
        assert visitor.post(link, {"text": text}).status_code == 422
    middle = link[-20]  # the last sign of a signature also holds bits that mean nothing
    spoilt = f"{link[:-20]}{'a' if middle != 'a' else 'b'}{link[-19:]}"
    for broken in (spoilt, f"{path}/ask/nonsense"):
        assert visitor.get(broken).status_code == 404
        assert visitor.post(broken, {"text": "Why?"}).status_code == 404
    assert clerk.app.test_client().post(link, data={"text": "Why?"}).status_code == 419
    with clerk.app.app_context():
        assert db.session.query(Enquiry).count() == 0
    for _question in range(5):
        assert visitor.post(link, {"text": "Why?"}).status_code == 200
    assert visitor.post(link, {"text": "Why?"}).status_code == 422


def test_scripts_in_questions_answers_and_updates_are_inert(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    ask(clerk.app, path, PAYLOAD)
    subscribe(clerk.app, path)
    answer = {"act": "answer", "answer": PAYLOAD, "answered_by": PAYLOAD}
    follow(clerk.post(f"{desk_of(path)}/questions/1", answer))
    news = {"title": PAYLOAD, "text": PAYLOAD, "typed": "1"}
    follow(clerk.post(f"{desk_of(path)}/updates", news))
    visitor = make_visitor(clerk.app)
    pages = [visitor.get(f"{path}{end}").text for end in ("", "/questions", "/updates")]
    pages += [clerk.get(f"{desk_of(path)}{end}").text for end in ("/questions", "/questions/1")]
    [letter] = read_letters(clerk.app, "news")
    pages.append(letter.get_body(("html",)).get_content())
    for told in pages:
        assert "<script>alert" not in told
        assert "<img src=x" not in told


def test_only_its_organiser_answers_and_sends(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    ask(clerk.app, path, "Why?")
    roles = (
        (ground.sign_in(clerk.app), 404),
        (ground.sign_in(clerk.app, "commissioner"), 403),
        (make_visitor(clerk.app), 419),
    )
    for other, status in roles:
        for end, form in (("questions/1", {"act": "publish"}), ("updates", {"title": "x"})):
            assert other.post(f"{desk_of(path)}/{end}", form).status_code == status


def send_in(app: Flask, language: str, path: str, email: str) -> str:
    """Ask for a link in this language; what the page says."""
    visitor, own = app.test_client(), {"Accept-Language": language}
    token = ground.TOKEN.search(visitor.get(path, headers=own).text)
    assert token is not None
    answer = visitor.post(path, data={"csrf_token": token[1], "email": email}, headers=own)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_a_welsh_reader_gets_welsh_letters(page: tuple[Clerk, str]) -> None:
    clerk, path = page
    send_in(clerk.app, "cy", f"{path}/updates", STRANGER)
    [letter] = read_letters(clerk.app, "updates-link")
    assert "Cadarnhewch" in letter["Subject"]


@pytest.mark.parametrize("end", ["updates", "questions"])
def test_who_asks_again_within_the_hour_is_told_that_no_second_letter_comes(
    page: tuple[Clerk, str], monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    clerk, path = page
    now = get_time().replace(minute=5)
    monkeypatch.setattr("voting.web.reading.get_time", lambda: now)
    kind = {"updates": "updates-link", "questions": "ask-link"}[end]
    said = {
        "en": "or try again in an hour.",
        "cy": "neu rhowch gynnig arall arni ymhen awr.",
    }
    for language, words in said.items():
        assert words in send_in(clerk.app, language, f"{path}/{end}", STAFF)
    assert len(read_letters(clerk.app, kind)) == 1

    now += dt.timedelta(hours=1)
    send_in(clerk.app, "en", f"{path}/{end}", STAFF)

    assert len(read_letters(clerk.app, kind)) == 2


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

"""A vote in two languages at the booth and after it: every text in the reader's own, one seal."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.bilingual_ground import ANSWERS, FIRST, GRADES, ask_every_kind, ask_one, welsh
from tests.poll_ground import Ground, make_open_poll
from tests.ranked_ground import GRADE, MODELS, NAMES, SCORE, WHICH, WORKS, publish
from tests.web.voter.conftest import Voter
from tests.welsh_ground import Reader
from voting.services import correspondence
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.roll import list_electors

OURS = (
    *(FIRST, WHICH, GRADE, SCORE, *ANSWERS, *MODELS, *NAMES, *WORKS, *GRADES),
    *("Forming a mutual", "The future of Northmoor Leisure", "Staff", "Options paper, section 3"),
    "Northmoor branch of the union, 01632 960002",
    "Your chance to say whether the trust should become a mutual.",
    "Whether the trust's sports centres become a mutual.",
    "Who would sit on its board, and from which date.",
)


@pytest.fixture(scope="module")
def both(app: Flask) -> Ground:
    """An open poll with a question of every kind, in both languages."""
    return make_open_poll(app, ask=ask_every_kind)


def speak(client: FlaskClient, language: str) -> None:
    """Press the button of this language."""
    with client.session_transaction() as kept:
        kept["language"] = language


def read(page: str) -> str:
    return " ".join(" ".join(Reader(page).texts).split())


def list_left(page: str) -> list[str]:
    """Our English texts that a page shows where Welsh ones were to be; pictures cut long names."""
    told = re.sub(r"«[^»…]*(?:» yn \w*)?…?", "", read(page))
    return [text for text in OURS if re.search(rf"\b{re.escape(text)}\b", told)]


def walk(voter: Voter) -> Iterator[str]:
    """Every page of the booth, filled in without scripts; the same marks whatever the language."""
    yield voter.client.get(voter.ballot.path).text
    voter.arrive()
    voter.agree()
    for place in ("start", *(f"background/{number}" for number in (1, 2, 3, 4))):
        yield voter.get(place).text
    yield voter.get("question/1").text
    voter.post("question/1", choice="0")
    yield voter.post("question/2", choice="").text
    voter.post("question/2", choice="0")
    yield voter.get("question/2/choice/2").text
    voter.post("question/2/choice/2", choice="1")
    voter.post("question/2/choice/3", choice="2")
    voter.post("question/2/choice/4", choice="end")
    yield voter.post("question/3", **{"mark-0": "3"}).text  # the other one is not graded
    voter.post("question/3", **{"mark-0": "3", "mark-1": "2"})
    yield voter.post("question/4", **{"mark-0": "5", "mark-1": "9"}).text
    voter.post("question/4", **{"mark-0": "5", "mark-1": "4"})
    voter.post("question/2/order", act="up-1")
    voter.post("question/2/order", act="up-2")
    yield voter.get("check").text


def test_every_page_of_the_booth_is_in_the_voters_language(app: Flask, both: Ground) -> None:
    voter = Voter(app.test_client(), both, both.electors[0])
    speak(voter.client, "cy")
    pages = list(walk(voter))
    for page in pages:
        assert '<html lang="cy"' in page
        assert list_left(page) == [], read(page)[:300]
    told = [read(page) for page in pages]
    assert f"Dewiswch radd i “{welsh(NAMES[1])}”" in told[9]
    assert welsh(GRADES[2]) in told[9]
    assert f"“{welsh(WORKS[1])}”" in told[10]
    for text in (FIRST, ANSWERS[0], MODELS[0], WORKS[0]):
        assert welsh(text) in told[-1]
    assert f"{welsh(NAMES[0])}: {welsh(GRADES[0])}" in told[-1]

    speak(voter.client, "en")  # half-way: the answers stay
    check = voter.get("check").text
    assert "Gymraeg" not in read(check)
    assert f"{NAMES[0]}: {GRADES[0]}" in read(check)
    assert f"Not ranked: {MODELS[3]}" in read(check)
    speak(voter.client, "cy")
    assert voter.post("check").location == voter.url("receipt")
    assert list_left(voter.get("receipt").text) == []
    assert list_left(voter.get("start").text) == []  # voted already
    assert list_left(voter.get("check").text) == []  # reached by Back


def test_what_is_sealed_is_the_same_in_either_language(app: Flask, both: Ground) -> None:
    voter = Voter(app.test_client(), both, both.electors[1])
    voter.arrive()
    found = {}
    for language in ("en", "cy"):
        speak(voter.client, language)
        page = voter.get("check").text
        found[language] = {
            name: json.loads(re.search(rf'id="{name}">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
            for name in ("election", "questions")
        }
    english, cymraeg = found["en"], found["cy"]
    assert english["election"] == cymraeg["election"]
    assert "Gymraeg" not in english["election"]
    for mine, theirs in zip(english["questions"], cymraeg["questions"], strict=True):
        assert theirs["text"] == welsh(mine["text"])
        assert theirs["answers"] == [welsh(each) for each in mine["answers"]]
        grades = [welsh(grade) for grade in mine["grades"]]
        assert theirs == {
            **mine,
            "text": theirs["text"],
            "answers": theirs["answers"],
            "grades": grades,
        }


def ask_weighted(poll: Poll) -> None:
    """One question, put to one whose weight has its reason in both languages, and to others."""
    ask_one(poll)
    first, second, *_others = list_electors(db.session(), poll.proposal.constituencies[0].id)
    first.weight, first.weight_reason, first.weight_reason_cy = 2, "Two sites", "Dau safle"
    second.weight, second.weight_reason = 3, "Three sites"
    db.session.flush()


def test_i1_the_reason_of_a_weight_is_told_in_welsh_or_marked_as_english(app: Flask) -> None:
    ground = make_open_poll(app, ask=ask_weighted)
    starts = {
        (0, "en"): 'Your vote counts 2 times: <span lang="en">Two sites</span>',
        (0, "cy"): 'Mae eich pleidlais yn cyfrif 2 gwaith: <span lang="cy">Dau safle</span>',
        (1, "cy"): 'Mae eich pleidlais yn cyfrif 3 gwaith: <span lang="en">Three sites</span>',
    }
    for (number, language), told in starts.items():
        voter = Voter(app.test_client(), ground, ground.electors[number])
        voter.arrive()
        speak(voter.client, language)
        assert told in voter.get("start").text
    client, page = app.test_client(), f"/p/{ground.slug}/{ground.poll_slug}"
    speak(client, "en")
    told = client.get(page).text
    assert "Staff: the vote of 1 person counts 2 times: Two sites" in told
    assert "Staff: the vote of 1 person counts 3 times: Three sites" in told
    speak(client, "cy")
    told = client.get(page).text
    place = welsh("Staff")
    assert f"{place}: mae pleidlais 1 person yn cyfrif 2 gwaith: Dau safle" in told
    assert '1 person yn cyfrif 3 gwaith: <span lang="en">Three sites</span>' in told
    [part] = client.get(f"{page}/frozen.json").get_json()["constituencies"]
    assert part["roll"]["weights"] == [
        {"weight": 1, "reason": "", "reason_cy": "", "count": 8},
        {"weight": 2, "reason": "Two sites", "reason_cy": "Dau safle", "count": 1},
        {"weight": 3, "reason": "Three sites", "reason_cy": "", "count": 1},
    ]


def inflate(pdf: bytes) -> bytes:
    """Everything that a PDF holds, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    found = [pdf]
    for each in packed:
        try:
            found.append(zlib.decompress(each))
        except zlib.error:
            continue
    return b"\n".join(found)


def test_marks_made_in_either_language_are_counted_alike_and_the_outcome_is_in_both(
    app: Flask,
) -> None:
    """Two voters mark the same places, one on Welsh pages and one on English ones."""
    ground = make_open_poll(app, ask=ask_every_kind)
    for elector, language in zip(ground.electors, ("cy", "en"), strict=True):
        voter = Voter(app.test_client(), ground, elector)
        speak(voter.client, language)
        assert len(list(walk(voter))) == 12
        assert voter.post("check").location == voter.url("receipt")
    outcome = publish(app, ground, [])

    client = app.test_client()
    data = client.get(f"{outcome}.json").json
    assert data is not None
    first, ranked, graded, scored = data["constituencies"][0]["questions"]
    assert [option["votes"] for option in first["options"]] == [2, 0]
    assert ranked["winners"] == [MODELS[1]]
    assert graded["count"]["details"]["profiles"][NAMES[0]]["grades"] == [2, 0, 0]
    assert scored["winners"] == [WORKS[0]]
    assert "Gymraeg" not in json.dumps(data, ensure_ascii=False).replace(
        json.dumps(data["constituencies"][0]["questions"][2]["counting"], ensure_ascii=False), ""
    )

    speak(client, "cy")
    page = client.get(outcome).text
    assert list_left(page) == []
    assert f"{welsh('Staff')}: pleidleisiwyd dros “{welsh(ANSWERS[0])}”" in read(page)
    assert welsh(GRADES[2]) in read(page)
    sums = f"“{welsh(ANSWERS[0])}”: 2 allan o 2 o bleidleisiau dilys (100.0%). Mae angen mwy na 1/2"
    assert sums in read(page)
    base = outcome.removesuffix("/outcome")
    for address in (base, f"{base}/ballot-box", base.rpartition("/")[0], "/"):
        assert list_left(client.get(address).text) == [], address
    frozen = client.get(f"{base}/frozen.json")
    assert json.loads(frozen.data)["questions"][0]["text_cy"] == welsh(FIRST)
    assert hashlib.sha256(frozen.data).hexdigest() == data["frozen"]
    pdfs = {}
    for language in ("en", "cy"):
        speak(client, language)
        answer = client.get(f"{base}/counts/staff-2.pdf")
        assert answer.status_code == 200
        pdfs[language] = inflate(answer.data)
    assert len(pdfs["en"]) != len(pdfs["cy"])

    with app.app_context():
        poll = db.session.get_one(Poll, ground.poll_id)
        preview = correspondence.preview_bulk(db.session(), poll, "result")
        assert preview.welsh is not None
        assert f"{welsh('Staff')}: pleidleisiwyd dros “{welsh(ANSWERS[0])}”" in preview.welsh.text
        assert welsh("Forming a mutual") in preview.welsh.subject
        assert "Gymraeg" not in preview.sample.text + preview.sample.html

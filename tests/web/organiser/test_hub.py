"""The organiser writes the public page; bad input is named beside its field and nothing is kept."""

from __future__ import annotations

import hashlib
import json
from html import unescape

import pytest

from tests import organiser_ground as ground
from tests.organiser_ground import Clerk, follow, list_errors
from voting.store.database import db
from voting.store.hub import LibraryEdit, ProposalOption, list_versions
from voting.store.proposals import find_proposal

PAYLOAD = "\"'></title></textarea><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def page(clerk: Clerk) -> str:
    return f"{ground.make_proposal(clerk)}/page"


def public_path(page: str) -> str:
    return page.replace("/organiser/proposals/", "/p/").removesuffix("/page")


def option_form(**changes: str) -> dict[str, str]:
    names = ("name", "description", "benefits", "drawbacks", "cost", "source")
    return {name: f"Own {name}" for name in names} | changes


def open_page(clerk: Clerk, page: str) -> str:
    """Open a page as it is written, with two models."""
    follow(clerk.post(f"{page}/options/choose", ground.MODELS))
    follow(clerk.post(f"{page}/open"))
    return public_path(page)


def test_a_page_is_written_and_opened(clerk: Clerk, page: str) -> None:
    stranger = clerk.app.test_client()
    assert stranger.get(public_path(page)).status_code == 404
    refused = clerk.post(f"{page}/open")
    assert refused.status_code == 422
    assert list_errors(refused) == [
        "There must be at least two options.",
        "One of the options must be staying as we are.",
        "The page does not say what is proposed.",
        "The page does not say who decides, and under what rule.",
    ]
    to_texts = f'who decides, and under what rule. <a class="v-link" href="{page}/texts">'
    assert to_texts in refused.text
    assert f'staying as we are. <a class="v-link" href="{page}/options">' in refused.text
    follow(clerk.post(f"{page}/texts", {"summary": "A new trust.", "who_decides": "The council."}))
    follow(clerk.post(f"{page}/glossary", {"term": "Mutual", "meaning": "Owned by its members"}))
    follow(clerk.post(f"{page}/dates", {"on": "2031-03-27", "title": "Open meeting"}))
    follow(clerk.post(f"{page}/options/new", option_form()))
    path = open_page(clerk, page)

    told = unescape(stranger.get(path).text)

    for words in (
        "A new trust.", "The council.", "Owned by its members", "Thursday 27 March 2031",
        "Open meeting", "Own name", "Own cost", "Community benefit society", "We are here",
        "section 33", "Staff", "Alex Morgan",
    ):  # fmt: skip
        assert words in told
    compared = unescape(stranger.get(f"{path}/options").text)
    assert "Own benefits" in compared
    assert "The law" not in compared
    assert path in stranger.get("/").text
    assert "Own description" not in stranger.get("/").text


def test_who_can_take_part_is_a_version_of_the_open_page(clerk: Clerk, page: str) -> None:
    desk = page.removesuffix("/page")
    slug = desk.rsplit("/", 1)[1]
    ground.open_page(clerk, desk)

    def tell() -> list[list[str]]:
        with clerk.app.app_context():
            proposal = find_proposal(db.session(), slug)
            assert proposal is not None
            kept = list_versions(db.session(), proposal.id)
            assert all(hashlib.sha256(one.content).hexdigest() == one.hash for one in kept)
            return [json.loads(one.content)["constituencies"] for one in kept]

    follow(clerk.post(f"{desk}/new-constituency", {"name": "Users"}))
    follow(clerk.post(f"{desk}/constituencies/users", {"name": "Members"}))
    follow(clerk.post(f"{desk}/constituencies/users/remove"))

    assert tell() == [["Staff"], ["Staff", "Users"], ["Staff", "Members"], ["Staff"]]
    trail = clerk.get(f"/p/{slug}/trail.jsonl").text
    assert trail.count('"page-changed"') == 3


def test_words_and_days_and_options_are_changed_and_removed(clerk: Clerk, page: str) -> None:
    follow(clerk.post(f"{page}/glossary", {"term": "Mutual", "meaning": "Owned"}))
    follow(clerk.post(f"{page}/glossary/1", {"term": "Mutual", "meaning": "Run by members"}))
    assert "Run by members" in clerk.get(f"{page}/glossary").text
    follow(clerk.post(f"{page}/glossary/1", {"act": "remove"}))
    assert clerk.get(f"{page}/glossary/1").status_code == 404
    follow(clerk.post(f"{page}/dates", {"on": "2031-03-27", "title": "Meeting"}))
    assert 'value="2031-03-27"' in clerk.get(f"{page}/dates/1").text
    follow(clerk.post(f"{page}/dates/1", {"on": "2031-03-28", "title": "Meeting"}))
    assert "28 March 2031" in clerk.get(f"{page}/dates").text
    follow(clerk.post(f"{page}/dates/1", {"act": "remove"}))
    for name in ("First", "Second"):
        follow(clerk.post(f"{page}/options/new", option_form(name=name)))
    follow(clerk.post(f"{page}/options/2/move", {"act": "up"}))
    listed = clerk.get(f"{page}/options").text
    assert listed.index("Second") < listed.index("First")
    follow(clerk.post(f"{page}/options/1", option_form(name="Third")))
    follow(clerk.post(f"{page}/options/2/remove"))
    assert "Second" not in clerk.get(f"{page}/options").text


@pytest.mark.parametrize(
    ("path", "form", "told"),
    [
        ("/options/new", {"name": ""}, "Enter the name of the option"),
        ("/options/new", {"name": "x" * 201}, "Name of the option must be 200 characters"),
        ("/options/new", {"name": "A", "benefits": "x\x00"}, "a character that cannot be shown"),
        ("/options/choose", {}, "Select at least one model"),
        ("/options/choose", {"models": "no-such-model"}, ""),
        ("/glossary", {"term": "Mutual", "meaning": ""}, "Enter what it means"),
        ("/dates", {"on": "2031-02-30", "title": "Meeting"}, "Enter a day that exists"),
        ("/dates", {"on": "", "title": ""}, "Enter the day"),
        ("/texts", {"summary": "x" * 5001}, "must be 5,000 characters or fewer"),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(
    clerk: Clerk, page: str, path: str, form: dict[str, str], told: str
) -> None:
    answer = clerk.post(f"{page}{path}", form)

    if told:
        assert answer.status_code == 422
        assert any(told in error for error in list_errors(answer))
    with clerk.app.app_context():
        assert db.session.query(ProposalOption).count() == 0


def test_scripts_in_any_text_are_rendered_inert(clerk: Clerk, page: str) -> None:
    names = ("name", "description", "owners", "assets", "benefits", "drawbacks", "cost", "source")
    follow(clerk.post(f"{page}/texts", {"is_bilingual": "y"}))
    every = {f"{name}{end}": PAYLOAD for name in names for end in ("", "_cy")}
    follow(clerk.post(f"{page}/options/new", every))
    named = ("title", "summary", "deciding", "still_open", "who_decides")
    welsh = {f"{name}_cy": PAYLOAD for name in named}
    texts = {"summary": PAYLOAD, "who_decides": PAYLOAD, "is_bilingual": "y"}
    follow(clerk.post(f"{page}/texts", texts | welsh))
    word = {name: PAYLOAD for name in ("term", "meaning", "term_cy", "meaning_cy")}
    follow(clerk.post(f"{page}/glossary", word))
    day = {"on": "2031-03-27", "title": PAYLOAD, "title_cy": PAYLOAD}
    follow(clerk.post(f"{page}/dates", day))
    path = open_page(clerk, page)

    stranger = clerk.app.test_client()
    for language in ("en", "cy"):
        headers = {"Accept-Language": language}
        for address in (path, f"{path}/options", "/"):
            told = stranger.get(address, headers=headers).text
            assert "<script>alert" not in told
            assert "<img src=x" not in told
    for address in ("", "/texts", "/options", "/options/1", "/glossary", "/dates", "/dates/1"):
        told = clerk.get(f"{page}{address}").text
        assert "<script>alert" not in told
        assert "<img src=x" not in told


def test_a_welsh_reader_is_shown_welsh_and_told_what_is_in_english(clerk: Clerk, page: str) -> None:
    follow(clerk.post(f"{page}/texts", {"is_bilingual": "y"}))
    welsh = {"is_bilingual": "y", "title_cy": "Dyfodol Hamdden", "deciding_cy": "Pwy sy'n rhedeg"}
    welsh |= ground.PAGE_TEXTS | {"summary_cy": "Ymddiriedolaeth.", "who_decides_cy": "Y cyngor."}
    follow(clerk.post(f"{page}/texts", welsh))
    with pytest.raises(AssertionError, match="Not in Welsh yet: what is still open"):
        open_page(clerk, page)
    follow(clerk.post(f"{page}/texts", welsh | {"still_open_cy": "Pwy fyddai ar y bwrdd."}))
    path = open_page(clerk, page)
    follow(clerk.post(f"{page}/texts", welsh | {"still_open_cy": ""}))

    told = unescape(clerk.app.test_client().get(path, headers={"Accept-Language": "cy"}).text)

    assert '<h1 class="v-heading-xl">Dyfodol Hamdden</h1>' in told
    assert "Pwy sy'n rhedeg" in told
    assert "Cymdeithas budd cymunedol" in told
    assert '<span lang="en">Who would sit on its board.</span>' in told


def test_texts_are_looked_at_for_plainness(clerk: Clerk, page: str) -> None:
    follow(clerk.post(f"{page}/texts", {"summary": "Organisational reconfiguration. " * 2}))

    told = clerk.get(f"{page}/texts").text

    assert "Long words: Organisational, reconfiguration. Is there a shorter one?" in told


def test_the_library_is_edited_and_put_back(clerk: Clerk) -> None:
    path = "/organiser/models/consortium"
    assert clerk.get("/organiser/models").text.count("<h2") >= 16
    form = option_form(owners="All", assets="Kept")
    assert clerk.post(path, form | {"cost": ""}).status_code == 422
    follow(clerk.post(path, form))
    assert "Own name" in clerk.get("/organiser/models").text
    follow(clerk.post(path, {"act": "restore"}))
    assert "Own name" not in clerk.get("/organiser/models").text
    with clerk.app.app_context():
        assert db.session.query(LibraryEdit).count() == 0
    assert clerk.get("/organiser/models/none").status_code == 404


def test_a_vote_takes_its_options_from_the_proposal(clerk: Clerk) -> None:
    poll = ground.make_draft(clerk)
    page = f"{poll.partition('/polls/')[0]}/page"
    follow(clerk.post(f"{page}/options/choose", {"models": ["benefit-society"]}))

    told = clerk.get(f"{poll}/questions/new?from=options").text

    for words in ("Community benefit society", "Stay as we are", "None of these"):
        assert f'value="{words}"' in told


def test_the_note_on_mutuals_stands_beside_a_votes_models(clerk: Clerk) -> None:
    poll = ground.make_draft(clerk)
    page = f"{poll.partition('/polls/')[0]}/page"
    follow(clerk.post(f"{page}/options/choose", {"models": ["benefit-society"]}))
    question = ground.question_form(("Community benefit society",), ("Stay as we are",))
    follow(clerk.post(f"{poll}/questions/1", question))
    follow(clerk.post(f"{poll}/freeze"))

    public = poll.replace("/organiser/proposals/", "/p/").replace("/polls/", "/")

    assert "section 33" in clerk.app.test_client().get(public).text


def test_only_its_organiser_writes_a_page(clerk: Clerk, page: str) -> None:
    other, commissioner = ground.sign_in(clerk.app), ground.sign_in(clerk.app, "commissioner")
    stranger = Clerk(clerk.app, clerk.app.test_client(), "")
    ground.open_page(clerk, page.removesuffix("/page"))
    for path in ("/texts", "/options", "/options/choose", "/options/1", "/glossary", "/dates"):
        assert other.get(f"{page}{path}").status_code == 404
        assert commissioner.get(f"{page}{path}").status_code == 403
        assert stranger.get(f"{page}{path}").status_code == 303
    for path in ("/open", "/texts", "/options/new", "/options/1/remove", "/options/1/move"):
        assert other.post(f"{page}{path}", option_form()).status_code == 404
        assert commissioner.post(f"{page}{path}", option_form()).status_code == 403
        assert stranger.post(f"{page}{path}", option_form()).status_code == 419

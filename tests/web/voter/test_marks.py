"""Ranking, grading and scoring at the booth, as a browser without scripts meets it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from tests.poll_ground import Ground, make_open_poll
from tests.ranked_ground import (
    EQUAL,
    MANY,
    MODELS,
    NAMES,
    RANKING,
    WHICH,
    WORKS,
    ask_all_kinds,
    ask_board,
    ask_models,
    ask_with,
)
from tests.web.voter.conftest import Voter, count

CHOICE = re.compile(r'<input[^>]*name="choice"[^>]*value="([^"]+)"([^>]*)>')
ERROR = re.compile(r'<li><a href="#([^"]+)">([^<]+)</a></li>')
SUBMIT = re.compile(r'<button type="submit"[^>]*value="([^"]+)">(.*?)</button>', re.DOTALL)


def begin(app: Flask, poll: Ground) -> Voter:
    """A voter who agreed that the server seals the vote."""
    voter = Voter(app.test_client(), poll, poll.electors[0])
    voter.arrive()
    voter.agree()
    return voter


def choices(page: str) -> list[str]:
    return [value for value, _rest in CHOICE.findall(page)]


def checked(page: str) -> list[str]:
    return [value for value, rest in CHOICE.findall(page) if "checked" in rest]


def faults(page: str) -> list[tuple[str, str]]:
    return [(control, unescape(told)) for control, told in ERROR.findall(page)]


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found is not None
    return unescape(found[1].strip())


def buttons(page: str) -> list[str]:
    return [
        " ".join(unescape(re.sub(r"<[^>]+>", "", words)).split())
        for _value, words in SUBMIT.findall(page)
    ]


def ranking(page: str) -> list[str]:
    rows = re.findall(r'<li class="v-order__item"[^>]*>\s*([^<]+)', page)
    return [unescape(row.strip()) for row in rows]


@pytest.fixture
def models(app: Flask) -> Ground:
    return make_open_poll(app, ask=ask_models)


@pytest.fixture
def ranker(app: Flask, models: Ground) -> Voter:
    return begin(app, models)


# One page for each preference


def test_each_preference_has_a_page_with_what_is_left_and_a_way_to_stop(ranker: Voter) -> None:
    page = ranker.get("question/1").text
    assert heading(page) == "Your first choice"
    assert WHICH in page
    assert choices(page) == ["0", "1", "2", "3", "blank"]

    second = ranker.post("question/1", choice="2")
    assert second.location == ranker.url("question/1/choice/2")
    page = ranker.get("question/1/choice/2").text
    assert heading(page) == "Your second choice (optional)"
    assert choices(page) == ["0", "1", "3", "end"]
    assert "I do not want to rank any more" in page

    done = ranker.post("question/1/choice/2", choice="end")
    assert done.location == ranker.url("check")
    page = ranker.get("check").text
    assert ranking(page) == [MODELS[2]]
    assert f"Not ranked: {MODELS[0]}, {MODELS[1]}, {MODELS[3]}" in page


def test_after_the_last_option_comes_the_page_to_check(ranker: Voter) -> None:
    ranker.post("question/1", choice="3")
    ranker.post("question/1/choice/2", choice="1")
    ranker.post("question/1/choice/3", choice="0")
    done = ranker.post("question/1/choice/4", choice="2")

    assert done.location == ranker.url("check")
    page = ranker.get("check").text
    assert ranking(page) == [MODELS[3], MODELS[1], MODELS[0], MODELS[2]]
    assert "Not ranked" not in page


@pytest.mark.parametrize("sent", ["", "9", "end", "1.0", "-1", "blank "])
def test_nothing_selected_is_a_named_error(ranker: Voter, sent: str) -> None:
    page = ranker.post("question/1", choice=sent)

    assert page.status_code == 422
    assert faults(page.text) == [
        ("choice-0", "Select your first choice, or leave this question blank")
    ]
    assert "<title>Error: " in page.text


def test_the_second_page_says_what_to_select_and_takes_nothing_twice(ranker: Voter) -> None:
    ranker.post("question/1", choice="0")
    for sent in ("", "0", "blank"):
        page = ranker.post("question/1/choice/2", choice=sent)
        assert page.status_code == 422
        assert faults(page.text) == [
            ("choice-1", "Select your second choice or that you do not want to rank any more")
        ]


def test_back_keeps_what_was_selected_and_another_choice_asks_for_the_rest_again(
    ranker: Voter,
) -> None:
    ranker.post("question/1", choice="0")
    ranker.post("question/1/choice/2", choice="1")

    assert checked(ranker.get("question/1").text) == ["0"]
    assert checked(ranker.get("question/1/choice/2").text) == ["1"]
    ranker.post("question/1", choice="0")
    assert checked(ranker.get("question/1/choice/2").text) == ["1"]

    ranker.post("question/1", choice="3")
    assert checked(ranker.get("question/1/choice/2").text) == []
    assert ranking(ranker.get("check").text) == [MODELS[3]]


def test_a_page_ahead_of_its_turn_leads_back_to_the_one_that_is_next(ranker: Voter) -> None:
    assert ranker.get("question/1/choice/3").location == ranker.url("question/1")
    assert ranker.post("question/1/choice/3", choice="1").location == ranker.url("question/1")
    assert ranker.get("question/1/choice/9").status_code == 404
    assert ranker.get("question/2/choice/1").status_code == 404


def test_a_blank_vote_is_one_press(app: Flask, models: Ground, ranker: Voter) -> None:
    assert ranker.post("question/1", choice="blank").location == ranker.url("check")
    assert "Blank vote: you leave this question unanswered" in ranker.get("check").text
    assert ranker.post("check").location == ranker.url("receipt")
    assert count(app, models) == (1, 1)


def test_fewer_ranks_where_the_organiser_allows_fewer(app: Flask) -> None:
    method = RANKING.__class__("rank", "irv", most_ranks=1, options=RANKING.options)
    voter = begin(app, make_open_poll(app, ask=ask_with(MODELS, method)))

    assert voter.post("question/1", choice="1").location == voter.url("check")
    assert voter.get("question/1/choice/2").status_code == 404


# The buttons on the page to check


def test_the_buttons_move_one_option_and_say_so(ranker: Voter) -> None:
    for place, choice in enumerate("210", 1):
        ranker.post(f"question/1/choice/{place}", choice=choice)
    ranker.post("question/1/choice/4", choice="end")
    assert buttons(ranker.get("check").text)[:3] == [
        f"Move {MODELS[2]} down",
        f"Remove {MODELS[2]}",
        f"Move {MODELS[1]} up",
    ]

    moved = ranker.post("question/1/order", act="up-0")
    assert moved.location == ranker.url("check") + "#rank-0-0"
    page = ranker.get("check").text
    assert ranking(page) == [MODELS[2], MODELS[0], MODELS[1]]
    assert f"{MODELS[0]} is now 2nd of 3" in page

    ranker.post("question/1/order", act="remove-2")
    page = ranker.get("check").text
    assert ranking(page) == [MODELS[0], MODELS[1]]
    assert f"{MODELS[2]} is no longer ranked" in page


@pytest.mark.parametrize("act", ["", "up", "up-9", "up-x", "sideways-0", "up--1", "up-²"])
def test_a_press_of_no_button_changes_nothing(ranker: Voter, act: str) -> None:
    ranker.post("question/1", choice="0")
    assert ranker.post("question/1/order", act=act).status_code == 303
    assert ranking(ranker.get("check").text) == [MODELS[0]]


def test_when_the_last_one_is_removed_the_question_is_asked_again(ranker: Voter) -> None:
    ranker.post("question/1", choice="0")
    ranker.post("question/1/order", act="remove-0")

    assert ranker.get("check").location == ranker.url("question/1?change=1")


def test_no_choice_stands_in_the_cookie_or_in_an_address(ranker: Voter) -> None:
    ranker.post("question/1", choice="2")
    answer = ranker.post("question/1/order", act="up-2")
    assert "?" not in answer.location
    with ranker.client.session_transaction() as session:
        kept = {key: value for key, value in session.items() if key != "plain"}
    assert "choices" not in str(kept)
    assert "moved" not in str(kept)


# A control for each option


def test_more_than_seven_options_have_a_labelled_rank_each(app: Flask) -> None:
    voter = begin(app, make_open_poll(app, ask=ask_board))
    page = voter.get("question/1").text
    for at, name in enumerate(MANY):
        assert re.search(rf'<label[^>]*for="mark-{at}">{name}</label>', page)

    wrong = voter.post("question/1", **{"mark-0": "1", "mark-1": "1", "mark-2": "4"})
    assert wrong.status_code == 422
    assert faults(wrong.text) == [
        ("mark-0", "You gave rank 1 to “Candidate A”, “Candidate B”. Give each a rank of its own"),
        ("mark-2", "No option has rank 2, but “Candidate C” has a later one. Leave no rank out"),
        ("mark-2", "No option has rank 3, but “Candidate C” has a later one. Leave no rank out"),
    ]
    assert 'id="mark-2" value="4"' in wrong.text

    done = voter.post("question/1", **{"mark-0": "2", "mark-7": "1"})
    assert done.location == voter.url("check")
    assert ranking(voter.get("check").text) == ["Candidate H", "Candidate A"]
    voter.post("question/1/order", act="down-7")
    assert ranking(voter.get("check").text) == ["Candidate A", "Candidate H"]


def test_equal_ranks_where_they_are_allowed_and_no_buttons_then(app: Flask) -> None:
    voter = begin(app, make_open_poll(app, ask=ask_with(MODELS, EQUAL)))
    assert "You may give several options the same rank." in voter.get("question/1").text

    voter.post("question/1", **{"mark-0": "1", "mark-1": "1", "mark-2": "2"})
    page = voter.get("check").text
    assert ranking(page) == [MODELS[0], MODELS[2]]
    assert "Move" not in " ".join(buttons(page))
    voter.post("question/1/order", act="remove-0")
    assert ranking(voter.get("check").text) == [MODELS[0], MODELS[2]]


def test_grades_and_points_are_checked_shown_and_cast(app: Flask) -> None:
    poll = make_open_poll(app, ask=ask_all_kinds)
    voter = begin(app, poll)
    voter.post("question/1", choice="1")
    voter.post("question/1/choice/2", choice="end")

    wrong = voter.post("question/2", **{"mark-0": "1"})
    assert faults(wrong.text) == [("mark-1-1", f"Select a grade for “{NAMES[1]}”")]
    both = voter.post("question/2", **{"mark-0": "1", "blank": "1"})
    assert faults(both.text) == [
        ("mark-0-1", "Fill in the options or select the blank vote, not both")
    ]
    assert voter.post("question/2", **{"mark-0": "1", "mark-1": "6"}).status_code == 303

    wrong = voter.post("question/3", **{"mark-0": "6", "mark-1": "two"})
    assert [told for _control, told in faults(wrong.text)] == [
        "The points for “Pool” must be a whole number from 0 to 5",
        "The points for “Gym” must be a whole number from 0 to 5",
    ]
    zero = voter.post("question/3", **{"mark-0": "0"})
    assert "You gave every option 0 points" in zero.text
    voter.post("question/3", **{"mark-0": "5"})

    page = unescape(voter.get("check").text)
    for shown in ("Excellent", "Reject", f"{WORKS[0]}: 5 points", f"{WORKS[2]}: 0 points"):
        assert shown in page
    assert voter.post("check").location == voter.url("receipt")
    assert count(app, poll) == (1, 1)


def test_the_pages_are_in_welsh_where_the_voter_reads_welsh(ranker: Voter) -> None:
    ranker.post("question/1", choice="2")
    ranker.post("question/1/choice/2", choice="0")
    ranker.post("question/1/order", act="up-0")
    with ranker.client.session_transaction() as session:
        session["language"] = "cy"
    assert heading(ranker.get("question/1").text) == "Eich dewis cyntaf"
    page = unescape(ranker.get("check").text)
    assert f"Mae {MODELS[0]} bellach yn 1af o 2" in page
    assert f"Symud {MODELS[0]} i lawr" in buttons(page)


def test_without_the_agreement_nothing_is_taken(app: Flask, models: Ground) -> None:
    voter = Voter(app.test_client(), models, models.electors[0])
    voter.arrive()
    for place in ("question/1", "question/1/choice/1", "question/1/order"):
        assert voter.post(place, choice="0", act="up-0").location == voter.url("plain")
    page = voter.get("question/1/choice/2").text
    assert choices(page) == ["0", "1", "2", "3", "end"]
    assert 'data-booth="rank"' in page

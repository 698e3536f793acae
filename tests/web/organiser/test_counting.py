"""A vote with a ranked question through the pages: from its counting rule to its outcome."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask import Flask

from tests import organiser_ground as ground
from tests.organiser_ground import Clerk, follow, list_errors, publish_outcome, question_form
from voting.services import casting, keys
from voting.store.database import db
from voting.store.roll import list_electors

MODELS = (
    ("Society", "A society.", "Members decide.", "Slow to set up.", "Page 3"),
    ("Trust", "A trust.", "Steady.", "Indirect.", "Page 4"),
    ("Stay as we are", "The council goes on.", "No change.", "Budgets shrink.", "Page 5"),
    ("None of these", "Look further.", "Time.", "Delay.", "Page 6"),
)
RANKING = {
    "rule": "irv",
    "seats": "1",
    "most_ranks": "",
    "until": "majority",
    "exclude": "single",
    "variant": "prf",
    "strength": "winning",
}
GRADING = {"seats": "1", "grades": "Poor\r\nGood\r\n", "middle": "lower"}
SCORING = {"seats": "1", "highest": "9"}


def ask(clerk: Clerk, choice: str = "rank") -> tuple[str, str]:
    """A draft with one question of this kind; its path and that of its counting page."""
    path = ground.make_proposal(clerk)
    ground.import_roll(clerk, path, ground.LARGER_ROLL)
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Which model?"}))
    counting = follow(clerk.post(f"{poll}/questions/new", question_form(*MODELS, choice=choice)))
    assert counting.endswith("/counting")
    follow(clerk.post(f"{poll}/dates", ground.dates_form()))
    return poll, counting


def vote(clerk: Clerk, poll: str, rankings: list[list[int]]) -> None:
    now = dt.datetime.now(dt.UTC)
    sealer = clerk.app.extensions["voting.sealer"]
    with clerk.app.app_context():
        session = db.session()
        election = ground.read_poll(session, poll).elections[0]
        election_id = election.id
        electors = [one.id for one in list_electors(session, election.constituency_id)]
        codes = [keys.code_for(election, elector, sealer=sealer) for elector in electors]
        for elector, code, ranks in zip(electors, codes, rankings, strict=False):
            casting.seal_and_cast(session, election_id, elector, code, [ranks], now=now)
            session.commit()


def test_each_rule_is_told_in_plain_words_and_the_chosen_one_is_kept(clerk: Clerk) -> None:
    poll, counting = ask(clerk)
    page = unescape(clerk.get(counting).text)
    for words in ("Instant runoff", "the usual choice for a board", "Condorcet", "rule book"):
        assert words.lower() in page.lower()

    follow(clerk.post(counting, {**RANKING, "rule": "schulze", "equal_ranks": "y"}))

    shown = unescape(clerk.get(f"{poll}/questions").text)
    assert "equal ranks allowed" in shown
    assert "Counted by Schulze (Condorcet)." in shown
    assert re.search(r'<input[^>]*checked[^>]*value="schulze"', clerk.get(counting).text)


@pytest.mark.parametrize(
    ("choice", "form", "told"),
    [
        ("rank", {**RANKING, "rule": ""}, "Select a counting rule"),
        ("rank", {**RANKING, "rule": "score"}, "Select a counting rule"),
        ("rank", {**RANKING, "seats": "many"}, "Enter how many options are elected"),
        ("rank", {**RANKING, "seats": "2"}, "The instant runoff elects one option"),
        ("rank", {**RANKING, "rule": "meek", "seats": "4"}, "4 of 4 options cannot be elected"),
        ("rank", {**RANKING, "most_ranks": "9"}, "The most ranks must be from 1 to 4"),
        ("rank", {**RANKING, "most_ranks": "x"}, "Enter a whole number, for example 3"),
        ("rank", {**RANKING, "equal_ranks": "y"}, "This rule cannot count equal ranks"),
        ("rank", {**RANKING, "strength": "huge"}, "Select a value from the list"),
        ("grade", {**GRADING, "grades": ""}, "Enter the grades, one on each line"),
        ("grade", {**GRADING, "grades": "Good"}, "Enter 2 to 10 grades"),
        ("grade", {**GRADING, "grades": "Good\ngood"}, "Two grades have the same name"),
        ("score", {**SCORING, "highest": "0"}, "The most points must be from 1 to 100"),
        ("score", {**SCORING, "highest": "ten"}, "Enter the most points"),
    ],
)
def test_what_does_not_fit_is_named_beside_its_field_and_nothing_is_stored(
    clerk: Clerk, choice: str, form: dict[str, str], told: str
) -> None:
    _poll, counting = ask(clerk, choice)
    before = clerk.get(counting).text.count("checked")

    answer = clerk.post(counting, form)

    assert answer.status_code == 422
    assert [fault for fault in list_errors(answer) if told in fault], list_errors(answer)
    assert clerk.get(counting).text.count("checked") == before


def test_grades_are_set_and_shown(clerk: Clerk) -> None:
    poll, counting = ask(clerk, "grade")
    follow(clerk.post(counting, {**GRADING, "papers": "y", "shuffled": "y"}))
    shown = unescape(clerk.get(f"{poll}/questions").text)
    assert "Give each option a grade (Poor, Good)" in shown
    assert "one random order" in shown
    assert "Every paper is published" in shown


def test_points_are_set_shown_and_previewed(clerk: Clerk) -> None:
    poll, counting = ask(clerk, "score")
    follow(clerk.post(counting, SCORING))
    assert "0 to 9 points" in clerk.get(f"{poll}/questions").text
    assert "points" in clerk.get(f"{poll}/preview").text


def test_a_plain_question_may_fill_several_places(app: Flask, clerk: Clerk) -> None:
    poll, _counting = ask(clerk)
    form = question_form(*MODELS, choice="several", maximum="3")
    follow(clerk.post(f"{poll}/questions/new", form))
    with clerk.app.app_context():
        question = ground.read_poll(db.session(), poll).questions[1].id
    follow(clerk.post(f"{poll}/questions/{question}/counting", {"seats": "2"}))
    told = "A place that “None of these” wins stays empty."
    shown = clerk.get(f"{poll}/questions").text
    assert "2 are elected." in shown
    assert shown.count(told) == 1  # the other question has one place
    public = app.jinja_env.from_string(
        '{% from "layout/method.html" import how_counted %}{{ how_counted(question) }}'
    )
    with app.test_request_context():
        one, several = ground.read_poll(db.session(), poll).questions
        assert told in public.render(question=several)
        assert told not in public.render(question=one)


def test_a_group_that_cannot_seal_such_papers_is_a_problem_before_freezing(clerk: Clerk) -> None:
    poll, _counting = ask(clerk)
    follow(clerk.post(f"{poll}/settings", {"group": "BELENIOS-2048"}))
    assert "cannot be sealed" in clerk.get(poll).text
    assert clerk.post(f"{poll}/freeze").status_code == 422


def test_a_ranked_vote_from_its_rule_to_its_outcome(app: Flask, clerk: Clerk) -> None:
    poll, counting = ask(clerk)
    follow(clerk.post(counting, {**RANKING, "papers": "y"}))
    rules = unescape(clerk.get(f"{poll}/rules").text)
    assert "What wins the count, and a turnout of at least 50%" in rules
    assert "What wins the count, whichever it is" in rules
    check = unescape(clerk.get(f"{poll}/freeze").text)
    assert "Counted by instant runoff." in check
    follow(clerk.post(f"{poll}/freeze"))
    ground.open_poll(clerk, poll)
    public = poll.replace("/organiser/proposals/", "/p/").replace("/polls/", "/")
    client = app.test_client()
    assert "Counted by instant runoff." in client.get(public).text
    assert "the winner of the count" in client.get(public).text
    papers = [[1, 2, 0, 0]] * 4 + [[2, 1, 0, 0]] * 3 + [[0, 0, 0, 0]]
    vote(clerk, poll, papers)
    ground.close_poll(clerk, poll)
    ground.count_poll(clerk, poll)

    shown = unescape(clerk.get(f"{poll}/conduct/outcome").text)
    assert "Staff chose “Society” by instant runoff: 7 valid papers, 1 blank, 0 spoiled." in shown
    publish_outcome(clerk, poll)
    page = unescape(client.get(f"{public}/outcome").text)
    assert "Society" in page
    assert "This archive ends before the papers are opened." in page
    outcome = client.get(f"{public}/outcome.json").json
    (part,) = outcome["constituencies"]
    assert part["questions"][0]["winners"] == ["Society"]
    table = client.get(f"{public}/outcome.csv").text
    assert "Elected 1,Society" in table
    assert client.get(f"{public}/papers/{part['uuid']}-1.blt").status_code == 404
    raw = client.get(f"{public}/{part['uuid']}.bel").data
    assert b"decryption_factors" not in raw
    commissioner = ground.sign_in(app, "commissioner")
    whole = commissioner.get(f"/commissioner/archives/{part['uuid']}.bel")
    assert b"decryption_factors" in whole.data
    assert "ends before the papers are opened" in commissioner.get("/commissioner/").text
    assert client.get(f"/commissioner/archives/{part['uuid']}.bel").status_code != 200
    assert commissioner.get("/commissioner/archives/none.bel").status_code == 404

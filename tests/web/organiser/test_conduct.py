"""A frozen vote through the pages: letters, turnout, changed plans, the count, publication."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import make_environment
from tests.organiser_ground import (
    HOUR,
    LARGER_ROLL,
    Clerk,
    cast_votes,
    close_poll,
    count_poll,
    dates_form,
    follow,
    import_roll,
    let_open,
    list_errors,
    make_draft,
    make_frozen,
    make_proposal,
    move_times,
    open_poll,
    publish_outcome,
    question_form,
    read_poll,
    sign_in,
)
from voting.app import create_app
from voting.config import load_settings
from voting.store.database import db, transaction
from voting.store.letters import Letter
from voting.store.proposals import list_acts
from voting.store.roll import Elector, LinkReplacement
from voting.web.organiser.times import SKIPPED


def read_state(clerk: Clerk, poll: str) -> str:
    with clerk.app.app_context():
        return str(read_poll(db.session(), poll).state)


def count_letters(clerk: Clerk, **where: str) -> int:
    with clerk.app.app_context():
        return db.session.query(Letter).filter_by(**where).count()


def read_reasons(clerk: Clerk, poll: str, kind: str) -> list[str]:
    with clerk.app.app_context():
        stored = read_poll(db.session(), poll)
        acts = list_acts(db.session(), stored.proposal_id, stored.id)
        return [json.loads(act.body)["reason"] for act in acts if act.kind == kind]


# ------------------------------------------------------------------ letters


def test_invitations_go_out_once_the_number_is_typed(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    path = f"{poll}/letters/send/invitation"
    page = clerk.get(path).text
    assert "Send 10 letters" in page
    assert "Dear Sam Jones" in page
    assert "XXXXX" in page

    for typed in ("", "3", "two"):
        refused = clerk.post(path, {"typed": typed, "seen": "0"})
        assert refused.status_code == 422
        assert list_errors(refused)
    assert count_letters(clerk, kind="invitation") == 0

    follow(clerk.post(path, {"typed": "10", "seen": "0"}))
    assert count_letters(clerk, kind="invitation", state="owed") == 10
    assert "Invitation" in clerk.get(f"{poll}/letters").text


def test_a_bulk_letter_sent_twice_by_mistake_goes_out_once(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    for _ in range(2):
        follow(clerk.post(f"{poll}/letters/send/invitation", {"typed": "10", "seen": "0"}))
    assert count_letters(clerk, kind="invitation") == 10

    open_poll(clerk, poll)
    for _ in range(2):
        follow(clerk.post(f"{poll}/letters/send/reminder", {"typed": "10", "seen": "0"}))
    assert count_letters(clerk, kind="reminder") == 10


def test_reminders_go_to_those_who_have_not_voted(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    open_poll(clerk, poll)
    cast_votes(clerk, poll, [0])

    page = clerk.get(f"{poll}/letters/send/reminder").text

    assert "Send 9 letters" in page
    told = page.partition("How the letter reads")[
        0
    ]  # by constituency it could tell that one has voted
    assert re.findall(r'v-summary-list__key">([^<]+)', told)[0] == "Everyone who has not voted"
    assert ">Staff<" not in told
    follow(clerk.post(f"{poll}/letters/send/reminder", {"typed": "9", "seen": "0"}))
    assert count_letters(clerk, kind="reminder") == 9


def test_a_letter_that_cannot_be_sent_now_says_why(clerk: Clerk) -> None:
    poll = make_frozen(clerk)

    assert clerk.get(f"{poll}/letters/send/reminder").status_code == 409
    assert clerk.get(f"{poll}/letters/send/postcard").status_code == 404


def test_a_test_letter_goes_to_oneself_from_a_draft_too(clerk: Clerk) -> None:
    poll = make_draft(clerk)
    assert "Send me a test invitation" in clerk.get(f"{poll}/preview").text

    for _ in range(2):
        follow(clerk.post(f"{poll}/letters/test/invitation"))

    assert count_letters(clerk, kind="test") == 1


def test_letters_that_failed_are_shown_with_the_reason_and_tried_again(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    follow(clerk.post(f"{poll}/letters/send/invitation", {"typed": "10", "seen": "0"}))
    with clerk.app.app_context(), transaction(db.session()) as session:
        letter = session.query(Letter).filter_by(kind="invitation").first()
        assert letter is not None
        letter.state, letter.last_error, letter.attempts = "bounced", "550 no <such> user", 1
        letter_id = str(letter.id)

    page = clerk.get(f"{poll}/letters/needs-contact").text
    assert "550 no &lt;such&gt; user" in page
    assert "1 letter did not arrive" in clerk.get(f"{poll}/letters").text
    follow(clerk.post(f"{poll}/letters/retry", {"letter": letter_id}))
    assert count_letters(clerk, kind="invitation", state="owed") == 10


def test_no_letter_shows_the_organiser_who_has_voted(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    open_poll(clerk, poll)
    cast_votes(clerk, poll, [0])
    follow(clerk.post(f"{poll}/letters/send/reminder", {"typed": "9", "seen": "0"}))
    with clerk.app.app_context(), transaction(db.session()) as session:
        for letter in session.query(Letter):
            letter.state, letter.last_error = "bounced", "550 no such user"

    queue = clerk.get(f"{poll}/letters/needs-contact").text
    assert "Sam Price" not in queue
    assert "Ada Okafor" not in queue
    overview = clerk.get(f"{poll}/letters").text
    assert "Receipt" not in overview
    assert "No letter has failed" in overview


def test_a_link_is_replaced_once_and_with_a_reason(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    page = clerk.get(f"{poll}/letters/people?find=okafor").text
    found = re.search(r'href="([^"]+/new-link)"', page)
    assert found is not None
    assert "Sam Price" not in page

    form = {"asked": "voter", "reason": "", "generation": "1"}
    refused = clerk.post(found[1], form)
    assert list_errors(refused) == ["Enter why the link is replaced"]
    unknown = clerk.post(found[1], {**form, "asked": ""})
    assert "Select who asks for a new link" in list_errors(unknown)
    for _ in range(2):
        follow(clerk.post(found[1], {**form, "reason": "The letter was lost."}))

    with clerk.app.app_context():
        assert [r.generation for r in db.session.query(LinkReplacement)] == [2]
        ada = db.session.query(Elector).filter_by(name="Ada Okafor").one()
        assert ada.link_generation == 2
    assert count_letters(clerk, kind="replacement") == 1


# ------------------------------------------------------------------ while people vote


def test_turnout_of_fewer_than_three_is_hidden_and_nobody_is_named(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    import_roll(clerk, path, LARGER_ROLL)
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Ballot"}))
    follow(clerk.post(f"{poll}/questions/new", question_form()))
    follow(clerk.post(f"{poll}/dates", dates_form()))
    follow(clerk.post(f"{poll}/freeze"))
    open_poll(clerk, poll)

    cast_votes(clerk, poll, [0, 1])
    page = clerk.get(f"{poll}/conduct").text
    assert "Fewer than 3" in page
    assert "Person" not in page

    cast_votes(clerk, poll, [0, 1, 0])
    page = clerk.get(f"{poll}/conduct").text
    assert "25.0%" in page
    assert "Form a mutual" not in page


def test_a_vote_is_not_opened_before_its_time(clerk: Clerk) -> None:
    poll = make_frozen(clerk)

    assert "Open now" not in clerk.get(f"{poll}/conduct").text
    assert clerk.post(f"{poll}/conduct/open").status_code == 409
    assert read_state(clerk, poll) == "ready"
    let_open(clerk.app, poll)
    assert "Open now" in clerk.get(f"{poll}/conduct").text
    for _ in range(2):
        follow(clerk.post(f"{poll}/conduct/open"))
    assert read_state(clerk, poll) == "open"


def test_the_closing_time_moves_later_only_and_with_a_public_reason(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    open_poll(clerk, poll)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    form = {"closes_on": later.date().isoformat(), "closes_hour": "17:00"}

    no_reason = clerk.post(f"{poll}/conduct/extend", {**form, "reason": ""})
    assert list_errors(no_reason) == ["Enter the reason. It is published"]
    assert f'value="{form["closes_on"]}"' in no_reason.text
    earlier = clerk.post(
        f"{poll}/conduct/extend", {**form, "closes_on": "2026-01-01", "reason": "Too long."}
    )
    assert earlier.status_code == 422
    assert "must be later" in list_errors(earlier)[0]
    no_hour = {"closes_on": "2027-03-28", "closes_hour": "01:30", "reason": "Too long."}
    skipped = clerk.post(f"{poll}/conduct/extend", no_hour)
    assert (skipped.status_code, list_errors(skipped)) == (422, [SKIPPED])
    unreal = clerk.post(f"{poll}/conduct/extend", {**no_hour, "closes_on": "x", "closes_hour": "y"})
    assert len(list_errors(unreal)) == 2  # both are named at once
    for _ in range(2):
        follow(clerk.post(f"{poll}/conduct/extend", {**form, "reason": "The post was late."}))

    assert read_reasons(clerk, poll, "extended") == ["The post was late."]
    assert "The post was late." in clerk.get(f"{poll}/conduct").text


def test_a_vote_is_cancelled_with_a_public_reason_and_its_keys_are_destroyed(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    open_poll(clerk, poll)

    assert clerk.post(f"{poll}/conduct/cancel", {"reason": " "}).status_code == 422
    assert read_state(clerk, poll) == "open"
    for _ in range(2):
        follow(clerk.post(f"{poll}/conduct/cancel", {"reason": "The roll was wrong."}))

    assert read_reasons(clerk, poll, "cancelled") == ["The roll was wrong."]
    with clerk.app.app_context():
        election = read_poll(db.session(), poll).elections[0]
        assert election.sealed_key is None
        assert election.sealed_seed is None
    assert "Cancelled" in clerk.get(f"{poll}/conduct").text


# ------------------------------------------------------------------ closing and counting


def test_nobody_closes_a_vote_before_its_time(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    open_poll(clerk, poll)

    page = clerk.get(f"{poll}/conduct/close").text
    assert "Nobody can close it earlier" in page
    assert "Close now" not in page
    early = clerk.post(f"{poll}/conduct/close", {"reason": "I want to."})
    assert early.status_code == 409
    assert read_state(clerk, poll) == "open"
    move_times(clerk.app, poll, opens=-HOUR, closes=dt.timedelta(minutes=-5))
    within_grace = clerk.post(f"{poll}/conduct/close", {"reason": "I want to."})
    assert within_grace.status_code == 409


def test_a_demonstration_may_close_early_and_says_so(tmp_path: Path) -> None:
    app = create_app(load_settings(make_environment(tmp_path / "demo", VOTING_DEMO="1")))
    with app.app_context():
        db.create_all()
    clerk = sign_in(app)
    poll = make_frozen(clerk)
    open_poll(clerk, poll)

    assert "Close now (demonstration only)" in clerk.get(f"{poll}/conduct/close").text
    assert clerk.post(f"{poll}/conduct/close", {"reason": ""}).status_code == 422
    follow(clerk.post(f"{poll}/conduct/close", {"reason": "To see the count."}))

    assert read_state(clerk, poll) == "closed"
    assert read_reasons(clerk, poll, "closing-brought-forward") == ["To see the count."]
    with app.app_context():
        db.engine.dispose()


def test_a_vote_is_counted_looked_at_and_published(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    open_poll(clerk, poll)
    cast_votes(clerk, poll, [0] * 5)
    close_poll(clerk, poll)
    assert "checking period" in clerk.get(f"{poll}/conduct").text
    assert clerk.get(f"{poll}/conduct/outcome").status_code == 303

    for _ in range(2):
        follow(clerk.post(f"{poll}/conduct/count"))
    assert "Look again" in clerk.get(f"{poll}/conduct/count").text
    count_poll(clerk, poll)
    outcome = clerk.get(f"{poll}/conduct/outcome").text
    assert "Publish the outcome" in outcome
    assert "Carried" in outcome
    public = poll.replace("/organiser/proposals/", "/p/").replace("/polls/", "/")
    assert clerk.get(f"{public}/outcome").status_code == 404

    assert "Sam Jones" in outcome  # the letter as it reads
    wrong = clerk.post(f"{poll}/conduct/publish", {"typed": "1"})
    assert list_errors(wrong) == ["Enter 10, the number of people this letter goes to, to confirm"]
    assert read_state(clerk, poll) == "declared"
    publish_outcome(clerk, poll)
    follow(clerk.post(f"{poll}/conduct/publish", {"typed": "10"}))
    assert read_state(clerk, poll) == "published"
    assert clerk.get(f"{public}/outcome").status_code == 200
    assert count_letters(clerk, kind="result") == 10
    assert "See the public outcome" in clerk.get(f"{poll}/conduct").text


@pytest.mark.parametrize("act", ["open", "extend", "cancel", "close", "count", "publish"])
def test_only_its_organiser_conducts_a_vote(app: Flask, clerk: Clerk, act: str) -> None:
    poll = make_frozen(clerk)
    stranger, commissioner = sign_in(app), sign_in(app, "commissioner")

    form = {"reason": "I want to.", "closes_on": "2030-01-01", "closes_hour": "17:00"}
    assert stranger.post(f"{poll}/conduct/{act}", form).status_code == 404
    assert commissioner.post(f"{poll}/conduct/{act}", form).status_code == 403
    assert read_state(clerk, poll) == "ready"


def test_opening_a_page_changes_nothing(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    open_poll(clerk, poll)

    for page in ("open", "publish"):
        assert clerk.get(f"{poll}/conduct/{page}").status_code == 405
    for page in ("extend", "cancel", "close", "count"):
        clerk.get(f"{poll}/conduct/{page}?reason=x")
    assert read_state(clerk, poll) == "open"

"""Setting a vote up through the pages, from nothing to a frozen poll."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import select

from tests.organiser_ground import (
    OPTIONS,
    PAGE_TEXTS,
    ROLL,
    TEN,
    Clerk,
    dates_form,
    follow,
    import_roll,
    list_errors,
    make_draft,
    make_frozen,
    make_proposal,
    proposal_form,
    question_form,
    sign_in,
)
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.proposals import Constituency, Proposal, list_acts
from voting.store.roll import Elector


@contextmanager
def only_poll(app: Flask) -> Iterator[Poll]:
    with app.app_context():
        yield db.session.scalars(select(Poll)).one()


def count(app: Flask, table: type) -> int:
    with app.app_context():
        return len(db.session.scalars(select(table)).all())


def test_a_vote_is_set_up_from_nothing_to_frozen(clerk: Clerk) -> None:
    poll = make_draft(clerk)
    tasks = clerk.get(poll).text
    assert "Everything is complete" in tasks

    check = clerk.get(f"{poll}/freeze").text
    assert "Freezing cannot be undone" in check
    for text in ("Form a mutual", "Stay as we are", "10 people on the roll", "More than one half"):
        assert text in check
    follow(clerk.post(f"{poll}/freeze"))

    with only_poll(clerk.app) as frozen:
        assert frozen.state == "ready"
        assert [e.electors for e in frozen.elections] == [10]
        acts = [act.kind for act in list_acts(db.session(), frozen.proposal_id, frozen.id)]
        assert acts == ["frozen"]
    assert "Public trail" in clerk.get(f"{poll}/conduct").text


def test_a_shortened_address_leads_to_the_list_of_proposals(clerk: Clerk) -> None:
    assert clerk.get("/organiser/proposals").headers["Location"] == "/organiser/"


def test_an_empty_desk_offers_one_action(clerk: Clerk) -> None:
    page = clerk.get("/organiser/").text

    assert "Set up a vote" in page
    assert page.count('class="v-button"') == 1


def test_forms_sent_twice_do_one_thing(clerk: Clerk) -> None:
    first = follow(clerk.post("/organiser/new-proposal", proposal_form()))
    assert follow(clerk.post("/organiser/new-proposal", proposal_form())) == first
    for _ in range(2):
        follow(clerk.post(f"{first}/new-constituency", {"name": "Staff"}))
    polls = {follow(clerk.post(f"{first}/new-vote", {"title": "Ballot"})) for _ in range(2)}
    assert len(polls) == 1
    for _ in range(2):
        follow(clerk.post(f"{polls.copy().pop()}/questions/new", question_form()))

    assert (count(clerk.app, Proposal), count(clerk.app, Constituency)) == (1, 1)
    with only_poll(clerk.app) as poll:
        assert len(poll.questions) == 1


def test_confirming_a_roll_twice_and_freezing_twice_is_once(clerk: Clerk) -> None:
    poll = make_draft(clerk)
    path = poll.partition("/polls/")[0]
    follow(clerk.post(f"{path}/roll/staff/uploads/1/confirm"))
    assert count(clerk.app, Elector) == 10

    for _ in range(2):
        follow(clerk.post(f"{poll}/freeze"))
    with only_poll(clerk.app) as frozen:
        assert len(frozen.elections) == 1


def test_options_are_added_moved_and_removed_without_scripts(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Ballot"}))
    form = question_form(("First",), ("Second",), ("Third",))

    def options(act: str) -> list[str]:
        page = clerk.post(f"{poll}/questions/new", {**form, "act": act})
        assert page.status_code == 200
        return [
            line.partition('value="')[2].partition('"')[0]
            for line in page.text.split("<input")
            if "-text" in line.partition(">")[0] and "options-" in line.partition(">")[0]
        ]

    assert options("add") == ["First", "Second", "Third", ""]
    assert options("up-2") == ["First", "Third", "Second"]
    assert options("down-0") == ["Second", "First", "Third"]
    assert options("remove-1") == ["First", "Third"]
    with only_poll(clerk.app) as stored:
        assert stored.questions == []


def test_a_question_is_changed_and_removed_once(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Ballot"}))
    for text in ("First question?", "Second question?"):
        follow(clerk.post(f"{poll}/questions/new", question_form(text=text)))
    with only_poll(clerk.app) as stored:
        first = stored.questions[0].id

    several = question_form(("A",), ("B",), ("C",), choice="several", maximum="2")
    follow(clerk.post(f"{poll}/questions/{first}", several))
    with only_poll(clerk.app) as stored:
        assert (stored.questions[0].minimum, stored.questions[0].maximum) == (1, 2)
    page = clerk.get(f"{poll}/questions/{first}").text
    assert 'value="2"' in page

    for _ in range(2):
        follow(clerk.post(f"{poll}/questions/{first}/remove"))
    with only_poll(clerk.app) as stored:
        assert [q.text for q in stored.questions] == ["Second question?"]


def test_the_decision_rule_is_kept_as_declared(clerk: Clerk) -> None:
    poll = make_draft(clerk)
    rule = {
        "standing": "decides",
        "comparison": "at-least",
        "share": "other",
        "other_share": "55/100",
        "base": "papers",
        "turnout_percent": "40",
    }
    follow(clerk.post(f"{poll}/rules/staff", rule))
    follow(clerk.post(f"{poll}/rules", {"combination": "all-deciding", "carries": "0:0"}))

    with only_poll(clerk.app) as stored:
        kept = stored.rules[0]
        assert (kept.comparison, kept.numerator, kept.denominator) == ("at-least", 55, 100)
        assert (kept.base, kept.turnout_percent, stored.carrying_option) == ("papers", 40, 0)
    page = clerk.get(f"{poll}/rules/staff").text
    assert 'value="55/100"' in page
    assert "At least 55/100 of all papers" in clerk.get(f"{poll}/rules").text


def test_times_are_those_of_the_united_kingdom(clerk: Clerk) -> None:
    poll = make_draft(clerk)
    summer = dates_form(
        opens_on="2027-06-14", opens_hour="9:30am", closes_on="28/6/2027", closes_hour="5pm"
    )
    follow(clerk.post(f"{poll}/dates", summer))

    with only_poll(clerk.app) as stored:
        assert stored.opens_at is not None
        assert stored.closes_at is not None
        assert stored.opens_at.isoformat() == "2027-06-14T08:30:00+00:00"
        assert stored.closes_at.isoformat() == "2027-06-28T16:00:00+00:00"
    page = clerk.get(f"{poll}/dates").text
    assert 'value="2027-06-14"' in page
    assert 'value="09:30"' in page


def test_a_frozen_vote_cannot_be_edited(clerk: Clerk) -> None:
    poll = make_frozen(clerk)
    path = poll.partition("/polls/")[0]

    for page, form in (
        ("/details", {"title": "Another title"}),
        ("/questions/new", question_form()),
        ("/rules", {"combination": "any-deciding"}),
        ("/dates", dates_form()),
        ("/settings", {"group": "BELENIOS-2048"}),
    ):
        assert clerk.post(f"{poll}{page}", form).status_code == 409, page
    assert clerk.post(f"{path}/roll/staff/clear").status_code == 409
    assert clerk.post(f"{path}/constituencies/staff", {"name": "Workers"}).status_code == 409
    with only_poll(clerk.app) as stored:
        assert stored.title == "Shall we form a mutual?"
        assert count(clerk.app, Elector) == 10


def test_an_incomplete_draft_is_not_frozen_and_says_what_is_missing(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Ballot"}))

    answer = clerk.post(f"{poll}/freeze")

    assert answer.status_code == 422
    assert "There is no question yet." in list_errors(answer)
    with only_poll(clerk.app) as stored:
        assert stored.state == "draft"


def test_the_task_list_leads_to_the_texts_that_the_public_page_lacks(clerk: Clerk) -> None:
    path = make_draft(clerk)
    proposal = path.partition("/polls/")[0]
    told = clerk.get(path).text
    assert "Everything is complete." in told
    assert "The page does not say who decides, and under what rule." in told
    assert told.count(f'href="{proposal}/page/texts"') == 2
    follow(clerk.post(f"{proposal}/page/texts", PAGE_TEXTS))
    assert "The page does not say" not in clerk.get(path).text


def test_a_late_constituency_gets_a_rule_in_every_draft(clerk: Clerk) -> None:
    poll = make_draft(clerk)
    path = poll.partition("/polls/")[0]

    follow(clerk.post(f"{path}/new-constituency", {"name": "Users"}))

    with only_poll(clerk.app) as stored:
        standings = {rule.constituency.name: rule.standing for rule in stored.rules}
    assert standings == {"Staff": "decides", "Users": "advises"}


def test_people_are_found_and_taken_off_a_roll_before_freezing(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    import_roll(clerk, path)
    found = clerk.get(f"{path}/roll/staff?find=okaf").text
    assert "Ada Okafor" in found
    assert "Sam Price" not in found
    assert "Nobody on this roll matches" in clerk.get(f"{path}/roll/staff?find=%25").text

    with clerk.app.app_context():
        ada = db.session.scalars(select(Elector).where(Elector.name == "Ada Okafor")).one().id
    for _ in range(2):
        follow(clerk.post(f"{path}/roll/staff/electors/{ada}/remove"))
    assert count(clerk.app, Elector) == 1
    follow(clerk.post(f"{path}/roll/staff/clear"))
    assert count(clerk.app, Elector) == 0
    for _ in range(2):
        follow(clerk.post(f"{path}/constituencies/staff/remove"))
    assert count(clerk.app, Constituency) == 0


def test_the_sample_roll_can_be_uploaded_as_it_is(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    sample = clerk.get("/organiser/roll-sample.csv").data

    preview = follow(clerk.send_roll(f"{path}/roll/staff/upload", sample))

    looked = clerk.get(preview).text
    assert "Bethan Rhys" in looked
    assert '<div class="v-hint" lang="cy">Mae tri phartner yn rhannu un bleidlais</div>' in looked
    assert count(clerk.app, Elector) == 0
    follow(clerk.post(f"{preview}/drop"))
    assert clerk.get(preview).status_code == 303


def test_the_preview_shows_what_voters_read(clerk: Clerk) -> None:
    page = clerk.get(f"{make_draft(clerk)}/preview").text

    for option in OPTIONS:
        for text in option:
            assert text in page
    assert "Blank vote: leave this question unanswered" in page


def test_only_the_organiser_of_a_proposal_sees_it(app: Flask, clerk: Clerk) -> None:
    poll = make_draft(clerk)
    path = poll.partition("/polls/")[0]
    other, commissioner = sign_in(app), sign_in(app, "commissioner")

    for page in (path, f"{path}/edit", f"{path}/roll/staff", poll, f"{poll}/freeze"):
        assert other.get(page).status_code == 404, page
        assert commissioner.get(page).status_code == 403, page
        assert app.test_client().get(page).status_code == 303, page
    assert other.post(f"{poll}/freeze").status_code == 404
    assert other.post(f"{path}/edit", proposal_form(title="Mine")).status_code == 404
    assert commissioner.post(f"{poll}/freeze").status_code == 403
    with only_poll(app) as stored:
        assert stored.state == "draft"


def test_a_small_constituency_is_joined_to_another_once(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    assert "to another constituency" not in clerk.get(path).text
    follow(clerk.post(f"{path}/new-constituency", {"name": "Board"}))
    for code, roll in (("staff", TEN), ("board", ROLL + b"Bo,bo@example.org,E3\n")):
        preview = follow(clerk.send_roll(f"{path}/roll/{code}/upload", roll))
        follow(clerk.post(f"{preview}/confirm"))
    place = f"{path}/constituencies/board/join"

    page = clerk.get(place).text
    assert "The roll of Board has 3 people on it" in page
    assert "Staff: 11 people together, 2 of them on both rolls, with one vote each" in page
    answer = clerk.post(place)
    assert answer.status_code == 422
    assert "Choose the constituency in which they shall vote" in answer.text
    assert clerk.post(place, {"other": "board"}).status_code == 422

    for _ in range(2):
        assert follow(clerk.post(place, {"other": "staff"})) == path
    page = clerk.get(path).text
    assert "11 people on the roll" in page
    assert f"{path}/constituencies/board" not in page


def test_a_constituency_of_a_frozen_vote_is_not_offered_to_be_joined(clerk: Clerk) -> None:
    path = make_frozen(clerk).partition("/polls/")[0]
    place = f"{path}/constituencies/staff/join"
    page = clerk.get(place).text
    assert "A frozen vote names Staff. It cannot be joined to another." in page
    assert "Join them" not in page
    assert clerk.post(place, {"other": "staff"}).status_code == 422

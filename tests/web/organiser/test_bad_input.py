"""Bad input gets a sentence that says what and where, keeps what was typed, and stores nothing."""

from __future__ import annotations

from html import escape

import pytest

from tests.organiser_ground import (
    LARGER_ROLL,
    OPTIONS,
    Clerk,
    dates_form,
    follow,
    import_roll,
    list_errors,
    make_draft,
    make_proposal,
    proposal_form,
    question_form,
    read_poll,
)
from voting.store.database import db
from voting.store.proposals import Proposal

Form = dict[str, str]


def count(clerk: Clerk, table: type) -> int:
    with clerk.app.app_context():
        return db.session.query(table).count()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": " "}, "Enter the title of the proposal"),
        ({"deciding": ""}, "Enter what is being decided"),
        ({"still_open": ""}, "Enter what is still open"),
        ({"contact_email": "nobody"}, "Enter an email address in the correct format"),
        ({"title": "x" * 201}, "Title must be 200 characters or fewer. It has 201"),
        ({"title": "nul\x00l"}, "a character that cannot be shown, at place 4"),
        ({"title": "turned \u202e around"}, "cannot be shown (U+202E)"),
    ],
)
def test_a_faulty_proposal_is_refused_and_kept(clerk: Clerk, change: Form, told: str) -> None:
    answer = clerk.post("/organiser/new-proposal", proposal_form(**change))

    assert answer.status_code == 422
    assert [error for error in list_errors(answer) if told in error]
    assert "<title>Error: New proposal" in answer.text
    assert "Alex Morgan" in answer.text
    assert count(clerk, Proposal) == 0


def test_errors_lead_to_their_fields(clerk: Clerk) -> None:
    answer = clerk.post("/organiser/new-proposal", proposal_form(title="", contact_email="x"))

    assert 'href="#title"' in answer.text
    assert 'id="title"' in answer.text
    assert 'aria-describedby="title-hint title-error"' in answer.text
    assert 'href="#contact_email"' in answer.text


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (question_form(text=""), "Enter the question"),
        (question_form(("A",), ("",)), "Enter the text of option 2."),
        (question_form(("A",), ("  a ",)), "Option 2 is the same as option 1"),
        (question_form(("A",)), "Enter the text of option 2."),
        (
            question_form(("A",), ("B",), choice="several", minimum="2", maximum="1"),
            "The fewest choices (2) cannot be more than the most choices (1).",
        ),
        (
            question_form(("A",), ("B",), choice="several", maximum="3"),
            "A voter cannot choose 3 of 2 options.",
        ),
        (
            question_form(("A",), ("B",), choice="several", maximum="many"),
            "Enter the most options a voter may choose, for example 3",
        ),
        (
            question_form(("A",), ("B",), choice="several", minimum="0", maximum="2"),
            "A voter must choose at least 1 option.",
        ),
        (question_form(choice="all"), "Select how many options a voter may choose"),
        (question_form(("A", "x" * 5001), ("B",)), "must be 5,000 characters or fewer"),
    ],
)
def test_a_faulty_question_is_refused_and_kept(clerk: Clerk, form: Form, told: str) -> None:
    path = make_proposal(clerk)
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Ballot"}))

    answer = clerk.post(f"{poll}/questions/new", form)

    assert answer.status_code == 422
    assert [error for error in list_errors(answer) if told in error], list_errors(answer)
    assert escape(form["options-0-text"]) in answer.text
    with clerk.app.app_context():
        assert read_poll(db.session(), poll).questions == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"opens_on": "2027-06-20", "closes_on": "2027-06-19"}, "must close after it opens"),
        ({"opens_on": "2027-06-20", "closes_on": "2028-06-30"}, "within a year of opening"),
        ({"opens_on": "2027-02-30"}, "Enter a real date"),
        ({"closes_on": "next week"}, "Enter a real date"),
        ({"closes_hour": "25:00"}, "Enter a real time of day"),
        ({"opens_hour": ""}, "Enter the time at which voting opens"),
        ({"opens_on": "2027-03-28", "opens_hour": "01:30"}, "The clocks go forward"),
        ({"grace_minutes": "11"}, "Select a grace from the list"),
    ],
)
def test_faulty_dates_are_refused_and_kept(clerk: Clerk, change: Form, told: str) -> None:
    path = make_proposal(clerk)
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Ballot"}))

    answer = clerk.post(f"{poll}/dates", dates_form(**change))

    assert answer.status_code == 422
    assert [error for error in list_errors(answer) if told in error], list_errors(answer)
    for value in change.values():
        if value and value != "11":
            assert f'value="{value}"' in answer.text
    with clerk.app.app_context():
        assert read_poll(db.session(), poll).opens_at is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"share": "other", "other_share": "half"}, "a fraction of whole numbers"),
        ({"share": "other", "other_share": "3/2"}, "More than 3/2 can never be reached"),
        ({"share": "other", "other_share": "1/0"}, "a fraction of whole numbers"),
        ({"turnout_percent": "101"}, "from 0 to 100"),
        ({"turnout_percent": "-1"}, "whole number from 0 to 100"),
        ({"standing": "rules"}, "Select whether this constituency decides or advises"),
        ({"base": ""}, "Select what the share is a share of"),
    ],
)
def test_a_faulty_rule_is_refused(clerk: Clerk, change: Form, told: str) -> None:
    poll = make_draft(clerk)
    rule = {"standing": "decides", "comparison": "more-than", "share": "1/2", "base": "valid"}

    answer = clerk.post(f"{poll}/rules/staff", {**rule, "turnout_percent": "", **change})

    assert answer.status_code == 422
    assert [error for error in list_errors(answer) if told in error], list_errors(answer)
    with clerk.app.app_context():
        assert read_poll(db.session(), poll).rules[0].turnout_percent == 50


def test_an_unknown_constituency_is_not_found(clerk: Clerk) -> None:
    poll = make_draft(clerk)
    path = poll.partition("/polls/")[0]

    assert clerk.get(f"{path}/roll/nobody").status_code == 404
    assert clerk.send_roll(f"{path}/roll/nobody/upload", LARGER_ROLL).status_code == 404
    assert clerk.post(f"{poll}/rules/nobody", {"standing": "decides"}).status_code == 404


def test_a_constituency_needs_a_name_of_its_own(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    import_roll(clerk, path)

    for name, told in (
        ("", "Enter a name for the constituency"),
        ("staff", "There is a constituency called"),
        ("Staff", "There is a constituency called"),
    ):
        answer = clerk.post(f"{path}/new-constituency", {"name": name})
        assert answer.status_code == 422
        assert [error for error in list_errors(answer) if told in error]
    removal = clerk.post(f"{path}/constituencies/staff/remove")
    assert removal.status_code == 409
    assert "Empty the roll first" in removal.text


def test_a_long_but_honest_question_is_taken(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Ballot"}))
    long = [(f"Option {n}", "é" * 4000, "b" * 4000, "d" * 4000, "s" * 200) for n in range(8)]

    follow(clerk.post(f"{poll}/questions/new", question_form(*long)))


def test_a_form_without_its_token_changes_nothing(clerk: Clerk) -> None:
    answer = clerk.client.post("/organiser/new-proposal", data=proposal_form())

    assert answer.status_code == 419
    assert count(clerk, Proposal) == 0


def test_long_texts_of_a_form_that_came_too_late_are_shown_to_copy(clerk: Clerk) -> None:
    form = proposal_form(deciding="Whether to leave <b>the council</b>", title="A short title")
    stranger = clerk.app.test_client()
    for origin, shown in (("http://localhost", True), ("https://evil.example", False), ("", False)):
        for client in (clerk.client, stranger):
            answer = client.post("/organiser/new-proposal", data=form, headers={"Origin": origin})

            assert answer.status_code == 419
            assert ("Whether to leave &lt;b&gt;the council" in answer.text) is shown
            assert "A short title" not in answer.text
    secret = {"csrf_token": "x", "email": "a@b.example", "password": "my long pass phrase here"}
    answer = stranger.post("/sign-in", data=secret, headers={"Origin": "http://localhost"})
    assert answer.status_code == 419
    assert "pass phrase" not in answer.text


PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'{{7*7}}",
    "</textarea><svg onload=alert(1)>",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_typed_texts_are_shown_and_never_run(clerk: Clerk, payload: str) -> None:
    texts = {
        name: f"{payload} {name}" for name in proposal_form() if name not in ("contact_email",)
    }
    texts["contact_phone"] = payload
    path = follow(clerk.post("/organiser/new-proposal", proposal_form(**texts)))
    follow(clerk.post(f"{path}/new-constituency", {"name": f"Staff {payload}"}))
    code = clerk.get(path).text.partition("/roll/")[2].partition("/")[0].partition('"')[0]
    roll = (
        f'name,email,reference\n"{payload.replace(chr(34), chr(34) * 2)}",s@example.org,'.encode()
    )
    roll += b"".join(b"\nPerson %d,p%d@example.org," % (n, n) for n in range(9))
    preview = follow(
        clerk.send_roll(
            f"{path}/roll/{code}/upload", roll, name=f"{payload.replace(chr(34), chr(39))}.csv"
        )
    )
    pages = [preview]
    shown = clerk.get(preview).text
    assert payload not in shown
    follow(clerk.post(f"{preview}/confirm"))
    poll = follow(clerk.post(f"{path}/new-vote", {"title": payload, "introduction": payload}))
    options = [(f"{payload} {n}: stay", *[payload] * 4) for n, _ in enumerate(OPTIONS)]
    follow(clerk.post(f"{poll}/questions/new", question_form(*options, text=payload)))
    follow(clerk.post(f"{poll}/dates", dates_form()))

    pages = [
        "/organiser/",
        path,
        f"{path}/edit",
        f"{path}/roll/{code}",
        f"{path}/roll/{code}?find={payload}",
    ]
    pages += [poll, f"{poll}/details", f"{poll}/questions", f"{poll}/preview", f"{poll}/rules"]
    pages += [f"{poll}/freeze"]
    for page in pages:
        answer = clerk.get(page)
        assert answer.status_code == 200, page
        assert payload not in answer.text, page
        assert "&#39;49" not in answer.text, page  # nor is it run as a template
    follow(clerk.post(f"{poll}/freeze"))
    for page in ("conduct", "letters", "letters/send/invitation", "letters/people?find=s%40e"):
        answer = clerk.get(f"{poll}/{page}")
        assert answer.status_code == 200
        assert payload not in answer.text, page

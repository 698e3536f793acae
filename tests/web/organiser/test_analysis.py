"""The desk where answers are read, tagged, counted and answered, used without scripts."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from tests.analysis_ground import THOUGHTS, make_consultation
from tests.organiser_ground import Clerk, follow, list_errors, make_proposal, sign_in
from voting.services.equality import OFFERED
from voting.store.analysis import Coding, Reading, Theme
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.equality import add_one
from voting.store.proposals import find_proposal, list_acts
from voting.store.releases import Moderation, Release
from voting.store.responses import Answer


@pytest.fixture
def clerk(app: Flask) -> Clerk:
    return sign_in(app)


@pytest.fixture
def desk(clerk: Clerk) -> str:
    """The address of the analysis of a closed consultation."""
    proposal = make_proposal(clerk)
    with clerk.app.app_context(), transaction(db.session()) as session:
        found = find_proposal(session, proposal.rsplit("/", 1)[1])
        assert found is not None
        make_consultation(session, found)
    return f"{proposal}/consultations/your-views/analysis"


@pytest.mark.parametrize(
    "page",
    [
        "", "/questions/{question}", "/answers/{answer}", "/questions/{question}/agreement",
        "/tables", "/tables.csv", "/tables.json", "/responses.csv", "/responses.xlsx",
        "/responses.ods", "/responses.jsonl", "/equality",
    ],
)  # fmt: skip
def test_nothing_is_read_or_counted_while_people_may_still_answer(
    app: Flask, clerk: Clerk, desk: str, page: str
) -> None:
    with app.app_context(), transaction(db.session()) as session:
        answer = session.query(Answer).filter(Answer.text != "").first()
        assert answer is not None
        page = f"{desk}{page}".format(question=answer.question_id, answer=answer.id)
    assert clerk.get(page).status_code == 200
    set_state(app, "open")
    refused = clerk.get(page)
    assert refused.status_code == 409
    assert "not closed" in refused.text


def set_state(app: Flask, state: str) -> None:
    with app.app_context(), transaction(db.session()) as session:
        session.query(Consultation).one().state = state


def find(app: Flask, table: type, **wanted: object) -> list[object]:
    with app.app_context():
        return list(db.session.query(table).filter_by(**wanted))


def first_answer(app: Flask) -> int:
    with app.app_context():
        answer = db.session.query(Answer).filter(Answer.text != "").order_by(Answer.id).first()
        assert answer is not None
        return answer.id


def add_theme(clerk: Clerk, desk: str, name: str, parent: str = "") -> int:
    follow(clerk.post(f"{desk}/themes/new", {"name": name, "meaning": "", "parent": parent}))
    (theme,) = find(clerk.app, Theme, name=name)
    return theme.id  # type: ignore[attr-defined, no-any-return]


def test_an_answer_is_read_tagged_and_finished(clerk: Clerk, desk: str) -> None:
    answer = first_answer(clerk.app)
    assert "150" in clerk.get(desk).text
    hours = add_theme(clerk, desk, "Hours")
    page = f"{desk}/answers/{answer}"
    follow(clerk.post(page, {"theme": str(hours), "passage": "Sundays", "start": "17"}))
    shown = clerk.get(page).text
    assert '<mark class="v-passage" title="Hours">Sundays</mark>' in shown
    (coding,) = find(clerk.app, Coding)
    answered = clerk.post(f"{page}/reading", {"note": "A clear one", "is_done": "y"})
    assert answered.status_code == 303
    assert not answered.headers["Location"].endswith(f"/answers/{answer}"), "the next answer"
    assert len(find(clerk.app, Reading, is_done=True)) == 1
    follow(clerk.post(f"{page}/tags/{coding.id}/remove"))  # type: ignore[attr-defined]
    assert find(clerk.app, Coding) == []


def test_a_second_coder_judges_alone_and_then_sees_the_first(clerk: Clerk, desk: str) -> None:
    """Else how far the two agree would say nothing."""
    second = sign_in(clerk.app)
    proposal = desk.partition("/consultations/")[0]
    follow(clerk.post(f"{proposal}/organisers", {"email": second.email}))
    answer = first_answer(clerk.app)
    hours, staff = add_theme(clerk, desk, "Hours"), add_theme(clerk, desk, "Staffing")
    page = f"{desk}/answers/{answer}"
    follow(clerk.post(page, {"theme": str(hours), "passage": "Sundays", "start": "17"}))
    clerk.post(f"{page}/reading", {"note": "A clear one", "is_done": "y"})
    (question,) = {each.question_id for each in find(clerk.app, Answer, id=answer)}  # type: ignore[attr-defined]
    mark = '<mark class="v-passage" title="Hours">Sundays</mark>'
    before, listed = second.get(page).text, second.get(f"{desk}/questions/{question}").text
    assert mark not in before
    assert "A clear one" not in before
    assert 'class="v-mark">Hours' not in before + listed
    follow(second.post(page, {"theme": str(staff), "passage": ""}))
    second.post(f"{page}/reading", {"note": "", "is_done": "y"})
    after = second.get(page).text
    assert "Hours" in after
    assert "A clear one" in after
    assert "Sundays" in clerk.get(page).text
    agreed = second.get(f"{desk}/questions/{question}/agreement").text
    assert "Hours" in agreed
    assert "Staffing" in agreed


def test_a_bad_tag_keeps_what_was_typed(clerk: Clerk, desk: str) -> None:
    add_theme(clerk, desk, "Hours")
    page = f"{desk}/answers/{first_answer(clerk.app)}"
    answer = clerk.post(page, {"theme": "", "passage": "not there"})
    assert answer.status_code == 422
    assert "Select a theme" in list_errors(answer)
    assert "not there" in answer.text
    assert find(clerk.app, Coding) == []


def test_a_theme_deleted_while_used_is_refused(clerk: Clerk, desk: str) -> None:
    hours = add_theme(clerk, desk, "Hours")
    clerk.post(f"{desk}/answers/{first_answer(clerk.app)}", {"theme": str(hours), "passage": ""})
    assert "This theme is in use" in clerk.get(f"{desk}/themes/{hours}/remove").text
    refused = clerk.post(f"{desk}/themes/{hours}/remove")
    assert refused.status_code == 409
    assert "1 answers carry it" in refused.text
    assert len(find(clerk.app, Theme)) == 1


def test_what_was_written_of_a_theme_that_another_window_removed_can_be_copied(
    clerk: Clerk, desk: str
) -> None:
    gone = add_theme(clerk, desk, "Prices")
    follow(clerk.post(f"{desk}/themes/{gone}/remove"))
    said = "People want the prices <b>as they are</b>."
    form = {"csrf_token": clerk.read_token(), "summary": said, "stance": "accepted"}
    late = clerk.client.post(
        f"{desk}/themes/{gone}/answer", data=form, headers={"Origin": "http://localhost"}
    )
    assert late.status_code == 404
    assert "no such theme" in late.text
    assert "People want the prices &lt;b&gt;as they are" in late.text


def test_scripts_in_answers_are_inert(clerk: Clerk, desk: str) -> None:
    question = find(clerk.app, Answer, text=THOUGHTS[3])[0].question_id  # type: ignore[attr-defined]
    shown = clerk.get(f"{desk}/questions/{question}?q=script").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in shown


def test_answers_are_searched_and_paged(clerk: Clerk, desk: str) -> None:
    question = find(clerk.app, Answer, text=THOUGHTS[0])[0].question_id  # type: ignore[attr-defined]
    first = clerk.get(f"{desk}/questions/{question}").text
    assert "150 answers" in first
    assert "More answers" in first
    assert "38 answers" in clerk.get(f"{desk}/questions/{question}?q=pensions").text
    assert "No answer fits" in clerk.get(f"{desk}/questions/{question}?q=zebra").text


def test_words_are_taken_out_and_answers_released(clerk: Clerk, desk: str) -> None:
    with clerk.app.app_context():
        answer = next(
            each.id
            for each in db.session.query(Answer).filter(Answer.text == THOUGHTS[1])
            if each.response.may_publish
        )
    page = f"{desk}/answers/{answer}"
    refused = clerk.post(f"{page}/redact", {"passage": "Somebody", "reason": "a name"})
    assert refused.status_code == 422
    assert "These words are not in the answer. Copy them exactly." in list_errors(refused)
    follow(clerk.post(f"{page}/redact", {"passage": "Jo Bloggs", "reason": "names a person"}))
    assert "Jo Bloggs" not in clerk.get(page).text
    follow(clerk.post(f"{page}/release", {"decision": "publish", "reason": ""}))
    assert [row.is_published for row in find(clerk.app, Release)] == [True]  # type: ignore[attr-defined]
    trail = clerk.get(f"{desk}/moderation").text
    assert "Words were taken out" in trail
    assert "names a person" in trail
    assert len(find(clerk.app, Moderation)) == 2


def test_answers_are_released_a_page_at_a_time(clerk: Clerk, desk: str) -> None:
    question = find(clerk.app, Answer, text=THOUGHTS[0])[0].question_id  # type: ignore[attr-defined]
    page = f"{desk}/questions/{question}/release"
    assert page in clerk.get(f"{desk}/questions/{question}").text
    shown = clerk.get(page).text
    listed = re.findall(r'name="answers" id="answer-\d+" value="(\d+)"', shown)
    before = int(re.search(r"(\d+) answers that may be published wait", shown)[1])  # type: ignore[index]
    assert len(listed) == min(50, before)

    refused = clerk.post(page, {})
    assert refused.status_code == 422
    assert "Tick the answers that are published." in list_errors(refused)
    assert find(clerk.app, Release) == []

    follow(clerk.post(page, {"answers": [*listed[:2], "999999", "x"]}))
    told = clerk.get(page).text
    assert "Released for publication: 2 answers." in told
    assert f"{before - 2} answers that may be published wait" in told
    assert not set(listed[:2]) & set(re.findall(r'id="answer-(\d+)"', told))


def test_tables_are_crossed_and_downloaded(clerk: Clerk, desk: str) -> None:
    page = clerk.get(f"{desk}/tables").text
    assert "Which site do you use most?" in page
    with clerk.app.app_context():
        ids = [row.question_id for row in db.session.query(Answer).order_by(Answer.id).limit(3)]
    crossed = clerk.get(f"{desk}/tables?across={ids[0]}&down={ids[2]}")
    assert "How good is the service? / Which site do you use most?" in crossed.text
    refused = clerk.get(f"{desk}/tables?across={ids[1]}&down=")
    assert refused.status_code == 422
    for kind in ("csv", "json", "xlsx", "ods"):
        got = clerk.get(f"{desk}/tables.{kind}")
        assert got.status_code == 200
        assert got.headers["Content-Disposition"].endswith(f'your-views-tables.{kind}"')
    assert clerk.get(f"{desk}/tables.exe").status_code == 404
    lines = clerk.get(f"{desk}/responses.jsonl").text.splitlines()
    assert len([json.loads(line) for line in lines]) == 300
    assert len(clerk.get(f"{desk}/responses.csv").text.splitlines()) == 301
    for kind in ("xlsx", "ods"):
        assert clerk.get(f"{desk}/responses.{kind}").data.startswith(b"PK")


def test_e1_d1_equality_counts_are_shown_after_the_close_without_small_numbers(
    clerk: Clerk, desk: str
) -> None:
    with clerk.app.app_context(), transaction(db.session()) as session:
        held = session.query(Consultation).one()
        for answer, times in (("yes", 25), ("no", 40), ("prefer-not-to-say", 3)):
            for _ in range(times):
                add_one(session, held.id, [("disability", answer)], offered=OFFERED)
        for _ in range(9):
            add_one(session, held.id, [("sex", "female")], offered=OFFERED)
    assert "Equality monitoring" in clerk.get(desk).text

    page = " ".join(re.sub(r"<[^>]+>", " ", clerk.get(f"{desk}/equality").text).split())

    asked = page.partition("Do you have a disability")[2]
    assert "Yes – No 40 Prefer not to say – All 68" in asked[:200]
    assert "Too few people answered this" in page.partition("What is your sex?")[2][:60]
    with clerk.app.app_context(), transaction(db.session()) as session:
        session.query(Consultation).one().state = "open"
    assert clerk.get(f"{desk}/equality").status_code == 409


def test_the_response_is_written_and_published(clerk: Clerk, desk: str) -> None:
    hours = add_theme(clerk, desk, "Hours")
    refused = clerk.post(f"{desk}/publish")
    assert refused.status_code == 409
    assert "no answer yet: Hours" in refused.text
    half = clerk.post(f"{desk}/themes/{hours}/answer", {"summary": "Open on Sundays"})
    assert half.status_code == 422
    whole = {"summary": "Open on Sundays", "stance": "accepted", "response": "From May"}
    follow(clerk.post(f"{desk}/themes/{hours}/answer", whole))
    follow(clerk.post(f"{desk}/publish"))
    follow(clerk.post(f"{desk}/themes/{hours}/update", {"text": "Open since May"}))
    assert "Accepted" in clerk.get(f"{desk}/themes").text


def test_what_changes_in_a_published_response_is_published_again(clerk: Clerk, desk: str) -> None:
    hours = add_theme(clerk, desk, "Hours")
    whole = {"summary": "Open on Sundays", "stance": "accepted", "response": "From May"}
    follow(clerk.post(f"{desk}/themes/{hours}/answer", whole))
    follow(clerk.post(f"{desk}/publish"))

    gone = clerk.post(f"{desk}/themes/{hours}/remove")
    assert gone.status_code == 409
    assert "is published, so the theme cannot be removed" in gone.text
    follow(clerk.post(f"{desk}/themes/{hours}/answer", {**whole, "response": "From June"}))
    assert count_published(clerk) == [False, True]
    prices = add_theme(clerk, desk, "Prices")  # it has no answer yet: nothing of it is public
    assert count_published(clerk) == [False, True]
    public = f"{desk.replace('/organiser/proposals/', '/p/').removesuffix('/analysis')}/response"
    told = clerk.app.test_client().get(public).text
    assert "From June" in told
    assert "Prices" not in told
    follow(clerk.post(f"{desk}/themes/{prices}/answer", {**whole, "response": "No change"}))
    assert count_published(clerk) == [False, True, True]
    follow(clerk.post(f"{desk}/themes/{prices}", {"name": "Charges", "meaning": "", "parent": ""}))
    assert count_published(clerk) == [False, True, True, True]
    assert "Charges" in clerk.app.test_client().get(public).text


def count_published(clerk: Clerk) -> list[bool]:
    """Each publication of the response on the trail: whether it was published before."""
    with clerk.app.app_context():
        acts = list_acts(db.session(), db.session.query(Consultation).one().proposal_id)
        return [json.loads(a.body)["again"] for a in acts if a.kind == "response-published"]


def test_the_analysis_is_for_the_organisers_of_the_proposal_alone(app: Flask, desk: str) -> None:
    stranger = sign_in(app)
    question = find(app, Answer, text=THOUGHTS[0])[0].question_id  # type: ignore[attr-defined]
    for page in ("", "/themes", "/tables", "/moderation", "/responses.csv", "/publish",
                 f"/questions/{question}", f"/questions/{question}/agreement",
                 f"/answers/{first_answer(app)}"):  # fmt: skip
        assert stranger.get(f"{desk}{page}").status_code == 404
    assert sign_in(app, "commissioner").get(desk).status_code == 403

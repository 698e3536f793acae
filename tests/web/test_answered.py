"""What came of a consultation, as anyone reads it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.analysis_ground import NOW, THOUGHTS, make_consultation, release
from tests.organiser_ground import Clerk, follow, make_proposal, sign_in
from tests.record_ground import check_record
from voting.services import analysis, expiry, hub
from voting.store.analysis import Theme
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.proposals import find_proposal, list_acts


@pytest.fixture
def clerk(app: Flask) -> Clerk:
    return sign_in(app)


@pytest.fixture
def slug(clerk: Clerk) -> str:
    """A proposal with a closed consultation, one theme of which is answered."""
    slug = make_proposal(clerk).rsplit("/", 1)[1]
    with clerk.app.app_context(), transaction(db.session()) as session:
        proposal = find_proposal(session, slug)
        assert proposal is not None
        page = hub.get_hub(session, proposal)
        page.opened_at = NOW
        session.add(page)
        consultation = make_consultation(session, proposal)
        theme = analysis.save_theme(
            session, consultation, theme=None, name="Hours", meaning="", parent_id=None, now=NOW
        )
        words = {
            "summary": "Open on <b>Sundays</b>.",
            "stance": "not-accepted",
            "response": "Cost.",
        }
        analysis.answer_theme(session, consultation, theme, now=NOW, **words)
    return slug


@pytest.fixture
def published(clerk: Clerk, slug: str) -> str:
    """The public address of the consultation, its response published."""
    follow(clerk.post(f"/organiser/proposals/{slug}/consultations/your-views/analysis/publish"))
    return f"/p/{slug}/consultations/your-views"


def test_nothing_is_shown_before_the_response_is_published(client: FlaskClient, slug: str) -> None:
    for page in ("response", "responses", "report", "report.pdf", "report.json"):
        assert client.get(f"/p/{slug}/consultations/your-views/{page}").status_code == 404


def test_we_asked_you_said_we_did(client: FlaskClient, published: str) -> None:
    page = client.get(f"{published}/response").text
    assert "Open on &lt;b&gt;Sundays&lt;/b&gt;." in page
    assert "Not accepted, because" in page


def test_published_answers_follow_consent_release_and_redaction(
    client: FlaskClient, clerk: Clerk, slug: str, published: str
) -> None:
    assert "0 answers" in client.get(f"{published}/responses").text
    release(clerk, slug, THOUGHTS[1], take_out="Jo Bloggs")
    release(clerk, slug, THOUGHTS[3])
    page = client.get(f"{published}/responses").text
    assert "2 answers" in page
    assert "Jo Bloggs" not in page
    assert "taken out: names a person" in page
    assert "█" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "1 answer" in client.get(f"{published}/responses?q=pensions").text


def test_the_report_is_on_the_trail_by_its_hash(
    app: Flask, client: FlaskClient, published: str
) -> None:
    pdf = client.get(f"{published}/report.pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF-")
    assert b"pdfuaid" in pdf.data, "a tagged PDF/UA"
    digest = hashlib.sha256(pdf.data).hexdigest()
    assert digest in client.get(f"{published}/report").text
    with app.app_context():
        consultation = db.session.query(Consultation).one()
        acts = list_acts(db.session(), consultation.proposal_id)
    assert json.loads(acts[-1].body)["hash"] == digest
    assert acts[-1].kind == "report-published"


def test_d1_the_report_shows_no_number_under_ten(client: FlaskClient, published: str) -> None:
    report = json.loads(client.get(f"{published}/report.json").text)
    assert report["total"] == 300
    shown = [
        number
        for table in report["tables"]
        for line in table["lines"]
        for number in (line["total"], *line["by_audience"])
    ]
    assert None in shown
    assert all(number is None or number >= 10 for number in shown)


def publish_again(clerk: Clerk, slug: str, words: str) -> None:
    with clerk.app.app_context(), transaction(db.session()) as session:
        session.query(Theme).one().response = words
    follow(clerk.post(f"/organiser/proposals/{slug}/consultations/your-views/analysis/publish"))


def read_edition(client: FlaskClient, published: str, edition: int) -> tuple[bytes, bytes]:
    forms = (client.get(f"{published}/report/{edition}.{form}") for form in ("pdf", "json"))
    return tuple(form.data for form in forms)  # type: ignore[return-value]


def test_each_edition_keeps_its_address_and_its_bytes(
    client: FlaskClient, clerk: Clerk, slug: str, published: str
) -> None:
    first = read_edition(client, published, 1)
    publish_again(clerk, slug, "We looked again.")
    second = read_edition(client, published, 2)
    assert first != second
    assert read_edition(client, published, 1) == first
    newest, earlier = client.get(f"{published}/report"), client.get(f"{published}/report/1")
    assert "Edition 2" in newest.text
    assert "We looked again." in newest.text
    assert "This is an earlier edition" not in newest.text
    assert "Cost." in earlier.text
    assert "We looked again." not in earlier.text
    assert "This is an earlier edition" in earlier.text
    assert f'href="{published}/report/2"' in earlier.text
    for edition in (0, 3, 10**9):
        for form in ("", ".pdf", ".json"):
            assert client.get(f"{published}/report/{edition}{form}").status_code == 404


def test_an_edition_stays_when_the_answers_are_destroyed(
    client: FlaskClient, clerk: Clerk, slug: str, published: str
) -> None:
    publish_again(clerk, slug, "We looked again.")
    before = [read_edition(client, published, edition) for edition in (1, 2)]
    with clerk.app.app_context(), transaction(db.session()) as session:
        held = session.query(Consultation).one()
        end = expiry.find_end(held)
        assert end is not None
        later = end + dt.timedelta(days=1)
        expiry.purge(session, held, typed="300", by="operator", now=later)
        acts = [json.loads(act.body) for act in list_acts(session, held.proposal_id)]
    told = [(act["hash"], act["data_hash"]) for act in acts if act["kind"] == "report-published"]
    assert len(told) == 2
    for edition, hashes in enumerate(told, 1):
        kept = read_edition(client, published, edition)
        assert kept == before[edition - 1]
        assert tuple(hashlib.sha256(form).hexdigest() for form in kept) == hashes
        page = client.get(f"{published}/report/{edition}").text
        assert all(digest in page for digest in hashes)


def test_the_evidence_of_a_decision_leads_to_the_edition_that_was_read(
    app: Flask, clerk: Clerk, slug: str, published: str
) -> None:
    commissioner = sign_in(app, "commissioner")
    address = {"email": commissioner.email}
    follow(clerk.post(f"/organiser/proposals/{slug}/commissioners", address))
    assert (
        f'href="{published}/report/1"' in commissioner.get(f"/commissioner/proposals/{slug}").text
    )
    publish_again(clerk, slug, "We looked again.")
    assert (
        f'href="{published}/report/2"' in commissioner.get(f"/commissioner/proposals/{slug}").text
    )


def test_a_response_that_was_changed_is_in_the_record_as_it_was_each_time(
    client: FlaskClient, clerk: Clerk, slug: str, published: str, tmp_path: Path
) -> None:
    with clerk.app.app_context(), transaction(db.session()) as session:
        held, theme = session.query(Consultation).one(), session.query(Theme).one()
        words = {"summary": theme.summary, "stance": "accepted", "response": "We will."}
        analysis.answer_theme(session, held, theme, now=NOW, **words)
        analysis.add_update(session, theme, text="It is done.", now=NOW)
    whole, lacking = check_record(client, slug, tmp_path)
    assert whole == {
        "response-published", "response-changed", "report-published", "theme-updated",
    }  # fmt: skip
    assert (
        "News was told of what is done about a theme: Hours" in client.get(f"/p/{slug}/chain").text
    )
    assert not lacking
    kept = [path.read_text(errors="replace") for path in tmp_path.glob("?" * 64)]
    for told in ('"answer":"Cost."', '"answer":"We will."'):
        assert any(told in text for text in kept)


def test_whatever_changes_a_published_response_is_on_the_trail(
    client: FlaskClient, clerk: Clerk, slug: str, published: str, tmp_path: Path
) -> None:
    assert "It was changed since" not in client.get(f"{published}/response").text
    book = f"/organiser/proposals/{slug}/consultations/your-views/analysis/themes"
    follow(clerk.post(f"{book}/1", {"name": "Hours", "meaning": "For coders alone.", "parent": ""}))
    same = {"summary": "Open on <b>Sundays</b>.", "stance": "not-accepted", "response": "Cost."}
    follow(clerk.post(f"{book}/1/answer", same))
    assert client.get(f"{published}/report/2").status_code == 404, "nothing public has changed"
    assert "It was changed since" not in client.get(f"{published}/response").text
    follow(clerk.post(f"{book}/1", {"name": "Opening hours", "meaning": "", "parent": ""}))
    follow(clerk.post(f"{book}/new", {"name": "Pensions", "meaning": "", "parent": ""}))
    assert "Pensions" not in client.get(f"{published}/response").text, "it has no answer yet"
    follow(clerk.post(f"{book}/2/remove"))
    with clerk.app.app_context(), transaction(db.session()) as session:
        held, theme = session.query(Consultation).one(), session.query(Theme).one()
        words = {"summary": theme.summary, "stance": "accepted", "response": "We will."}
        later = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        analysis.answer_theme(session, held, theme, now=later, **words)
        acts = [json.loads(act.body) for act in list_acts(session, held.proposal_id)]
    told = [act["theme"] for act in acts if act["kind"] == "response-changed"]
    assert told == ["Opening hours", "Pensions", "Pensions", "Opening hours"]
    assert "It was changed since" in client.get(f"{published}/response").text
    whole, lacking = check_record(client, slug, tmp_path)
    assert "response-changed" in whole
    assert not lacking


def test_the_report_tells_how_people_answered_in_words_and_bars(
    client: FlaskClient, published: str
) -> None:
    page = client.get(f"{published}/report").text
    assert "How they answered" in page
    assert "Online" in page
    assert "How many said what" in page
    pdf = client.get(f"{published}/report/1.pdf").data
    assert pdf.count(b"/Figure") > 5, "a chart for each table"
    for told in ("Bars, each as long as", "Staff: bars, each as long as"):
        assert told.encode("utf-16-be") in pdf or told.encode() in pdf
    found = re.findall(r'<td[^>]*>([\d,]+)<span class="v-audience-bar"><svg.*?</svg> (\d+)%', page)
    assert found, "a bar for an audience, too"
    assert all(int(share) <= 100 for _, share in found)


def test_words_taken_out_with_what_was_taken_out_before_leave_one_reason(
    clerk: Clerk, client: FlaskClient, slug: str, published: str
) -> None:
    answer = release(clerk, slug, THOUGHTS[1], take_out="Jo")
    desk = f"/organiser/proposals/{slug}/consultations/your-views/analysis/answers/{answer}"
    more = {"passage": "██ Bloggs in payroll", "reason": "says where they work"}
    follow(clerk.post(f"{desk}/redact", more))
    told = client.get(f"{published}/responses?q=pensions").text
    assert told.count("taken out:") == 1
    assert "taken out: says where they work" in told
    assert "█" not in told


def test_only_the_custodian_reads_what_was_taken_out(
    app: Flask, clerk: Clerk, slug: str, published: str
) -> None:
    answer = release(clerk, slug, THOUGHTS[1], take_out="Jo Bloggs")
    sealed = f"/organiser/custody/{slug}/your-views/answers/{answer}"
    assert clerk.get(sealed).status_code == 404
    keeper = sign_in(app)
    assert keeper.get(sealed).status_code == 404
    desk = f"/organiser/proposals/{slug}/consultations/your-views/analysis"
    assert clerk.post(f"{desk}/custodian", {"email": clerk.email}).status_code == 422
    follow(clerk.post(f"{desk}/custodian", {"email": keeper.email}))
    assert f"/organiser/custody/{slug}" in keeper.get("/organiser/").text
    assert sealed in keeper.get(f"/organiser/custody/{slug}").text
    assert (
        "Jo Bloggs" not in keeper.get(sealed).text + keeper.get(f"/organiser/custody/{slug}").text
    )
    assert keeper.post(sealed, {"reason": ""}).status_code == 422
    assert "Jo Bloggs" in keeper.post(sealed, {"reason": "a complaint"}).text
    assert "The custodian read the original" in clerk.get(f"{desk}/moderation").text
    assert keeper.get(desk).status_code == 404, "a custodian is no organiser"
    later = sign_in(app)
    assert later.get(f"/organiser/custody/{slug}").status_code == 404
    follow(clerk.post(f"{desk}/custodian", {"email": later.email}))
    for path in (sealed, f"/organiser/custody/{slug}"):
        assert later.get(path).status_code == 200
        assert keeper.get(path).status_code == 404, "there is one custodian"
    assert "/organiser/custody" not in keeper.get("/organiser/").text


def test_a_response_in_both_languages_is_asked_for_beside_the_english_and_shown_to_each(
    client: FlaskClient, clerk: Clerk, slug: str
) -> None:
    with clerk.app.app_context(), transaction(db.session()) as session:
        proposal = find_proposal(session, slug)
        assert proposal is not None
        hub.get_hub(session, proposal).is_bilingual = True
        [theme] = session.query(Theme)
        place = f"/organiser/proposals/{slug}/consultations/your-views/analysis"
        answer, book = f"{place}/themes/{theme.id}/answer", f"{place}/themes/{theme.id}"
    told = {"summary": "Internationalisation.", "stance": "accepted", "response": "From May."}
    refused = clerk.post(answer, told)
    assert refused.status_code == 422
    assert 'id="summary_cy-error"' in refused.text
    assert 'id="response_cy-error"' in refused.text
    assert "Long words: Internationalisation." in refused.text  # kept, and told without scripts
    assert "sentences of up to 25 words" in refused.text  # of the fields that are empty
    assert 'id="name_cy-error"' in clerk.post(book, {"name": "Hours", "parent": ""}).text
    follow(clerk.post(book, {"name": "Hours", "name_cy": "Oriau", "parent": ""}))
    follow(clerk.post(answer, told | {"summary_cy": "Ar y Sul.", "response_cy": "O fis Mai."}))
    follow(clerk.post(f"{place}/publish"))
    update = f"{book}/update"
    assert 'id="text_cy-error"' in clerk.post(update, {"text": "Open since May."}).text
    follow(clerk.post(update, {"text": "Open since May.", "text_cy": "Ar agor ers mis Mai."}))

    report = f"/p/{slug}/consultations/your-views/report"
    page = client.get(report, headers={"Accept-Language": "cy"}).text
    pdf = client.get(f"{report}/1.cy.pdf")
    assert pdf.mimetype == "application/pdf"
    assert hashlib.sha256(pdf.data).hexdigest() in page
    assert f"{report}/1.cy.pdf" in page
    assert "O fis Mai." in page
    assert "From May." not in page
    assert "Y cyhoedd" in page
    public = f"/p/{slug}/consultations/your-views/response"
    english, welsh = (client.get(public, headers={"Accept-Language": c}).text for c in ("en", "cy"))
    for words in ("Hours", "Internationalisation.", "From May.", "Open since May."):
        assert words in english
        assert words not in welsh
    for words in ("Oriau", "Ar y Sul.", "O fis Mai.", "Ar agor ers mis Mai."):
        assert words in welsh
        assert words not in english

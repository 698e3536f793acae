"""Pages that the law asks for, and what the public page says of a consultation."""

from __future__ import annotations

from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from tests.factories_polls import NOW, make_account, make_proposal
from voting.services import hub
from voting.store.consultations import Consultation
from voting.store.database import db, transaction


def test_a1_the_accessibility_statement_is_whole_and_linked_from_every_page(
    client: FlaskClient,
) -> None:
    told = unescape(client.get("/accessibility").text)

    for words in (
        "Accessibility Regulations 2018", "Guidelines version 2.2, level AA", "partially compliant",
        "Reporting a problem", "Equality Advisory and Support Service", "Prepared on",
        "Equality and Human Rights Commission", "Other ways to take part",
    ):  # fmt: skip
        assert words in told
    welsh = client.get("/accessibility", headers={"Accept-Language": "cy"}).text
    assert "Datganiad hygyrchedd" in welsh
    for page in ("/", "/privacy", "/check-vote", "/no-such-page"):
        assert 'href="/accessibility"' in client.get(page).text


def test_the_page_leads_to_the_response_of_a_consultation_that_was_answered(app: Flask) -> None:
    with app.app_context(), transaction(db.session()) as session:
        account = make_account(session)
        proposal = make_proposal(session, account)
        hub.choose_models(session, proposal, ("in-house", "consortium"), now=NOW)
        hub.open_hub(session, proposal, actor=account, now=NOW)
        for slug, answered_at in (("said", NOW), ("waiting", None)):
            held = {"opened_at": NOW, "closes_at": NOW, "closed_at": NOW, "created_at": NOW}
            session.add(
                Consultation(
                    proposal_id=proposal.id, slug=slug, title=slug.title(), state="closed",
                    answered_at=answered_at, respond_by=NOW, **held,
                )
            )  # fmt: skip
        path = f"/p/{proposal.slug}"

    told = unescape(app.test_client().get(path).text)

    assert f'href="{path}/consultations/said/response"' in told
    assert f"{path}/consultations/waiting/response" not in told
    assert "The consultation closes: Waiting" in told
    assert "The response is due: Waiting" in told

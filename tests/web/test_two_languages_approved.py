"""A scrutineer approves what was frozen in both languages, having seen both."""

from __future__ import annotations

from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from tests.bilingual_ground import welsh, write_welsh
from tests.factories_polls import NOW, freeze, make_draft
from tests.trustee_ground import arrange, invite, make_keys
from tests.web.pages import csrf_token
from voting.services import trustees
from voting.store.database import db


def test_w1_a_scrutineer_sees_the_welsh_before_approving(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        session = db.session()
        draft = make_draft(session, electors={"Staff": 10})
        write_welsh(session, draft, now=NOW)
        arrange(session, draft)
        trustees.set_arrangement(
            session,
            draft,
            holding="scrutineers",
            size=3,
            threshold=3,
            with_service_key=False,
            all_needed_reason="Both sides asked for it.",
            all_needed_reason_cy=welsh("Both sides asked for it."),
        )
        (person, *_others) = invite(session, draft)
        make_keys(session, draft)
        freeze(session, draft)
        session.commit()
        scrutineer = person.id
        token = app.extensions["voting.links"].scrutineer_token(scrutineer, 1)
        texts = [draft.proposal.deciding, draft.proposal.still_open, draft.questions[0].text]
        texts += [option.text for option in draft.questions[0].options]
        texts += [draft.all_needed_reason]
    client.post(f"/s/{token}", data={"csrf_token": csrf_token(client)})

    page = unescape(client.get(f"/scrutineer/{scrutineer}/approve").text)

    for text in texts:
        assert text in page
        assert welsh(text) in page

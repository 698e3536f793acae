"""The public page of a proposal tells who can take part, and under which rule is decided."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from html import unescape

from flask import Flask

from tests import consultation_ground
from tests.factories_polls import (
    NOW,
    freeze,
    make_account,
    make_draft,
    make_proposal,
    make_ready_poll,
    open_page,
)
from voting.services import consultations, hub, polls
from voting.store.database import db, transaction
from voting.store.proposals import find_proposal

PART, RULES = 'id="who-can-take-part"', 'id="who-decides"'


def read(app: Flask, path: str, section: str, language: str = "en") -> str:
    """One section of the page as a member of the public reads it, without tags."""
    page = app.test_client().get(path, headers={"Accept-Language": language}).text
    told = page.partition(section)[2].partition("<h2")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", "", told)).split())


def test_the_page_names_what_is_open_to_the_public(app: Flask) -> None:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    with app.app_context(), transaction(db.session()) as session:
        proposal = make_proposal(session)
        open_page(session, proposal, make_account(session))
        slug, path = proposal.slug, f"/p/{proposal.slug}"
    told = read(app, path, PART)
    assert "Everyone else: no consultation is open to the public so far" in told
    assert "People on a list may ask a question; anyone may read the answers" in told

    with app.app_context(), transaction(db.session()) as session:
        proposal = find_proposal(session, slug)
        assert proposal is not None
        hub.update_hub(session, proposal, is_bilingual=False, public_may_ask=True, now=NOW)
        held = consultation_ground.make_open(session, proposal=proposal, now=now)
        number, title = held.id, held.title
    told = read(app, path, PART)
    assert "Staff: people on this list, each by a personal link" in told
    assert f"Everyone, in a consultation that is open to the public: {title} It opened on" in told
    assert "and closes" in told
    assert "no consultation is open" not in told
    assert "Anyone may ask a question, and read the answers" in told
    welsh = read(app, path, PART, "cy")
    assert f"Pawb, mewn ymgynghoriad sy'n agored i'r cyhoedd: {title} Agorodd" in welsh
    assert "Caiff unrhyw un ofyn cwestiwn" in welsh

    with app.app_context(), transaction(db.session()) as session:
        held = session.get_one(type(held), number)
        consultations.close(session, held, now=now, reason="Enough was said.")
    assert "It was open from" in read(app, path, PART)
    assert "Bu ar agor o" in read(app, path, PART, "cy")


def test_the_rule_of_each_vote_is_told_once_it_is_fixed_and_leads_to_what_was(app: Flask) -> None:
    with app.app_context(), transaction(db.session()) as session:
        poll = make_draft(session)
        open_page(session, poll.proposal, make_account(session))
        path = f"/p/{poll.proposal.slug}"
        staff, users = poll.proposal.constituencies
        staff.name_cy, users.name_cy = "Staff y ganolfan", "Defnyddwyr"
        share = {"comparison": "at-least", "numerator": 2, "denominator": 3, "base": "roll"}
        polls.set_rule(session, poll, staff, standing="decides", turnout_percent=40, **share)
        polls.set_rule(session, poll, users, standing="advises", turnout_percent=0, **share)
        number = poll.id
    told = read(app, path, RULES)
    assert "Who decides, and under what rule The council, in the open. A vote is" in told
    assert "The rule of a vote is not fixed yet." in told
    assert "Forming a mutual" not in read(app, path, RULES)  # a draft is nobody's business yet

    with app.app_context(), transaction(db.session()) as session:
        poll = freeze(session, session.get_one(type(poll), number))
        digest, frozen = str(poll.frozen_hash), f"{path}/{poll.slug}/frozen.json"
    told = read(app, path, RULES)
    assert "The rule of the vote “Forming a mutual”" in told
    assert (
        "Staff: their vote decides. It is carried with at least 2/3 of everyone on the roll, if at "
        "least 40% take part."
    ) in told
    assert "Users: their vote advises" in told
    assert "every constituency that decides" not in told  # there is one
    assert "This rule was fixed on Monday 2 March 2026" in told
    assert "not fixed yet" not in told
    page = app.test_client().get(path).text
    assert f'<a href="{frozen}"><code class="v-hash">{digest}</code></a>' in page
    assert hashlib.sha256(app.test_client().get(frozen).data).hexdigest() == digest
    welsh = read(app, path, RULES, "cy")
    assert "Staff y ganolfan" in welsh
    assert "2/3" in welsh
    assert "Pennwyd y rheol hon" in welsh

    with app.app_context(), transaction(db.session()) as session:
        poll = session.get_one(type(poll), number)
        polls.cancel(session, poll, reason="The roll was wrong.", actor=None, now=NOW)
    assert "The rule of a vote is not fixed yet." in read(app, path, RULES)


def test_a_page_that_a_vote_made_public_does_not_hide_what_it_does_not_say(app: Flask) -> None:
    with app.app_context(), transaction(db.session()) as session:
        path = f"/p/{make_ready_poll(session).proposal.slug}"
    page = app.test_client().get(path).text
    assert "<p>Not told yet</p>" in page.partition("What is proposed</h2>")[2].partition("<h2")[0]
    assert "Who decides, and under what rule Not told yet" in read(app, path, RULES)

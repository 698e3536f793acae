"""Pages that the law asks for, and what the public page says of a consultation."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from tests import consultation_ground
from tests.factories_polls import NOW, make_account, make_proposal, open_page
from voting import services
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
        open_page(session, proposal, account)
        due = dt.datetime.now(dt.UTC) + dt.timedelta(days=84)
        for slug, answered_at in (("said", NOW), ("waiting", None)):
            held = {"opened_at": NOW, "closes_at": NOW, "closed_at": NOW, "created_at": NOW}
            session.add(
                Consultation(
                    proposal_id=proposal.id, slug=slug, title=slug.title(), state="closed",
                    answered_at=answered_at, respond_by=due, **held,
                )
            )  # fmt: skip
        path = f"/p/{proposal.slug}"

    told = unescape(app.test_client().get(path).text)

    assert f'href="{path}/consultations/said/response"' in told
    assert f"{path}/consultations/waiting/response" not in told
    assert "The consultation closes: Waiting" in told
    assert "The response is due: Waiting" in told


def test_a_consultation_leads_to_its_proposal_and_back_before_a_page_was_opened(app: Flask) -> None:
    number = consultation_ground.open_consultation(app)
    with app.app_context():
        held = db.session.get_one(Consultation, number)
        page, own = f"/p/{held.proposal.slug}", f"/p/{held.proposal.slug}/consultations/{held.slug}"
        title = held.title
    client = app.test_client()

    assert f'href="{page}"' in client.get(own).text
    for path in ("/", page, f"{page}/consultations"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert f'href="{own}"' in answer.text
    assert f"Have your say: {title}" in unescape(client.get(page).text)
    assert f'<strong aria-current="page">{title}</strong>' in client.get(own).text


def test_a_proposal_that_nothing_has_gone_out_of_is_nowhere(app: Flask) -> None:
    with app.app_context(), transaction(db.session()) as session:
        proposal = make_proposal(session, make_account(session))
        path, title = f"/p/{proposal.slug}", proposal.title
    client = app.test_client()

    for page in (path, f"{path}/consultations", f"{path}/chain"):
        assert client.get(page).status_code == 404
    assert title not in client.get("/").text


def test_every_act_of_the_public_record_has_words() -> None:
    template = Path(__file__).parents[2] / "templates" / "public" / "_trail.html"
    named = template.read_text()

    kinds = set(find_kinds(Path(services.__file__).parent))

    assert {"consultation-opened", "decided", "published", "theme-updated"} <= kinds
    assert [kind for kind in sorted(kinds) if f'"{kind}": _(' not in named] == []


def find_kinds(folder: Path) -> Iterator[str]:
    """The kinds of act that the services put into the record by name."""
    for path in folder.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
            if isinstance(call, ast.Call) and name in ("append_act", "record"):
                told = [one.value for one in call.args if isinstance(one, ast.Constant)]
                yield from (kind for kind in told if isinstance(kind, str))

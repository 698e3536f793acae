"""The public page of a proposal, and people who ask and read there by the links of letters."""

from __future__ import annotations

import re
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import select

from tests import organiser_ground as ground
from tests.organiser_ground import Clerk, follow
from voting.jobs.letters import LetterPost
from voting.services.correspondence import write_letter
from voting.store.database import db
from voting.store.letters import Letter
from voting.web.hub import get_time

STAFF, STRANGER = "sam@example.org", "reader@elsewhere.example"


def open_page(app: Flask) -> tuple[Clerk, str]:
    """The organiser, and the public page of a proposal with Sam and Ada on its roll."""
    clerk = ground.sign_in(app)
    proposal = ground.make_proposal(clerk)
    ground.import_roll(clerk, proposal)
    ground.open_page(clerk, proposal)
    return clerk, proposal.replace("/organiser/proposals/", "/p/")


def make_visitor(app: Flask) -> Clerk:
    """Somebody with a browser and no account."""
    return Clerk(app, app.test_client(), "")


def read_letters(app: Flask, kind: str) -> list[EmailMessage]:
    """Every letter of this kind that was owed, as it is sent."""
    with app.app_context():
        session = db.session()
        owed = session.scalars(select(Letter.id).where(Letter.kind == kind).order_by(Letter.id))
        post = LetterPost(app)
        return [write_letter(session, one, post=post, now=get_time()) for one in list(owed)]


def find_link(message: EmailMessage) -> str:
    """The first address of a proposal's pages in a letter."""
    found = re.search(r"http://localhost(/p/\S+)", message.get_body(("plain",)).get_content())
    assert found is not None
    return found[1]


def subscribe(app: Flask, path: str, email: str = STRANGER) -> str:
    """Confirm updates for an address; its personal link."""
    visitor = make_visitor(app)
    assert visitor.post(f"{path}/updates", {"email": email}).status_code == 200
    link = find_link(read_letters(app, "updates-link")[-1])
    assert visitor.post(link).status_code == 200
    return link


def ask(app: Flask, path: str, text: str, email: str = STAFF) -> None:
    """Ask a question by the link of a letter."""
    visitor = make_visitor(app)
    assert visitor.post(f"{path}/questions", {"email": email}).status_code == 200
    link = find_link(read_letters(app, "ask-link")[-1])
    assert "sent" in visitor.post(link, {"text": text}).text


def make_bilingual(clerk: Clerk, path: str) -> None:
    """Put the page into both languages."""
    texts = ground.PAGE_TEXTS | {"is_bilingual": "y", "title_cy": "Dyfodol"}
    texts |= {"summary_cy": "Ymddiriedolaeth.", "who_decides_cy": "Y cyngor."}
    for _to_see_the_fields_and_to_fill_them_in in range(2):
        follow(clerk.post(f"{desk_of(path)}/page/texts", texts))


def desk_of(path: str) -> str:
    """Where the organiser writes what stands at *path*."""
    return path.replace("/p/", "/organiser/proposals/")

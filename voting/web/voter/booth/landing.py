"""The page behind the link in a letter. Opening it changes nothing; pressing Continue begins."""

from __future__ import annotations

from flask import current_app, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from voting.domain.errors import Refusal
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.roll import Elector
from voting.web.access import Links
from voting.web.languages import find_language, greet_in
from voting.web.voter.booth import visit
from voting.web.voter.booth.visit import Elsewhere


def read_link(token: str) -> tuple[Poll, Elector]:
    """The poll and the elector a link was made for; raises Elsewhere for a link that is void."""
    links: Links = current_app.extensions["voting.links"]
    try:
        link = links.read_voter_token(token)
    except Refusal as refusal:
        raise Elsewhere("unknown") from refusal
    poll = db.session.get(Poll, link.poll_id)
    elector = db.session.get(Elector, link.elector_id)
    if poll is None or elector is None:
        raise Elsewhere("unknown")
    greet_in(elector.language)
    if link.generation != elector.link_generation:
        raise Elsewhere("replaced", poll)
    return poll, elector


def mask_name(name: str) -> str:
    """The first letter of each part of a name: enough to know oneself, too little to learn one."""
    return " ".join(f"{part[0]}••" for part in name.split())


def landing(token: str) -> ResponseReturnValue:
    """Who invited the voter to what, and a button; nothing is begun."""
    poll, elector = read_link(token)
    visit.check_open(poll, visit.get_time(), visit.find_begun_at(poll, elector))
    return render_template(
        "voter/booth/landing.html", poll=poll, masked=mask_name(elector.name), token=token
    )


def begin(token: str) -> ResponseReturnValue:
    """Begin the visit of the person the link was sent to."""
    poll, elector = read_link(token)
    now = visit.get_time()
    visit.check_open(poll, now, visit.find_begun_at(poll, elector))
    visit.begin(poll, elector, now)
    if find_language() == elector.language:
        session["language"] = elector.language
    return redirect(url_for("booth.start", poll_id=poll.id), 303)

"""Who answers which consultation, and whether answers are taken now.

A visit begins when the person presses Continue on the page of their link; it lives in the signed
session cookie as two numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from voting.domain.consulting import Stage, is_open, require_open
from voting.domain.errors import Closed, NotOpen, Refusal
from voting.services import answering
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.store.participants import Participant
from voting.store.responses import Response, find_response, list_files
from voting.web.access import Links
from voting.web.languages import greet_in
from voting.web.typed import list_typed

KEPT = "respondent"
COUNTED = "equality"  # the consultations whose equality form was sent from this browser
STATUS = {"unknown": 404, "replaced": 410, "expired": 403}


class Elsewhere(Refusal):
    """The person belongs on another page. ``page`` names its template."""

    def __init__(self, page: str, consultation: Consultation | None = None) -> None:
        super().__init__(page)
        self.page = page
        self.consultation = consultation


@dataclass(frozen=True, slots=True)
class Visit:
    """One participant at one consultation, with the response there is so far."""

    participant: Participant
    response: Response | None
    now: dt.datetime

    @property
    def consultation(self) -> Consultation:
        """What is answered."""
        return self.participant.consultation

    @property
    def answered(self) -> Response:
        """The response, once it was begun; else the person belongs on the first page."""
        if self.response is None:
            raise Elsewhere("start", self.consultation)
        return self.response

    @property
    def may_count(self) -> bool:
        """Whether the equality form is offered: answers were sent, and no form from this browser.

        That one was sent is kept by the browser alone, and nowhere beside a response or a name.
        """
        consultation = self.consultation
        return (
            consultation.asks_equality
            and self.response is not None
            and self.response.version > 0
            and consultation.id not in session.get(COUNTED, [])
            and is_open(consultation.state, consultation.closes_at, self.now)
        )

    @property
    def files(self) -> dict[int, str]:
        """The names of the files that were sent, by number."""
        if self.response is None:
            return {}
        return {file.id: file.name for file in list_files(db.session(), self.response.id)}


def get_time() -> dt.datetime:
    """The present moment; the one clock of this desk."""
    return dt.datetime.now(dt.UTC)


def get_links() -> Links:
    """What makes and reads links."""
    links: Links = current_app.extensions["voting.links"]
    return links


def read_link(token: str) -> Participant:
    """The participant a link was made for; raises Elsewhere for a link that is void."""
    try:
        link = get_links().read_respondent_token(token)
    except Refusal as refusal:
        raise Elsewhere("unknown") from refusal
    participant = db.session.get(Participant, link.participant_id)
    if participant is None:
        raise Elsewhere("unknown")
    greet_in(participant.language)
    if participant.link_generation != link.generation:
        raise Elsewhere("replaced", participant.consultation)
    return participant


def begin(participant: Participant) -> None:
    """Begin a visit. What another person left in this browser is forgotten."""
    session[KEPT] = {"participant": participant.id, "generation": participant.link_generation}
    session.permanent = True


def get_visit(participant_id: int) -> Visit:
    """The visit this browser is on; raises Elsewhere when there is none or its link is void."""
    kept: dict[str, Any] = session.get(KEPT) or {}
    if kept.get("participant") != participant_id:
        raise Elsewhere("expired")
    participant = db.session.get(Participant, participant_id)
    if participant is None:
        raise Elsewhere("expired")
    if participant.link_generation != kept["generation"]:
        raise Elsewhere("replaced", participant.consultation)
    handles: Sequence[str] = get_links().response_handles(participant.id)
    response = find_response(db.session(), participant.consultation_id, handles)
    return Visit(participant, response, get_time())


def get_open_visit(participant_id: int) -> Visit:
    """The visit, while answers are taken; raises Elsewhere otherwise."""
    visit = get_visit(participant_id)
    check_open(visit.consultation, visit.now)
    return visit


def check_open(consultation: Consultation, now: dt.datetime) -> None:
    """Raise Elsewhere, naming the page that says why, unless answers are taken."""
    try:
        require_open(consultation.state, consultation.closes_at, now)
    except NotOpen as refusal:
        raise Elsewhere("not_open", consultation) from refusal
    except Closed as refusal:
        raise Elsewhere("closed", consultation) from refusal


def begin_response(visit: Visit, language: str) -> Response:
    """The response of this visit, made when there is none."""
    handles = get_links().response_handles(visit.participant.id)
    return answering.begin(
        db.session(), visit.participant, handles, language=language, now=visit.now
    )


def show_elsewhere(elsewhere: Elsewhere) -> ResponseReturnValue:
    """The page that says where the person stands."""
    participant_id = (request.view_args or {}).get("participant_id")
    if elsewhere.page == "start":
        return redirect(url_for("answers.start", participant_id=participant_id), 303)
    status = STATUS.get(elsewhere.page, 409 if request.method == "POST" else 200)
    page = render_template(
        f"voter/answers/{elsewhere.page}.html",
        consultation=elsewhere.consultation,
        typed=list_typed(),
        is_closed=elsewhere.consultation is not None
        and elsewhere.consultation.state == Stage.CLOSED,
    )
    return page, status


def show_expired(_error: CSRFError) -> ResponseReturnValue:
    """The token against forgery is not known any more, because the session it belongs to ended."""
    return show_elsewhere(Elsewhere("expired"))

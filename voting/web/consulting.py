"""What the public sees of consultations, and how a member of the public takes part in one."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.consulting import Stage, require_open, show_number
from voting.domain.errors import NotFound
from voting.domain.wording import check_email
from voting.services import answering
from voting.store import consultations, proposals
from voting.store.consultations import Audience, Consultation
from voting.store.database import db
from voting.store.responses import count_responses
from voting.web.access import guard
from voting.web.hub import get_public, list_public_consultations
from voting.web.languages import find_language
from voting.web.steps import list_steps

blueprint = Blueprint("consulting", __name__, url_prefix="/p/<slug>/consultations")
guard(blueprint, "public")


def get_time() -> dt.datetime:
    """The present moment; the one clock of this desk."""
    return dt.datetime.now(dt.UTC)


def get_consultation(slug: str, consultation_slug: str) -> Consultation:
    """A consultation that has opened; raises NotFound for any other."""
    proposal = proposals.find_proposal(db.session(), slug)
    found = proposal and consultations.find_consultation(
        db.session(), proposal.id, consultation_slug
    )
    if not found or found.state == Stage.DRAFT:
        raise NotFound(_("There is no such consultation here."))
    return found


def is_open(consultation: Consultation, now: dt.datetime) -> bool:
    """Whether answers are taken."""
    closes_at = consultation.closes_at
    return consultation.state == Stage.OPEN and closes_at is not None and now < closes_at


def find_public(consultation: Consultation) -> Audience | None:
    """The audience that anyone may join, if there is one."""
    return next((each for each in consultation.audiences if each.is_public), None)


@blueprint.get("")
def index(slug: str) -> ResponseReturnValue:
    """Every consultation of a proposal that has opened."""
    found = get_public(slug)
    rows = list_public_consultations(found.proposal)
    return render_template("consulting/index.html", proposal=found, rows=rows)


@blueprint.get("/<consultation_slug>")
def show(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """What is asked of whom, until when, and by when it is answered."""
    return _show(get_consultation(slug, consultation_slug))


def _show(
    consultation: Consultation, *, email: str = "", error: str = "", written: bool = False
) -> str:
    now = get_time()
    total = sum(count_responses(db.session(), consultation.id).values())
    return render_template(
        "consulting/show.html",
        consultation=consultation,
        proposal=get_public(consultation.proposal.slug),
        steps=list_steps(consultation.proposal),
        is_open=is_open(consultation, now),
        public=find_public(consultation),
        total=show_number(total),
        email=email,
        error=error,
        written=written,
    )


@blueprint.get("/<consultation_slug>/paper")
def paper(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """The letter and the questions to print, for answers on paper; raises Conflict once closed."""
    consultation = get_consultation(slug, consultation_slug)
    require_open(consultation.state, consultation.closes_at, get_time())
    return render_template(
        "consulting/paper.html",
        consultation=consultation,
        proposal=consultation.proposal,
        numbers={question.id: n for n, question in enumerate(consultation.questions, start=1)},
        asked={question.id: question.asked for question in consultation.questions},
    )


@blueprint.post("/<consultation_slug>")
def join(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Write to a member of the public; the answer is the same whoever's address it is."""
    consultation = get_consultation(slug, consultation_slug)
    audience, now = find_public(consultation), get_time()
    if audience is None or not is_open(consultation, now):
        return _show(consultation), 409
    email = request.form.get("email", "").strip()
    if len(email) > 254 or check_email("email", "the address", email):
        told = _("Enter your email address in the form name@example.org")
        return _show(consultation, email=email, error=told), 422
    answering.join(db.session(), audience, email=email, language=find_language(), now=now)
    return _show(consultation, written=True)

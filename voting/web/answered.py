"""What came of a consultation: what people said, the organisation's answers, and the report."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.errors import NotFound
from voting.services import analysis
from voting.services.analysis import BLOCK
from voting.store import analysis as store
from voting.store import releases
from voting.store.consultations import Consultation, find_consultation
from voting.store.database import db
from voting.store.releases import Redaction
from voting.web.access import guard
from voting.web.hub import get_public
from voting.web.steps import list_steps

blueprint = Blueprint(
    "answered", __name__, url_prefix="/p/<slug>/consultations/<consultation_slug>"
)
guard(blueprint, "public")


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a published answer: its words, or why they were taken out."""

    text: str
    reason: str = ""


def get_answered(slug: str, consultation_slug: str) -> Consultation:
    """A consultation whose response is published; raises NotFound."""
    found = find_consultation(db.session(), get_public(slug).proposal.id, consultation_slug)
    if found is None or found.answered_at is None:
        raise NotFound(_("No response to this consultation is published yet."))
    return found


def cut_out(text: str, removed: list[Redaction]) -> list[Run]:
    """*text* with a reason in place of each run of blocks."""
    runs: list[Run] = []
    place = 0
    for redaction in sorted(removed, key=lambda each: each.start):
        if redaction.start > place:
            runs.append(Run(text[place : redaction.start]))
        runs.append(Run("", redaction.reason))
        place = max(place, redaction.end)
    if place < len(text):
        runs.append(Run(text[place:].replace(BLOCK, "")))
    return runs


@blueprint.get("/response")
def response(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """We asked, you said, we did."""
    consultation = get_answered(slug, consultation_slug)
    session = db.session()
    return render_template(
        "answered/response.html",
        proposal=get_public(slug),
        steps=list_steps(consultation.proposal),
        consultation=consultation,
        themes=analysis.sort_themes(store.list_themes(session, consultation.id)),
        published=releases.count_published(session, consultation.id),
    )


@blueprint.get("/responses")
def responses(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """The answers that may be published and were released, searched, a page at a time."""
    consultation = get_answered(slug, consultation_slug)
    session = db.session()
    search = request.args.get("q", "").strip()[:200]
    after = max(request.args.get("after", 0, type=int), 0)
    listed = releases.list_published(session, consultation.id, search=search, after=after)
    removed: dict[int, list[Redaction]] = {}
    for redaction in releases.list_redactions(session, [answer.id for answer in listed]):
        removed.setdefault(redaction.answer_id, []).append(redaction)
    return render_template(
        "answered/responses.html",
        proposal=get_public(slug),
        steps=list_steps(consultation.proposal),
        consultation=consultation,
        answers=[(each, cut_out(each.text, removed.get(each.id, []))) for each in listed],
        search=search,
        total=releases.count_published(session, consultation.id, search),
        more=listed[-1].id if len(listed) == releases.PAGE else None,
    )


@blueprint.get("/report")
def report(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """The newest edition of the report."""
    consultation = get_answered(slug, consultation_slug)
    kept = analysis.get_report(db.session(), consultation)
    return render_template(
        "answered/report.html",
        proposal=get_public(slug),
        steps=list_steps(consultation.proposal),
        consultation=consultation,
        kept=kept,
        report=json.loads(kept.body),
    )


@blueprint.get("/report.pdf")
def report_pdf(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """The newest edition as a tagged PDF; its SHA-256 stands on the public trail."""
    kept = analysis.get_report(db.session(), get_answered(slug, consultation_slug))
    answer = Response(kept.pdf, mimetype="application/pdf")
    name = f"{consultation_slug}-report-{kept.edition}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/report.json")
def report_json(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """The newest edition as data; a number that is not shown is null."""
    kept = analysis.get_report(db.session(), get_answered(slug, consultation_slug))
    return Response(kept.body, mimetype="application/json")

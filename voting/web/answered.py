"""What came of a consultation: what people said, the organisation's answers, and the report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.errors import NotFound
from voting.services import analysis
from voting.services.analysis import BLOCK
from voting.store import analysis as store
from voting.store import releases, reports
from voting.store.consultations import Consultation, find_consultation
from voting.store.database import db
from voting.store.releases import Redaction
from voting.web.access import guard
from voting.web.downloads import download
from voting.web.hub import get_public
from voting.web.languages import find_language, tell_own
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
    for redaction in sorted(removed, key=lambda each: (each.start, -each.end)):
        if redaction.end <= place:
            continue  # it lies in one that was taken out later with the words around it
        if redaction.start > place:
            runs.append(Run(text[place : redaction.start]))
        runs.append(Run("", tell_own(redaction, "reason")))
        place = max(place, redaction.end)
    if place < len(text):
        runs.append(Run(text[place:].replace(BLOCK, "")))
    return runs


@blueprint.get("/response")
def response(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """We asked, you said, we did."""
    consultation = get_answered(slug, consultation_slug)
    themes = store.list_themes(db.session(), consultation.id)
    return render_template(
        "answered/response.html",
        proposal=get_public(slug),
        steps=list_steps(consultation.proposal),
        consultation=consultation,
        themes=[each for each in analysis.sort_themes(themes) if each[1].response],
        changed_at=analysis.find_change(db.session(), consultation),
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
@blueprint.get("/report/<int:edition>")
def report(slug: str, consultation_slug: str, edition: int | None = None) -> ResponseReturnValue:
    """One edition of the report, which stays as it is at its own address; else the newest."""
    consultation = get_answered(slug, consultation_slug)
    session = db.session()
    kept = analysis.get_report(session, consultation, edition)
    told = read_in_own(json.loads(kept.body))
    return render_template(
        "answered/report.html",
        proposal=get_public(slug),
        steps=list_steps(consultation.proposal),
        consultation=consultation,
        kept=kept,
        editions=reports.list_editions(session, consultation.id),
        report=told,
        ways=tell_ways(told),
        said=tell_themes(told),
    )


@blueprint.get("/report.pdf")
@blueprint.get("/report/<int:edition>.pdf")
def report_pdf(
    slug: str, consultation_slug: str, edition: int | None = None
) -> ResponseReturnValue:
    """An edition as a tagged PDF; its SHA-256 stands on the public trail."""
    kept = analysis.get_report(db.session(), get_answered(slug, consultation_slug), edition)
    return download(kept.pdf, "application/pdf", f"{consultation_slug}-report-{kept.edition}.pdf")


@blueprint.get("/report.cy.pdf")
@blueprint.get("/report/<int:edition>.cy.pdf")
def report_pdf_cy(
    slug: str, consultation_slug: str, edition: int | None = None
) -> ResponseReturnValue:
    """An edition in Welsh, where there is one; its SHA-256 stands on the public trail too."""
    kept = analysis.get_report(db.session(), get_answered(slug, consultation_slug), edition)
    if kept.pdf_cy is None:
        raise NotFound(_("This report is in English alone."))
    name = f"{consultation_slug}-report-{kept.edition}-cy.pdf"
    return download(kept.pdf_cy, "application/pdf", name)


@blueprint.get("/report.json")
@blueprint.get("/report/<int:edition>.json")
def report_json(
    slug: str, consultation_slug: str, edition: int | None = None
) -> ResponseReturnValue:
    """An edition as data, whose SHA-256 is on the trail too; a number not shown is null."""
    kept = analysis.get_report(db.session(), get_answered(slug, consultation_slug), edition)
    return Response(kept.body, mimetype="application/json")


def read_in_own(told: dict[str, Any]) -> dict[str, Any]:
    """A report in the reader's language, in English where it was published in English alone."""
    own: dict[str, Any] = told.get(find_language(), told)
    return own


def tell_ways(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """The table of how people answered; none in the editions that did not count it."""
    names = {"online": _("Online"), "paper": _("On paper"), "telephone": _("By telephone")}
    rows = [(names[row["way"]], row) for row in report.get("ways", ())]
    return make_table(report, _("How they answered"), rows)


def tell_themes(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """The table of how many said what; none in the editions that did not count it."""
    rows = [(tell_own(row, "theme"), row) for row in report["themes"] if "responses" in row]
    return make_table(report, _("How many said what"), rows)


def make_table(
    report: Mapping[str, Any], text: str, rows: Sequence[tuple[str, Mapping[str, Any]]]
) -> dict[str, Any] | None:
    """A table of *rows*, by label, as the tables of questions are; None without any."""
    lines = [
        {"label": label, "total": row["responses"], "by_audience": row["by_audience"]}
        for label, row in rows
    ]
    audiences = [(each["name"], each["responses"]) for each in report["audiences"]]
    told: dict[str, Any] = {"text": text, "part": "", "kind": "", "summary": None}
    told["exclusive"] = True
    told |= {"audiences": audiences, "total": report["total"], "lines": lines}
    return told if lines else None

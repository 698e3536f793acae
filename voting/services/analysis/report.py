"""The report of a consultation: who was asked, how, what they said, and what is done about it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst
from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json
from voting.domain.disclosure import protect_counts
from voting.domain.errors import NotFound
from voting.services.analysis.answering import STANCES, describe_response, hash_response
from voting.services.analysis.exports import say_number
from voting.services.analysis.numbers import count_themes, count_ways, hold_numbers
from voting.services.analysis.report_words import (
    ENGLISH,
    WELSH,
    tell_day,
    tell_in_welsh,
    tell_layout,
)
from voting.services.analysis.tables import list_tables
from voting.store import analysis, reports
from voting.store.consultations import Consultation
from voting.store.participants import count_invited
from voting.store.reports import ConsultationReport
from voting.store.responses import count_responses

LAYOUT = Path(__file__).with_name("report.typ")
LIMITS = (
    "Those who answered chose to. Their answers are not a sample of everyone.",
    "Written answers were read and given themes by people, who can differ.",
    "Small numbers are left out so that nobody can be recognised.",
    "A number that would differ from an earlier edition by fewer than 10 people stays as it was.",
)


def describe_report(session: Session, consultation: Consultation) -> dict[str, Any]:
    """The whole report as plain values: what the page, the PDF and the JSON show."""
    proposal = consultation.proposal
    themes = analysis.list_themes(session, consultation.id)
    counted = count_responses(session, consultation.id)
    people = [counted.get(audience.id, 0) for audience in consultation.audiences]
    shown = protect_counts(people)
    numbers = count_themes(session, consultation)
    return {
        "title": consultation.title,
        "proposal": proposal.title,
        "organisation": proposal.organisation,
        "introduction": consultation.introduction,
        "opened": tell_day(consultation.opened_at, ENGLISH),
        "closed": tell_day(consultation.closed_at, ENGLISH),
        "audiences": [
            {
                "name": audience.name,
                "invited": None if audience.is_public else count_invited(session, audience.id),
                "responses": responses,
            }
            for audience, responses in zip(consultation.audiences, shown, strict=True)
        ],
        "total": _shown(sum(people)),
        "ways": count_ways(session, consultation),
        "themes": [
            {
                **told,
                "id": theme.id,
                "stance_words": STANCES.get(theme.stance, "No answer yet"),
                **numbers[theme.id],
            }
            for theme, told in zip(themes, describe_response(themes), strict=True)
        ],
        "tables": [_plain(asdict(table)) for table in list_tables(session, consultation)],
        "limits": list(LIMITS),
        "questions_hash": consultation.frozen_hash or "",
        "response_hash": hash_response(themes),
    }


def _shown(people: int) -> int | None:
    """A number of people of which nothing else is known; None when they are few."""
    return protect_counts([people])[0]


def _plain(table: dict[str, Any]) -> dict[str, Any]:
    table["total"] = _shown(table["total"])
    if table["summary"]:
        table["summary"] = [say_number(number) for number in table["summary"]]
    return table


def make_pdf(report: dict[str, Any], language: str = ENGLISH) -> bytes:
    """The report as a tagged PDF (PDF/UA-1). The same report gives the same bytes."""
    words = tell_layout(language)
    made: bytes = typst.compile(
        LAYOUT.read_bytes(),
        format="pdf",
        sys_inputs={
            "report": json.dumps(report, ensure_ascii=False),
            "words": json.dumps(words, ensure_ascii=False),
        },
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=0,
    )
    return made


def keep_report(
    session: Session, consultation: Consultation, *, now: dt.datetime
) -> ConsultationReport:
    """Keep the report as it stands now, as the next edition; its hash is that of the PDF.

    Where the consultation or its proposal is in both languages, ``cy`` of its data is all of it in
    Welsh, and there is a PDF of that too.
    """
    earlier = reports.list_editions(session, consultation.id)
    edition = len(earlier) + 1
    report = hold_numbers(
        describe_report(session, consultation), [json.loads(each.body) for each in earlier]
    )
    report |= {"edition": edition, "published": tell_day(now, ENGLISH)}
    pdf, pdf_cy = make_pdf(report), None
    if consultation.needs_welsh:
        themes = analysis.list_themes(session, consultation.id)
        report[WELSH] = tell_in_welsh(report, consultation, themes, now)
        pdf_cy = make_pdf(report[WELSH], WELSH)
    made = ConsultationReport(
        consultation_id=consultation.id,
        edition=edition,
        at=now,
        body=canonical_json(report).decode(),
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        pdf_cy=pdf_cy,
        sha256_cy=hashlib.sha256(pdf_cy).hexdigest() if pdf_cy else "",
    )
    session.add(made)
    session.flush()
    return made


def get_report(
    session: Session, consultation: Consultation, edition: int | None = None
) -> ConsultationReport:
    """The edition with this number, else the newest; raises NotFound where there is none."""
    if edition is None:
        found = reports.find_newest(session, consultation.id)
    else:
        found = reports.find_edition(session, consultation.id, edition)
    if found is None:
        raise NotFound("The report on this consultation is not published here.")
    return found

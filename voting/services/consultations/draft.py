"""Drafting a consultation: its words, who is asked, its sections, its dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from voting.domain.consulting import USUAL, Stage
from voting.domain.errors import BadInput, Conflict, FieldError, NotFound, refuse_faults
from voting.domain.wording import (
    check_both,
    check_text,
    clean_line,
    clean_text,
    make_slug,
    read_words,
)
from voting.services.consultations.conduct import require_stage
from voting.store.consultations import (
    Audience,
    Consultation,
    Section,
    list_consultations,
)
from voting.store.proposals import Proposal

MOST_SECTIONS = 20
MOST_RETENTION = 120
_WORDS = {
    "title": ("the title", 200),
    "title_cy": ("the Welsh title", 200),
    "introduction": ("the introduction", 5_000),
    "introduction_cy": ("the Welsh introduction", 5_000),
    "privacy_notice": ("the privacy notice", 5_000),
    "privacy_notice_cy": ("the Welsh privacy notice", 5_000),
}
_SECTION = {
    "title": ("the heading", 200),
    "title_cy": ("the Welsh heading", 200),
    "introduction": ("the introduction", 2_000),
    "introduction_cy": ("the Welsh introduction", 2_000),
}


def create_consultation(
    session: Session, proposal: Proposal, *, title: str, now: dt.datetime
) -> Consultation:
    """Make a draft that closes in twelve weeks, with one section. Raises BadInput."""
    title = clean_line(title)
    refuse_faults(check_text("title", "the title", title, limit=200))
    taken = [each.slug for each in list_consultations(session, proposal.id)]
    consultation = Consultation(
        proposal=proposal,
        slug=make_slug(title, taken, fallback="consultation"),
        title=title,
        created_at=now,
        closes_at=(now + USUAL).replace(hour=17, minute=0, second=0, microsecond=0),
        sections=[Section(position=0, title="Questions", title_cy="Cwestiynau")],
    )
    session.add(consultation)
    session.flush()
    return consultation


def update_words(
    session: Session,
    consultation: Consultation,
    *,
    is_bilingual: bool,
    by_section: bool,
    asks_equality: bool,
    retention_months: int,
    **words: str,
) -> None:
    """Change what a draft says and how it is shown. Raises BadInput or Conflict."""
    require_stage(consultation, Stage.DRAFT)
    cleaned = {
        name: (clean_line if limit == 200 else clean_text)(words.get(name, ""))
        for name, (_, limit) in _WORDS.items()
    }
    faults = [
        fault
        for name, (told, limit) in _WORDS.items()
        for fault in check_text(name, told, cleaned[name], limit=limit, required=name == "title")
    ]
    if not 1 <= retention_months <= MOST_RETENTION:
        told = f"Enter a number of months from 1 to {MOST_RETENTION}."
        faults.append(FieldError("retention_months", told))
    refuse_faults(faults)
    for name, text in cleaned.items():
        setattr(consultation, name, text)
    consultation.is_bilingual, consultation.by_section = is_bilingual, by_section
    consultation.asks_equality, consultation.retention_months = asks_equality, retention_months
    touch(session, consultation)


def set_audiences(
    session: Session, consultation: Consultation, *, constituencies: Sequence[int], public: bool
) -> None:
    """Choose the constituencies that are consulted, and whether the public is. Raises BadInput."""
    require_stage(consultation, Stage.DRAFT)
    known = {each.id for each in consultation.proposal.constituencies}
    wanted: set[int | None] = set(constituencies)
    if not wanted <= known:
        raise BadInput([FieldError("audiences", "Select constituencies of this proposal.")])
    if public:
        wanted.add(None)
    if not wanted:
        raise BadInput([FieldError("audiences", "Select at least one.")])
    kept = [each for each in consultation.audiences if each.constituency_id in wanted]
    there = {each.constituency_id for each in kept}
    order = [*(each.id for each in consultation.proposal.constituencies), None]
    added = [Audience(constituency_id=each) for each in order if each in wanted - there]
    consultation.audiences = kept + added
    touch(session, consultation)


def set_dates(
    session: Session,
    consultation: Consultation,
    *,
    closes_at: dt.datetime,
    reason: str,
    reason_cy: str = "",
) -> None:
    """Set when a draft closes, with the reason for short or holiday dates. Raises BadInput."""
    require_stage(consultation, Stage.DRAFT)
    words = read_words(reason, reason_cy, bilingual=consultation.needs_welsh)
    refuse_faults(check_both("reason", "the reason", words, limit=1_000, required=False))
    consultation.closes_at = closes_at
    consultation.dates_reason, consultation.dates_reason_cy = words.english, words.welsh
    session.flush()


def mark_tested(session: Session, consultation: Consultation, *, now: dt.datetime) -> None:
    """Note that an organiser went through the draft as it stands."""
    if consultation.state == Stage.DRAFT:
        consultation.tested_at = now
        session.flush()


# ------------------------------------------------------------------ sections


def save_section(
    session: Session, consultation: Consultation, section: Section | None, **words: str
) -> Section:
    """Add a section at the end, or change one. Raises BadInput or Conflict."""
    require_stage(consultation, Stage.DRAFT)
    cleaned = {
        name: (clean_line if name.startswith("title") else clean_text)(words.get(name, ""))
        for name in _SECTION
    }
    refuse_faults(
        [
            fault
            for name, (told, limit) in _SECTION.items()
            for fault in check_text(
                name, told, cleaned[name], limit=limit, required=name == "title"
            )
        ]
    )
    if section is None:
        if len(consultation.sections) >= MOST_SECTIONS:
            raise Conflict(f"A consultation has at most {MOST_SECTIONS} sections.")
        section = Section(position=len(consultation.sections), **cleaned)
        consultation.sections.append(section)
    for name, text in cleaned.items():
        setattr(section, name, text)
    touch(session, consultation)
    return section


def remove_section(session: Session, section: Section) -> None:
    """Remove a section without questions. Raises Conflict when it has any."""
    consultation = section.consultation
    require_stage(consultation, Stage.DRAFT)
    if section.questions:
        raise Conflict("This section has questions. Move or remove them first.")
    consultation.sections.remove(section)
    for position, each in enumerate(consultation.sections):
        each.position = position
    touch(session, consultation)


def move_section(session: Session, section: Section, *, by: int) -> None:
    """Move a section one place up (-1) or down (1); at the end nothing happens."""
    consultation = section.consultation
    require_stage(consultation, Stage.DRAFT)
    order = list(consultation.sections)
    at = order.index(section)
    if 0 <= at + by < len(order):
        order.insert(at + by, order.pop(at))
        for position, each in enumerate(order):
            each.position = position
        touch(session, consultation)
        session.expire(consultation, ["sections"])


def find_section(consultation: Consultation, section_id: int) -> Section:
    """The section with this id; raises NotFound."""
    for section in consultation.sections:
        if section.id == section_id:
            return section
    raise NotFound("This consultation has no such section.")


def touch(session: Session, consultation: Consultation) -> None:
    """What was tested is not what stands here now."""
    consultation.tested_at = None
    session.flush()

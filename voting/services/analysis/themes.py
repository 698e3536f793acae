"""The code book: what many people said, in words that coders share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from voting.domain.errors import Conflict, FieldError, NotFound, refuse_faults
from voting.domain.wording import check_both, check_text, clean_line, clean_text, read_words
from voting.services.analysis.answering import record_change
from voting.store import analysis
from voting.store.analysis import Theme
from voting.store.consultations import Consultation

NAME_LIMIT = 120
MEANING_LIMIT = 1_000
MOST_THEMES = 200
DEEPEST = 3


def get_theme(session: Session, consultation: Consultation, theme_id: int) -> Theme:
    """A theme of this consultation; raises NotFound."""
    theme = session.get(Theme, theme_id)
    if theme is None or theme.consultation_id != consultation.id:
        raise NotFound("This consultation has no such theme.")
    return theme


def save_theme(
    session: Session,
    consultation: Consultation,
    *,
    theme: Theme | None,
    name: str,
    meaning: str,
    parent_id: int | None,
    now: dt.datetime,
    name_cy: str = "",
) -> Theme:
    """Add a theme, or change *theme*. Its name is public, so it is in Welsh as well where the
    consultation or its proposal is; once the response is published, what changes of it is told on
    the public trail.

    Raises BadInput naming ``name``, ``name_cy``, ``meaning``, ``parent``.
    """
    known = analysis.list_themes(session, consultation.id)
    name, meaning = clean_line(name), clean_text(meaning)
    words = read_words(name, clean_line(name_cy), bilingual=consultation.needs_welsh)
    faults = check_both("name", "the name of the theme", words, limit=NAME_LIMIT)
    faults += check_text(
        "meaning", "what belongs here", meaning, limit=MEANING_LIMIT, required=False
    )
    if any(other.name.casefold() == name.casefold() for other in known if other is not theme):
        faults.append(FieldError("name", "There is a theme with this name already."))
    faults += _check_parent(known, theme, parent_id)
    refuse_faults(faults)
    if theme is None:
        if len(known) >= MOST_THEMES:
            raise Conflict(f"A code book holds at most {MOST_THEMES} themes.")
        theme = Theme(consultation_id=consultation.id)
        session.add(theme)
    theme.name, theme.name_cy = words.english, words.welsh
    theme.meaning, theme.parent_id = meaning, parent_id
    session.flush()
    record_change(session, consultation, theme.name, now=now)
    return theme


def _check_parent(
    known: Sequence[Theme], theme: Theme | None, parent_id: int | None
) -> list[FieldError]:
    by_id = {other.id: other for other in known}
    above: list[int] = []
    place = parent_id
    while place is not None:
        if place not in by_id:
            return [FieldError("parent", "Select a theme of this consultation.")]
        if (theme is not None and place == theme.id) or place in above:
            return [FieldError("parent", "A theme cannot stand under itself.")]
        above.append(place)
        place = by_id[place].parent_id
    if len(above) >= DEEPEST:
        return [FieldError("parent", f"Themes stand at most {DEEPEST} deep.")]
    return []


def remove_theme(session: Session, theme: Theme, *, now: dt.datetime) -> None:
    """Take a theme out of the code book, and tell it on the public trail if its response is public.

    Raises Conflict while anything uses it, and once its answer is public.
    """
    consultation, name = theme.consultation, theme.name
    if consultation.answered_at is not None and theme.response:
        raise Conflict(
            f"The answer to “{theme.name}” is published, so the theme cannot be removed. Change "
            "its answer instead: the response is then published again."
        )
    if analysis.is_used(session, theme.id):
        uses = analysis.count_uses(session, theme.consultation_id).get(theme.id, 0)
        raise Conflict(
            f"The theme “{theme.name}” is in use: {uses} answers carry it, or other themes stand "
            "under it. Take the tags away, or give them another theme, before you remove it."
        )
    analysis.delete_theme(session, theme)
    record_change(session, consultation, name, now=now)


def sort_themes(themes: Sequence[Theme]) -> list[tuple[int, Theme]]:
    """(depth, theme) in the order of the code book: each theme before those under it."""
    below: dict[int | None, list[Theme]] = {}
    for theme in themes:
        below.setdefault(theme.parent_id, []).append(theme)

    def walk(parent: int | None, depth: int) -> list[tuple[int, Theme]]:
        return [
            found
            for theme in below.get(parent, [])
            for found in [(depth, theme), *walk(theme.id, depth + 1)]
        ]

    return walk(None, 0)

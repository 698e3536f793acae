"""We asked, you said, we did: the organisation's answer to each theme, and what came of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json
from voting.domain.errors import Conflict, FieldError, refuse_faults
from voting.domain.wording import check_both, read_words
from voting.services.analysis.moderation import require_closed
from voting.store import analysis
from voting.store.analysis import Theme, ThemeUpdate
from voting.store.consultations import Consultation
from voting.store.proposals import Act, append_act, list_acts_of
from voting.store.record import keep_text

TEXT_LIMIT = 5_000
STANCES = {
    "accepted": "Accepted",
    "not-accepted": "Not accepted, because",
    "open": "Still open",
}


def answer_theme(
    session: Session,
    consultation: Consultation,
    theme: Theme,
    *,
    summary: str,
    stance: str,
    response: str,
    now: dt.datetime,
    summary_cy: str = "",
    response_cy: str = "",
) -> bool:
    """Write what people said and what the organisation does about it, in Welsh as well where the
    consultation or its proposal is in both languages.

    Once the response is published, each change is on the public trail; whether this is one is
    returned. What says what it said is left as it was. Raises BadInput naming
    ``summary``, ``stance`` or ``response``, or the Welsh of one; Conflict before the close.
    """
    require_closed(consultation)
    bilingual = consultation.needs_welsh
    said = read_words(summary, summary_cy, bilingual=bilingual)
    done = read_words(response, response_cy, bilingual=bilingual)
    faults = check_both("summary", "what people said", said, limit=TEXT_LIMIT)
    if stance not in STANCES:
        faults.append(FieldError("stance", "Select what the organisation's answer is."))
    faults += check_both("response", "the organisation's answer", done, limit=TEXT_LIMIT)
    refuse_faults(faults)
    given = (said.english, said.welsh, stance, done.english, done.welsh)
    had = theme.summary, theme.summary_cy, theme.stance, theme.response, theme.response_cy
    if theme.responded_at is not None and given == had:
        return False
    theme.summary, theme.summary_cy, theme.stance, theme.response, theme.response_cy = given
    theme.responded_at = now
    session.flush()
    return record_change(session, consultation, theme.name, now=now)


def record_change(
    session: Session, consultation: Consultation, name: str, *, now: dt.datetime
) -> bool:
    """Put on the public trail that a published response is another now; *name* is the theme's.

    False, and nothing done, before the response is published, and when it says what it said.
    """
    themes = analysis.list_themes(session, consultation.id)
    if consultation.answered_at is None:
        return False
    told = _find_act(session, consultation, "response-published", "response-changed")
    if told is not None and _read_hash(told) == hash_response(themes):
        return False
    named = next((theme for theme in themes if theme.name == name), None)
    details = {"consultation": consultation.slug, "theme": name, "stance": ""}
    if named is not None:
        details |= _name(named) | {"stance": named.stance}
    details["hash"] = keep_response(session, consultation, themes)
    append_act(
        session, consultation.proposal_id, None, "response-changed", now=now, details=details
    )
    return True


def _name(theme: Theme) -> dict[str, str]:
    """The theme as an act names it, in Welsh too where there is any."""
    return {"theme": theme.name} | ({"theme_cy": theme.name_cy} if theme.name_cy else {})


def is_published(session: Session, consultation: Consultation) -> bool:
    """Whether the response says what it said when it was published last."""
    published = _find_act(session, consultation, "response-published")
    themes = analysis.list_themes(session, consultation.id)
    return published is not None and _read_hash(published) == hash_response(themes)


def find_change(session: Session, consultation: Consultation) -> dt.datetime | None:
    """When the response was last changed since it was published first; None if it never was."""
    changed = _find_act(session, consultation, "response-changed")
    return changed.at if changed else None


def _find_act(session: Session, consultation: Consultation, *kinds: str) -> Act | None:
    """The newest act of these kinds that is of this consultation."""
    acts = list_acts_of(session, consultation.proposal_id, *kinds)
    of_it = (act for act in acts if json.loads(act.body)["consultation"] == consultation.slug)
    return next(of_it, None)


def _read_hash(act: Act) -> str:
    return str(json.loads(act.body)["hash"])


def add_update(
    session: Session, theme: Theme, *, text: str, now: dt.datetime, text_cy: str = ""
) -> ThemeUpdate:
    """Say what came of a theme since, for good: it stands on the public trail, by its hash too.

    Raises BadInput, or Conflict before it was answered.
    """
    words = read_words(text, text_cy, bilingual=theme.consultation.needs_welsh)
    refuse_faults(check_both("text", "what happened since", words, limit=TEXT_LIMIT))
    if theme.consultation.answered_at is None:
        raise Conflict("The response is not published yet. Write this into the response itself.")
    made = ThemeUpdate(theme_id=theme.id, at=now, text=words.english, text_cy=words.welsh)
    theme.updates.append(made)
    session.flush()
    told = {"consultation": theme.consultation.slug, **_name(theme), **words.tell("text")}
    kept = canonical_json({"format": 1, **told, "on": now.date().isoformat()})
    told["sha256"] = keep_text(session, theme.consultation.proposal_id, kept)
    append_act(
        session,
        theme.consultation.proposal_id,
        None,
        "theme-updated",
        now=now,
        details=told,
    )
    return made


def describe_response(themes: list[Theme]) -> list[dict[str, object]]:
    """The answers as plain values, by name; their Welsh beside them where there is any."""
    return [
        {**english, **{f"{name}_cy": text for name, text in welsh.items()}}
        for english, welsh in zip(_tell(themes, ""), _tell_welsh(themes), strict=True)
    ]


def describe_in_welsh(themes: list[Theme]) -> list[dict[str, object]]:
    """The answers as plain values in Welsh, in English where there is none."""
    return [
        {**english, **welsh}
        for english, welsh in zip(_tell(themes, ""), _tell_welsh(themes), strict=True)
    ]


def _tell_welsh(themes: list[Theme]) -> list[dict[str, object]]:
    """What there is in Welsh of each answer."""
    return [
        {name: text for name, text in told.items() if text and name != "stance"}
        for told in _tell(themes, "_cy")
    ]


def _tell(themes: list[Theme], ending: str) -> list[dict[str, object]]:
    names = {theme.id: getattr(theme, f"name{ending}") for theme in themes}
    return [
        {
            "theme": names[theme.id],
            "under": names.get(theme.parent_id) if theme.parent_id else None,
            "said": getattr(theme, f"summary{ending}"),
            "stance": theme.stance,
            "answer": getattr(theme, f"response{ending}"),
        }
        for theme in themes
    ]


def hash_response(themes: list[Theme]) -> str:
    """The hexadecimal SHA-256 of the answers."""
    return hashlib.sha256(canonical_json(describe_response(themes))).hexdigest()


def keep_response(session: Session, consultation: Consultation, themes: list[Theme]) -> str:
    """Keep the answers as they are for the public record; their hexadecimal SHA-256."""
    return keep_text(session, consultation.proposal_id, canonical_json(describe_response(themes)))

"""What every page of the analysis needs: the consultation, its code book, and the way back."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from voting.domain.errors import NotFound
from voting.domain.retention import RESPONSES, require_kept
from voting.services import analysis
from voting.store import analysis as store
from voting.store.analysis import Theme
from voting.store.consultations import Consultation, ConsultationQuestion, find_consultation
from voting.store.database import db
from voting.store.responses import TEXT_KINDS
from voting.web.organiser import desk


def get_consultation(slug: str, consultation_slug: str) -> Consultation:
    """A consultation of a proposal of one's own; raises NotFound."""
    proposal = desk.get_proposal(slug)
    found = find_consultation(db.session(), proposal.id, consultation_slug)
    if found is None:
        raise NotFound("This proposal has no such consultation.")
    return found


def get_closed(slug: str, consultation_slug: str) -> Consultation:
    """As :func:`get_consultation`; raises Conflict while people may still change their answers.

    Until then nobody reads or counts what a person said, not even the organiser.
    """
    found = get_consultation(slug, consultation_slug)
    analysis.require_closed(found)
    return found


def get_kept(slug: str, consultation_slug: str) -> Consultation:
    """As :func:`get_closed`; raises Conflict once its answers were destroyed."""
    found = get_closed(slug, consultation_slug)
    require_kept(found.purged_at, RESPONSES)
    return found


def get_question(consultation: Consultation, question_id: int) -> ConsultationQuestion:
    """A question that is answered in words; raises NotFound."""
    for question in consultation.questions:
        if question.id == question_id and question.kind in TEXT_KINDS:
            return question
    raise NotFound("This consultation has no such question that is answered in words.")


def read_id(text: str | None) -> int | None:
    """A number of up to nine digits as it stands in an address or a hidden field, or None."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def list_book(consultation: Consultation) -> list[tuple[int, Theme]]:
    """The code book as it is shown: (depth, theme)."""
    return analysis.sort_themes(store.list_themes(db.session(), consultation.id))


def name_choices(book: list[tuple[int, Theme]], none: str | None = None) -> dict[str, str]:
    """The themes as the choices of a list, deeper ones set in."""
    choices = {str(theme.id): "\u2003" * depth + theme.name for depth, theme in book}
    return choices if none is None else {"": none, **choices}


def publish_again(consultation: Consultation) -> str:
    """Publish a response anew if it says something else than when it was; what to tell of it.

    Nothing happens before it was published first, or while a theme has no answer.
    """
    if consultation.answered_at is None or analysis.is_published(db.session(), consultation):
        return ""
    themes = store.list_themes(db.session(), consultation.id)
    if any(not theme.stance or not theme.response for theme in themes):
        return " It is published once every theme has an answer."
    analysis.publish_response(db.session(), consultation, now=desk.get_time())
    return " The response is published again, with a new edition of the report."


def show(template: str, consultation: Consultation, **context: Any) -> ResponseReturnValue:
    """A page of the analysis. ``way``: the address of the room, with what was searched for."""
    at = {"slug": consultation.proposal.slug, "consultation_slug": consultation.slug}
    return desk.show(
        f"analysis/{template}",
        consultation=consultation,
        proposal=consultation.proposal,
        at=at,
        way={**at, **context.pop("kept", {})},
        **context,
    )

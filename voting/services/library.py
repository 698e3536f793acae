"""The library of governance models: its built-in texts, and what an organiser put in their place.

An edit changes what is offered from then on. Options already chosen into proposals are copies.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from voting.domain.errors import FieldError, NotFound, refuse_faults
from voting.domain.governance import PARTS, GovernanceModel, ModelText
from voting.domain.wording import check_text, clean_line, clean_text
from voting.store.accounts import Account
from voting.store.hub import LibraryEdit, list_library, list_library_edits

NAMED = frozenset({"name"})
LINE, TEXT = 200, 5_000


def list_models(session: Session) -> list[tuple[GovernanceModel, LibraryEdit | None]]:
    """Every model as it reads now, with the edit that made it so."""
    edits = list_library_edits(session)
    return [(model, edits.get(model.code)) for model in list_library(session)]


def get_model(session: Session, code: str) -> tuple[GovernanceModel, LibraryEdit | None]:
    """One model as it reads now; raises NotFound."""
    for model, edit in list_models(session):
        if model.code == code:
            return model, edit
    raise NotFound("There is no such model.")


def edit_model(
    session: Session, code: str, *, account: Account, now: dt.datetime, **texts: str
) -> LibraryEdit:
    """Replace a model's texts: each part, and each part with ``_cy`` in Welsh.

    Raises BadInput with every fault by field; every part is needed in English.
    """
    get_model(session, code)
    faults: list[FieldError] = []
    cleaned: dict[str, str] = {}
    for part in PARTS:
        for name in (part, f"{part}_cy"):
            text = texts.get(name, "")
            cleaned[name] = clean_line(text) if part in NAMED else clean_text(text)
            limit = LINE if part in NAMED else TEXT
            label = f"the {part}{' in Welsh' if name != part else ''}"
            faults += check_text(name, label, cleaned[name], limit=limit, required=name == part)
    refuse_faults(faults)
    edit = list_library_edits(session).get(code) or LibraryEdit(code=code)
    edit.english = ModelText(**{part: cleaned[part] for part in PARTS}).to_json()
    edit.welsh = ModelText(**{part: cleaned[f"{part}_cy"] for part in PARTS}).to_json()
    edit.account_id, edit.at = account.id, now
    session.add(edit)
    session.flush()
    return edit


def restore_model(session: Session, code: str) -> None:
    """Give a model its built-in text back; nothing happens when it has it."""
    edit = list_library_edits(session).get(code)
    if edit is not None:
        session.delete(edit)
        session.flush()

"""What every page of the organiser's desk needs: whose proposal it is, how a refusal is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app, flash, render_template
from flask.typing import ResponseReturnValue

from voting.domain.errors import (
    BadInput,
    Conflict,
    FieldError,
    Forbidden,
    NotFound,
    Refusal,
    TooLarge,
)
from voting.domain.lifecycle import State
from voting.sealing import Sealer
from voting.store import polls, proposals
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.proposals import Constituency, Proposal
from voting.web.access import current_account
from voting.web.forms import list_faults

ROLE = "organiser"
PAGES_OF_THEIR_OWN = (NotFound, Forbidden, Conflict, TooLarge)


def get_time() -> dt.datetime:
    """The present moment; the one clock of this desk."""
    return dt.datetime.now(dt.UTC)


def get_sealer() -> Sealer:
    """What seals keys and seeds at rest."""
    sealer: Sealer = current_app.extensions["voting.sealer"]
    return sealer


def get_organisation() -> str:
    """The organisation that runs this service, as the operator named it."""
    return str(current_app.extensions["voting.settings"].organisation)


def get_proposal(slug: str) -> Proposal:
    """The proposal with this slug if the account organises it; raises NotFound for all others."""
    session = db.session()
    proposal = proposals.find_proposal(session, slug)
    if proposal is None or not proposals.has_role(session, proposal.id, current_account().id, ROLE):
        raise NotFound("There is no proposal of yours at this address.")
    return proposal


def get_constituency(slug: str, code: str) -> Constituency:
    """One constituency of a proposal of one's own; raises NotFound."""
    for constituency in get_proposal(slug).constituencies:
        if constituency.code == code:
            return constituency
    raise NotFound("This proposal has no such constituency.")


def get_poll(slug: str, poll_slug: str) -> Poll:
    """A poll of a proposal of one's own; raises NotFound."""
    poll = polls.find_poll(db.session(), get_proposal(slug).id, poll_slug)
    if poll is None:
        raise NotFound("This proposal has no such vote.")
    return poll


def get_draft(slug: str, poll_slug: str) -> Poll:
    """A poll of one's own that may still be edited; raises NotFound, or Conflict once frozen."""
    poll = get_poll(slug, poll_slug)
    if poll.state != State.DRAFT:
        raise Conflict(
            "This vote is frozen. Its questions, rules and dates can no longer be changed."
        )
    return poll


def get_frozen(slug: str, poll_slug: str) -> Poll:
    """A poll of one's own that has been frozen; raises NotFound, or Conflict for a draft."""
    poll = get_poll(slug, poll_slug)
    if poll.state == State.DRAFT:
        raise Conflict("This vote is still a draft. Freeze it first.")
    return poll


def show(template: str, *, status: int = 200, **context: Any) -> ResponseReturnValue:
    """The page, with the status that its form deserves: 422 when a field is at fault."""
    form = context.get("form")
    faults = list_faults(form) if form is not None else []
    if faults and status == 200:
        status = 422
    return render_template(f"organiser/{template}", faults=faults, **context), status


def tell(message: str) -> None:
    """Show *message* once, at the top of the next page."""
    flash(message, "success")


@contextmanager
def faults_shown(form: Any, **names: str) -> Iterator[None]:
    """Turn a service's refusal into errors of *form*; nothing of the act stays.

    *names* maps a service's field name to the form's. Refusals with a page of their own are left
    to the door.
    """
    try:
        yield
    except PAGES_OF_THEIR_OWN:
        raise
    except Refusal as refusal:
        db.session.rollback()
        place_faults(form, refusal, names)


def place_faults(form: Any, refusal: Refusal, names: dict[str, str]) -> None:
    """Put each fault of *refusal* beside its field, or above the form when it has none."""
    faults = (
        refusal.errors
        if isinstance(refusal, BadInput)
        else [FieldError(refusal.field or "", refusal.message)]
    )
    for fault in faults:
        field = find_field(form, names.get(fault.field, fault.field))
        if field is None:
            form.form_errors.append(fault.message)
        elif fault.message not in field.errors:
            field.errors = [*field.errors, fault.message]


def find_field(form: Any, name: str) -> Any:
    """The field called *name*, also inside lists and parts ("options-1-text"), or None."""
    for field in walk_fields(form):
        if name in (field.name, field.id):
            return field
    return None


def walk_fields(form: Any) -> Iterator[Any]:
    """Every field of *form* in the order shown, those inside its parts included."""
    for field in form:
        if hasattr(field, "entries"):
            yield from walk_fields(field)
        elif hasattr(field, "form"):
            yield from walk_fields(field.form)
        else:
            yield field

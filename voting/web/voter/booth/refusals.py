"""What a voter is shown, or their browser's script is told, when the booth cannot go on."""

from __future__ import annotations

import json

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge

from voting.belenios.errors import ProtocolError
from voting.domain.errors import Conflict, Refusal
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.proposals import list_acts
from voting.web import errors
from voting.web.errors import wants_json
from voting.web.languages import tell_own
from voting.web.sentences import in_words_of_reader
from voting.web.voter.booth.visit import Elsewhere

STATUS = {"unknown": 404, "replaced": 410, "expired": 403, "no_receipt": 404}


def show_elsewhere(elsewhere: Elsewhere) -> ResponseReturnValue:
    """The page that says where the voter stands, or the same in one sentence for the script."""
    changing = request.method == "POST"
    status = STATUS.get(elsewhere.page, 409 if changing else 200)
    poll = elsewhere.poll
    if wants_json():
        return jsonify(error=_sentence(elsewhere.page), retry=False), status
    reason = find_reason(poll) if poll and elsewhere.page == "cancelled" else ""
    page = render_template(f"voter/booth/{elsewhere.page}.html", poll=poll, reason=reason)
    return page, status


def _sentence(page: str) -> str:
    sentences: dict[str, str] = {
        "expired": _(
            "Your visit has ended. Open the link in your letter again. Your vote was not cast."
        ),
        "replaced": _(
            "Your link has been replaced by a newer one. Your vote was not cast from this page."
        ),
        "not_open": _("Voting has not opened yet. Your vote was not cast."),
        "closed": _("Voting has closed. Your vote was not cast from this page."),
        "cancelled": _("This vote has been cancelled. Your vote was not cast from this page."),
    }
    return sentences.get(page) or str(_("Your vote was not cast from this page."))


def find_reason(poll: Poll) -> str:
    """The public reason the poll was cancelled for, from the trail of acts."""
    for act in reversed(list_acts(db.session(), poll.proposal_id, poll.id)):
        if act.kind == "cancelled":
            return tell_own(json.loads(act.body), "reason")
    return ""


def tell_refusal(refusal: Refusal) -> ResponseReturnValue:
    """Say to the script why the ballot was not taken; pages are the door's own."""
    if not (wants_json() and isinstance(refusal, Conflict)):
        return errors.tell_refusal(refusal)
    told = in_words_of_reader(refusal.message)
    return jsonify(error=told, retry=refusal.code == Conflict.code), 409


def tell_protocol_error(error: ProtocolError) -> ResponseReturnValue:
    """Say to the script what is wrong with the ballot's seal."""
    if not wants_json():
        return errors.tell_protocol_error(error)
    told = _("Your vote was not cast, because its seal is not right: %(fault)s.", fault=error)
    return jsonify(error=told, retry=False), 422


def show_expired(_error: CSRFError) -> ResponseReturnValue:
    """The token against forgery is not known any more, because the session it belongs to ended."""
    return show_elsewhere(Elsewhere("expired"))


def tell_too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """A ballot over the limit is refused before it is read."""
    if not wants_json():
        return errors.tell_http_error(error)
    told = _("Your vote was not cast, because it is larger than any vote can be (1 MB).")
    return jsonify(error=told, retry=False), 413

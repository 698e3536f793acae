"""The page behind the link of an independent issuer, who sends voting codes and no links.

The code stands behind the # of the address, so it never reaches this service: the browser keeps it
until the voter opens the personal link of the service's own letter.
"""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.errors import NotFound
from voting.domain.lifecycle import State
from voting.store import polls, proposals
from voting.store.database import db
from voting.web.access import guard

blueprint = Blueprint("issued", __name__)
guard(blueprint, "public")

WANTED = (State.READY, State.OPEN)


@blueprint.get("/p/<slug>/<poll_slug>/code")
def show(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Say that the personal link is needed as well; raises NotFound where no issuer makes codes."""
    readable = slug.isprintable() and poll_slug.isprintable()
    proposal = proposals.find_proposal(db.session(), slug) if readable else None
    poll = polls.find_poll(db.session(), proposal.id, poll_slug) if proposal else None
    if poll is None or poll.state == State.DRAFT or not poll.issuer:
        raise NotFound(_("There is no vote at this address."))
    return render_template("issued/show.html", poll=poll, is_wanted=poll.state in WANTED)

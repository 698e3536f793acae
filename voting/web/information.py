"""The parts of a proposal's public page that have pages of their own."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from voting.domain.errors import NotFound
from voting.store import hub as hubs
from voting.store.database import db
from voting.web.access import guard
from voting.web.hub import get_public

blueprint = Blueprint("information", __name__, url_prefix="/p/<slug>")
guard(blueprint, "public")


@blueprint.get("/options")
def options(slug: str) -> ResponseReturnValue:
    """Every option with its benefits, drawbacks, cost and source, side by side."""
    found = get_public(slug)
    listed = hubs.list_options(db.session(), found.proposal.id)
    if not listed:
        raise NotFound("This proposal has no options to compare yet.")
    return render_template("information/options.html", proposal=found, options=listed)

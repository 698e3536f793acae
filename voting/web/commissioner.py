"""The commissioner's desk: every vote and, once published, its outcome."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from voting.domain.lifecycle import State
from voting.services import publication
from voting.store import polls, proposals
from voting.store.database import db
from voting.web.access import guard

blueprint = Blueprint("commissioner", __name__, url_prefix="/commissioner")
guard(blueprint, "commissioner")


@blueprint.get("/")
def outcomes() -> ResponseReturnValue:
    """Every vote that has been frozen, newest proposal first."""
    session = db.session()
    rows = [
        (poll, publication.outcome_of(poll) if poll.state == State.PUBLISHED else None)
        for proposal in proposals.list_proposals(session)
        for poll in polls.list_polls(session, proposal.id)
        if poll.state != State.DRAFT
    ]
    return render_template("commissioner/outcomes.html", rows=rows)

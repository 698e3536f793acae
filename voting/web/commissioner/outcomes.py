"""Every proposal to decide on, every vote and, once published, its outcome."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from voting.domain.errors import NotFound
from voting.domain.lifecycle import State
from voting.services import decisions, publication
from voting.store import polls, proposals
from voting.store.database import db
from voting.store.decisions import find_decision
from voting.web.access import current_account, guard
from voting.web.downloads import download_archive

blueprint = Blueprint("commissioner", __name__, url_prefix="/commissioner")
guard(blueprint, "commissioner")

ROLE = "commissioner"


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
    mine = [
        (proposal, find_decision(session, proposal.id), decisions.list_obstacles(session, proposal))
        for proposal in proposals.list_proposals_of(session, current_account().id, ROLE)
    ]
    return render_template("commissioner/outcomes.html", rows=rows, mine=mine)


@blueprint.get("/archives/<uuid>.bel")
def archive(uuid: str) -> ResponseReturnValue:
    """The whole archive of one constituency, also where the public one ends before the papers."""
    session = db.session()
    election = polls.find_election_by_uuid(session, uuid)
    if election is None or election.poll.state != State.PUBLISHED:
        raise NotFound("There is no archive at this address.")
    return download_archive(election)

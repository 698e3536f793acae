"""Every proposal to decide on, every vote and, once published, its outcome."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, stream_with_context
from flask.typing import ResponseReturnValue

from voting.domain.errors import NotFound
from voting.domain.lifecycle import State
from voting.services import publication
from voting.store import polls, proposals
from voting.store.database import db
from voting.web.access import current_account, guard

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
    mine = proposals.list_proposals_of(session, current_account().id, ROLE)
    return render_template("commissioner/outcomes.html", rows=rows, mine=mine)


@blueprint.get("/archives/<uuid>.bel")
def archive(uuid: str) -> ResponseReturnValue:
    """The whole archive of one constituency, also where the public one ends before the papers."""
    session = db.session()
    election = polls.find_election_by_uuid(session, uuid)
    if election is None or election.poll.state != State.PUBLISHED:
        raise NotFound("There is no archive at this address.")
    stream = publication.archive_stream(session, election)
    answer = Response(stream_with_context(stream), mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{uuid}.bel"'
    answer.content_length = publication.archive_size(session, election)
    return answer

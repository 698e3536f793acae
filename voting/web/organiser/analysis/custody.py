"""What was taken out of answers, for the custodian of a proposal alone. Each look is kept."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from voting.domain.errors import NotFound
from voting.domain.retention import RESPONSES, require_kept
from voting.services import analysis
from voting.services.analysis import CUSTODIAN
from voting.store import proposals, releases
from voting.store.consultations import find_consultation, list_consultations
from voting.store.database import db
from voting.store.proposals import Proposal
from voting.web.access import current_account, guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.analysis import room
from voting.web.organiser.fields import line

blueprint = Blueprint("custody", __name__, url_prefix="/organiser/custody")
guard(blueprint, "organiser")


class LookForm(Form):
    """Why the custodian looks at what was taken out."""

    reason = line("Why you look", missing="Enter why you look at it")


def get_kept(slug: str) -> Proposal:
    """The proposal whose custodian the account is; raises NotFound for all others."""
    session = db.session()
    proposal = proposals.find_proposal(session, slug)
    account = current_account()
    if proposal is None or not proposals.has_role(session, proposal.id, account.id, CUSTODIAN):
        raise NotFound("There is no proposal at this address whose custodian you are.")
    return proposal


@blueprint.get("/<slug>")
def index(slug: str) -> ResponseReturnValue:
    """Every answer that words were taken out of, with the reasons; not the words."""
    session, proposal = db.session(), get_kept(slug)
    held = list_consultations(session, proposal.id)
    return desk.show(
        "analysis/originals.html",
        proposal=proposal,
        rows=[(each, releases.list_redacted(session, each.id)) for each in held],
    )


@blueprint.route("/<slug>/<consultation_slug>/answers/<int:answer_id>", methods=["GET", "POST"])
def original(slug: str, consultation_slug: str, answer_id: int) -> ResponseReturnValue:
    """An answer as it was given, for the custodian of this proposal alone; each look is kept."""
    session, proposal = db.session(), get_kept(slug)
    consultation = find_consultation(session, proposal.id, consultation_slug)
    if consultation is None:
        raise NotFound("This proposal has no such consultation.")
    require_kept(consultation.purged_at, RESPONSES)
    found = analysis.get_answer(session, consultation, answer_id)
    form, text = LookForm(), ""
    if form.validate_on_submit():
        with desk.faults_shown(form):
            text = analysis.read_original(
                session,
                consultation,
                found,
                account=current_account(),
                reason=form.reason.data,
                sealer=desk.get_sealer(),
                now=desk.get_time(),
            )
    return room.show("original.html", consultation, form=form, answer=found, text=text)

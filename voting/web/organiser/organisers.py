"""Who organises a proposal: more than one where a second person has to check, or to read too."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from voting.services import proposals
from voting.store.accounts import get_account
from voting.store.database import db
from voting.store.proposals import has_role, list_accounts_in
from voting.web.access import current_account, guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.fields import line

blueprint = Blueprint("organisers", __name__, url_prefix="/organiser/proposals/<slug>/organisers")
guard(blueprint, "organiser")


class OrganiserForm(Form):
    """The address of one more organiser's account."""

    email = line(
        "Email address of the organiser",
        missing="Enter the email address of the organiser",
        longest=254,
        hint="The operator of this service makes accounts for organisers.",
        render_kw={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"},
    )


@blueprint.route("", methods=["GET", "POST"])
def index(slug: str) -> ResponseReturnValue:
    """Those who organise, and a form to name one more."""
    session, proposal = db.session(), desk.get_proposal(slug)
    form = OrganiserForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            named = proposals.name_organiser(
                session,
                proposal,
                email=form.email.data,
                actor=current_account(),
                now=desk.get_time(),
            )
            desk.tell(f"{named.full_name or named.email} organises this proposal with you.")
            return redirect(url_for("organisers.index", slug=slug), 303)
    return desk.show(
        "organisers/index.html",
        form=form,
        proposal=proposal,
        organisers=list_accounts_in(session, proposal.id, desk.ROLE),
    )


@blueprint.route("/<int:account_id>/withdraw", methods=["GET", "POST"])
def withdraw(slug: str, account_id: int) -> ResponseReturnValue:
    """Ask whether somebody shall organise it no more, and do it; twice is no fault."""
    session, proposal, form = db.session(), desk.get_proposal(slug), ConfirmForm()
    if not has_role(session, proposal.id, account_id, desk.ROLE):
        return redirect(url_for("organisers.index", slug=slug), 303)
    account, actor = get_account(session, account_id), current_account()
    if form.validate_on_submit():
        proposals.withdraw_organiser(
            session, proposal, account_id, actor=actor, now=desk.get_time()
        )
        desk.tell(f"{account.full_name or account.email} does not organise it any more.")
        if account_id == actor.id:
            return redirect(url_for("proposals.dashboard"), 303)
        return redirect(url_for("organisers.index", slug=slug), 303)
    return desk.show("organisers/withdraw.html", form=form, proposal=proposal, account=account)

"""Who decides on a proposal: commissioners named by its organiser."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from voting.services import decisions
from voting.store.database import db
from voting.store.proposals import list_accounts_in
from voting.web.access import current_account, guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import line

blueprint = Blueprint(
    "commissioners", __name__, url_prefix="/organiser/proposals/<slug>/commissioners"
)
guard(blueprint, "organiser")


class CommissionerForm(Form):
    """The address of a commissioner's account."""

    email = line(
        "Email address of the commissioner",
        missing="Enter the email address of the commissioner",
        longest=254,
        hint="The operator of this service makes accounts for commissioners.",
        render_kw={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"},
    )


@blueprint.route("", methods=["GET", "POST"])
def index(slug: str) -> ResponseReturnValue:
    """Those who decide, and a form to name one more."""
    session, proposal = db.session(), desk.get_proposal(slug)
    form = CommissionerForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            named = decisions.name_commissioner(
                session,
                proposal,
                email=form.email.data,
                actor=current_account(),
                now=desk.get_time(),
            )
            desk.tell(f"{named.full_name or named.email} can decide on this proposal.")
            return redirect(url_for("commissioners.index", slug=slug), 303)
    return desk.show(
        "commissioners/index.html",
        form=form,
        proposal=proposal,
        named=list_accounts_in(session, proposal.id, decisions.COMMISSIONER),
    )

"""A constituency that is too small to be counted by itself is joined to another."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.validators import InputRequired

from voting.services import hub, proposals
from voting.store import roll
from voting.store.database import db
from voting.store.polls import list_polls_using
from voting.store.proposals import Constituency
from voting.web.access import current_account, guard
from voting.web.forms import Form
from voting.web.organiser import desk

blueprint = Blueprint(
    "joining", __name__, url_prefix="/organiser/proposals/<slug>/constituencies/<code>/join"
)
guard(blueprint, "organiser")


class JoinForm(Form):
    """Which other constituency its people vote in."""

    other = RadioField(
        "Where shall they vote?",
        validators=[InputRequired("Choose the constituency in which they shall vote")],
    )


@blueprint.route("", methods=["GET", "POST"])
def ask(slug: str, code: str) -> ResponseReturnValue:
    """Tell what would happen with each of the others, and do it. Doing it twice is no fault."""
    session, proposal = db.session(), desk.get_proposal(slug)
    if any(c.code == code and c.joined_to_id for c in proposal.every_constituency):
        return redirect(url_for("proposals.show", slug=slug), 303)
    constituency = desk.get_constituency(slug, code)
    others = {c.code: c for c in proposal.constituencies if c is not constituency}
    form = JoinForm()
    form.other.choices = [(c.code, describe(constituency, c)) for c in others.values()]
    if form.validate_on_submit():
        with desk.faults_shown(form):
            other, now = others[form.other.data], desk.get_time()
            proposals.join_constituency(
                session, constituency, other, actor=current_account(), now=now
            )
            hub.keep_version(session, proposal, now=now)
            desk.tell(f"Everyone on the roll of {constituency.name} votes in {other.name} now.")
            return redirect(url_for("proposals.show", slug=slug), 303)
    return desk.show(
        "proposals/join_constituency.html",
        form=form,
        proposal=proposal,
        constituency=constituency,
        electors=roll.count_electors(session, constituency.id),
        is_fixed=bool(list_polls_using(session, constituency.id)),
    )


def describe(constituency: Constituency, other: Constituency) -> str:
    """How large *other* would be."""
    session = db.session()
    both = roll.count_on_both(session, constituency.id, other.id)
    whole = roll.count_electors(session, constituency.id) + roll.count_electors(session, other.id)
    told = f"{other.name}: {whole - both:,} people together"
    if both:
        told += f", {both:,} of them on both rolls, with one vote each"
    return told

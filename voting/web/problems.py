"""Where a voter reports that something is wrong with the ballot box, and follows the report.

Anyone may report; nobody says who they are unless they want to. A tracking number comes here by
POST, so that it never stands in an address.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as marked
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from voting.domain.disputes import LONGEST_CONTACT, LONGEST_WORDS, Kind
from voting.domain.errors import BadInput, Closed, NotFound, NotOpen
from voting.domain.lifecycle import State, checked_until, require_reporting_open
from voting.services import disputes
from voting.store import polls, proposals
from voting.store.database import db
from voting.store.polls import Poll
from voting.web.access import guard
from voting.web.forms import Form, list_faults
from voting.web.languages import tell_own
from voting.web.sentences import in_words_of_reader

blueprint = Blueprint("problems", __name__, url_prefix="/p/<slug>/<poll_slug>")
guard(blueprint, "public")

KINDS: dict[str, Any] = {
    Kind.NOT_FOUND: marked("My tracking number is not found"),
    Kind.REPLACED: marked("My vote is shown as replaced, and I did not vote again"),
    Kind.NOT_MINE: marked("I was told of a vote that I did not cast"),
    Kind.OTHER: marked("Something else"),
}


class ReportForm(Form):
    """What went wrong; nothing that says how anyone voted."""

    kind = RadioField(
        marked("What went wrong?"),
        [InputRequired(marked("Choose what went wrong."))],
        validate_choice=False,
    )
    tracker = StringField(
        marked("Tracking number, if you have one"),
        [Length(max=200, message=marked("A tracking number has 25 digits. Check this one."))],
        description=marked("The 25 digits of your receipt. Spaces do not matter."),
    )
    constituency = SelectField(marked("Which part of the vote is it about?"), validate_choice=False)
    words = TextAreaField(
        marked("What happened? (optional)"),
        [Length(max=LONGEST_WORDS, message=marked("Use at most 2,000 characters."))],
        description=marked("Do not say how you voted, and do not enter your voting code."),
    )
    contact = StringField(
        marked("How can you be reached? (optional)"),
        [Length(max=LONGEST_CONTACT, message=marked("Use at most 254 characters."))],
        description=marked(
            "Leave this empty if your number is found in the ballot box: no vote is ever kept "
            "beside an address."
        ),
    )


def get_time() -> dt.datetime:
    """The present moment; the one clock of this desk."""
    return dt.datetime.now(dt.UTC)


def get_poll(slug: str, poll_slug: str) -> Poll:
    """The poll at this address once it is frozen; raises NotFound (drafts are not public)."""
    readable = slug.isprintable() and poll_slug.isprintable()
    proposal = proposals.find_proposal(db.session(), slug) if readable else None
    poll = polls.find_poll(db.session(), proposal.id, poll_slug) if proposal else None
    if poll is None or poll.state == State.DRAFT:
        raise NotFound(_("There is no vote at this address."))
    return poll


@blueprint.route("/report", methods=["GET", "POST"])
def report(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Report a problem while it can still be looked into before the count."""
    poll = get_poll(slug, poll_slug)
    try:
        require_reporting_open(poll.timetable, get_time())
    except (NotOpen, Closed) as refusal:
        told = in_words_of_reader(refusal.message)
        return render_template("public/problems/over.html", poll=poll, told=told), 409
    form = make_form(poll)
    if "words" in request.form and form.validate_on_submit():
        try:
            kept = keep(poll, form)
            return redirect(
                url_for("problems.show", slug=slug, poll_slug=poll_slug, reference=kept.reference),
                303,
            )
        except BadInput as refusal:
            db.session.rollback()
            for fault in refusal.errors:
                form[fault.field].errors = [in_words_of_reader(fault.message)]
    status = 422 if list_faults(form) else 200
    until = checked_until(poll.timetable)
    return render_template("public/problems/report.html", poll=poll, form=form, until=until), status


def make_form(poll: Poll) -> ReportForm:
    """The empty form, or as it was sent; a tracking number is taken along from its page."""
    form = ReportForm()
    form.kind.choices = {str(kind): str(told) for kind, told in KINDS.items()}
    names = {c.code: tell_own(c, "name") for c in poll.proposal.constituencies}
    form.constituency.choices = {"": str(_("I do not know")), **names}
    return form


def keep(poll: Poll, form: ReportForm) -> Any:
    """Hand the report in."""
    return disputes.report(
        db.session(),
        poll,
        kind=form.kind.data or "",
        tracker=form.tracker.data or "",
        words=form.words.data or "",
        contact=form.contact.data or "",
        constituency=form.constituency.data or "",
        now=get_time(),
    )


@blueprint.get("/reports/<reference>")
def show(slug: str, poll_slug: str, reference: str) -> ResponseReturnValue:
    """What became of one report: that it waits, or what was decided and why."""
    poll = get_poll(slug, poll_slug)
    kept = disputes.get_dispute(db.session(), poll, reference)
    return render_template("public/problems/show.html", poll=poll, report=kept)

"""Codes made by an independent issuer: who that is, the files for them, and the list they made."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from voting.domain.errors import BadInput, FieldError, NotFound
from voting.services import issuing
from voting.store.database import db
from voting.store.issuing import Issue, list_issues
from voting.store.polls import Poll
from voting.store.proposals import Constituency
from voting.web.access import guard
from voting.web.downloads import download
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import line

blueprint = Blueprint(
    "issuer", __name__, url_prefix="/organiser/proposals/<slug>/polls/<poll_slug>/issuer"
)
guard(blueprint, "organiser")


class IssuerForm(Form):
    """Who makes the codes."""

    issuer = line(
        "Independent issuer of the codes (leave empty if this service makes them)",
        hint="A person or body that works neither for you nor for the operator of this service, "
        "for example a scrutineer. The name is published and stands in every letter.",
    )
    issuer_contact = line(
        "How voters reach the issuer",
        longest=300,
        hint="A telephone number or address, for a code that has not come.",
    )
    issuer_contact_cy = line("How voters reach the issuer, in Welsh", longest=300)


class ListForm(Form):
    """The public list that the issuer made."""

    file = FileField("public-credentials.json, as the issuer made it")


def get_constituency(poll: Poll, code: str) -> Constituency:
    """The constituency with this code; raises NotFound."""
    for constituency in poll.proposal.constituencies:
        if constituency.code == code:
            return constituency
    raise NotFound("This proposal has no such constituency.")


def get_issue(slug: str, poll_slug: str, code: str) -> tuple[Poll, Issue]:
    """A poll of one's own and what its issuer was asked for; raises NotFound."""
    poll = desk.get_poll(slug, poll_slug)
    return poll, issuing.get_issue(db.session(), poll, get_constituency(poll, code))


def back(poll: Poll) -> ResponseReturnValue:
    """To the page of the issuer."""
    return redirect(url_for("issuer.show", slug=poll.proposal.slug, poll_slug=poll.slug), 303)


@blueprint.route("", methods=["GET", "POST"])
def show(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Say who makes the codes, and see how far their lists are."""
    poll = desk.get_poll(slug, poll_slug)
    form = IssuerForm(obj=poll)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            issuing.set_issuer(
                db.session(),
                poll,
                name=form.issuer.data or "",
                contact=form.issuer_contact.data or "",
                contact_cy=form.issuer_contact_cy.data or "",
            )
            desk.tell("It is saved who makes the codes.")
            return back(poll)
    return desk.show("issuer/show.html", poll=poll, form=form, rows=list_rows(poll))


def list_rows(poll: Poll) -> list[dict[str, Any]]:
    """Each constituency with what was asked for."""
    issues = {issue.constituency_id: issue for issue in list_issues(db.session(), poll.id)}
    return [
        {"constituency": each, "issue": issues.get(each.id)}
        for each in poll.proposal.constituencies
    ]


@blueprint.post("/<code>/files")
def begin(slug: str, poll_slug: str, code: str) -> ResponseReturnValue:
    """Fix what the issuer is asked for; an earlier list of theirs is then worthless."""
    poll = desk.get_draft(slug, poll_slug)
    issuing.begin(db.session(), poll, get_constituency(poll, code), now=desk.get_time())
    desk.tell("The files for the issuer are made. Download both and hand them over.")
    return back(poll)


@blueprint.get("/<code>/roll.csv")
def roll_file(slug: str, poll_slug: str, code: str) -> ResponseReturnValue:
    """The roll for the issuer."""
    _poll, issue = get_issue(slug, poll_slug, code)
    lines = issuing.write_issue_roll(db.session(), issue)
    return download(stream_with_context(lines), "text/csv; charset=utf-8", f"{code}-roll.csv")


@blueprint.get("/<code>/election.json")
def election_file(slug: str, poll_slug: str, code: str) -> ResponseReturnValue:
    """What names the election to the issuer."""
    poll, issue = get_issue(slug, poll_slug, code)
    here = url_for("issued.show", slug=slug, poll_slug=poll_slug)
    page = current_app.extensions["voting.settings"].base_url.rstrip("/") + here
    task = issuing.make_task(poll, issue, page=page)
    return download(task, "application/json", f"{code}-election.json")


@blueprint.route("/<code>/list", methods=["GET", "POST"])
def receive(slug: str, poll_slug: str, code: str) -> ResponseReturnValue:
    """Take the public list in, if it covers the roll exactly."""
    poll, issue = get_issue(slug, poll_slug, code)
    form = ListForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            sent = form.file.data
            content = sent.read() if sent else b""
            if not content:
                raise BadInput([FieldError("file", "Select the file that the issuer made")])
            issuing.receive(db.session(), poll, issue, content, now=desk.get_time())
            desk.tell("The list is taken: everyone on the roll has one valid credential.")
            return back(poll)
    return desk.show("issuer/receive.html", poll=poll, issue=issue, form=form)

"""A frozen vote: watched, opened, extended, cancelled, counted and published."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from voting.domain.errors import Conflict
from voting.domain.holding import Holding
from voting.domain.lifecycle import State, checked_until
from voting.services import correspondence, keys, publication, tallying, trustees
from voting.services import polls as desk_polls
from voting.store import proposals
from voting.store.database import db
from voting.store.disputes import count_undecided, list_disputes
from voting.store.polls import Poll
from voting.store.scrutiny import list_unreported
from voting.web.access import current_account, guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.fields import line, paragraph
from voting.web.organiser.times import read_moment, split_moment
from voting.web.sending import look_now, read_base_url

blueprint = Blueprint(
    "conduct", __name__, url_prefix="/organiser/proposals/<slug>/polls/<poll_slug>/conduct"
)
guard(blueprint, "organiser")


class ReasonForm(Form):
    """A public reason."""

    reason = paragraph(
        "Public reason",
        missing="Enter the reason. It is published",
        longest=1000,
        rows=3,
        hint="Everyone can read it on the page of this vote.",
    )
    reason_cy = paragraph("Public reason in Welsh", longest=1000, rows=3)


class ExtendForm(ReasonForm):
    """A later closing time, with a public reason."""

    closes_on = line(
        "New closing date", missing="Enter the new closing date", render_kw={"type": "date"}
    )
    closes_hour = line(
        "New closing time", missing="Enter the new closing time", render_kw={"type": "time"}
    )

    def read_moment(self) -> dt.datetime | None:
        """The new closing time; None, with the fault beside its field, if it is none."""
        return read_moment(self.closes_on, self.closes_hour)


class PublishForm(Form):
    """The number of letters with the result, typed to confirm them."""

    typed = line(
        "Number of people this letter goes to",
        missing="Enter the number of people this letter goes to",
        longest=20,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


def list_trail(poll: Poll) -> list[dict[str, Any]]:
    """The public acts of this poll, in order."""
    acts = proposals.list_acts(db.session(), poll.proposal_id, poll.id)
    return [
        {**json.loads(act.body), "at": act.at, "kind": act.kind, "hash": act.hash} for act in acts
    ]


def is_demo() -> bool:
    """Whether this is the demonstration, where a vote may be closed early."""
    return bool(current_app.extensions["voting.settings"].demo)


def seals_at(poll: Poll) -> dt.datetime:
    """When the ballot box is sealed: the closing time and its grace."""
    if poll.closes_at is None:
        raise Conflict("This vote has no closing time.")
    return poll.closes_at + dt.timedelta(minutes=poll.grace_minutes)


def back(poll: Poll) -> ResponseReturnValue:
    """To the page where this vote is watched."""
    return redirect(url_for("conduct.show", slug=poll.proposal.slug, poll_slug=poll.slug), 303)


@blueprint.get("")
def show(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Where the vote stands: turnout only, what can be done now, and the public trail."""
    poll = desk.get_poll(slug, poll_slug)
    if poll.state == State.DRAFT:
        return redirect(url_for("polls.show", slug=slug, poll_slug=poll_slug), 303)
    return desk.show(
        "conduct/show.html",
        poll=poll,
        now=desk.get_time(),
        seals_at=seals_at(poll),
        turnout=publication.turnout(db.session(), poll),
        trail=list_trail(poll),
        demo=is_demo(),
        counts_from=checked_until(poll.timetable),
        problems=list_disputes(db.session(), poll.id),
        hindrance=desk_polls.find_hindrance(db.session(), poll),
        how_far=trustees.find_progress(db.session(), poll),
        form=ConfirmForm(),
    )


@blueprint.post("/open")
def open_now(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Open a vote whose opening time has come, without waiting for the next sweep."""
    poll = desk.get_frozen(slug, poll_slug)
    if poll.state == State.READY:
        desk_polls.open_poll(db.session(), poll, now=desk.get_time())
        desk.tell("The vote is open.")
    return back(poll)


@blueprint.route("/extend", methods=["GET", "POST"])
def extend(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Move the closing time later, with a public reason."""
    poll = desk.get_frozen(slug, poll_slug)
    closes_on, closes_hour = split_moment(poll.closes_at)
    form = ExtendForm(closes_on=closes_on, closes_hour=closes_hour)
    if form.validate_on_submit():
        closes_at = form.read_moment()
        if closes_at is not None and closes_at == poll.closes_at and is_extended(poll, form):
            return back(poll)
        if closes_at is not None:
            with desk.faults_shown(form, closes_at="closes_on"):
                desk_polls.extend(
                    db.session(),
                    poll,
                    closes_at=closes_at,
                    reason=form.reason.data,
                    reason_cy=form.reason_cy.data or "",
                    actor=current_account(),
                    now=desk.get_time(),
                )
                desk.tell("The closing time is moved.")
                return back(poll)
    return desk.show("conduct/extend.html", poll=poll, form=form)


def is_extended(poll: Poll, form: ExtendForm) -> bool:
    """Whether the newest extension is this very form, sent twice."""
    extensions = [act for act in list_trail(poll) if act["kind"] == "extended"]
    return bool(extensions) and extensions[-1].get("reason") == form.reason.data


@blueprint.route("/cancel", methods=["GET", "POST"])
def cancel(slug: str, poll_slug: str) -> ResponseReturnValue:
    """End the vote without a result, with a public reason. Twice is once."""
    poll = desk.get_frozen(slug, poll_slug)
    if poll.state == State.CANCELLED:
        return back(poll)
    form = ReasonForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_polls.cancel(
                db.session(),
                poll,
                reason=form.reason.data,
                reason_cy=form.reason_cy.data or "",
                actor=current_account(),
                now=desk.get_time(),
            )
            for election in poll.elections:
                keys.destroy(db.session(), election, now=desk.get_time())
            desk.tell("The vote is cancelled.")
            return back(poll)
    return desk.show("conduct/cancel.html", poll=poll, form=form)


@blueprint.route("/close", methods=["GET", "POST"])
def close(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Seal the ballot box once the time and its grace are over; earlier only in a demonstration."""
    poll = desk.get_frozen(slug, poll_slug)
    if poll.state not in (State.OPEN, State.READY):
        return back(poll)
    over = poll.state == State.OPEN and desk.get_time() > seals_at(poll)
    form = ConfirmForm() if over else ReasonForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            seal_box(poll, over, form)
            desk.tell("The ballot box is sealed.")
            return back(poll)
    return desk.show(
        "conduct/close.html",
        poll=poll,
        form=form,
        over=over,
        demo=is_demo(),
        seals_at=seals_at(poll),
    )


def seal_box(poll: Poll, over: bool, form: Form) -> None:
    """Close the poll; raises Conflict before its time outside a demonstration."""
    session, now = db.session(), desk.get_time()
    if not over:
        if not is_demo():
            raise Conflict("Voting is still open. It closes by itself at the closing time.")
        desk_polls.close_early_for_demo(session, poll, reason=form["reason"].data, now=now)
        now = desk.get_time()  # strictly after the new closing time
    tallying.close(session, poll, now=now)


@blueprint.route("/count", methods=["GET", "POST"])
def count(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Ask for the count, and see how far it is. The worker counts; asking twice is asking once.

    Asked for during the checking period, the count begins when that is over and every problem that
    was reported is decided.
    """
    poll = desk.get_frozen(slug, poll_slug)
    if poll.state in (State.DECLARED, State.PUBLISHED):
        return redirect(url_for("conduct.outcome", slug=slug, poll_slug=poll_slug), 303)
    if poll.state not in (State.CLOSED, State.COUNTING):
        return back(poll)
    form = ConfirmForm()
    if form.validate_on_submit():
        if poll.counting_wanted_at is None:
            poll.counting_wanted_at = desk.get_time()
        look_now()
        return redirect(url_for("conduct.count", slug=slug, poll_slug=poll_slug), 303)
    return desk.show(
        "conduct/count.html",
        how_far=trustees.find_progress(db.session(), poll),
        poll=poll,
        form=form,
        waits_until=find_wait(poll),
        undecided=count_undecided(db.session(), poll.id),
    )


def find_wait(poll: Poll) -> dt.datetime | None:
    """The end of the checking period while the count has to wait for it."""
    ends_at = checked_until(poll.timetable)
    return ends_at if poll.state == State.CLOSED and desk.get_time() < ends_at else None


@blueprint.get("/outcome")
def outcome(slug: str, poll_slug: str) -> ResponseReturnValue:
    """The declared outcome, before and after it is published."""
    poll = desk.get_frozen(slug, poll_slug)
    if poll.state not in (State.DECLARED, State.PUBLISHED):
        return back(poll)
    return show_outcome(poll, PublishForm(formdata=None))


def show_outcome(poll: Poll, form: PublishForm) -> ResponseReturnValue:
    """The declared outcome, and before it is published the letter that goes out with it."""
    session, preview, unreported = db.session(), None, []
    if poll.state == State.DECLARED:
        preview = correspondence.preview_bulk(session, poll, "result", base_url=read_base_url())
    if poll.key_holding == Holding.SCRUTINEERS:
        unreported = list_unreported(session, poll.id)
    return desk.show(
        "conduct/outcome.html",
        poll=poll,
        outcome=publication.outcome_of(poll),
        unreported=unreported,
        preview=preview,
        form=form,
    )


@blueprint.post("/publish")
def publish(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Publish the outcome and send the result to everyone on the roll. Twice is once."""
    poll = desk.get_frozen(slug, poll_slug)
    if poll.state == State.PUBLISHED:
        return back(poll)
    if poll.state != State.DECLARED:
        raise Conflict("This vote has not been counted yet, so there is no outcome to publish.")
    publication.require_reports(db.session(), poll)
    form = PublishForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            correspondence.confirm_result(db.session(), poll, typed=form.typed.data)
            publication.publish(db.session(), poll, now=desk.get_time(), actor=current_account())
            look_now()
            desk.tell("The outcome is published. Everyone on the roll is sent the result.")
            return back(poll)
    return show_outcome(poll, form)

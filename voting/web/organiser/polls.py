"""A draft vote on its way to being frozen: its task list, details, dates, preview and freeze."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from voting.domain.holding import Holding
from voting.domain.lifecycle import State
from voting.domain.rules import MOST_CHECKING, MOST_GRACE
from voting.services import keys, trustees
from voting.services import polls as desk_polls
from voting.services.polls import Changes, Task, Untold
from voting.store import polls, roll
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.proposals import Proposal
from voting.web.access import current_account, guard
from voting.web.forms import ConfirmForm, Form
from voting.web.languages import NAMES
from voting.web.organiser import desk
from voting.web.organiser.fields import Choice, Pick, line, paragraph
from voting.web.organiser.times import read_moment, split_moment

blueprint = Blueprint("polls", __name__, url_prefix="/organiser/proposals/<slug>")
guard(blueprint, "organiser")

GROUPS = {
    "Ed25519": "Ed25519 (recommended: fast on phones)",
    "BELENIOS-2048": "BELENIOS-2048 (for the Debian verifier, belenios-tool 2.0; slower on phones)",
    "RFC-3526-2048": "RFC-3526-2048 (as that one, where options are ranked, graded or scored)",
}
DAY: dict[str, Any] = {"render_kw": {"type": "date"}}
HOUR: dict[str, Any] = {"render_kw": {"type": "time"}}
TASK_PAGES = {
    "purpose": "proposals.edit",
    "questions": "questions.index",
    "languages": "polls.languages",
    "rolls": "proposals.show",
    "rules": "rules.index",
    "dates": "polls.dates",
    "sealing": "polls.settings",
    "keys": "scrutineers.index",
    "codes": "issuer.show",
}
WARNING_PAGES = {"purpose": "hub.texts"}
"""Where what a task warns of is mended, if not on the page of the task."""
MOMENTS = {"opens_at": ("opens_on", "opens_hour"), "closes_at": ("closes_on", "closes_hour")}


class PollForm(Form):
    """What a vote is called and how it introduces itself."""

    title = line(
        "Title of the vote",
        missing="Enter the title of the vote",
        hint="It stands in the subject of every letter, for example “Shall we form a mutual?”.",
    )
    title_cy = line("Title in Welsh")
    introduction = paragraph(
        "Introduction (optional)",
        hint="One or two sentences that voters read first.",
    )
    introduction_cy = paragraph("Introduction in Welsh")

    def read_texts(self, proposal: Proposal) -> Changes:
        """What was typed; the Welsh only where the page asks for it."""
        texts = Changes(title=self.title.data, introduction=self.introduction.data)
        if proposal.is_bilingual:
            texts["title_cy"] = self.title_cy.data
            texts["introduction_cy"] = self.introduction_cy.data
        return texts


class SettingsForm(Form):
    """How votes are sealed, and what is shown while people vote."""

    group = Choice(
        "How are votes sealed?",
        missing="Select how votes are sealed",
        choices=GROUPS,
    )
    show_ballot_count = BooleanField(
        "Show the public how many votes are in the ballot box while it is open"
    )


class DatesForm(Form):
    """When voting opens and closes, in the United Kingdom's clock time."""

    opens_on = line("Opening date", missing="Enter the date on which voting opens", **DAY)
    opens_hour = line("Opening time", missing="Enter the time at which voting opens", **HOUR)
    closes_on = line("Closing date", missing="Enter the date on which voting closes", **DAY)
    closes_hour = line("Closing time", missing="Enter the time at which voting closes", **HOUR)
    grace_minutes = Pick(
        "Grace after closing",
        missing="Select a grace from the list",
        choices={"0": "None", "1": "1 minute"}
        | {str(minutes): f"{minutes} minutes" for minutes in range(2, MOST_GRACE + 1)},
        hint="Someone who began before the closing time may finish within it.",
    )

    checking_hours = Pick(
        "Checking period",
        missing="Select a checking period from the list",
        choices={"0": "None", "24": "1 day (recommended)"}
        | {str(24 * days): f"{days} days" for days in range(2, MOST_CHECKING // 24 + 1)},
        hint="Between the close and the count, voters check that their vote is in the ballot box "
        "and can report a problem. Nothing can be counted before it ends.",
    )

    def read_moment(self, name: str) -> dt.datetime | None:
        """The moment called opens_at or closes_at; None, with the fault beside its field."""
        return read_moment(*(self[part] for part in MOMENTS[name]))


@blueprint.route("/new-vote", methods=["GET", "POST"])
def create(slug: str) -> ResponseReturnValue:
    """Make a draft vote; the same form sent twice makes one."""
    proposal = desk.get_proposal(slug)
    form = PollForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            poll = find_untouched(proposal, form) or make_draft(proposal, form)
            return redirect(url_for("polls.show", slug=slug, poll_slug=poll.slug), 303)
    return show_details(proposal, form, None)


def find_untouched(proposal: Proposal, form: PollForm) -> Poll | None:
    """A draft with this title and introduction and no question yet: the form was sent twice."""
    typed = form.read_texts(proposal)
    for poll in polls.list_polls(db.session(), proposal.id):
        same = all(getattr(poll, name) == text for name, text in typed.items())
        if same and poll.state == State.DRAFT and not poll.questions:
            return poll
    return None


def make_draft(proposal: Proposal, form: PollForm) -> Poll:
    """A new draft with the usual rule for every constituency."""
    session, now = db.session(), desk.get_time()
    poll = desk_polls.create_poll(session, proposal, title=form.title.data, now=now)
    return desk_polls.update_poll(session, poll, now=now, **form.read_texts(proposal))


@blueprint.get("/polls/<poll_slug>")
def show(slug: str, poll_slug: str) -> ResponseReturnValue:
    """A draft's task list; once frozen, the way to where the vote is watched."""
    poll = desk.get_poll(slug, poll_slug)
    if poll.state != State.DRAFT:
        return redirect(url_for("conduct.show", slug=slug, poll_slug=poll_slug), 303)
    tasks = desk_polls.list_tasks(db.session(), poll, now=desk.get_time())
    rows = [describe_task(poll, task) for task in tasks]
    written = {code: url_for(page, slug=slug) for code, page in WARNING_PAGES.items()}
    return desk.show("polls/show.html", poll=poll, tasks=tasks, rows=rows, written=written)


def describe_task(poll: Poll, task: Task) -> dict[str, str]:
    """One line of the task list: where it leads, and what it still lacks."""
    place: dict[str, Any] = {"slug": poll.proposal.slug}
    if task.code not in ("purpose", "rolls"):
        place["poll_slug"] = poll.slug
    is_set = task.code == "dates" and poll.opens_at is not None and poll.closes_at is not None
    return {
        "title": task.title,
        "href": url_for(TASK_PAGES[task.code], **place),
        "state": "problem" if is_set and task.problems else task.state,
        "hint": tell_untold(task) if task.code == "languages" else " ".join(task.problems),
    }


def tell_untold(task: Task) -> str:
    """How many texts stand in one language alone; the page behind it lists them."""
    number = len(task.problems)
    if not number:
        return ""
    return f"{number} text{' is' if number == 1 else 's are'} in one language alone."


@blueprint.route("/polls/<poll_slug>/details", methods=["GET", "POST"])
def details(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Change the title and the introduction."""
    poll = desk.get_draft(slug, poll_slug)
    form = PollForm(obj=poll)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_polls.update_poll(
                db.session(), poll, now=desk.get_time(), **form.read_texts(poll.proposal)
            )
            desk.tell("The details are saved.")
            return redirect(url_for("polls.show", slug=slug, poll_slug=poll.slug), 303)
    return show_details(poll.proposal, form, poll)


def show_details(proposal: Proposal, form: PollForm, poll: Poll | None) -> ResponseReturnValue:
    """The page of the title and the introduction, in Welsh too where the proposal is in both."""
    return desk.show(
        "polls/details.html",
        form=form,
        proposal=proposal,
        poll=poll,
        bilingual=proposal.is_bilingual,
    )


@blueprint.get("/polls/<poll_slug>/languages")
def languages(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Every text that stands in one language alone, each with a way to its field."""
    poll = desk.get_draft(slug, poll_slug)
    return desk.show("polls/languages.html", poll=poll, untold=list_untold(poll))


UNTOLD_PAGES = {
    "proposal": "hub.texts",
    "contact": "proposals.edit",
    "details": "polls.details",
    "question": "questions.edit",
    "grades": "counting.edit",
    "constituency": "proposals.rename_constituency",
    "holding": "scrutineers.arrangement",
    "issuer": "issuer.show",
}


def list_untold(poll: Poll) -> list[tuple[str, str]]:
    """What is missing in one language, and the address of the field to write it in."""
    return [(untold.message, find_field(poll, untold)) for untold in desk_polls.list_untold(poll)]


def find_field(poll: Poll, untold: Untold) -> str:
    """The address of the field that is empty in one language."""
    place: dict[str, Any] = {"slug": poll.proposal.slug, "_anchor": untold.field}
    if untold.page in ("details", "question", "grades", "holding", "issuer"):
        place["poll_slug"] = poll.slug
    if untold.page in ("question", "grades"):
        place["question_id"] = untold.key
    if untold.page == "constituency":
        place["code"] = untold.key
    return url_for(UNTOLD_PAGES[untold.page], **place)


@blueprint.route("/polls/<poll_slug>/settings", methods=["GET", "POST"])
def settings(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Choose how votes are sealed and what the public sees while people vote."""
    poll = desk.get_draft(slug, poll_slug)
    form = SettingsForm(obj=poll)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_polls.update_poll(
                db.session(),
                poll,
                group=form.group.data,
                show_ballot_count=form.show_ballot_count.data,
                now=desk.get_time(),
            )
            desk.tell("The settings are saved.")
            return redirect(url_for("polls.show", slug=slug, poll_slug=poll_slug), 303)
    return desk.show("polls/settings.html", form=form, poll=poll)


@blueprint.route("/polls/<poll_slug>/dates", methods=["GET", "POST"])
def dates(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Say when voting opens and closes."""
    poll = desk.get_draft(slug, poll_slug)
    form = DatesForm(data=describe_dates(poll))
    if form.validate_on_submit():
        opens_at, closes_at = form.read_moment("opens_at"), form.read_moment("closes_at")
        if not form.errors:
            with desk.faults_shown(form, opens_at="opens_on", closes_at="closes_on"):
                desk_polls.update_poll(
                    db.session(),
                    poll,
                    grace_minutes=int(form.grace_minutes.data),
                    checking_hours=int(form.checking_hours.data),
                    now=desk.get_time(),
                    opens_at=opens_at,
                    closes_at=closes_at,
                )
                desk.tell("The dates are saved.")
                return redirect(url_for("polls.show", slug=slug, poll_slug=poll_slug), 303)
    return desk.show("polls/dates.html", form=form, poll=poll)


def describe_dates(poll: Poll) -> dict[str, str]:
    """The stored dates as the form's starting values."""
    opens_on, opens_hour = split_moment(poll.opens_at)
    closes_on, closes_hour = split_moment(poll.closes_at)
    return {
        "opens_on": opens_on,
        "opens_hour": opens_hour,
        "closes_on": closes_on,
        "closes_hour": closes_hour,
        "grace_minutes": str(poll.grace_minutes),
        "checking_hours": str(poll.checking_hours),
    }


@blueprint.get("/polls/<poll_slug>/preview")
def preview(slug: str, poll_slug: str) -> ResponseReturnValue:
    """What voters will read and answer, in either language. Nothing chosen here is sent."""
    poll = desk.get_poll(slug, poll_slug)
    language = request.args.get("language", "en")
    if language not in NAMES or not poll.is_bilingual:
        language = "en"
    return desk.show("polls/preview.html", poll=poll, language=language, names=NAMES)


@blueprint.route("/polls/<poll_slug>/freeze", methods=["GET", "POST"])
def freeze(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Show everything as it will be frozen, say what that means, and do it. Twice is once."""
    poll = desk.get_poll(slug, poll_slug)
    if poll.state != State.DRAFT:
        return redirect(url_for("conduct.show", slug=slug, poll_slug=poll_slug), 303)
    form = ConfirmForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            make_ready(poll)
            desk.tell(tell_next(poll))
            return redirect(url_for("conduct.show", slug=slug, poll_slug=poll_slug), 303)
    session = db.session()
    return desk.show(
        "polls/freeze.html",
        form=form,
        poll=poll,
        tasks=desk_polls.list_tasks(session, poll, now=desk.get_time()),
        untold=list_untold(poll),
        sizes={c.id: roll.count_electors(session, c.id) for c in poll.proposal.constituencies},
        groups=GROUPS,
    )


def tell_next(poll: Poll) -> str:
    """What comes after the freeze."""
    if poll.key_holding == Holding.SIMPLE:
        return "The vote is frozen. Send the invitations next."
    return (
        "The vote is frozen. The scrutineers are asked to approve it; send the invitations "
        "meanwhile."
    )


def make_ready(poll: Poll) -> None:
    """Make the keys and codes of every constituency, fix everything, and tell the scrutineers."""
    desk_polls.freeze(
        db.session(),
        poll,
        actor=current_account(),
        now=desk.get_time(),
        prepare_election=partial(keys.prepare_election, sealer=desk.get_sealer()),
    )
    trustees.owe_turns(db.session(), poll, now=desk.get_time())

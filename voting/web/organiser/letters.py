"""Letters of a frozen vote: what goes out to whom, what did not arrive, and new links."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from voting.domain.errors import Conflict, NotFound
from voting.domain.lifecycle import State
from voting.services import correspondence
from voting.store import letters, roll
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.roll import Elector
from voting.web.access import current_account, guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.fields import Choice, line
from voting.web.sending import TOO_SOON, look_now, read_base_url, tell_test

blueprint = Blueprint(
    "letters", __name__, url_prefix="/organiser/proposals/<slug>/polls/<poll_slug>/letters"
)
guard(blueprint, "organiser")

KINDS = {
    "invitation": "Invitation",
    "reminder": "Reminder",
    "replacement": "Replacement link",
    "receipt": "Receipt",
    "closed": "Close, and how to check",
    "result": "Result",
    "test": "Test",
    "scrutineer-invitation": "Scrutineer’s invitation",
    "scrutineer-turn": "Scrutineer’s next step",
    "scrutineer-problem": "Problem reported, to the scrutineers",
}
STATES = ("owed", "sending", "sent", "deferred", "bounced", "failed", "withdrawn")
SENT_BY_HAND = {State.READY: ("invitation",), State.OPEN: ("invitation", "reminder")}
TELLING = ("receipt", "reminder")  # who was owed one tells who has voted, or has not
ELSEWHERE = (
    "scrutineer-invitation",
    "scrutineer-turn",
    "scrutineer-problem",
)  # shown beside each scrutineer
FOUND = 20  # people shown for one search


class SendForm(Form):
    """The number of recipients, typed to confirm a bulk letter."""

    typed = line(
        "Number of people this letter goes to",
        missing="Enter the number of people this letter goes to",
        longest=20,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    seen = HiddenField()  # how often this kind had been sent when the page was shown


class ReplaceForm(Form):
    """Why a link is replaced, and who asked for it."""

    asked = Choice(
        "Who asks for a new link?",
        missing="Select who asks for a new link",
        choices={
            "voter": "The voter, who told me so",
            "organiser": "Nobody: the letter did not arrive",
        },
    )
    reason = line(
        "Reason",
        missing="Enter why the link is replaced",
        longest=500,
        hint="Kept with the record of this vote, and not published. Do not name the person.",
    )


def read_letter_kinds(poll: Poll) -> tuple[str, ...]:
    """The letters that can be sent by hand now."""
    return SENT_BY_HAND.get(State(poll.state), ())


@blueprint.get("")
def index(slug: str, poll_slug: str) -> ResponseReturnValue:
    """How many letters of each kind are where, and what can be sent now."""
    poll = desk.get_frozen(slug, poll_slug)
    counts = correspondence.status_counts(db.session(), poll)
    if poll.state == State.OPEN:
        counts.pop("receipt", None)  # as many as have voted
    return desk.show(
        "letters/index.html",
        poll=poll,
        counts=counts,
        failures=count_failures(counts),
        kinds=KINDS,
        states=STATES,
        to_send=read_letter_kinds(poll),
        most_reminders=correspondence.MAX_REMINDERS,
        form=ConfirmForm(),
    )


def count_failures(counts: dict[str, dict[str, int]]) -> int:
    """How many letters did not arrive, of the kinds that may be shown with a name."""
    shown = (by_state for kind, by_state in counts.items() if kind not in TELLING + ELSEWHERE)
    return sum(by.get("bounced", 0) + by.get("failed", 0) for by in shown)


@blueprint.route("/send/<kind>", methods=["GET", "POST"])
def send(slug: str, poll_slug: str, kind: str) -> ResponseReturnValue:
    """Show who a letter goes to and how it reads; send it once the number is typed.

    The same form sent twice sends once: a letter that went out since the page was shown is not
    sent again.
    """
    poll = desk.get_frozen(slug, poll_slug)
    if kind not in KINDS:
        raise NotFound("There is no letter of this kind.")
    session = db.session()
    rounds = str(letters.count_rounds(session, poll.id, kind))
    form = SendForm(seen=rounds)
    if form.is_submitted() and form.seen.data != rounds:
        return redirect(url_for("letters.index", slug=slug, poll_slug=poll_slug), 303)
    preview = correspondence.preview_bulk(session, poll, kind, base_url=read_base_url())
    if form.validate_on_submit():
        with desk.faults_shown(form):
            number = correspondence.queue_bulk(
                session, poll, kind, typed=form.typed.data, now=desk.get_time()
            )
            look_now()
            noun = "letter is" if number == 1 else "letters are"
            desk.tell(f"{number:,} {noun} on the way.")
            return redirect(url_for("letters.index", slug=slug, poll_slug=poll_slug), 303)
    return desk.show("letters/send.html", poll=poll, form=form, preview=preview, kinds=KINDS)


@blueprint.post("/test/<kind>")
def send_test(slug: str, poll_slug: str, kind: str) -> ResponseReturnValue:
    """Send a test copy to one's own address; its link does not work. A draft has them too."""
    poll = desk.get_poll(slug, poll_slug)
    is_dated = poll.opens_at is not None and poll.closes_at is not None
    if not is_dated and kind != "scrutineer-invitation":
        raise Conflict("Set the opening and closing times first: the letter names them.")
    account, now = current_account(), desk.get_time()
    try:
        sent = correspondence.send_test(db.session(), poll, kind, account=account, now=now)
    except Conflict:
        desk.tell(TOO_SOON)
    else:
        look_now()
        tell_test(len(sent))
    return redirect(find_page_before(poll, kind), 303)


def find_page_before(poll: Poll, kind: str) -> str:
    """Where a test letter is asked for: the page that shows how the letter reads."""
    place: dict[str, Any] = {"slug": poll.proposal.slug, "poll_slug": poll.slug}
    if kind == "scrutineer-invitation":
        return url_for("scrutineers.invite", **place)
    if poll.state == State.DRAFT:
        return url_for("polls.preview", **place)
    if kind == "result":
        return url_for("conduct.outcome", **place)
    if request.form.get("back") == "send":
        return url_for("letters.send", kind=kind, **place)
    return url_for("letters.index", **place)


@blueprint.get("/needs-contact")
def failures(slug: str, poll_slug: str) -> ResponseReturnValue:
    """People whose letter did not arrive, and why; never a letter that tells who has voted."""
    poll = desk.get_frozen(slug, poll_slug)
    found = correspondence.list_failures(db.session(), poll)
    rows = [failure for failure in found if failure.kind not in TELLING]
    return desk.show("letters/failures.html", poll=poll, rows=rows, kinds=KINDS, form=ConfirmForm())


@blueprint.post("/retry")
def retry(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Try letters that did not arrive again: one, or all."""
    poll = desk.get_frozen(slug, poll_slug)
    chosen = request.form.get("letter", type=int)
    number = correspondence.retry_failed(
        db.session(), poll, now=desk.get_time(), letter_ids=None if chosen is None else [chosen]
    )
    look_now()
    noun = "letter is" if number == 1 else "letters are"
    desk.tell(f"{number:,} {noun} tried again.")
    return redirect(url_for("letters.failures", slug=slug, poll_slug=poll_slug), 303)


@blueprint.get("/people")
def people(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Find a person on the roll, to send them a new link."""
    poll = desk.get_frozen(slug, poll_slug)
    searched = request.args.get("find", "").strip()[:200]
    found = list_people(poll, searched) if searched else []
    return desk.show(
        "letters/people.html", poll=poll, searched=searched, found=found[:FOUND], most=FOUND
    )


def list_people(poll: Poll, searched: str) -> list[Elector]:
    """People on the vote's rolls whose name, address or reference contains what was typed."""
    found: list[Elector] = []
    for election in poll.elections:
        room = FOUND + 1 - len(found)
        found += roll.search_electors(
            db.session(), election.constituency_id, searched, limit=max(room, 1)
        )
    return found


def get_elector(poll: Poll, elector_id: int) -> Elector:
    """A person on one of the vote's rolls; raises NotFound."""
    for election in poll.elections:
        elector = roll.find_elector(db.session(), election.constituency_id, elector_id)
        if elector is not None:
            return elector
    raise NotFound("This person is not on the roll of this vote.")


@blueprint.route("/people/<int:elector_id>/new-link", methods=["GET", "POST"])
def replace(slug: str, poll_slug: str, elector_id: int) -> ResponseReturnValue:
    """Void a person's link and send them a new one. The same form sent twice does it once."""
    poll = desk.get_frozen(slug, poll_slug)
    elector = get_elector(poll, elector_id)
    form = ReplaceForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            if request.form.get("generation") == str(elector.link_generation):
                correspondence.replace_link(
                    db.session(),
                    poll,
                    elector,
                    reason=form.reason.data,
                    voter_asked=form.asked.data == "voter",
                    account=current_account(),
                    now=desk.get_time(),
                )
                look_now()
            desk.tell("The old link is void. A letter with a new one is on the way.")
            return redirect(url_for("letters.people", slug=slug, poll_slug=poll_slug), 303)
    return desk.show("letters/replace.html", poll=poll, elector=elector, form=form)

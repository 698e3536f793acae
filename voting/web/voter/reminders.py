"""Stop reminders: one POST, which a mail program may send by itself (RFC 8058).

The address stands in the header of every reminder. It asks for no visit, cookie or token of a form:
the signed part of the address is what a mail program has. Nobody is taken off the roll by it.
"""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.errors import NotFound
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.roll import Elector
from voting.web.access import Links, guard
from voting.web.languages import greet_in

blueprint = Blueprint("reminders", __name__)
guard(blueprint, "elector")


def find_reader(token: str) -> tuple[Poll, Elector]:
    """The poll and the elector of a link, replaced ones included; raises NotFound."""
    links: Links = current_app.extensions["voting.links"]
    link = links.read_voter_token(token)
    poll, elector = db.session.get(Poll, link.poll_id), db.session.get(Elector, link.elector_id)
    if poll is None or elector is None:
        raise NotFound(_("This link does not work any more."))
    greet_in(elector.language)
    return poll, elector


@blueprint.get("/v/<token>/stop")
def ask(token: str) -> ResponseReturnValue:
    """A button; opening the page changes nothing."""
    poll, elector = find_reader(token)
    return render_template(
        "voter/reminders.html", poll=poll, token=token, stopped=not elector.wants_reminders
    )


@blueprint.post("/v/<token>/stop")
def stop(token: str) -> ResponseReturnValue:
    """Send this person no more reminders. Twice is once."""
    poll, elector = find_reader(token)
    elector.wants_reminders = False
    return render_template("voter/reminders.html", poll=poll, token=token, stopped=True)

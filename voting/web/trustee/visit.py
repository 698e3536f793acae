"""The page behind a scrutineer's link, and the page that says what is to be done now."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from voting.domain.holding import Standing, Step
from voting.services import trustees
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.trustees import Scrutineer, list_scrutineers
from voting.web import watching


def landing(token: str) -> ResponseReturnValue:
    """Whose link it is and what for, and a button; nothing is begun."""
    scrutineer = watching.read_link(token)
    return render_template(
        "trustee/landing.html", scrutineer=scrutineer, poll=scrutineer.poll, token=token
    )


def begin(token: str) -> ResponseReturnValue:
    """Begin the visit of the scrutineer the link was sent to."""
    scrutineer = watching.read_link(token)
    watching.begin(scrutineer)
    return to_home(scrutineer)


def to_home(scrutineer: Scrutineer) -> ResponseReturnValue:
    """To the page that says what is to be done now."""
    return redirect(url_for("trustee.home", scrutineer_id=scrutineer.id), 303)


def home(scrutineer_id: int) -> ResponseReturnValue:
    """What is to be done now, by whom, and what has been done."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    session = db.session()
    return render_template(
        "trustee/home.html",
        scrutineer=scrutineer,
        poll=scrutineer.poll,
        step=trustees.find_step(session, scrutineer),
        people=list_scrutineers(session, scrutineer.poll_id),
        awaited=list_awaited(scrutineer.poll),
        boxes=list_boxes(scrutineer),
        progress=trustees.find_progress(session, scrutineer.poll),
    )


def list_boxes(scrutineer: Scrutineer) -> list[dict[str, Any]]:
    """The ballot boxes whose count waits for this scrutineer, and for what."""
    session = db.session()
    return [
        {"election": election, "kind": trustees.find_awaited(session, election).kind}
        for election in scrutineer.poll.elections
        if trustees.is_asked(session, scrutineer, election)
    ]


def list_awaited(poll: Poll) -> list[dict[str, Any]]:
    """Every scrutineer with what they are waited for, in order; ``step`` is wait for the others."""
    session = db.session()
    people = list_scrutineers(session, poll.id)
    steps = [(person, trustees.find_step(session, person)) for person in people]
    return [{"person": person, "step": step} for person, step in steps if step is not Step.WAIT]


def find_safety(poll: Poll) -> dict[str, Any]:
    """How many keys are lost, and whether enough are left to count."""
    standings: list[Standing] = trustees.list_standings(db.session(), poll)
    lost = sum(one.has_lost for one in standings)
    left = len(standings) - lost
    return {"lost": lost, "left": left, "spare": left - poll.threshold}

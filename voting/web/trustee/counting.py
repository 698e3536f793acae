"""A scrutineer at the count: check the ballot box, mix it where needed, and open one's part."""

from __future__ import annotations

import math

from flask import (
    current_app,
    flash,
    jsonify,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue

from voting.domain.errors import BadInput, Conflict
from voting.domain.holding import MINIMUM_COUNTED
from voting.domain.lifecycle import State
from voting.services import trustees
from voting.store.database import db
from voting.store.polls import Election
from voting.store.trustees import Scrutineer
from voting.web import bulk, watching
from voting.web.downloads import download_archive
from voting.web.errors import wants_json
from voting.web.trustee.uploads import GiveForm, place_faults, read_upload
from voting.web.trustee.visit import to_home

SEALED = (State.CLOSED, State.COUNTING, State.DECLARED, State.PUBLISHED)
LARGE = 5_000  # votes in a box: more take a browser minutes; the program is several times as fast
SOON = 5  # seconds that nobody needs to be told of
CHECK_MS = {"shuffle": (2.1, 13), "decryption": (1.0, 11), "nothing": (0, 0)}
"""Twice what the check of one mixed vote took one processor, on Ed25519 and in a finite field."""
THANKS = {
    "shuffle": "You have mixed the votes of {}.",
    "decryption": "You have opened your part of the count of {}.",
}


def count(scrutineer_id: int, uuid: str) -> ResponseReturnValue:
    """What is asked for one ballot box: mix its votes, or open one's part of its count."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    election = trustees.get_election(scrutineer, uuid)
    if not trustees.is_asked(db.session(), scrutineer, election):
        return to_home(scrutineer)
    return show(scrutineer, election, GiveForm())


def show(
    scrutineer: Scrutineer, election: Election, form: GiveForm, status: int = 200
) -> ResponseReturnValue:
    """The page of the count of one ballot box."""
    stand = trustees.find_stand(db.session(), election)
    if stand is None:
        raise Conflict("The votes of this ballot box are not added up yet.")
    minimum = get_minimum()
    page = render_template(
        "trustee/count.html",
        scrutineer=scrutineer,
        poll=scrutineer.poll,
        election=election,
        stand=stand,
        minimum=minimum,
        is_usual=minimum == MINIMUM_COUNTED,
        is_small=stand.counted < minimum and stand.awaited.kind != "shuffle",
        is_large=stand.counted > LARGE,
        wait=tell_wait(stand),
        form=form,
    )
    return page, status


def tell_wait(stand: trustees.Stand) -> str:
    """How long the service checks what is sent, in words; empty for a few seconds."""
    speed = CHECK_MS[stand.awaited.kind][stand.election.poll.group != "Ed25519"]
    seconds = math.ceil(stand.counted * stand.lists * speed / 1000)
    if seconds < SOON:
        return ""
    if seconds <= 90:
        return f"{math.ceil(seconds / 10) * 10} seconds"
    return f"{math.ceil(seconds / 60)} minutes"


def give(scrutineer_id: int, uuid: str) -> ResponseReturnValue:
    """Take a shuffle or a partial decryption. The same scrutineer's second one changes nothing."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    election = trustees.get_election(scrutineer, uuid)
    session, form = db.session(), GiveForm()
    if form.validate_on_submit():
        try:
            done = take(scrutineer, election, form)
        except BadInput as refusal:
            session.rollback()
            place_faults(form, refusal)
        else:
            return tell_done(scrutineer_id, election, done)
    if wants_json():
        return jsonify(error=" ".join([*form.answer.errors, *form.reason.errors])), 422
    return show(scrutineer, election, form, 422)


def take(scrutineer: Scrutineer, election: Election, form: GiveForm) -> str:
    """Hand the file to the service for what is awaited; which that was, empty if nothing is new."""
    session, raw = db.session(), read_upload(form)
    now = watching.get_time()
    kind = trustees.find_awaited(session, election).kind
    reason = form.reason.data or ""
    with bulk.lend_executor(len(raw)) as executor:
        given = (session, scrutineer, election, raw)
        if kind == "shuffle":
            new = trustees.take_shuffle(*given, now=now, executor=executor)
        else:
            new = trustees.take_decryption(
                *given, reason=reason, minimum=get_minimum(), now=now, executor=executor
            )
    return kind if new else ""


def get_minimum() -> int:
    """How many votes a count must have to be opened without a reason, as the operator set it."""
    return int(current_app.extensions["voting.settings"].minimum_counted)


def tell_done(scrutineer_id: int, election: Election, done: str) -> ResponseReturnValue:
    """Say what was taken, have the worker look, and go home."""
    if done:
        flash(THANKS[done].format(election.constituency.name), "success")
        current_app.extensions.get("voting.look_now", lambda: None)()
    if wants_json():
        return jsonify(location=url_for("trustee.home", scrutineer_id=scrutineer_id)), 200
    return to_home(watching.get_scrutineer(scrutineer_id))


def archive(scrutineer_id: int, uuid: str) -> ResponseReturnValue:
    """The sealed ballot box as it stands, byte for byte, for the scrutineer's own machine."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    election = trustees.get_election(scrutineer, uuid)
    if State(scrutineer.poll.state) not in SEALED:
        raise Conflict("The ballot box can be had once voting is over.")
    return download_archive(election)

"""The making of the keys: what is asked for now, its task file, and the answer that comes back."""

from __future__ import annotations

from flask import flash, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from voting.domain.errors import BadInput, Conflict
from voting.domain.holding import Step
from voting.services import trustees
from voting.store.database import db
from voting.store.trustees import Scrutineer
from voting.web import watching
from voting.web.downloads import download
from voting.web.errors import wants_json
from voting.web.trustee.uploads import UploadForm, place_faults, read_upload
from voting.web.trustee.visit import to_home

THANKS = {
    Step.CERTIFICATE: "Your key is made. Now prove that you have saved it.",
    Step.SAVED_COPY: "Your saved copy is proved.",
    Step.CONTRIBUTION: "Your shares for the other scrutineers are made.",
    Step.OUTPUT: "Your part of the key is made. Keep the file: it is needed for the count.",
}


def key(scrutineer_id: int) -> ResponseReturnValue:
    """The page of the step that is asked for: make a key, prove the copy, or go on."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    step = trustees.find_step(db.session(), scrutineer)
    if step not in THANKS:
        return to_home(scrutineer)
    return show_step(scrutineer, step, UploadForm())


def show_step(
    scrutineer: Scrutineer, step: Step, form: UploadForm, status: int = 200
) -> ResponseReturnValue:
    """The page of one step of the ceremony."""
    page = render_template(
        "trustee/key.html", scrutineer=scrutineer, poll=scrutineer.poll, step=step, form=form
    )
    return page, status


def task(scrutineer_id: int) -> ResponseReturnValue:
    """The file that this scrutineer's own computer, or browser, needs for their step."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    made = trustees.make_task(db.session(), scrutineer)
    return download(made.to_json(), "application/json", "ceremony.json")


def answer(scrutineer_id: int) -> ResponseReturnValue:
    """Take what the scrutineer's machine made. The very same sent twice is taken once."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    session, form = db.session(), UploadForm()
    step = trustees.find_step(session, scrutineer)
    if form.validate_on_submit():
        try:
            done = trustees.take_answer(
                session, scrutineer, read_upload(form), now=watching.get_time()
            )
        except BadInput as refusal:
            session.rollback()
            place_faults(form, refusal)
        else:
            return tell_done(scrutineer, done)
    if wants_json():
        return jsonify(error=" ".join(form.answer.errors)), 422
    if step not in THANKS:
        raise Conflict("Nothing is asked of you at present: it is the turn of others.")
    return show_step(scrutineer, step, form, 422)


def tell_done(scrutineer: Scrutineer, done: Step | None) -> ResponseReturnValue:
    """On to the page of the next step, or home."""
    if done is not None:
        flash(THANKS[done], "success")
    if not wants_json():
        return to_home(scrutineer)
    following = trustees.find_step(db.session(), scrutineer)
    endpoint = "trustee.key" if following is Step.SAVED_COPY else "trustee.home"
    return jsonify(location=url_for(endpoint, scrutineer_id=scrutineer.id)), 200

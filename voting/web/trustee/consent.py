"""What needs no key: approving the frozen set-up, and reporting a key that is lost."""

from __future__ import annotations

import json

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from voting.domain.errors import Conflict
from voting.services import trustees
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.trustees import Scrutineer
from voting.web import watching
from voting.web.forms import Form
from voting.web.trustee.visit import find_safety, to_home


class ApprovalForm(Form):
    """That the scrutineer has read the frozen set-up whose fingerprint the page showed."""

    seen = HiddenField()
    agreed = BooleanField(
        "I have read the questions, the rule and the rolls, and they are what was agreed",
        [InputRequired("Say that you have read the set-up, or ask the organiser what is wrong")],
    )


class LostForm(Form):
    """That the key is lost."""

    sure = BooleanField(
        "My key file is lost, or someone else may have it",
        [InputRequired("Say that your key is lost")],
    )


def approve(scrutineer_id: int) -> ResponseReturnValue:
    """The frozen set-up: questions, rolls by number and fingerprint, rule; and a button."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    require_frozen(scrutineer.poll)
    return show_setup(scrutineer, ApprovalForm(seen=scrutineer.poll.frozen_hash))


def give_approval(scrutineer_id: int) -> ResponseReturnValue:
    """Approve what was shown. Twice is once."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    require_frozen(scrutineer.poll)
    form = ApprovalForm()
    if not form.validate_on_submit():
        return show_setup(scrutineer, form, 422)
    trustees.approve(db.session(), scrutineer, seen=form.seen.data or "", now=watching.get_time())
    flash("You have approved the set-up.", "success")
    return to_home(scrutineer)


def require_frozen(poll: Poll) -> None:
    """Raise Conflict while there is nothing to approve."""
    if poll.frozen_json is None:
        raise Conflict("The set-up of this vote is not frozen yet. There is nothing to approve.")


def show_setup(
    scrutineer: Scrutineer, form: ApprovalForm, status: int = 200
) -> ResponseReturnValue:
    """The page of the frozen set-up."""
    poll = scrutineer.poll
    page = render_template(
        "trustee/approve.html",
        scrutineer=scrutineer,
        poll=poll,
        form=form,
        frozen=json.loads(poll.frozen_json or b"{}"),
    )
    return page, status


def lost(scrutineer_id: int) -> ResponseReturnValue:
    """Whether enough keys are left, and a button to report one's own as lost."""
    return show_lost(watching.get_scrutineer(scrutineer_id), LostForm())


def report_lost(scrutineer_id: int) -> ResponseReturnValue:
    """Write down that the key is lost. Twice is once."""
    scrutineer = watching.get_scrutineer(scrutineer_id)
    form = LostForm()
    if not form.validate_on_submit():
        return show_lost(scrutineer, form, 422)
    trustees.report_lost(db.session(), scrutineer, now=watching.get_time())
    return show_lost(scrutineer, LostForm())


def show_lost(scrutineer: Scrutineer, form: LostForm, status: int = 200) -> ResponseReturnValue:
    """The page on lost keys."""
    page = render_template(
        "trustee/lost.html",
        scrutineer=scrutineer,
        poll=scrutineer.poll,
        form=form,
        safety=find_safety(scrutineer.poll),
    )
    return page, status

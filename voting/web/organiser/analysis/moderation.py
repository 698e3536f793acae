"""Taking words out of answers, deciding which are published, and the trail of both."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from voting.domain.errors import NotFound
from voting.domain.retention import RESPONSES, require_kept
from voting.services import analysis
from voting.services.analysis import CUSTODIAN
from voting.store import proposals, releases
from voting.store.accounts import Account
from voting.store.consultations import Consultation, find_consultation
from voting.store.database import db
from voting.store.responses import Answer
from voting.web.access import current_account, guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.analysis import blueprint, room
from voting.web.organiser.fields import Choice, line, paragraph

WORDS = {
    "redacted": "Words were taken out",
    "published": "Released for publication",
    "withheld": "Withheld",
    "looked": "The custodian read the original",
}


class RedactForm(Form):
    """Words to take out."""

    passage = paragraph(
        "Words to take out",
        missing="Enter the words to take out",
        longest=10_000,
        rows=2,
        hint="Copy them exactly. Every place where they stand in this answer is taken out.",
    )
    reason = line(
        "Why",
        missing="Enter why they are taken out",
        hint="For example “names a person”. The reason stands where the words stood.",
    )
    reason_cy = line("Why, in Welsh")


class ReleaseForm(Form):
    """Whether an answer is published."""

    decision = Choice(
        "Publish this answer?",
        missing="Select whether this answer is published",
        choices={"publish": "Publish it", "withhold": "Withhold it"},
    )
    reason = line("Why it is withheld (optional when published)")


@blueprint.route("/answers/<int:answer_id>/redact", methods=["GET", "POST"])
def redact(slug: str, consultation_slug: str, answer_id: int) -> ResponseReturnValue:
    """Take words out of an answer."""
    consultation = room.get_closed(slug, consultation_slug)
    found = analysis.get_answer(db.session(), consultation, answer_id)
    form = RedactForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            analysis.redact(
                db.session(),
                consultation,
                found,
                account=current_account(),
                passage=form.passage.data,
                reason=form.reason.data,
                reason_cy=form.reason_cy.data or "",
                sealer=desk.get_sealer(),
                now=desk.get_time(),
            )
            desk.tell("The words are taken out. Only the custodian can read them.")
            return redirect(_address(consultation, found), 303)
    return _show("redact.html", consultation, found, form)


@blueprint.route("/answers/<int:answer_id>/release", methods=["GET", "POST"])
def release(slug: str, consultation_slug: str, answer_id: int) -> ResponseReturnValue:
    """Decide whether an answer is published, as its giver agreed."""
    consultation = room.get_closed(slug, consultation_slug)
    found = analysis.get_answer(db.session(), consultation, answer_id)
    form = ReleaseForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            analysis.release(
                db.session(),
                consultation,
                found,
                account=current_account(),
                is_published=form.decision.data == "publish",
                reason=form.reason.data or "",
                now=desk.get_time(),
            )
            desk.tell("The decision is kept.")
            return redirect(_address(consultation, found), 303)
    return _show("release.html", consultation, found, form)


def _show(
    template: str, consultation: Consultation, found: Answer, form: Form
) -> ResponseReturnValue:
    removed = releases.list_redactions(db.session(), [found.id])
    kept = releases.find_releases(db.session(), [found.id]).get(found.id)
    return room.show(
        template, consultation, form=form, answer=found, redactions=removed, release=kept
    )


def _address(consultation: Consultation, found: Answer) -> str:
    return url_for(
        "analysis.answer",
        slug=consultation.proposal.slug,
        consultation_slug=consultation.slug,
        answer_id=found.id,
    )


@blueprint.get("/moderation")
def trail(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Every act of moderation, the newest first."""
    consultation = room.get_consultation(slug, consultation_slug)
    acts = releases.list_moderation(db.session(), consultation.id)
    ids = {act.account_id for act in acts}
    names = {each: account.full_name for each in ids if (account := db.session.get(Account, each))}
    return room.show("moderation.html", consultation, acts=acts, names=names, words=WORDS)


class LookForm(Form):
    """Why the custodian looks at what was taken out."""

    reason = line("Why you look", missing="Enter why you look at it")


custody = Blueprint("custody", __name__, url_prefix="/organiser/custody")
guard(custody, "organiser")


@custody.route("/<slug>/<consultation_slug>/answers/<int:answer_id>", methods=["GET", "POST"])
def original(slug: str, consultation_slug: str, answer_id: int) -> ResponseReturnValue:
    """An answer as it was given, for the custodian of this proposal alone; each look is kept."""
    session = db.session()
    proposal = proposals.find_proposal(session, slug)
    account = current_account()
    if proposal is None or not proposals.has_role(session, proposal.id, account.id, CUSTODIAN):
        raise NotFound("There is no proposal at this address whose custodian you are.")
    consultation = find_consultation(session, proposal.id, consultation_slug)
    if consultation is None:
        raise NotFound("This proposal has no such consultation.")
    require_kept(consultation.purged_at, RESPONSES)
    found = analysis.get_answer(session, consultation, answer_id)
    form, text = LookForm(), ""
    if form.validate_on_submit():
        with desk.faults_shown(form):
            text = analysis.read_original(
                session,
                consultation,
                found,
                account=account,
                reason=form.reason.data,
                sealer=desk.get_sealer(),
                now=desk.get_time(),
            )
    return room.show("original.html", consultation, form=form, answer=found, text=text)


class CustodianForm(Form):
    """Who may read what was taken out."""

    email = line("Email address of the custodian’s account", missing="Enter an email address")


@blueprint.route("/custodian", methods=["GET", "POST"])
def custodian(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Name the one account that may read what was taken out."""
    consultation = room.get_consultation(slug, consultation_slug)
    form = CustodianForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            analysis.name_custodian(
                db.session(), consultation.proposal, email=form.email.data, now=desk.get_time()
            )
            desk.tell("The custodian is named.")
            return redirect(
                url_for("analysis.trail", slug=slug, consultation_slug=consultation_slug), 303
            )
    return room.show("custodian.html", consultation, form=form)

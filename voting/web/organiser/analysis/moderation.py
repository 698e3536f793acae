"""Taking words out of answers, deciding which are published, and the trail of both."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField

from voting.services import analysis
from voting.services.analysis import CUSTODIAN
from voting.store import releases
from voting.store.accounts import Account
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.store.proposals import list_accounts_in
from voting.store.responses import Answer
from voting.web.access import current_account
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


class TogetherForm(Form):
    """Which of the answers on the page are published."""

    answers = SelectMultipleField("Answers", validate_choice=False)


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


@blueprint.route("/questions/<int:question_id>/release", methods=["GET", "POST"])
def release_together(slug: str, consultation_slug: str, question_id: int) -> ResponseReturnValue:
    """Release the answers to one question, a page of them at a time."""
    consultation = room.get_closed(slug, consultation_slug)
    question = room.get_question(consultation, question_id)
    session, form = db.session(), TogetherForm()
    if form.validate_on_submit():
        ticked = [number for text in form.answers.data or () if (number := room.read_id(text))]
        with desk.faults_shown(form):
            number = analysis.release_together(
                session,
                consultation,
                question,
                ticked,
                account=current_account(),
                now=desk.get_time(),
            )
            desk.tell(
                f"Released for publication: {number} {'answer' if number == 1 else 'answers'}."
            )
            return redirect(request.path, 303)
    return room.show(
        "together.html",
        consultation,
        form=form,
        question=question,
        answers=releases.list_undecided(session, question_id),
        total=releases.count_undecided(session, question_id),
    )


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
    custodians = list_accounts_in(db.session(), consultation.proposal_id, CUSTODIAN)
    return room.show(
        "moderation.html", consultation, acts=acts, names=names, words=WORDS, custodians=custodians
    )


class CustodianForm(Form):
    """Who may read what was taken out."""

    email = line("Email address of the custodian’s account", missing="Enter an email address")


@blueprint.route("/custodian", methods=["GET", "POST"])
def custodian(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Name the one account that may read what was taken out; it takes the place of another."""
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

"""Questions are looked at, merged and answered; updates are sent to those who want them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from voting.domain.errors import NotFound
from voting.services import enquiries, readers
from voting.services import hub as desk_hub
from voting.store.database import db
from voting.store.notices import NEWS
from voting.store.proposals import Proposal
from voting.store.readers import Enquiry, list_enquiries, list_news
from voting.web.access import current_account, guard
from voting.web.forms import ConfirmForm, Form
from voting.web.organiser import desk
from voting.web.organiser.fields import Pick, line, paragraph
from voting.web.sending import look_now, preview_notice, test_notice

blueprint = Blueprint("enquiries", __name__, url_prefix="/organiser/proposals/<slug>")
guard(blueprint, "organiser")

STATES = {
    "waiting": "Waiting to be looked at",
    "published": "Shown, not answered yet",
    "answered": "Answered",
    "merged": "Merged into another",
    "declined": "Not shown",
    "withdrawn": "Withdrawn after it was shown",
}


class AnswerForm(Form):
    """The answer to a question, and who gives it."""

    answer = paragraph("Answer", missing="Enter the answer")
    answer_cy = paragraph("Answer in Welsh")
    answered_by = line(
        "Answered by", missing="Enter who answers", hint="Name and office, as they are published."
    )


class DeclineForm(Form):
    """Why a question is not shown."""

    reason = paragraph(
        "Why it is not shown",
        missing="Enter why the question is not shown",
        longest=1000,
        rows=2,
        hint="Kept here, and not public.",
    )


class WithdrawForm(Form):
    """Why a question that is shown is withdrawn."""

    reason = paragraph(
        "Why it is withdrawn",
        missing="Enter why the question is withdrawn",
        longest=1000,
        rows=2,
        hint="Published in place of the question, and on the public record for good. "
        "Do not repeat what the question says.",
    )
    reason_cy = paragraph("Why it is withdrawn, in Welsh", longest=1000, rows=2)


class MergeForm(Form):
    """The question that asks the same."""

    into = Pick("The question that asks the same", missing="Select the question", choices={})


class NewsForm(Form):
    """An update, and how many letters it sends."""

    title = line("Title", missing="Enter the title of the update")
    title_cy = line("Title in Welsh")
    text = paragraph("Update", missing="Enter the update")
    text_cy = paragraph("Update in Welsh")
    typed = line(
        "Number of people this letter goes to",
        longest=20,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


KINDS: dict[str, type[Form]] = {
    "publish": ConfirmForm,
    "answer": AnswerForm,
    "decline": DeclineForm,
    "withdraw": WithdrawForm,
    "merge": MergeForm,
}
"""What can be done with a question, by the button that is pressed."""


def get_enquiry(proposal: Proposal, enquiry_id: int) -> Enquiry:
    """A question about this proposal; raises NotFound."""
    found = db.session.get(Enquiry, enquiry_id)
    if found is None or found.proposal_id != proposal.id:
        raise NotFound("There is no such question.")
    return found


def done(told: str, slug: str) -> ResponseReturnValue:
    """Say what was done above the list of questions."""
    desk.tell(told)
    return redirect(url_for("enquiries.index", slug=slug), 303)


@blueprint.get("/questions")
def index(slug: str) -> ResponseReturnValue:
    """Every question by how it stands."""
    proposal = desk.get_proposal(slug)
    listed = list_enquiries(db.session(), proposal.id)
    rows = [(name, [e for e in listed if e.state == state]) for state, name in STATES.items()]
    return desk.show("enquiries/index.html", proposal=proposal, rows=rows)


@blueprint.route("/questions/<int:enquiry_id>", methods=["GET", "POST"])
def show(slug: str, enquiry_id: int) -> ResponseReturnValue:
    """One question: show it, answer it, merge it, do not show it, or withdraw it."""
    proposal = desk.get_proposal(slug)
    enquiry = get_enquiry(proposal, enquiry_id)
    act = request.form.get("act", "") if request.method == "POST" else ""
    forms = make_forms(proposal, enquiry, act)
    chosen = forms.get(act)
    if chosen is not None and chosen.validate_on_submit():
        with desk.faults_shown(chosen):
            return done(do(act, chosen, proposal, enquiry), slug)
    return desk.show(
        "enquiries/show.html",
        form=chosen,
        proposal=proposal,
        enquiry=enquiry,
        forms=forms,
        state=STATES[enquiry.state],
        bilingual=desk_hub.get_hub(db.session(), proposal).is_bilingual,
    )


def make_forms(proposal: Proposal, enquiry: Enquiry, act: str) -> dict[str, Any]:
    """The forms of the page; what was typed belongs to the one that was sent."""
    forms: dict[str, Any] = {}
    for name, kind in KINDS.items():
        forms[name] = kind(obj=enquiry) if name == act else kind(formdata=None, obj=enquiry)
    others = list_enquiries(db.session(), proposal.id, "published", "answered")
    forms["merge"].into.choices = {
        str(other.id): other.text[:100] for other in others if other.id != enquiry.id
    }
    return forms


def do(act: str, form: Any, proposal: Proposal, enquiry: Enquiry) -> str:
    """Do what the pressed button says; what is told of it."""
    session, now = db.session(), desk.get_time()
    if act == "publish":
        enquiries.publish(enquiry, now=now)
        return "The question is shown, and counted as unanswered."
    if act == "decline":
        enquiries.decline(session, enquiry, reason=form.reason.data, now=now)
        return "The question is not shown."
    if act == "withdraw":
        words = {"reason": form.reason.data, "reason_cy": form.reason_cy.data or ""}
        enquiries.withdraw(session, enquiry, account=current_account(), now=now, **words)
        return (
            "The question is withdrawn. Why stands on the public page and the public record. "
            "Whoever asked it gets a letter."
        )
    if act == "merge":
        other = get_enquiry(proposal, int(form.into.data))
        enquiries.merge(session, enquiry, other, now=now)
        return "The question is merged. Whoever asked it is told of the answer."
    enquiries.answer(
        session,
        enquiry,
        account=current_account(),
        text=form.answer.data,
        text_cy=form.answer_cy.data or "",
        answered_by=form.answered_by.data,
        now=now,
    )
    return "The answer is public. Whoever asked gets a letter."


@blueprint.route("/updates", methods=["GET", "POST"])
def send(slug: str) -> ResponseReturnValue:
    """Show how an update reads, and send it to those who want them once its number is typed."""
    proposal = desk.get_proposal(slug)
    form = NewsForm()
    act = request.form.get("act", "")
    if form.validate_on_submit() and act != "preview":
        with desk.faults_shown(form):
            if act != "test":
                return send_news(proposal, form)
            words = readers.check_news(proposal, **read_news(form))
            test_notice(proposal, NEWS, words, now=desk.get_time())
    return desk.show(
        "enquiries/send.html",
        form=form,
        proposal=proposal,
        preview=preview_notice(proposal, NEWS, read_news(form)),
        news=list_news(db.session(), proposal.id),
        bilingual=desk_hub.get_hub(db.session(), proposal).is_bilingual,
    )


def read_news(form: NewsForm) -> dict[str, str]:
    """The texts of the update as they were typed."""
    return {name: form[name].data or "" for name in ("title", "text", "title_cy", "text_cy")}


def send_news(proposal: Proposal, form: NewsForm) -> ResponseReturnValue:
    """Put the update on the page and owe the letters."""
    readers.send_news(
        db.session(),
        proposal,
        account=current_account(),
        typed=form.typed.data or "",
        now=desk.get_time(),
        **read_news(form),
    )
    look_now()
    desk.tell("The update is public, and the letters are on their way.")
    return redirect(url_for("enquiries.send", slug=proposal.slug), 303)

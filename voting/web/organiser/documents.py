"""Documents: published, replaced by newer versions, withdrawn with a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from wtforms import FileField

from voting.domain.documents import MOST_BYTES, NAMES
from voting.domain.errors import NotFound
from voting.services import documents as desk_documents
from voting.services import hub as desk_hub
from voting.store import documents
from voting.store.database import db
from voting.store.documents import Document
from voting.store.proposals import Proposal
from voting.web.access import current_account, guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import Choice, line, paragraph

blueprint = Blueprint("documents", __name__, url_prefix="/organiser/proposals/<slug>/documents")
guard(blueprint, "organiser")

KINDS = {
    "background": "Background",
    "business-case": "Business case",
    "equality-impact": "Equality impact assessment",
    "consultation-report": "Consultation report",
    "other": "Another document",
}
FILE_HINT = f"{NAMES}, up to {MOST_BYTES // 1024 // 1024} MB."


class DocumentForm(Form):
    """A new document."""

    title = line("Title", missing="Enter the title of the document")
    title_cy = line("Title in Welsh")
    kind = Choice(
        "What it is", missing="Select what kind of document it is", choices=KINDS, default=None
    )
    file = FileField("File", description=FILE_HINT)


class VersionForm(Form):
    """A newer version of a document."""

    changed = paragraph(
        "What changed",
        missing="Enter what changed since the version before",
        longest=2000,
        rows=3,
        hint="One or two sentences. They stand beside the document on the public page.",
    )
    changed_cy = paragraph("What changed, in Welsh", longest=2000, rows=3)
    file = FileField("File", description=FILE_HINT)


class WithdrawForm(Form):
    """Why a document is taken off the page."""

    reason = paragraph(
        "Why it is withdrawn",
        missing="Enter why the document is withdrawn",
        longest=1000,
        rows=3,
        hint="The reason is public. The document’s name and fingerprint stay on the page.",
    )
    reason_cy = paragraph("Why it is withdrawn, in Welsh", longest=1000, rows=3)


def get_document(proposal: Proposal, document_id: int) -> Document:
    """A document of this proposal; raises NotFound."""
    found = db.session.get(Document, document_id)
    if found is None or found.proposal_id != proposal.id:
        raise NotFound("This proposal has no such document.")
    return found


def read_file(form: Any) -> tuple[str, bytes] | None:
    """The name and bytes of the file that was sent; None with the fault put beside the field."""
    sent = form.file.data
    if not isinstance(sent, FileStorage) or not sent.filename:
        form.file.errors = ["Select a file"]
        return None
    return sent.filename, sent.read(MOST_BYTES + 1)


def is_bilingual(proposal: Proposal) -> bool:
    """Whether Welsh stands beside English."""
    return desk_hub.get_hub(db.session(), proposal).is_bilingual


@blueprint.get("")
def index(slug: str) -> ResponseReturnValue:
    """Every document with its versions."""
    proposal = desk.get_proposal(slug)
    listed = documents.list_documents(db.session(), proposal.id)
    return desk.show("documents/index.html", proposal=proposal, documents=listed, kinds=KINDS)


@blueprint.route("/new", methods=["GET", "POST"])
def add(slug: str) -> ResponseReturnValue:
    """Publish a document."""
    proposal = desk.get_proposal(slug)
    form = DocumentForm()
    if form.validate_on_submit() and (sent := read_file(form)):
        with desk.faults_shown(form):
            desk_documents.add_document(
                db.session(),
                proposal,
                account=current_account(),
                kind=form.kind.data,
                title=form.title.data,
                title_cy=form.title_cy.data or "",
                filename=sent[0],
                content=sent[1],
                now=desk.get_time(),
            )
            desk.tell("The document is published.")
            return redirect(url_for("documents.index", slug=slug), 303)
    return desk.show(
        "documents/add.html", form=form, proposal=proposal, bilingual=is_bilingual(proposal)
    )


@blueprint.route("/<int:document_id>/new-version", methods=["GET", "POST"])
def add_version(slug: str, document_id: int) -> ResponseReturnValue:
    """Publish a newer version."""
    proposal = desk.get_proposal(slug)
    document = get_document(proposal, document_id)
    form = VersionForm()
    if form.validate_on_submit() and (sent := read_file(form)):
        with desk.faults_shown(form):
            desk_documents.add_version(
                db.session(),
                document,
                account=current_account(),
                changed=form.changed.data,
                changed_cy=form.changed_cy.data or "",
                filename=sent[0],
                content=sent[1],
                now=desk.get_time(),
            )
            desk.tell("The new version is published.")
            return redirect(url_for("documents.index", slug=slug), 303)
    return desk.show(
        "documents/version.html",
        form=form,
        proposal=proposal,
        document=document,
        bilingual=is_bilingual(proposal),
    )


@blueprint.route("/<int:document_id>/withdraw", methods=["GET", "POST"])
def withdraw(slug: str, document_id: int) -> ResponseReturnValue:
    """Take a document off the page, with a public reason."""
    proposal = desk.get_proposal(slug)
    document = get_document(proposal, document_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_documents.withdraw(
                db.session(),
                document,
                account=current_account(),
                reason=form.reason.data,
                reason_cy=form.reason_cy.data or "",
                now=desk.get_time(),
            )
            desk.tell("The document is withdrawn.")
            return redirect(url_for("documents.index", slug=slug), 303)
    return desk.show(
        "documents/withdraw.html",
        form=form,
        proposal=proposal,
        document=document,
        bilingual=is_bilingual(proposal),
    )

"""Updates by mail, and questions: asked for with an address, done by the link in the letter."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.errors import BadInput, NotFound
from voting.services import enquiries, readers
from voting.store.database import db
from voting.store.readers import Reader, count_enquiries, list_enquiries, list_news
from voting.web.access import Links, guard
from voting.web.hub import PublicProposal, get_public, get_time
from voting.web.languages import find_language, greet_in

blueprint = Blueprint("reading", __name__, url_prefix="/p/<slug>")
guard(blueprint, "public")

TYPED = 254  # characters of what was typed that are shown again
SHOWN = ("published", "answered")


def get_reader(slug: str, token: str) -> tuple[PublicProposal, Reader]:
    """Whose link this is; raises NotFound for one that is void or of another proposal."""
    found = get_public(slug)
    links: Links = current_app.extensions["voting.links"]
    link = links.read_reader_token(token)
    reader = db.session.get(Reader, link.reader_id)
    if (
        reader is None
        or reader.proposal_id != found.proposal.id
        or reader.link_generation != link.generation
    ):
        raise NotFound(_("This link does not work any more."))
    greet_in(reader.language)
    return found, reader


def send_link(found: PublicProposal, kind: str) -> str:
    """Owe a letter to the address that was typed; what is wrong with it, or nothing."""
    try:
        readers.request_link(
            db.session(),
            found.proposal,
            email=request.form.get("email", ""),
            kind=kind,
            language=find_language(),
            public_may_ask=found.hub.public_may_ask,
            now=get_time(),
        )
    except BadInput:
        db.session.rollback()
        return str(_("Enter an email address in the correct format, like name@example.org"))
    return ""


@blueprint.route("/updates", methods=["GET", "POST"])
def updates(slug: str) -> ResponseReturnValue:
    """What was new, and a form to be told of what will be."""
    found = get_public(slug)
    fault = send_link(found, readers.UPDATES) if request.method == "POST" else ""
    if request.method == "POST" and not fault:
        return render_template("reading/sent.html", proposal=found)
    page = render_template(
        "reading/updates.html",
        proposal=found,
        news=list_news(db.session(), found.proposal.id),
        fault=fault,
        typed=request.form.get("email", "")[:TYPED],
    )
    return page, 422 if fault else 200


@blueprint.route("/updates/<token>", methods=["GET", "POST"])
def confirm(slug: str, token: str) -> ResponseReturnValue:
    """A button that begins the updates; opening the page changes nothing."""
    found, reader = get_reader(slug, token)
    if request.method == "POST":
        readers.confirm(reader, now=get_time())
    return render_template("reading/confirm.html", proposal=found, reader=reader, token=token)


@blueprint.route("/stop/<token>", methods=["GET", "POST"])
def stop(slug: str, token: str) -> ResponseReturnValue:
    """A button that ends the updates, or one POST of a mail program (RFC 8058)."""
    found, reader = get_reader(slug, token)
    if request.method == "POST":
        readers.stop(reader)
    return render_template("reading/stop.html", proposal=found, reader=reader, token=token)


@blueprint.route("/questions", methods=["GET", "POST"])
def questions(slug: str) -> ResponseReturnValue:
    """Every question that is shown, its answer, and a form to ask one."""
    found = get_public(slug)
    fault = send_link(found, readers.ASK) if request.method == "POST" else ""
    if request.method == "POST" and not fault:
        return render_template("reading/sent.html", proposal=found)
    session, proposal = db.session(), found.proposal
    page = render_template(
        "reading/questions.html",
        proposal=found,
        questions=list_enquiries(session, proposal.id, *SHOWN),
        merged=list_enquiries(session, proposal.id, "merged"),
        withdrawn=list_enquiries(session, proposal.id, "withdrawn"),
        counts=count_enquiries(session, proposal.id),
        fault=fault,
        typed=request.form.get("email", "")[:TYPED],
    )
    return page, 422 if fault else 200


@blueprint.route("/ask/<token>", methods=["GET", "POST"])
def ask(slug: str, token: str) -> ResponseReturnValue:
    """Ask a question by personal link."""
    found, reader = get_reader(slug, token)
    typed = request.form.get("text", "")
    fault = ""
    if request.method == "POST":
        try:
            enquiries.ask(
                db.session(), reader, text=typed, language=find_language(), now=get_time()
            )
        except BadInput:
            db.session.rollback()
            fault = name_fault(typed)
        else:
            return render_template("reading/asked.html", proposal=found)
    page = render_template(
        "reading/ask.html", proposal=found, token=token, fault=fault, typed=typed
    )
    return page, 422 if fault else 200


def name_fault(typed: str) -> str:
    """Why the question was not taken."""
    if not typed.strip():
        return str(_("Enter your question"))
    if len(typed) > enquiries.LONGEST:
        return str(_("Your question must be %(most)s characters or fewer", most="2,000"))
    return str(
        _(
            "Your question was not taken. Remove characters that cannot be shown, or wait until "
            "your earlier questions have been looked at"
        )
    )

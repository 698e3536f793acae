"""The parts of a proposal's public page that have pages of their own."""

from __future__ import annotations

import itertools
import json
from typing import Any

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.errors import NotFound
from voting.domain.evidence import Evidence
from voting.domain.trail import is_hash, list_fingerprints, write_trail
from voting.services import record
from voting.store import changes as notices
from voting.store import decisions, proposals
from voting.store import documents as papers
from voting.store import hub as hubs
from voting.store.changes import ChangeNotice
from voting.store.database import db
from voting.store.proposals import Act
from voting.store.record import list_telling
from voting.web.access import guard
from voting.web.downloads import download, download_sent
from voting.web.evidence import tell_evidence
from voting.web.hub import (
    describe_act,
    get_public,
    get_time,
    list_public_consultations,
    list_public_polls,
)
from voting.web.languages import tell_own
from voting.web.steps import list_steps

blueprint = Blueprint("information", __name__, url_prefix="/p/<slug>")
guard(blueprint, "public")

PAGE = 200  # acts on one page of the chain
LAST = 2**31  # no trail reaches this place


@blueprint.get("/options")
def options(slug: str) -> ResponseReturnValue:
    """Every option with its benefits, drawbacks, cost and source, side by side."""
    found = get_public(slug)
    listed = hubs.list_options(db.session(), found.proposal.id)
    if not listed:
        raise NotFound(_("This proposal has no options to compare yet."))
    return render_template("information/options.html", proposal=found, options=listed)


@blueprint.get("/documents")
def documents(slug: str) -> ResponseReturnValue:
    """Every document in every version, and what changed."""
    found = get_public(slug)
    listed = papers.list_documents(db.session(), found.proposal.id)
    return render_template("information/documents.html", proposal=found, documents=listed)


@blueprint.get("/documents/<int:document_id>/<int:number>")
def document(slug: str, document_id: int, number: int) -> ResponseReturnValue:
    """The bytes of one version, to be saved and never run."""
    found = get_public(slug)
    version = papers.find_version(db.session(), found.proposal.id, document_id, number)
    if version is None or version.document.withdrawn_at is not None:
        raise NotFound(_("There is no such document here."))
    return download_sent(version.content, version.media_type, version.filename)


@blueprint.get("/changes")
def changes(slug: str) -> ResponseReturnValue:
    """Every notice of what changed, the newest first."""
    found = get_public(slug)
    told = notices.list_notices(db.session(), found.proposal.id)
    return render_template("information/changes.html", proposal=found, notices=told[::-1])


@blueprint.get("/changes/<int:number>")
def change(slug: str, number: int) -> ResponseReturnValue:
    """One notice: what was taken out of the proposal, what was put in, and why."""
    notice = get_notice(slug, number)
    return render_template(
        "information/change.html",
        proposal=get_public(slug),
        change=notice,
        told=json.loads(notice.content),
    )


@blueprint.get("/changes/<int:number>.json")
def change_json(slug: str, number: int) -> ResponseReturnValue:
    """The notice as data; the SHA-256 of these bytes stands on the public trail."""
    return Response(get_notice(slug, number).content, mimetype="application/json")


def get_notice(slug: str, number: int) -> ChangeNotice:
    """A notice of this proposal; raises NotFound."""
    notice = notices.find_notice(db.session(), get_public(slug).proposal.id, number)
    if notice is None:
        raise NotFound(_("There is no such page."))
    return notice


@blueprint.get("/decision")
def decision(slug: str) -> ResponseReturnValue:
    """What was decided, why, on which evidence, and what became of it."""
    found = get_public(slug)
    decided = decisions.list_decisions(db.session(), found.proposal.id)
    if not decided:
        raise NotFound(_("This proposal has not been decided yet."))
    newest = decided[-1]
    return render_template(
        "information/decision.html",
        proposal=found,
        decision=newest,
        earlier=decided[:-1],
        acted=[each for each in reversed(decided) if each.steps],
        evidence=tell_evidence(found.proposal, read_evidence(newest.content)),
        can_be_challenged=get_time() < newest.challenge_until,
        steps=list_steps(found.proposal),
    )


def read_evidence(content: bytes) -> list[Evidence]:
    """The pieces that a decision, as it was hashed, rests on."""
    return [Evidence(**piece) for piece in json.loads(content)["evidence"]]


@blueprint.get("/chain")
def chain(slug: str) -> ResponseReturnValue:
    """Every step of the proposal with its hash, from the first one to the decision."""
    found = get_public(slug)
    session, proposal = db.session(), found.proposal
    after = min(max(request.args.get("after", -1, type=int), -1), LAST)
    acts = proposals.page_acts(session, proposal.id, after=after, limit=PAGE + 1)
    names = {c.code: tell_own(c, "name") for c in proposal.every_constituency}
    shelf = record.Shelf(session, proposal)
    return render_template(
        "information/chain.html",
        proposal=found,
        acts=[describe_act(act, names) | name_files(shelf, act) for act in acts[:PAGE]],
        polls={poll.id: tell_own(poll, "title") for poll in list_public_polls(proposal)},
        consultations={held.slug: held for held in list_public_consultations(proposal)},
        after=after,
        more=acts[PAGE - 1].position if len(acts) > PAGE else None,
        head=proposals.last_act(session, proposal.id),
    )


def name_files(shelf: record.Shelf, act: Act) -> dict[str, Any]:
    """The files whose hashes an act tells and that the public may read: address, name and hash."""
    told = json.loads(act.body)
    slug = shelf.proposal.slug
    found = [(digest, shelf.find(told, digest)) for digest in list_fingerprints(told)]
    return {
        "files": [
            (url_for("information.record_file", slug=slug, digest=digest), file.name, digest)
            for digest, file in found
            if file is not None
        ]
    }


@blueprint.get("/record/<digest>")
def record_file(slug: str, digest: str) -> ResponseReturnValue:
    """The file with this SHA-256, which an act of the trail tells; its address never changes."""
    proposal = get_public(slug).proposal
    shelf = record.Shelf(db.session(), proposal)
    telling = list_telling(db.session(), proposal.id, digest) if is_hash(digest) else []
    for act in telling:
        file = shelf.find(json.loads(act.body), digest)
        if file is not None:
            return send_record_file(slug, file)
    raise NotFound(_("There is no file with this fingerprint here for everyone to read."))


def send_record_file(slug: str, file: record.RecordFile) -> ResponseReturnValue:
    """A file of the record, to be saved and never run."""
    if file.archive is not None:
        poll_slug, uuid = file.archive
        return redirect(url_for("public.archive", slug=slug, poll_slug=poll_slug, uuid=uuid))
    return download_sent(file.read(), file.media_type, file.name)


@blueprint.get("/trail.jsonl")
def trail(slug: str) -> ResponseReturnValue:
    """The whole trail as a file that can be re-checked without this service."""
    proposal = get_public(slug).proposal
    session = db.session()
    head = proposals.last_act(session, proposal.id)
    if head is None:
        raise NotFound(_("There is no such page."))
    bodies = itertools.islice(proposals.iter_act_bodies(session, proposal.id), head.position + 1)
    lines = write_trail(slug, bodies, acts=head.position + 1, head=head.hash)
    return download(stream_with_context(lines), "application/jsonl", f"{slug}-trail.jsonl")

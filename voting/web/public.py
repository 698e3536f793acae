"""What anyone may read: proposals, polls, the ballot box, outcomes and their archives.

Nothing here changes anything. A tracking number is looked up by POST, so that it never stands in an
address that a proxy might log beside the reader's network address.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.errors import NotFound
from voting.domain.lifecycle import State, checked_until, is_reporting_open
from voting.domain.outcome_names import put_figures_in_welsh
from voting.services import papers, publication, retention, scrutiny, trustees
from voting.services.hub import get_hub
from voting.store import board, disputes, polls, proposals
from voting.store.database import db
from voting.store.decisions import find_decision
from voting.store.polls import Election, Poll
from voting.store.proposals import Proposal
from voting.store.scrutiny import list_reports
from voting.web.access import guard
from voting.web.counts import list_commands, make_sheets, write_count
from voting.web.downloads import download, download_archive
from voting.web.hub import (
    SHOWN,
    describe_act,
    describe_page,
    get_public,
    is_public,
    list_public_consultations,
    list_public_polls,
    offers_models,
)
from voting.web.languages import find_language, in_own_names, tell_own
from voting.web.steps import list_steps

blueprint = Blueprint("public", __name__)
guard(blueprint, "public")

PAPER_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "blt": "text/plain; charset=utf-8",
}
PAGE = 100  # trackers on one page of the ballot box
LAST = 2**31  # no ballot box reaches this place
DIGITS, HEXADECIMAL = 25, 64  # of a tracking number, and of the full hash
TYPED = 200  # characters of a tracking number that are shown again
CHECKABLE = (State.OPEN, State.CLOSED)
SHOWN_VOTES = 20  # on a page that cannot know which vote is meant


def get_time() -> dt.datetime:
    """The present moment; the one clock of this desk."""
    return dt.datetime.now(dt.UTC)


def get_proposal(slug: str) -> Proposal:
    """The proposal at this address; raises NotFound."""
    proposal = proposals.find_proposal(db.session(), slug) if slug.isprintable() else None
    if proposal is None:
        raise NotFound(_("There is no proposal at this address."))
    return proposal


def get_poll(slug: str, poll_slug: str) -> Poll:
    """The poll at this address once it is frozen; raises NotFound (drafts are not public)."""
    found = get_proposal(slug)
    poll = polls.find_poll(db.session(), found.id, poll_slug) if poll_slug.isprintable() else None
    if poll is None or poll.state not in SHOWN:
        raise NotFound(_("There is no vote at this address."))
    return poll


def get_published(slug: str, poll_slug: str) -> tuple[Poll, dict[str, Any]]:
    """The published poll at this address and its outcome; raises NotFound before publication."""
    poll = get_poll(slug, poll_slug)
    if poll.state != State.PUBLISHED:
        raise NotFound(_("The outcome of this vote has not been published yet."))
    return poll, publication.outcome_of(poll)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Every public proposal with its consultations and polls, newest first."""
    session = db.session()
    rows = [
        (p, hub, list_public_consultations(p), list_public_polls(p), find_decision(session, p.id))
        for p in proposals.list_proposals(session)
        if is_public(p, hub := get_hub(session, p))
    ]
    return render_template("public/home.html", rows=rows)


@blueprint.get("/p/<slug>")
def proposal(slug: str) -> ResponseReturnValue:
    """What is proposed, what is open, the options, the dates, and who decides."""
    return render_template("public/proposal.html", **describe_page(get_public(slug)))


@blueprint.get("/p/<slug>/<poll_slug>")
def poll(slug: str, poll_slug: str) -> ResponseReturnValue:
    """One vote: what is asked, who may vote, when, and under which rule."""
    found = get_poll(slug, poll_slug)
    frozen = json.loads(found.frozen_json or b"{}")
    return render_template(
        "public/poll.html",
        poll=found,
        frozen=frozen,
        weights=list_weights(frozen),
        acts=trail(found),
        of_models=offers_models(found),
        ballots=ballot_counts(found),
        how_far=trustees.find_progress(db.session(), found),
        problems=disputes.list_disputes(db.session(), found.id),
        counts_from=checked_until(found.timetable),
        steps=list_steps(found.proposal),
        reporting=is_reporting_open(found.timetable, get_time()),
    )


def list_weights(frozen: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The constituency, and the weight with its reason, of every weight other than 1 (I1)."""
    return [
        (part, each)
        for part in frozen.get("constituencies", [])
        for each in part["roll"]["weights"]
        if each["weight"] != 1
    ]


def trail(poll: Poll) -> list[dict[str, Any]]:
    """The public acts of this poll in order, each with its time, hash and reason."""
    names = {c.code: tell_own(c, "name") for c in poll.proposal.every_constituency}
    acts = proposals.list_acts(db.session(), poll.proposal_id, poll.id)
    return [describe_act(act, names) for act in acts]


def ballot_counts(poll: Poll) -> list[tuple[Election, int]] | None:
    """Ballots in each box, or None while they are not to be told."""
    voting = poll.state in (State.READY, State.OPEN)
    if voting and not poll.show_ballot_count:
        return None
    session = db.session()
    return [(e, board.count_ballots(session, e.id)[0]) for e in poll.elections]


@blueprint.get("/p/<slug>/<poll_slug>/frozen.json")
def frozen_json(slug: str, poll_slug: str) -> ResponseReturnValue:
    """All that was fixed before voting opened, in each of its languages, exactly as hashed."""
    return Response(get_poll(slug, poll_slug).frozen_json, mimetype="application/json")


@blueprint.get("/p/<slug>/<poll_slug>/ballot-box")
def ballot_box(slug: str, poll_slug: str) -> ResponseReturnValue:
    """The tracking numbers of one constituency's sealed votes, without names."""
    found = get_poll(slug, poll_slug)
    return render_template("public/ballot_box.html", **box_page(found))


def box_page(poll: Poll) -> dict[str, Any]:
    """What the ballot box page shows for the constituency and place asked for."""
    election = chosen_election(poll)
    after = min(max(request.args.get("after", -1, type=int), -1), LAST)
    page = publication.list_trackers(db.session(), election, after=after, limit=PAGE)
    return {
        "poll": poll,
        "election": election,
        "page": page,
        "after": after,
        "counts": ballot_counts(poll),
    }


def chosen_election(poll: Poll) -> Election:
    """The election of the constituency named in the address, else the first."""
    code = request.args.get("constituency", "")
    chosen = [e for e in poll.elections if e.constituency.code == code] or poll.elections[:1]
    if not chosen:
        raise NotFound(_("This vote has no ballot box yet."))
    return chosen[0]


@blueprint.route("/check-vote", methods=["GET", "POST"])
def check_vote() -> ResponseReturnValue:
    """Look a tracking number up in every ballot box; what cannot be one is said to be none."""
    typed = request.form.get("tracker", "").strip()
    fault = find_fault(typed) if request.method == "POST" else ""
    finding = None
    if request.method == "POST" and not fault:
        finding = publication.find_tracker(db.session(), typed)
    page = render_template(
        "public/check_vote.html",
        typed=typed[:TYPED],
        finding=finding,
        fault=fault,
        reportable=list_reportable(finding),
        votes=list_checkable(),
    )
    return page, 422 if fault else 200


def list_reportable(finding: publication.TrackerFinding | None) -> list[Poll]:
    """The votes in which a problem with this number can be reported now: its own, else any."""
    if finding is None or finding.state not in (publication.NOT_FOUND, publication.REPLACED):
        return []
    votes = list_checkable()
    return [p for p in votes if p is finding.poll] if finding.poll else votes


def list_checkable() -> list[Poll]:
    """The votes in which a problem can be reported now."""
    now = get_time()
    found = polls.list_polls_in(db.session(), *CHECKABLE)
    return [p for p in found if is_reporting_open(p.timetable, now)][-SHOWN_VOTES:]


def find_fault(typed: str) -> str:
    """Why *typed* cannot be a tracking number, or nothing; letters may be those of a hash."""
    if not typed:
        return str(_("Enter your tracking number"))
    digits = re.sub(r"[\s\-‐‑–—.]", "", typed)
    if re.fullmatch(r"[0-9]+", digits) and len(digits) not in (DIGITS, HEXADECIMAL):
        told = _(
            "A tracking number has %(right)s digits, and this one has %(typed)s. Look for one that "
            "is missing or typed twice",
            right=DIGITS,
            typed=len(digits),
        )
        return str(told)
    return ""


@blueprint.get("/p/<slug>/<poll_slug>/outcome")
def outcome(slug: str, poll_slug: str) -> ResponseReturnValue:
    """The published outcome: a sentence, tables, pictures, the rule, and how to check it."""
    found, result = get_published(slug, poll_slug)
    frozen = json.loads(found.frozen_json or b"{}")
    signed = [scrutiny.read_report(r) for r in list_reports(db.session(), found.id)]
    result = in_own_names(result, frozen)
    return render_template(
        "public/outcome.html",
        poll=found,
        outcome=result,
        acts=trail(found),
        held=frozen.get("keys", {}),
        how_far=trustees.find_progress(db.session(), found),
        problems=disputes.list_disputes(db.session(), found.id),
        kept_until=retention.find_end(found),
        steps=list_steps(found.proposal),
        signed=[name_figures(report, frozen) for report in signed],
        papers=list_papers(found),
        sheets=make_sheets(result),
        recounts=list_commands(result),
        reports={e.uuid: json.loads(e.verification_json or b"{}") for e in found.elections},
    )


def name_figures(report: Mapping[str, Any], frozen: Mapping[str, Any]) -> dict[str, Any]:
    """A scrutineer's report with the names of what was counted in the reader's language."""
    if find_language() != "cy":
        return dict(report)
    return {**report, "figures": put_figures_in_welsh(report["figures"], frozen)}


@blueprint.get("/p/<slug>/<poll_slug>/counts/<code>-<int:number>.<form>")
def count_file(slug: str, poll_slug: str, code: str, number: int, form: str) -> ResponseReturnValue:
    """The sheet of one count to print, its stages for spreadsheets, or all of it as data."""
    found, result = get_published(slug, poll_slug)
    organisation = found.proposal.organisation
    if form != "json":
        result = in_own_names(result, json.loads(found.frozen_json or b"{}"))
    body, kind = write_count(result, code, number, form, organisation=organisation)
    return download(body, kind, f"count-{found.slug}-{code}-{number}.{form}")


@blueprint.get("/p/<slug>/<poll_slug>/outcome.json")
def outcome_json(slug: str, poll_slug: str) -> ResponseReturnValue:
    """The outcome as data, exactly as it was hashed at publication."""
    found, _result = get_published(slug, poll_slug)
    return Response(found.outcome_json, mimetype="application/json")


@blueprint.get("/p/<slug>/<poll_slug>/outcome.csv")
def outcome_csv(slug: str, poll_slug: str) -> ResponseReturnValue:
    """The figures of the outcome as a table for spreadsheets."""
    found, _result = get_published(slug, poll_slug)
    return download(publication.outcome_csv(found), "text/csv; charset=utf-8", "outcome.csv")


@blueprint.get("/p/<slug>/<poll_slug>/<uuid>.bel")
def archive(slug: str, poll_slug: str, uuid: str) -> ResponseReturnValue:
    """The archive of one constituency, streamed byte for byte from the board."""
    found, _result = get_published(slug, poll_slug)
    election = next((e for e in found.elections if e.uuid == uuid), None)
    if election is None:
        raise NotFound(_("There is no archive at this address."))
    if found.purged_at is not None:
        raise NotFound(_("The sealed votes were destroyed at the end of their time."))
    end = publication.find_public_end(db.session(), election)
    return download_archive(election, before=end)


@blueprint.get("/p/<slug>/<poll_slug>/papers/<uuid>-<int:number>.<form>")
def paper_file(slug: str, poll_slug: str, uuid: str, number: int, form: str) -> ResponseReturnValue:
    """Every paper of one question, where they may be published; *number* counts from 1."""
    found, _result = get_published(slug, poll_slug)
    election = next((e for e in found.elections if e.uuid == uuid), None)
    if election is None or not 1 <= number <= len(found.questions):
        raise NotFound(_("There are no published papers at this address."))
    body = papers.write_papers(election, found.questions[number - 1], form)
    return download(body, PAPER_TYPES[form], f"papers-{uuid}-{number}.{form}")


def list_papers(poll: Poll) -> dict[str, list[tuple[int, str]]]:
    """For each election, the number and format of each file of papers that it has."""
    return {
        election.uuid: [
            (number, form)
            for number, question in enumerate(poll.questions, 1)
            for form in papers.list_formats(election, question)
        ]
        for election in poll.elections
    }


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("public/accessibility.html")


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept about whom, why, and for how long."""
    return render_template("public/privacy.html")


@blueprint.get("/cookies")
def cookies() -> ResponseReturnValue:
    """The cookies and browser storage that are used."""
    return render_template("public/cookies.html")


@blueprint.get("/how-it-works")
def how_it_works() -> ResponseReturnValue:
    """How a vote is sealed, counted and checked, in plain words."""
    return render_template("public/how_it_works.html")

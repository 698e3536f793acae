"""What a proposal's public page is made of; no desk of its own."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from voting.domain.consulting import Stage, is_overdue
from voting.domain.days import is_past
from voting.domain.errors import NotFound
from voting.domain.lifecycle import State
from voting.domain.timeline import Moment, Timeline, make_timeline
from voting.domain.trail import name_fingerprints
from voting.services.hub import get_hub
from voting.store import documents, polls, proposals
from voting.store import hub as hubs
from voting.store.changes import list_notices
from voting.store.consultations import Consultation, list_consultations
from voting.store.database import db
from voting.store.decisions import ImplementationStep, find_decision, list_decisions
from voting.store.hub import Hub
from voting.store.polls import Poll, Question
from voting.store.proposals import Act, Proposal
from voting.store.readers import count_enquiries, list_enquiries, list_news

SHOWN = frozenset(State) - {State.DRAFT}


def get_time() -> dt.datetime:
    """The present moment; the one clock of the public pages."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class PublicProposal:
    """A proposal with its public texts, which read as one thing in either language."""

    proposal: Proposal
    hub: Hub

    def __getattr__(self, name: str) -> Any:
        return getattr(self.hub if name in _OF_HUB else self.proposal, name)


_OF_HUB = frozenset(
    {"summary", "who_decides", "is_bilingual", "public_may_ask", "opened_at"}
    | {"title_cy", "summary_cy", "deciding_cy", "still_open_cy", "who_decides_cy"}
)


def get_public(slug: str) -> PublicProposal:
    """The proposal at this address if the public may read it; raises NotFound."""
    found = proposals.find_proposal(db.session(), slug) if slug.isprintable() else None
    if found is not None:
        hub = get_hub(db.session(), found)
        if is_public(found, hub):
            return PublicProposal(found, hub)
    raise NotFound(_("There is no proposal at this address."))


def is_public(proposal: Proposal, hub: Hub) -> bool:
    """Whether its page was opened, or something on it has gone out to people."""
    return bool(hub.opened_at or list_public_polls(proposal) or list_public_consultations(proposal))


def list_public_consultations(proposal: Proposal) -> list[Consultation]:
    """The proposal's consultations that have opened."""
    every = list_consultations(db.session(), proposal.id)
    return [each for each in every if each.state != Stage.DRAFT]


def is_late(consultation: Consultation) -> bool:
    """Whether its response is overdue now (C1); templates ask ``consultation is overdue``."""
    return is_overdue(consultation.respond_by, consultation.answered_at, get_time())


def is_behind(step: ImplementationStep) -> bool:
    """Whether a step after a decision was to be done by now and is not; ``step is behind``."""
    waits = step.state in ("planned", "under-way")
    return waits and step.due_on is not None and is_past(step.due_on, get_time())


def list_public_polls(proposal: Proposal) -> list[Poll]:
    """The proposal's polls that are frozen or further."""
    return [p for p in polls.list_polls(db.session(), proposal.id) if p.state in SHOWN]


def offers_models(poll: Poll) -> bool:
    """Whether an option of the poll is a governance model that was chosen into the proposal."""
    return any(is_of_models(question) for question in poll.questions)


def is_of_models(question: Question) -> bool:
    """Whether an option of this question is such a model."""
    chosen = hubs.list_options(db.session(), question.poll.proposal_id)
    names = {option.name for option in chosen if option.model and not option.is_staying}
    return any(option.text in names for option in question.options)


def describe_page(found: PublicProposal) -> dict[str, Any]:
    """Everything that the public page shows."""
    session, proposal = db.session(), found.proposal
    shown = list_public_polls(proposal)
    return {
        "proposal": found,
        "polls": shown,
        "options": hubs.list_options(session, proposal.id),
        "terms": hubs.list_terms(session, proposal.id),
        "documents": documents.list_documents(session, proposal.id),
        "consultations": list_public_consultations(proposal),
        "counts": count_enquiries(session, proposal.id),
        "withdrawn": list_enquiries(session, proposal.id, "withdrawn"),
        "news": list_news(session, proposal.id),
        "notices": list_notices(session, proposal.id),
        "decision": find_decision(session, proposal.id),
        "timeline": make_page_timeline(found, shown),
    }


def make_page_timeline(found: PublicProposal, shown: Sequence[Poll]) -> Timeline:
    """The proposal's dates, and where we are."""
    return make_timeline(list(list_moments(found, shown)), get_time())


def list_moments(found: PublicProposal, shown: Sequence[Poll]) -> Iterator[Moment]:
    """Every date that the public should know of."""
    if found.hub.opened_at is not None:
        yield Moment(found.hub.opened_at, "page-opened", "", is_day=True)
    for milestone in hubs.list_milestones(db.session(), found.proposal.id):
        at = dt.datetime.combine(milestone.on, dt.time(), tzinfo=dt.UTC)
        yield Moment(at, "milestone", milestone.title, milestone.title_cy, is_day=True)
    for notice in list_notices(db.session(), found.proposal.id):
        yield Moment(notice.at, "changes-told", "", is_day=True)
    for decision in list_decisions(db.session(), found.proposal.id):
        yield Moment(decision.decided_at, "decided", "", is_day=True)
        yield Moment(decision.challenge_until, "challenge-ends", "", is_day=True)
    for consultation in list_consultations(db.session(), found.proposal.id):
        yield from list_moments_of(consultation)
    for poll in shown:
        if poll.state == State.CANCELLED or poll.opens_at is None or poll.closes_at is None:
            continue
        named = (poll.title, poll.title_cy)
        yield Moment(poll.opens_at, "poll-opens", *named)
        yield Moment(poll.closes_at, "poll-closes", *named)
        if poll.published_at is not None:
            yield Moment(poll.published_at, "poll-published", *named)


def list_moments_of(consultation: Consultation) -> Iterator[Moment]:
    """When a consultation opens and closes, and when its response is due."""
    named = (consultation.title, consultation.title_cy)
    if consultation.opened_at is not None and consultation.closes_at is not None:
        yield Moment(consultation.opened_at, "consultation-opens", *named)
        closed_at = consultation.closed_at or consultation.closes_at
        yield Moment(closed_at, "consultation-closes", *named)
    if consultation.respond_by is not None and consultation.answered_at is None:
        kind = "overdue" if is_late(consultation) else "respond-by"
        yield Moment(consultation.respond_by, kind, *named, is_day=True)


def describe_act(act: Act, names: Mapping[str, str]) -> dict[str, Any]:
    """One act of the trail for a page: what its body says, and where and what it concerns."""
    body = json.loads(act.body)
    place = names.get(str(body.get("constituency", "")), "")
    told = name_fingerprints(body)
    return {**body, "at": act.at, "kind": act.kind, "hash": act.hash, "place": place, "told": told}

"""What the public page of a proposal says, and its versions."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json, canonical_time
from voting.domain.governance import PARTS
from voting.store import hub as hubs
from voting.store.accounts import Account
from voting.store.hub import Hub, ProposalVersion
from voting.store.proposals import Proposal, append_act

HUB_TEXTS = ("summary", "who_decides")
HUB_WELSH = ("title_cy", "summary_cy", "deciding_cy", "still_open_cy", "who_decides_cy")
OPTION_TEXTS = (*PARTS, *(f"{part}_cy" for part in PARTS))


def get_hub(session: Session, proposal: Proposal) -> Hub:
    """The public texts of *proposal*; empty ones, not stored, when nothing was written yet."""
    found = hubs.find_hub(session, proposal.id)
    return found or Hub(
        proposal_id=proposal.id,
        is_bilingual=False,
        public_may_ask=False,
        opened_at=None,
        **dict.fromkeys((*HUB_TEXTS, *HUB_WELSH), ""),
    )


def keep_version(
    session: Session, proposal: Proposal, *, now: dt.datetime, actor: Account | None = None
) -> ProposalVersion | None:
    """Keep what the open page says now, if it says something new; its hash goes into the trail."""
    session.flush()
    hub = hubs.find_hub(session, proposal.id)
    if hub is None or hub.opened_at is None:
        return None
    content = canonical_json(describe(session, proposal))
    digest = hashlib.sha256(content).hexdigest()
    versions = hubs.list_versions(session, proposal.id)
    if versions and versions[-1].hash == digest:
        return None
    version = ProposalVersion(
        proposal_id=proposal.id, number=len(versions) + 1, at=now, content=content, hash=digest
    )
    session.add(version)
    details: dict[str, Any] = {"version": version.number, "hash": digest}
    if actor is not None:
        details["account"] = actor.id
    kind = "page-changed" if versions else "page-opened"
    append_act(session, proposal.id, None, kind, now=now, details=details)
    return version


def describe(session: Session, proposal: Proposal) -> dict[str, Any]:
    """All that the page says, as data that is hashed."""
    hub = get_hub(session, proposal)
    own = ("slug", "title", "organisation", "deciding", "still_open")
    return {
        "format": 1,
        "proposal": {name: getattr(proposal, name) for name in own},
        "page": {name: getattr(hub, name) for name in (*HUB_TEXTS, *HUB_WELSH)},
        "constituencies": [c.name for c in proposal.constituencies],
        "options": [
            {name: getattr(option, name) for name in ("model", "is_staying", *OPTION_TEXTS)}
            for option in hubs.list_options(session, proposal.id)
        ],
        "glossary": [
            {name: getattr(e, name) for name in ("term", "meaning", "term_cy", "meaning_cy")}
            for e in hubs.list_terms(session, proposal.id)
        ],
        "dates": [
            {"on": day.on.isoformat(), "title": day.title, "title_cy": day.title_cy}
            for day in hubs.list_milestones(session, proposal.id)
        ],
        "opened_at": canonical_time(hub.opened_at) if hub.opened_at else None,
    }

"""Whether the public page is complete and fair, and what of it is not in Welsh yet."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from voting.domain import wording
from voting.domain.errors import Conflict
from voting.domain.governance import PARTS
from voting.domain.wording import has_staying, list_missing, tell_missing, tell_unbalanced
from voting.services.hub.page import get_hub
from voting.store import hub as hubs
from voting.store.hub import ProposalOption
from voting.store.proposals import Proposal


def list_gaps(session: Session, proposal: Proposal) -> list[str]:
    """Why the page cannot be opened to the public: what G1 asks for, and G2 of each option."""
    options = hubs.list_options(session, proposal.id)
    bare = [(one.name, list_missing(one)) for one in options]
    told = [tell_missing(name, missing) for name, missing in bare if missing]
    return _list_first_gaps(proposal, options) + told


def _list_first_gaps(proposal: Proposal, options: Iterable[ProposalOption]) -> list[str]:
    named = [(one.name, one.is_staying) for one in options]
    return wording.list_gaps(proposal.deciding, proposal.still_open, named)


def offers_staying(options: Iterable[ProposalOption]) -> bool:
    """Whether one of the options keeps things as they are (G1)."""
    return any(option.is_staying or has_staying([option.name]) for option in options)


def list_warnings(session: Session, proposal: Proposal) -> list[str]:
    """What deserves a second look: options out of balance (G2), and what is not in Welsh."""
    hub = get_hub(session, proposal)
    warnings = []
    for option in hubs.list_options(session, proposal.id):
        name = f"“{option.name}”"
        warnings += tell_unbalanced(name, option.benefits, option.drawbacks)
        warnings += tell_unbalanced(f"{name} in Welsh", option.benefits_cy, option.drawbacks_cy)
    if hub.is_bilingual:
        warnings += [f"Not in Welsh yet: {thing}." for thing in list_untold(session, proposal)]
    return warnings


def list_untold(session: Session, proposal: Proposal) -> list[str]:
    """What stands on the page in English and not in Welsh."""
    hub = get_hub(session, proposal)
    pairs = [("the title", proposal.title, hub.title_cy)]
    pairs += [("what is being decided", proposal.deciding, hub.deciding_cy)]
    pairs += [("what is still open", proposal.still_open, hub.still_open_cy)]
    pairs += [("what is proposed", hub.summary, hub.summary_cy)]
    pairs += [("who decides", hub.who_decides, hub.who_decides_cy)]
    for option in hubs.list_options(session, proposal.id):
        for part in PARTS:
            thing = f"the {part} of “{option.name}”"
            pairs.append((thing, getattr(option, part), getattr(option, f"{part}_cy")))
    for entry in hubs.list_terms(session, proposal.id):
        pairs.append((f"the word “{entry.term}”", entry.term, entry.term_cy))
        pairs.append((f"the meaning of “{entry.term}”", entry.meaning, entry.meaning_cy))
    for day in hubs.list_milestones(session, proposal.id):
        pairs.append((f"the date “{day.title}”", day.title, day.title_cy))
    return [thing for thing, english, welsh in pairs if english and not welsh]


def require_fair(session: Session, proposal: Proposal) -> None:
    """Raise Conflict when the page is open and lacks what G1 asks for."""
    hub = hubs.find_hub(session, proposal.id)
    if hub is not None and hub.opened_at is not None:
        gaps = _list_first_gaps(proposal, hubs.list_options(session, proposal.id))
        if gaps:
            raise Conflict(f"The page is open to the public. {' '.join(gaps)}")

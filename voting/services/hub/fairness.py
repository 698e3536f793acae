"""Whether the public page is complete and fair, and what of it is not in Welsh yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy.orm import Session

from voting.domain.errors import Conflict
from voting.domain.governance import PARTS
from voting.domain.wording import (
    PAGE_GAPS,
    has_staying,
    list_missing,
    list_option_gaps,
    list_purpose_gaps,
    tell_missing,
    tell_unbalanced,
)
from voting.services.hub.page import get_hub
from voting.store import hub as hubs
from voting.store.hub import ProposalOption
from voting.store.proposals import Proposal


class Gap(NamedTuple):
    """What keeps the page from opening, and the part of it where that is mended: ``proposal``,
    ``texts``, ``options``, ``glossary`` or ``dates``.
    """

    place: str
    told: str


def list_gaps(session: Session, proposal: Proposal) -> list[Gap]:
    """Why the page cannot be opened to the public: what G1 asks for, what is proposed and who
    decides, G2 of each option, and the Welsh of it all where the proposal is in both languages.
    """
    hub = get_hub(session, proposal)
    options = hubs.list_options(session, proposal.id)
    gaps = _list_first_gaps(proposal, options)
    gaps += [Gap("texts", told) for name, told in PAGE_GAPS.items() if not getattr(hub, name)]
    bare = [(one.name, list_missing(one)) for one in options]
    gaps += [Gap("options", tell_missing(name, missing)) for name, missing in bare if missing]
    if proposal.is_bilingual:
        untold = _list_untold(session, proposal)
        gaps += [Gap(place, f"Not in Welsh yet: {thing}.") for place, thing in untold]
    return gaps


def _list_first_gaps(proposal: Proposal, options: Iterable[ProposalOption]) -> list[Gap]:
    named = [(one.name, one.is_staying) for one in options]
    return [
        *(
            Gap("proposal", told)
            for told in list_purpose_gaps(proposal.deciding, proposal.still_open)
        ),
        *(Gap("options", told) for told in list_option_gaps(named)),
    ]


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
    if hub.is_bilingual and hub.opened_at is not None:  # before that, each is a gap
        warnings += [f"Not in Welsh yet: {thing}." for thing in list_untold(session, proposal)]
    return warnings


def list_untold(session: Session, proposal: Proposal) -> list[str]:
    """What stands on the page in English and not in Welsh."""
    return [thing for _place, thing in _list_untold(session, proposal)]


def _list_untold(session: Session, proposal: Proposal) -> list[tuple[str, str]]:
    """Each of them after the part of the page that it belongs to."""
    pairs = _pair_texts(session, proposal)
    return [(place, thing) for place, thing, english, welsh in pairs if english and not welsh]


def _pair_texts(session: Session, proposal: Proposal) -> Iterator[tuple[str, str, str, str]]:
    """Every text of the page: its part, what it is, its English and its Welsh."""
    hub = get_hub(session, proposal)
    yield "texts", "the title", proposal.title, hub.title_cy
    yield "texts", "what is being decided", proposal.deciding, hub.deciding_cy
    yield "texts", "what is still open", proposal.still_open, hub.still_open_cy
    yield "texts", "what is proposed", hub.summary, hub.summary_cy
    yield "texts", "who decides", hub.who_decides, hub.who_decides_cy
    for option in hubs.list_options(session, proposal.id):
        for part in PARTS:
            thing = f"the {part} of “{option.name}”"
            yield "options", thing, getattr(option, part), getattr(option, f"{part}_cy")
    for entry in hubs.list_terms(session, proposal.id):
        yield "glossary", f"the word “{entry.term}”", entry.term, entry.term_cy
        yield "glossary", f"the meaning of “{entry.term}”", entry.meaning, entry.meaning_cy
    for day in hubs.list_milestones(session, proposal.id):
        yield "dates", f"the date “{day.title}”", day.title, day.title_cy


def require_fair(session: Session, proposal: Proposal) -> None:
    """Raise Conflict when the page is open and lacks what G1 asks for."""
    hub = hubs.find_hub(session, proposal.id)
    if hub is not None and hub.opened_at is not None:
        gaps = _list_first_gaps(proposal, hubs.list_options(session, proposal.id))
        if gaps:
            told = " ".join(gap.told for gap in gaps)
            raise Conflict(f"The page is open to the public. {told}")

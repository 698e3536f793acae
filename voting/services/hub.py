"""Informing: what a proposal tells the public, opened once it is fair, and kept in versions."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json, canonical_time
from voting.domain.errors import BadInput, Conflict, FieldError, refuse_faults
from voting.domain.governance import PARTS, STAY
from voting.domain.lifecycle import State
from voting.domain.wording import (
    check_text,
    clean_line,
    clean_text,
    has_staying,
    is_unbalanced,
    list_in_words,
)
from voting.store import hub as hubs
from voting.store.accounts import Account
from voting.store.hub import GlossaryEntry, Hub, Milestone, ProposalOption, ProposalVersion
from voting.store.polls import list_polls
from voting.store.proposals import Proposal, append_act

MOST_OPTIONS = 30
MOST_TERMS = 200
MOST_MILESTONES = 60
LINE, TEXT = 200, 5_000
HUB_TEXTS = ("summary", "who_decides")
HUB_WELSH = ("title_cy", "summary_cy", "deciding_cy", "still_open_cy", "who_decides_cy")
_FIXED = ("is_bilingual", "title_cy", "deciding_cy", "still_open_cy")
OPTION_TEXTS = (*PARTS, *(f"{part}_cy" for part in PARTS))
NEEDED = ("description", "benefits", "drawbacks", "cost", "source")  # G2
SHORT = frozenset({"name", "name_cy", "title_cy", "term", "term_cy", "title"})
_LABELS = {
    "title_cy": "the title in Welsh",
    "summary": "what is proposed",
    "who_decides": "who decides",
    "term": "the word",
    "meaning": "what it means",
    "title": "what happens",
    "name": "the name of the option",
}


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


def update_hub(
    session: Session,
    proposal: Proposal,
    *,
    is_bilingual: bool,
    public_may_ask: bool,
    now: dt.datetime,
    **texts: str,
) -> Hub:
    """Change the public texts that are given. Raises BadInput with every fault by field.

    Conflict when a poll was frozen in English and in Welsh and what its voters rely on would
    change: the Welsh title, what is being decided, what is still open, or that there is Welsh.
    """
    cleaned = _clean(texts, (*HUB_TEXTS, *HUB_WELSH))
    refuse_faults(_check(cleaned, required=()))
    hub = get_hub(session, proposal)
    _require_unfrozen(session, proposal, hub, {"is_bilingual": is_bilingual, **cleaned})
    hub.is_bilingual, hub.public_may_ask = is_bilingual, public_may_ask
    for name, text in cleaned.items():
        setattr(hub, name, text)
    session.add(hub)
    session.flush()
    session.expire(proposal, ["hub"])
    keep_version(session, proposal, now=now)
    return hub


def _require_unfrozen(
    session: Session, proposal: Proposal, hub: Hub, given: dict[str, Any]
) -> None:
    altered = [name for name in _FIXED if name in given and given[name] != getattr(hub, name)]
    if altered and any(
        poll.state != State.DRAFT and poll.is_bilingual for poll in list_polls(session, proposal.id)
    ):
        raise Conflict(
            "A vote of this proposal is frozen in English and in Welsh, so it stays in both, and "
            "the Welsh title, what is being decided and what is still open cannot be changed."
        )


# ------------------------------------------------------------------ options


def choose_models(
    session: Session, proposal: Proposal, codes: Iterable[str], *, now: dt.datetime
) -> list[ProposalOption]:
    """Add models of the library to the options; those already there are left as they are."""
    wanted = set(codes)
    options = hubs.list_options(session, proposal.id)
    had = {option.model for option in options}
    chosen = [m for m in hubs.list_library(session) if m.code in wanted and m.code not in had]
    if not wanted:
        raise BadInput([FieldError("models", "Select at least one model")])
    if len(options) + len(chosen) > MOST_OPTIONS:
        told = f"A proposal has at most {MOST_OPTIONS} options."
        raise BadInput([FieldError("models", told)])
    place = max((option.position for option in options), default=-1) + 1
    added = []
    for position, model in enumerate(chosen, start=place):
        texts = {part: getattr(model.english, part) for part in PARTS}
        texts |= {f"{part}_cy": getattr(model.welsh, part) for part in PARTS}
        added.append(
            ProposalOption(
                proposal_id=proposal.id,
                position=position,
                model=model.code,
                is_staying=model.code == STAY,
                **texts,
            )
        )
    session.add_all(added)
    keep_version(session, proposal, now=now)
    return added


def save_option(
    session: Session,
    proposal: Proposal,
    option: ProposalOption | None,
    *,
    is_staying: bool,
    now: dt.datetime,
    **texts: str,
) -> ProposalOption:
    """Write a new option, or change one. Raises BadInput with every fault by field."""
    cleaned = _clean(texts, OPTION_TEXTS)
    faults = _check(cleaned, required=("name",) if option is None or "name" in cleaned else ())
    others = [o for o in hubs.list_options(session, proposal.id) if o is not option]
    name = cleaned.get("name", "").casefold()
    if name and name in [other.name.casefold() for other in others]:
        faults.append(FieldError("name", "There is an option of this name already."))
    refuse_faults(faults)
    if option is None:
        if len(others) >= MOST_OPTIONS:
            raise Conflict(f"A proposal has at most {MOST_OPTIONS} options.")
        place = max((other.position for other in others), default=-1) + 1
        option = ProposalOption(
            proposal_id=proposal.id, position=place, model="", **dict.fromkeys(OPTION_TEXTS, "")
        )
    option.is_staying = is_staying
    for part, text in cleaned.items():
        setattr(option, part, text)
    session.add(option)
    keep_version(session, proposal, now=now)
    return option


def remove_option(
    session: Session, proposal: Proposal, option: ProposalOption, *, now: dt.datetime
) -> None:
    """Take an option out. Once the page is open, what G1 asks for must remain; else Conflict."""
    session.delete(option)
    session.flush()
    _require_fair(session, proposal)
    keep_version(session, proposal, now=now)


def move_option(
    session: Session, proposal: Proposal, option: ProposalOption, step: int, *, now: dt.datetime
) -> None:
    """Move an option up (-1) or down (1); nothing happens at the end of the list."""
    options = hubs.list_options(session, proposal.id)
    index = options.index(option)
    other = index + step
    if not 0 <= other < len(options):
        return
    first, second = option.position, options[other].position
    option.position = -1  # both places are taken, and no two may be the same
    session.flush()
    options[other].position = first
    session.flush()
    option.position = second
    keep_version(session, proposal, now=now)


# ------------------------------------------------------------------ glossary and dates


def save_term(
    session: Session,
    proposal: Proposal,
    entry: GlossaryEntry | None,
    *,
    now: dt.datetime,
    **texts: str,
) -> GlossaryEntry:
    """Write a word of the glossary, or change one. Raises BadInput with every fault by field."""
    cleaned = _clean(texts, ("term", "meaning", "term_cy", "meaning_cy"))
    refuse_faults(_check(cleaned, required=("term", "meaning")))
    if entry is None and len(hubs.list_terms(session, proposal.id)) >= MOST_TERMS:
        raise Conflict(f"A glossary has at most {MOST_TERMS} words.")
    entry = entry or GlossaryEntry(proposal_id=proposal.id, term_cy="", meaning_cy="")
    for name, text in cleaned.items():
        setattr(entry, name, text)
    session.add(entry)
    keep_version(session, proposal, now=now)
    return entry


def save_milestone(
    session: Session,
    proposal: Proposal,
    milestone: Milestone | None,
    *,
    on: dt.date,
    now: dt.datetime,
    **texts: str,
) -> Milestone:
    """Write a day of the timetable, or change one. Raises BadInput with every fault by field."""
    cleaned = _clean(texts, ("title", "title_cy"))
    refuse_faults(_check(cleaned, required=("title",)))
    if milestone is None and len(hubs.list_milestones(session, proposal.id)) >= MOST_MILESTONES:
        raise Conflict(f"A timetable has at most {MOST_MILESTONES} days.")
    milestone = milestone or Milestone(proposal_id=proposal.id, title_cy="")
    milestone.on = on
    for name, text in cleaned.items():
        setattr(milestone, name, text)
    session.add(milestone)
    keep_version(session, proposal, now=now)
    return milestone


def remove(
    session: Session, proposal: Proposal, thing: GlossaryEntry | Milestone, *, now: dt.datetime
) -> None:
    """Remove a word of the glossary or a day of the timetable."""
    session.delete(thing)
    keep_version(session, proposal, now=now)


# ------------------------------------------------------------------ opening and versions


def list_gaps(session: Session, proposal: Proposal) -> list[str]:
    """Why the page cannot be opened to the public (requirement G1)."""
    options = hubs.list_options(session, proposal.id)
    gaps = []
    if not proposal.deciding.strip():
        gaps.append("The proposal does not say what is being decided.")
    if not proposal.still_open.strip():
        gaps.append("The proposal does not say what is still open.")
    if len(options) < 2:
        gaps.append("There must be at least two options.")
    if not offers_staying(options):
        gaps.append("One of the options must be staying as we are.")
    return gaps


def offers_staying(options: Iterable[ProposalOption]) -> bool:
    """Whether one of the options keeps things as they are (G1)."""
    return any(option.is_staying or has_staying([option.name]) for option in options)


def list_warnings(session: Session, proposal: Proposal) -> list[str]:
    """What deserves a second look: unfair options (requirement G2), and what is not in Welsh."""
    hub = get_hub(session, proposal)
    warnings = []
    for option in hubs.list_options(session, proposal.id):
        missing = [part for part in NEEDED if not getattr(option, part)]
        if missing:
            warnings.append(f"“{option.name}” has no {list_in_words(missing)}.")
        for part, language in (("", ""), ("_cy", " in Welsh")):
            benefits = getattr(option, f"benefits{part}")
            drawbacks = getattr(option, f"drawbacks{part}")
            if benefits and drawbacks and is_unbalanced(benefits, drawbacks):
                warnings.append(
                    f"“{option.name}”{language}: the benefits have {len(benefits):,} characters "
                    f"and the drawbacks {len(drawbacks):,}. Neither should be more than twice the "
                    "other."
                )
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


def open_hub(session: Session, proposal: Proposal, *, actor: Account, now: dt.datetime) -> Hub:
    """Show the page to the public (requirement G1). Raises BadInput listing what is missing."""
    gaps = list_gaps(session, proposal)
    refuse_faults([FieldError("", gap) for gap in gaps])
    hub = get_hub(session, proposal)
    if hub.opened_at is not None:
        raise Conflict("The page is open to the public already.")
    hub.opened_at = now
    session.add(hub)
    session.flush()
    keep_version(session, proposal, now=now, actor=actor)
    return hub


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


def _require_fair(session: Session, proposal: Proposal) -> None:
    hub = hubs.find_hub(session, proposal.id)
    if hub is not None and hub.opened_at is not None:
        gaps = list_gaps(session, proposal)
        if gaps:
            raise Conflict(f"The page is open to the public. {' '.join(gaps)}")


def _clean(texts: dict[str, str], known: Iterable[str]) -> dict[str, str]:
    unknown = texts.keys() - set(known)
    if unknown:
        raise TypeError(f"there is no {', '.join(sorted(unknown))}")
    return {
        name: clean_line(text) if name in SHORT else clean_text(text)
        for name, text in texts.items()
    }


def _check(cleaned: dict[str, str], *, required: Iterable[str]) -> list[FieldError]:
    faults = []
    for name, text in cleaned.items():
        faults += check_text(
            name,
            _LABELS.get(name, "this text"),
            text,
            limit=LINE if name in SHORT else TEXT,
            required=name in required,
        )
    return faults

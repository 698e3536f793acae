"""Writing the public page of a proposal: its texts, options, glossary and dates; opening it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from voting.domain.errors import BadInput, Conflict, FieldError, refuse_faults
from voting.domain.governance import PARTS, STAY
from voting.domain.lifecycle import State
from voting.domain.wording import (
    NEEDED,
    PAGE_GAPS,
    check_text,
    check_welsh,
    clean_line,
    clean_text,
)
from voting.services.hub.fairness import list_gaps, require_fair
from voting.services.hub.page import HUB_TEXTS, HUB_WELSH, OPTION_TEXTS, get_hub, keep_version
from voting.store import hub as hubs
from voting.store.accounts import Account
from voting.store.hub import GlossaryEntry, Hub, Milestone, ProposalOption
from voting.store.polls import list_polls
from voting.store.proposals import Proposal

Kept = TypeVar("Kept", ProposalOption, GlossaryEntry, Milestone)

MOST_OPTIONS = 30
MOST_TERMS = 200
MOST_MILESTONES = 60
LINE, TEXT = 200, 5_000
_FIXED = ("is_bilingual", "title_cy", "deciding_cy", "still_open_cy")
SHORT = frozenset({"name", "name_cy", "title_cy", "term", "term_cy", "title"})
_IN_WELSH = frozenset(
    f"{name}_cy" for name in (*PARTS, "summary", "who_decides", "term", "meaning", "title")
)
_LABELS = {
    "title_cy": "the title in Welsh",
    "summary": "what is proposed",
    "who_decides": "who decides",
    "term": "the word",
    "meaning": "what it means",
    "title": "what happens",
    "name": "the name of the option",
    "description": "what it is",
    "owners": "who owns and controls it",
    "assets": "what happens to the assets",
    "benefits": "the benefits",
    "drawbacks": "the drawbacks",
    "cost": "the cost or impact",
    "source": "the source",
}


def update_hub(
    session: Session,
    proposal: Proposal,
    *,
    is_bilingual: bool,
    public_may_ask: bool,
    now: dt.datetime,
    **texts: str,
) -> Hub:
    """Change the public texts that are given. Raises BadInput with every fault by field. Once the
    page is open, it says what is proposed and who decides.

    Conflict when a poll was frozen in English and in Welsh and what its voters rely on would
    change: the Welsh title, what is being decided, what is still open, or that there is Welsh.
    """
    cleaned = _clean(texts, (*HUB_TEXTS, *HUB_WELSH))
    hub = get_hub(session, proposal)
    both = hub.is_bilingual and is_bilingual  # a page that becomes so has no Welsh field yet
    faults = _check(cleaned, row=hub, bilingual=both)
    if hub.opened_at is not None:
        faults += [
            FieldError(name, f"Enter {_LABELS[name]}. The page is open to the public.")
            for name in PAGE_GAPS
            if not cleaned.get(name, getattr(hub, name))
        ]
    refuse_faults(faults)
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
    """Write a new option, or change one. Raises BadInput with every fault by field.

    Once the page is open, the option carries every part that G2 names.
    """
    cleaned = _clean(texts, OPTION_TEXTS)
    named = ("name",) if option is None or "name" in cleaned else ()
    faults = _check(cleaned, required=named, row=option, bilingual=proposal.is_bilingual)
    others = [o for o in hubs.list_options(session, proposal.id) if o is not option]
    name = cleaned.get("name", "").casefold()
    if name and name in [other.name.casefold() for other in others]:
        faults.append(FieldError("name", "There is an option of this name already."))
    if get_hub(session, proposal).opened_at is not None:
        faults += _check_parts(option, cleaned)
    refuse_faults(faults)
    if option is None:
        if len(others) >= MOST_OPTIONS:
            raise Conflict(f"A proposal has at most {MOST_OPTIONS} options.")
        place = max((other.position for other in others), default=-1) + 1
        option = ProposalOption(
            proposal_id=proposal.id, position=place, model="", **dict.fromkeys(OPTION_TEXTS, "")
        )
    option.is_staying = is_staying
    return _keep(session, proposal, option, cleaned, now=now)


def _check_parts(option: ProposalOption | None, texts: dict[str, str]) -> list[FieldError]:
    whole = {part: texts.get(part, getattr(option, part, "")) for part in NEEDED}
    return [
        FieldError(part, f"Enter the {NEEDED[part]}. The page is open to the public.")
        for part, text in whole.items()
        if not text
    ]


def remove_option(
    session: Session, proposal: Proposal, option: ProposalOption, *, now: dt.datetime
) -> None:
    """Take an option out. Once the page is open, what G1 asks for must remain; else Conflict."""
    session.delete(option)
    session.flush()
    require_fair(session, proposal)
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
    both = proposal.is_bilingual
    refuse_faults(_check(cleaned, required=("term", "meaning"), row=entry, bilingual=both))
    if entry is None and len(hubs.list_terms(session, proposal.id)) >= MOST_TERMS:
        raise Conflict(f"A glossary has at most {MOST_TERMS} words.")
    entry = entry or GlossaryEntry(proposal_id=proposal.id, term_cy="", meaning_cy="")
    return _keep(session, proposal, entry, cleaned, now=now)


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
    both = proposal.is_bilingual
    refuse_faults(_check(cleaned, required=("title",), row=milestone, bilingual=both))
    if milestone is None and len(hubs.list_milestones(session, proposal.id)) >= MOST_MILESTONES:
        raise Conflict(f"A timetable has at most {MOST_MILESTONES} days.")
    milestone = milestone or Milestone(proposal_id=proposal.id, title_cy="")
    milestone.on = on
    return _keep(session, proposal, milestone, cleaned, now=now)


def _keep(
    session: Session, proposal: Proposal, row: Kept, texts: dict[str, str], *, now: dt.datetime
) -> Kept:
    """Store what was written of a part of the page, and the page as it is then."""
    for name, text in texts.items():
        setattr(row, name, text)
    session.add(row)
    keep_version(session, proposal, now=now)
    return row


def remove(
    session: Session, proposal: Proposal, thing: GlossaryEntry | Milestone, *, now: dt.datetime
) -> None:
    """Remove a word of the glossary or a day of the timetable."""
    session.delete(thing)
    keep_version(session, proposal, now=now)


# ------------------------------------------------------------------ opening and versions


def open_hub(session: Session, proposal: Proposal, *, actor: Account, now: dt.datetime) -> Hub:
    """Show the page to the public (G1, G2). Raises BadInput listing what is missing, in Welsh too
    where the proposal is in both languages.
    """
    refuse_faults([FieldError("", gap.told) for gap in list_gaps(session, proposal)])
    hub = get_hub(session, proposal)
    if hub.opened_at is not None:
        raise Conflict("The page is open to the public already.")
    hub.opened_at = now
    session.add(hub)
    session.flush()
    keep_version(session, proposal, now=now, actor=actor)
    return hub


def _clean(texts: dict[str, str], known: Iterable[str]) -> dict[str, str]:
    unknown = texts.keys() - set(known)
    if unknown:
        raise TypeError(f"there is no {', '.join(sorted(unknown))}")
    return {
        name: clean_line(text) if name in SHORT else clean_text(text)
        for name, text in texts.items()
    }


def _check(
    cleaned: dict[str, str],
    *,
    required: Iterable[str] = (),
    row: object | None = None,
    bilingual: bool = False,
) -> list[FieldError]:
    """The faults of texts; *bilingual*: each that is given in English has its Welsh, which is as in
    *row* if it is not given.
    """
    faults = []
    for name, text in cleaned.items():
        english, welsh = name.removesuffix("_cy"), f"{name}_cy"
        if bilingual and name in _IN_WELSH and english in cleaned:
            continue  # it is looked at beside its English
        limit = LINE if name in SHORT else TEXT
        label = _LABELS.get(name) or f"{_LABELS.get(english, 'this text')} in Welsh"
        faults += check_text(name, label, text, limit=limit, required=name in required)
        if bilingual and welsh in _IN_WELSH:
            told = cleaned.get(welsh, str(getattr(row, welsh, "")))
            faults += check_welsh(name, label, text, told, limit=limit)
    return faults

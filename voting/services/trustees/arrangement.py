"""Who shall hold the keys of a poll: the arrangement, the scrutineers, and the ceremony's begin."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from voting.belenios.election import make_uuid
from voting.domain.errors import Conflict, FieldError, NotFound, refuse_faults
from voting.domain.holding import (
    Holding,
    check_arrangement,
    check_scrutineer,
    fold_address,
)
from voting.domain.lifecycle import State, require_draft
from voting.domain.wording import check_both, clean_line, read_words
from voting.store import trustees
from voting.store.accounts import Account
from voting.store.polls import Poll, lock_poll
from voting.store.proposals import append_act
from voting.store.trustees import Scrutineer

ORGANISER = "organiser"
LANGUAGES = ("en", "cy")
BEGUN = (
    "The scrutineers are making their keys, so this cannot be changed. End the making of the keys "
    "first; then everyone begins again."
)


def set_arrangement(
    session: Session,
    poll: Poll,
    *,
    holding: str,
    size: int,
    threshold: int,
    with_service_key: bool,
    all_needed_reason: str = "",
    all_needed_reason_cy: str = "",
) -> None:
    """Say who holds the keys of a draft. Raises BadInput by field, Conflict once keys are made.

    Where all scrutineers are needed, a reason is asked for; it is published with the frozen poll.
    """
    _require_unbegun(poll)
    bilingual = poll.proposal.is_bilingual
    reason = read_words(all_needed_reason, all_needed_reason_cy, bilingual=bilingual)
    faults = check_arrangement(
        holding=holding, size=size, threshold=threshold, all_needed_reason=reason
    )
    named = trustees.count_scrutineers(session, poll.id)
    if not faults and holding == Holding.SCRUTINEERS and named > size:
        told = f"{named} scrutineers are named already. Remove some of them first."
        faults.append(FieldError("key_size", told))
    refuse_faults(faults)
    poll.key_holding = holding
    if holding == Holding.SCRUTINEERS:
        poll.key_size, poll.threshold = size, threshold
        poll.with_service_key = with_service_key
        poll.all_needed_reason = reason.english if threshold == size else ""
        poll.all_needed_reason_cy = reason.welsh if threshold == size else ""
    session.flush()


def add_scrutineer(
    session: Session,
    poll: Poll,
    *,
    name: str,
    email: str,
    organisation: str,
    language: str = "en",
) -> Scrutineer:
    """Name one more scrutineer. Raises BadInput by field; an organiser cannot be one."""
    _require_unbegun(poll)
    named = trustees.list_scrutineers(session, poll.id)
    if len(named) >= poll.key_size:
        raise Conflict(f"All {poll.key_size} scrutineers of this vote are named.")
    given = _check(session, poll, None, name, email, organisation, language)
    scrutineer = Scrutineer(poll=poll, position=len(named) + 1, **given)
    session.add(scrutineer)
    session.flush()
    return scrutineer


def update_scrutineer(
    session: Session,
    scrutineer: Scrutineer,
    *,
    name: str,
    email: str,
    organisation: str,
    language: str = "en",
) -> None:
    """Correct a scrutineer's particulars. Another address voids the link that went to the old one.

    Raises BadInput by field, Conflict once the poll is frozen and a name would change.
    """
    poll = scrutineer.poll
    given = _check(session, poll, scrutineer, name, email, organisation, language)
    fixed = ("name", "organisation")
    if poll.state != State.DRAFT and any(
        given[field] != getattr(scrutineer, field) for field in fixed
    ):
        raise Conflict("The vote is frozen. A scrutineer's name cannot be changed any more.")
    if given["email_key"] != scrutineer.email_key:
        scrutineer.link_generation += 1
    for field, value in given.items():
        setattr(scrutineer, field, value)
    session.flush()


def remove_scrutineer(session: Session, scrutineer: Scrutineer) -> None:
    """Take a scrutineer off the list before keys are made; the others move up."""
    poll = scrutineer.poll
    _require_unbegun(poll)
    session.delete(scrutineer)
    session.flush()
    for position, other in enumerate(trustees.list_scrutineers(session, poll.id), 1):
        other.position = position
        session.flush()


def get_scrutineer(session: Session, poll: Poll, position: int) -> Scrutineer:
    """The scrutineer of *poll* at this position; raises NotFound."""
    found = trustees.find_scrutineer(session, poll.id, position)
    if found is None:
        raise NotFound("This vote has no such scrutineer.")
    return found


# ------------------------------------------------------------------ the ceremony as a whole


def begin_ceremony(
    session: Session, poll: Poll, *, actor: Account | None, now: dt.datetime
) -> list[Scrutineer]:
    """Fix the arrangement and the group, so that scrutineers can make their keys.

    Raises Conflict unless the poll is a draft whose scrutineers are all named and no ceremony runs.
    """
    poll = lock_poll(session, poll.id)
    _require_unbegun(poll)
    named = trustees.list_scrutineers(session, poll.id)
    if poll.key_holding != Holding.SCRUTINEERS:
        raise Conflict("The service holds the key of this vote. There is nobody to invite.")
    if len(named) != poll.key_size:
        raise Conflict(f"Name all {poll.key_size} scrutineers first. {len(named)} are named.")
    poll.ceremony = make_uuid()
    details = {
        "account": actor.id if actor else None,
        "ceremony": poll.ceremony,
        "size": poll.key_size,
        "threshold": poll.threshold,
        "service": poll.with_service_key,
    }
    append_act(session, poll.proposal_id, poll.id, "ceremony-begun", now=now, details=details)
    return named


def end_ceremony(
    session: Session,
    poll: Poll,
    *,
    reason: str,
    actor: Account | None,
    now: dt.datetime,
    reason_cy: str = "",
) -> None:
    """Throw away the keys made so far, for a public reason, so that everyone can begin again.

    Raises Conflict unless the poll is a draft with a ceremony, BadInput for the reason.
    """
    poll = lock_poll(session, poll.id)
    require_draft(State(poll.state))
    if poll.ceremony is None:
        raise Conflict("No keys are being made for this vote.")
    words = read_words(reason, reason_cy, bilingual=poll.is_bilingual)
    refuse_faults(check_both("reason", "the reason, which is published", words, limit=1_000))
    details = {
        "account": actor.id if actor else None,
        "ceremony": poll.ceremony,
        **words.tell("reason"),
    }
    append_act(session, poll.proposal_id, poll.id, "ceremony-ended", now=now, details=details)
    poll.ceremony = None
    for scrutineer in trustees.list_scrutineers(session, poll.id):
        scrutineer.forget_keys()
    session.flush()


def _require_unbegun(poll: Poll) -> None:
    require_draft(State(poll.state))
    if poll.ceremony is not None:
        raise Conflict(BEGUN)


def _check(
    session: Session,
    poll: Poll,
    itself: Scrutineer | None,
    name: str,
    email: str,
    organisation: str,
    language: str,
) -> dict[str, str]:
    """The particulars as they are stored; raises BadInput with every fault."""
    given = {
        "name": clean_line(name),
        "email": clean_line(email),
        "organisation": clean_line(organisation),
    }
    faults = check_scrutineer(**given)
    key = fold_address(given["email"])
    others = [one for one in trustees.list_scrutineers(session, poll.id) if one is not itself]
    if any(key == one.email_key for one in others):
        faults.append(FieldError("email", "Another scrutineer of this vote has this address."))
    organisers = trustees.list_role_addresses(session, poll.proposal_id, ORGANISER)
    if key in {fold_address(address) for address in organisers}:
        told = (
            "This is the address of an organiser of this proposal. Nobody can be organiser and "
            "scrutineer of the same proposal."
        )
        faults.append(FieldError("email", told))
    if language not in LANGUAGES:
        faults.append(FieldError("language", "Choose English or Welsh."))
    refuse_faults(faults)
    return {**given, "email_key": key, "language": language}

"""Proposals: what is put to people, by whom, and the constituencies that are counted apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from voting.domain.consulting import Stage
from voting.domain.errors import BadInput, Conflict, FieldError, NotFound, refuse_faults
from voting.domain.holding import fold_address
from voting.domain.lifecycle import State
from voting.domain.wording import (
    check_email,
    check_text,
    clean_line,
    clean_text,
    list_in_words,
    make_slug,
)
from voting.store.accounts import Account, find_account, get_account
from voting.store.consultations import list_asking
from voting.store.polls import delete_rules, list_polls, list_polls_using
from voting.store.proposals import (
    Constituency,
    Proposal,
    ProposalRole,
    append_act,
    find_part,
    has_role,
    list_accounts_in,
    list_joined,
    list_slugs,
)
from voting.store.readers import keep_name_of
from voting.store.roll import count_electors, delete_imports, move_electors
from voting.store.trustees import is_scrutineer_of

ORGANISER = "organiser"
MOST_CONSTITUENCIES = 20
_LINES = {
    "title": ("the title", 200),
    "organisation": ("the organisation", 200),
    "contact_name": ("the contact's name", 200),
}
_TEXTS = {
    "deciding": ("what is being decided", 5_000),
    "still_open": ("what is still open", 5_000),
}
_CONTACTS = ("scrutineer_contact", "scrutineer_contact_cy")
_OVER = (State.DRAFT, State.PUBLISHED, State.CANCELLED)
_FIXED = ("title", "organisation", "deciding", "still_open")


def create_proposal(
    session: Session,
    *,
    account: Account,
    title: str,
    organisation: str,
    deciding: str,
    still_open: str,
    contact_name: str,
    contact_email: str,
    contact_phone: str = "",
    scrutineer_contact: str = "",
    scrutineer_contact_cy: str = "",
    now: dt.datetime,
) -> Proposal:
    """Make a proposal that *account* organises. Raises BadInput with every fault by field."""
    texts = _clean(
        {
            "title": title,
            "organisation": organisation,
            "deciding": deciding,
            "still_open": still_open,
            "contact_name": contact_name,
            "contact_email": contact_email,
            "contact_phone": contact_phone,
            "scrutineer_contact": scrutineer_contact,
            "scrutineer_contact_cy": scrutineer_contact_cy,
        }
    )
    refuse_faults(_check(texts))
    stem = make_slug(texts["title"], fallback="proposal")
    slug = make_slug(texts["title"], list_slugs(session, stem), fallback="proposal")
    proposal = Proposal(slug=slug, created_at=now, **texts)
    session.add(proposal)
    session.flush()
    session.add(ProposalRole(proposal_id=proposal.id, account_id=account.id, role=ORGANISER))
    details = {"account": account.id, "proposal": slug}
    append_act(session, proposal.id, None, "created", now=now, details=details)
    return proposal


def update_proposal(
    session: Session, proposal: Proposal, *, now: dt.datetime, **changes: str
) -> Proposal:
    """Change texts of a proposal, named as in :func:`create_proposal`.

    Raises BadInput with every fault by field, and Conflict when a poll is frozen and the title, the
    organisation, what is being decided or what is still open would change: voters rely on them.
    Contacts may always change.
    """
    current = {name: str(getattr(proposal, name)) for name in _names()}
    unknown = changes.keys() - current.keys()
    if unknown:
        raise TypeError(f"a proposal has no {', '.join(sorted(unknown))}")
    texts = _clean({**current, **changes})
    refuse_faults(_check(texts))
    altered = [name for name in texts if texts[name] != current[name]]
    if any(name in _FIXED for name in altered) and _is_frozen(session, proposal):
        raise Conflict(
            "A vote of this proposal is frozen, so its title, organisation, what is being decided "
            "and what is still open cannot be changed. The contacts can."
        )
    for name in altered:
        setattr(proposal, name, texts[name])
    if altered:
        append_act(session, proposal.id, None, "edited", now=now, details={"changed": altered})
    return proposal


def add_organiser(
    session: Session, proposal: Proposal, account_id: int, *, role: str = ORGANISER
) -> None:
    """Give an account a part in the proposal; nothing happens when it has it already.

    Raises Conflict for an organiser whose address is that of a scrutineer of the proposal.
    """
    address = fold_address(str(get_account(session, account_id).email))
    if role == ORGANISER and is_scrutineer_of(session, proposal.id, address):
        raise Conflict(
            "This account belongs to a scrutineer of this proposal. Nobody can be organiser and "
            "scrutineer of the same proposal."
        )
    if not has_role(session, proposal.id, account_id, role):
        session.add(ProposalRole(proposal_id=proposal.id, account_id=account_id, role=role))
        session.flush()


def name_organiser(
    session: Session, proposal: Proposal, *, email: str, actor: Account, now: dt.datetime
) -> Account:
    """Let one more account organise the proposal, and tell the public record.

    Raises BadInput (field email) for no organiser's account, or one with another part in it.
    """
    account = find_account(session, clean_line(email))
    if account is None or not account.has_role(ORGANISER):
        told = "There is no organiser with this address. Ask the operator to add the account."
        raise BadInput([FieldError("email", told)])
    part = find_part(session, proposal.id, int(account.id))
    if part is not None and part.role != ORGANISER:
        told = f"This account is the proposal's {part.role}, so it cannot organise it."
        raise BadInput([FieldError("email", told)])
    if part is None:
        try:
            add_organiser(session, proposal, int(account.id))
        except Conflict as refusal:
            raise BadInput([FieldError("email", refusal.message)]) from None
        details = {"organiser": int(account.id), "account": actor.id}
        append_act(session, proposal.id, None, "organiser-named", now=now, details=details)
    return account


def withdraw_organiser(
    session: Session, proposal: Proposal, account_id: int, *, actor: Account, now: dt.datetime
) -> None:
    """Let an account organise the proposal no more; what it did stays. Raises NotFound, or
    Conflict for the last one, without whom nobody could go on."""
    part = find_part(session, proposal.id, account_id)
    if part is None or part.role != ORGANISER:
        raise NotFound("This account does not organise the proposal.")
    if len(list_accounts_in(session, proposal.id, ORGANISER)) == 1:
        raise Conflict("Nobody else organises this proposal. Name somebody else first.")
    session.delete(part)
    session.flush()
    details = {"organiser": account_id, "account": actor.id}
    append_act(session, proposal.id, None, "organiser-withdrawn", now=now, details=details)


def add_constituency(
    session: Session, proposal: Proposal, *, name: str, code: str | None = None, name_cy: str = ""
) -> Constituency:
    """Add a part of the electorate that is counted by itself; *code* is made of the name.

    *name_cy* is its name in Welsh. Raises BadInput (field name, name_cy or code), and Conflict when
    a poll of the proposal is frozen and not finished.
    """
    name, name_cy = clean_line(name), clean_line(name_cy)
    refuse_faults(_check_name(proposal, name, name_cy, None))
    _require_unfrozen(session, proposal)
    taken = [constituency.code for constituency in proposal.every_constituency]
    if len(proposal.constituencies) >= MOST_CONSTITUENCIES:
        told = f"A proposal has at most {MOST_CONSTITUENCIES} constituencies."
        refuse_faults([FieldError("name", told)])
    chosen = make_slug(code or name, [] if code else taken, fallback="constituency", longest=40)
    if chosen in taken or (code and chosen != code):
        told = f"The code '{code or chosen}' is taken, or is not lower-case letters and digits."
        refuse_faults([FieldError("code", told)])
    position = max((c.position for c in proposal.every_constituency), default=-1) + 1
    constituency = Constituency(code=chosen, name=name, name_cy=name_cy, position=position)
    proposal.constituencies.append(constituency)
    session.flush()
    session.expire(proposal, ["every_constituency"])
    return constituency


def rename_constituency(
    session: Session, constituency: Constituency, *, name: str, name_cy: str | None = None
) -> None:
    """Give a constituency another name; *name_cy* is the Welsh one, None leaves it as it is.

    Raises BadInput, or Conflict once a poll fixed the name. A Welsh name may be added at any time.
    """
    name = clean_line(name)
    name_cy = constituency.name_cy if name_cy is None else clean_line(name_cy)
    refuse_faults(_check_name(constituency.proposal, name, name_cy, constituency))
    is_altered = name != constituency.name or constituency.name_cy not in ("", name_cy)
    if is_altered and list_polls_using(session, constituency.id):
        raise Conflict(f"A frozen vote names {constituency.name}. It cannot be renamed.")
    constituency.name, constituency.name_cy = name, name_cy
    session.flush()


def remove_constituency(session: Session, constituency: Constituency) -> None:
    """Remove a constituency; Conflict when a frozen poll uses it, its roll is not empty, or
    another was joined to it.
    """
    if list_polls_using(session, constituency.id):
        raise Conflict(f"A frozen vote uses {constituency.name}. It cannot be removed.")
    electors = count_electors(session, constituency.id)
    if electors:
        raise Conflict(
            f"The roll of {constituency.name} has {electors:,} "
            f"{'person' if electors == 1 else 'people'} on it. Empty the roll first."
        )
    joined = list_joined(session, constituency.id)
    if joined:
        told = list_in_words([each.name for each in joined])
        raise Conflict(f"{told} was joined to {constituency.name}. It cannot be removed.")
    delete_rules(session, constituency.id)
    delete_imports(session, constituency.id)
    keep_name_of(session, constituency)
    session.flush()
    proposal = constituency.proposal
    session.delete(constituency)
    session.flush()
    session.expire(proposal, ["constituencies", "every_constituency"])


def join_constituency(
    session: Session,
    constituency: Constituency,
    other: Constituency,
    *,
    actor: Account,
    now: dt.datetime,
) -> int:
    """Have everyone on the roll of a constituency vote in *other* (D1); answers how many moved.

    Who is on both rolls by the same address votes once, with the weight that *other* gives. What a
    consultation asked of *constituency* stays under its name. Raises Conflict when a frozen vote
    names it, when one fixed the roll of *other* and is not over, or while a consultation asks it.
    """
    _require_joinable(session, constituency, other)
    moved = move_electors(session, constituency.id, other.id)
    delete_rules(session, constituency.id)
    delete_imports(session, constituency.id)
    for each in (constituency, *list_joined(session, constituency.id)):
        each.joined_to_id = other.id
    session.flush()
    session.expire(constituency.proposal, ["constituencies", "every_constituency"])
    details = {
        "constituency": constituency.code,
        "joined_to": other.code,
        "electors": count_electors(session, other.id),
        "account": actor.id,
    }
    append_act(
        session, constituency.proposal_id, None, "constituency-joined", now=now, details=details
    )
    return moved


def _require_joinable(session: Session, constituency: Constituency, other: Constituency) -> None:
    if constituency.id == other.id or constituency.proposal_id != other.proposal_id:
        raise Conflict("Choose another constituency of the same proposal.")
    if list_polls_using(session, constituency.id):
        raise Conflict(f"A frozen vote names {constituency.name}. It cannot be joined to another.")
    for poll in list_polls_using(session, other.id):
        if poll.state not in _OVER:
            raise Conflict(
                f"The roll of {other.name} was fixed when the vote '{poll.title}' was frozen. "
                "Nobody can join it until that vote is over."
            )
    for consultation in list_asking(session, constituency.id):
        if consultation.state != Stage.CLOSED:
            raise Conflict(
                f"The consultation '{consultation.title}' asks {constituency.name}. Take it out "
                "of the draft, or wait until the consultation has closed."
            )


def _names() -> tuple[str, ...]:
    return (*_LINES, *_TEXTS, "contact_email", "contact_phone", *_CONTACTS)


def _clean(texts: dict[str, str]) -> dict[str, Any]:
    several = (*_TEXTS, *_CONTACTS)
    return {
        name: clean_text(text) if name in several else clean_line(text)
        for name, text in texts.items()
    }


def _check(texts: dict[str, str]) -> list[FieldError]:
    faults = []
    for name, (label, limit) in {**_LINES, **_TEXTS}.items():
        faults += check_text(name, label, texts[name], limit=limit)
    faults += check_email("contact_email", "the contact's email address", texts["contact_email"])
    for name, label, limit in (
        ("contact_phone", "the contact's phone number", 60),
        ("scrutineer_contact", "the scrutineer's contact", 1_000),
        ("scrutineer_contact_cy", "the scrutineer's contact in Welsh", 1_000),
    ):
        faults += check_text(name, label, texts[name], limit=limit, required=False)
    return faults


def _check_name(
    proposal: Proposal, name: str, name_cy: str, itself: Constituency | None
) -> list[FieldError]:
    faults = check_text("name", "the name of the constituency", name, limit=100)
    faults += check_text("name_cy", "the name in Welsh", name_cy, limit=100, required=False)
    others = [c for c in proposal.constituencies if c is not itself]
    for field, given in (("name", name), ("name_cy", name_cy)):
        taken = [getattr(other, field).casefold() for other in others]
        if given and given.casefold() in taken:
            told = f"There is a constituency called '{given}' already."
            faults.append(FieldError(field, told))
    return faults


def _is_frozen(session: Session, proposal: Proposal) -> bool:
    return any(poll.state != State.DRAFT for poll in list_polls(session, proposal.id))


def _require_unfrozen(session: Session, proposal: Proposal) -> None:
    for poll in list_polls(session, proposal.id):
        if poll.state not in _OVER:
            raise Conflict(
                f"The vote '{poll.title}' is frozen. Constituencies can be added when it is over."
            )

"""Proposals, rolls and polls made by the real services, for tests to stand on."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from voting.sealing import Sealer
from voting.services import hub, keys, polls, proposals, roll
from voting.services.polls import OptionInput
from voting.store.accounts import Account
from voting.store.hub import Hub
from voting.store.polls import Poll, Question
from voting.store.proposals import Constituency, Proposal
from voting.store.roll import Elector, list_electors

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
OPENS_AT = NOW + dt.timedelta(days=1)
CLOSES_AT = NOW + dt.timedelta(days=15)
SEALER = Sealer([Fernet.generate_key()])
YES_NO = (
    OptionInput(
        "Become a mutual",
        "A new organisation owned by staff and users takes the service over.",
        "Staff and users elect the board.",
        "The contract can be lost later.",
        "Options paper, section 3",
    ),
    OptionInput(
        "Stay as we are",
        "The council goes on running the service.",
        "Nobody's employer changes.",
        "Budgets are expected to shrink.",
        "Options paper, section 2",
    ),
)


def make_account(session: Session, email: str | None = None) -> Account:
    """Someone who can sign in."""
    account = Account(
        email=email or f"{secrets.token_hex(4)}@northmoor.example",
        fs_uniquifier=secrets.token_hex(16),
        active=True,
    )
    session.add(account)
    session.flush()
    return account


def make_proposal(
    session: Session, account: Account | None = None, *, now: dt.datetime = NOW, **changes: str
) -> Proposal:
    """A proposal without constituencies."""
    texts = {
        "title": "The future of Northmoor Leisure",
        "organisation": "Northmoor Leisure Trust",
        "deciding": "Whether the trust's sports centres become a mutual.",
        "still_open": "Who would sit on its board, and from which date.",
        "contact_name": "Alex Morgan",
        "contact_email": "votes@northmoor.example",
        "contact_phone": "01632 960001",
        "scrutineer_contact": "Northmoor branch of the union, 01632 960002",
        **changes,
    }
    return proposals.create_proposal(
        session, account=account or make_account(session), now=now, **texts
    )


def open_page(session: Session, proposal: Proposal, account: Account) -> Hub:
    """Write the public page of a proposal, with two options, and open it."""
    texts = {"summary": "A trust of its own.", "who_decides": "The council, in the open."}
    flags = {"is_bilingual": False, "public_may_ask": False}
    hub.update_hub(session, proposal, now=NOW, **flags, **texts)
    hub.choose_models(session, proposal, ("in-house", "consortium"), now=NOW)
    return hub.open_hub(session, proposal, actor=account, now=NOW)


def make_constituency(
    session: Session, proposal: Proposal, name: str = "Staff", code: str | None = None
) -> Constituency:
    """A constituency with an empty roll."""
    return proposals.add_constituency(session, proposal, name=name, code=code)


def make_electors(
    session: Session, constituency: Constituency, number: int, *, weights: Sequence[int] = ()
) -> list[Elector]:
    """So many people imported from CSV; *weights* are the first ones' weights."""
    lines = ["name,email,weight,weight_reason"]
    for index in range(number):
        weight = weights[index] if index < len(weights) else 1
        reason = "Members of the organisation" if weight != 1 else ""
        address = f"{constituency.code}{index}@people.example"
        lines.append(f"Sam {constituency.code} {index},{address},{weight},{reason}")
    upload, _report = roll.preview_import(
        session, constituency, "roll.csv", "\n".join(lines).encode(), now=NOW
    )
    roll.confirm_import(session, upload, now=NOW)
    return list_electors(session, constituency.id)


def make_elector(session: Session, constituency: Constituency) -> Elector:
    """One person on the roll."""
    return make_electors(session, constituency, 1)[0]


def add_question(session: Session, poll: Poll, *, text: str = "", maximum: int = 1) -> Question:
    """The question whether to become a mutual, or one with this text."""
    text = text or "Should the service become a mutual?"
    return polls.add_question(session, poll, text=text, maximum=maximum, options=YES_NO)


def make_draft(
    session: Session,
    proposal: Proposal | None = None,
    *,
    electors: dict[str, int] | None = None,
    group: str = "Ed25519",
    opens_at: dt.datetime = OPENS_AT,
    closes_at: dt.datetime = CLOSES_AT,
    checking_hours: int = 0,
    now: dt.datetime = NOW,
) -> Poll:
    """A draft that lacks nothing: two constituencies of ten, one question, default rules, dates."""
    proposal = proposal or make_proposal(session, now=now)
    if not proposal.constituencies:
        for name, number in (electors or {"Staff": 10, "Users": 10}).items():
            constituency = make_constituency(session, proposal, name)
            if number:
                make_electors(session, constituency, number)
    poll = polls.create_poll(session, proposal, title="Forming a mutual", now=now)
    add_question(session, poll)
    return polls.update_poll(
        session,
        poll,
        opens_at=opens_at,
        closes_at=closes_at,
        carrying_option=0,
        checking_hours=checking_hours,
        group=group,
        now=now,
    )


def freeze(
    session: Session, poll: Poll, *, now: dt.datetime = NOW, actor: Account | None = None
) -> Poll:
    """Freeze a draft with real keys, sealed by ``SEALER``."""
    return polls.freeze(
        session,
        poll,
        actor=actor,
        now=now,
        prepare_election=partial(keys.prepare_election, sealer=SEALER),
    )


def make_ready_poll(session: Session, **draft: Any) -> Poll:
    """A frozen poll; arguments as for :func:`make_draft`."""
    return freeze(session, make_draft(session, **draft))


def make_open_poll(session: Session, **draft: Any) -> Poll:
    """A poll that opened at OPENS_AT; arguments as for :func:`make_draft`."""
    return polls.open_poll(session, make_ready_poll(session, **draft), now=OPENS_AT)

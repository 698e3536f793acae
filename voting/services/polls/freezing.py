"""Freezing: keys and codes are made, then everything voters and rules depend on is fixed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json, canonical_time
from voting.domain.errors import BadInput, Conflict, FieldError
from voting.domain.holding import Holding
from voting.domain.lifecycle import STANDING, State, require_transition
from voting.domain.methods import method_to_json, order_options, write_method
from voting.domain.rules import BACKGROUND
from voting.services.polls.readiness import COMPLETE, list_tasks
from voting.store.accounts import Account
from voting.store.board import get_records
from voting.store.documents import Document, list_documents
from voting.store.polls import Election, Poll, Question, lock_poll
from voting.store.proposals import Constituency, append_act
from voting.store.roll import list_weights
from voting.store.trustees import list_scrutineers

FORMAT = 1
LANGUAGES = ("en", "cy")
PROPOSAL_TEXTS = ("title", "deciding", "still_open")
POLL_TEXTS = ("title", "introduction")
OPTION_TEXTS = ("text", *BACKGROUND)


class PrepareElection(Protocol):
    """Makes the key, the codes and the election of one constituency, with its Setup event."""

    def __call__(
        self, session: Session, poll: Poll, constituency: Constituency, *, now: dt.datetime
    ) -> Election: ...


def freeze(
    session: Session,
    poll: Poll,
    *,
    actor: Account | None,
    now: dt.datetime,
    prepare_election: PrepareElection,
) -> Poll:
    """Fix a complete draft and make it ready. Nothing of it changes afterwards.

    Every constituency gets its election from *prepare_election*; then texts, options, rules, dates
    and what identifies the rolls are written to ``poll.frozen_json``, whose SHA-256 stands in the
    trail. Raises Conflict unless the poll is a draft, and BadInput listing what is missing.
    """
    poll = lock_poll(session, poll.id)
    if poll.state != State.DRAFT:
        raise Conflict(f"This vote {STANDING[State(poll.state)]}. It was frozen before.")
    require_complete(session, poll, now=now)
    if not poll.is_bilingual:
        _leave_out_welsh(poll)
    for question in poll.questions:
        _fix_order(session, question)
    for constituency in poll.proposal.constituencies:
        prepare_election(session, poll, constituency, now=now)
    session.flush()
    session.expire(poll, ["elections"])

    poll.frozen_json = canonical_json(describe(session, poll))
    poll.frozen_hash = hashlib.sha256(poll.frozen_json).hexdigest()
    poll.frozen_at = now
    require_transition(State(poll.state), State.READY)
    poll.state = State.READY
    details = {
        "account": actor.id if actor else None,
        "hash": poll.frozen_hash,
        "elections": {e.constituency.code: e.fingerprint for e in poll.elections},
    }
    append_act(session, poll.proposal_id, poll.id, "frozen", now=now, details=details)
    return poll


def _leave_out_welsh(poll: Poll) -> None:
    """Drop what was written in Welsh before the proposal was said to be in English alone."""
    options = [option for question in poll.questions for option in question.options]
    for thing, names in (
        (poll, POLL_TEXTS),
        *((question, ("text",)) for question in poll.questions),
        *((option, OPTION_TEXTS) for option in options),
    ):
        for name in names:
            setattr(thing, f"{name}_cy", "")
    for question in poll.questions:
        question.method_json = write_method(replace(question.method, grades_cy=()))


def _fix_order(session: Session, question: Question) -> None:
    """Put the options in one random order for all, where the organiser chose that."""
    if not question.method.shuffled:
        return
    method = replace(question.method, order_seed=secrets.token_hex(16))
    options = list(question.options)
    order = order_options([option.text for option in options], method.order_seed)
    for place, option in enumerate(options):
        option.position = -1 - place  # out of the way: two options never share a position
    session.flush()
    for position, place in enumerate(order):
        options[place].position = position
    question.method_json = write_method(method)
    poll = question.poll
    if poll.deciding_question == question.position and poll.carrying_option is not None:
        poll.carrying_option = order.index(poll.carrying_option)
    session.flush()
    session.expire(question, ["options"])


def require_complete(session: Session, poll: Poll, *, now: dt.datetime) -> None:
    """Raise BadInput with every problem of every task that is not complete (field: task code)."""
    problems = [
        FieldError(task.code, problem)
        for task in list_tasks(session, poll, now=now)
        if task.state != COMPLETE
        for problem in task.problems
    ]
    if problems:
        raise BadInput(problems)


def describe(session: Session, poll: Poll) -> dict[str, Any]:
    """All that voters and rules depend on, as data; rolls without names or addresses.

    A poll in two languages says so, and has the Welsh of each text under its name with ``_cy``.
    """
    proposal = poll.proposal
    return {
        "format": FORMAT,
        **({"languages": list(LANGUAGES)} if poll.is_bilingual else {}),
        "proposal": {
            "slug": proposal.slug,
            "organisation": proposal.organisation,
            **_describe_texts(poll, proposal, PROPOSAL_TEXTS),
        },
        "poll": {
            "slug": poll.slug,
            **_describe_texts(poll, poll, POLL_TEXTS),
            "group": poll.group,
            "opens_at": canonical_time(poll.timetable.opens_at),
            "closes_at": canonical_time(poll.timetable.closes_at),
            "grace_minutes": poll.grace_minutes,
            "checking_hours": poll.checking_hours,
            "issuer": poll.issuer,
            "show_ballot_count": poll.show_ballot_count,
            "deciding_question": poll.deciding_question,
            "carrying_option": poll.carrying_option,
            "combination": poll.combination,
        },
        "keys": _describe_keys(session, poll),
        "questions": [_describe_question(question) for question in poll.questions],
        "constituencies": [_describe_part(session, poll, e) for e in poll.elections],
        "documents": [
            _describe_document(each) for each in list_documents(session, proposal.id, standing=True)
        ],
    }


def _describe_document(document: Document) -> dict[str, Any]:
    newest = document.newest
    return {
        "document": document.id,
        "title": document.title,
        "version": newest.number,
        "sha256": newest.sha256,
    }


def _describe_keys(session: Session, poll: Poll) -> dict[str, Any]:
    """Who holds the keys, by name; no address."""
    if poll.key_holding == Holding.SIMPLE:
        return {"holding": poll.key_holding}
    return {
        "holding": poll.key_holding,
        "ceremony": poll.ceremony,
        "size": poll.key_size,
        "threshold": poll.threshold,
        "service": poll.with_service_key,
        **_describe_texts(poll, poll, ("all_needed_reason",)),
        "scrutineers": [
            {"name": person.name, "organisation": person.organisation}
            for person in list_scrutineers(session, poll.id)
        ],
    }


def _describe_texts(poll: Poll, thing: object, names: Sequence[str]) -> dict[str, str]:
    """The texts *names* of *thing*, in both languages where the poll is in both."""
    told = {name: str(getattr(thing, name)) for name in names}
    if poll.is_bilingual:
        told |= {f"{name}_cy": str(getattr(thing, f"{name}_cy")) for name in names}
    return told


def _describe_question(question: Question) -> dict[str, Any]:
    poll = question.poll
    return {
        **_describe_texts(poll, question, ("text",)),
        "minimum": question.minimum,
        "maximum": question.maximum,
        "blank": True,
        "counting": method_to_json(question.method),
        "options": [_describe_texts(poll, option, OPTION_TEXTS) for option in question.options],
    }


def _describe_part(session: Session, poll: Poll, election: Election) -> dict[str, Any]:
    constituency = election.constituency
    rule = next(rule for rule in poll.rules if rule.constituency_id == constituency.id)
    return {
        "code": constituency.code,
        **_describe_texts(poll, constituency, ("name",)),
        "uuid": election.uuid,
        "fingerprint": election.fingerprint,
        "rule": {
            "standing": rule.standing,
            "comparison": rule.comparison,
            "numerator": rule.numerator,
            "denominator": rule.denominator,
            "base": rule.base,
            "turnout_percent": rule.turnout_percent,
        },
        "roll": {
            "electors": election.electors,
            "total_weight": election.total_weight,
            "credentials_hash": _find_credentials_hash(session, election),
            "weights": [
                {
                    "weight": each.weight,
                    **_describe_texts(poll, each, ("reason",)),
                    "count": each.count,
                }
                for each in list_weights(session, constituency.id)
            ],
        },
    }


def _find_credentials_hash(session: Session, election: Election) -> str:
    """The hash of the public credentials' file, as the Setup event of the board carries it."""
    *_, setup = get_records(session, election.id, 0)
    return str(json.loads(setup)["credentials"])

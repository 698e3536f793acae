"""Writing a poll. Everything here refuses with Conflict once the poll is frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from enum import Enum
from typing import Any, TypedDict, Unpack

from sqlalchemy.orm import Session

from voting.domain.errors import Conflict, FieldError, refuse_faults
from voting.domain.lifecycle import State, require_draft
from voting.domain.methods import (
    Kind,
    Method,
    check_method,
    clean_method,
    default_method,
    write_method,
)
from voting.domain.rules import (
    COMBINATIONS,
    GROUPS,
    MOST_QUESTIONS,
    OptionInput,
    check_checking,
    check_dates,
    check_question,
    check_rule,
)
from voting.domain.wording import RESERVED, check_text, clean_line, clean_text, make_slug
from voting.store.polls import DecisionRule, Option, Poll, Question, list_poll_slugs
from voting.store.proposals import Constituency, Proposal

STAFF = "staff"
LOST_OPTION = -1  # the option that carried was removed: to be chosen again


class Keep(Enum):
    """The value that leaves a question's kind as it is."""

    KEEP = "keep"


KEEP = Keep.KEEP


def create_poll(session: Session, proposal: Proposal, *, title: str, now: dt.datetime) -> Poll:
    """Make a draft with the default decision rules. Raises BadInput for the title."""
    title = clean_line(title)
    refuse_faults(check_text("title", "the title of the vote", title, limit=200))
    taken = [*list_poll_slugs(session, proposal.id), *RESERVED]
    poll = Poll(
        proposal=proposal,
        slug=make_slug(title, taken, fallback="vote"),
        title=title,
        state=State.DRAFT,
    )
    session.add(poll)
    session.flush()
    default_rules(session, poll)
    return poll


class Changes(TypedDict, total=False):
    """What of a draft may be changed; what is not given stays. Times are aware.

    *deciding_question* and *carrying_option* are positions from 0; no carrying option means that
    the leading one must reach the rule.
    """

    title: str
    title_cy: str
    introduction: str
    introduction_cy: str
    group: str
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    grace_minutes: int
    checking_hours: int
    show_ballot_count: bool
    deciding_question: int
    carrying_option: int | None
    combination: str


def update_poll(
    session: Session, poll: Poll, *, now: dt.datetime, **given: Unpack[Changes]
) -> Poll:
    """Change what is given and leave the rest. Raises BadInput with every fault by field."""
    require_draft(State(poll.state))
    changes: dict[str, Any] = dict(given)
    for name, clean in _CLEANED.items():
        if name in changes:
            changes[name] = clean(changes[name])
    refuse_faults(_check_changes(poll, changes, now))
    for name, value in changes.items():
        setattr(poll, name, value)
    session.flush()
    return poll


_CLEANED: Mapping[str, Callable[[str], str]] = {
    "title": clean_line,
    "title_cy": clean_line,
    "introduction": clean_text,
    "introduction_cy": clean_text,
}
_TEXTS = {
    "title": ("the title of the vote", 200),
    "title_cy": ("the title in Welsh", 200),
    "introduction": ("the introduction", 5_000),
    "introduction_cy": ("the introduction in Welsh", 5_000),
}


def _check_changes(poll: Poll, changes: dict[str, Any], now: dt.datetime) -> list[FieldError]:
    after = {name: changes.get(name, getattr(poll, name)) for name in _CHECKED}
    faults = []
    for name, (label, limit) in _TEXTS.items():
        faults += check_text(name, label, after[name], limit=limit, required=name == "title")
    faults += _check_group(poll, after["group"])
    if after["combination"] not in COMBINATIONS:
        faults.append(FieldError("combination", "Choose how the constituencies combine."))
    if changes.keys() & {"opens_at", "closes_at", "grace_minutes"}:
        faults += check_dates(after["opens_at"], after["closes_at"], after["grace_minutes"], now)
    faults += check_checking(after["checking_hours"])
    if changes.keys() & {"deciding_question", "carrying_option"}:
        faults += _check_carrying(poll, after["deciding_question"], after["carrying_option"])
    return faults


def _check_group(poll: Poll, group: str) -> list[FieldError]:
    if group not in GROUPS:
        told = f"'{group}' is not a known group. Choose one of {', '.join(GROUPS)}."
        return [FieldError("group", told)]
    if poll.ceremony is not None and group != poll.group:
        told = (
            f"The scrutineers are making keys for {poll.group}. End the making of the keys before "
            "you choose another way of sealing."
        )
        return [FieldError("group", told)]
    return []


_CHECKED = (
    *_TEXTS,
    "group",
    "combination",
    "opens_at",
    "closes_at",
    "grace_minutes",
    "checking_hours",
    "deciding_question",
    "carrying_option",
)


def _check_carrying(poll: Poll, question: int, option: int | None) -> list[FieldError]:
    if not poll.questions and question == 0:
        return []  # held against the questions when the draft is checked
    if not 0 <= question < len(poll.questions):
        return [FieldError("deciding_question", "Choose one of the questions.")]
    if option is not None and not 0 <= option < len(poll.questions[question].options):
        return [FieldError("carrying_option", "Choose one of the options of that question.")]
    return []


def add_question(
    session: Session,
    poll: Poll,
    *,
    text: str,
    maximum: int,
    options: Sequence[OptionInput],
    minimum: int = 1,
    kind: str = Kind.CHOOSE,
    text_cy: str = "",
) -> Question:
    """Append a question; a blank vote is always offered besides its options.

    A kind other than choosing starts with its usual counting rule. Raises BadInput with every
    fault: fields text, text_cy, minimum, maximum, kind, options, options-0-text, ...
    """
    require_draft(State(poll.state))
    if len(poll.questions) >= MOST_QUESTIONS:
        raise Conflict(f"A vote has at most {MOST_QUESTIONS} questions.")
    method = _start_method(kind)
    texts, cleaned = _clean_question(text, text_cy, minimum, maximum, options)
    place = len(poll.questions)
    question = Question(position=place, minimum=minimum, maximum=maximum, **texts)
    question.method_json = write_method(method)
    question.options = _make_options(cleaned)
    poll.questions.append(question)
    session.flush()
    return question


def update_question(
    session: Session,
    question: Question,
    *,
    text: str,
    maximum: int,
    options: Sequence[OptionInput],
    minimum: int = 1,
    kind: str | Keep = KEEP,
    text_cy: str = "",
) -> Question:
    """Replace a question's words and options; faults as in :func:`add_question`.

    Another kind starts with its usual counting rule; the same one keeps what was set. When the
    option that carries the decision is no longer there, the draft says so.
    """
    poll = question.poll
    require_draft(State(poll.state))
    texts, cleaned = _clean_question(text, text_cy, minimum, maximum, options)
    if kind is not KEEP and kind != question.method.kind:
        question.method_json = write_method(_start_method(kind))
    before = [option.text for option in question.options]
    question.text, question.text_cy = texts["text"], texts["text_cy"]
    question.minimum, question.maximum = minimum, maximum
    question.options = []
    session.flush()
    question.options = _make_options(cleaned)
    if poll.deciding_question == question.position:
        after = [option.text for option in cleaned]
        poll.carrying_option = _follow(poll.carrying_option, before, after)
    session.flush()
    return question


def set_method(session: Session, question: Question, method: Method) -> Question:
    """Set how a question is answered and counted. Raises BadInput with every fault by field."""
    require_draft(State(question.poll.state))
    cleaned = clean_method(method)
    refuse_faults(check_method(cleaned, len(question.options)))
    question.method_json = write_method(cleaned)
    session.flush()
    return question


def _start_method(kind: str) -> Method:
    if kind not in list(Kind):
        refuse_faults([FieldError("kind", "Choose how voters answer this question.")])
    return default_method(kind)


def remove_question(session: Session, question: Question) -> None:
    """Remove a question; the others move up, and the deciding one stays the deciding one."""
    poll = question.poll
    require_draft(State(poll.state))
    removed = question.position
    poll.questions.remove(question)
    session.flush()
    for position, other in enumerate(poll.questions):
        other.position = position
        session.flush()
    if removed < poll.deciding_question:
        poll.deciding_question -= 1
    elif removed == poll.deciding_question:
        poll.deciding_question = 0
        poll.carrying_option = None if poll.carrying_option is None else LOST_OPTION
    session.flush()


def _clean_question(
    text: str, text_cy: str, minimum: int, maximum: int, options: Sequence[OptionInput]
) -> tuple[dict[str, str], list[OptionInput]]:
    text, text_cy = clean_line(text), clean_line(text_cy)
    cleaned = [option.cleaned() for option in options]
    refuse_faults(check_question(text, minimum, maximum, cleaned, text_cy))
    return {"text": text, "text_cy": text_cy}, cleaned


def _make_options(cleaned: Sequence[OptionInput]) -> list[Option]:
    return [Option(position=place, **asdict(option)) for place, option in enumerate(cleaned)]


def _follow(carrying: int | None, before: list[str], after: list[str]) -> int | None:
    if carrying is None or not 0 <= carrying < len(before):
        return carrying
    if before[carrying] in after:
        return after.index(before[carrying])
    return carrying if len(before) == len(after) else LOST_OPTION


def set_rule(
    session: Session,
    poll: Poll,
    constituency: Constituency,
    *,
    standing: str,
    comparison: str,
    numerator: int,
    denominator: int,
    base: str,
    turnout_percent: int,
) -> DecisionRule:
    """Set what one constituency must reach. Raises BadInput with every fault by field."""
    require_draft(State(poll.state))
    if constituency.proposal_id != poll.proposal_id:
        told = f"The constituency '{constituency.name}' is not part of this proposal."
        refuse_faults([FieldError("constituency", told)])
    values: dict[str, Any] = {
        "standing": standing,
        "comparison": comparison,
        "numerator": numerator,
        "denominator": denominator,
        "base": base,
        "turnout_percent": turnout_percent,
    }
    refuse_faults(check_rule(**values))
    rule = next((r for r in poll.rules if r.constituency_id == constituency.id), None)
    if rule is None:
        rule = DecisionRule(constituency=constituency)
        poll.rules.append(rule)
    for name, value in values.items():
        setattr(rule, name, value)
    session.flush()
    return rule


def default_rules(session: Session, poll: Poll) -> None:
    """Give each constituency that has no rule the default one.

    Staff (else the first constituency) decide by more than half of valid votes with a turnout of
    50 per cent; the others advise.
    """
    constituencies = poll.proposal.constituencies
    ruled = {rule.constituency_id for rule in poll.rules}
    codes = [constituency.code for constituency in constituencies]
    deciding = STAFF if STAFF in codes else next(iter(codes), "")
    for constituency in constituencies:
        if constituency.id not in ruled:
            decides = constituency.code == deciding
            set_rule(
                session,
                poll,
                constituency,
                standing="decides" if decides else "advises",
                comparison="more-than",
                numerator=1,
                denominator=2,
                base="valid",
                turnout_percent=50 if decides else 0,
            )

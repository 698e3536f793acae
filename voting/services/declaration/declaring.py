"""From the opened numbers to the declared outcome, by the rule that was frozen before voting.

The outcome says what the ballot shows. It is evidence; the authority takes the decision.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from voting.belenios.board import EventType, parse_sizes
from voting.belenios.election import parse_election
from voting.belenios.tally import parse_result
from voting.counting.decision import (
    DECIDES,
    ConstituencyCount,
    ConstituencyDecision,
    Decision,
    Verdict,
    evaluate,
    read_rule,
)
from voting.counting.decision_words import list_in_words
from voting.counting.plurality import QuestionTally
from voting.counting.ties import make_lot_seed
from voting.counting.winners import WinnersTally
from voting.domain.canonical import canonical_json
from voting.domain.errors import Conflict
from voting.domain.lifecycle import State, require_transition
from voting.domain.methods import method_to_json
from voting.services.declaration.questions import CountedQuestion, count_question
from voting.store import board, polls
from voting.store.polls import Election, Poll
from voting.store.proposals import append_act, list_acts

Frozen = dict[str, Any]
"""The frozen definition of a poll, or a part of it, as data."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one election: people, their total weight, and each question."""

    election: Election
    voters: int
    papers: int
    questions: tuple[CountedQuestion, ...]


def declare(session: Session, poll: Poll, *, now: dt.datetime) -> dict[str, Any]:
    """Hold the results of *poll* to its frozen rule, store the outcome, and return it.

    Raises Conflict unless every election of the poll is counted.
    """
    poll = polls.lock_poll(session, poll.id)
    require_transition(State(poll.state), State.DECLARED)
    frozen = json.loads(poll.frozen_json or b"null")
    if frozen is None:
        raise Conflict("This vote was never frozen, so it has no rule to be held to.")
    frozen["hash"] = poll.frozen_hash
    counted = [_read_counted(session, election, frozen) for election in poll.elections]
    decision = _decide(frozen, counted)

    poll.state = State.DECLARED
    outcome = _describe(session, poll, frozen, counted, decision)
    poll.outcome_json = canonical_json(outcome)
    details = {
        "verdict": decision.verdict.value,
        "outcome": hashlib.sha256(poll.outcome_json).hexdigest(),
    }
    append_act(session, poll.proposal_id, poll.id, "declared", now=now, details=details)
    return outcome


def _read_counted(session: Session, row: Election, frozen: Frozen) -> Counted:
    if row.result is None:
        raise Conflict(f"The votes of {row.constituency.name} have not been counted yet.")
    election = parse_election(row.definition)
    _, sizes = board.find_records(session, row.id, EventType.ENCRYPTED_TALLY)
    voters, papers, _ = parse_sizes(sizes, election.group.order)
    seed = make_lot_seed(frozen["hash"], _find_close(session, row))
    questions = [
        count_question(
            asked, opened, papers=papers, weighted=row.total_weight != row.electors, seed=seed
        )
        for asked, opened in zip(
            frozen["questions"], parse_result(election, row.result), strict=True
        )
    ]
    return Counted(row, voters, papers, tuple(questions))


def _find_close(session: Session, row: Election) -> str:
    """The head of the board when the box was sealed."""
    return board.find_event_hash(session, row.id, EventType.END_BALLOTS) or ""


def _decide(frozen: Frozen, counted: list[Counted]) -> Decision:
    poll = frozen["poll"]
    parts = {part["uuid"]: part for part in frozen["constituencies"]}
    return evaluate(
        [
            ConstituencyCount(
                code=parts[one.election.uuid]["code"],
                name=parts[one.election.uuid]["name"],
                rule=read_rule(parts[one.election.uuid]["rule"]),
                tally=one.questions[poll["deciding_question"]].tally,
                electors=one.election.electors,
                voters=one.voters,
                roll_weight=one.election.total_weight,
            )
            for one in counted
        ],
        combination=poll["combination"],
        carrying=poll["carrying_option"],
    )


# ------------------------------------------------------------------ the outcome as data


def _describe(
    session: Session, poll: Poll, frozen: Frozen, counted: list[Counted], decision: Decision
) -> dict[str, Any]:
    rule = frozen["poll"]
    acts = list_acts(session, poll.proposal_id, poll.id)
    return {
        "poll": poll.slug,
        "title": poll.title,
        "proposal": poll.proposal.slug,
        "state": poll.state,
        "sentence": _write_sentence(rule, counted, decision),
        "group": poll.group,
        "frozen": poll.frozen_hash,
        "rule": {
            "question": frozen["questions"][rule["deciding_question"]]["text"],
            "deciding_question": rule["deciding_question"],
            "carrying_option": rule["carrying_option"],
            "combination": rule["combination"],
        },
        "decision": {
            "verdict": decision.verdict,
            "option": decision.option,
            "sentence": decision.sentence,
            "constituencies": [asdict(part) for part in decision.constituencies],
        },
        "constituencies": [_describe_part(session, one) for one in counted],
        "trail": [{**json.loads(act.body), "hash": act.hash} for act in acts],
    }


def _describe_part(session: Session, counted: Counted) -> dict[str, Any]:
    election = counted.election
    head = board.find_head(session, election.id)
    return {
        "code": election.constituency.code,
        "name": election.constituency.name,
        "uuid": election.uuid,
        "fingerprint": election.fingerprint,
        "electors": election.electors,
        "total_weight": election.total_weight,
        "voters": counted.voters,
        "papers": counted.papers,
        "questions": [_describe_question(one) for one in counted.questions],
        "archive": f"{election.uuid}.bel",
        "head": head.hash if head else None,
    }


def _describe_question(counted: CountedQuestion) -> dict[str, Any]:
    tally = counted.tally
    told: dict[str, Any] = {"text": counted.text, "blank": tally.blank, "valid": tally.valid}
    if isinstance(tally, QuestionTally):
        pairs = zip(tally.options, tally.votes, strict=True)
        return {**told, "options": [{"text": text, "votes": votes} for text, votes in pairs]}
    return {
        **told,
        "options": [{"text": text} for text in tally.options],
        "spoiled": tally.spoiled,
        "counting": method_to_json(counted.method),
        "winners": [tally.options[place] for place in tally.winners],
        "count": counted.outcome.to_json() if counted.outcome else None,
        "fault": counted.fault,
    }


# ------------------------------------------------------------------ the outcome in one sentence


def _write_sentence(rule: Frozen, counted: list[Counted], decision: Decision) -> str:
    """What the constituencies that decide did with the question that decides, in one sentence."""
    told = [
        _write_part(one, part, one.questions[rule["deciding_question"]].tally)
        for one, part in zip(counted, decision.constituencies, strict=True)
        if part.standing == DECIDES
    ]
    return f"{'; '.join(told)}."


def _write_part(
    counted: Counted, part: ConstituencyDecision, tally: QuestionTally | WinnersTally
) -> str:
    if isinstance(tally, WinnersTally):
        return _write_winners(part, tally)
    told = f"{_write_verdict(part)}: {_write_numbers(part.option, tally)}"
    weighted = counted.election.total_weight != counted.election.electors
    return f"{told}, counted by weight" if weighted else told


def _write_winners(part: ConstituencyDecision, tally: WinnersTally) -> str:
    papers = f"{tally.valid:,} valid papers, {tally.blank:,} blank, {tally.spoiled:,} spoiled"
    if not tally.winning:
        return f"{part.name} chose nothing: {papers}"
    won = list_in_words([f"“{name}”" for name in tally.winning])
    told = f"{part.name} chose {won} by {tally.rule}"
    if part.verdict is Verdict.NOT_QUORATE:
        told += ", but too few people voted"
    elif part.verdict is Verdict.NOT_CARRIED:
        told += f" and did not carry “{part.option}”"
    return f"{told}: {papers}"


def _write_verdict(part: ConstituencyDecision) -> str:
    if part.option is None:
        return f"{part.name} had no option alone in the lead"
    if part.verdict is Verdict.CARRIED:
        return f"{part.name} voted for “{part.option}”"
    if part.verdict is Verdict.NOT_QUORATE:
        return f"{part.name} did not carry “{part.option}”, because too few people voted"
    return f"{part.name} did not carry “{part.option}”"


def _write_numbers(option: str | None, tally: QuestionTally) -> str:
    blank = f"{tally.blank:,} blank"
    if option is None:
        pairs = zip(tally.options, tally.votes, strict=True)
        return ", ".join([f"“{text}” {votes:,}" for text, votes in pairs] + [blank])
    votes = tally.votes[tally.options.index(option)]
    if len(tally.options) == 2 and tally.maximum == 1:
        return f"{votes:,} for, {tally.valid - votes:,} against, {blank}"
    return f"{votes:,} of {tally.valid:,} valid papers, {blank}"

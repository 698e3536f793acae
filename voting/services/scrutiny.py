"""The scrutineer's report on each election, signed before the outcome can be published (S1, S2)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json, canonical_time
from voting.domain.errors import Conflict, Forbidden, refuse_faults
from voting.domain.lifecycle import State
from voting.domain.scrutiny import STATEMENTS, Stated, check_report
from voting.domain.wording import clean_line, clean_text
from voting.store import polls, scrutiny
from voting.store.polls import Election
from voting.store.proposals import append_act
from voting.store.scrutiny import ScrutinyReport
from voting.store.trustees import Scrutineer

COUNTED = (State.DECLARED, State.PUBLISHED)


def describe(election: Election) -> dict[str, Any]:
    """The figures of a report: papers distributed, returned, blank, spoiled, and for each option.

    Raises Conflict before the outcome is declared: nobody sees partial counts (S5).
    """
    poll = election.poll
    if poll.state not in COUNTED or poll.outcome_json is None:
        raise Conflict("The votes have not been counted yet, so there is nothing to report on.")
    declared = json.loads(poll.outcome_json)["constituencies"]
    part = next(part for part in declared if part["uuid"] == election.uuid)
    return {
        "constituency": part["name"],
        "distributed": part["electors"],
        "returned": part["papers"],
        "questions": [
            {
                "text": question["text"],
                "options": [
                    {"text": option["text"], "votes": option.get("votes")}
                    for option in question["options"]
                ],
                "valid": question["valid"],
                "blank": question["blank"],
                "spoiled": question.get("spoiled", 0),
            }
            for question in part["questions"]
        ],
    }


def sign(
    session: Session,
    scrutineer: Scrutineer,
    election: Election,
    *,
    stated: Mapping[str, Stated],
    signature: str,
    now: dt.datetime,
) -> ScrutinyReport:
    """Sign a report on *election* with the declared figures and three statements; once.

    The public trail carries its hash. Raises Conflict before the count and for a second report of
    the same scrutineer, BadInput by field.
    """
    poll = polls.lock_poll(session, election.poll_id)
    if scrutineer.poll_id != poll.id:
        raise Forbidden("You are not a scrutineer of this vote.")
    figures = describe(election)
    if scrutiny.find_report(session, election.id, scrutineer.id):
        raise Conflict("You have signed your report on this constituency.")
    body = _write(scrutineer, election, figures, _check(stated, signature, scrutineer), now)
    report = ScrutinyReport(
        election=election,
        scrutineer=scrutineer,
        body=body,
        hash=hashlib.sha256(body).hexdigest(),
        signed_at=now,
    )
    session.add(report)
    session.flush()
    details = {
        "election": election.uuid,
        "constituency": election.constituency.code,
        "scrutineer": scrutineer.position,
        "report_hash": report.hash,
    }
    append_act(session, poll.proposal_id, poll.id, "report-signed", now=now, details=details)
    return report


def _check(
    stated: Mapping[str, Stated], signature: str, scrutineer: Scrutineer
) -> dict[str, Stated]:
    """The statements, cleaned; raises BadInput by field."""
    cleaned = {
        code: Stated(said.satisfied, "" if said.satisfied else clean_text(said.reason))
        for code, said in stated.items()
        if code in STATEMENTS
    }
    refuse_faults(check_report(cleaned, clean_line(signature), scrutineer.name))
    return cleaned


def _write(
    scrutineer: Scrutineer,
    election: Election,
    figures: dict[str, Any],
    stated: dict[str, Stated],
    now: dt.datetime,
) -> bytes:
    """The report as it is signed and hashed."""
    return canonical_json(
        {
            "election": election.uuid,
            "figures": figures,
            "statements": [{"text": STATEMENTS[c], **asdict(stated[c])} for c in STATEMENTS],
            "signed_by": {"name": scrutineer.name, "organisation": scrutineer.organisation},
            "signed_at": canonical_time(now),
        }
    )


def read_report(report: ScrutinyReport) -> dict[str, Any]:
    """What a report says, as it was signed, with its hash."""
    said: dict[str, Any] = json.loads(report.body)
    return {**said, "hash": report.hash}

"""Deciding: the evidence in one place, a reasoned decision when its time has come, what follows."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json, canonical_time
from voting.domain.confirming import check_typed, require_unchanged
from voting.domain.errors import BadInput, Conflict, FieldError, Forbidden, refuse_faults
from voting.domain.evidence import Evidence, hash_evidence
from voting.domain.lifecycle import State
from voting.domain.wording import check_text, check_welsh, clean_line, clean_text
from voting.store import notices, proposals
from voting.store.accounts import Account, find_account
from voting.store.analysis import list_unanswered_themes
from voting.store.consultations import Consultation, list_consultations, list_unfinished
from voting.store.decisions import Decision, ImplementationStep, find_decision, list_decisions
from voting.store.documents import list_documents
from voting.store.hub import list_versions
from voting.store.polls import Poll, list_polls
from voting.store.proposals import Proposal, ProposalRole, append_act

COMMISSIONER = "commissioner"
OUTCOMES = ("approved", "with-conditions", "refused", "deferred")
STATES = ("planned", "under-way", "done", "dropped")
CHALLENGE = dt.timedelta(days=28)
MOST_STEPS = 100
FINAL = (State.PUBLISHED, State.CANCELLED)
_TEXTS = {  # field: what it is called, whether it is needed
    "reasons": ("the reasons", True),
    "conditions": ("the conditions", False),
    "dissent": ("the dissent", False),
    "next_steps": ("what happens next", True),
    "without_equality": ("why there is no equality impact assessment", False),
}


def name_commissioner(
    session: Session, proposal: Proposal, *, email: str, actor: Account, now: dt.datetime
) -> Account:
    """Let the account with this address decide on the proposal. Raises BadInput for the address."""
    found = find_account(session, clean_line(email))
    if found is None or COMMISSIONER not in [role.name for role in found.roles]:
        told = "There is no commissioner with this address. Ask the operator to add the account."
        raise BadInput([FieldError("email", told)])
    part = proposals.find_part(session, proposal.id, int(found.id))
    if part is not None and part.role != COMMISSIONER:
        told = "This account organises the proposal, so it cannot decide on it."
        if part.role != "organiser":
            told = f"This account is the proposal's {part.role}, so it cannot decide on it."
        raise BadInput([FieldError("email", told)])
    if part is None:
        role = ProposalRole(proposal_id=proposal.id, account_id=found.id, role=COMMISSIONER)
        session.add(role)
        session.flush()
        details = {"commissioner": found.id, "account": actor.id}
        append_act(session, proposal.id, None, "commissioner-named", now=now, details=details)
    return found


def list_obstacles(session: Session, proposal: Proposal) -> list[str]:
    """Why no decision can be recorded yet (requirement G4, and its time)."""
    obstacles = []
    if not list_versions(session, proposal.id):
        obstacles.append("The public page has not been opened, so nothing was put to the public.")
    for title in list_unfinished(session, proposal.id):
        obstacles.append(f"The consultation “{title}” is not closed.")
    for poll in list_polls(session, proposal.id):
        if poll.state not in (*FINAL, State.DRAFT):
            obstacles.append(f"The outcome of the vote “{poll.title}” is not published.")
    for held in list_consultations(session, proposal.id):
        if held.state == "closed" and held.answered_at is None:
            obstacles.append(f"The response to the consultation “{held.title}” is not published.")
    for theme in list_unanswered_themes(session, proposal.id):
        obstacles.append(f"The theme “{theme}” is neither accepted nor declined with a reason.")
    if _is_settled(session, proposal):
        obstacles.append("This proposal has been decided, and no outcome or response is newer.")
    return obstacles


def _is_settled(session: Session, proposal: Proposal) -> bool:
    """Whether it was decided, not put off, with nothing published since that asks for more."""
    earlier = find_decision(session, proposal.id)
    if earlier is None or earlier.outcome == "deferred":
        return False
    published = [poll.published_at for poll in list_polls(session, proposal.id)]
    published += [held.answered_at for held in list_consultations(session, proposal.id)]
    return not any(at is not None and at > earlier.decided_at for at in published)


# ------------------------------------------------------------------ evidence


def gather_evidence(session: Session, proposal: Proposal) -> list[Evidence]:
    """Every piece that a decision should rest on; those that are missing say so."""
    held = [c for c in list_consultations(session, proposal.id) if c.state != "draft"]
    return [
        _find_page(session, proposal),
        *_list_papers(session, proposal),
        *_list_consultations(session, proposal, held),
        *_list_outcomes(session, proposal),
    ]


def _find_page(session: Session, proposal: Proposal) -> Evidence:
    versions = list_versions(session, proposal.id)
    if not versions:
        return Evidence("page", "The proposal as it stands")
    newest = versions[-1]
    title = f"The proposal, version {newest.number}"
    return Evidence("page", title, newest.hash, str(newest.number))


def _list_papers(session: Session, proposal: Proposal) -> Iterator[Evidence]:
    kinds = set()
    for document in list_documents(session, proposal.id, standing=True):
        kinds.add(document.kind)
        newest = document.newest
        title = f"{document.title}, version {newest.number}"
        reference = f"{document.id}/{newest.number}"
        special = document.kind in ("equality-impact", "consultation-report")
        yield Evidence(document.kind if special else "document", title, newest.sha256, reference)
    if "equality-impact" not in kinds:
        yield Evidence("equality-impact", "The equality impact assessment")


def _list_consultations(
    session: Session, proposal: Proposal, held: list[Consultation]
) -> Iterator[Evidence]:
    """Each consultation by what was asked, and the newest edition of its report."""
    reports: dict[str, dict[str, Any]] = {}
    for act in proposals.list_acts(session, proposal.id):
        if act.kind == "report-published":
            body = json.loads(act.body)
            reports[str(body["consultation"])] = body
    for each in held:
        yield Evidence(
            "consultation", f"Consultation: {each.title}", each.frozen_hash or "", each.slug
        )
        report = reports.get(each.slug)
        if report is None:
            yield Evidence("consultation-report", f"The report on “{each.title}”")
        else:
            title = f"The report on “{each.title}”, edition {report['edition']}"
            reference = f"{each.slug}@{report['edition']}"
            yield Evidence("consultation-report", title, str(report["hash"]), reference)


def _list_outcomes(session: Session, proposal: Proposal) -> Iterator[Evidence]:
    for poll in list_polls(session, proposal.id):
        if poll.state == State.PUBLISHED:
            digest = hashlib.sha256(poll.outcome_json or b"").hexdigest()
            yield Evidence("poll", f"Vote: {poll.title}", digest, poll.slug, _tell_checks(poll))


def _tell_checks(poll: Poll) -> str:
    reports = [json.loads(e.verification_json or b"{}") for e in poll.elections]
    passed = sum(bool(report.get("valid")) for report in reports)
    return f"{passed} of {len(reports)} archives passed every check"


# ------------------------------------------------------------------ decide


def decide(
    session: Session,
    proposal: Proposal,
    *,
    account: Account,
    outcome: str,
    decided_by: str,
    evidence_hash: str,
    attested: bool,
    typed: str,
    now: dt.datetime,
    **texts: str,
) -> Decision:
    """Record a decision, publish it and owe the rolls, the public consulted and readers a letter.

    *texts* are reasons, conditions, dissent, next_steps and without_equality, and each with ``_cy``
    in Welsh, which a proposal in both languages needs of every text that is given; *typed* is the
    number of letters. Raises Forbidden, Conflict before its time (G4), BadInput with every fault by
    field.
    """
    if not proposals.has_role(session, proposal.id, account.id, COMMISSIONER):
        raise Forbidden("You have not been named to decide on this proposal.")
    obstacles = list_obstacles(session, proposal)
    if obstacles:
        raise Conflict(f"No decision can be recorded yet. {' '.join(obstacles)}")
    pieces = gather_evidence(session, proposal)
    ruling = _read_ruling(proposal, outcome, decided_by, texts)
    faults = _check(ruling, pieces) + _check_read(pieces, evidence_hash, attested=attested)
    number = sum(notices.count_people(session, proposal.id, notices.DECISION).values())
    refuse_faults(faults + check_typed(typed, number))
    decision = _record(session, proposal, account, ruling, pieces, now)
    require_unchanged(_announce(session, decision, now), number)
    return decision


def describe_letter(outcome: str, decided_by: str, *, now: dt.datetime) -> dict[str, str]:
    """What the letters of a decision that is taken now would say, as far as it was typed."""
    return {
        "outcome": outcome,
        "decided_by": clean_line(decided_by),
        "decided_at": now.isoformat(),
        "challenge_until": (now + CHALLENGE).isoformat(),
    }


def check_letter(outcome: str, decided_by: str) -> None:
    """Raise BadInput by field unless what the letters of a decision say was typed."""
    faults = _check_outcome(outcome)
    refuse_faults(faults + _check_decided_by(clean_line(decided_by)))


@dataclass(frozen=True, slots=True)
class _Ruling:
    """What was decided, by whom, and why; ``welsh`` is empty where the proposal is in English."""

    outcome: str
    decided_by: str
    english: dict[str, str]
    welsh: dict[str, str]


def _read_ruling(
    proposal: Proposal, outcome: str, decided_by: str, texts: Mapping[str, str]
) -> _Ruling:
    english = {name: clean_text(texts.get(name, "")) for name in _TEXTS}
    welsh = {}
    if proposal.is_bilingual:
        welsh = {f"{name}_cy": clean_text(texts.get(f"{name}_cy", "")) for name in _TEXTS}
    return _Ruling(outcome, clean_line(decided_by), english, welsh)


def _check(ruling: _Ruling, pieces: list[Evidence]) -> list[FieldError]:
    faults = _check_outcome(ruling.outcome)
    faults += _check_decided_by(ruling.decided_by)
    missing = any(p.kind == "equality-impact" and p.is_missing for p in pieces)
    for name, (label, needed) in _TEXTS.items():
        english = ruling.english[name]
        needed = needed or (name == "without_equality" and missing)
        needed = needed or (name == "conditions" and ruling.outcome == "with-conditions")
        faults += check_text(name, label, english, limit=10_000, required=needed)
        if ruling.welsh:
            faults += check_welsh(name, label, english, ruling.welsh[f"{name}_cy"], limit=10_000)
    return faults


def _check_outcome(outcome: str) -> list[FieldError]:
    return [] if outcome in OUTCOMES else [FieldError("outcome", "Select what was decided.")]


def _check_decided_by(typed: str) -> list[FieldError]:
    return check_text("decided_by", "your name and office", typed, limit=200)


def _check_read(pieces: list[Evidence], seen: str, *, attested: bool) -> list[FieldError]:
    """The faults of an attestation: not given, or given of other evidence; *seen* is its hash."""
    faults = []
    if not attested:
        told = "Confirm that you have read the evidence. Without that no decision can be recorded."
        faults.append(FieldError("attested", told))
    if hash_evidence(pieces) != seen:
        told = "The evidence has changed since you opened this page. Read what is new first."
        faults.append(FieldError("attested", told))
    return faults


def _record(
    session: Session,
    proposal: Proposal,
    account: Account,
    ruling: _Ruling,
    pieces: list[Evidence],
    now: dt.datetime,
) -> Decision:
    number = len(list_decisions(session, proposal.id)) + 1
    told: dict[str, Any] = {
        "number": number,
        "outcome": ruling.outcome,
        "decided_by": ruling.decided_by,
        **ruling.english,
        **ruling.welsh,
    }
    raw = canonical_json(
        {
            "format": 1,
            "proposal": proposal.slug,
            "decided_at": canonical_time(now),
            "challenge_until": canonical_time(now + CHALLENGE),
            "evidence": [asdict(piece) for piece in pieces],
            **told,
        }
    )
    decision = Decision(
        proposal_id=proposal.id,
        account_id=account.id,
        decided_at=now,
        challenge_until=now + CHALLENGE,
        evidence_hash=hash_evidence(pieces),
        content=raw,
        hash=hashlib.sha256(raw).hexdigest(),
        **told,
    )
    session.add(decision)
    session.flush()
    return decision


def _announce(session: Session, decision: Decision, now: dt.datetime) -> int:
    """Owe the letters of a decision, and put it on the trail; how many letters."""
    place, number = decision.proposal_id, decision.number
    letters = notices.owe_letters(
        session, proposal_id=place, kind=notices.DECISION, number=number, now=now
    )
    details = {
        "decision": number,
        "outcome": decision.outcome,
        "hash": decision.hash,
        "evidence_hash": decision.evidence_hash,
        "letters": letters,
        "account": decision.account_id,
    }
    append_act(session, place, None, "decided", now=now, details=details)
    return letters


def save_step(
    session: Session,
    decision: Decision,
    step: ImplementationStep | None,
    *,
    account: Account,
    title: str,
    due_on: dt.date | None,
    state: str,
    note: str,
    now: dt.datetime,
    title_cy: str = "",
    note_cy: str = "",
) -> ImplementationStep:
    """Write a step of the implementation, or how one stands. Raises BadInput, or Forbidden.

    A proposal in both languages needs the title and the note in Welsh as well.
    """
    if not proposals.has_role(session, decision.proposal_id, account.id, COMMISSIONER):
        raise Forbidden("You have not been named to decide on this proposal.")
    texts = {"title": clean_line(title), "note": clean_text(note)}
    if session.get_one(Proposal, decision.proposal_id).is_bilingual:
        texts |= {"title_cy": clean_line(title_cy), "note_cy": clean_text(note_cy)}
    faults = _check_step(texts)
    if state not in STATES:
        faults.append(FieldError("state", "Select how it stands."))
    if step is None and len(decision.steps) >= MOST_STEPS:
        raise Conflict(f"A decision has at most {MOST_STEPS} steps.")
    refuse_faults(faults)
    step = step or ImplementationStep(decision_id=decision.id)
    for name, text in texts.items():
        setattr(step, name, text)
    step.due_on, step.state, step.updated_at = due_on, state, now
    session.add(step)
    session.flush()
    session.expire(decision, ["steps"])
    details = {"step": step.id, "title": step.title, "state": state, "account": account.id}
    details |= {"title_cy": step.title_cy} if step.title_cy else {}
    append_act(session, decision.proposal_id, None, "step-updated", now=now, details=details)
    return step


def _check_step(texts: Mapping[str, str]) -> list[FieldError]:
    faults = []
    for name, label, limit in (("title", "what is to be done", 200), ("note", "the note", 2_000)):
        needed = name == "title"
        faults += check_text(name, label, texts[name], limit=limit, required=needed)
        if f"{name}_cy" in texts:
            faults += check_welsh(name, label, texts[name], texts[f"{name}_cy"], limit=limit)
    return faults

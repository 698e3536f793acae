"""Problems reported by voters while they can still be looked into, and decided before the count."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy.orm import Session

from voting.domain.disputes import (
    MOST_UNDECIDED,
    Kind,
    check_decision,
    check_report,
    clean_tracker,
)
from voting.domain.errors import BadInput, Conflict, FieldError, NotFound, refuse_faults
from voting.domain.lifecycle import State, require_reporting_open
from voting.domain.wording import clean_line, clean_text, read_words
from voting.store import board, disputes, letters, polls, trustees
from voting.store.disputes import Dispute
from voting.store.polls import Poll
from voting.store.proposals import append_act

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is mistaken for something else
LENGTH = 8
DAY = dt.timedelta(days=1)
IN_THE_BOX = "This number is in the ballot box, and the vote will be counted."
NO_ADDRESS = (
    "This tracking number is of a vote in the ballot box. No vote is ever kept beside an address, "
    "so leave one of the two empty. You can follow your report by its reference."
)
IN_BOX, REPLACED, NOT_FOUND = "in-box", "replaced", "not-found"


def report(
    session: Session,
    poll: Poll,
    *,
    kind: str,
    tracker: str = "",
    words: str = "",
    contact: str = "",
    constituency: str = "",
    now: dt.datetime,
) -> Dispute:
    """Keep one voter's report; the same one sent twice is kept once.

    *constituency* is a code or empty. The public trail says that there is a report, not what it
    says. Raises NotOpen or Closed outside the time for reports, Conflict when too many wait, and
    BadInput for the fields kind, tracker, words and contact. A contact beside a ballot that is in
    the box is refused, so that no ballot ever stands beside an address.
    """
    poll = polls.lock_poll(session, poll.id)
    require_reporting_open(poll.timetable, now)
    tracker, words, contact = clean_tracker(tracker), clean_text(words), clean_line(contact)
    refuse_faults(check_report(kind, tracker, words, contact))
    finding = _find(session, poll, tracker)
    refuse_faults(_check_finding(kind, finding, contact))
    dispute = Dispute(
        poll_id=poll.id,
        constituency=next(
            (c for c in poll.proposal.constituencies if c.code == constituency), None
        ),
        kind=kind,
        tracker=tracker,
        finding=finding,
        words=words,
        contact=contact,
        raised_at=now,
        reference="".join(secrets.choice(LETTERS) for _ in range(LENGTH)),
    )
    return disputes.find_same(session, dispute) or _keep(session, poll, dispute, now)


def _find(session: Session, poll: Poll, tracker: str) -> str:
    """Where the ballot with this number is: in one of the poll's boxes, replaced, or not there."""
    if not tracker:
        return ""
    boxes = {election.id for election in poll.elections}
    for election_id, tracked in board.search_ballots(session, digits=tracker):
        if election_id in boxes:
            return REPLACED if tracked.replaced else IN_BOX
    return NOT_FOUND


def _check_finding(kind: str, finding: str, contact: str) -> list[FieldError]:
    if kind == Kind.NOT_FOUND and finding == IN_BOX:
        return [FieldError("tracker", IN_THE_BOX)]
    if contact and finding in (IN_BOX, REPLACED):
        return [FieldError("contact", NO_ADDRESS)]
    return []


def _keep(session: Session, poll: Poll, dispute: Dispute, now: dt.datetime) -> Dispute:
    if disputes.count_undecided(session, poll.id) >= MOST_UNDECIDED:
        raise Conflict(
            "Too many reports wait for a decision. Tell the people who watch this vote directly."
        )
    session.add(dispute)
    session.flush()
    details = {"reference": dispute.reference}
    append_act(session, poll.proposal_id, poll.id, "dispute-raised", now=now, details=details)
    _tell_scrutineers(session, poll, now)
    return dispute


def _tell_scrutineers(session: Session, poll: Poll, now: dt.datetime) -> None:
    """Owe each scrutineer a letter that says how many reports wait, and nothing of what they say.

    At most one a day: after it, the next report owes that of the next day, which is withdrawn if
    every report has been decided by then.
    """
    for person in trustees.list_scrutineers(session, poll.id):
        for due_at in (now, now + DAY):
            made = letters.owe(
                session,
                kind="scrutineer-problem",
                key=f"scrutineer-problem:{person.id}:{person.link_generation}:{due_at:%Y-%m-%d}",
                now=now,
                due_at=due_at,
                poll_id=poll.id,
                scrutineer_id=person.id,
                language=person.language,
                details={"ceremony": poll.ceremony},
            )
            if made is not None:
                break


def get_dispute(session: Session, poll: Poll, reference: str) -> Dispute:
    """The report of *poll* with this reference; raises NotFound."""
    dispute = disputes.find_dispute(session, poll.id, reference)
    if dispute is None:
        raise NotFound("There is no report with this reference.")
    return dispute


def decide(
    session: Session,
    poll: Poll,
    reference: str,
    *,
    decision: str,
    reason: str,
    by: str,
    now: dt.datetime,
    reason_cy: str = "",
) -> Dispute:
    """Record what was found out about one report, with a reason; both are published.

    *by* is the role of whoever decides. Raises NotFound, Conflict once it is decided or the count
    has begun, BadInput for the fields decision and reason.
    """
    poll = polls.lock_poll(session, poll.id)
    dispute = get_dispute(session, poll, reference)
    if dispute.decision:
        raise Conflict("This report has been decided.")
    if poll.state not in (State.OPEN, State.CLOSED):
        raise Conflict("The count has begun, so nothing can be decided any more.")
    words = read_words(reason, reason_cy, bilingual=poll.is_bilingual)
    faults = check_decision(decision, words)
    if faults:
        raise BadInput(faults)
    dispute.decision, dispute.decided_at = decision, now
    dispute.reason, dispute.reason_cy = words.english, words.welsh
    details = {"reference": reference, "decision": decision, **words.tell("reason"), "by": by}
    append_act(session, poll.proposal_id, poll.id, "dispute-decided", now=now, details=details)
    return dispute

"""Before freezing: an independent issuer makes the codes, and the service gets their public halves.

The service never holds a code of such a poll. It names the electors by their numbers, so that the
list that comes back can be held against the roll, and its letters carry the link alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy.orm import Session

from voting.belenios.election import make_uuid
from voting.belenios.errors import ProtocolError
from voting.belenios.issuing import IssueTask, check_coverage, fingerprint_roll, parse_public_list
from voting.domain.errors import BadInput, Conflict, FieldError, NotFound, refuse_faults
from voting.domain.issuing import IssueRow, write_roll
from voting.domain.lifecycle import State, require_draft
from voting.domain.wording import check_both, check_text, clean_line, read_words
from voting.store import issuing, roll
from voting.store.issuing import Issue
from voting.store.polls import Poll
from voting.store.proposals import Constituency


def set_issuer(
    session: Session, poll: Poll, *, name: str, contact: str, contact_cy: str = ""
) -> None:
    """Say who makes the codes and how voters reach them; an empty name: the service does.

    Raises Conflict once the poll is frozen, BadInput for the fields issuer and issuer_contact.
    """
    require_draft(State(poll.state))
    name, bilingual = clean_line(name), poll.proposal.is_bilingual
    words = read_words(clean_line(contact), clean_line(contact_cy), bilingual=bilingual)
    if name:
        told = "how voters reach the issuer"
        faults = check_text("issuer", "the issuer's name", name, limit=200)
        refuse_faults(faults + check_both("issuer_contact", told, words, limit=300))
    poll.issuer = name
    poll.issuer_contact = words.english if name else ""
    poll.issuer_contact_cy = words.welsh if name else ""
    session.flush()


def begin(session: Session, poll: Poll, constituency: Constituency, *, now: dt.datetime) -> Issue:
    """Fix what the issuer is asked for in one constituency: an election, its roll, its weights.

    Asking again, for example because the roll has changed, makes an earlier list worthless. Raises
    Conflict for a frozen poll, one whose codes the service makes, and an empty roll.
    """
    require_draft(State(poll.state))
    if not poll.issuer:
        raise Conflict("The service makes the codes of this vote. Name an issuer first.")
    weights = list(roll.iter_weights(session, constituency.id))
    if not weights:
        raise Conflict(f"There is nobody on the roll of {constituency.name}.")
    earlier = issuing.find_issue(session, poll.id, constituency.id)
    issue = earlier or Issue(poll_id=poll.id, constituency=constituency)
    issue.uuid, issue.group = make_uuid(), poll.group
    issue.roll_sha256 = fingerprint_roll(weights)
    issue.electors = len(weights)
    issue.total_weight = sum(weight for _elector, weight in weights)
    issue.begun_at, issue.received_at, issue.public_list = now, None, None
    session.add(issue)
    session.flush()
    return issue


def get_issue(session: Session, poll: Poll, constituency: Constituency) -> Issue:
    """What the issuer was asked for in this constituency; raises NotFound before :func:`begin`."""
    issue = issuing.find_issue(session, poll.id, constituency.id)
    if issue is None:
        raise NotFound("The files for the issuer have not been made yet.")
    return issue


def make_task(poll: Poll, issue: Issue, *, page: str = "") -> bytes:
    """The file that tells the issuer which election the codes are for.

    *page* is the address that takes a code behind its #.
    """
    task = IssueTask(
        issue.uuid,
        issue.group,
        poll.title,
        issue.constituency.name,
        issue.roll_sha256,
        issue.electors,
        issue.total_weight,
        page,
    )
    return task.to_json()


def write_issue_roll(session: Session, issue: Issue) -> Iterator[str]:
    """The roll for the issuer, line by line: everyone's number, name, address and weight."""
    return write_roll(
        IssueRow(e.id, e.reference, e.name, e.email, e.language, e.weight)
        for e in roll.iter_electors(session, issue.constituency_id)
    )


def receive(session: Session, poll: Poll, issue: Issue, raw: bytes, *, now: dt.datetime) -> None:
    """Keep the public list that the issuer made, if it covers the roll as it is now.

    Raises Conflict for a frozen poll, BadInput (field file) naming what is wrong with the list;
    nothing is kept then.
    """
    require_draft(State(poll.state))
    weights = dict(roll.iter_weights(session, issue.constituency_id))
    if issue.group != poll.group or issue.roll_sha256 != fingerprint_roll(weights.items()):
        told = "The roll or the way of sealing has changed since the files for the issuer were made"
        raise BadInput([FieldError("file", f"{told}. Make them anew and have new codes made.")])
    try:
        listed = parse_public_list(raw)
        check_coverage(listed, uuid=issue.uuid, group=issue.group, roll=weights)
    except ProtocolError as error:
        told = f"The list was not taken: {error}."
        raise BadInput([FieldError("file", told)]) from error
    issue.public_list, issue.received_at = raw, now
    session.flush()

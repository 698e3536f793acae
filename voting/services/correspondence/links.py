"""Replacing a voter's link: the old one stops working, a letter with a new one is owed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from voting import mail
from voting.domain.errors import BadInput, Conflict, FieldError, NotFound
from voting.store import letters, polls, proposals, roll
from voting.store.polls import Poll
from voting.store.roll import Elector, LinkReplacement

LINK_KINDS = ("invitation", "reminder", "replacement")


def replace_link(
    session: Session,
    poll: Poll,
    elector: Elector,
    *,
    reason: str,
    now: dt.datetime,
    voter_asked: bool = False,
) -> LinkReplacement:
    """Void the elector's link and owe a letter with a new one (requirement M4).

    Refused without a reason, when voting is over, and after a vote was cast unless the voter asked
    for it. The public trail says that a link was replaced, when and in which constituency, and not
    whose. Other polls of the proposal share the link, so those still running get a letter too.
    """
    reason = mail.one_line(reason)
    if not reason:
        raise BadInput([FieldError("reason", "Enter why the link is replaced")])
    if len(reason) > 500:
        raise BadInput([FieldError("reason", "The reason must be 500 characters or fewer")])
    if poll.state not in ("ready", "open"):
        raise Conflict("Links can be replaced only before and while people vote.")
    election = polls.find_election(session, poll.id, elector.constituency_id)
    if election is None:
        raise NotFound("This person is not on the roll of this vote.")
    credential = roll.find_credential(session, election.id, elector.id)
    if credential is not None and credential.has_voted and not voter_asked:
        raise Conflict(
            "A vote was cast with this link. It can be replaced only if the voter asks for it."
        )

    elector.link_generation += 1
    replacement = LinkReplacement(
        elector_id=elector.id,
        poll_id=poll.id,
        generation=elector.link_generation,
        reason=reason,
        at=now,
    )
    session.add(replacement)
    session.flush()
    for running in _running_polls(session, poll):
        if running.id == poll.id or letters.has_letter(session, running.id, elector.id, LINK_KINDS):
            _owe_replacement(session, running, elector, now)

    details = {"constituency": elector.constituency.code, "voter_asked": voter_asked}
    proposals.append_act(
        session, poll.proposal_id, poll.id, "link-replaced", now=now, details=details
    )
    return replacement


def _running_polls(session: Session, poll: Poll) -> list[Poll]:
    siblings = polls.list_polls(session, poll.proposal_id)
    return [sibling for sibling in siblings if sibling.state in ("ready", "open")]


def _owe_replacement(session: Session, poll: Poll, elector: Elector, now: dt.datetime) -> None:
    letters.withdraw(session, poll.id, elector.id, LINK_KINDS)
    letters.owe(
        session,
        kind="replacement",
        key=f"replacement:{poll.id}:{elector.id}:{elector.link_generation}",
        now=now,
        poll_id=poll.id,
        elector_id=elector.id,
        language=elector.language,
    )

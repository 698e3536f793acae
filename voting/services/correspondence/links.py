"""Replacing someone's link: the old one stops working, a letter with a new one is owed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from voting import mail
from voting.domain.consulting import require_open
from voting.domain.errors import BadInput, Conflict, FieldError, NotFound
from voting.store import invitations, letters, polls, roll
from voting.store.accounts import Account
from voting.store.participants import Participant, RespondentLinkReplacement
from voting.store.polls import Poll
from voting.store.proposals import append_act
from voting.store.roll import Elector, LinkReplacement

LINK_KINDS = ("invitation", "reminder", "replacement")
RESPONDENT_KINDS = tuple(f"consultation-{kind}" for kind in (*LINK_KINDS, "confirm"))


def replace_link(
    session: Session,
    poll: Poll,
    elector: Elector,
    *,
    reason: str,
    now: dt.datetime,
    voter_asked: bool = False,
    account: Account | None = None,
) -> LinkReplacement:
    """Void the elector's link and owe a letter with a new one (requirement M4).

    Refused without a reason, when voting is over, and after a vote was cast unless the voter asked
    for it. The public trail says that a link was replaced, when and in which constituency, and not
    whose. Other polls of the proposal share the link, so those still running get a letter too.
    """
    reason = _check_reason(reason)
    _require_replaceable(session, poll, elector, voter_asked)
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
    if account is not None:
        details["account"] = account.id
    append_act(session, poll.proposal_id, poll.id, "link-replaced", now=now, details=details)
    return replacement


def replace_respondent_link(
    session: Session,
    participant: Participant,
    *,
    account: Account,
    reason: str,
    now: dt.datetime,
    asked_for: bool,
) -> RespondentLinkReplacement:
    """Void a participant's link and owe a letter with a new one; their answers stay as they are.

    Refused without a reason, and unless the consultation is open. Who did it and why is kept; the
    public trail says that a link was replaced and in which audience, and not whose.
    """
    consultation = participant.consultation
    reason = _check_reason(reason)
    require_open(consultation.state, consultation.closes_at, now)
    participant.link_generation += 1
    replacement = RespondentLinkReplacement(
        participant_id=participant.id,
        account_id=account.id,
        generation=participant.link_generation,
        asked_for=asked_for,
        reason=reason,
        at=now,
    )
    session.add(replacement)
    session.flush()
    _owe_respondent_replacement(session, participant, now)
    details = {
        "consultation": consultation.slug,
        "audience": participant.audience.name,
        "asked_for": asked_for,
        "account": account.id,
    }
    place = consultation.proposal_id
    append_act(session, place, None, "respondent-link-replaced", now=now, details=details)
    return replacement


def _owe_respondent_replacement(
    session: Session, participant: Participant, now: dt.datetime
) -> None:
    invitations.withdraw(session, participant.id, RESPONDENT_KINDS)
    kind = "consultation-replacement"
    letters.owe(
        session,
        kind=kind,
        key=f"{kind}:{participant.id}:{participant.link_generation}",
        now=now,
        participant_id=participant.id,
        consultation_id=participant.consultation_id,
        language=participant.language,
    )


def _check_reason(reason: str) -> str:
    reason = mail.one_line(reason)
    if not reason:
        raise BadInput([FieldError("reason", "Enter why the link is replaced")])
    if len(reason) > 500:
        raise BadInput([FieldError("reason", "The reason must be 500 characters or fewer")])
    return reason


def _require_replaceable(session: Session, poll: Poll, elector: Elector, voter_asked: bool) -> None:
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

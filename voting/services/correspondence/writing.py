"""Writing one letter: the only moment at which its link and its code exist."""

from __future__ import annotations

import datetime as dt
import json
from email.message import EmailMessage
from typing import Any, Protocol

from sqlalchemy.orm import Session

from voting import mail
from voting.domain.lifecycle import checked_until
from voting.domain.outcome_names import put_in_welsh
from voting.domain.outcome_words import tell_outcome
from voting.services.correspondence.notices import find_ask_link, proposal_context, write_notice
from voting.services.correspondence.refusals import Unwanted
from voting.store import disputes, polls, roll
from voting.store.accounts import get_account
from voting.store.letters import Letter
from voting.store.polls import Election, Poll
from voting.store.roll import Elector
from voting.store.trustees import Scrutineer

SEALED_KINDS = ("reset", "notice")
SCRUTINEERS = "scrutineer-invitation"


class Post(Protocol):
    """What a letter needs at the moment it is written, and the outbox must never keep."""

    @property
    def base_url(self) -> str: ...
    @property
    def organisation(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def reply_to(self) -> str: ...
    def voter_token(self, poll_id: int, elector_id: int, generation: int) -> str:
        """The signed part of a voter's link."""

    def scrutineer_token(self, scrutineer_id: int, generation: int) -> str:
        """The signed part of a scrutineer's link."""

    def reader_token(self, reader_id: int, generation: int) -> str:
        """The signed part of a reader's link."""

    def respondent_token(self, participant_id: int, generation: int) -> str:
        """The signed part of a link to a consultation."""

    def response_handles(self, participant_id: int) -> list[str]:
        """What the participant's response is kept under."""

    def code_for(self, election: Election, elector_id: int) -> str:
        """The elector's voting code, derived afresh."""

    def unseal(self, sealed: bytes) -> bytes:
        """Open what was sealed for a letter; raises any Exception if it cannot be opened."""


def write_letter(session: Session, letter_id: int, *, post: Post, now: dt.datetime) -> EmailMessage:
    """The finished message of one letter: the only moment at which its link and code exist.

    Raises Unwanted when it has lost its purpose, mail.PermanentFailure for an unusable address.
    """
    letter = session.get_one(Letter, letter_id)
    if letter.kind in SEALED_KINDS:
        return _write_sealed(session, letter, post, now)
    if letter.proposal_id is not None:
        return write_notice(session, letter, post=post, now=now)
    poll = session.get_one(Poll, letter.poll_id)
    details: dict[str, Any] = json.loads(letter.details)
    context = poll_context(poll, letter.language)
    context["ask"] = find_ask_link(session, poll.proposal, post.base_url)
    kind, identity = letter.kind, f"{letter.key}|{poll.frozen_hash}|{poll.frozen_at}"
    if letter.scrutineer_id is not None:
        scrutineer = session.get_one(Scrutineer, letter.scrutineer_id)
        to = mail.Correspondent(scrutineer.name, scrutineer.email)
        context |= _scrutineer_context(letter, poll, scrutineer, details, post)
        context["waiting"] = _count_waiting(session, letter, poll)
    elif kind == "test":
        kind, to = details["kind"], _account_holder(session, letter)
        context |= sample_context(kind, poll, post.base_url, letter.language)
        context |= {"name": to.name or to.email, "is_test": True}
    else:
        elector = session.get_one(Elector, letter.elector_id)
        to = mail.Correspondent(elector.name, elector.email)
        context["name"] = elector.name
        context |= _elector_context(session, letter, poll, elector, details, post, now)
    return mail.make_message(
        mail.render(kind, letter.language, context),
        sender=mail.Correspondent(poll.proposal.organisation, post.sender),
        recipient=to,
        reply_to=poll.proposal.contact_email,
        identity=identity,
        now=now,
        stop_link=_stop_link(letter, context),
    )


def _stop_link(letter: Letter, context: dict[str, Any]) -> str:
    """Where a reminder's reader stops more of them with one POST (RFC 8058); nothing for others."""
    if letter.kind != "reminder":
        return ""
    return str(context["link"]).partition("#")[0] + "/stop"


def _write_sealed(session: Session, letter: Letter, post: Post, now: dt.datetime) -> EmailMessage:
    """A letter to an account, whose words were sealed when it was owed."""
    sealed = json.loads(letter.details)["sealed"]
    words = json.loads(post.unseal(sealed.encode()))
    return mail.make_message(
        mail.Rendered(words["subject"], words["text"], words["html"]),
        sender=mail.Correspondent(post.organisation, post.sender),
        recipient=_account_holder(session, letter),
        reply_to=post.reply_to or post.sender,
        identity=letter.key,
        now=now,
    )


def _account_holder(session: Session, letter: Letter) -> mail.Correspondent:
    account = get_account(session, letter.account_id or 0)
    return mail.Correspondent(account.full_name, str(account.email))


def _scrutineer_context(
    letter: Letter, poll: Poll, scrutineer: Scrutineer, details: dict[str, Any], post: Post
) -> dict[str, Any]:
    if poll.state == "cancelled" or details["ceremony"] != poll.ceremony:
        raise Unwanted("What this letter asks for is not to be done any more.")
    token = post.scrutineer_token(scrutineer.id, scrutineer.link_generation)
    return scrutineer_words(poll, scrutineer.name, f"{post.base_url}/s/{token}") | {
        "step": details.get("step", ""),
        "is_reminder": bool(details.get("reminder", False)),
    }


def _count_waiting(session: Session, letter: Letter, poll: Poll) -> int:
    """How many reports of problems wait; a letter about them is not wanted once all are decided."""
    waiting = disputes.count_undecided(session, poll.id)
    if letter.kind == "scrutineer-problem" and not waiting:
        raise Unwanted("Every report was decided before this letter could be sent.")
    return waiting


def scrutineer_words(poll: Poll, name: str, link: str) -> dict[str, Any]:
    """What a scrutineer is told about their part."""
    return {
        "name": name,
        "link": link,
        "size": poll.key_size,
        "threshold": poll.threshold,
        "lost_limit": poll.key_size - poll.threshold + 1,
    }


def _elector_context(
    session: Session,
    letter: Letter,
    poll: Poll,
    elector: Elector,
    details: dict[str, Any],
    post: Post,
    now: dt.datetime,
) -> dict[str, Any]:
    if letter.kind == "receipt":
        return _receipt_context(details, post.base_url)
    if letter.kind == "result":
        return _result_context(poll, post.base_url, letter.language)
    if letter.kind == "closed":
        return _closed_context(poll, post.base_url, now)
    election = polls.find_election(session, poll.id, elector.constituency_id)
    if election is None:
        raise Unwanted("This person is not on the roll of this vote.")
    credential = roll.find_credential(session, election.id, elector.id)
    if poll.state not in ("ready", "open") or poll.closes_at is None or now > poll.closes_at:
        raise Unwanted("Voting was over before this letter could be sent.")
    if letter.kind == "reminder" and credential is not None and credential.has_voted:
        raise Unwanted("The voter has voted since.")
    if letter.kind == "reminder" and not elector.wants_reminders:
        raise Unwanted("The voter has stopped reminders.")
    token = post.voter_token(poll.id, elector.id, elector.link_generation)
    link = f"{post.base_url}/v/{token}"
    if poll.issuer:
        return {"link": link, "code": ""}
    code = post.code_for(election, elector.id)
    return {"link": f"{link}#{code}", "code": code}


def _receipt_context(details: dict[str, Any], base_url: str) -> dict[str, Any]:
    digits = str(details["digits"])
    return {
        "tracker": " ".join(digits[start : start + 5] for start in range(0, len(digits), 5)),
        "replaced": bool(details.get("replaced", False)),
        "link": f"{base_url}/check-vote",
    }


def _closed_context(poll: Poll, base_url: str, now: dt.datetime) -> dict[str, Any]:
    ends_at = checked_until(poll.timetable)
    if poll.state != "closed" or now >= ends_at:
        raise Unwanted("The checking period was over before this letter could be sent.")
    return {"ends_at": ends_at, "link": f"{base_url}/check-vote"}


def _result_context(poll: Poll, base_url: str, language: str) -> dict[str, Any]:
    if poll.outcome_json is None:
        raise Unwanted("There is no outcome to write about.")
    outcome = json.loads(poll.outcome_json)
    sentence = str(outcome["sentence"])
    if language == "cy":
        told = put_in_welsh(outcome, json.loads(poll.frozen_json or b"{}"))
        sentence = tell_outcome(told, mail.translator(language))
    return {
        "sentence": sentence,
        "link": f"{base_url}/p/{poll.proposal.slug}/{poll.slug}/outcome",
    }


def poll_context(poll: Poll, language: str) -> dict[str, Any]:
    """What every letter about this poll may say to a reader of *language*."""
    return proposal_context(poll.proposal, language) | {
        "poll_title": poll.read("title", language),
        "opens_at": poll.opens_at,
        "closes_at": poll.closes_at,
        "issuer": poll.issuer,
        "issuer_contact": poll.read("issuer_contact", language),
        "is_open": poll.state == "open",
    }


def sample_context(kind: str, poll: Poll, base_url: str, language: str = "en") -> dict[str, Any]:
    """An example in place of everything personal or secret."""
    if kind == "result":
        return {"name": "Sam Jones"} | _result_context(poll, base_url, language)
    if kind == SCRUTINEERS:
        words = scrutineer_words(poll, "Sam Jones", f"{base_url}/s/EXAMPLE")
        return words | {"step": "", "is_reminder": False}
    code = "" if poll.issuer else "XXXXX-XXXXXX-XXXXX-XXXXXX"
    link = f"{base_url}/v/EXAMPLE" + (f"#{code}" if code else "")
    return {"name": "Sam Jones", "link": link, "code": code}

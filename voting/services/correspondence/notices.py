"""Letters about a whole proposal: its decision, updates, and links for those who read and ask."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any, Protocol

from sqlalchemy.orm import Session

from voting import mail
from voting.domain.consulting import Stage
from voting.services.correspondence.refusals import Unwanted
from voting.store.accounts import get_account
from voting.store.changes import ChangeNotice
from voting.store.consultations import list_consultations
from voting.store.decisions import list_decisions
from voting.store.hub import find_hub
from voting.store.letters import Letter
from voting.store.notices import CHANGES, DECISION, NEWS
from voting.store.participants import Participant
from voting.store.proposals import Proposal
from voting.store.readers import Enquiry, News, Reader
from voting.store.roll import Elector

TEST = "test"
TO_MANY = (NEWS, CHANGES, DECISION)  # a reader may want no more of them


class Sender(Protocol):
    """What these letters need at the moment they are written."""

    @property
    def base_url(self) -> str: ...
    @property
    def sender(self) -> str: ...
    def reader_token(self, reader_id: int, generation: int) -> str:
        """The signed part of a reader's link."""


def write_notice(
    session: Session, letter: Letter, *, post: Sender, now: dt.datetime
) -> EmailMessage:
    """The message of a letter that belongs to a proposal; raises Unwanted."""
    proposal = session.get_one(Proposal, letter.proposal_id)
    details: dict[str, Any] = json.loads(letter.details)
    base = f"{post.base_url}/p/{proposal.slug}"
    to, own = _read_recipient(session, letter, base, post)
    context = proposal_context(proposal, letter.language) | own
    kind = details["kind"] if letter.kind == TEST else letter.kind
    context |= _words(session, letter, proposal, details, base)
    return mail.make_message(
        mail.render(kind, letter.language, context),
        sender=mail.Correspondent(proposal.organisation, post.sender),
        recipient=to,
        reply_to=proposal.contact_email,
        identity=f"{letter.key}|{proposal.slug}|{proposal.created_at}",
        now=now,
        stop_link=context["stop"],
    )


def _read_recipient(
    session: Session, letter: Letter, base: str, post: Sender
) -> tuple[mail.Correspondent, dict[str, Any]]:
    """Who the letter goes to, and what in it is theirs alone; raises Unwanted."""
    if letter.reader_id is not None:
        return _read_reader(session.get_one(Reader, letter.reader_id), letter.kind, base, post)
    if letter.account_id is not None:
        account = get_account(session, letter.account_id)
        name, email = account.full_name or str(account.email), str(account.email)
        return mail.Correspondent(name, email), {"name": name, "stop": "", "is_test": True}
    if letter.participant_id is not None:
        email = session.get_one(Participant, letter.participant_id).email
        return mail.Correspondent("", email), {"name": "", "stop": ""}
    elector = session.get_one(Elector, letter.elector_id)
    return mail.Correspondent(elector.name, elector.email), {"name": elector.name, "stop": ""}


def _read_reader(
    reader: Reader, kind: str, base: str, post: Sender
) -> tuple[mail.Correspondent, dict[str, Any]]:
    token, stop = post.reader_token(reader.id, reader.link_generation), ""
    if kind in TO_MANY:
        if not reader.wants_updates:
            raise Unwanted("The reader does not want updates any more.")
        stop = f"{base}/stop/{token}"
    page = "ask" if kind == "ask-link" else "updates"
    own = {"name": "", "link": f"{base}/{page}/{token}", "stop": stop}
    return mail.Correspondent("", reader.email), own


def proposal_context(proposal: Proposal, language: str) -> dict[str, Any]:
    """What every letter about this proposal may say to a reader of *language*."""
    return {
        "organisation": proposal.organisation,
        "contact_name": proposal.contact_name,
        "contact_email": proposal.contact_email,
        "contact_phone": proposal.contact_phone,
        "scrutineer_contact": proposal.read("scrutineer_contact", language),
        "proposal_title": proposal.read("title", language),
        "is_test": False,
    }


def draft_words(
    session: Session, proposal: Proposal, kind: str, told: Mapping[str, str], language: str
) -> dict[str, Any]:
    """What a letter to many says to a reader of *language*; *told* is its texts, NAME_cy in Welsh.

    The page it leads to is the end of an address under the proposal's own.
    """

    def own(name: str) -> str:
        return (language == "cy" and told.get(f"{name}_cy")) or told[name]

    if kind == NEWS:
        words = {"title": own("title"), "paragraphs": split_lines(own("text"))}
        return words | {"link": "/updates"}
    if kind == DECISION:
        times = ("decided_at", "challenge_until")
        at = {name: dt.datetime.fromisoformat(told[name]) for name in times}
        return {**told, **at, "link": "/decision"}
    link = f"/changes/{told['number']}" if told.get("number") else "/changes"
    running = [
        {"title": held.read("title", language), "closes_at": held.closes_at}
        for held in list_consultations(session, proposal.id)
        if held.state == Stage.OPEN
    ]
    paragraphs = split_lines(own("explanation"))
    return {"paragraphs": paragraphs, "consultations": running, "link": link}


def _find_told(session: Session, letter: Letter, details: dict[str, Any]) -> dict[str, str]:
    """The texts of a letter to many, as they were published; or as they were typed, for a test."""
    if letter.kind == TEST:
        return dict(details["told"])
    number = int(details["number"])
    if letter.kind == DECISION:
        decision = list_decisions(session, letter.proposal_id or 0)[number - 1]
        return {
            "outcome": decision.outcome,
            "decided_by": decision.decided_by,
            "decided_at": decision.decided_at.isoformat(),
            "challenge_until": decision.challenge_until.isoformat(),
        }
    if letter.kind == NEWS:
        news = session.get_one(News, number)
        return {name: getattr(news, name) for name in ("title", "text", "title_cy", "text_cy")}
    notice = session.get_one(ChangeNotice, number)
    return {
        "explanation": notice.explanation,
        "explanation_cy": notice.explanation_cy,
        "number": str(notice.number),
    }


def _words(
    session: Session, letter: Letter, proposal: Proposal, details: dict[str, Any], base: str
) -> dict[str, Any]:
    kind = details["kind"] if letter.kind == TEST else letter.kind
    if kind in TO_MANY:
        told = _find_told(session, letter, details)
        words = draft_words(session, proposal, kind, told, letter.language)
        return words | {"link": base + words["link"]}
    if kind in ("answered", "question-withdrawn"):
        enquiry = session.get_one(Enquiry, details["enquiry"])
        words = {"paragraphs": split_lines(enquiry.text)}
        if kind == "question-withdrawn":
            return words | _tell_withdrawn(enquiry, letter.language, base)
        link = f"{base}/questions#question-{enquiry.merged_into_id or enquiry.id}"
        return words | {"link": link}
    return {}


def _tell_withdrawn(enquiry: Enquiry, language: str, base: str) -> dict[str, Any]:
    """When and why a question was withdrawn, in the reader's language where it is told in it."""
    welsh = enquiry.withdrawn_because_cy if language == "cy" else ""
    return {
        "link": f"{base}/questions#withdrawn",
        "withdrawn_at": enquiry.moderated_at,
        "reason": split_lines(welsh or enquiry.withdrawn_because),
        "reason_language": "cy" if welsh else "en",
    }


def split_lines(text: str) -> list[list[str]]:
    """What somebody wrote as paragraphs of lines; no line can pass for another part of a letter."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return [[mail.one_line(line) for line in part.split("\n")] for part in parts]


def find_ask_link(session: Session, proposal: Proposal, base_url: str) -> str:
    """Where questions are asked and answered; nothing before the public page is open."""
    hub = find_hub(session, proposal.id)
    is_open = hub is not None and hub.opened_at is not None
    return f"{base_url}/p/{proposal.slug}/questions" if is_open else ""

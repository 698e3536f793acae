"""Letters about a whole proposal: its decision, updates, and links for those who read and ask."""

from __future__ import annotations

import datetime as dt
import json
from email.message import EmailMessage
from typing import Any, Protocol

from sqlalchemy.orm import Session

from voting import mail
from voting.services.correspondence.refusals import Unwanted
from voting.store.decisions import list_decisions
from voting.store.letters import Letter
from voting.store.proposals import Proposal
from voting.store.readers import Enquiry, News, Reader
from voting.store.roll import Elector


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
    context = proposal_context(proposal)
    stop = ""
    if letter.reader_id is not None:
        reader = session.get_one(Reader, letter.reader_id)
        to = mail.Correspondent("", reader.email)
        token = post.reader_token(reader.id, reader.link_generation)
        context |= {"name": "", "link": f"{base}/updates/{token}"}
        if letter.kind in ("decision", "news"):
            if not reader.wants_updates:
                raise Unwanted("The reader does not want updates any more.")
            stop = f"{base}/stop/{token}"
        if letter.kind == "ask-link":
            context["link"] = f"{base}/ask/{token}"
    else:
        elector = session.get_one(Elector, letter.elector_id)
        to = mail.Correspondent(elector.name, elector.email)
        context["name"] = elector.name
    context |= _words(session, letter, proposal, details, base) | {"stop": stop}
    return mail.make_message(
        mail.render(letter.kind, letter.language, context),
        sender=mail.Correspondent(proposal.organisation, post.sender),
        recipient=to,
        reply_to=proposal.contact_email,
        identity=f"{letter.key}|{proposal.slug}|{proposal.created_at}",
        now=now,
        stop_link=stop,
    )


def proposal_context(proposal: Proposal) -> dict[str, Any]:
    """What every letter about this proposal may say."""
    return {
        "organisation": proposal.organisation,
        "contact_name": proposal.contact_name,
        "contact_email": proposal.contact_email,
        "contact_phone": proposal.contact_phone,
        "scrutineer_contact": proposal.scrutineer_contact,
        "proposal_title": proposal.title,
        "is_test": False,
    }


def _words(
    session: Session, letter: Letter, proposal: Proposal, details: dict[str, Any], base: str
) -> dict[str, Any]:
    if letter.kind == "decision":
        decision = list_decisions(session, proposal.id)[int(details["number"]) - 1]
        return {
            "link": f"{base}/decision",
            "outcome": decision.outcome,
            "challenge_until": decision.challenge_until,
        }
    if letter.kind == "news":
        news = session.get_one(News, details["number"])
        welsh = letter.language == "cy" and bool(news.title_cy and news.text_cy)
        return {
            "link": f"{base}/updates",
            "title": news.title_cy if welsh else news.title,
            "text": news.text_cy if welsh else news.text,
        }
    if letter.kind == "answered":
        enquiry = session.get_one(Enquiry, details["enquiry"])
        return {"link": f"{base}/questions#question-{enquiry.merged_into_id or enquiry.id}"}
    return {}

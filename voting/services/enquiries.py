"""Questions and answers: asked by personal link, looked at first, answered in public."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json
from voting.domain.errors import BadInput, Conflict, FieldError, refuse_faults
from voting.domain.wording import check_both, check_text, clean_line, clean_text, read_words
from voting.store import letters
from voting.store.accounts import Account
from voting.store.proposals import Proposal, append_act
from voting.store.readers import (
    Enquiry,
    Reader,
    count_waiting_of,
    find_constituency_of,
    list_merged,
)
from voting.store.record import keep_text

LONGEST = 2_000
MOST_WAITING = 5  # questions of one person that nobody has looked at


def ask(session: Session, reader: Reader, *, text: str, language: str, now: dt.datetime) -> Enquiry:
    """Take a question in; nobody sees it before it was looked at. Raises BadInput (text)."""
    text = clean_text(text)
    refuse_faults(check_text("text", "your question", text, limit=LONGEST))
    if count_waiting_of(session, reader.id) >= MOST_WAITING:
        told = f"{MOST_WAITING} of your questions wait to be looked at. Ask again after that."
        raise BadInput([FieldError("text", told)])
    reader.confirmed_at = reader.confirmed_at or now
    place = find_constituency_of(session, reader.proposal_id, reader.email_key)
    enquiry = Enquiry(
        proposal_id=reader.proposal_id,
        reader_id=reader.id,
        asker=place.name if place else "",
        constituency_id=place.id if place else None,
        text=text,
        language=language,
        asked_at=now,
        state="waiting",
    )
    session.add(enquiry)
    session.flush()
    return enquiry


def publish(enquiry: Enquiry, *, now: dt.datetime) -> None:
    """Show a question that waits; it counts as unanswered from then on."""
    if enquiry.state != "waiting":
        raise Conflict("This question was looked at before.")
    enquiry.state, enquiry.moderated_at = "published", now


def decline(session: Session, enquiry: Enquiry, *, reason: str, now: dt.datetime) -> None:
    """Do not show a question that nobody has seen, for a reason that is kept. The page tells how
    many are not shown. Raises BadInput (reason), Conflict for one that was looked at before.
    """
    reason = clean_text(reason)
    refuse_faults(check_text("reason", "why the question is not shown", reason, limit=1_000))
    if enquiry.state != "waiting":
        raise Conflict("This question was looked at before. One that is shown can be withdrawn.")
    enquiry.state, enquiry.declined_because, enquiry.moderated_at = "declined", reason, now


def withdraw(
    session: Session,
    enquiry: Enquiry,
    *,
    account: Account,
    reason: str,
    reason_cy: str = "",
    now: dt.datetime,
) -> None:
    """Take a question that is shown off the page, for a public reason; its text is told no more.

    Whoever asked it gets a letter that says so. That it was withdrawn, when and why is an act on
    the public trail, with the hash of a file that says so. Raises BadInput (reason), Conflict for
    one that is not shown, was answered or stands for others.
    """
    bilingual = session.get_one(Proposal, enquiry.proposal_id).is_bilingual
    words = read_words(reason, reason_cy, bilingual=bilingual)
    refuse_faults(check_both("reason", "why the question is withdrawn", words, limit=1_000))
    if enquiry.state != "published":
        raise Conflict("Only a question that is shown and has no answer can be withdrawn.")
    if list_merged(session, enquiry.id):
        raise Conflict("This question stands for others that ask the same. Answer it.")
    told: dict[str, Any] = {"question": enquiry.id, **words.tell("reason")}
    dated = {"asked_on": enquiry.asked_at, "shown_on": enquiry.moderated_at, "withdrawn_on": now}
    days = {name: at.date().isoformat() for name, at in dated.items() if at is not None}
    digest = keep_text(session, enquiry.proposal_id, canonical_json({"format": 1, **told, **days}))
    enquiry.state, enquiry.moderated_at = "withdrawn", now
    enquiry.withdrawn_because, enquiry.withdrawn_because_cy = words.english, words.welsh
    details = {**told, "sha256": digest, "account": account.id}
    append_act(session, enquiry.proposal_id, None, "question-withdrawn", now=now, details=details)
    _owe_letter(session, "question-withdrawn", enquiry, now)


def merge(session: Session, enquiry: Enquiry, other: Enquiry | None, *, now: dt.datetime) -> None:
    """Let *other* stand for a question that asks the same. Raises BadInput (into)."""
    if other is None or other.proposal_id != enquiry.proposal_id or other.id == enquiry.id:
        raise BadInput([FieldError("into", "Select the question that asks the same.")])
    if other.state not in ("published", "answered") or enquiry.state not in (
        "waiting",
        "published",
    ):
        raise Conflict("One of the two questions cannot be merged as it stands.")
    enquiry.state, enquiry.merged_into_id, enquiry.moderated_at = "merged", other.id, now
    for earlier in list_merged(session, enquiry.id):
        earlier.merged_into_id = other.id
    if other.state == "answered":
        _owe_letter(session, "answered", enquiry, now)


def answer(
    session: Session,
    enquiry: Enquiry,
    *,
    account: Account,
    text: str,
    text_cy: str = "",
    answered_by: str,
    now: dt.datetime,
) -> None:
    """Answer a question in public, and tell those who asked it. Raises BadInput by field."""
    answered_by = clean_line(answered_by)
    bilingual = session.get_one(Proposal, enquiry.proposal_id).is_bilingual
    words = read_words(text, text_cy, bilingual=bilingual)
    faults = check_both("answer", "the answer", words, limit=5_000)
    faults += check_text("answered_by", "who answers", answered_by, limit=200)
    refuse_faults(faults)
    if enquiry.state in ("declined", "withdrawn", "merged"):
        raise Conflict("This question is not shown, so it cannot be answered.")
    first = enquiry.state != "answered"
    enquiry.state, enquiry.moderated_at = "answered", enquiry.moderated_at or now
    enquiry.answer, enquiry.answer_cy = words.english, words.welsh
    enquiry.answered_by, enquiry.answered_at = answered_by, now
    session.flush()
    told = "\n\n".join((enquiry.text, words.english, words.welsh)).encode()
    digest = keep_text(session, enquiry.proposal_id, told)
    details = {"question": enquiry.id, "sha256": digest, "account": account.id}
    append_act(session, enquiry.proposal_id, None, "question-answered", now=now, details=details)
    if first:
        for each in (enquiry, *list_merged(session, enquiry.id)):
            _owe_letter(session, "answered", each, now)


def _owe_letter(session: Session, kind: str, enquiry: Enquiry, now: dt.datetime) -> None:
    letters.owe(
        session,
        kind=kind,
        key=f"{kind}:{enquiry.id}",
        now=now,
        proposal_id=enquiry.proposal_id,
        reader_id=enquiry.reader_id,
        language=enquiry.language,
        details={"enquiry": enquiry.id},
    )

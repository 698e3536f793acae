"""Readers of a proposal: links by mail, updates for those who confirmed, one POST to stop."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from voting.domain.confirming import check_typed, require_unchanged
from voting.domain.errors import FieldError, refuse_faults
from voting.domain.wording import check_email, check_text, check_welsh, clean_line, clean_text
from voting.store import letters, notices
from voting.store.accounts import Account
from voting.store.proposals import Proposal, append_act
from voting.store.readers import (
    News,
    Reader,
    find_constituency_of,
    find_reader,
)
from voting.store.record import keep_text

UPDATES, ASK = "updates-link", "ask-link"


def request_link(
    session: Session,
    proposal: Proposal,
    *,
    email: str,
    kind: str,
    language: str,
    public_may_ask: bool,
    now: dt.datetime,
) -> None:
    """Owe a letter with a personal link to this address; at most one of its kind in an hour.

    A link to ask goes to people on a roll alone, unless the public may ask. Whoever typed the
    address learns nothing of that. Raises BadInput for what is no address.
    """
    email = clean_line(email)
    refuse_faults(check_email("email", "your email address", email))
    key = email.casefold()
    if kind == ASK and not public_may_ask and not find_constituency_of(session, proposal.id, key):
        return
    reader = find_reader(session, proposal.id, key)
    if reader is None:
        reader = Reader(
            proposal_id=proposal.id, email=email, email_key=key, language=language, created_at=now
        )
        session.add(reader)
        session.flush()
    letters.owe(
        session,
        kind=kind,
        key=f"{kind}:{reader.id}:{now:%Y%m%d%H}",
        now=now,
        proposal_id=proposal.id,
        reader_id=reader.id,
        language=language,
    )


def confirm(reader: Reader, *, now: dt.datetime) -> None:
    """Send this reader updates from now on; twice is once."""
    reader.wants_updates = True
    reader.confirmed_at = reader.confirmed_at or now


def stop(reader: Reader) -> None:
    """Send this reader no more updates; twice is once."""
    reader.wants_updates = False


def send_news(
    session: Session,
    proposal: Proposal,
    *,
    account: Account,
    title: str,
    text: str,
    title_cy: str = "",
    text_cy: str = "",
    typed: str,
    now: dt.datetime,
) -> News:
    """Put an update on the page and owe it to all who want it; *typed* is how many they are.

    Raises BadInput with every fault by field.
    """
    number = sum(notices.count_people(session, proposal.id, notices.NEWS).values())
    words = _read_news(proposal, title, text, title_cy, text_cy)
    refuse_faults(_check_news(proposal, words) + check_typed(typed, number))
    news = News(proposal_id=proposal.id, account_id=account.id, at=now, recipients=number, **words)
    session.add(news)
    session.flush()
    owed = notices.owe_letters(
        session, proposal_id=proposal.id, kind=notices.NEWS, number=news.id, now=now
    )
    require_unchanged(owed, number)
    digest = keep_text(session, proposal.id, "\n\n".join(words.values()).encode())
    details = {"title": news.title, "sha256": digest, "letters": number, "account": account.id}
    details |= {"title_cy": news.title_cy} if news.title_cy else {}
    append_act(session, proposal.id, None, "news-sent", now=now, details=details)
    return news


def check_news(
    proposal: Proposal, title: str, text: str, title_cy: str = "", text_cy: str = ""
) -> dict[str, str]:
    """An update as it would be sent; raises BadInput by field."""
    words = _read_news(proposal, title, text, title_cy, text_cy)
    refuse_faults(_check_news(proposal, words))
    return words


def _read_news(
    proposal: Proposal, title: str, text: str, title_cy: str, text_cy: str
) -> dict[str, str]:
    words = {"title": clean_line(title), "text": clean_text(text)}
    welsh = {"title_cy": clean_line(title_cy), "text_cy": clean_text(text_cy)}
    return words | (welsh if proposal.is_bilingual else dict.fromkeys(welsh, ""))


def _check_news(proposal: Proposal, words: dict[str, str]) -> list[FieldError]:
    faults = []
    for name, label, limit in (
        ("title", "the title of the update", 200),
        ("text", "the update", 5_000),
    ):
        faults += check_text(name, label, words[name], limit=limit)
        if proposal.is_bilingual:
            faults += check_welsh(name, label, words[name], words[f"{name}_cy"], limit=limit)
    return faults

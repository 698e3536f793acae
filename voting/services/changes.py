"""Telling everyone who was consulted what changed in a proposal since, and why."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from voting.domain.canonical import canonical_json, canonical_time
from voting.domain.comparing import (
    ADDED,
    CHANGED,
    NEW,
    REMOVED,
    Change,
    Compared,
    Run,
    compare_versions,
)
from voting.domain.confirming import check_typed, require_unchanged
from voting.domain.errors import Conflict, FieldError, NotFound, refuse_faults
from voting.domain.wording import Words, check_both, read_words
from voting.store import changes, notices
from voting.store.accounts import Account
from voting.store.changes import ChangeNotice
from voting.store.consultations import list_consultations
from voting.store.documents import Document, list_documents
from voting.store.hub import ProposalVersion, list_versions
from voting.store.proposals import Proposal, append_act

LONGEST = 2_000
UNCHANGED = "Nothing has changed since then, so there is nothing to tell."


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a notice would tell, from which version to which, and to how many."""

    versions: list[ProposalVersion]
    older: ProposalVersion
    newer: ProposalVersion
    changes: list[Change]
    recipients: dict[str, int]  # by elector, participant, reader

    @property
    def total(self) -> int:
        """The number of letters: what is typed to confirm."""
        return sum(self.recipients.values())


def compare(session: Session, proposal: Proposal, since: int | None = None) -> Comparison:
    """What changed from version *since* to the newest.

    Without *since*: from the version that the last notice told of, else the one that stood when
    people were first consulted. Raises Conflict before the page was opened, NotFound for a version
    that there is not.
    """
    versions = list_versions(session, proposal.id)
    if not versions:
        raise Conflict("The public page has not been opened, so nobody saw a version before.")
    number = since if since is not None else _find_start(session, proposal, versions)
    if not 1 <= number <= len(versions):
        raise NotFound("There is no such version.")
    older, newer = versions[number - 1], versions[-1]
    told = compare_versions(json.loads(older.content), json.loads(newer.content))
    start = _find_moment(session, proposal, older)
    told += _compare_documents(list_documents(session, proposal.id), start)
    recipients = notices.count_people(session, proposal.id, notices.CHANGES)
    return Comparison(versions, older, newer, told, recipients)


def send_notice(
    session: Session,
    proposal: Proposal,
    *,
    account: Account,
    since: int,
    explanation: str,
    explanation_cy: str = "",
    typed: str,
    now: dt.datetime,
) -> ChangeNotice:
    """Publish what changed since a version, with a reason, and owe it to all who were consulted.

    *typed* is the number of letters. Raises BadInput with every fault by field, and Conflict when
    nothing changed.
    """
    compared = compare(session, proposal, since)
    words = read_words(explanation, explanation_cy, bilingual=proposal.is_bilingual)
    refuse_faults(_check_words(words) + check_typed(typed, compared.total))
    if not compared.changes:
        raise Conflict(UNCHANGED)
    notice = _make_notice(session, proposal, compared, words, account, now)
    owed = notices.owe_letters(
        session, proposal_id=proposal.id, kind=notices.CHANGES, number=notice.id, now=now
    )
    require_unchanged(owed, notice.recipients)
    details = {
        "notice": notice.number,
        "from_version": notice.from_version,
        "to_version": notice.to_version,
        "sha256": notice.hash,
        "letters": notice.recipients,
        "account": account.id,
    }
    append_act(session, proposal.id, None, "changes-told", now=now, details=details)
    return notice


def check_explanation(proposal: Proposal, explanation: str, explanation_cy: str = "") -> Words:
    """What is said of the changes as it would be sent; raises BadInput by field."""
    words = read_words(explanation, explanation_cy, bilingual=proposal.is_bilingual)
    refuse_faults(_check_words(words))
    return words


def _check_words(words: Words) -> list[FieldError]:
    return check_both("explanation", "what changed and why", words, limit=LONGEST)


def _make_notice(
    session: Session,
    proposal: Proposal,
    compared: Comparison,
    words: Words,
    account: Account,
    now: dt.datetime,
) -> ChangeNotice:
    number = len(changes.list_notices(session, proposal.id)) + 1
    content = canonical_json(
        {
            "format": 1,
            "proposal": proposal.slug,
            "number": number,
            "at": canonical_time(now),
            "from": _describe(compared.older),
            "to": _describe(compared.newer),
            "explanation": words.english,
            "explanation_cy": words.welsh,
            "changes": [asdict(change) for change in compared.changes],
        }
    )
    notice = ChangeNotice(
        proposal_id=proposal.id,
        number=number,
        from_version=compared.older.number,
        to_version=compared.newer.number,
        explanation=words.english,
        explanation_cy=words.welsh,
        account_id=account.id,
        at=now,
        recipients=compared.total,
        content=content,
        hash=hashlib.sha256(content).hexdigest(),
    )
    session.add(notice)
    session.flush()
    return notice


def _describe(version: ProposalVersion) -> dict[str, object]:
    return {"version": version.number, "hash": version.hash, "at": canonical_time(version.at)}


def _find_start(session: Session, proposal: Proposal, versions: list[ProposalVersion]) -> int:
    """The version that the last notice told of, or that people saw when they were first asked."""
    told = changes.list_notices(session, proposal.id)
    if told:
        return told[-1].to_version
    opened = [c.opened_at for c in list_consultations(session, proposal.id) if c.opened_at]
    seen = [v.number for v in versions if opened and v.at <= min(opened)]
    return max(seen, default=1)


def _find_moment(session: Session, proposal: Proposal, older: ProposalVersion) -> dt.datetime:
    """Since when documents are new: the version's time, or that of a notice that told of it."""
    told = changes.list_notices(session, proposal.id)
    return max([older.at, *(n.at for n in told if n.to_version == older.number)])


def _compare_documents(documents: Iterable[Document], since: dt.datetime) -> list[Change]:
    """Documents that were added, changed or withdrawn after *since*, each version with its note."""
    told = []
    for document in documents:
        withdrawn = document.withdrawn_at is not None and document.withdrawn_at > since
        fresh = [version for version in document.versions if version.added_at > since]
        if not fresh and not withdrawn:
            continue
        notes = [Compared(str(v.number), _tell(v.changed), _tell(v.changed_cy)) for v in fresh]
        what = CHANGED if len(fresh) < len(document.versions) else ADDED
        if withdrawn:
            what = REMOVED
            why = _tell(document.withdrawn_because), _tell(document.withdrawn_because_cy)
            notes.append(Compared("withdrawn", *why))
        told.append(Change("document", what, document.title, document.title_cy, tuple(notes)))
    return told


def _tell(text: str) -> tuple[Run, ...]:
    return (Run(NEW, text),) if text else ()

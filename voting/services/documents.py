"""Publishing documents: checked by their bytes, kept in every version, hashed into the trail."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy.orm import Session

from voting.domain.documents import KINDS, check_document, clean_filename
from voting.domain.errors import BadInput, Conflict, FieldError, Refusal, refuse_faults
from voting.domain.wording import (
    check_both,
    check_text,
    check_welsh,
    clean_line,
    read_words,
)
from voting.store.accounts import Account
from voting.store.documents import Document, DocumentVersion, count_documents
from voting.store.proposals import Proposal, append_act

MOST_DOCUMENTS = 200
MOST_VERSIONS = 100


def add_document(
    session: Session,
    proposal: Proposal,
    *,
    account: Account,
    kind: str,
    title: str,
    title_cy: str = "",
    filename: str,
    content: bytes,
    now: dt.datetime,
) -> Document:
    """Publish a new document. Raises BadInput with every fault by field: title, kind, file."""
    title, title_cy = clean_line(title), clean_line(title_cy)
    faults = check_text("title", "the title of the document", title, limit=200)
    if proposal.is_bilingual:
        faults += check_welsh("title", "the title of the document", title, title_cy, limit=200)
    if kind not in KINDS:
        faults.append(FieldError("kind", "Select what kind of document it is."))
    media_type = _check_file(filename, content, faults)
    if count_documents(session, proposal.id) >= MOST_DOCUMENTS:
        raise Conflict(f"A proposal has at most {MOST_DOCUMENTS} documents.")
    document = Document(
        proposal_id=proposal.id, kind=kind, title=title, title_cy=title_cy, withdrawn_because=""
    )
    session.add(document)
    session.flush()
    _append(session, document, account, filename, content, media_type, changed=("", ""), now=now)
    return document


def add_version(
    session: Session,
    document: Document,
    *,
    account: Account,
    changed: str,
    changed_cy: str = "",
    filename: str,
    content: bytes,
    now: dt.datetime,
) -> DocumentVersion:
    """Publish a new version, with a note of what changed. Raises BadInput: changed, file."""
    if document.withdrawn_at is not None:
        raise Conflict("This document was withdrawn. Add a new one instead.")
    bilingual = _is_bilingual(session, document.proposal_id)
    words = read_words(changed, changed_cy, bilingual=bilingual)
    faults = check_both("changed", "what changed", words, limit=2_000)
    if hashlib.sha256(content).hexdigest() == document.newest.sha256:
        faults.append(FieldError("file", "This file is the same as the version before."))
    media_type = _check_file(filename, content, faults)
    if len(document.versions) >= MOST_VERSIONS:
        raise Conflict(f"A document has at most {MOST_VERSIONS} versions.")
    return _append(
        session, document, account, filename, content, media_type,
        changed=(words.english, words.welsh), now=now,
    )  # fmt: skip


def withdraw(
    session: Session,
    document: Document,
    *,
    account: Account,
    reason: str,
    now: dt.datetime,
    reason_cy: str = "",
) -> None:
    """Take a document off the page, with a public reason. Its entry and hashes stay."""
    words = read_words(reason, reason_cy, bilingual=_is_bilingual(session, document.proposal_id))
    refuse_faults(check_both("reason", "why it is withdrawn", words, limit=1_000))
    if document.withdrawn_at is not None:
        raise Conflict("This document was withdrawn already.")
    document.withdrawn_at = now
    document.withdrawn_because, document.withdrawn_because_cy = words.english, words.welsh
    details = {"document": document.id, **words.tell("reason"), "account": account.id}
    append_act(session, document.proposal_id, None, "document-withdrawn", now=now, details=details)


def _is_bilingual(session: Session, proposal_id: int) -> bool:
    return session.get_one(Proposal, proposal_id).is_bilingual


def _check_file(filename: str, content: bytes, faults: list[FieldError]) -> str:
    try:
        media_type = check_document(filename, content)
    except Refusal as refusal:
        faults.append(FieldError("file", refusal.message))
        media_type = ""
    if faults:
        raise BadInput(faults)
    return media_type


def _append(
    session: Session,
    document: Document,
    account: Account,
    filename: str,
    content: bytes,
    media_type: str,
    *,
    changed: tuple[str, str],
    now: dt.datetime,
) -> DocumentVersion:
    version = DocumentVersion(
        number=len(document.versions) + 1,
        filename=clean_filename(filename),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        changed=changed[0],
        changed_cy=changed[1],
        account_id=account.id,
        added_at=now,
    )
    document.versions.append(version)
    session.flush()
    details = {
        "document": document.id,
        "version": version.number,
        "document_kind": document.kind,
        "title": document.title,
        **({"title_cy": document.title_cy} if document.title_cy else {}),
        "size": version.size,
        "sha256": version.sha256,
        "changed": version.changed,
        "account": account.id,
    }
    append_act(session, document.proposal_id, None, "document-published", now=now, details=details)
    return version

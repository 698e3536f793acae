"""What the public trail tells the hash of, to be downloaded: one address for each hash.

Whoever holds the trail and such a file can check with nothing else that the one names the other
(`voting verify-trail TRAIL --holds FILE`). Nothing is given out here that the public may not read:
not a withdrawn document, not a figure of a vote before its outcome is published, not the opened
papers of a ballot box that is published without them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from sqlalchemy.orm import Session

from voting.belenios.board import EventType
from voting.domain.canonical import canonical_json
from voting.domain.consulting import Stage
from voting.domain.lifecycle import State
from voting.store import board, changes, decisions, documents, hub, polls, record, reports, scrutiny
from voting.store.consultations import Consultation, list_consultations
from voting.store.decisions import Decision
from voting.store.hub import ProposalVersion
from voting.store.polls import Election, Poll
from voting.store.proposals import Proposal
from voting.store.readers import list_enquiries

JSON, TEXT, PDF = "application/json", "text/plain", "application/pdf"
Told = Mapping[str, Any]
"""What an act says."""


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file whose SHA-256 an act tells. An *archive* is streamed from its own address instead."""

    name: str
    media_type: str
    read: Callable[[], bytes]
    archive: tuple[str, str] | None = None  # the vote's address, the election's number


class Shelf:
    """All that the acts of one proposal tell the hash of, and that the public may read."""

    def __init__(self, session: Session, proposal: Proposal) -> None:
        self.session, self.proposal = session, proposal

    def find(self, told: Told, digest: str) -> RecordFile | None:
        """The file that an act means by this hash; None where there is none for the public."""
        find = _FINDERS.get(str(told["kind"]))
        return find(self, told, digest) if find else None

    @cached_property
    def polls(self) -> dict[int, Poll]:
        """Its votes that are fixed or further."""
        every = polls.list_polls(self.session, self.proposal.id)
        return {poll.id: poll for poll in every if poll.frozen_json is not None}

    @cached_property
    def pages(self) -> dict[int, ProposalVersion]:
        """The versions of its public page, by number."""
        every = hub.list_versions(self.session, self.proposal.id)
        return {version.number: version for version in every}

    @cached_property
    def consultations(self) -> dict[str, Consultation]:
        """Its consultations that have opened, by address."""
        every = list_consultations(self.session, self.proposal.id)
        return {each.slug: each for each in every if each.state != Stage.DRAFT}

    @cached_property
    def answered(self) -> set[int]:
        """The questions whose answers stand on the page."""
        return {each.id for each in list_enquiries(self.session, self.proposal.id, "answered")}

    @cached_property
    def texts(self) -> frozenset[str]:
        """The hashes of the texts that are kept as they were published."""
        return frozenset(record.list_kept(self.session, self.proposal.id))

    def find_published(self, told: Told) -> Poll | None:
        """The vote that an act is of, once its outcome is published."""
        poll = self.polls.get(told["poll"])
        return poll if poll is not None and poll.state == State.PUBLISHED else None

    def find_text(self, digest: str, name: str, media_type: str) -> RecordFile | None:
        """A text as it was published at the time."""
        if digest not in self.texts:
            return None
        return RecordFile(name, media_type, partial(_read_text, self, digest))


def _read_text(shelf: Shelf, digest: str) -> bytes:
    found = record.find_text(shelf.session, shelf.proposal.id, digest)
    return found.content if found else b""


# ------------------------------------------------------------------ what was told


def _find_page(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    version = shelf.pages.get(told["version"])
    if version is None:
        return None
    return RecordFile(f"page-{version.number}.json", JSON, partial(getattr, version, "content"))


def _find_document(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    where = shelf.proposal.id, told["document"], told["version"]
    found = documents.find_version(shelf.session, *where)
    if found is None or found.document.withdrawn_at is not None:
        return None
    return RecordFile(found.filename, found.media_type, partial(getattr, found, "content"))


def _find_answer(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    if told["question"] not in shelf.answered:
        return None
    return shelf.find_text(digest, f"question-{told['question']}.txt", TEXT)


def _find_withdrawn(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    """Why a question was withdrawn; not the question."""
    return shelf.find_text(digest, f"question-{told['question']}-withdrawn.json", JSON)


def _find_news(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    return shelf.find_text(digest, f"update-{digest[:8]}.txt", TEXT)


def _find_changes(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    notice = changes.find_notice(shelf.session, shelf.proposal.id, told["notice"])
    if notice is None:
        return None
    return RecordFile(f"changes-{notice.number}.json", JSON, partial(getattr, notice, "content"))


def _find_questions(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    held = shelf.consultations.get(told["consultation"])
    if held is None or not held.frozen_json:
        return None
    return RecordFile(f"{held.slug}-questions.json", JSON, partial(str.encode, held.frozen_json))


def _find_list(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    """The hashes of all responses, where so many came in that their number is told."""
    return shelf.find_text(digest, f"{told['consultation']}-responses.txt", TEXT)


def _find_response(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    held = shelf.consultations.get(told["consultation"])
    if held is None or held.answered_at is None:
        return None
    return shelf.find_text(digest, f"{held.slug}-response-{digest[:8]}.json", JSON)


def _find_update(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    return shelf.find_text(digest, f"{told['consultation']}-update-{digest[:8]}.json", JSON)


def _find_report(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    held = shelf.consultations.get(told["consultation"])
    kept = held and reports.find_edition(shelf.session, held.id, told["edition"])
    if not held or not kept:
        return None
    name = f"{held.slug}-report-{kept.edition}"
    if digest == kept.sha256:
        return RecordFile(f"{name}.pdf", PDF, partial(getattr, kept, "pdf"))
    if digest == kept.sha256_cy:
        return RecordFile(f"{name}-cy.pdf", PDF, partial(getattr, kept, "pdf_cy"))
    return RecordFile(f"{name}.json", JSON, partial(str.encode, kept.body))


def _find_decision(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    every = decisions.list_decisions(shelf.session, shelf.proposal.id)
    decided = next((each for each in every if each.number == told["decision"]), None)
    if decided is None:
        return None
    name = f"decision-{decided.number}"
    if digest == decided.hash:
        return RecordFile(f"{name}.json", JSON, partial(getattr, decided, "content"))
    return RecordFile(f"{name}-evidence.json", JSON, partial(_read_evidence, decided))


def _read_evidence(decided: Decision) -> bytes:
    """What a decision rests on, as it was hashed for the attestation."""
    return canonical_json(json.loads(decided.content)["evidence"])


# ------------------------------------------------------------------ votes


def _find_frozen(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    poll = shelf.polls.get(told["poll"])
    if poll is None or poll.frozen_hash != digest:
        return None
    return RecordFile(f"{poll.slug}-frozen.json", JSON, lambda: poll.frozen_json or b"")


def _find_declared(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    poll = shelf.find_published(told)
    if poll is None:
        return None
    name = f"{poll.slug}-declared.json"
    return RecordFile(
        name, JSON, lambda: _as_declared(poll.outcome_json or b"{}", told["position"])
    )


def _as_declared(outcome: bytes, position: int) -> bytes:
    """The outcome as it stood when it was declared, before publication added to it."""
    told = json.loads(outcome)
    told["state"] = State.DECLARED
    told["trail"] = [act for act in told["trail"] if act["position"] < position]
    for part in told["constituencies"]:
        part.pop("archive_sha256", None)
        part.pop("public_archive_sha256", None)
    return canonical_json(told)


def _find_published(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    poll = shelf.find_published(told)
    if poll is None:
        return None
    if digest == told["outcome"]:
        return RecordFile(f"{poll.slug}-outcome.json", JSON, lambda: poll.outcome_json or b"")
    shown = told["archives"] | told.get("public_archives", {})
    for name, archive in shown.items():
        if archive == digest and poll.purged_at is None:
            where = poll.slug, name.removesuffix(".bel")
            return RecordFile(name, "application/octet-stream", bytes, where)
    return None


def _find_on_board(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    """An event of a ballot box, or a part of a scrutineer's, as it stands in the archive."""
    poll = shelf.find_published(told)
    if poll is None or poll.purged_at is not None:
        return None
    for election in poll.elections:
        end = _find_end(shelf.session, election, poll)
        found = record.find_piece(shelf.session, election.id, digest, before=end)
        if found is not None:
            name = f"{election.uuid}-{told['kind']}-{digest[:8]}.json"
            return RecordFile(name, JSON, partial(bytes, found))
    return None


def _find_end(session: Session, election: Election, poll: Poll) -> int:
    """Where the archive ends that the public gets, as it was published."""
    parts = json.loads(poll.outcome_json or b"{}").get("constituencies", [])
    shorter = {part["uuid"] for part in parts if "public_archive_sha256" in part}
    if election.uuid not in shorter:
        return board.NO_END
    found = board.find_first(session, election.id, EventType.PARTIAL_DECRYPTION)
    return board.NO_END if found is None else found


def _find_signed(shelf: Shelf, told: Told, digest: str) -> RecordFile | None:
    poll = shelf.find_published(told)
    for signed in scrutiny.list_reports(shelf.session, poll.id) if poll else ():
        if signed.hash == digest:
            return RecordFile(f"scrutiny-{digest[:8]}.json", JSON, partial(getattr, signed, "body"))
    return None


_FINDERS: dict[str, Callable[[Shelf, Told, str], RecordFile | None]] = {
    "page-opened": _find_page,
    "page-changed": _find_page,
    "document-published": _find_document,
    "question-answered": _find_answer,
    "question-withdrawn": _find_withdrawn,
    "news-sent": _find_news,
    "changes-told": _find_changes,
    "consultation-opened": _find_questions,
    "consultation-closed": _find_list,
    "response-published": _find_response,
    "response-changed": _find_response,
    "theme-updated": _find_update,
    "report-published": _find_report,
    "decided": _find_decision,
    "frozen": _find_frozen,
    "setup-approved": _find_frozen,
    "closed": _find_on_board,
    "counted": _find_on_board,
    "shuffled": _find_on_board,
    "decrypted": _find_on_board,
    "declared": _find_declared,
    "published": _find_published,
    "report-signed": _find_signed,
}

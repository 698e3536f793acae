"""What the public may read: the outcome, the ballot box, the archives.

An outcome is published only after the archive of every constituency, byte for byte as anyone will
download it, has passed every check of the verifier.
"""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from voting.belenios.archive import ArchiveWriter, archive_bytes
from voting.belenios.ballot import DIGITS, display_tracker
from voting.belenios.board import EventType
from voting.belenios.encoding import decode_json
from voting.belenios.verify import Report, verify_archive
from voting.domain.canonical import canonical_json
from voting.domain.cells import defuse
from voting.domain.errors import Conflict, NotFound, Refusal
from voting.domain.holding import Holding
from voting.domain.lifecycle import STANDING, State, require_transition
from voting.domain.wording import list_in_words
from voting.store import board, database, letters, polls
from voting.store.accounts import Account
from voting.store.board import Tracked
from voting.store.polls import Election, Poll
from voting.store.proposals import append_act, list_acts
from voting.store.scrutiny import list_unreported

DESTROYED = "The sealed votes were destroyed at the end of the time for which they are kept."
COMPLETE = "result"  # the last stage of an archive
FEW = 3  # electors who must have voted before their number is told during voting (D2)
IN_BOX, COUNTED, REPLACED, CANCELLED = "in-box", "counted", "replaced", "cancelled"
NOT_FOUND = "not-found"

Progress = Callable[[str, int, int], None]
"""Called with the name of a check, how much is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class TrackerFinding:
    """What became of a tracking number; ``state`` is one of the words above."""

    state: str
    poll: Poll | None = None
    election: Election | None = None
    digits: str = ""

    @property
    def display(self) -> str:
        """The tracking number in five groups, when it was found."""
        return display_tracker(self.digits) if self.digits else ""


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One ballot as the ballot box page shows it."""

    position: int
    digits: str
    replaced: bool

    @property
    def display(self) -> str:
        """The tracking number in five groups."""
        return display_tracker(self.digits)


@dataclass(frozen=True, slots=True)
class BoxPage:
    """Some ballots in board order, and after which position the next page begins (None: end)."""

    rows: list[BoxRow]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many of a constituency's electors voted: exact once voting is over.

    While it lasts, ``voted`` is None below 3 electors; ``in_words`` says "fewer than 3" then.
    """

    code: str
    name: str
    electors: int
    voted: int | None

    @property
    def in_words(self) -> str:
        """The number of electors who voted, as text."""
        return f"fewer than {FEW}" if self.voted is None else str(self.voted)


# ------------------------------------------------------------------ publish


def publish(
    session: Session,
    poll: Poll,
    *,
    now: dt.datetime,
    actor: Account | None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> None:
    """Make the outcome public and owe each elector the result letter.

    Archives that :func:`check_archives` has not seen yet are checked first. Ends the session's
    transaction before checking; the caller commits. Raises Conflict unless the poll is declared,
    when an archive does not pass, or when scrutineers hold the keys and have not signed a report
    on each constituency (S2).
    """
    require_transition(State(poll.state), State.PUBLISHED)
    require_reports(session, poll)
    account_id = actor.id if actor else None
    check_archives(session, poll, executor=executor, progress=progress)

    poll = polls.lock_poll(session, poll.id)
    require_transition(State(poll.state), State.PUBLISHED)
    require_reports(session, poll)
    digests = [_get_digest(election) for election in poll.elections]
    names = [f"{election.uuid}.bel" for election in poll.elections]
    poll.state, poll.published_at = State.PUBLISHED, now
    poll.outcome_json = _finish_outcome(session, poll, digests)
    details = {
        "account": account_id,
        "outcome": hashlib.sha256(poll.outcome_json).hexdigest(),
        "archives": dict(zip(names, digests, strict=True)),
        **_name_public_archives(poll.outcome_json),
    }
    append_act(session, poll.proposal_id, poll.id, "published", now=now, details=details)
    letters.owe_to_electors(session, poll_id=poll.id, kind="result", now=now)


def require_reports(session: Session, poll: Poll) -> None:
    """Raise Conflict while scrutineers hold the keys and a constituency has no signed report."""
    if poll.key_holding != Holding.SCRUTINEERS:
        return
    if missing := list_unreported(session, poll.id):
        raise Conflict(
            "The outcome cannot be published yet. No scrutineer has signed a report on "
            f"{list_in_words(missing)}."
        )


def check_archives(
    session: Session,
    poll: Poll,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> None:
    """Verify each archive of a declared poll that was not verified yet, and keep the reports.

    Ends the session's transaction before checking, so that nothing is locked meanwhile, and begins
    a writing one after it; the caller commits. Raises Conflict unless the poll is declared, or when
    an archive does not pass.
    """
    require_transition(State(poll.state), State.PUBLISHED)
    unchecked = [election for election in poll.elections if election.verification_json is None]
    database.end_reading(session)
    checked = [(e.id, _check_archive(session, e, executor, progress)) for e in unchecked]
    database.begin_writing(session)
    for election_id, (report, digest) in checked:
        election = session.get_one(Election, election_id)
        kept = {**report.to_json(), "archive_sha256": digest}
        election.verification_json = canonical_json(kept)


def _get_digest(election: Election) -> str:
    """The SHA-256 of an election's archive, from the report of its checks."""
    return str(json.loads(election.verification_json or b"{}")["archive_sha256"])


def _check_archive(
    session: Session, election: Election, executor: Executor | None, progress: Progress | None
) -> tuple[Report, str]:
    """The verifier's report on an election's archive, and the archive's SHA-256."""
    uuid, expected = election.uuid, decode_json(election.result or b"null")
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as file:
        for piece in archive_stream(session, election):
            digest.update(piece)
            file.write(piece)
        database.end_reading(session)  # no snapshot is held while the verifier works
        file.seek(0)
        report = verify_archive(file, executor=executor, progress=progress)
    fault = report.error
    if report.valid and (report.uuid, report.stage) != (uuid, COMPLETE):
        fault = "it is not the complete archive of this election"
    elif report.valid and {"result": report.result} != expected:
        fault = "its result is not the one that was declared"
    if fault is not None or not report.valid:
        raise Conflict(
            f"The archive {uuid}.bel does not pass its checks ({fault}). Nothing was published. "
            "Tell the operator of this service and the people who watch this vote."
        )
    return report, digest.hexdigest()


def _finish_outcome(session: Session, poll: Poll, digests: list[str]) -> bytes:
    """The declared outcome with the hash of each archive, and the trail that led to it."""
    if poll.outcome_json is None:
        raise Conflict("The outcome of this vote has not been declared.")
    outcome = json.loads(poll.outcome_json)
    outcome["state"] = poll.state
    parts = zip(outcome["constituencies"], poll.elections, digests, strict=True)
    for constituency, election, digest in parts:
        constituency["archive_sha256"] = digest
        end = find_public_end(session, election)
        if end != board.NO_END:
            constituency["public_archive_sha256"] = _digest(
                archive_stream(session, election, before=end)
            )
    acts = list_acts(session, poll.proposal_id, poll.id)
    outcome["trail"] = [{**json.loads(act.body), "hash": act.hash} for act in acts]
    return canonical_json(outcome)


def _name_public_archives(outcome: bytes) -> dict[str, dict[str, str]]:
    """The hash of each archive that the public gets without its papers, if there is one."""
    key, parts = "public_archive_sha256", json.loads(outcome)["constituencies"]
    shorter = {part["archive"]: part[key] for part in parts if key in part}
    return {"public_archives": shorter} if shorter else {}


def _digest(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


# ------------------------------------------------------------------ the archive


def archive_stream(
    session: Session, election: Election, *, before: int = board.NO_END
) -> Iterator[bytes]:
    """The ``.bel`` archive piece by piece, byte for byte from the board's rows, memory flat.

    It ends before the event at position *before*. Raises NotFound once the ballots are destroyed.
    """
    if election.poll.purged_at is not None:
        raise NotFound(DESTROYED)
    events = board.iter_events(session, election.id, before=before)
    return archive_bytes(events, _timestamp(election))


def archive_size(session: Session, election: Election, *, before: int = board.NO_END) -> int:
    """How many bytes :func:`archive_stream` yields."""
    header = ArchiveWriter(_timestamp(election)).header()
    return len(header) + board.measure_archive(session, election.id, before=before)


def find_public_end(session: Session, election: Election) -> int:
    """Where the archive that everyone may download ends.

    With the opened papers it ends, unless each of them may be published: whoever reads further
    reads every ranking (D3). Commissioner and scrutineers get the whole of it.
    """
    methods = [question.method for question in election.poll.questions]
    sealed = [method for method in methods if method.is_sealed_whole]
    if all(method.is_published(election.electors) for method in sealed):
        return board.NO_END
    return board.find_first(session, election.id, EventType.PARTIAL_DECRYPTION) or board.NO_END


def _timestamp(election: Election) -> int:
    return int(election.frozen_at.timestamp())


# ------------------------------------------------------------------ the outcome


def outcome_of(poll: Poll) -> dict[str, Any]:
    """The declared or published outcome; raises NotFound before there is one."""
    if poll.outcome_json is None:
        raise NotFound("The outcome of this vote has not been declared yet.")
    outcome: dict[str, Any] = json.loads(poll.outcome_json)
    return outcome


def outcome_csv(poll: Poll) -> str:
    """The figures of the outcome, one row an option; no cell is read as a formula by a sheet.

    Raises NotFound before there is an outcome.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("Constituency", "Electors", "Papers", "Question", "Option", "Votes"))
    for part in outcome_of(poll)["constituencies"]:
        figures = (defuse(part["name"]), part["electors"], part["papers"])
        for question in part["questions"]:
            asked = defuse(question["text"])
            for name, votes in _list_figures(question):
                writer.writerow((*figures, asked, defuse(name), votes))
    return text.getvalue()


def _list_figures(question: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """The rows of one question: its options, then what is no vote, then what a count elected.

    Where a rule counts, an option has its votes of the first stage, if the rule has stages.
    """
    stages = (question.get("count") or {}).get("stages") or [{"votes": {}}]
    for option in question["options"]:
        votes = option.get("votes", stages[0]["votes"].get(option["text"], ""))
        yield option["text"], votes
    yield "Blank", question["blank"]
    if "winners" in question:
        yield "Spoiled", question["spoiled"]
        for number, name in enumerate(question["winners"], 1):
            yield f"Elected {number}", defuse(name)


# ------------------------------------------------------------------ the ballot box


def find_tracker(session: Session, text: str) -> TrackerFinding:
    """What became of the ballot with this tracking number, in whatever ballot box.

    *text* is 25 digits with any blanks or dashes between them, the full hash in Base64 (43
    characters), or in hexadecimal (64).
    """
    for election_id, tracked in _search(session, text):
        election = session.get_one(Election, election_id)
        return TrackerFinding(
            _state_of(election.poll, tracked), election.poll, election, tracked.digits
        )
    return TrackerFinding(NOT_FOUND)


def _search(session: Session, text: str) -> list[tuple[int, Tracked]]:
    compact = "".join(text.split())
    digits = re.sub(r"[-‐‑–—.]", "", compact)
    if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits, re.ASCII):
        return board.search_ballots(session, digits=digits)
    if re.fullmatch(r"[0-9a-fA-F]{64}", compact, re.ASCII):
        return board.search_ballots(session, payload=compact.lower())
    if re.fullmatch(r"[A-Za-z0-9+/]{43}=?", compact, re.ASCII):
        digest = base64.b64decode(compact[:43] + "=").hex()
        return board.search_ballots(session, payload=digest)
    return []


def _state_of(poll: Poll, tracked: Tracked) -> str:
    if poll.state == State.CANCELLED:
        return CANCELLED
    if tracked.replaced:
        return REPLACED
    return COUNTED if poll.state in (State.DECLARED, State.PUBLISHED) else IN_BOX


def list_trackers(
    session: Session, election: Election, *, after: int = -1, limit: int = 100
) -> BoxPage:
    """One page of an election's ballot box, from after position *after*.

    Empty during voting unless the organiser allowed the number of ballots to be seen.
    """
    poll = election.poll
    if poll.state in (State.READY, State.OPEN) and not poll.show_ballot_count:
        return BoxPage([], None)
    found = board.list_ballots(session, election.id, after=after, limit=limit + 1)
    rows = [BoxRow(row.position, row.digits, row.replaced) for row in found[:limit]]
    return BoxPage(rows, rows[-1].position if len(found) > limit else None)


def turnout(session: Session, poll: Poll) -> list[Turnout]:
    """How many voted in each constituency, for the organiser; never who.

    Raises Refusal before the poll is frozen.
    """
    if poll.state == State.DRAFT:
        raise Refusal(f"This vote {STANDING[State.DRAFT]}.")
    voting = poll.state in (State.READY, State.OPEN)
    found = []
    for election in poll.elections:
        voted = board.count_ballots(session, election.id)[1]
        constituency = election.constituency
        told = None if voting and voted < FEW else voted
        found.append(Turnout(constituency.code, constituency.name, election.electors, told))
    return found

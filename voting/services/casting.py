"""What happens when a ballot is cast.

A ballot is checked first, which is slow, with no lock held. Then, in one short writing transaction:
is voting open, is the credential this elector's own, has this ballot been seen before; the ballot
goes on the board with the bytes it came in, and a receipt letter is owed. No ballot, code, choice
or address is ever logged here.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar, Protocol

from sqlalchemy.orm import Session

from voting.belenios import election as protocol
from voting.belenios.ballot import (
    Ballot,
    check_ballot,
    display_tracker,
    make_ballot,
    tracker_digits,
)
from voting.belenios.board import EventType, next_event, parse_event
from voting.belenios.credential import parse_credential, public_credential
from voting.belenios.errors import Malformed
from voting.domain import lifecycle
from voting.domain.errors import Closed, Conflict, Forbidden, NotFound, Refusal, TooLarge
from voting.domain.marks import find_faults, to_numbers
from voting.domain.methods import Method
from voting.store import board, database, letters, polls, roll
from voting.store.board import Link, TakenError
from voting.store.polls import Election, PollingPlace

MAX_BALLOT_BYTES = 2**20
ATTEMPTS = 3
BLANK = "blank"

NOT_YOURS = (
    "Your vote was not cast. The code it was sealed with is not the one in your letter for this "
    "vote. Open the link in your own letter and vote again."
)
OTHER_ELECTION = "Your vote was not cast, because you are not on the roll of this vote."
CODE_FORM = "Check your voting code. It has 22 letters and digits, in four groups with dashes."
CODE_OTHER = "This code is not the one in your letter for this vote. Check it and enter it again."


class AlreadyCast(Conflict):
    """This very ballot is on the board already. ``digits`` is its tracking number.

    ``replaced`` says whether a later ballot of the same voter counts in its place.
    """

    code: ClassVar[str] = "already-cast"

    def __init__(self, digits: str, *, replaced: bool) -> None:
        message = "This vote is in the ballot box already. It was not put in again."
        if replaced:
            message = (
                "This vote was cast before and has been replaced by a later vote of yours. "
                "The later one counts. To change it, fill in a new voting paper."
            )
        super().__init__(message)
        self.digits = digits
        self.replaced = replaced


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a voter keeps: the tracker in its three forms, and whether an earlier vote gave way."""

    tracker: str
    digits: str
    display: str
    replaced: bool


class Asked(Protocol):
    """A question as the voting paper asks it."""

    @property
    def maximum(self) -> int:
        """The most options that may be chosen."""

    @property
    def options(self) -> Sequence[object]:
        """The options in order."""


def cast_ballot(
    session: Session,
    election_id: int,
    elector_id: int,
    raw: bytes,
    *,
    now: dt.datetime,
    begun_at: dt.datetime | None = None,
) -> Receipt:
    """Put *raw* on the board as this elector's ballot; it replaces an earlier one.

    Ends the session's transaction twice: before the slow check, so that nothing is locked, and
    before writing. The caller commits. Raises NotOpen, Closed, NotFound (not on this roll),
    TooLarge, Forbidden (not this elector's credential), AlreadyCast, Conflict (after lost races),
    and ProtocolError when the ballot itself is wrong.
    """
    if len(raw) > MAX_BALLOT_BYTES:
        raise TooLarge("Your vote was not cast, because it is larger than any vote can be.")
    place = _get_open_place(session, election_id, elector_id, now, begun_at)
    election = _elections.get(session, election_id, place.fingerprint)
    database.end_reading(session)
    with _checking:
        ballot = check_ballot(raw, election)
    for _ in range(ATTEMPTS):
        database.begin_writing(session)
        place = _get_open_place(session, election_id, elector_id, now, begun_at)
        try:
            return _put_in_box(session, election_id, elector_id, raw, ballot, place, now)
        except TakenError:
            continue
    raise Conflict("The ballot box is busy, and your vote was not cast. Cast it again in a moment.")


def seal_and_cast(
    session: Session,
    election_id: int,
    elector_id: int,
    code: str,
    choices: Sequence[Sequence[int]],
    *,
    now: dt.datetime,
    begun_at: dt.datetime | None = None,
) -> Receipt:
    """Seal *choices* (per question: the blank bit, then one bit an option) on the server and cast.

    For voters without JavaScript, who were told that the server sees their vote for this moment.
    Code and choices are kept nowhere. Raises what :func:`cast_ballot` raises, and Refusal naming
    the field ``code`` when the code is not one, or not this elector's.
    """
    place = _get_open_place(session, election_id, elector_id, now, begun_at)
    election = _elections.get(session, election_id, place.fingerprint)
    public = _derive_public(election, code)
    credential = roll.find_credential_by_public(session, election_id, public)
    if credential is None or credential.elector_id not in (None, elector_id):
        raise Refusal(CODE_OTHER, field="code")
    raw = make_ballot(election, code, choices)
    return cast_ballot(session, election_id, elector_id, raw, now=now, begun_at=begun_at)


def check_code(election: Election, code: str) -> str:
    """The public credential of a typed code; raises Refusal, field ``code``, when it is not one."""
    kept = _elections.find(election.fingerprint)
    parsed = kept or _elections.parse(election.fingerprint, election.definition)
    return _derive_public(parsed, code)


def choices_to_vector(question: Asked, selected: Sequence[str]) -> list[int]:
    """The blank bit and one bit an option, from what a form selected: "blank" or option indices.

    Raises Refusal, field ``choice``, when nothing, too much, blank with an option, or something
    unknown is selected.
    """
    known = {str(index): index for index in range(len(question.options))}
    chosen = set(selected)
    if not chosen:
        raise Refusal("Choose an option, or blank", field="choice")
    if not chosen <= known.keys() | {BLANK}:
        raise Refusal("Choose from the options on this page", field="choice")
    if BLANK in chosen and len(chosen) > 1:
        raise Refusal("Choose blank alone, or options without blank", field="choice")
    if len(chosen) > question.maximum:
        allowed = "only 1" if question.maximum == 1 else f"up to {question.maximum}"
        raise Refusal(f"You chose {len(chosen)} options. Choose {allowed}", field="choice")
    return [int(BLANK in chosen), *(int(text in chosen) for text in known)]


def marks_to_vector(method: Method, size: int, marks: Sequence[str]) -> list[int]:
    """The numbers to seal for a ranked, graded or scored question; all 0 is a blank vote.

    Raises Refusal, field ``choice``, when *marks* cannot be counted.
    """
    if find_faults(method, size, marks):
        raise Refusal("Fill in the voting paper again, or leave the question blank", field="choice")
    return to_numbers(size, marks)


# ------------------------------------------------------------------ the acts of casting


def _get_open_place(
    session: Session,
    election_id: int,
    elector_id: int,
    now: dt.datetime,
    begun_at: dt.datetime | None,
) -> PollingPlace:
    place = polls.find_polling_place(session, election_id, elector_id)
    if place is None:
        raise NotFound(OTHER_ELECTION)
    lifecycle.require_voting_open(place.timetable, now, begun_at)
    return place


def _put_in_box(
    session: Session,
    election_id: int,
    elector_id: int,
    raw: bytes,
    ballot: Ballot,
    place: PollingPlace,
    now: dt.datetime,
) -> Receipt:
    credential = roll.lock_credential(session, election_id, ballot.credential)
    if credential is None or not _bind(session, credential, elector_id):
        raise Forbidden(NOT_YOURS)
    if seen := board.find_ballot(session, election_id, ballot.hash):
        raise AlreadyCast(seen.digits, replaced=seen.replaced)

    digits = tracker_digits(raw)
    _append(session, election_id, raw, ballot, digits)
    replaced = roll.note_vote(session, credential)
    _owe_receipt(session, elector_id, place, digits, replaced, now)
    return Receipt(ballot.tracker, digits, display_tracker(digits), replaced)


def _bind(session: Session, credential: roll.Credential, elector_id: int) -> bool:
    """Whether the credential is this elector's; one that is nobody's yet becomes theirs."""
    if credential.elector_id is None:
        if roll.find_credential(session, credential.election_id, elector_id) is not None:
            return False
        credential.elector_id = elector_id
    return credential.elector_id == elector_id


def _append(session: Session, election_id: int, raw: bytes, ballot: Ballot, digits: str) -> None:
    head = board.lock_head(session, election_id)
    if head is None or head.type not in (EventType.SETUP, EventType.BALLOT):
        raise Closed("Voting has closed. No more votes can be cast.")
    event = next_event(parse_event(head.body), EventType.BALLOT, ballot.hash)
    link = Link(
        position=event.height,
        type=event.type.value,
        body=event.to_json(),
        hash=event.hash,
        payload=ballot.hash,
        credential=ballot.credential,
        digits=digits,
    )
    board.append(session, election_id, link, [raw])


def _owe_receipt(
    session: Session,
    elector_id: int,
    place: PollingPlace,
    digits: str,
    replaced: bool,
    now: dt.datetime,
) -> None:
    """One letter a ballot. The board refuses a repeated ballot, and both stand in one transaction;
    so the key is random, and no letter that stays behind tells which ballot it was about."""
    letters.owe(
        session,
        kind="receipt",
        key=f"receipt:{place.poll_id}:{elector_id}:{secrets.token_hex(16)}",
        now=now,
        poll_id=place.poll_id,
        elector_id=elector_id,
        language=place.language,
        details={"digits": digits, "replaced": replaced},
    )


def _derive_public(election: protocol.Election, code: str) -> str:
    try:
        return public_credential(election.group, election.uuid, parse_credential(code))
    except Malformed:
        raise Refusal(CODE_FORM, field="code") from None


class _ElectionCache:
    """Parsed elections with the tables that make their keys fast, the most recent ones first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[str, protocol.Election] = OrderedDict()
        self._lock = Lock()

    def get(self, session: Session, election_id: int, fingerprint: str) -> protocol.Election:
        """The election with this fingerprint; its definition is loaded once a process."""
        kept = self.find(fingerprint)
        return kept or self.parse(fingerprint, polls.get_definition(session, election_id))

    def parse(self, fingerprint: str, definition: bytes) -> protocol.Election:
        """The election with this fingerprint, parsed from *definition* the first time."""
        kept = self.find(fingerprint)
        if kept is not None:
            return kept
        election = protocol.parse_election(definition)
        if election.fingerprint != fingerprint:
            raise Conflict("The definition of this election is not the one that was frozen.")
        election.group.precompute(election.public_key)
        with self._lock:
            self._kept[fingerprint] = election
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return election

    def find(self, fingerprint: str) -> protocol.Election | None:
        """The election with this fingerprint, if it was parsed before."""
        with self._lock:
            if fingerprint in self._kept:
                self._kept.move_to_end(fingerprint)
            return self._kept.get(fingerprint)


_checking = Lock()
"""One check at a time in each process: threads that check at once only take turns at Python's lock,
hundreds of times a ballot, and all of them are late."""

_elections = _ElectionCache(64)

"""Keeping ballots for twelve months after the announcement, longer on hold, and destroying them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.domain.errors import Conflict, refuse_faults
from voting.domain.lifecycle import State
from voting.domain.retention import kept_until, require_kept, require_purgeable, require_typed
from voting.domain.wording import check_both, read_words
from voting.store import polls, retention
from voting.store.polls import Poll
from voting.store.proposals import append_act


@dataclass(frozen=True, slots=True)
class Preview:
    """What a purge would destroy, and why it cannot be done yet ("" when it can)."""

    until: dt.datetime | None
    kept: dict[str, int]
    obstacle: str

    @property
    def total(self) -> int:
        """The number of ballots: what is typed to confirm."""
        return self.kept["ballots"]


def find_end(poll: Poll) -> dt.datetime | None:
    """Until when the ballots are kept; None before the outcome is published.

    Of a cancelled vote there is none to announce: the time runs from its closing time.
    """
    if poll.state == State.PUBLISHED and poll.published_at is not None:
        return kept_until(poll.published_at, poll.kept_months)
    if poll.state == State.CANCELLED and poll.closes_at is not None:
        return kept_until(poll.closes_at, poll.kept_months)
    return None


def preview(session: Session, poll: Poll, *, now: dt.datetime) -> Preview:
    """What would be destroyed now. Nothing is changed."""
    until = find_end(poll)
    try:
        require_purgeable(until, poll.hold_reason, poll.purged_at, now)
    except Conflict as refusal:
        return Preview(until, retention.count_kept(session, poll.id), refusal.message)
    return Preview(until, retention.count_kept(session, poll.id), "")


def purge(session: Session, poll: Poll, *, typed: str, by: str, now: dt.datetime) -> dict[str, int]:
    """Destroy the sealed ballots and what ties them to people, and put that on the public trail.

    Stays: the outcome with the hashes of the archives, what was frozen, the trail, the reports of
    the checks and of the scrutineers, the roll. *typed* must be the number of ballots; *by* says
    who did it. Raises Conflict before its time, on hold, or twice; BadInput (field typed).
    """
    poll = polls.lock_poll(session, poll.id)
    require_purgeable(find_end(poll), poll.hold_reason, poll.purged_at, now)
    kept = retention.count_kept(session, poll.id)
    require_typed(typed, kept["ballots"])
    retention.destroy(session, poll.id)
    poll.purged_at = now
    details = {"by": by, "destroyed": kept}
    append_act(session, poll.proposal_id, poll.id, "ballots-destroyed", now=now, details=details)
    return kept


def place_hold(
    session: Session, poll: Poll, *, reason: str, reason_cy: str = "", now: dt.datetime
) -> None:
    """Keep the ballots until the hold is lifted, whatever the time; the reason is published."""
    _set_hold(session, poll, (reason, reason_cy), "hold-placed", now)


def lift_hold(
    session: Session, poll: Poll, *, reason: str, reason_cy: str = "", now: dt.datetime
) -> None:
    """Lift a legal hold, with a reason that is published."""
    _set_hold(session, poll, (reason, reason_cy), "hold-lifted", now)


def _set_hold(
    session: Session, poll: Poll, reason: tuple[str, str], kind: str, now: dt.datetime
) -> None:
    poll = polls.lock_poll(session, poll.id)
    placing = kind == "hold-placed"
    require_kept(poll.purged_at)
    if poll.state == State.DRAFT or bool(poll.hold_reason) is placing:
        raise Conflict(
            "The ballots are on hold already." if placing else "The ballots are not on hold."
        )
    bilingual = poll.is_bilingual
    words = read_words(*reason, bilingual=bilingual)
    refuse_faults(check_both("reason", "the reason, which is published", words, limit=1_000))
    poll.hold_reason = words.english if placing else ""
    poll.hold_reason_cy = words.welsh if placing else ""
    append_act(session, poll.proposal_id, poll.id, kind, now=now, details={**words.tell("reason")})

"""What of a poll is destroyed when its ballots are: counted first, then deleted."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from voting.store.board import BoardData, BoardEvent
from voting.store.disputes import Dispute
from voting.store.issuing import Issue
from voting.store.letters import Letter
from voting.store.polls import Election, Poll
from voting.store.roll import Credential, LinkReplacement


def count_kept(session: Session, poll_id: int) -> dict[str, int]:
    """How much there is to destroy: ballots, credentials, letters, link replacements, reports."""
    elections = select(Election.id).where(Election.poll_id == poll_id)
    wanted: dict[str, tuple[type, ColumnElement[bool]]] = {
        "ballots": (
            BoardEvent,
            BoardEvent.election_id.in_(elections) & (BoardEvent.type == "Ballot"),
        ),
        "credentials": (Credential, Credential.election_id.in_(elections)),
        "letters": (Letter, Letter.poll_id == poll_id),
        "link_replacements": (LinkReplacement, LinkReplacement.poll_id == poll_id),
        "reports": (Dispute, Dispute.poll_id == poll_id),
    }
    return {
        name: session.scalar(select(func.count()).select_from(table).where(which)) or 0
        for name, (table, which) in wanted.items()
    }


def destroy(session: Session, poll_id: int) -> None:
    """Delete the boards, who has which credential, the letters, and what reports said."""
    elections = select(Election.id).where(Election.poll_id == poll_id)
    for table in (BoardData, BoardEvent, Credential):
        session.execute(delete(table).where(table.election_id.in_(elections)))
    session.execute(delete(Letter).where(Letter.poll_id == poll_id))
    session.execute(delete(LinkReplacement).where(LinkReplacement.poll_id == poll_id))
    empty = {"tracker": "", "words": "", "contact": ""}
    session.execute(update(Dispute).where(Dispute.poll_id == poll_id).values(**empty))
    session.execute(update(Issue).where(Issue.poll_id == poll_id).values(public_list=None))


def list_unpurged(session: Session) -> list[Poll]:
    """Polls that are over and whose ballots are still kept, oldest first."""
    return list(
        session.scalars(
            select(Poll)
            .where(Poll.state.in_(("published", "cancelled")), Poll.purged_at.is_(None))
            .order_by(Poll.id)
        )
    )

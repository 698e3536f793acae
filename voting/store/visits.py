"""What the booth knows of a voter: their poll, their election and their place on its roll."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from voting.store.polls import Election, Poll
from voting.store.roll import Credential, Elector


@dataclass(frozen=True, slots=True)
class Place:
    """An elector's place in a frozen poll."""

    poll: Poll
    elector: Elector
    election: Election
    credential: Credential


def find_place(session: Session, poll_id: int, elector_id: int) -> Place | None:
    """This elector's place in this poll, in one query; None when they are not on its roll."""
    row = session.execute(
        select(Poll, Elector, Election, Credential)
        .join(Election, Election.poll_id == Poll.id)
        .join(Credential, Credential.election_id == Election.id)
        .join(Elector, Elector.id == Credential.elector_id)
        .where(Poll.id == poll_id, Elector.id == elector_id)
    ).first()
    return None if row is None else Place(*row)

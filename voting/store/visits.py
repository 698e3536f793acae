"""What the booth knows of a voter: their poll, their election and their place on its roll."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select
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


_PLACE = (  # built once: every page of the booth asks this
    select(Poll, Elector, Election, Credential)
    .join(Election, Election.poll_id == Poll.id)
    .join(Credential, Credential.election_id == Election.id)
    .join(Elector, Elector.id == Credential.elector_id)
    .where(Poll.id == bindparam("poll_id"), Elector.id == bindparam("elector_id"))
)


def find_place(session: Session, poll_id: int, elector_id: int) -> Place | None:
    """This elector's place in this poll, in one query; None when they are not on its roll."""
    row = session.execute(_PLACE, {"poll_id": poll_id, "elector_id": elector_id}).first()
    return None if row is None else Place(*row)

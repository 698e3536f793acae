"""Polls whose keys are held by scrutineers: named, invited, with and without their keys."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.factories_polls import NOW
from voting.services import trustees
from voting.store.polls import Poll
from voting.store.trustees import Scrutineer

PEOPLE = (
    ("Una Price", "union@watchers.example", "Leisure Workers’ Union"),
    ("Pat Okafor", "partner@watchers.example", "Northmoor Partnership"),
    ("Ines Young", "independent@watchers.example", "Institute of Fair Ballots"),
    ("Dai Rees", "charity@watchers.example", "Northmoor Trust"),
)


def arrange(
    session: Session, poll: Poll, *, size: int = 3, threshold: int = 2, service: bool = False
) -> list[Scrutineer]:
    """Let *size* scrutineers hold the keys of a draft, and name them."""
    trustees.set_arrangement(
        session,
        poll,
        holding="scrutineers",
        size=size,
        threshold=threshold,
        with_service_key=service,
        all_needed_reason="They asked for it." if threshold == size else "",
    )
    return [
        trustees.add_scrutineer(session, poll, name=name, email=email, organisation=organisation)
        for name, email, organisation in PEOPLE[:size]
    ]


def invite(session: Session, poll: Poll) -> list[Scrutineer]:
    """Begin the ceremony and owe the invitations."""
    people = trustees.begin_ceremony(session, poll, actor=None, now=NOW)
    trustees.owe_invitations(session, poll, people, typed=str(len(people)), now=NOW)
    return people

"""A frozen poll with a roll, put straight into the tables: what letter tests stand on."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import insert
from sqlalchemy.orm import Session

from voting.store.polls import Election, Poll
from voting.store.proposals import Constituency, Proposal
from voting.store.roll import Credential, Elector

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def add_proposal(session: Session) -> Proposal:
    """A proposal with two constituencies."""
    proposal = Proposal(
        slug="leisure",
        title="The future of Leisure Services",
        organisation="Northmoor Leisure Trust",
        deciding="Whether to form a mutual",
        still_open="Which legal form it takes",
        contact_name="Alex Morgan",
        contact_email="votes@northmoor.example",
        contact_phone="01632 960001",
        scrutineer_contact="Northmoor branch of the union, 01632 960002",
        created_at=NOW,
    )
    proposal.constituencies = [
        Constituency(code="staff", name="Staff", position=0),
        Constituency(code="users", name="Users", position=1),
    ]
    session.add(proposal)
    session.flush()
    return proposal


def add_poll(
    session: Session, proposal: Proposal, *, slug: str = "form", state: str = "open"
) -> Poll:
    """A poll frozen for all constituencies of *proposal*, open for two weeks from NOW."""
    poll = Poll(
        proposal_id=proposal.id,
        slug=slug,
        title="Should Leisure Services become a mutual?",
        state=state,
        opens_at=NOW - dt.timedelta(hours=1),
        closes_at=dt.datetime(2026, 3, 13, 17, 0, tzinfo=dt.UTC),
    )
    session.add(poll)
    session.flush()
    for constituency in proposal.constituencies:
        session.add(
            Election(
                poll_id=poll.id,
                constituency_id=constituency.id,
                uuid=f"uuid{poll.id}x{constituency.id}",
                definition=b"{}",
                fingerprint="0" * 64,
                frozen_at=NOW,
                electors=0,
                total_weight=0,
                sealed_seed=b"sealed",
            )
        )
    session.flush()
    return poll


def add_electors(session: Session, poll: Poll, numbers: dict[str, int]) -> None:
    """So many electors in each constituency, by code, each with a credential in *poll*."""
    for election in poll.elections:
        code = election.constituency.code
        rows = [
            {
                "constituency_id": election.constituency_id,
                "name": f"Sam {code.title()} {number}",
                "email": f"{code}{number}@people.example",
                "email_key": f"{code}{number}@people.example",
                "language": "en",
            }
            for number in range(numbers.get(code, 0))
        ]
        if rows:
            ids = session.scalars(insert(Elector).returning(Elector.id), rows).all()
            credentials = [
                {"election_id": election.id, "public_credential": f"{number}", "elector_id": number}
                for number in ids
            ]
            session.execute(insert(Credential), credentials)
    session.flush()


def make_poll(session: Session, *, staff: int = 3, users: int = 2, state: str = "open") -> Poll:
    """A proposal with one poll and its electors."""
    poll = add_poll(session, add_proposal(session), state=state)
    add_electors(session, poll, {"staff": staff, "users": users})
    return poll

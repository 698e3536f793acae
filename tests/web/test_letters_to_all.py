"""Letters about a whole proposal: whom they reach, each address once, and how many they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests import consultation_ground
from tests import organiser_ground as ground
from tests.factories_polls import NOW, make_constituency, open_page
from tests.factories_polls import make_proposal as make_other
from tests.organiser_ground import Clerk, fill_decision, follow, list_errors, read_number
from tests.service_ground import make_environ, running_service
from tests.smtp_ground import Sink, running_sink
from voting import jobs
from voting.store.accounts import find_account
from voting.store.database import db, transaction
from voting.store.participants import Participant
from voting.store.proposals import Proposal
from voting.store.readers import Reader
from voting.store.roll import Elector

ASKED = {"sam@example.org", "ada@example.org", "pat@example.org", "lee@example.org"}
SAY = "Enter {}, the number of people this letter goes to, to confirm"
READ_ON = {"reader@example.org"}
NOT_ASKED = {"user@example.org"}  # on a roll that no consultation was for


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


@pytest.fixture
def service(tmp_path: Path, sink: Sink) -> Iterator[Flask]:
    with running_service(make_environ(tmp_path, mail_port=sink.port)) as running:
        yield running


@pytest.fixture
def clerk(service: Flask) -> Clerk:
    return ground.sign_in(service)


def make_consulted(clerk: Clerk) -> str:
    """A proposal whose people stand in several places, written in several ways; its path."""
    path = ground.make_proposal(clerk)
    with clerk.app.app_context(), transaction(db.session()) as session:
        proposal = session.query(Proposal).one()
        open_page(session, proposal, find_account(session, clerk.email))
        make_constituency(session, proposal, "Users")
        for place in proposal.constituencies:
            for name in {"Staff": ("Sam", "ADA"), "Users": ("sAm", "User")}[place.name]:
                add_elector(place.id, f"{name}@Example.org")
        for slug, addresses in (
            (
                "one",
                ("Pat@Example.org", "ada@EXAMPLE.org", "Lee@example.org", "unsure@example.org"),
            ),
            ("two", ("PAT@example.org",)),
        ):
            held = consultation_ground.make_draft(session, proposal, now=NOW, electors=0)
            held.slug, held.state = slug, "closed"
            held.opened_at = held.closed_at = held.answered_at = NOW
            public = next(each for each in held.audiences if each.is_public)
            for email in addresses:
                confirmed = None if "unsure" in email else NOW
                session.add(
                    Participant(
                        consultation_id=held.id, audience_id=public.id, email=email,
                        email_key=email.casefold(), confirmed_at=confirmed,
                    )
                )  # fmt: skip
        for email, wants in (
            ("Reader@Example.org", True),
            ("PAT@EXAMPLE.ORG", True),
            ("SAM@example.org", True),
            ("stopped@example.org", False),
        ):
            add_reader(proposal.id, email, wants=wants)
        elsewhere = make_other(session, now=NOW, title="Another")
        add_elector(make_constituency(session, elsewhere, "Staff").id, "stranger@example.org")
        add_reader(elsewhere.id, "stranger@example.org", wants=True)
    return path


def add_elector(constituency_id: int, email: str) -> None:
    elector = Elector(constituency_id=constituency_id, name="A Person", email=email)
    elector.email_key = email.casefold()
    db.session.add(elector)


def add_reader(proposal_id: int, email: str, *, wants: bool) -> None:
    db.session.add(
        Reader(
            proposal_id=proposal_id, email=email, email_key=email.casefold(), wants_updates=wants,
            confirmed_at=NOW, created_at=NOW,
        )
    )  # fmt: skip


def deliver(service: Flask, sink: Sink) -> Counter[str]:
    """Send everything that is owed; how many letters each address got."""
    jobs.post_letters(service)
    found = Counter(each.casefold() for each in sink.recipients())
    sink.addressees.clear()
    return found


def test_a_decision_reaches_every_roll_the_public_and_readers_each_address_once(
    service: Flask, sink: Sink, clerk: Clerk
) -> None:
    commissioner = ground.sign_in(service, "commissioner")
    path = make_consulted(clerk)
    follow(clerk.post(f"{path}/commissioners", {"email": commissioner.email}))
    desk = f"/commissioner/proposals/{path.rpartition('/')[2]}/decide"
    page = commissioner.get(desk).text
    number = read_number(page)
    form = fill_decision(page)

    refused = commissioner.post(desk, form | {"typed": "3"})  # those on the rolls alone
    assert list_errors(refused) == [SAY.format(number)]
    assert deliver(service, sink) == {}
    follow(commissioner.post(desk, form | {"typed": number}))

    assert deliver(service, sink) == Counter(ASKED | READ_ON | NOT_ASKED)
    assert int(number) == len(ASKED | READ_ON | NOT_ASKED)
    sentence = "goes to everyone on the rolls and everyone who was consulted"
    texts = [" ".join(sink.body(place).split()) for place in range(int(number))]
    assert [sentence in text for text in texts].count(True) == int(number) - len(READ_ON)


def test_a_notice_of_changes_reaches_those_who_were_asked_and_readers_each_address_once(
    service: Flask, sink: Sink, clerk: Clerk
) -> None:
    path = make_consulted(clerk)
    told = ground.proposal_form(still_open="Who would sit on its board. When it would begin.")
    follow(clerk.post(f"{path}/edit", told))
    number = read_number(clerk.get(f"{path}/changes").text)

    refused = clerk.post(f"{path}/changes", {"explanation": "Clearer.", "typed": "2"})
    assert list_errors(refused) == [SAY.format(number)]
    follow(clerk.post(f"{path}/changes", {"explanation": "Clearer.", "typed": number}))

    assert deliver(service, sink) == Counter(ASKED | READ_ON)
    assert int(number) == len(ASKED | READ_ON)

"""Ranked votes at the scrutineers’ desk: two browsers mix them, two open them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.booth_steps import heading, press
from tests.browser.conftest import LiveServer, Witness
from tests.browser.scrutineer_steps import DAY, Person, Watched, look_twice, make_people
from tests.factories_polls import make_draft
from tests.trustee_ground import Machine, approve_all, arrange, invite, make_keys, rank_options
from voting.store.database import db, transaction
from voting.store.polls import Poll

pytestmark = pytest.mark.browser

VOTERS = 12
PAPERS = [
    [[0, 1, 0] if place % 2 else [0, 0, 1], [1, 2] if place % 3 else [2, 1]]
    for place in range(VOTERS)
]


def make_draft_to_watch(server: LiveServer) -> tuple[int, list[Machine]]:
    """A draft with a ranked question, whose three scrutineers made their keys with the program."""
    now = dt.datetime.now(dt.UTC)
    times = {"opens_at": now + DAY, "closes_at": now + 2 * DAY, "now": now}
    with server.app.app_context(), transaction(db.session()) as session:
        draft = make_draft(session, electors={"Staff": VOTERS}, **times)
        rank_options(session, draft)
        arrange(session, draft)
        invite(session, draft)
        return draft.id, make_keys(session, draft, now=now)


def test_ranked_votes_are_mixed_and_opened_in_two_browsers(
    live_server: LiveServer, open_page: Callable[..., Page], tmp_path: Path, witness: Witness
) -> None:
    """The keys are those of the program: a scrutineer may change to the browser and back."""
    poll_id, machines = make_draft_to_watch(live_server)
    ground = Watched(live_server, poll_id)
    ground.freeze()
    with live_server.app.app_context(), transaction(db.session()) as session:
        approve_all(session, session.get_one(Poll, poll_id))
    ground.open()
    ground.vote_and_close(PAPERS)
    people = make_people(live_server, poll_id, open_page, tmp_path)
    for person, machine in zip(people, machines, strict=True):
        (person.folder / "scrutineer-key-1.json").write_bytes(machine.key)
        person.page.goto(person.link)
        press(person.page, "Continue")
    first, second, third = people

    for person in (first, third):
        take_part(ground, person, "Mix the votes", "You have mixed the votes of Staff")
    for person in (second, third):
        take_part(ground, person, "Use my key", "You have opened your part of the count of Staff")

    report = ground.publish(signed_by=2)
    assert report.result is not None
    assert report.result[0] == [0, 6, 6]
    assert sorted(report.result[1]) == [[1, 2]] * 8 + [[2, 1]] * 4
    first.page.goto(ground.outcome())
    expect(first.page.locator("main")).to_contain_text("6 for, 6 against, 0 blank")
    expect(first.page.locator("main")).to_contain_text("Which comes first?")
    look_twice(first.page)
    assert not any(machine.read_key().seed in witness.sent() for machine in machines)


def take_part(ground: Watched, person: Person, button: str, told: str) -> None:
    """One visit: check the box on this machine, use the key, and let the worker look."""
    start = "Mix the votes of Staff" if button == "Mix the votes" else "Count the votes of Staff"
    person.check_box(start)
    heading(person.page, start)
    look_twice(person.page)
    person.use_key(button)
    expect(person.page.locator(".v-notice")).to_contain_text(told)
    ground.count_on()

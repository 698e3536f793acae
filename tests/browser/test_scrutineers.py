"""Three scrutineers in three browsers: they make one key, one loses theirs, the other two count."""

from __future__ import annotations

import datetime as dt
import io
import json
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import organiser_steps as desk
from tests.browser.booth_steps import heading, press
from tests.browser.conftest import PHONE, LiveServer, Witness
from tests.browser.scrutineer_steps import (
    Person,
    Watched,
    fits,
    in_both_windows,
    look_twice,
    make_people,
    without_our_scripts,
)
from tests.factories_polls import make_draft, make_proposal
from tests.organiser_ground import let_close, let_open
from tests.trustee_ground import PEOPLE, Machine, arrange, invite
from voting.belenios.exchange import make_answer, make_key_file, parse_task
from voting.store.accounts import find_account
from voting.store.database import db, transaction
from voting.store.polls import Poll

pytestmark = pytest.mark.browser

VOTERS = 50
FOR, AGAINST = "Become a mutual", "Stay as we are"
PASSWORD = "a long password for tests only"
DAY = dt.timedelta(days=1)


@pytest.fixture
def organiser(live_server: LiveServer) -> str:
    """The address of an account that can sign in."""
    return desk.make_organiser(live_server, secrets.token_hex(4), PASSWORD)


@pytest.fixture
def poll_id(live_server: LiveServer, organiser: str) -> int:
    """A draft whose three scrutineers are invited."""
    now = dt.datetime.now(dt.UTC)
    with live_server.app.app_context(), transaction(db.session()) as session:
        draft = make_draft(
            session,
            make_proposal(session, find_account(session, organiser), now=now),
            electors={"Staff": VOTERS},
            opens_at=now + DAY,
            closes_at=now + 2 * DAY,
            now=now,
        )
        arrange(session, draft)
        invite(session, draft)
        return draft.id


@pytest.fixture
def people(
    live_server: LiveServer, poll_id: int, open_page: Callable[..., Page], tmp_path: Path
) -> list[Person]:
    """The three, one of them with a phone."""
    return make_people(live_server, poll_id, open_page, tmp_path)


@pytest.fixture
def received(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every body that reaches the service, to the byte; files are among them."""
    bodies: list[bytes] = []
    inner = live_server.app.wsgi_app

    def listen(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        bodies.append(body)
        return inner({**environ, "wsgi.input": io.BytesIO(body)}, start_response)

    monkeypatch.setattr(live_server.app, "wsgi_app", listen)
    return bodies


def test_three_make_a_key_one_loses_it_and_two_count(
    live_server: LiveServer,
    organiser: str,
    poll_id: int,
    people: list[Person],
    open_page: Callable[..., Page],
    witness: Witness,
    received: list[bytes],
) -> None:
    """Freezing, opening, sealing and asking for the count are done on the organiser's pages."""
    ground = Watched(live_server, poll_id)
    first, second, third = people
    make_keys(people)
    clerk, poll = open_page(), find_desk(live_server, poll_id)
    desk.sign_in(clerk, organiser, PASSWORD)
    desk.freeze(clerk, poll)
    expect(clerk.locator("main")).to_contain_text("0 of 3 scrutineers have done their part")
    approve(people[:2])
    let_open(live_server.app, poll)
    clerk.goto(f"{poll}/conduct")
    expect(clerk.locator("main")).to_contain_text("2 of 3 scrutineers have done their part")
    press(clerk, "Open now")
    links = ground.list_links()
    vote_in_the_booth(open_page(), links[0], AGAINST)
    vote_without_scripts(open_page(scripts=False, size=PHONE), links[1], FOR)
    papers = ([[0, 1, 0] if place % 2 else [0, 0, 1]] for place in range(VOTERS))
    ground.vote(papers, after=2)
    seal_and_ask_for_the_count(ground, clerk, poll)
    lose_key(first)
    refuse_what_is_wrong(live_server, poll_id, second)
    for person in (second, third):
        count(person)
    clerk.goto(f"{poll}/conduct/count")
    expect(clerk.locator("main")).to_contain_text("2 of 3 scrutineers have done their part")
    look_twice(clerk)
    seeds = [json.loads(person.key_file.read_text())["seed"] for person in people]
    sent = b"".join(received) + witness.sent().encode()
    assert b"voting-ceremony-answer" in sent
    assert b"voting-decryption" in sent
    assert not any(seed.encode() in sent for seed in seeds)
    report = ground.publish(signed_by=2)
    assert report.result == [[0, 25, 25]]
    first.page.goto(ground.outcome())
    expect(first.page.locator("main")).to_contain_text("fewer than 2 of these scrutineers")
    expect(first.page.locator("main")).to_contain_text("25 for, 25 against, 0 blank")


def find_desk(server: LiveServer, poll_id: int) -> str:
    """Where the organiser looks after the vote."""
    with server.app.app_context():
        poll = db.session().get_one(Poll, poll_id)
        return f"/organiser/proposals/{poll.proposal.slug}/polls/{poll.slug}"


def walk_to_booth(page: Page, link: str) -> None:
    page.goto(link)
    for name in ("Continue", "Start now", "Continue to the vote"):
        press(page, name)


def vote_in_the_booth(page: Page, link: str, choice: str) -> None:
    """The browser seals the vote."""
    walk_to_booth(page, link)
    page.get_by_label(choice).check()
    press(page, "Continue")
    heading(page, "Check your vote")
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")


def vote_without_scripts(page: Page, link: str, choice: str) -> None:
    """The server seals the vote, and says so first."""
    walk_to_booth(page, link)
    heading(page, "Your browser cannot seal your vote")
    page.get_by_label("Your voting code").fill(link.partition("#")[2])
    press(page, "Continue and let the server seal my vote")
    page.get_by_label(choice).check()
    press(page, "Continue")
    heading(page, "Check your vote")
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")


def seal_and_ask_for_the_count(ground: Watched, page: Page, poll: str) -> None:
    let_close(ground.server.app, poll)
    page.goto(f"{poll}/conduct")
    press(page, "Close the vote")
    press(page, "Seal the ballot box")
    expect(page.locator("main")).to_contain_text("The ballot box is sealed")
    press(page, "Count")
    press(page, "Count the votes")
    expect(page.locator("main")).to_contain_text("The count has been asked for")
    ground.count_on()


def make_keys(people: list[Person]) -> None:
    first, second, third = people
    for person in people:
        person.begin()
        person.make_key()
    first.use_key("Prove the saved copy", second.key_file)
    first.complain(f"This is the key file of another scrutineer: {PEOPLE[1][0]}.")
    look_twice(first.page)
    first.page.locator("#offline summary").click()
    first.page.set_input_files("#answer", str(first.key_file))
    press(first.page, "Send the answer")
    first.complain("This is your private key file, which must never be sent: it was not sent.")
    for person in people:
        person.use_key("Prove the saved copy")
        expect(person.page.locator(".v-notice")).to_contain_text("Your saved copy is proved.")
    for button in ("Make the shares", "Make my part of the key"):
        for person in (second, third, first):
            person.go_on(button)
    third.go_home()
    look_twice(third.page)
    expect(third.page.locator("main")).to_contain_text("All keys are made.")


def approve(people: list[Person]) -> None:
    for person in people:
        person.go_home()
        press(person.page, "Read and approve")
        look_twice(person.page)
        person.page.get_by_label("I have read the questions").check()
        press(person.page, "Approve the set-up")
        expect(person.page.locator(".v-notice")).to_contain_text("You have approved")


def lose_key(person: Person) -> None:
    person.go_home()
    person.page.get_by_role("link", name="I have lost my key").click()
    look_twice(person.page)
    person.page.get_by_label("My key file is lost").check()
    press(person.page, "Report my key lost")
    told = person.page.locator("main")
    expect(told).to_contain_text("The threshold is just safe.")
    expect(told).to_contain_text("2 of 3 keys are not lost, and 2 are needed")


def refuse_what_is_wrong(server: LiveServer, poll_id: int, person: Person) -> None:
    """A bad decryption is refused by the name of its check, and nothing comes on the board."""
    with server.app.app_context():
        session = db.session()
        election = session.get_one(Poll, poll_id).elections[0]
        machine = Machine(person.scrutineer_id, person.key_file.read_bytes())
        bad = json.loads(machine.decrypt(session, election))
    factors = bad["decryption"]["decryption_factors"][0]
    factors[0], factors[1] = factors[1], factors[0]
    page = person.page
    person.go_home()
    press(page, "Count the votes of Staff")
    page.locator("#offline summary").click()
    text = json.dumps(bad, separators=(",", ":")).encode()
    page.set_input_files("#answer", {"name": "a.json", "mimeType": "", "buffer": text})
    press(page, "Send the answer")
    summary = page.locator(".v-error-summary:visible")
    expect(summary).to_contain_text("question 1, ciphertext 1: the proof that a decryption")
    expect(summary).to_contain_text("Nothing was kept. You can try again.")
    look_twice(page)


def count(person: Person) -> None:
    person.check_box("Count the votes of Staff")
    look_twice(person.page)
    person.use_key("Use my key")
    expect(person.page.locator(".v-notice")).to_contain_text(
        "You have opened your part of the count"
    )


def test_the_desk_without_scripts_offers_the_work_as_files(
    live_server: LiveServer, poll_id: int, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    def make(*, size: dict[str, int]) -> Page:
        return open_page(scripts=False, size=size)

    (tmp_path / "plain").mkdir()
    person = make_people(live_server, poll_id, make, tmp_path / "plain")[0]
    page = person.page
    person.begin(fits)
    press(page, "Create my key")
    in_both_windows(page, fits)
    expect(page.locator("#script")).to_be_hidden()
    offline = page.locator("#offline")
    expect(offline).to_contain_text("Without JavaScript, or on a computer that is not connected")
    expect(offline.locator("code")).to_contain_text("voting trustee answer --key my-key.json")
    press(page, "Send the answer")
    expect(page.locator(".v-error-summary:visible")).to_contain_text("Choose the file")
    in_both_windows(page, fits)
    with page.expect_download() as saved:
        offline.get_by_role("link", name="Download the file ceremony.json").click()
    task = parse_task(saved.value.path().read_bytes())
    key = make_key_file(task)
    answer = {"name": "answer.json", "mimeType": "", "buffer": make_answer(key, task)}
    page.set_input_files("#answer", answer)
    press(page, "Send the answer")
    heading(page, task.seat.poll)
    expect(page.locator(".v-notice")).to_be_visible()
    press(page, "Prove the saved copy")
    heading(page, "Prove the saved copy")
    in_both_windows(page, fits)

    (tmp_path / "checked").mkdir()
    person = make_people(live_server, poll_id, open_page, tmp_path / "checked")[1]
    without_our_scripts(person.page)
    person.begin()
    look_twice(person.page)
    press(person.page, "Create my key")
    expect(person.page.locator("#script")).to_be_hidden()
    look_twice(person.page)
    press(person.page, "Send the answer")
    expect(person.page.locator(".v-error-summary:visible")).to_be_visible()
    look_twice(person.page)

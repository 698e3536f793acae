"""One whole vote in a browser: from an empty service to an outcome verified from outside."""

from __future__ import annotations

import base64
import json
import logging
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import structlog
from playwright.sync_api import Page, Response, expect

from tests.belenios_tool import assert_accepted, find_tool
from tests.browser import organiser_steps as desk
from tests.browser.booth_steps import heading, look_over, press
from tests.browser.conftest import PHONE, LiveServer
from tests.browser.post import find_link, list_links, parts_of, read_letters, running_post
from tests.browser.test_booth import tab_to
from tests.organiser_ground import OPTIONS, let_open, read_poll
from voting import jobs
from voting.journal import configure_logging
from voting.store import board
from voting.store.database import db

pytestmark = pytest.mark.browser

GROUPS = ["Ed25519", "BELENIOS-2048"]
PASSWORD = "a long sentence that nobody guesses"
PEOPLE = ("sam", "ada", "jo", "bo", "cai", "dee", "eve", "fay", "gil", "huw")
ROLL = "name,email\n" + "".join(f"{name.title()},{name}@example.org\n" for name in PEOPLE)
CHANGE, STAY = (option[0] for option in OPTIONS)


class Log(logging.Handler):
    """Every line that anything in this process logs, as one would find it in a file."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # These two servers belong to the test: the service runs under another, without access log.
        if record.name not in ("werkzeug", "mail.log"):
            self.lines.append(f"{record.name} {record.getMessage()} {record.exc_info or ''}")


@dataclass(slots=True)
class Traffic:
    """Everything that was answered to the journey's browsers."""

    responses: list[Response] = field(default_factory=list)

    def watch(self, page: Page) -> Page:
        page.context.on("response", lambda response: self.responses.append(response))
        return page

    def addresses(self) -> list[str]:
        return [response.url for response in self.responses]

    def headers(self) -> list[str]:
        return [
            f"{header['name']}: {header['value']}"
            for response in self.responses
            if "/static/" not in response.url
            for header in response.headers_array()
        ]


@pytest.fixture(scope="module")
def more_settings(data_folder: Path) -> Iterator[dict[str, str]]:
    with running_post(data_folder) as settings:
        yield {**settings, "VOTING_DEMO": "1", "VOTING_LOG_LEVEL": "DEBUG"}


@pytest.fixture
def log() -> Iterator[Log]:
    """The service's own log at its most talkative."""
    root, collected = logging.getLogger(), Log()
    handlers, level = root.handlers[:], root.level
    configure_logging("DEBUG")
    structlog.configure(cache_logger_on_first_use=False)
    root.handlers[:] = [*handlers, collected]
    yield collected
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def find_invitation(folder: Path, to: str) -> str:
    """The personal link in the newest invitation to somebody."""
    return find_link(folder, "/v/", to=to, about="Vote by")


def vote_by_keyboard(page: Page, server: LiveServer, folder: Path, to: str) -> str:
    """Vote for the change without a mouse, from the letter on; the tracking number."""
    number = max(
        index
        for index, letter in enumerate(read_letters(folder), 1)
        if to in letter["To"] and "Vote by" in letter["Subject"]
    )
    page.goto(f"{server.address}/letters/{number}")
    for name in (
        find_invitation(folder, to),
        "Continue",
        "Start now",
        "Continue to the vote",
    ):
        tab_to(page, name)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_label(CHANGE)).to_be_visible()
    tab_to(page, CHANGE)
    page.keyboard.press("Space")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    heading(page, "Check your vote")
    tab_to(page, "Cast your vote")
    page.keyboard.press("Enter")
    return read_receipt(page)


def vote_without_scripts(page: Page, link: str, choice: str, *, again: bool = False) -> str:
    """Let the server seal a vote; the tracking number."""
    page.goto(link)
    for name in ("Continue", "Vote again" if again else "Start now", "Continue to the vote"):
        press(page, name)
    seal_on_the_server(page, link.partition("#")[2], choice)
    return read_receipt(page)


def seal_on_the_server(page: Page, code: str, choice: str) -> None:
    if page.get_by_role("link", name="Other ways to vote").count():
        page.get_by_role("link", name="Other ways to vote").click()
    expect(page.locator("main")).to_contain_text("our server will see your choice")
    page.get_by_label("Your voting code").fill(code)
    press(page, "Continue and let the server seal my vote")
    page.get_by_label(choice).check()
    press(page, "Continue")
    heading(page, "Check your vote")
    press(page, "Cast your vote")


def read_receipt(page: Page) -> str:
    heading(page, "Your vote is in the ballot box")
    assert CHANGE not in page.content()
    assert STAY not in page.content()
    return page.locator("#digits").inner_text().replace(" ", "")


@pytest.mark.parametrize("group", GROUPS)
def test_from_an_empty_service_to_an_outcome_that_is_verified(
    live_server: LiveServer,
    open_page: Callable[..., Page],
    data_folder: Path,
    tmp_path: Path,
    log: Log,
    group: str,
) -> None:
    traffic = Traffic()
    page = traffic.watch(open_page())
    poll = set_up(page, live_server, tmp_path, group)
    desk.send_invitations(page, poll)
    assert jobs.run_sweep(live_server.app) == 10
    let_open(live_server.app, poll)
    page.goto(f"{poll}/conduct")
    press(page, "Open now")

    links = [find_invitation(data_folder, to) for to in ("sam@", "ada@")]
    keyboard = traffic.watch(open_page())
    first = vote_by_keyboard(keyboard, live_server, data_folder, "sam@")
    plain = traffic.watch(open_page(scripts=False, size=PHONE))
    replaced = vote_without_scripts(plain, links[1], STAY)
    second = vote_without_scripts(plain, links[1], CHANGE, again=True)
    expect(plain.locator("main")).to_contain_text("This vote replaces the one you cast before.")
    assert jobs.run_sweep(live_server.app) == 3  # receipts
    trackers = [first, replaced, second]
    check_receipts(data_folder, trackers)
    check_trackers(plain, first=first, replaced=replaced, counted=False)

    desk.close_and_count(page, poll)
    jobs.run_sweep(live_server.app)
    desk.publish(page, poll)
    jobs.run_sweep(live_server.app)
    check_outcome(page)
    check_trackers(plain, first=first, replaced=replaced, counted=True)
    check_results(data_folder, page.url)
    verify(download(page, tmp_path), group)
    assert_nothing_told(live_server, poll, log, traffic, links, trackers)


def set_up(page: Page, server: LiveServer, folder: Path, group: str) -> str:
    desk.sign_in(page, desk.make_organiser(server, group, PASSWORD), PASSWORD)
    desk.make_proposal(page)
    proposal = urlsplit(page.url).path
    roll = folder / "roll.csv"
    roll.write_text(ROLL)
    desk.import_roll(page, roll)
    poll = desk.make_poll(page, proposal, group)
    desk.freeze(page, poll)
    return poll


def check_receipts(folder: Path, trackers: list[str]) -> None:
    """Each receipt tells its tracking number, and none tells a choice."""
    receipts = [
        letter
        for letter in read_letters(folder)
        if any(" ".join(re.findall("[0-9]{5}", t)) in parts_of(letter)[0] for t in trackers)
    ]
    assert len(receipts) == len(trackers)
    for letter in receipts:
        assert not [part for part in parts_of(letter) if CHANGE in part or STAY in part]


def check_trackers(page: Page, *, first: str, replaced: str, counted: bool) -> None:
    words = {
        first: "was counted." if counted else "will be counted.",
        replaced: "This vote was replaced by a later one.",
        "1" * 25: "We cannot find this number.",
    }
    for digits, told in words.items():
        page.goto("/check-vote")
        page.get_by_label("Tracking number").fill(digits)
        press(page, "Check")
        expect(page.get_by_role("status")).to_contain_text(told)


def check_outcome(page: Page) -> None:
    look_over(page)
    main = page.locator("main")
    for words in (f"{CHANGE} 2 100.0%", f"{STAY} 0 0.0%", "3 votes in the box, 2 counted"):
        assert words in " ".join(main.inner_text().split())
    assert page.locator(".v-tag-carried").first.inner_text().lower() == "carried"


def check_results(folder: Path, address: str) -> None:
    """Everyone on the roll is told, whether they voted or not."""
    letters = [letter for letter in read_letters(folder) if address in list_links(letter)]
    told = sorted(letter["To"].addresses[0].addr_spec for letter in letters)
    assert told == sorted(f"{name}@example.org" for name in PEOPLE)


def download(page: Page, folder: Path) -> Path:
    """The archive as a browser saves it, beside the figures that are published with it."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile(r"^Archive .*\.bel$")).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def verify(archive: Path, group: str) -> None:
    """Our verifier accepts it with the right figures; belenios-tool does as well if it can."""
    ours = subprocess.run(
        [sys.executable, "-m", "voting", "verify", str(archive), "--json", "--workers", "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(ours.stdout)
    assert ours.returncode == 0, report
    assert (report["valid"], report["group"], report["ballots"]) == (True, group, 3)
    assert report["result"] == [[0, 2, 0]]
    if group == "Ed25519" or find_tool() is None:
        return
    alone = archive.parent / "alone"
    alone.mkdir()
    shutil.copy(archive, alone)
    assert_accepted(alone)


def assert_nothing_told(
    server: LiveServer,
    poll: str,
    log: Log,
    traffic: Traffic,
    links: list[str],
    trackers: list[str],
) -> None:
    """No log line, header or query string holds a secret, a ballot, a choice or a tracker."""
    codes = [link.partition("#")[2] for link in links]
    tokens = [link.rpartition("/v/")[2].partition("#")[0] for link in links]
    secret = [*codes, *(code.replace("-", "") for code in codes), *tokens]
    secret += [*list_ballots(server, poll), PASSWORD]
    spaced = [" ".join(re.findall("[0-9]{5}", digits)) for digits in trackers]
    choices = [CHANGE, STAY, "choice="]
    lines = "\n".join(log.lines)
    given = traffic.headers()
    headers = "\n".join([*given, *map(open_cookie, given)])
    queries = "\n".join(urlsplit(address).query for address in traffic.addresses())
    assert "/conduct/count" in lines  # the log was really listened to
    assert "set-cookie: voting=" in headers.lower()
    for where, text in {"log": lines, "header": headers, "query": queries}.items():
        for trace in [*secret, *choices]:
            assert trace not in text, f"{where}: {trace!r}"
    for trace in [*trackers, *spaced]:
        assert trace not in lines, f"log: {trace!r}"
        assert trace not in queries, f"query: {trace!r}"
    assert not re.search(r"[\w.]+@example\.org", lines), "an elector's address is in the log"
    assert not re.search(r"127\.0\.0\.1\W.*(cast|seal|check-vote)", lines)


def list_ballots(server: LiveServer, poll: str) -> list[str]:
    """A piece of every ballot on the board that no other text contains."""
    with server.app.app_context():
        election = read_poll(db.session(), poll).elections[0]
        found = board.list_ballots(db.session(), election.id)
        records = [board.get_records(db.session(), election.id, one.position) for one in found]
    assert len(records) == 3
    return [record[0].decode()[200:260] for record in records]


def open_cookie(header: str) -> str:
    """What a signed cookie says, for it hides nothing."""
    value = re.search(r"(?i)^set-cookie: voting=([^;]+)", header)
    if value is None:
        return ""
    body = value[1].lstrip(".").partition(".")[0]
    content = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return (zlib.decompress(content) if value[1].startswith(".") else content).decode()

"""What anyone may read: each page in each state, tracking numbers, outcomes and their archives."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import organiser_ground as ground
from tests.conftest import make_environment
from tests.organiser_ground import Clerk, follow
from voting.app import create_app
from voting.belenios.verify import verify_archive
from voting.commands.verify_trail import verify_trail_command
from voting.config import load_settings
from voting.domain.trail import check_trail
from voting.services import publication
from voting.store import board
from voting.store.database import db
from voting.store.polls import Poll
from voting.store.proposals import list_acts
from voting.web import public

PAYLOAD = "\"'><img src=x onerror=alert(1)></title></script><script>alert(1)</script>"
SHORT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
USERS = b"name,email\n" + b"".join(b"Reader %d,reader%d@users.example\n" % (n, n) for n in range(3))
REPLACED_AGAIN = 1  # votes in the published poll that a later one replaced


@dataclass(slots=True)
class Site:
    """The service with one vote in every state; paths are those of the public pages."""

    app: Flask
    clerk: Clerk
    polls: dict[str, str]  # state -> the organiser's path

    def path(self, state: str) -> str:
        return self.polls[state].replace("/organiser/proposals/", "/p/").replace("/polls/", "/")

    def proposal(self, state: str) -> str:
        return self.path(state).rpartition("/")[0]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    app = create_app(load_settings(make_environment(tmp_path_factory.mktemp("data"))))
    with app.app_context():
        db.create_all()
    yield make_site(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.app.test_client()


def make_site(app: Flask) -> Site:
    clerk = ground.sign_in(app)
    polls = {"draft": make_poll(clerk, "draft", freeze=False), "ready": make_poll(clerk, "ready")}
    polls["open"] = make_open(clerk, "open")
    polls["shown"] = make_open(clerk, "shown", show=True)
    polls["cancelled"] = make_open(clerk, "cancelled")
    reason = {"reason": "The council has asked for more time."}
    follow(clerk.post(f"{polls['cancelled']}/conduct/cancel", reason))
    for state in ("closed", "declared", "published"):
        polls[state] = make_open(clerk, state)
        ground.close_poll(clerk, polls[state])
    for state in ("declared", "published"):
        ground.count_poll(clerk, polls[state])
    follow(clerk.post(f"{polls['published']}/conduct/publish"))
    return Site(app, clerk, polls)


def make_poll(clerk: Clerk, name: str, *, freeze: bool = True, show: bool = False) -> str:
    """A poll of staff and users; the organiser's path of it."""
    form = ground.proposal_form(title=f"The future of Northmoor, {name}")
    path = follow(clerk.post("/organiser/new-proposal", form))
    for constituency in ("Staff", "Users"):
        follow(clerk.post(f"{path}/new-constituency", {"name": constituency}))
    ground.import_roll(clerk, path, ground.LARGER_ROLL)
    preview = follow(clerk.send_roll(f"{path}/roll/users/upload", USERS))
    follow(clerk.post(f"{preview}/confirm"))
    poll = follow(clerk.post(f"{path}/new-vote", {"title": f"Shall we form a mutual, {name}?"}))
    follow(clerk.post(f"{poll}/questions/new", ground.question_form()))
    follow(clerk.post(f"{poll}/dates", ground.dates_form()))
    settings = {"group": "Ed25519", **({"show_ballot_count": "y"} if show else {})}
    follow(clerk.post(f"{poll}/settings", settings))
    if freeze:
        follow(clerk.post(f"{poll}/freeze"))
    return poll


def make_open(clerk: Clerk, name: str, *, show: bool = False) -> str:
    """An open poll: of the 12 staff 8 voted, 5 of them for the change; one voted twice."""
    poll = make_poll(clerk, name, show=show)
    ground.open_poll(clerk, poll)
    ground.cast_votes(clerk, poll, [1])
    ground.cast_votes(clerk, poll, [0, 0, 1, 0, 1, 0, 1, 0])
    return poll


def read(site: Site, state: str) -> Poll:
    return ground.read_poll(db.session(), site.polls[state])


def list_trackers(site: Site, state: str) -> list[board.Tracked]:
    with site.app.app_context():
        election = read(site, state).elections[0]
        return list(board.list_ballots(db.session(), election.id, after=-1, limit=100))


def text_of(answer: TestResponse) -> str:
    """The words of the page's main part, blanks run together."""
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def look_up(client: FlaskClient, typed: str) -> TestResponse:
    token = ground.TOKEN.search(client.get("/check-vote").text)
    assert token is not None
    return client.post("/check-vote", data={"csrf_token": token[1], "tracker": typed})


# ------------------------------------------------------------------ pages in each state


def test_the_home_page_lists_every_frozen_vote_and_no_draft(
    site: Site, client: FlaskClient
) -> None:
    page = client.get("/")
    assert page.status_code == 200
    for state in set(site.polls) - {"draft"}:
        assert f'href="{site.path(state)}"' in page.text
    assert site.path("draft") not in page.text
    assert site.proposal("draft") not in page.text


def test_an_empty_service_says_that_no_vote_was_announced(app: Flask) -> None:
    assert "No vote has been announced yet." in app.test_client().get("/").text


@pytest.mark.parametrize("place", ["", "/ballot-box", "/outcome", "/outcome.json", "/outcome.csv"])
def test_nothing_of_a_draft_is_public(site: Site, client: FlaskClient, place: str) -> None:
    assert client.get(site.path("draft") + place).status_code == 404
    assert client.get(site.proposal("draft")).status_code == 404


def test_the_proposal_says_what_is_decided_and_what_is_open(
    site: Site, client: FlaskClient
) -> None:
    told = text_of(client.get(site.proposal("open")))
    for words in (
        "Whether the centres become a mutual.",
        "Who would sit on its board.",
        "votes@northmoor.example",
        "The union, 01632 960002",
    ):
        assert words in told


STATES = {
    "ready": "Not open yet",
    "open": "Open",
    "shown": "Open",
    "closed": "Closed",
    "declared": "Counted",
    "published": "Published",
    "cancelled": "Cancelled",
}


@pytest.mark.parametrize("state", STATES)
def test_the_page_of_a_vote_says_where_it_stands_and_under_which_rule(
    site: Site, client: FlaskClient, state: str
) -> None:
    answer = client.get(site.path(state))
    told = text_of(answer)
    assert answer.status_code == 200
    assert STATES[state] in told
    assert "Shall we form a mutual?" in told
    for option in ground.OPTIONS:
        assert all(part in told for part in option)
    assert "more than 1/2 of valid votes" in told
    assert "at least 50%" in told
    assert "Texts, rolls, rules and dates were fixed" in told
    if state == "cancelled":
        assert "The council has asked for more time." in told


@pytest.mark.parametrize("state", [state for state in STATES if state != "published"])
@pytest.mark.parametrize("file", ["outcome", "outcome.json", "outcome.csv"])
def test_no_outcome_is_public_before_it_is_published(
    site: Site, client: FlaskClient, state: str, file: str
) -> None:
    assert client.get(f"{site.path(state)}/{file}").status_code == 404


@pytest.mark.parametrize("state", ["ready", "open", "closed", "declared", "cancelled"])
def test_no_archive_is_public_before_the_outcome_is(
    site: Site, client: FlaskClient, state: str
) -> None:
    with site.app.app_context():
        uuids = [election.uuid for election in read(site, state).elections]
    assert len(uuids) == 2
    for uuid in uuids:
        assert client.get(f"{site.path(state)}/{uuid}.bel").status_code == 404


@pytest.mark.parametrize("path", ["/p/none", "/p/%00", "/p/none/none", "/p/a/b/ballot-box"])
def test_an_unknown_address_has_a_page_of_its_own(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.text


# ------------------------------------------------------------------ the ballot box


def test_the_box_shows_trackers_and_which_were_replaced(site: Site, client: FlaskClient) -> None:
    told = text_of(client.get(f"{site.path('shown')}/ballot-box"))
    ballots = list_trackers(site, "shown")
    assert len(ballots) == 9
    for ballot in ballots:
        assert " ".join(re.findall("[0-9]{5}", ballot.digits)) in told
    assert told.count("replaced by a later vote") == REPLACED_AGAIN
    assert "9 sealed votes" in told


def test_the_box_tells_nothing_while_the_organiser_did_not_allow_it(
    site: Site, client: FlaskClient
) -> None:
    box = text_of(client.get(f"{site.path('open')}/ballot-box"))
    vote = text_of(client.get(site.path("open")))
    assert "has chosen not to show" in box
    assert "is told when the vote has closed" in vote
    for page in (box, vote):
        assert "sealed vote" not in page.replace("sealed vote has a tracking number", "")
        assert not re.search(r"[0-9]{5} [0-9]{5}", page.replace("01632 960", ""))


def test_the_box_has_a_page_for_each_constituency(site: Site, client: FlaskClient) -> None:
    path = f"{site.path('closed')}/ballot-box"
    staff, users = client.get(path), client.get(f"{path}?constituency=users")
    assert 'aria-current="page">Staff' in staff.text
    assert 'aria-current="page">Users' in users.text
    assert "constituency=users" in staff.text
    assert "The box is empty." in users.text
    assert "<title>Ballot box of Users" in users.text


def test_a_long_box_is_shown_in_pages_that_lack_nothing(
    site: Site, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "PAGE", 4)
    path, shown = f"{site.path('closed')}/ballot-box", []
    for _page in range(4):
        answer = client.get(unescape(path))
        shown += re.findall(r'class="v-tracker">([0-9 ]+)<', answer.text)
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        if following is None:
            break
        path = following[1]
    assert 'rel="first"' in answer.text
    assert [number.replace(" ", "") for number in shown] == [
        ballot.digits for ballot in list_trackers(site, "closed")
    ]


@pytest.mark.parametrize("query", ["after=x", "after=-7", f"after={10**30}", "constituency=no"])
def test_an_address_of_the_box_made_up_by_hand_breaks_nothing(
    site: Site, client: FlaskClient, query: str
) -> None:
    assert client.get(f"{site.path('closed')}/ballot-box?{query}").status_code == 200


# ------------------------------------------------------------------ tracking numbers


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("open", "This vote is in the ballot box and will be counted."),
        ("closed", "This vote is in the ballot box and will be counted."),
        ("declared", "This vote is in the ballot box and was counted."),
        ("published", "This vote is in the ballot box and was counted."),
        ("cancelled", "The whole vote was cancelled, so nothing will be counted."),
    ],
)
def test_a_tracking_number_is_found_however_it_is_written(
    site: Site, client: FlaskClient, state: str, words: str
) -> None:
    ballot = list_trackers(site, state)[-1]
    with site.app.app_context():
        election = read(site, state).elections[0]
        [record] = board.get_records(db.session(), election.id, ballot.position)
        payload = hashlib.sha256(record).hexdigest()
    groups = re.findall("[0-9]{5}", ballot.digits)
    full = base64.b64encode(bytes.fromhex(payload)).decode()
    forms = (ballot.digits, " ".join(groups), f"  {'-'.join(groups)} ", full, full[:43], payload)
    for typed in (*forms, payload.upper()):
        answer = look_up(client, typed)
        assert answer.status_code == 200
        assert words in text_of(answer)
        assert "The union, 01632 960002" in text_of(answer)


def test_a_replaced_vote_says_what_to_do(site: Site, client: FlaskClient) -> None:
    first = list_trackers(site, "published")[0]
    told = text_of(look_up(client, first.digits))
    assert "This vote was replaced by a later one." in told
    assert "If you did not vote again, tell the contacts" in told


@pytest.mark.parametrize("typed", ["12345 " * 5, "a" * 64, "x" * 3000, "\x00", "<b>" + "1" * 22])
def test_a_number_that_is_in_no_box_says_what_to_do(client: FlaskClient, typed: str) -> None:
    answer = look_up(client, typed)
    told = text_of(answer)
    assert answer.status_code == 200
    assert "We cannot find this number." in told
    assert "Compare it with your receipt, digit by digit." in told
    assert "They must investigate before the count." in told


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your tracking number"),
        ("   ", "Enter your tracking number"),
        ("48213 70952 11640", "A tracking number has 25 digits, and this one has 15"),
        ("1" * 26, "A tracking number has 25 digits, and this one has 26"),
    ],
)
def test_what_cannot_be_a_tracking_number_is_named_and_kept(
    client: FlaskClient, typed: str, words: str
) -> None:
    answer = look_up(client, typed)
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert ground.list_errors(answer)[0].startswith(words)
    assert 'href="#tracker"' in answer.text
    assert f'value="{typed.strip()}"' in answer.text
    assert 'aria-describedby="tracker-hint tracker-error"' in answer.text


def test_a_tracking_number_is_never_part_of_an_address(site: Site, client: FlaskClient) -> None:
    digits = list_trackers(site, "published")[-1].digits
    page = client.get(f"/check-vote?tracker={digits}")
    assert digits not in text_of(page)
    assert "was counted" not in text_of(page)
    assert 'method="post"' in page.text


# ------------------------------------------------------------------ the outcome


def test_the_outcome_page_says_all_that_is_needed_to_believe_it(
    site: Site, client: FlaskClient
) -> None:
    answer = client.get(f"{site.path('published')}/outcome")
    told = text_of(answer)
    with site.app.app_context():
        poll = read(site, "published")
        outcome = publication.outcome_of(poll)
        archives = [f"{election.uuid}.bel" for election in poll.elections]
    assert outcome["sentence"] in told
    assert outcome["decision"]["sentence"] in told
    for part in outcome["decision"]["constituencies"]:
        for name in ("turnout_valid", "turnout_papers", "rule_in_words", "sum_in_words"):
            assert str(part[name]) in told
    assert "Turnout, all papers returned" in told
    assert "Turnout, valid papers only" in told
    assert "Form a mutual 5 62.5%" in told
    assert "Stay as we are 3 37.5%" in told
    assert "Who you have to trust" in told
    assert "this archive passed every check: 9 votes in the box, 8 counted" in told
    assert "belenios-tool election verify --dir staff" in told
    for archive in archives:
        assert f"voting verify {archive}" in told
        assert f'href="{site.path("published")}/{archive}"' in answer.text
    assert f'href="{site.path("published")}/outcome.json"' in answer.text
    assert f'href="{site.path("published")}/outcome.csv"' in answer.text


def test_each_picture_of_the_outcome_says_in_words_what_it_shows(
    site: Site, client: FlaskClient
) -> None:
    page = client.get(f"{site.path('published')}/outcome").text
    pictures = re.findall(r'<svg class="v-bars".*?</svg>', page, re.DOTALL)
    assert len(pictures) == 2
    assert 'role="img"' in pictures[0]
    assert 'aria-label="Staff: Shall we form a mutual?"' in pictures[0]
    assert "Form a mutual: 5." in pictures[0]
    assert "Stay as we are: 3." in pictures[0]
    widths = re.findall(r'v-bars-bar"[^>]*width="([0-9.]+)"', pictures[0])
    assert [float(width) for width in widths] == [250.0, 150.0]


def test_an_outcome_without_a_vote_in_it_has_a_page(site: Site, client: FlaskClient) -> None:
    told = text_of(client.get(f"{site.path('published')}/outcome"))
    assert "0 votes in the box, 0 counted" in told


def test_the_archive_is_downloaded_byte_for_byte_with_its_length(
    site: Site, client: FlaskClient, tmp_path: Path
) -> None:
    with site.app.app_context():
        election = read(site, "published").elections[0]
        expected = b"".join(publication.archive_stream(db.session(), election))
        uuid = election.uuid
    answer = client.get(f"{site.path('published')}/{uuid}.bel")
    head = client.head(f"{site.path('published')}/{uuid}.bel")
    assert answer.data == expected
    for told in (answer.headers, head.headers):
        assert told["Content-Length"] == str(len(expected))
        assert told["Content-Disposition"] == f'attachment; filename="{uuid}.bel"'
    path = tmp_path / f"{uuid}.bel"
    path.write_bytes(answer.data)
    report = verify_archive(path)
    assert (report.valid, report.ballots, report.result) == (True, 9, [[0, 5, 3]])


def test_an_archive_is_given_only_under_its_own_vote(site: Site, client: FlaskClient) -> None:
    with site.app.app_context():
        uuid = read(site, "declared").elections[0].uuid
    assert client.get(f"{site.path('published')}/{uuid}.bel").status_code == 404


def test_the_outcome_as_data_is_what_the_published_act_hashed(
    site: Site, client: FlaskClient
) -> None:
    answer = client.get(f"{site.path('published')}/outcome.json")
    with site.app.app_context():
        poll = read(site, "published")
        acts = list_acts(db.session(), poll.proposal_id, poll.id)
        bodies = [json.loads(act.body) for act in acts]
    act = next(body for body in bodies if body["kind"] == "published")
    assert answer.mimetype == "application/json"
    assert act["outcome"] == hashlib.sha256(answer.data).hexdigest()
    for part in answer.json["constituencies"] if answer.json else []:
        archive = client.get(f"{site.path('published')}/{part['archive']}").data
        assert part["archive_sha256"] == hashlib.sha256(archive).hexdigest()
        assert act["archives"][part["archive"]] == part["archive_sha256"]


def test_the_figures_as_a_table_add_up(site: Site, client: FlaskClient) -> None:
    answer = client.get(f"{site.path('published')}/outcome.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    staff = {row["Option"]: int(row["Votes"]) for row in rows if row["Constituency"] == "Staff"}
    assert staff == {"Form a mutual": 5, "Stay as we are": 3, "Blank": 0}
    assert {row["Electors"] for row in rows} == {"12", "3"}


# ------------------------------------------------------------------ what must never be there


def list_pages(site: Site, state: str) -> list[str]:
    path = site.path(state)
    pages = ["/", site.proposal(state), path, f"{path}/ballot-box"]
    return [*pages, f"{path}/ballot-box?constituency=users", f"{path}/outcome"]


@pytest.mark.parametrize("state", STATES)
def test_no_public_page_tells_who_is_on_the_roll_or_who_voted(
    site: Site, client: FlaskClient, state: str
) -> None:
    for page in (*list_pages(site, state), f"{site.path(state)}/outcome.json"):
        text = client.get(page).text
        for trace in ("Person ", "Reader ", "@example.org", "@users.example", site.clerk.email):
            assert trace not in text, f"{page} holds {trace!r}"


class Tags(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_inert(answer: TestResponse) -> None:
    tags = Tags()
    tags.feed(answer.text)
    for tag, attributes in tags.found:
        assert tag not in ("img", "iframe", "object", "embed"), tag
        assert not [name for name in attributes if name.startswith("on")], attributes
        assert not (attributes.get("href") or "").lower().startswith(("javascript:", "data:"))
        if tag == "script":
            assert (attributes.get("src") or "").startswith("/static/")
            assert attributes.get("nonce")


@pytest.fixture(scope="module")
def hostile(site: Site) -> Site:
    """A published vote with script in every field that its organiser could fill in."""
    clerk = ground.sign_in(site.app)
    fields = ("title", "organisation", "deciding", "still_open", "contact_name")
    form = dict.fromkeys((*fields, "scrutineer_contact"), PAYLOAD) | {"contact_phone": SHORT}
    path = follow(clerk.post("/organiser/new-proposal", ground.proposal_form(**form)))
    follow(clerk.post(f"{path}/new-constituency", {"name": f"Staff {PAYLOAD}"}))
    code = re.findall(rf"{path}/roll/([a-z0-9-]+)/upload", clerk.get(path).text)[0]
    preview = follow(clerk.send_roll(f"{path}/roll/{code}/upload", ground.LARGER_ROLL))
    follow(clerk.post(f"{preview}/confirm"))
    poll = follow(clerk.post(f"{path}/new-vote", {"title": PAYLOAD}))
    follow(clerk.post(f"{poll}/details", {"title": PAYLOAD, "introduction": PAYLOAD}))
    named = (f"=stay{PAYLOAD}", f"a{PAYLOAD}")  # one must keep things as they are
    options = [(name, *[PAYLOAD] * 3, "javascript:alert(1)") for name in named]
    question = ground.question_form(*options, text=f"=1+1{PAYLOAD}")
    follow(clerk.post(f"{poll}/questions/new", question))
    follow(clerk.post(f"{poll}/dates", ground.dates_form()))
    follow(clerk.post(f"{poll}/settings", {"group": "Ed25519", "show_ballot_count": "y"}))
    follow(clerk.post(f"{poll}/freeze"))
    ground.open_poll(clerk, poll)
    ground.cast_votes(clerk, poll, [0, 0, 1])
    longer = ground.dates_form(reason=PAYLOAD)
    follow(clerk.post(f"{poll}/conduct/extend", longer))
    ground.close_poll(clerk, poll)
    ground.count_poll(clerk, poll)
    follow(clerk.post(f"{poll}/conduct/publish"))
    return Site(site.app, clerk, {"published": poll})


def test_script_in_any_field_is_shown_as_text(hostile: Site, client: FlaskClient) -> None:
    for path in list_pages(hostile, "published"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "&lt;script&gt;alert(1)" in answer.text
        assert_inert(answer)
    digits = list_trackers(hostile, "published")[0].digits
    found = look_up(client, digits)
    assert "&lt;script&gt;alert(1)" in found.text
    assert_inert(found)
    assert_inert(look_up(client, PAYLOAD))
    commissioner = ground.sign_in(hostile.app, "commissioner")
    assert_inert(commissioner.get("/commissioner/"))


def test_no_cell_of_the_table_is_a_formula(hostile: Site, client: FlaskClient) -> None:
    text = client.get(f"{hostile.path('published')}/outcome.csv").text
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert any("=1+1" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def dump(site: Site) -> list[str]:
    """Everything that the database holds, as SQL."""
    url = site.app.extensions["voting.settings"].database_url
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return list(connection.iterdump())


def test_reading_every_page_changes_nothing(site: Site, client: FlaskClient) -> None:
    before = dump(site)
    for state in STATES:
        for page in list_pages(site, state):
            client.get(page)
            client.head(page)
    look_up(client, list_trackers(site, "published")[0].digits)
    assert dump(site) == before


# ------------------------------------------------------------ the public record


def test_the_whole_record_is_shown_and_rechecked_without_the_service(
    site: Site, client: FlaskClient, tmp_path: Path
) -> None:
    page = client.get(f"{site.proposal('published')}/chain")
    trail, archive = tmp_path / "trail.jsonl", tmp_path / "staff.bel"
    answer = client.get(f"{site.proposal('published')}/trail.jsonl")
    trail.write_bytes(answer.data)
    with site.app.app_context():
        poll = read(site, "published")
        acts = list_acts(db.session(), poll.proposal_id)
        [uuid, *_more] = [election.uuid for election in poll.elections]
    archive.write_bytes(client.get(f"{site.path('published')}/{uuid}.bel").data)

    report = check_trail(trail.read_bytes().splitlines(keepends=True))

    assert (report.acts, report.head) == (len(acts), acts[-1].hash)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert report.head in page.text
    for act in acts:
        assert act.hash in page.text
    command = [str(trail), "--holds", str(archive)]
    assert CliRunner().invoke(verify_trail_command, command).exit_code == 0


def test_a_draft_has_no_public_record(site: Site, client: FlaskClient) -> None:
    assert client.get(f"{site.proposal('draft')}/chain").status_code == 404
    assert client.get(f"{site.proposal('draft')}/trail.jsonl").status_code == 404


def test_a_record_is_read_from_any_place(site: Site, client: FlaskClient) -> None:
    for after in ("0", "-9", "99999999999999999999", "x"):
        answer = client.get(f"{site.proposal('published')}/chain?after={after}")
        assert answer.status_code == 200

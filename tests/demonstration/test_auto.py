"""The demonstration's own checks find what was tampered with, and its story adds up."""

from __future__ import annotations

import datetime as dt
import html
import json
import random
import re
import shlex
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import make_environment
from voting.app import create_app
from voting.commands.count import count_command
from voting.config import load_settings
from voting.demonstration import auto, council, informing, organising, people, story
from voting.demonstration.sink import list_letters, read_letter, start_sink
from voting.demonstration.stage import Stage
from voting.demonstration.welsh import in_welsh
from voting.domain.marks import find_faults
from voting.domain.roll import parse_roll
from voting.services import accounts
from voting.store.database import db, transaction
from voting.store.letters import Letter
from voting.store.polls import list_polls

EMAIL = "organiser@riverside.example"
ELECTORS = 30  # ten in each constituency


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    sink = start_sink(folder / "mail")
    mail = {
        "VOTING_MAIL_HOST": sink.host,
        "VOTING_MAIL_PORT": str(sink.port),
        "VOTING_MAIL_SECURITY": "none",
        "VOTING_MAIL_PER_MINUTE": "0",
    }
    app = create_app(load_settings(make_environment(folder, **mail)))
    with app.app_context():
        db.create_all()
        with transaction(db.session()) as session:
            accounts.create_account(
                session, email=EMAIL, name="Olwen", role="organiser", password_hash="unusable"
            )
    with ThreadPoolExecutor(2) as executor:
        yield Stage(app, folder / "mail", executor, random.Random(7))
    sink.stop()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def written(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the archives and the outcome of a small poll."""
    poll_id = auto.run_poll(
        stage,
        EMAIL,
        electors=ELECTORS,
        group="Ed25519",
        turnout=1.0,
        timings=auto.Timings(),
    )
    folder = tmp_path_factory.mktemp("out")
    auto.write_out(stage, poll_id, folder)
    return folder


@pytest.fixture
def copied(written: Path, tmp_path: Path) -> Path:
    """A copy that a test may tamper with."""
    for path in written.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def check(stage: Stage, folder: Path) -> tuple[bool, str]:
    told: list[str] = []
    archives = sorted(folder.glob("*.bel"))
    agreed = auto.verify_archives(stage, folder, archives, auto.Timings(), told.append)
    return agreed, "\n".join(told)


def test_what_was_written_agrees(stage: Stage, written: Path) -> None:
    agreed, told = check(stage, written)
    assert agreed, told
    assert told.count("voting verify says valid; its result agrees") == len(story.GROUPS)


def test_a_figure_that_was_changed_is_found(stage: Stage, copied: Path) -> None:
    path = copied / "outcome.json"
    outcome = json.loads(path.read_bytes())
    outcome["constituencies"][0]["questions"][0]["options"][0]["votes"] += 1
    path.write_text(json.dumps(outcome))
    agreed, told = check(stage, copied)
    assert not agreed
    assert "staff.bel: voting verify says valid; its result does NOT agree" in told


@pytest.mark.parametrize("place", [600, 0.5, 0.99])
def test_an_archive_that_was_changed_is_found(stage: Stage, copied: Path, place: float) -> None:
    path = copied / "users.bel"
    content = bytearray(path.read_bytes())
    at = int(place) if place > 1 else int(len(content) * place)
    at = next(index for index in range(at, len(content)) if content[index] in b"0123456789")
    content[at] = ord("1") if content[at] != ord("1") else ord("2")
    path.write_bytes(content)
    agreed, told = check(stage, copied)
    assert not agreed
    assert "users.bel: voting verify says valid" not in told


def test_an_archive_that_was_cut_short_is_found(stage: Stage, copied: Path) -> None:
    path = copied / "community.bel"
    path.write_bytes(path.read_bytes()[:-512])
    assert not check(stage, copied)[0]


def test_archives_that_changed_places_are_found(stage: Stage, copied: Path) -> None:
    staff, users = copied / "staff.bel", copied / "users.bel"
    kept = staff.read_bytes()
    staff.write_bytes(users.read_bytes())
    users.write_bytes(kept)
    assert not check(stage, copied)[0]


def test_everyone_is_invited_and_told_the_outcome_and_voters_get_receipts(
    stage: Stage, written: Path
) -> None:
    with stage.sessions.reading() as session:
        kinds = [letter.kind for letter in session.query(Letter) if letter.state == "sent"]
    again = ELECTORS // 20
    assert kinds.count("invitation") == kinds.count("result") == ELECTORS
    assert kinds.count("receipt") == ELECTORS + again
    assert len(list_letters(stage.mail)) == len(kinds)
    texts = [read_letter(path).as_string() for path in list_letters(stage.mail)]
    assert all("riverside.example" in text for text in texts)


@pytest.mark.parametrize(
    ("electors", "names"),
    [
        (10, ["Staff, users and community"]),
        (19, ["Staff, users and community"]),
        (20, ["Staff", "Users and community"]),
        (30, ["Staff", "Users", "Community"]),
        (350, ["Staff", "Users", "Community"]),
        (1000, ["Staff", "Users", "Community"]),
    ],
)
def test_d1_the_constituencies_share_out_every_elector_ten_at_least_in_each(
    electors: int, names: list[str]
) -> None:
    groups = auto.divide(electors)
    assert [group.name for group in groups] == names
    assert all(in_welsh(name) for name in names)
    assert sum(group.electors for group in groups) == electors
    assert min(group.electors for group in groups) >= 10


def test_the_story_is_sound() -> None:
    chance = random.Random(3)
    for group in story.GROUPS:
        report = parse_roll(people.make_roll_csv(group, group.electors, chance), existing={})
        assert not report.faults
        assert len(report.rows) == group.electors
    for ask in (story.FORM, story.MODEL, story.PRIORITIES):
        for group in story.GROUPS:
            assert len(organising.find_leaning(group.code, ask)) == len(ask.choices)
    assert any(choice.text.startswith("Stay") for choice in story.MODEL.choices)
    for choice in (*story.FORM.choices, *story.MODEL.choices):
        ratio = len(choice.benefits) / len(choice.drawbacks)
        assert 0.5 <= ratio <= 2, choice.text


def test_an_invented_voter_never_chooses_more_than_allowed() -> None:
    chance = random.Random(5)
    for ask in (story.FORM, story.PRIORITIES, story.MODEL, story.NAMES, story.SPENDING):
        for _draw in range(200):
            chosen = people.make_choice(ask, [1] * len(ask.choices), chance)
            if ask.method.is_sealed_whole:
                assert find_faults(ask.method, len(ask.choices), chosen) == []
                continue
            assert chosen == ["blank"] or 1 <= len(set(chosen)) == len(chosen) <= ask.maximum


def test_timings_are_a_table() -> None:
    timings = auto.Timings()
    with timings.step("count", 4):
        pass
    [head, row] = timings.table().splitlines()
    assert head.split() == ["step", "number", "seconds", "ms", "each"]
    assert row.split()[:2] == ["count", "4"]


def test_a_poll_of_ranks_grades_and_points_agrees_with_its_archives(
    stage: Stage, tmp_path: Path
) -> None:
    timings = auto.Timings()
    chosen = {"electors": 10, "group": "Ed25519", "turnout": 1.0, "asks": auto.RANKED}
    poll_id = auto.run_poll(stage, EMAIL, timings=timings, **chosen)  # type: ignore[arg-type]
    auto.write_out(stage, poll_id, tmp_path)

    assert check(stage, tmp_path)[0]

    path = tmp_path / "outcome.json"
    outcome = json.loads(path.read_bytes())
    outcome["constituencies"][0]["questions"][0]["blank"] += 1
    path.write_text(json.dumps(outcome))
    agreed, told = check(stage, tmp_path)
    assert not agreed
    assert "does NOT agree" in told


def test_the_ranked_vote_of_the_story_ends_in_a_sheet_and_published_papers(
    stage: Stage, tmp_path: Path
) -> None:
    groups = (story.Group("Staff", "staff", 100), story.Group("Users", "users", 20))
    begun = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
    with stage.sessions.writing() as session:
        account = organising.get_organiser(session, EMAIL)
        proposal = organising.make_proposal(
            session, account, groups, chance=random.Random(3), now=begun
        )
        informing.inform(session, proposal, account, now=begun)
        proposal_id, slug, account_id = proposal.id, proposal.slug, int(account.id)

    number = council.rank_works(stage, proposal_id, account_id, now=begun)

    client = stage.app.test_client()
    with stage.sessions.reading() as session:
        [poll] = list_polls(session, proposal_id)
        page = f"/p/{slug}/{poll.slug}"
        uuids = [election.uuid for election in poll.elections]
    outcome = client.get(f"{page}/outcome", headers={"Accept-Language": "cy"}).text
    assert number == round(120 * council.TURNOUT)
    assert "v-sheet-winners" in outcome
    assert "Dewisiadau cyntaf." in outcome
    assert "Trwsio pwll Northgate" in outcome
    assert "First preferences." not in outcome
    for form, begin in (("pdf", "%PDF-"), ("csv", "Stage,"), ("json", "{")):
        answer = client.get(f"{page}/counts/staff-1.{form}")
        assert answer.status_code == 200
        assert answer.data.decode("latin-1").startswith(begin)
    table = client.get(f"{page}/counts/staff-1.csv", headers={"Accept-Language": "cy"}).text
    assert table.splitlines()[0].startswith("Cam,Rhes,Ymgeisydd")
    assert "Trwsio pwll Northgate" in table
    [command] = re.findall("voting count (.*)", html.unescape(outcome))  # users: papers withheld
    *arguments, archive = shlex.split(command)
    bel = tmp_path / archive
    bel.write_bytes(client.get(f"{page}/{archive}").data)
    again = CliRunner().invoke(count_command, [*arguments, "--json", str(bel)])
    declared = client.get(f"{page}/counts/staff-1.json").json
    assert again.exit_code == 0, again.stderr
    assert json.loads(again.stdout) == declared
    blt = client.get(f"{page}/papers/{uuids[0]}-1.blt")
    assert blt.text.splitlines()[0] == "5 3"
    assert client.get(f"{page}/papers/{uuids[1]}-1.blt").status_code == 404  # a roll below 100

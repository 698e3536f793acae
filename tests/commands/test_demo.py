"""``voting demo``: one whole poll by itself, its exit status, and what it says when it cannot."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.belenios_tool import TOOL, find_tool
from tests.commands.test_serving import clean_environment, is_ready, wait_for
from tests.organiser_ground import TOKEN, proposal_form
from tests.ports import free_port
from voting.app import create_app
from voting.belenios.verify import verify_archive
from voting.commands.demo import COMMISSIONER, ORGANISER, READY, make_accounts
from voting.commands.migrate import bring_up_to_date
from voting.config import load_settings
from voting.keyring import make_missing_keys
from voting.services import proposals
from voting.store.accounts import find_account
from voting.store.database import db

VOTING = [sys.executable, "-m", "voting"]
NAMES = ("staff", "users", "community")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: text for name, text in os.environ.items() if name[:7] != "VOTING_"}
    return subprocess.run(
        [*VOTING, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=environment,
    )


@dataclass(slots=True)
class Played:
    """What ``voting demo --auto`` left behind."""

    folder: Path
    done: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A small poll on the group that the Debian verifier knows."""
    folder = tmp_path_factory.mktemp("auto") / "out"
    arguments = ("--electors", "30", "--group", "BELENIOS-2048", "--turnout", "0.4")
    return Played(folder, run("demo", "--auto", *arguments, "--out", str(folder)))


def test_a_poll_by_itself_ends_well_and_both_verifiers_agree(played: Played) -> None:
    assert played.done.returncode == 0, played.done.stdout + played.done.stderr
    assert "Everything agrees." in played.done.stdout
    if find_tool() is None:
        assert f"apt-get install {TOOL}" in played.done.stdout
        return
    for name in NAMES:
        assert f"{name}.bel: {TOOL} says all checks passed" in played.done.stdout


def test_it_leaves_the_archives_and_the_outcome_and_nothing_else(played: Played) -> None:
    outcome = json.loads((played.folder / "outcome.json").read_bytes())
    assert {path.name for path in played.folder.iterdir()} == {
        "outcome.json",
        *(f"{name}.bel" for name in NAMES),
    }
    assert sum(part["electors"] for part in outcome["constituencies"]) == 30
    for part in outcome["constituencies"]:
        archive = played.folder / f"{part['code']}.bel"
        report = verify_archive(archive)
        assert report.valid
        assert report.uuid == part["uuid"]
        assert hashlib.sha256(archive.read_bytes()).hexdigest() == part["archive_sha256"]


def test_its_table_times_every_step(played: Played) -> None:
    for step in ("import the rolls", "freeze", "over SMTP", "seal the votes", "cast them", "count"):
        assert step in played.done.stdout


def test_its_words_hold_no_code_and_no_address(played: Played) -> None:
    told = played.done.stdout + played.done.stderr
    assert "@" not in told
    assert "/v/" not in told
    assert "Traceback" not in told


def test_voting_verify_takes_what_it_left(played: Played) -> None:
    done = run("verify", str(played.folder / "staff.bel"), "--workers", "1")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_folder_must_be_named(tmp_path: Path) -> None:
    done = run("demo", "--auto")
    assert done.returncode == 2
    assert "--auto needs --out, a folder for the archives." in done.stderr


@pytest.mark.parametrize(
    "arguments", [("--electors", "2"), ("--turnout", "1.5"), ("--group", "P-256"), ("--port", "x")]
)
def test_a_value_that_cannot_be_is_named(arguments: tuple[str, str]) -> None:
    done = run("demo", "--auto", "--out", "/nowhere", *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("demo", "--port", str(port), "--folder", str(tmp_path / "demo"))
    assert done.returncode == 1
    assert f"Port {port} of this machine cannot be used" in done.stderr
    assert "voting demo --port 8001" in done.stderr
    assert not (tmp_path / "demo").exists()


def test_a_second_start_goes_on_and_what_it_prints_is_true(tmp_path: Path) -> None:
    """Seeding is played in the browser journeys; here is the command around it."""
    folder, port = tmp_path / "demo", free_port()
    seed_a_proposal(folder)
    log = tmp_path / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*VOTING, "demo", "--port", str(port), "--folder", str(folder), "--workers", "1"],
            env=clean_environment(),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: is_ready(port))
        told, base = log.read_text(), f"http://127.0.0.1:{port}"
        addresses = set(re.findall(rf"{base}/\S*", told))
        assert {f"{base}/", f"{base}/letters/", f"{base}/sign-in"} < addresses
        assert f"{base}/p/the-future-of-leisure" in addresses
        for address in addresses - {f"{base}/p/the-future-of-leisure"}:  # not public yet
            with urllib.request.urlopen(address, timeout=60) as page:
                assert page.status == 200
        password = re.search(r"password of both +(\S+)", told)
        assert password is not None
        for email in (ORGANISER, COMMISSIONER):
            assert email in told
            assert sign_in(base, email, password[1]).endswith("/account")
    finally:
        process.terminate()  # as Ctrl-C, which a shell may have told us to ignore
        assert process.wait(60) == 0
    assert "Set up in" not in told  # nothing was begun anew
    assert "Traceback" not in log.read_text()


def seed_a_proposal(folder: Path) -> None:
    """What a first start leaves behind, as far as a second one looks at it."""
    make_missing_keys({"VOTING_DATA_DIR": str(folder)})
    app = create_app(load_settings({"VOTING_DATA_DIR": str(folder)}))
    with app.app_context():
        bring_up_to_date()
        make_accounts(app, folder)
        form = proposal_form(title="The future of leisure")
        account = find_account(db.session(), ORGANISER)
        proposals.create_proposal(
            db.session(), account=account, now=dt.datetime.now(dt.UTC), **form
        )
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    (folder / READY).write_text("seeded\n")


def sign_in(base: str, email: str, password: str) -> str:
    """Sign in with a browser of its own; the address that it leads to."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    token = TOKEN.search(browser.open(f"{base}/sign-in").read().decode())
    assert token is not None
    form = {"csrf_token": token[1], "email": email, "password": password}
    return str(browser.open(f"{base}/sign-in", urllib.parse.urlencode(form).encode()).url)


def test_its_help_says_what_it_does() -> None:
    told = " ".join(run("demo", "--help").stdout.split())
    for words in (
        "Try everything on this machine with a fictional leisure trust.",
        "Nothing leaves the machine.",
        "The exit status is 0 only if all agree.",
        "--electors",
        "--turnout",
        "--group",
        "--out",
        "--fresh",
        "--folder",
    ):
        assert words in told


@pytest.mark.slow
def test_three_scrutineers_make_keys_and_two_mix_and_count_ranked_votes(tmp_path: Path) -> None:
    held = ("--group", "RFC-3526-2048", "--trustees", "2/3", "--ranked")
    people = ("--electors", "30", "--turnout", "0.3")
    done = run("demo", "--auto", *people, *held, "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "scrutineers make their keys" in done.stdout
    assert "Everything agrees." in done.stdout
    if find_tool():
        assert done.stdout.count("belenios-tool says all checks passed") == len(NAMES)
    outcome = json.loads((tmp_path / "out" / "outcome.json").read_bytes())
    kinds = [act["kind"] for act in outcome["trail"]]
    assert kinds.count("setup-approved") == 3
    assert kinds.count("shuffled") == 2 * len(NAMES)
    assert kinds.count("decrypted") == 2 * len(NAMES)


def test_numbers_of_scrutineers_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    for wrong in ("3/2", "1/3", "two", "2/99"):
        done = run("demo", "--auto", "--trustees", wrong, "--out", str(tmp_path))
        assert done.returncode == 2
        assert "--trustees" in done.stderr

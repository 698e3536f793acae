"""The commands of a machine that runs the service: serve, migrate, create-account."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_security import verify_password
from gunicorn.config import Config

from tests.conftest import make_environment
from tests.ports import free_port
from voting.app import create_app
from voting.commands.serve import STEP_BACK
from voting.commands.start import require_listen
from voting.commands.web import ServerLog
from voting.config import load_settings
from voting.store.accounts import find_account
from voting.store.database import db

VOTING = [sys.executable, "-m", "voting"]
PATIENCE = 150.0  # a busy machine is slow, and a test that waits is not wrong
LOADED = """
import gc
from flask.cli import ScriptInfo
from voting.__main__ import make_app
from voting.commands.start import read_settings
from voting.commands.web import _Server
_Server(read_settings(), ScriptInfo(create_app=make_app)).load()
print(gc.get_freeze_count())
"""
UNREADABLE = (
    b"GET /v/secret-part\r\n\r\n",
    b"GET /v/link secret-part HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nCookie secret-part\r\n\r\n",
)
COMMANDS = ["serve", "web", "worker", "migrate", "create-account", "demo", "verify"]


def clean_environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOTING_")}
    return {**kept, **more}


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_for(what, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.2)


def children_of(pid: int) -> dict[str, int]:
    """The parts that *pid* runs: {"web": pid, "worker": pid}."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    parts = {}
    for child in listed:
        command_line = Path(f"/proc/{child}/cmdline")
        words = command_line.read_bytes().decode().split("\0") if command_line.exists() else []
        if len(words) > 1:
            parts[[word for word in words if word][-1]] = int(child)
    return parts


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    """`voting serve` with nothing configured but where to stand."""
    port = free_port()
    environment = clean_environment(
        VOTING_DATA_DIR=str(tmp_path / "data"), VOTING_LISTEN=f"127.0.0.1:{port}"
    )
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(
        [*VOTING, "serve"], env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    yield process, port, tmp_path
    if process.poll() is None:
        process.terminate()
        process.wait(60)
    log.close()


def test_one_command_serves_survives_a_killed_part_and_stops_cleanly(served) -> None:
    process, port, folder = served
    wait_for(lambda: is_ready(port))
    keys = sorted((folder / "data" / "keys").iterdir())
    assert [path.name for path in keys] == ["sealing", "secret"]
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
    assert (folder / "data").stat().st_mode & 0o777 == 0o700

    for request in UNREADABLE:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as browser:
            browser.sendall(request)
            assert browser.recv(100).startswith(b"HTTP/1.1 400")

    before = children_of(process.pid)
    assert set(before) == {"web", "worker"}
    check_places(process.pid, before)
    for part in before.values():
        os.kill(part, signal.SIGKILL)

    def are_replaced() -> bool:
        now = children_of(process.pid)
        return set(now) == set(before) and not set(now.values()) & set(before.values())

    wait_for(are_replaced)
    wait_for(lambda: is_ready(port))

    process.terminate()
    assert process.wait(60) == 0
    wait_for(lambda: not is_ready(port))
    log = (folder / "log").read_text()
    assert "Keep a copy" in log
    for path in keys:
        assert path.read_text().strip() not in log
    check_log(log)


def check_log(log: str) -> None:
    """gunicorn's lines are ours too, and tell of a request that it cannot read nothing but that."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    told = [line["event"] for line in lines if line["logger"] == "gunicorn.error"]
    assert told.count("a request that cannot be read was refused") == len(UNREADABLE)
    assert any("Listening at" in event for event in told)
    assert "[INFO]" not in log
    assert "secret-part" not in log
    assert "ip=" not in log


def check_places(supervisor: int, parts: dict[str, int]) -> None:
    """Ctrl-C reaches the supervisor only; and the worker's niceness is weighed against the web,
    which Linux does between processes of one session only."""
    for part in parts.values():
        assert os.getpgid(part) == part
        assert os.getsid(part) == os.getsid(supervisor)
    own = os.getpriority(os.PRIO_PROCESS, supervisor)
    assert os.getpriority(os.PRIO_PROCESS, parts["web"]) == own
    assert os.getpriority(os.PRIO_PROCESS, parts["worker"]) == min(own + STEP_BACK, 19)


def test_a_fault_in_serving_is_told_without_address_and_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = ServerLog(Config())
    try:
        raise ValueError("secret words")
    except ValueError:
        log.exception("Error handling request %s %s", "GET", "/v/secret-part")
    assert "a request ended in ValueError: ['test_serving.py:" in caplog.text
    assert "secret" not in caplog.text


def test_what_the_pages_are_made_of_is_left_out_of_the_search_for_garbage(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=clean_environment(**make_environment(tmp_path)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert int(done.stdout.split()[-1]) > 10_000, done.stdout


def test_an_account_is_made_from_the_command_line(tmp_path: Path) -> None:
    environment = make_environment(tmp_path)
    run(environment, "migrate")
    made = run(
        environment,
        *("create-account", "--email", "Alex@Northmoor.Example", "--name", "Alex Morgan"),
        *("--role", "organiser", "--password-stdin"),
        given="ferry lantern orchard\n",
    )
    assert "can sign in now, as organiser" in made.stdout
    app = create_app(load_settings(environment))
    with app.app_context():
        account = find_account(db.session(), "alex@northmoor.example")
        assert account.has_role("organiser")
        assert verify_password("ferry lantern orchard", account.password)
        db.session.remove()
        db.engine.dispose()


def test_a_bad_account_is_refused_in_words_and_not_made(tmp_path: Path) -> None:
    environment = make_environment(tmp_path)
    run(environment, "migrate")
    refused = run(
        environment,
        *("create-account", "--email", "alex", "--name", "", "--role", "organiser"),
        "--password-stdin",
        given="short\n",
        status=1,
    )
    for words in ("mail address", "a name", "12 to 200 characters"):
        assert words in refused.stderr


def test_a_bad_setting_stops_every_start_with_a_sentence(tmp_path: Path) -> None:
    environment = make_environment(tmp_path, VOTING_WORKERS="many")
    for command in ("serve", "web", "migrate"):
        refused = run(environment, command, status=1)
        assert "VOTING_WORKERS must be a whole number" in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("command", "name", "value", "told"),
    [
        ("web", "DATABASE_URL", "postgresql://127.0.0.1:1/voting", "cannot be reached"),
        ("migrate", "DATABASE_URL", "postgresql://127.0.0.1:1/voting", "cannot be reached"),
        ("serve", "LISTEN", "127.0.0.1:{taken}", "something else listens there already"),
        ("web", "LISTEN", "192.0.2.1:8000", "this machine has no such address"),
        ("serve", "DATA_DIR", "{file}/data", "cannot be made or written to"),
        ("worker", "QUEUE_URL", "{file}/queue/queue.db", "cannot be made or written to"),
        ("worker", "QUEUE_URL", "redis://:hidden@127.0.0.1:1/0", "cannot be reached"),
        ("worker", "QUEUE_URL", "postgresql://a:hidden@127.0.0.1:1/queue", "cannot be reached"),
    ],
)
def test_a_setting_that_this_machine_cannot_follow_stops_the_start_with_a_sentence(
    tmp_path: Path, command: str, name: str, value: str, told: str
) -> None:
    file = tmp_path / "file"
    file.touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        value = value.format(file=file, taken=taken.getsockname()[1])
        environment = make_environment(tmp_path / "data", **{f"VOTING_{name}": value})
        if command == "worker":
            run(environment, "migrate")
        refused = run(environment, command, status=1)
    assert f"VOTING_{name}" in refused.stderr
    assert "hidden" not in refused.stderr
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_that_becomes_free_is_waited_for() -> None:
    """After a kill the processes that served may listen for a moment longer."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        ending = threading.Timer(0.5, taken.close)
        ending.start()
        require_listen(listen)
    ending.join()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_without_any_setting(command: str) -> None:
    told = run({}, command, "--help").stdout
    assert len(re.sub(r"\s+", " ", told)) > 150


def run(
    environment: dict[str, str], *words: str, given: str = "", status: int = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*VOTING, *words],
        env=clean_environment(**environment),
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done

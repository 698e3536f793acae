"""`voting verify`: 0 valid, 1 refused, 2 cannot be read; words for people, JSON for programs."""

import json
import os
import pty
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.belenios.ground import DATA, finished_ground, make_archive
from voting.belenios.errors import InvalidArchive
from voting.belenios.verify import verify_archive, verify_extends
from voting.commands.progress import show_progress
from voting.commands.verify import verify_command


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "new.bel"
    path.write_bytes(finished_ground().archive())
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(verify_command, [str(argument) for argument in arguments])


OLD = "o09-b2048-threshold-tool20"  # threshold trustees in the format of 2.0


def vector(name: str) -> Path:
    return next((DATA / "vectors" / name).glob("*.bel"))


def test_a_valid_archive_is_told_line_by_line(archive: Path) -> None:
    done = run(archive)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split(":")[0].split(maxsplit=1)[1] for line in lines[:8]] == [
        *("archive", "election", "trustees", "credentials", "ballots"),
        *("encrypted tally", "partial decryptions", "result"),
    ]
    assert all(line.startswith("ok ") for line in lines[:8])
    assert lines[8].startswith("VALID: election ")
    assert lines[9:] == ["Question 1: 2, 1, 1, 0", "Question 2: 1, 2"]


def test_json_is_one_object_and_nothing_else(archive: Path) -> None:
    done = run(archive, "--json")
    value = json.loads(done.stdout)
    assert done.exit_code == 0
    assert value["valid"] is True
    assert value["result"] == [[2, 1, 1, 0], [1, 2]]
    assert value["error"] is None
    assert done.stderr == ""


def test_a_refused_archive_exits_with_one_and_says_where() -> None:
    done = run(vector("x-replay-exact--o05-b2048-h-tool20"))
    assert done.exit_code == 1
    assert "REFUSED" in done.stderr
    assert "the same ballot was cast before" in done.stderr
    value = json.loads(run(vector("x-replay-exact--o05-b2048-h-tool20"), "--json").stdout)
    assert value["valid"] is False
    assert value["checks"][-1]["ok"] is False


def test_what_is_not_supported_exits_with_two() -> None:
    done = run(vector(OLD), "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"].startswith("not supported: ")
    assert "NOT CHECKED" in run(vector(OLD)).stderr


def test_a_file_that_cannot_be_read_exits_with_two(tmp_path: Path) -> None:
    for path in (tmp_path / "none.bel", tmp_path):
        done = run(path, "--json")
        assert done.exit_code == 2
        value = json.loads(done.stdout)
        assert value["valid"] is False
        assert value["error"].startswith("cannot be read: ")


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.bel"
    path.write_text("This is a letter.")
    done = run(path)
    assert done.exit_code == 1
    assert "not a Belenios archive" in done.stderr


def test_an_open_box_has_no_count(tmp_path: Path) -> None:
    path = tmp_path / "open.bel"
    path.write_bytes(make_archive(finished_ground().steps[:3]))
    done = run(path)
    assert done.exit_code == 0
    assert "stage open" in done.stdout
    assert "counted" not in done.stdout


@pytest.mark.parametrize("workers", [1, 2])
def test_the_number_of_workers_does_not_matter(archive: Path, workers: int) -> None:
    assert run(archive, "--json", "--workers", workers).stdout == run(archive, "--json").stdout


@pytest.mark.parametrize("arguments", [["--workers", "0"], ["--workers", "x"], ["--other"]])
def test_wrong_arguments_are_explained(archive: Path, arguments: list[str]) -> None:
    done = run(archive, *arguments)
    assert done.exit_code == 2
    assert "Usage" in done.stderr


def test_help_is_for_strangers() -> None:
    done = run("--help")
    assert done.exit_code == 0
    for words in ("FILE.bel", "--json", "--workers", "--extends", "0 the archive is valid"):
        assert words in done.stdout


def test_an_older_copy_is_compared(archive: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.bel"
    old.write_bytes(make_archive(finished_ground().steps[:4]))
    done = run(archive, "--extends", old)
    assert done.exit_code == 0
    assert "every record of old.bel is here" in done.stdout

    steps = finished_ground().steps
    old.write_bytes(make_archive([steps[0], steps[2]]))
    value: dict[str, Any] = json.loads(run(archive, "--extends", old, "--json").stdout)
    assert run(archive, "--extends", old).exit_code == 1
    assert value["valid"] is False
    assert value["error"].startswith("extends: record ")
    assert value["checks"][-1] == {
        "name": "extends",
        "ok": False,
        "detail": value["error"].removeprefix("extends: "),
    }
    assert run(archive, "--extends", tmp_path / "none.bel").exit_code == 2


def test_a_large_archive_is_shared_among_processors(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voting.commands.verify.PARALLEL_FROM_BYTES", 0)
    assert run(archive).exit_code == 0


def test_the_bar_is_drawn_only_when_it_changes_and_wiped_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with show_progress(enabled=True) as tell:
        assert tell is not None
        for done in (1, 1, 2):
            tell("ballots", done, 2)
        tell("credentials", 0, 0)
    drawn = capsys.readouterr().err
    assert drawn.count("ballots ") == 2
    assert f"[{'#' * 30}] 2/2" in drawn
    assert drawn.endswith("\r")
    with show_progress(enabled=False) as tell:
        assert tell is None


def test_a_terminal_sees_a_progress_bar(archive: Path) -> None:
    code = "import sys; from voting.commands.verify import verify_command as v; v(sys.argv[1:])"
    parent, child = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", code, str(archive)], stdout=child, stderr=child, check=True
    )
    os.close(child)
    seen = os.read(parent, 100_000).decode()
    os.close(parent)
    assert "\rballots      [" in seen
    assert "4/4" in seen
    assert "VALID" in seen


# Paths, streams, older copies


def test_extension_is_checked_from_paths_and_streams(tmp_path: Path) -> None:
    made = finished_ground()
    old, new = tmp_path / "old.bel", tmp_path / "new.bel"
    old.write_bytes(make_archive(made.steps[:4]))
    new.write_bytes(made.archive())
    verify_extends(old, new)
    verify_extends(str(old), BytesIO(made.archive()))
    with pytest.raises(InvalidArchive):
        verify_extends(new, old)


def test_a_file_that_is_not_there_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify_archive(tmp_path / "none.bel")

"""An independent program, belenios-tool 2.0 of Debian 12, accepts the archives we write."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.belenios.ground import BLANK, FREE, PLAIN, Ground, make_ground, verify_bytes

MISSING = (
    "belenios-tool is not installed: as root, apt-get update && apt-get install -y belenios-tool"
)


@pytest.fixture(scope="module")
def tool() -> str:
    """The path of belenios-tool. With CI=true it must be there."""
    found = shutil.which("belenios-tool")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found


def run(tool: str, folder: Path, made: Ground) -> subprocess.CompletedProcess[str]:
    raw = made.archive()
    (folder / f"{made.election.uuid}.bel").write_bytes(raw)
    assert verify_bytes(raw).valid
    return subprocess.run(
        [tool, "election", "verify"], cwd=folder, capture_output=True, text=True, check=False
    )


def vote(made: Ground) -> None:
    made.vote(0, [[0, 1, 0, 1], [1, 0], [1, 1]])
    made.vote(1, [[1, 0, 0, 0], [0, 1], [0, 0]])
    made.vote(0, [[0, 0, 1, 0], [0, 1], [0, 1]])
    made.vote(2, [[0, 1, 0, 0], [1, 0], [1, 0]])


@pytest.mark.parametrize("trustees", [1, 3])
@pytest.mark.parametrize("weights", [(1, 1, 1, 1), (1, 20, 3, 0)])
def test_finished_elections_are_accepted(
    tool: str, tmp_path: Path, trustees: int, weights: tuple[int, ...]
) -> None:
    """Blank votes, weights, revotes, several questions, 1 and 3 trustees."""
    questions = (BLANK, PLAIN, FREE)
    made = make_ground("BELENIOS-2048", questions, trustees=trustees, weights=weights)
    vote(made)
    made.finish()
    done = run(tool, tmp_path, made)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "I: all checks passed"


def test_an_election_in_the_other_finite_field_is_accepted(tool: str, tmp_path: Path) -> None:
    made = make_ground("RFC-3526-2048", (PLAIN,), trustees=2, weights=(1, 4))
    made.vote(0, [[0, 1]])
    made.vote(1, [[1, 0]])
    made.finish()
    done = run(tool, tmp_path, made)
    assert done.returncode == 0, done.stderr


def test_a_box_that_is_still_open_is_accepted(tool: str, tmp_path: Path) -> None:
    made = make_ground("BELENIOS-2048", (BLANK, PLAIN, FREE))
    vote(made)
    done = run(tool, tmp_path, made)
    assert done.returncode == 0, done.stderr


def test_an_election_in_which_nobody_voted_is_accepted(tool: str, tmp_path: Path) -> None:
    made = make_ground("BELENIOS-2048", (BLANK,))
    made.finish()
    done = run(tool, tmp_path, made)
    assert done.returncode == 0, done.stderr


def test_the_tool_does_read_what_we_write(tool: str, tmp_path: Path) -> None:
    """A wrong result is refused, so the acceptances above mean something."""
    made = make_ground("BELENIOS-2048", (PLAIN,))
    made.vote(0, [[1, 0]])
    made.finish()
    made.steps[-1][1][0] = b'{"result":[[0,1]]}'
    (tmp_path / f"{made.election.uuid}.bel").write_bytes(made.archive())
    done = subprocess.run(
        [tool, "election", "verify"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "check_result failed" in done.stderr

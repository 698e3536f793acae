"""An independent program, belenios-tool 2.0 of Debian 12, accepts the archives we write."""

from pathlib import Path

import pytest

from tests.belenios.ground import BLANK, FREE, PLAIN, Ground, make_ground, verify_bytes
from tests.belenios_tool import assert_accepted, need_tool, verify


@pytest.fixture(autouse=True, scope="module")
def tool() -> None:
    """Nothing is made where there is no belenios-tool."""
    need_tool()


def assert_both_accept(made: Ground, folder: Path) -> None:
    raw = made.archive()
    (folder / f"{made.election.uuid}.bel").write_bytes(raw)
    assert verify_bytes(raw).valid
    assert_accepted(folder)


def vote(made: Ground) -> None:
    made.vote(0, [[0, 1, 0, 1], [1, 0], [1, 1]])
    made.vote(1, [[1, 0, 0, 0], [0, 1], [0, 0]])
    made.vote(0, [[0, 0, 1, 0], [0, 1], [0, 1]])
    made.vote(2, [[0, 1, 0, 0], [1, 0], [1, 0]])


@pytest.mark.parametrize("trustees", [1, 3])
@pytest.mark.parametrize("weights", [(1, 1, 1, 1), (1, 20, 3, 0)])
def test_finished_elections_are_accepted(
    tmp_path: Path, trustees: int, weights: tuple[int, ...]
) -> None:
    """Blank votes, weights, revotes, several questions, 1 and 3 trustees."""
    questions = (BLANK, PLAIN, FREE)
    made = make_ground("BELENIOS-2048", questions, trustees=trustees, weights=weights)
    vote(made)
    made.finish()
    assert_both_accept(made, tmp_path)


def test_an_election_in_the_other_finite_field_is_accepted(tmp_path: Path) -> None:
    made = make_ground("RFC-3526-2048", (PLAIN,), trustees=2, weights=(1, 4))
    made.vote(0, [[0, 1]])
    made.vote(1, [[1, 0]])
    made.finish()
    assert_both_accept(made, tmp_path)


def test_a_box_that_is_still_open_is_accepted(tmp_path: Path) -> None:
    made = make_ground("BELENIOS-2048", (BLANK, PLAIN, FREE))
    vote(made)
    assert_both_accept(made, tmp_path)


def test_an_election_in_which_nobody_voted_is_accepted(tmp_path: Path) -> None:
    made = make_ground("BELENIOS-2048", (BLANK,))
    made.finish()
    assert_both_accept(made, tmp_path)


def test_the_tool_does_read_what_we_write(tmp_path: Path) -> None:
    """A wrong result is refused, so the acceptances above mean something."""
    made = make_ground("BELENIOS-2048", (PLAIN,))
    made.vote(0, [[1, 0]])
    made.finish()
    made.steps[-1][1][0] = b'{"result":[[0,1]]}'
    (tmp_path / f"{made.election.uuid}.bel").write_bytes(made.archive())
    done = verify(tmp_path)
    assert done.returncode != 0
    assert "check_result failed" in done.stderr

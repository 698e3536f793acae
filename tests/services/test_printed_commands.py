"""The command that the outcome page prints counts an archive exactly as it was declared."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.election_ground import Ground, make_ground, open_engine
from voting.commands.count import count_command
from voting.domain.methods import PAPERS_FROM, Kind, Method
from voting.services import publication
from voting.store.polls import Election, Poll
from voting.web.counts import list_commands

BOARD = ("Who sits on the board?", 1, ("Ann", "Bob", "Cat", "None of these"))
PEOPLE = ("Who speaks for us?", 1, ("Ann", "Bob", "Cat"))
WORKS = ("What comes first?", 2, ("Pool", "Gym", "Hall", "None of them"))
SCHULZE = Method(Kind.RANK, "schulze", options={"strength": "winning"}, papers=True)
METHODS = (
    Method(Kind.RANK, "scottish-stv", 2, papers=True),
    SCHULZE,
    replace(SCHULZE, most_ranks=2, equal_ranks=True),
    Method(seats=2),
)
BALLOTS = (
    ([1, 0, 0, 2], [1, 2, 3], [1, 2, 0], [0, 1, 0, 0, 1]),
    ([1, 0, 0, 2], [2, 1, 1], [2, 1, 1], [0, 1, 0, 0, 1]),
    ([0, 0, 0, 1], [3, 1, 1], [3, 2, 1], [0, 0, 1, 0, 0]),
)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A published vote whose roll is large enough for every paper to be public."""
    folder = tmp_path_factory.mktemp("printed")
    with open_engine(f"sqlite:///{folder}/voting.db") as engine:
        made = make_ground(
            engine,
            rolls=((1,) * PAPERS_FROM,),
            questions=(BOARD, PEOPLE, PEOPLE, WORKS),
            methods=METHODS,
            carrying=None,
        )
        for voter, choices in enumerate(BALLOTS):
            made.vote(*choices, voter=voter)
        made.finish()
        return made


def load_outcome(ground: Ground) -> dict:
    with ground.session() as session:
        return publication.outcome_of(session.get_one(Poll, ground.poll_id))


def test_what_is_printed_gives_what_was_declared(ground: Ground, tmp_path: Path):
    outcome = load_outcome(ground)
    questions = outcome["constituencies"][0]["questions"]
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        path = tmp_path / f"{election.uuid}.bel"
        path.write_bytes(b"".join(publication.archive_stream(session, election)))

    commands = [shlex.split(command) for command in list_commands(outcome)]

    assert len(commands) == len(METHODS)
    for question, (*told, archive) in zip(questions, commands, strict=True):
        assert (told[:2], archive) == (["voting", "count"], path.name)
        again = CliRunner().invoke(count_command, [*told[2:], "--json", str(path)])
        assert again.exit_code == 0, again.stderr
        assert json.loads(again.stdout) == question["count"]
    board, strict, short, works = (" ".join(command) for command in commands)
    assert "--none-of-these=None of these" in board
    assert "--no-equal" in strict
    assert "--most-ranks=2" in short
    assert "equal" not in short
    assert "--choose=2 --none-of-these=None of them" in works


def test_a_place_that_none_of_these_wins_stays_empty(ground: Ground):
    board, strict, short, works = load_outcome(ground)["constituencies"][0]["questions"]

    assert (board["winners"], board["count"]["vacant"]) == (["Ann"], 1)
    assert board["count"]["stages"][-1]["elected"] == ["None of these"]
    assert (works["winners"], works["count"]["vacant"]) == (["Pool"], 1)
    assert (strict["winners"], strict["spoiled"]) == (["Ann"], 2)
    assert short["spoiled"] == 1  # one with three ranks

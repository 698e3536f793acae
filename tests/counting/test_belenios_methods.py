"""`belenios-tool method` counts random papers as we do, to the last tie."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counting.ground import count, read
from voting.counting.options import Options
from voting.counting.rules import count_votes
from voting.counting.tabulation import Placed
from voting.counting.vectors import read_gradings, read_rankings

MISSING = (
    "belenios-tool is not installed: as root, apt-get update && apt-get install -y belenios-tool"
)
many = settings(
    max_examples=700,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Profile = list[list[int]]


@pytest.fixture(scope="session")
def tool() -> str:
    """The path of belenios-tool. With CI=true it must be there."""
    found = shutil.which("belenios-tool")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    if found is None:
        pytest.skip(MISSING)
    return found


def _run(tool: str, method: str, profile: Profile, *options: str) -> dict[str, Any]:
    done = subprocess.run(
        [tool, "method", method, *options],
        input=json.dumps(profile),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@st.composite
def rankings(draw: st.DrawFn) -> Profile:
    """Numbers 1, 2, 3 for some candidates and 0 for the rest; now and then a wrong paper."""
    size = draw(st.integers(2, 6))
    order = st.permutations(range(1, size + 1))
    right = st.tuples(order, st.integers(0, size)).map(
        lambda one: [rank if rank <= one[1] else 0 for rank in one[0]]
    )
    wrong = st.lists(st.integers(0, size), min_size=size, max_size=size)
    papers = draw(st.lists(st.one_of(right, right, right, wrong), min_size=1, max_size=40))
    return [*papers, list(range(1, size + 1))]


@st.composite
def weak_rankings(draw: st.DrawFn) -> Profile:
    size = draw(st.integers(2, 6))
    paper = st.lists(st.integers(0, size), min_size=size, max_size=size)
    return [*draw(st.lists(paper, max_size=25)), list(range(1, size + 1))]


@st.composite
def gradings(draw: st.DrawFn) -> tuple[int, Profile]:
    size, grades = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    grade = st.integers(1, grades)
    paper = st.lists(grade, min_size=size, max_size=size)
    odd = st.lists(st.integers(0, grades), min_size=size, max_size=size)
    papers = draw(st.lists(st.one_of(paper, paper, odd), max_size=25))
    return grades, [*papers, draw(paper)]


def _numbers(places: tuple[Placed, ...]) -> list[list[int]]:
    return [
        sorted(int(name.removeprefix("Option ")) - 1 for name in group)
        for group in ((one,) if isinstance(one, str) else one for one in places)
    ]


@many
@given(data=st.data(), profile=rankings())
def test_stv_elects_the_same_in_the_same_order(
    tool: str, data: st.DataObject, profile: Profile
) -> None:
    seats = data.draw(st.integers(1, len(profile[0]) - 1))
    theirs = _run(tool, "stv", profile, "--nseats", str(seats))

    ours = count("belenios-stv", read(json.dumps(profile), "belenios-stv"), seats=seats)

    assert [place for (place,) in _numbers(ours.winners)] == theirs["winners"]
    assert ours.valid == len(theirs["ballots"])
    assert ours.spoiled == len(theirs["invalid"])
    lost = [event[1] for event in theirs["events"] if event[0] == "Lose"]
    excluded = [name for stage in ours.stages for name in stage.excluded]
    assert [place for (place,) in _numbers(tuple(excluded))] == lost
    ties = [event for event in theirs["events"] if event[0].startswith("Tie")]
    assert len(ours.ties) == len(ties)


@many
@given(profile=weak_rankings())
def test_schulze_finds_the_same_pairs_and_order(tool: str, profile: Profile) -> None:
    theirs = _run(tool, "schulze", profile, "--blank-allowed", "true")

    ours = count("schulze", read(json.dumps(profile), "schulze"))

    assert _numbers(ours.ranking) == [sorted(group) for group in theirs["winners"]]
    pairs = ours.details["pairwise"]
    for row, upper in enumerate(ours.candidates):
        for column, lower in enumerate(ours.candidates):
            if row != column:
                assert pairs[upper][lower] == theirs["raw"][row][column]  # type: ignore[index]
    assert (ours.valid, ours.blank) == (theirs["valid"], theirs["blank"])


@many
@given(given_grades=gradings())
def test_majority_judgment_with_the_upper_middle_is_the_same(
    tool: str, given_grades: tuple[int, Profile]
) -> None:
    grades, profile = given_grades
    theirs = _run(
        tool, "majority-judgment", profile, "--ngrades", str(grades), "--blank-allowed", "true"
    )

    votes = read(json.dumps(profile), "majority-judgment", grades=grades)
    ours = count("majority-judgment", votes, middle="upper")

    assert _numbers(ours.ranking) == [sorted(group) for group in theirs["winners"]]
    assert ours.valid == theirs["valid"]
    assert ours.blank == theirs["blank"]
    assert ours.spoiled == len(theirs["invalid"])


def test_the_two_conventions_of_the_middle_differ() -> None:
    votes = read("[[1,2],[3,2]]", "majority-judgment", grades=3)

    assert count("majority-judgment", votes, middle="upper").winners == ("Option 1",)
    assert count("majority-judgment", votes, middle="lower").winners == ("Option 2",)


@pytest.mark.parametrize("seed", range(3))
def test_the_numbers_of_sealed_papers_are_counted_the_same_by_the_tool(
    tool: str, seed: int
) -> None:
    chance, size = random.Random(seed), 5
    names = tuple(f"Option {number}" for number in range(1, size + 1))
    ranks = [
        [place if place <= kept else 0 for place in chance.sample(range(1, size + 1), size)]
        for kept in (chance.randint(0, size) for _ in range(61))
    ]
    grades = [[0] * size, *([chance.randint(1, 6) for _ in names] for _ in range(60))]
    blank = ("--blank-allowed", "true")

    papers = read_rankings(names, ranks)
    stv = count_votes("belenios-stv", papers, Options(seats=2))
    schulze = count_votes("schulze", papers, Options())
    judged = count_votes(
        "majority-judgment", read_gradings(names, grades, grades=6), Options(middle="upper")
    )

    theirs = _run(tool, "stv", ranks, "--nseats", "2")["winners"]
    assert [place for (place,) in _numbers(stv.winners)] == theirs
    theirs = _run(tool, "schulze", ranks, *blank)["winners"]
    assert _numbers(schulze.ranking) == [sorted(group) for group in theirs]
    theirs = _run(tool, "majority-judgment", grades, "--ngrades", "6", *blank)["winners"]
    assert _numbers(judged.ranking) == [sorted(group) for group in theirs]

"""`belenios-tool method` counts random papers as we do, to the last tie.

A thousand profiles a method; COUNTING_PROFILES asks for another number.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.belenios_tool import need_tool
from tests.counting.ground import count, read
from voting.counting.options import Options
from voting.counting.rules import count_votes
from voting.counting.tabulation import Outcome, Placed
from voting.counting.vectors import read_gradings, read_rankings

many = settings(
    max_examples=int(os.environ.get("COUNTING_PROFILES", "1000")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Profile = list[list[int]]


@pytest.fixture(scope="session")
def tool() -> str:
    return need_tool()


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


@cache
def profiles(size: int, grades: int | None = None) -> st.SearchStrategy[Profile]:
    """Papers of several kinds, blank ones among them, some of them many times, in any order.

    Ranks: strict ones, and any numbers. With *grades*: whole ones, and some with a gap.
    """
    most = grades or size
    wrong = st.lists(st.integers(0, most), min_size=size, max_size=size)
    right = st.lists(st.integers(1, most), min_size=size, max_size=size)
    order = st.permutations(range(1, size + 1))
    strict = st.tuples(order, st.integers(0, size)).map(
        lambda one: [rank if rank <= one[1] else 0 for rank in one[0]]
    )
    usual = strict if grades is None else right
    paper = st.one_of(usual, usual, wrong, st.just([0] * size))
    kinds = st.lists(st.tuples(paper, st.integers(1, 9)), max_size=9)
    return st.tuples(kinds, st.integers(0, 9)).map(_lay_out)


def _lay_out(drawn: tuple[list[tuple[list[int], int]], int]) -> Profile:
    kinds, seed = drawn
    profile = [paper for paper, times in kinds for _ in range(times)]
    random.Random(seed).shuffle(profile)
    return profile


SIZES, SEATS, GRADES = st.integers(1, 7), st.integers(1, 4), st.integers(1, 6)


@st.composite
def rankings(draw: st.DrawFn) -> tuple[int, Profile]:
    """Seats, and papers of which at least one names everybody."""
    size = draw(SIZES)
    return min(draw(SEATS), size), [*draw(profiles(size)), list(range(1, size + 1))]


@st.composite
def gradings(draw: st.DrawFn) -> tuple[int, Profile]:
    """The number of grades, and papers of which at least one has them all."""
    size, grades = draw(SIZES), draw(GRADES)
    best = list(range(1, size + 1))
    return grades, [*draw(profiles(size, grades)), [min(one, grades) for one in best]]


def _numbers(places: tuple[Placed, ...]) -> list[list[int]]:
    return [
        sorted(int(name.removeprefix("Option ")) - 1 for name in group)
        for group in ((one,) if isinstance(one, str) else one for one in places)
    ]


def _tell_events(outcome: Outcome) -> list[list[object]]:
    """Ties, elections and exclusions as the tool tells them, in its order.

    Of a tie it tells who is chosen and who would be next.
    """
    events: list[list[object]] = []
    for stage in outcome.stages:
        for tie in outcome.ties:
            if tie.stage == stage.number:
                level = [one for (one,) in _numbers(tie.between)]
                wins = tie.purpose == "candidate to elect"
                events.append(["TieWin", level[:2]] if wins else ["TieLose", level[:-3:-1]])
        if stage.elected:
            events.append(["Win", [one for (one,) in _numbers(stage.elected)]])
        events += [["Lose", one] for (one,) in _numbers(stage.excluded)]
    return events


@many
@given(drawn=rankings())
def test_stv_has_the_same_papers_events_and_winners(tool: str, drawn: tuple[int, Profile]) -> None:
    seats, profile = drawn
    theirs = _run(tool, "stv", profile, "--nseats", str(seats))

    papers = read(json.dumps(profile), "belenios-stv")
    ours = count("belenios-stv", papers, seats=seats)

    assert [place for (place,) in _numbers(ours.winners)] == theirs["winners"]
    assert _tell_events(ours) == theirs["events"]
    assert ours.valid == len(theirs["ballots"])
    assert ours.spoiled == len(theirs["invalid"])
    assert ours.blank == theirs["ballots"].count([])


@many
@given(drawn=rankings())
def test_schulze_finds_the_same_pairs_paths_and_order(
    tool: str, drawn: tuple[int, Profile]
) -> None:
    _, profile = drawn
    theirs = _run(tool, "schulze", profile, "--blank-allowed", "true")

    ours = count("schulze", read(json.dumps(profile), "schulze"))

    assert _numbers(ours.ranking) == [sorted(group) for group in theirs["winners"]]
    assert _numbers(ours.winners[:1]) == [sorted(theirs["winners"][0])]
    pairs: dict[str, Any] = ours.details["pairwise"]  # type: ignore[assignment]
    paths: dict[str, Any] = ours.details["paths"]  # type: ignore[assignment]
    for row, upper in enumerate(ours.candidates):
        for column, lower in enumerate(ours.candidates):
            if row != column:
                assert pairs[upper][lower] == theirs["raw"][row][column]
                assert paths[upper][lower] == theirs["beatpaths"][row][column][0]
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
    profiles_of: dict[str, Any] = ours.details["profiles"]  # type: ignore[assignment]
    assert [profiles_of[name]["grades"][::-1] for name in ours.candidates] == theirs["raw"]
    assert (ours.valid, ours.blank) == (theirs["valid"], theirs["blank"])
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

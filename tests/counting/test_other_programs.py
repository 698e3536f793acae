"""Where programs that others published count by the same rule, they find the same winners.

``SAME`` says who is compared on what, and what becomes of ties: ``shared`` winners are the same
set; of those that share the win with us, a program may name ``one``; counts on which a tie had to
be settled are ``passed`` over, since each settles it in its own way. Below that stands what is not
the same rule, each with an election that shows it:

- pyrankvote's STV hands a whole surplus to the papers that can go on, and drops several at once.
- pref_voting's ``stv_nb(ers_rounding=True)`` is not ERS97: it transfers a surplus first, where
  5.2.5 excludes those whom all surpluses could not save.
- pref_voting's majority judgment weighs the papers above and below the middle grade once, and
  leaves candidates level whom removing one middle paper after the other tells apart.
- pref_voting's Schulze, as it comes, does not put those without a number below all others; told
  so, it is the same. Its Schulze and ranked pairs, and votekit's, compare margins.
- votekit's Borda gives nothing for places that a paper leaves open; ours shares their points out.
- votekit's STV does not cut values to 5 places; it elects the same as Scottish STV.

None of them has WIGM-PRF, Meek by the PRF rule, or weights that a rule refuses.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from tests.counting.ground import count
from voting.counting.tabulation import Choices, Grades, Outcome, Papers, Scores, Votes

Rows = list[tuple[list[int], int]]
Profile = tuple[str, int, Rows]
NAMES = "ABCDE"
MARGINS = {"strength": "margins"}
TWO = {"seats": 2}
SAME: dict[str, dict[str, dict[str, tuple[str, dict[str, Any], str]]]] = {
    "pyrankvote": {"partial": {"irv": ("irv", {}, "passed")}},
    "pref_voting": {
        "whole": {
            "plurality": ("plurality", {}, "shared"),
            "irv": ("irv", {"until": "two"}, "passed"),
            "ranked-pairs": ("ranked-pairs", MARGINS, "shared"),
            "schulze": ("schulze", MARGINS, "shared"),
            "borda": ("borda", {}, "shared"),
        },
        "partial": {
            "irv": ("irv", {}, "passed"),
            "schulze": ("schulze", MARGINS, "shared"),
            "scottish-stv": ("scottish-stv", TWO, "passed"),
            "meek": ("meek", {"variant": "hww", **TWO}, "passed"),
        },
        "choices": {"approval": ("approval", {}, "shared")},
        "points": {"score": ("score", {}, "shared")},
    },
    "votekit": {
        "whole": {
            "plurality": ("plurality", {}, "one"),
            "irv": ("irv", {"until": "two"}, "passed"),
            "ranked-pairs": ("ranked-pairs", MARGINS, "one"),
            "schulze": ("schulze", MARGINS, "passed"),
            "borda": ("borda", {}, "one"),
        },
        "partial": {
            "plurality": ("plurality", {}, "one"),
            "irv": ("irv", {}, "passed"),
            "stv": ("scottish-stv", TWO, "passed"),
        },
        "choices": {"approval": ("approval", {}, "one")},
        "points": {"score": ("score", {}, "one")},
    },
}
PROFILES = {"pyrankvote": 300, "pref_voting": 150, "votekit": 30}
OTHERWISE: dict[str, list[Profile]] = {
    "pyrankvote": [("partial", 4, [([3, 0], 2), ([3], 3), ([2], 1)])],
    "pref_voting": [
        ("partial", 4, [([1, 2, 3], 6), ([1], 7), ([0], 6), ([3], 5)]),
        ("partial", 3, [([2, 0], 5), ([1], 6)]),
    ],
    "votekit": [
        ("partial", 3, [([0], 1), ([1, 2, 0], 1), ([1, 0], 1)]),
        ("partial", 3, [([0, 1], 2), ([0, 2], 5), ([1], 1), ([2], 1)]),
    ],
}
"""Elections that a program does not count by our rule; the tests below tell why."""

MOST = {"choices": 1, "points": 5, "grades": 4}


def draw_profiles(kind: str, number: int) -> list[Profile]:
    """Elections of 3 to 5 candidates and an odd number of papers, always the same ones."""
    chance = random.Random(kind)
    profiles: list[Profile] = []
    for _ in range(number):
        size = chance.randint(3, 5)
        groups: Counter[tuple[int, ...]] = Counter()
        for _ in range(2 * chance.randint(8, 30) + 1):
            groups[draw_paper(kind, size, chance)] += 1
        profiles.append((kind, size, [(list(paper), times) for paper, times in groups.items()]))
    return profiles


def draw_paper(kind: str, size: int, chance: random.Random) -> tuple[int, ...]:
    """A ranking, or a number for each candidate, at least one of them not 0."""
    if kind in ("whole", "partial"):
        order = chance.sample(range(size), size)
        return tuple(order if kind == "whole" else order[: chance.randint(1, size)])
    numbers = [chance.randint(0, MOST[kind]) for _ in range(size)]
    numbers[chance.randrange(size)] = chance.randint(1, MOST[kind])
    return tuple(numbers)


def ask(program: str, profiles: list[Profile]) -> list[dict[str, list[int]]]:
    """What *program* finds; it runs apart, since its imports warn of much."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.counting.peers", program],
        input=json.dumps(profiles),
        capture_output=True,
        text=True,
        check=False,
        timeout=350,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},  # compiling takes longer than counting
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, list[int]]] = json.loads(done.stdout)
    return found


def make_votes(profile: Profile) -> Votes:
    """The profile as what our rules take."""
    kind, size, rows = profile
    names, papers = tuple(NAMES[:size]), sum(times for _, times in rows)
    if kind in ("whole", "partial"):
        return Papers(names, {tuple(ranking): times for ranking, times in rows})
    if kind == "points":
        return Scores(names, {tuple(row): times for row, times in rows})
    tallies = [
        [
            sum(times for row, times in rows if row[one] == number)
            for number in range(MOST[kind] + 1)
        ]
        for one in range(size)
    ]
    if kind == "grades":
        return Grades(names, tuple(map(tuple, tallies)))
    return Choices(names, tuple(chosen for _, chosen in tallies), papers)


def list_winners(outcome: Outcome) -> list[int]:
    """The places of all who win or share a win."""
    places = [(one,) if isinstance(one, str) else one for one in outcome.winners]
    return sorted(NAMES.index(name) for place in places for name in place)


def is_settled(outcome: Outcome) -> bool:
    """Whether a tie had to be settled or stands; or, by Meek's rule, was one but for rounding."""
    close = False
    if outcome.rule == "meek":
        for stage in outcome.stages:
            votes = sorted(stage.votes.values())
            close |= any(0 < high - low < 1000 for low, high in pairwise(votes))
    return bool(outcome.ties) or close or any(isinstance(one, tuple) for one in outcome.winners)


def is_same(outcome: Outcome, theirs: list[int], ties: str) -> bool | None:
    """Whether they are the same winners; None when that is not to be compared."""
    ours = list_winners(outcome)
    if not is_settled(outcome):
        return ours == theirs
    if ties == "passed":
        return None
    whole = ties == "shared" and outcome.options.get("equal majorities", "every order") == (
        "every order"
    )
    return ours == theirs if whole else bool(set(ours) & set(theirs))


@cache
def find_all(program: str) -> list[tuple[Profile, dict[str, list[int]]]]:
    """Every profile that a program is asked for, and what it finds: it is started once."""
    kinds = [*SAME[program], *(["grades"] if program == "pref_voting" else [])]
    profiles = list(OTHERWISE[program])
    profiles += [one for kind in kinds for one in draw_profiles(kind, PROFILES[program])]
    return list(zip(profiles, ask(program, profiles), strict=True))


@pytest.mark.parametrize("program", SAME)
def test_others_find_the_same_winners(program: str) -> None:
    compared: Counter[tuple[str, str]] = Counter()
    for profile, found in find_all(program):
        if profile in OTHERWISE[program] or profile[0] not in SAME[program]:
            continue
        votes = make_votes(profile)
        for name, (rule, chosen, ties) in SAME[program][profile[0]].items():
            if name not in found:
                continue
            verdict = is_same(count(rule, votes, **chosen), found[name], ties)
            assert verdict is not False, (name, profile, found[name])
            compared[profile[0], name] += verdict is True
    expected = {(kind, name) for kind, names in SAME[program].items() for name in names}
    assert set(compared) == expected
    assert min(compared.values()) > PROFILES[program] // 3


# What is another rule


def find_one(program: str, number: int) -> tuple[dict[str, list[int]], Papers]:
    """What *program* finds of one of the elections above, and its papers."""
    profile, found = find_all(program)[number]
    votes = make_votes(profile)
    assert isinstance(votes, Papers)
    return found, votes


def test_pyrankvote_hands_on_a_whole_surplus() -> None:
    found, papers = find_one("pyrankvote", 0)

    ours = count("scottish-stv", papers, seats=2)

    assert ours.winners == ("D", "C")
    assert ours.stages[1].votes["A"] == 80_000  # two papers of five carry two fifths of two votes
    assert found["stv"] == [0, 3]


def test_pref_voting_has_another_ers_rule() -> None:
    found, papers = find_one("pref_voting", 0)

    ours = count("ers97", papers, seats=2)

    assert ours.winners == ("B", "D")
    assert ours.stages[0].excluded == ("C",)  # first, for the surplus of B could not save C
    assert found["stv_nb ers"] == [0, 1]


def test_pref_voting_weighs_grades_once() -> None:
    level = 0
    for profile, found in find_all("pref_voting"):
        if profile[0] != "grades":
            continue
        ours = list_winners(count("majority-judgment", make_votes(profile)))
        theirs = found["majority-judgment"]
        assert set(ours) <= set(theirs), profile
        level += ours != theirs
    assert level > 10  # whom it leaves level, the rule tells apart


def test_pref_voting_must_be_told_that_no_number_is_below_all() -> None:
    found, papers = find_one("pref_voting", 1)

    assert count("schulze", papers, strength="margins").winners == ("B",)
    assert found["schulze"] == [1]
    assert found["schulze as it comes"] == [1, 2]


def test_votekit_gives_no_points_for_places_left_open() -> None:
    found, papers = find_one("votekit", 0)

    ours = count("borda", papers)

    assert ours.winners == ("B",)
    assert ours.to_json()["stages"][0]["votes"] == {"A": "3.0", "B": "4.5", "C": "1.5"}  # type: ignore[index]
    assert found["borda points"] == [6, 6, 2]  # 3, 2 and 1 for the places that are filled


def test_votekit_does_not_cut_values_to_five_places() -> None:
    found, papers = find_one("votekit", 1)

    second = count("scottish-stv", papers, seats=2).stages[1]

    assert second.votes == {"A": 400_000, "B": 185_714, "C": 314_285}
    assert second.loss == 1
    assert found["stv millionths"] == [0, 1_857_142, 3_142_857]  # A has left its count

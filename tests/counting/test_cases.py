"""Counts with published results: every published figure must come out, to the last digit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from tests.counting.ground import CASES
from tests.counting.published.logs import hold_meek, hold_transfers
from tests.counting.published.openstv import hold_ers97
from tests.counting.published.reports import (
    hold_1987,
    hold_city,
    hold_council,
    hold_grades,
    hold_order,
)
from voting.counting.options import Options
from voting.counting.reading import read_votes
from voting.counting.rules import count_votes
from voting.counting.tabulation import Outcome

Case = dict[str, Any]
Ways = tuple[dict[str, str], ...]
Hold = Callable[[Case, Outcome], None]


def hold_burlington(expected: Case, outcome: Outcome) -> None:
    """Burlington's rounds, and the pairs of the same papers."""
    hold_city(expected, outcome, count_case("irv_burlington_2009", "schulze")[0])


RULES: dict[str, tuple[str, Ways, Hold]] = {
    "scot2017": ("scottish-stv", ({},), hold_council),
    "scot2007": ("scottish-stv", ({},), hold_transfers),
    "scot_tie": ("scottish-stv", ({},), hold_transfers),
    "ers97": ("ers97", ({},), hold_ers97),
    "meekprf": ("meek", ({}, {"variant": "prf"}), hold_meek),
    "meek_hww": ("meek", ({"variant": "hww"},), hold_1987),
    "wigmprf": ("wigm-prf", ({},), hold_transfers),
    "schulze": ("schulze", ({}, {"strength": "winning"}), hold_order),
    "rankedpairs": ("ranked-pairs", ({"strength": "winning"}, {"strength": "margins"}), hold_order),
    "borda": ("borda", ({},), hold_order),
    "irv": ("irv", ({"exclude": "batch", "overvote": "continuing"},), hold_burlington),
    "mj": ("majority-judgment", ({}, {"middle": "lower"}), hold_grades),
}
LEFT_OUT = "meek_openstv_tideman_a4"
"""Another program's form of Meek's rule, of which the whole rule is not at hand; see auditors.md"""


def list_cases() -> list[str]:
    """All cases but for the one that is left out."""
    return sorted(path.name for path in CASES.iterdir() if path.name != LEFT_OUT)


def load_case(name: str) -> Case:
    """What was published."""
    loaded: Case = json.loads((CASES / name / "expected.json").read_text())
    return loaded


@cache
def count_case(name: str, rule: str = "") -> tuple[Outcome, ...]:
    """The papers of a case counted by its rule, in every way that leads to the same."""
    expected, (own, ways, _) = load_case(name), find_rule(name)
    (file,) = (path for path in (CASES / name).iterdir() if path.name != "expected.json")
    outcomes = []
    for way in ways if not rule else ({},):
        with file.open("rb") as stream:
            votes = read_votes(stream, rule=rule or own, seats=expected.get("seats"))
        options = Options(seats=expected.get("seats"), **way)  # type: ignore[arg-type]
        outcomes.append(count_votes(rule or own, votes, options))
    return tuple(outcomes)


def find_rule(name: str) -> tuple[str, Ways, Hold]:
    """The rule of a case, by the beginning of its name."""
    return RULES[max((start for start in RULES if name.startswith(start)), key=len)]


def hold(name: str, expected: Case) -> None:
    """Raise AssertionError unless our count of a case is all that is *expected*."""
    for outcome in count_case(name):
        find_rule(name)[2](expected, outcome)


@pytest.mark.parametrize("name", list_cases())
def test_every_published_figure_comes_out(name: str) -> None:
    hold(name, load_case(name))


def test_every_case_is_held() -> None:
    assert len(list_cases()) == 23
    assert {name for name in list_cases() for start in RULES if name.startswith(start)} == set(
        list_cases()
    )


# The test above is strict: it notices when any one published figure is another one.

TOLD = {"source", "note", "notes", "confirmed_by", "winners_order", "ballot_format", "rule"}
"""Words about a case"""

STATE = {"default", "mode", "tag", "equal_rank_ballots", "candidates"}
"""What the papers and rows are, not what they come to"""

Place = tuple[Any, Any]
"""A list or an object, and the index or key of what stands in it"""


def list_places(node: Any) -> Iterator[Place]:
    """Where every number, name and line stands that was published."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, child in pairs:
        if isinstance(child, dict | list):
            yield from list_places(child) if key not in STATE else ()
        elif child is not None and key not in TOLD | STATE:
            yield node, key


def change(leaf: Any, names: tuple[str, ...]) -> Iterator[object]:
    """Another figure, or another name; in a line, each figure and each name of it."""
    if isinstance(leaf, int):
        yield leaf + 1
    elif leaf in names:
        yield names[names.index(leaf) - 1]
    elif re.fullmatch(r"\d+(\.\d+)?", leaf):
        yield raise_last(leaf)
    else:
        words = [name for name in names if not name.isdecimal()]
        marks = "|".join([*map(re.escape, sorted(words, key=len, reverse=True)), r"\d+\.\d+"])
        for found in re.finditer(rf"(?<!\w)(?:{marks})(?!\w)", leaf):
            one = found[0]
            other = names[names.index(one) - 1] if one in names else raise_last(one)
            yield leaf[: found.start()] + other + leaf[found.end() :]


def raise_last(number: str) -> str:
    """A number whose last digit is another one."""
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def is_state(name: str, row: Any, key: Any) -> bool:
    """Whether a place is the state of a program and no figure of the count; see logs.py."""
    told = key == "surplus" and isinstance(row, dict)
    return told and (name.startswith("wigm") or (name.startswith("meek") and row["tag"] == "elect"))


@pytest.mark.parametrize("name", list_cases())
def test_another_figure_anywhere_in_what_was_published_is_noticed(name: str) -> None:
    expected, outcome, holds = load_case(name), count_case(name)[0], find_rule(name)[2]
    changed = 0
    for row, key in list(list_places(expected)):
        right = row[key]
        for wrong in () if is_state(name, row, key) else change(right, outcome.candidates):
            row[key] = wrong
            with pytest.raises((AssertionError, LookupError)):
                holds(expected, outcome)
            changed += 1
        row[key] = right
    holds(expected, outcome)
    assert changed >= 4

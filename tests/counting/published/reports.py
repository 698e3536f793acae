"""Official Scottish sheets, the report of the 1987 program of Meek's rule, and Burlington's."""

from __future__ import annotations

import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.counting.published import must, same, same_number, same_votes
from voting.counting.tabulation import Outcome

Row = dict[str, Any]


def hold_council(expected: Row, outcome: Outcome) -> None:
    """A returning officer's sheet: all that it has is there, and nothing else."""
    found: Row = outcome.to_json()
    same(found["winners"], expected["winners"], "winners")
    same_number(found["quota"], expected["quota"], "quota")
    same_number(found["valid"], expected["valid"], "valid")
    same(found["seats"], expected["seats"], "seats")
    same(len(found["stages"]), len(expected["stages"]), "number of stages")
    for stage, row in zip(found["stages"], expected["stages"], strict=True):
        what = f"stage {row['stage']}"
        same(stage["stage"], row["stage"], what)
        same_votes(stage["votes"], row["votes"], what)
        same(stage["elected"], row["elected_by_end_of_stage"], f"{what}, elected")
        same(stage["excluded"], row["excluded_after_stage"], f"{what}, excluded")
        left = Decimal(expected["valid"]) - sum(map(Decimal, row["votes"].values()))
        same_number(stage["non_transferable"], left, f"{what}, non-transferable")


def hold_1987(expected: Row, outcome: Outcome) -> None:
    """A report to two places; it leaves out the stages on which an exclusion is passed on."""
    found: Row = outcome.to_json()
    same(set(found["winners"]), set(expected["winners"]), "winners")  # it gives no order
    same(len(found["winners"]), len(expected["winners"]), "number of winners")
    same(found["seats"], expected["seats"], "seats")
    stages, rows = {str(stage["stage"]): stage for stage in found["stages"]}, expected["stages"]
    must(len({row["ref_stage"] for row in rows}) == len(rows), "each row is another stage")
    ends = re.fullmatch(r"(\S+) \(first\), final (\S+)", expected["quota"])
    assert ends is not None
    same_number(ends[1], rows[0]["quota"], "first quota")
    same_number(ends[2], rows[-1]["quota"], "last quota")
    same(rows[-1]["ref_stage"], str(len(stages)), "last stage")
    for row in rows:
        stage, what = stages[row["ref_stage"]], f"stage {row['ref_stage']}"
        printed = {name: _cut(number) for name, number in stage["votes"].items()}
        same_votes(printed, row["votes"], what)
        same_number(_cut(stage["quota"]), row["quota"], f"{what}, quota")
        same_number(_cut(stage["non_transferable"]), row["exhausted"], f"{what}, exhausted")
        same(_tell_states(found, stage["stage"]), row["state"], f"{what}, states")


def _cut(number: str) -> str:
    return str(Decimal(number).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _tell_states(found: Row, number: int) -> dict[str, str]:
    """Everybody's state at the end of a stage, before an exclusion that is decided there."""
    states = dict.fromkeys(found["candidates"], "H")
    for stage in found["stages"][:number]:
        states |= dict.fromkeys(stage["elected"], "EL")
        if stage["stage"] < number:
            states |= dict.fromkeys(stage["excluded"], "EX")
    return states


def hold_city(expected: Row, outcome: Outcome, pairs: Outcome) -> None:
    """Burlington's rounds and pairs. A candidate who is out has no figure."""
    found: Row = outcome.to_json()
    same(found["winners"], expected["winners"], "winners")
    same(len(found["stages"]), len(expected["rounds"]), "number of rounds")
    gone: set[str] = set()
    for stage, row in zip(found["stages"], expected["rounds"], strict=True):
        left = {name: votes for name, votes in stage["votes"].items() if name not in gone}
        same_votes(left, row, f"round {stage['stage']}")
        gone |= set(stage["excluded"])
    same(expected["rounds"][0], expected["ballots_first_prefs"], "first preferences")
    same(set(found["candidates"]), set(expected["candidates"]), "candidates")
    over: Row = pairs.details["pairwise"]  # type: ignore[assignment]
    for names, (above, below) in expected["pairwise_published"].items():
        one, other = names.split("-")
        same([over[one][other], over[other][one]], [above, below], names)


def hold_grades(expected: Row, outcome: Outcome) -> None:
    """The rank of every option, the same for those that are level to the last paper."""
    ranks: dict[str, int] = {}
    for place in outcome.ranking:
        names = (place,) if isinstance(place, str) else place
        ranks |= dict.fromkeys(names, len(ranks) + 1)
    same([ranks[name] for name in outcome.candidates], expected["ranks"], "ranks")
    first = [name for name in outcome.candidates if ranks[name] == 1]
    won = [(place,) if isinstance(place, str) else place for place in outcome.winners]
    same([name for place in won for name in place], first, "winners")


def hold_order(expected: Row, outcome: Outcome) -> None:
    """Winners, the order of all, and the whole table of pairs or points."""
    found: Row = outcome.to_json()
    same(found["winners"], expected["winners"], "winners")
    if "ranking" in expected:
        same(found["ranking"], expected["ranking"], "ranking")
    if "scores" in expected:
        same_votes(found["stages"][0]["votes"], expected["scores"], "scores")
        best = [name for name, _ in Counter(expected["scores"]).most_common()]
        same(found["ranking"], best, "order of scores")
    pairs: Row = outcome.details.get("pairwise", {})  # type: ignore[assignment]
    ours = {f"{one}>{other}": n for one, row in pairs.items() for other, n in row.items()}
    if "pairwise_pairs" in expected:
        same(ours, expected["pairwise_pairs"], "pairs")
    if "official_pairwise_reference_only" in expected:
        _hold_debian(expected, outcome.candidates, pairs)


def _hold_debian(expected: Row, names: tuple[str, ...], pairs: Row) -> None:
    """Debian's matrix, but for the half in which these papers are known to differ from it.

    The case says of each cell of that half what the papers come to, and what Debian published.
    """
    told = re.findall(r"\((\d+), (\d+), (\d+), (\d+)\)", expected["pairwise_note"])
    known = {
        (int(row), int(column)): (int(ours), int(theirs)) for row, column, ours, theirs in told
    }
    matrix = expected["official_pairwise_reference_only"]
    same(len(matrix), len(names), "rows of the matrix")
    for row, cells in enumerate(matrix):
        same(len(cells), len(names), "cells of a row")
        for column, official in enumerate(cells):
            if row == column:
                same(official, None, "diagonal")
                continue
            ours, theirs = known.get((row, column), (official, official))
            same(theirs, official, f"{names[row]} over {names[column]}, official")
            same(pairs[names[row]][names[column]], ours, f"{names[row]} over {names[column]}")

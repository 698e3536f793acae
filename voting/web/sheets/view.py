"""What a sheet shows, taken from a count's JSON: winners, the table of stages, pairs, grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from voting.web.sheets.flows import Flow, make_flow
from voting.web.sheets.pictures import Bars, Profiles, find_mark, make_bars, make_profiles
from voting.web.sheets.words import Text, join_names, rule_title, tell_how, tell_stage, word

Count = Mapping[str, Any]
"""An outcome as JSON: decimals are text, candidates are names."""

UNSAID = frozenset({"quota", "tie"})  # options that the sheet tells in places of their own


@dataclass(frozen=True, slots=True)
class Cell:
    """One candidate after one stage. ``mark`` is elected, excluded or nothing."""

    votes: str
    change: str
    mark: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of stages. ``kind``: candidate, none, loss or quota."""

    kind: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """One candidate against each other: the number, and whether it is the greater one."""

    name: str
    cells: tuple[tuple[str, bool] | None, ...]


@dataclass(frozen=True, slots=True)
class TieLine:
    """A tie that had to be settled, in the reader's words. ``chosen`` may be nobody."""

    stage: int
    purpose: str
    between: str
    chosen: str
    how: Text


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a page shows of a count. ``key`` tells the sheets of one page apart."""

    key: str
    count: Count
    winners: tuple[tuple[str, ...], ...]
    vacant: int
    options: tuple[tuple[str, str], ...]
    rule: str
    version: str
    quota_formula: str
    seed: str
    sentences: tuple[Text, ...]
    ties: tuple[TieLine, ...]
    rows: tuple[Row, ...]
    bars: tuple[Bars, ...]
    flow: Flow | None
    pairs: tuple[PairRow, ...]
    paths: tuple[PairRow, ...]
    profiles: Profiles | None
    ranking: tuple[tuple[int, tuple[str, ...]], ...]


def make_sheet(count: Count, key: str = "count", grade_names: Sequence[str] = ()) -> Sheet:
    """The sheet of *count*. *grade_names* are the words for grades, the best first."""
    options = {str(name): value for name, value in count["options"].items()}
    tie = str(options.get("tie", ""))
    return Sheet(
        key=key,
        count=count,
        winners=tuple(group_of(place) for place in count["winners"]),
        vacant=int(count.get("vacant", 0)),
        options=tuple(
            (word(name), join_names(value) if isinstance(value, list) else word(value))
            for name, value in options.items()
            if name not in UNSAID and value not in (None, "")
        ),
        rule=rule_title(count["rule"]),
        version=word(count["version"]),
        quota_formula=word(options.get("quota", "")),
        seed=tie.removeprefix("lot:") if tie.startswith("lot:") else "",
        sentences=tuple(tell_stage(stage) for stage in count["stages"]),
        ties=tuple(_tie(tie) for tie in count["ties"]),
        rows=tuple(_rows(count)),
        bars=tuple(make_bars(count)),
        flow=make_flow(count),
        pairs=_pairs(count, "pairwise"),
        paths=_pairs(count, "paths"),
        profiles=make_profiles(count, grade_names),
        ranking=tuple(_ranks(count.get("ranking", ()))),
    )


def _tie(tie: Mapping[str, Any]) -> TieLine:
    between = join_names(tie["between"])
    return TieLine(tie["stage"], word(tie["purpose"]), between, tie["chosen"], tell_how(tie))


def group_of(place: str | Sequence[str]) -> tuple[str, ...]:
    """Those who share a place, one or several."""
    return (place,) if isinstance(place, str) else tuple(place)


def _ranks(ranking: Sequence[str | Sequence[str]]) -> list[tuple[int, tuple[str, ...]]]:
    ranks, number = [], 1
    for place in ranking:
        group = group_of(place)
        ranks.append((number, group))
        number += len(group)
    return ranks


# The table of stages


def _rows(count: Count) -> list[Row]:
    stages = count["stages"]
    if not stages or not stages[0]["votes"]:
        return []
    rows = [
        Row("candidate", name, _cells(stages, name, [stage["votes"][name] for stage in stages]))
        for name in count["candidates"]
    ]
    for kind, key in (("none", "non_transferable"), ("loss", "rounding_loss")):
        numbers = [stage[key] for stage in stages]
        if any(Decimal(number) for number in numbers) or (kind == "none" and len(stages) > 1):
            rows.append(Row(kind, "", _cells(stages, "", numbers)))
    quotas = [stage["quota"] for stage in stages]
    if any(quotas):
        rows.append(Row("quota", "", tuple(Cell(quota or "", "", "") for quota in quotas)))
    return rows


def _cells(stages: Sequence[Count], name: str, numbers: Sequence[str]) -> tuple[Cell, ...]:
    cells = []
    for at, (stage, votes) in enumerate(zip(stages, numbers, strict=True)):
        change = _change(numbers[at - 1], votes) if at else ""
        cells.append(Cell(votes, change, find_mark(stage, name)))
    return tuple(cells)


def _change(before: str, after: str) -> str:
    change = Decimal(after) - Decimal(before)
    return f"{change:+f}".replace("-", "\N{MINUS SIGN}") if change else ""


# Pairs and paths


def _pairs(count: Count, key: str) -> tuple[PairRow, ...]:
    table = count["details"].get(key)
    if not isinstance(table, Mapping):
        return ()
    names = count["candidates"]
    return tuple(
        PairRow(
            row,
            tuple(
                None
                if row == column
                else (str(table[row][column]), table[row][column] > table[column][row])
                for column in names
            ),
        )
        for row in names
    )

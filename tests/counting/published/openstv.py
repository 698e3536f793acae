"""The report of OpenSTV on an ERS97 count: a row a stage, and a row a batch of an exclusion.

Its column ``openstv_threshold_col_truncated`` is no quota but the active votes for each place left
and one more, rounded up, after the elections of the row (before those that end the count). When two
reach the last place together, it says who does not get it, where we say who does.
"""

from __future__ import annotations

import re
from decimal import ROUND_UP, Decimal
from typing import Any

from tests.counting.published import must, same, same_number, same_votes
from voting.counting.tabulation import Outcome

Row = dict[str, Any]
CENT = Decimal("0.01")


def hold_ers97(expected: Row, outcome: Outcome) -> None:
    """Every row is one stage of ours, or one batch of the exclusion that is a stage of ours."""
    found = outcome.to_json()
    same(found["winners"], expected["winners"], "winners")
    same_number(found["quota"], expected["quota"], "quota")
    same(found["seats"], expected["seats"], "seats")
    rows = expected["stages"]
    same([row["round"] for row in rows], list(range(1, len(rows) + 1)), "rows")
    groups = expected["stage_groups"]
    same([at for group in groups for at in group], list(range(len(rows))), "rows of stages")
    stages: list[Row] = found["stages"]  # type: ignore[assignment]
    same(len(stages), len(groups), "number of stages")
    batches: list[Row] = outcome.details["batches"]  # type: ignore[assignment]
    elected: list[str] = []
    for at, (stage, group) in enumerate(zip(stages, groups, strict=True)):
        _hold_stage(stage, [rows[row] for row in group], batches)
        _hold_words(stages[at - 1] if at else None, stage, [rows[row] for row in group])
        for row in group:
            elected += _tell_elected(rows[row]["comment"])
            _hold_threshold(rows[row], elected, outcome)
    lots = [row["comment"] for row in rows if "breaking the tie" in row["comment"]]
    same(expected["ties_by_lot"], lots, "comments on ties")
    _hold_ties(found["ties"], lots)  # type: ignore[arg-type]


def _hold_stage(stage: Row, rows: list[Row], batches: list[Row]) -> None:
    ours = [batch for batch in batches if batch["stage"] == stage["stage"]] or [stage]
    same(len(ours), len(rows), f"batches of stage {stage['stage']}")
    for batch, row in zip(ours, rows, strict=True):
        _hold_figures(batch, row)
    _hold_figures(stage, rows[-1])


def _hold_figures(ours: Row, row: Row) -> None:
    what = f"row {row['round']}"
    same_votes(ours["votes"], row["votes"], what)
    same_number(ours["non_transferable"], row["exhausted"], f"{what}, exhausted")
    if told := re.search(r"(?:initial quota is|quota is reduced to) (\d+\.\d+)", row["comment"]):
        same_number(ours["quota"], told[1], f"{what}, quota")
    if told := re.search(r"Transferred votes with value (\d+\.\d+)", row["comment"]):
        must("value" not in ours or Decimal(ours["value"]) == Decimal(told[1]), f"{what}, value")
        must(f" at {told[1]}" in ours.get("sentence", f" at {told[1]}"), f"{what}, value in words")


def _hold_words(before: Row | None, stage: Row, rows: list[Row]) -> None:
    """Who is elected and excluded, in the words of the report."""
    elected = [name for row in rows for name in _tell_elected(row["comment"])]
    same(sorted(stage["elected"]), sorted(elected), f"elected, row {rows[-1]['round']}")
    for row in rows:
        gone = re.search(r" of eliminating (.+?)\. ", row["comment"])
        same(bool(gone), bool(before and before["excluded"]), f"an exclusion, row {row['round']}")
        if gone and before:
            same(sorted(before["excluded"]), sorted(_names(gone[1])), f"row {row['round']}")
        if given := re.search(r"transferring surplus votes from (.+?)\. ", row["comment"]):
            must(f"The surplus of {given[1]}, " in stage["sentence"], row["comment"])


def _tell_elected(comment: str) -> list[str]:
    found = re.search(r"Candidates? ([^.]+?) ha(?:s|ve) reached the threshold", comment)
    return _names(found[1]) if found else []


def _names(told: str) -> list[str]:
    return re.split(r", and | and |, ", told)


def _hold_threshold(row: Row, elected: list[str], outcome: Outcome) -> None:
    quota = Decimal(outcome.show(outcome.quota or 0))
    votes = {name: Decimal(number) for name, number in row["votes"].items()}
    if len(elected) == outcome.seats:
        elected = elected[: -len(_tell_elected(row["comment"]))]
    kept = sum((min(quota, votes[name]) for name in elected), Decimal(0))
    active = outcome.valid - Decimal(row["exhausted"]) - kept
    each = (active / (outcome.seats - len(elected) + 1)).quantize(CENT, ROUND_UP)
    same_number(each, row["openstv_threshold_col_truncated"], f"row {row['round']}, threshold")


def _hold_ties(ties: list[Row], lots: list[str]) -> None:
    told = []
    for comment in lots:
        among = _names(re.search(r"Candidates ([\d, and]+) were tied", comment)[1].strip())  # type: ignore[index]
        chosen, how = re.search(
            r"Candidate (\S+) was chosen by breaking the tie (.+?)\. ", comment
        ).groups()  # type: ignore[union-attr]
        if "over threshold" in comment:
            (chosen,) = set(among) - {chosen}
        at_point = re.search(r"at round (\d+)", how)
        told.append((among, chosen, f"point {at_point[1]} " if at_point else "order"))
    same(len(ties), len(told), "number of ties")
    for tie, (among, chosen, how) in zip(ties, told, strict=True):
        same((tie["between"], tie["chosen"]), (among, chosen), "tie")
        must(how in tie["how"], f"tie of {among}: {tie['how']}")

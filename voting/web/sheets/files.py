"""A count as files: its stages as a table for spreadsheets, and all of it as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from voting.domain.cells import defuse

HEAD = ("Stage", "Row", "Candidate", "Votes", "Decided", "What was done")


def write_stages(count: Mapping[str, Any]) -> str:
    """The stages of a count as CSV: a row for each candidate, and for what is with none.

    No cell is read as a formula by a spreadsheet. Numbers have all their decimals.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for stage in count["stages"]:
        for row in _rows_of(stage):
            writer.writerow((stage["stage"], *row))
    return text.getvalue()


def _rows_of(stage: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    yield ("sentence", "", "", "", defuse(stage["sentence"]))
    for name, votes in stage["votes"].items():
        yield ("candidate", defuse(name), votes, _decided(stage, name), "")
    if stage["votes"]:
        yield ("with no candidate", "", stage["non_transferable"], "", "")
        yield ("lost in rounding", "", stage["rounding_loss"], "", "")
    if stage["quota"] is not None:
        yield ("quota", "", stage["quota"], "", "")


def _decided(stage: Mapping[str, Any], name: str) -> str:
    if name in stage["elected"]:
        return "elected"
    return "excluded" if name in stage["excluded"] else ""


def write_json(count: Mapping[str, Any]) -> str:
    """The whole count as JSON, to be read by people too."""
    return json.dumps(count, ensure_ascii=False, indent=1) + "\n"

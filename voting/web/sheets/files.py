"""A count as files: its stages as a table for spreadsheets, and all of it as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from voting.domain.cells import defuse
from voting.web.sheets.words import tell_stage


def write_stages(count: Mapping[str, Any]) -> str:
    """The stages of a count as CSV, in the reader's language: a row for each candidate and more.

    No cell is read as a formula by a spreadsheet. Numbers have all their decimals.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        (_("Stage"), _("Row"), _("Candidate"), _("Votes"), _("Decided"), _("What was done"))
    )
    for stage in count["stages"]:
        for row in _rows_of(stage):
            writer.writerow((stage["stage"], *row))
    return text.getvalue()


def _rows_of(stage: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    yield (_("sentence"), "", "", "", defuse(tell_stage(stage).words))
    for name, votes in stage["votes"].items():
        yield (_("candidate"), defuse(name), votes, _decided(stage, name), "")
    if stage["votes"]:
        yield (_("with no candidate"), "", stage["non_transferable"], "", "")
        yield (_("lost in rounding"), "", stage["rounding_loss"], "", "")
    if stage["quota"] is not None:
        yield (_("quota"), "", stage["quota"], "", "")


def _decided(stage: Mapping[str, Any], name: str) -> str:
    if name in stage["elected"]:
        return str(_("elected"))
    return str(_("excluded")) if name in stage["excluded"] else ""


def write_json(count: Mapping[str, Any]) -> str:
    """The whole count as JSON, to be read by people too."""
    return json.dumps(count, ensure_ascii=False, indent=1) + "\n"

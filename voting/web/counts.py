"""The counts of an outcome as sheets on its page and as files."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from voting.domain.errors import NotFound
from voting.domain.methods import EQUAL_RANKS, Kind, parse_method
from voting.web.sentences import name_grades
from voting.web.sheets import Sheet, make_sheet
from voting.web.sheets.commands import tell_options
from voting.web.sheets.files import write_json, write_stages
from voting.web.sheets.pdf import Facts, make_pdf

TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def make_sheets(outcome: Mapping[str, Any]) -> dict[str, Sheet]:
    """The sheet of every question that a rule counted, by "CONSTITUENCY-NUMBER" from 1."""
    return {key: _make_sheet(key, question) for key, question in _list_counted(outcome)}


def list_commands(outcome: Mapping[str, Any]) -> list[str]:
    """The commands that count again what rules counted, from archives that have the papers."""
    return [
        shlex.join(
            ["voting", "count", *_tell_how(question), f"--question={number}", part["archive"]]
        )
        for part in outcome["constituencies"]
        for number, question in enumerate(part["questions"], 1)
        if question.get("count") and "public_archive_sha256" not in part
    ]


def _tell_how(question: Mapping[str, Any]) -> Iterator[str]:
    """The rule and what it was told, and which ranks a paper may use, where others would do."""
    yield from tell_options(question["count"])
    method = parse_method(question["counting"])
    if method.kind != Kind.RANK:
        return
    if method.equal_ranks != (method.rule in EQUAL_RANKS):
        yield "--equal" if method.equal_ranks else "--no-equal"
    size = len(question["options"])
    if method.ranks_for(size) < size:
        yield f"--most-ranks={method.ranks_for(size)}"


def write_count(
    outcome: Mapping[str, Any], code: str, number: int, form: str, *, organisation: str
) -> tuple[str | bytes, str]:
    """One count as a file, and what kind of file it is; raises NotFound when there is none."""
    key = f"{code}-{number}"
    question = dict(_list_counted(outcome)).get(key)
    if question is None or form not in TYPES:
        raise NotFound(_("There is no count at this address."))
    if form == "csv":
        return write_stages(question["count"]), TYPES[form]
    if form == "json":
        return write_json(question["count"]), TYPES[form]
    facts = Facts(question["text"], organisation)
    return make_pdf(_make_sheet(key, question), facts), TYPES[form]


def _list_counted(outcome: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for part in outcome["constituencies"]:
        for number, question in enumerate(part["questions"], 1):
            if question.get("count"):
                yield f"{part['code']}-{number}", question


def _make_sheet(key: str, question: Mapping[str, Any]) -> Sheet:
    counting = question["counting"]
    grades = name_grades(counting["grades"], counting.get("grades_cy", ()))[::-1]
    return make_sheet(question["count"], f"count-{key}", grades)

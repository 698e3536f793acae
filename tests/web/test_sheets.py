"""Result sheets: page, pictures, printable document and files say what was counted."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask, render_template_string

from tests.counting.ground import CASES, count
from voting.counting.reading import read_votes
from voting.counting.rules import RULES
from voting.counting.ties import TieRule
from voting.web.sheets import make_sheet
from voting.web.sheets.files import write_json, write_stages
from voting.web.sheets.pdf import Facts, make_pdf

IMPORT = '{% from "layout/sheet.html" import count_sheet with context %}'
PAGE = IMPORT + "{{ count_sheet(sheet, level=2) }}"
GOVAN = CASES / "scot2007_glasgow_govan" / "ballots.blt"


def load(rule: str, path: Any = GOVAN, **chosen: object) -> dict[str, Any]:
    """A count as it is stored: through JSON and back."""
    with path.open("rb") as stream:
        votes = read_votes(stream, rule=rule)
    found: dict[str, Any] = json.loads(json.dumps(count(rule, votes, **chosen).to_json()))
    return found


def show(app: Flask, found: Mapping[str, Any]) -> str:
    with app.test_request_context("/"):
        return render_template_string(PAGE, sheet=make_sheet(found))


def test_the_sheet_tells_winners_rule_quota_and_every_figure(app: Flask) -> None:
    found = load("scottish-stv")

    page = show(app, found)

    winners = page[: page.index("v-summary-list")]
    places = [winners.index(name) for name in found["winners"]]
    assert places == sorted(places)
    assert "Scottish STV (SSI 2007/42)" in page
    assert "1913.00000" in page
    assert "whole part of valid / (seats + 1), plus 1" in page
    table = page[page.index("v-stage-table") : page.index("v-stage-figures")]
    for stage in found["stages"]:
        assert stage["sentence"] in page
        for votes in stage["votes"].values():
            assert votes in table
    assert "+41.45570" in table
    assert "With no candidate" in table


def test_each_stage_is_pictured_with_the_line_of_the_quota_and_words_for_it(app: Flask) -> None:
    found = load("scottish-stv")

    page = show(app, found)
    sheet = make_sheet(found)

    assert page.count("v-stage-quota-line") == len(found["stages"]) == len(sheet.bars)
    first = sheet.bars[0]
    assert first.quota == "1,913.00"
    bar = next(bar for bar in first.bars if bar.name == "Allison Hunter")
    assert first.quota_at is not None
    assert bar.length > first.quota_at
    assert "Allison Hunter: 2,694.00, elected." in re.sub(r"\s+", " ", page)
    assert page.count('role="img"') == len(found["stages"]) + 1


def test_bands_of_the_transfer_picture_keep_the_votes(app: Flask) -> None:
    flow = make_sheet(load("scottish-stv")).flow
    assert flow is not None

    columns: dict[float, float] = {}
    for node in flow.nodes:
        columns[node.x] = columns.get(node.x, 0.0) + node.height
    assert len(columns) == len(flow.columns)
    assert all(abs(height - 320) < 0.01 for height in columns.values())
    assert {band.kind for band in flow.bands} == {"stays", "moves"}


def test_pairs_and_paths_of_schulze_are_tables(app: Flask) -> None:
    page = show(app, load("schulze", CASES / "schulze_wikipedia_45" / "ballots.csv"))

    assert "Who was put above whom" in page
    assert "Strongest chains of defeats" in page
    assert "<strong>33 ✓</strong>" in page


def test_grades_stand_in_order_with_the_middle_line_and_words(app: Flask) -> None:
    found = load("majority-judgment", CASES / "mj_mieuxvoter_few_participants" / "tallies.json")

    with app.test_request_context("/"):
        sheet = make_sheet(found, grade_names=("Good", "Fair", "Poor"))
        page = render_template_string(PAGE, sheet=sheet)

    assert sheet.profiles is not None
    assert sheet.profiles.profiles[0].name == found["winners"][0]
    assert "middle grade Good" in page
    assert "v-stage-quota-line" in page


def test_a_tie_and_the_seed_of_its_lot_are_told(app: Flask) -> None:
    found = json.loads(
        json.dumps(
            count(
                "plurality", "count,A,B\n2,1,\n2,,1\n", tie=TieRule("frozen-and-closed")
            ).to_json()
        )
    )

    page = show(app, found)

    assert "frozen-and-closed" in page
    assert "candidate to elect: A, B. Chosen:" in page
    assert "a zero byte and the name" in page


def test_a_tie_that_is_left_open_is_shown_as_one(app: Flask) -> None:
    page = show(app, json.loads(json.dumps(count("plurality", "A,B\n1,\n,1\n").to_json())))

    assert "A, B" in re.sub(r"\s+", " ", page)
    assert "Tied" in page


def test_names_cannot_become_markup_or_commands(app: Flask) -> None:
    name = '<script>"x"</script> #eval("1") \\ $x$'
    votes = json.dumps({"candidates": [name, "B"], "ballots": [{"ranking": [name]}]})
    found = json.loads(json.dumps(count("scottish-stv", votes).to_json()))

    page = show(app, found)
    with app.test_request_context("/"):
        pdf = make_pdf(make_sheet(found), Facts(name, name))

    assert "<script>" not in page
    assert pdf.startswith(b"%PDF-")


@pytest.mark.parametrize("rule", ["ers97", "meek", "schulze", "majority-judgment"])
def test_the_printable_sheet_is_a_tagged_document(app: Flask, rule: str) -> None:
    path = {
        "schulze": CASES / "schulze_wikipedia_45" / "ballots.csv",
        "majority-judgment": CASES / "mj_mieuxvoter_few_participants" / "tallies.json",
    }.get(rule, CASES / "ers97_model_election" / "ballots.blt")
    found = load(rule, path)

    with app.test_request_context("/"):
        pdf = make_pdf(make_sheet(found), Facts("Board election", "Northmoor", "voting count"))

    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid:part" in pdf


def test_the_stages_as_csv_have_every_figure_and_no_formula(app: Flask) -> None:
    votes = '2 1\n3 1 0\n2 2 0\n0\n"=1+1"\n"B"\n"T"\n'
    found = count("scottish-stv", votes).to_json()

    with app.test_request_context("/"):
        rows = list(csv.reader(io.StringIO(write_stages(found))))

    assert rows[0][0] == "Stage"
    assert ["1", "candidate", "'=1+1", "3.00000", "elected", ""] in rows
    assert ["1", "quota", "", "3.00000", "", ""] in rows
    assert json.loads(write_json(found)) == json.loads(json.dumps(found))


def test_every_rule_has_a_name_on_its_sheet(app: Flask) -> None:
    for rule in RULES:
        found = {**load("plurality", GOVAN), "rule": rule}
        words = show(app, found).split("Counting rule</dt>")[1].split("(1)")[0]
        assert rule not in words or rule in ("schulze",), words

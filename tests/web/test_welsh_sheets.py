"""Result sheets for a Welsh reader: what a count says is in Welsh, its JSON and names stay."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask, render_template_string

from tests.counting.ground import CASES, count
from tests.pdf_ground import read_words, squeeze
from tests.web.test_sheets import PAGE
from tests.welsh_ground import find_english
from voting.counting.reading import read_votes
from voting.counting.ties import TieRule
from voting.counting.words import Said
from voting.web.sheets import make_sheet
from voting.web.sheets.files import write_stages
from voting.web.sheets.pdf import Facts, make_pdf
from voting.web.sheets.words import tell

WORDS = {
    "Elected:": "Etholwyd:",
    "The count": "Y cyfrif",
    "Places": "Lleoedd",
    "Valid papers": "Papurau dilys",
    "Stage by stage": "Fesul cam",
    "With no candidate": "Heb ymgeisydd",
    "Votes as bars": "Y pleidleisiau fel barrau",
    "withdrawn": "tynnwyd yn ôl",
    "Count again with:": "Cyfrifwch eto â:",
}
WELSH = {"Accept-Language": "cy"}
RANKED = CASES / "ers97_model_election" / "ballots.blt"
TIED = "4 2\n3 1 2 0\n3 2 1 0\n2 3 0\n2 4 3 0\n0\nAled\nBeca\nCadi\nDewi\n"
EQUAL = "3 1\n1 1 2 3 0\n1 2 3 1 0\n1 3 1 2 0\n0\nAled\nBeca\nCadi\n"
LOT = {"tie": TieRule("hedyn")}
COUNTS: list[tuple[str, str, dict[str, Any]]] = [
    *((rule, "", {}) for rule in ("scottish-stv", "ers97", "meek", "wigm-prf", "belenios-stv")),
    *((rule, TIED, LOT) for rule in ("scottish-stv", "ers97", "meek", "wigm-prf", "belenios-stv")),
    ("meek", "", {"variant": "hww"}),
    ("meek", TIED, {"variant": "hww"}),
    ("irv", "", {"seats": 1, "exclude": "batch"}),
    ("irv", TIED, {"seats": 1, "until": "two", "overvote": "skip", **LOT}),
    ("scottish-stv", TIED, {"vacancy": "Aled"}),
    ("scottish-stv", TIED, {"none_of_these": "Aled"}),
    ("scottish-stv", "3 1\n3 1 0\n1 2 0\n0\nAled\nBeca\nCadi\n", {"withdrawn": ("Aled",)}),
    ("schulze", ",Aled,Beca,Cadi\nAled,,1,2\nBeca,2,,2\nCadi,1,0,\n", {"withdrawn": ("Aled",)}),
    ("schulze", EQUAL, {}),
    ("schulze", EQUAL, {"strength": "margins", **LOT}),
    ("ranked-pairs", EQUAL, {}),
    ("ranked-pairs", EQUAL, LOT),
    ("borda", EQUAL, {}),
    ("plurality", TIED, {"seats": 1}),
    ("approval", TIED, {"choose": 2, **LOT}),
    ("score", "Aled,Beca\n5,1\n2,3\n", {"highest": 5}),
    ("majority-judgment", "Aled,Beca\n1,2\n2,1\n", {"middle": "upper"}),
    ("majority-judgment", '{"tallies":[[1,2],[1,1]]}', {"missing": "median"}),
]


def make_count(rule: str, content: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """A count as it is stored: through JSON and back."""
    if content:
        outcome = count(rule, content, **chosen)
    else:
        with RANKED.open("rb") as stream:
            outcome = count(rule, read_votes(stream, rule=rule), **chosen)
    found: dict[str, Any] = json.loads(json.dumps(outcome.to_json()))
    return found


@pytest.fixture
def welsh(app: Flask) -> Iterator[Flask]:
    with app.test_request_context("/", headers=WELSH):
        yield app


@pytest.mark.usefixtures("welsh")
@pytest.mark.parametrize(("rule", "content", "chosen"), COUNTS)
def test_everything_a_count_says_is_told_in_welsh(
    rule: str, content: str, chosen: dict[str, Any]
) -> None:
    found = make_count(rule, content, chosen)

    sheet = make_sheet(found)

    for stage, said in zip(found["stages"], sheet.sentences, strict=True):
        assert said.language == ""
        assert not find_english(said.words.split(". ")), said.words
        assert said.words != stage["sentence"]
    for tie, line in zip(found["ties"], sheet.ties, strict=True):
        assert line.how.language == ""
        assert (line.how.words, line.purpose) != (tie["how"], tie["purpose"])
        assert not find_english([line.how.words, line.purpose])
    kept = {"prf", "hww", *found["candidates"], "Aled"}
    for name, value in sheet.options:
        assert name not in found["options"] or name == "omega", name
        assert (
            value not in map(str, found["options"].values()) or value in kept or _is_number(value)
        )
    assert sheet.quota_formula == "" or sheet.quota_formula != found["options"]["quota"]
    assert not find_english([sheet.version, sheet.quota_formula, sheet.rule])


def _is_number(value: str) -> bool:
    return value.replace(".", "", 1).isdigit()


@pytest.mark.usefixtures("welsh")
def test_a_welsh_page_pdf_and_table_of_stages_have_no_english_sentence() -> None:
    found = make_count("scottish-stv", "", {})
    sheet = make_sheet(found)

    page = render_template_string(PAGE, sheet=sheet)
    table = write_stages(found)

    for stage in found["stages"]:
        assert stage["sentence"] not in page
        assert stage["sentence"] not in table
    assert 'lang="en"' not in page
    assert "Dewisiadau cyntaf." in page
    assert table.splitlines()[0] == "Cam,Rhes,Ymgeisydd,Pleidleisiau,Penderfyniad,Yr hyn a wnaed"
    assert "1,ymgeisydd," in table


@pytest.mark.usefixtures("welsh")
def test_the_printed_sheet_says_in_welsh_what_it_says_in_english() -> None:
    votes = TIED.replace("4 2", "5 2", 1).replace("\n0\n", "\n2 5 0\n0\n") + "Efa\n"
    found = make_count("scottish-stv", votes, {**LOT, "withdrawn": ("Efa",)})
    sheet = make_sheet(found)

    pdf = read_words(make_pdf(sheet, Facts("Etholiad", "Northmoor", "voting count")))

    for stage, said in zip(found["stages"], sheet.sentences, strict=True):
        assert squeeze(said.words) in pdf
        assert squeeze(stage["sentence"]) not in pdf
    for tie, line in zip(found["ties"], sheet.ties, strict=True):
        assert squeeze(line.how.words) in pdf
        assert squeeze(tie["how"]) not in pdf
    assert found["ties"]
    for english, welsh in WORDS.items():
        assert squeeze(welsh) in pdf, welsh
        assert squeeze(english) not in pdf, english


@pytest.mark.usefixtures("welsh")
def test_papers_are_counted_in_the_forms_of_welsh() -> None:
    found = make_count("scottish-stv", "3 1\n3 1 2 0\n2 2 1 0\n1 3 2 0\n0\nA\nB\nC\n", {})

    told = [said.words for said in make_sheet(found).sentences]

    assert any("1 o 1 papur i" in one for one in told), told


@pytest.mark.usefixtures("welsh")
def test_a_count_made_before_sentences_had_patterns_is_told_as_it_was_declared() -> None:
    found = make_count("scottish-stv", TIED, {})
    for line in (*found["stages"], *found["ties"]):
        del line["told"]

    sheet = make_sheet(found)

    assert {said.language for said in sheet.sentences} == {"en"}
    assert sheet.sentences[0].words == found["stages"][0]["sentence"]
    assert 'lang="en"' in render_template_string(PAGE, sheet=sheet)


def test_a_saying_is_english_by_itself_and_welsh_from_its_json(welsh: Flask) -> None:
    papers = (
        Said(
            "%(number)s paper at %(value)s",
            {"number": "3", "value": "0.5"},
            "%(number)s papers at %(value)s",
            3,
        ),
    )
    said = Said(
        "The surplus of %(names)s, %(surplus)s, is transferred: %(papers)s.",
        {"names": ("Ann", "Bob"), "surplus": "1.5", "papers": papers},
    )

    assert str(said) == "The surplus of Ann and Bob, 1.5, is transferred: 3 papers at 0.5."
    assert tell(said.to_json()) == "Trosglwyddir gwarged Ann, Bob, 1.5: 3 phapur ar werth 0.5."

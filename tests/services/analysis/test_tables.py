"""D1: tables of answers add up, and show no small number; exports say the same, safely."""

from __future__ import annotations

import csv
import io
import json

import pytest
from odf.opendocument import load
from odf.table import TableCell, TableRow
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from tests.analysis_ground import SITES, THOUGHTS
from voting.domain.errors import BadInput
from voting.services import analysis
from voting.services.analysis import exports
from voting.store.consultations import Consultation
from voting.store.responses import Answer, Response, list_answers


def test_a_table_counts_everyone_once(session: Session, consultation: Consultation) -> None:
    (table,) = analysis.tabulate(session, consultation, consultation.questions[0])
    assert [line.label for line in table.lines] == list(SITES), "nobody left it out"
    assert table.total == 300
    assert table.audiences == (("Staff", 60), ("The public", 240))
    shown = [line.total for line in table.lines]
    assert shown[0] is not None
    assert 150 < shown[0] < 210


def test_d1_no_number_under_ten_is_shown(session: Session, consultation: Consultation) -> None:
    tables = analysis.list_tables(session, consultation)
    assert [table.kind for table in tables] == [
        "single", "several", "rating", "matrix", "matrix", "ranking", "number",
    ]  # fmt: skip
    for table in tables:
        for line in table.lines:
            for shown in (line.total, *line.by_audience):
                assert shown is None or shown >= 10
    park = next(line for line in tables[0].lines if line.label == "Park")
    assert park.by_audience[0] is None, "3 of 60 staff"


def test_d1_tables_of_one_question_agree_so_that_no_difference_tells_more(
    session: Session, consultation: Consultation
) -> None:
    site, rating = consultation.questions[0], consultation.questions[2]
    (plain,) = analysis.tabulate(session, consultation, site)
    by_audience = analysis.cross_tabulate(session, consultation, site.id, None)
    crossed = analysis.cross_tabulate(session, consultation, site.id, rating.id)
    totals = tuple(line.total for line in plain.lines)
    for other in (by_audience, crossed):
        assert other.table is not None
        assert other.table.column_totals == totals
    assert by_audience.table is not None
    assert by_audience.table.cells == tuple(
        zip(*(line.by_audience for line in plain.lines), strict=True)
    )


def test_who_did_not_answer_is_a_part_like_others(
    session: Session, consultation: Consultation
) -> None:
    question = consultation.questions[0]
    silent = session.query(Answer).filter_by(question_id=question.id).order_by(Answer.id).limit(40)
    for answer in silent.all():
        answer.is_current = False
    session.flush()
    (table,) = analysis.tabulate(session, consultation, question)
    assert table.lines[-1].label == "No answer"
    assert table.lines[-1].total == 40


def test_a_number_is_shown_by_its_quartiles(session: Session, consultation: Consultation) -> None:
    (table,) = analysis.tabulate(session, consultation, consultation.questions[5])
    assert table.summary is not None
    lower, middle, upper = table.summary
    assert 0 < lower < middle < upper < 30


def test_what_cannot_be_crossed_is_named(session: Session, consultation: Consultation) -> None:
    site, written = consultation.questions[0], consultation.questions[-1]
    with pytest.raises(BadInput, match="one answer") as refused:
        analysis.cross_tabulate(session, consultation, written.id, None)
    assert refused.value.field == "across"
    with pytest.raises(BadInput, match="two different"):
        analysis.cross_tabulate(session, consultation, site.id, site.id)


def test_the_sheets_all_say_the_same(session: Session, consultation: Consultation) -> None:
    tables = analysis.list_tables(session, consultation)
    rows = [[str(cell) for cell in row] for row in exports.list_rows(tables)]
    assert list(csv.reader(io.StringIO(exports.tables_csv(tables)))) == rows
    sheet = load_workbook(io.BytesIO(exports.tables_xlsx(tables))).active
    assert [[str(c) if c is not None else "" for c in row] for row in sheet.values] == rows
    ods = load(io.BytesIO(exports.tables_ods(tables)))
    assert [
        [str(cell) for cell in row.getElementsByType(TableCell)]
        for row in ods.getElementsByType(TableRow)
    ] == rows
    assert json.loads(exports.tables_json(tables))[0]["total"] == 300


def test_no_cell_of_an_export_is_a_formula(session: Session, consultation: Consultation) -> None:
    consultation.questions[0].text = "=1+1"
    organisation = session.query(Response).order_by(Response.id).first()
    organisation.is_organisation, organisation.organisation = True, "+44 Ltd"
    declined = session.query(Answer).filter_by(response_id=organisation.id).first()
    declined.is_declined = True
    session.flush()
    rows = list(csv.reader("".join(exports.iter_responses_csv(session, consultation)).splitlines()))
    assert len(rows) == 301
    assert "'=1+1" in rows[0]
    assert rows[1][4] == "'+44 Ltd"
    assert "prefers not to say" in rows[1]
    cells = {row[-1] for row in rows[1:]}
    assert f"'{THOUGHTS[3]}" in cells
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_sheets_of_responses_say_what_the_csv_says_in_every_program(
    session: Session, consultation: Consultation
) -> None:
    answer = session.query(Answer).filter(Answer.text != "").order_by(Answer.id).first()
    answer.text = " <b>&amp;</b> ]]>\x0b  two  spaces\nsecond  line "
    session.flush()
    csv_text = "".join(exports.iter_responses_csv(session, consultation))
    rows = list(csv.reader(io.StringIO(csv_text, newline="")))
    rows = [[cell.replace("\x0b", "�") for cell in row] for row in rows]
    xlsx = b"".join(exports.iter_responses_xlsx(session, consultation))
    ods = b"".join(exports.iter_responses_ods(session, consultation))

    sheet = load_workbook(io.BytesIO(xlsx)).active
    assert [["" if c is None else str(c) for c in row] for row in sheet.values] == rows
    assert not any(cell.data_type == "f" for row in sheet.rows for cell in row)
    for made in (xlsx, ods):
        book = CalamineWorkbook.from_filelike(io.BytesIO(made))
        read = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        told = [[f"{c:g}" if isinstance(c, float) else str(c) for c in row] for row in read]
        assert told == rows
    tables = load(io.BytesIO(ods)).getElementsByType(TableRow)
    assert len(tables) == 301


def test_answers_are_exported_in_the_words_that_people_chose(
    session: Session, consultation: Consultation
) -> None:
    first = session.query(Response).order_by(Response.id).first()
    given = {each.question.kind: each for each in list_answers(session, first.id)}
    said = {"single": 1, "several": [0, 2], "rating": 4, "matrix": [1, None], "ranking": [2, 0, 1]}
    for kind, value in (said | {"number": "7"}).items():
        given[kind].value = json.dumps(value)
    consultation.questions[1].text = consultation.questions[0].text
    session.flush()
    rows = list(csv.reader(io.StringIO("".join(exports.iter_responses_csv(session, consultation)))))
    assert rows[1][6:12] == [
        "South pool", "Price; Staff", "4", "Price: Good", "1. Park; 2. North pool; 3. South pool",
        "7",
    ]  # fmt: skip
    book = load_workbook(io.BytesIO(b"".join(exports.iter_responses_xlsx(session, consultation))))
    row = list(book.active.values)[1]
    assert (row[8], row[11]) == (4, 7)  # numbers, to be reckoned with
    answers = json.loads(next(exports.iter_responses_json(session, consultation)).splitlines()[0])
    assert list(answers["answers"].items())[:6] == [
        ("Which site do you use most?", "South pool"),
        ("Which site do you use most? (2)", ["Price", "Staff"]),
        ("How good is the service?", 4),
        ("How are these?", {"Price": "Good"}),
        ("Put these in order", ["Park", "North pool", "South pool"]),
        ("How often a month do you come?", "7"),
    ]


def test_every_response_is_exported_with_its_answers(
    session: Session, consultation: Consultation
) -> None:
    lines = [
        json.loads(line)
        for batch in exports.iter_responses_json(session, consultation)
        for line in batch.splitlines()
    ]
    assert len(lines) == 300
    assert {line["Audience"] for line in lines} == {"Staff", "The public"}
    assert lines[0]["answers"][consultation.questions[-1].text] == THOUGHTS[0]

"""Spreadsheets: values come out as people see them, and nothing hostile gets at the memory."""

from __future__ import annotations

import datetime as dt
import struct
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.roll_ground import edit_zip, make_ods, make_raw_xlsx, make_xlsx, make_zip
from voting.domain.roll import UnreadableFileError, open_file, package, parse_roll

HEAD = ("name", "email", "reference")
SAM = ("Sam", "sam@people.example", "E1")
BO = ("Bo", "bo@people.example", "E2")


def read_rows(content: bytes, sheet: int = 0) -> list[list[str]]:
    return [record.cells for record in open_file(content).iter_records(sheet)]


def refuse(content: bytes) -> str:
    report = parse_roll(content)
    assert report.is_unreadable
    return report.faults[0].message


@pytest.mark.parametrize("make", [make_xlsx, make_ods])
def test_a_spreadsheet_is_read_like_a_csv_file(make) -> None:
    report = parse_roll(make({"Staff": [HEAD, SAM, ("", "", ""), ("Siân", "nowhere", "E2")]}))

    assert [(row.row, row.name, row.reference) for row in report.rows] == [(2, "Sam", "E1")]
    assert [(fault.row, fault.cell, fault.message) for fault in report.faults] == [
        (4, "B4", "Row 4: 'nowhere' is not a mail address.")
    ]
    assert report.encoding == ""


def test_rows_and_cells_are_counted_from_the_corner_of_the_sheet() -> None:
    empty = (None,) * 4
    rows = [empty, empty, (None, *HEAD), (None, "Sam", "nowhere", "E1")]
    (fault,) = parse_roll(make_xlsx({"Staff": rows})).faults

    assert (fault.row, fault.cell) == (4, "C4")


def test_numbers_and_dates_come_out_as_people_see_them() -> None:
    values = [123.0, 123, 12.5, "00123", 123, True, dt.date(2026, 3, 1), 10**14]
    rows = [HEAD, *[("Sam", f"s{n}@x.example", value) for n, value in enumerate(values)]]
    content = make_xlsx({"Staff": rows}, formats={"C6": "00000"})

    assert [row[2] for row in read_rows(content)[1:]] == [
        "123", "123", "12.5", "00123", "00123", "TRUE", "2026-03-01", "100000000000000",
    ]  # fmt: skip


def test_a_payroll_number_keeps_the_zeros_that_an_ods_sheet_shows() -> None:
    number = {"text": "00123", "valuetype": "float", "value": "123"}
    plain = {"text": "123.00", "valuetype": "float", "value": "123"}
    rows = [HEAD, ("Sam", "sam@people.example", number), ("Bo", "bo@people.example", plain)]

    assert [row.reference for row in parse_roll(make_ods({"Staff": rows})).rows] == ["00123", "123"]


def test_a_number_too_long_for_a_spreadsheet_is_refused() -> None:
    rows = [HEAD, ("Sam", "sam@people.example", 1234567890123456789)]
    (fault,) = parse_roll(make_xlsx({"Staff": rows})).faults

    assert (fault.cell, fault.column) == ("C2", "reference")
    assert "more than 15 digits" in fault.message


@pytest.mark.parametrize(
    "content",
    [
        make_xlsx({"Staff": [HEAD, ('="S"&"am"', *SAM[1:]), BO]}),
        make_ods(
            {"Staff": [HEAD, ({"text": "Sam", "formula": 'of:="S"&"am"'}, *SAM[1:]), BO]},
        ),
    ],
)
def test_a_formula_is_refused_in_its_cell_whatever_it_last_came_to(content: bytes) -> None:
    report = parse_roll(content)

    assert [row.row for row in report.rows] == [3]
    (fault,) = report.faults
    assert (fault.row, fault.cell, fault.column) == (2, "A2", "name")
    assert "is worked out by a formula" in fault.message


def test_a_formula_in_a_column_that_is_not_used_does_no_harm() -> None:
    rows = [("name", "email", "Years"), ("Sam", "sam@people.example", "=1+1")]

    assert parse_roll(make_xlsx({"Staff": rows})).faults == ()


def test_an_error_in_a_cell_is_told() -> None:
    cell = '<c r="C2" t="e"><v>#N/A</v></c>'
    head = "".join(
        f'<c r="{letter}{row}" t="inlineStr"><is><t>{text}</t></is></c>'
        for row, texts in ((1, HEAD), (2, SAM[:2]))
        for letter, text in zip("ABC", texts, strict=False)
    )
    (fault,) = parse_roll(make_raw_xlsx(f'<row r="1">{head}{cell}</row>')).faults

    assert (fault.cell, fault.message) == (
        "C2",
        "Row 2: the reference holds an error such as #N/A instead of a value.",
    )


def test_text_that_begins_like_a_formula_is_refused_as_in_csv() -> None:
    content = edit_zip(
        make_xlsx({"Staff": [HEAD, ("xx1+1", *SAM[1:])]}),
        "xl/worksheets/sheet1.xml",
        "xx1+1",
        "=1+1",
    )

    assert "which a spreadsheet would run" in parse_roll(content).faults[0].message


def test_only_sheets_that_can_be_seen_are_offered() -> None:
    content = make_xlsx({"Notes": [["x"]], "Old": [HEAD], "Staff": [HEAD, SAM]})
    hidden = edit_zip(content, "xl/workbook.xml", 'name="Old"', 'name="Old" state="hidden"')
    hidden = edit_zip(hidden, "xl/workbook.xml", 'sheetId="2" state="visible"', 'sheetId="2"')
    source = open_file(hidden)

    assert source.sheets == ("Notes", "Staff")
    assert [record.cells for record in source.iter_records(1)] == [list(HEAD), list(SAM)]
    with pytest.raises(UnreadableFileError, match="no such sheet"):
        next(source.iter_records(2))


def test_macros_are_never_read() -> None:
    content = make_raw_xlsx('<row><c t="inlineStr"><is><t>name</t></is></c></row>', vbaProject="X")
    locked = content.replace(b"xl/vbaProject.xml", b"xl/vbaProject.bin")

    assert read_rows(locked) == [["name"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (make_zip({"word/document.xml": "<x/>"}), "not a spreadsheet that can be read"),
        (make_zip({"xl/workbook.bin": "x"}), "not a spreadsheet that can be read"),
        (make_raw_xlsx("<row>"), "The file is damaged"),
        (make_raw_xlsx('<row><c r="?"><v>1</v></c></row>'), "The file is damaged"),
        (make_raw_xlsx('<v>1</v>'), "The file is damaged"),
        (make_raw_xlsx('<row><c t="s"><v>9</v></c></row>', sharedStrings="<sst/>"), "is damaged"),
        (make_xlsx({"Staff": [HEAD, SAM]})[:-400], "The file is damaged"),
        (make_xlsx({"Staff": [HEAD, SAM]})[:1500], "The file is damaged"),
        (
            edit_zip(
                make_ods({"Staff": [HEAD]}), "META-INF/manifest.xml", "<manifest:file-entry",
                "<manifest:encryption-data/><manifest:file-entry",
            ),
            "locked with a password",
        ),
    ],
)  # fmt: skip
def test_what_is_no_spreadsheet_is_refused_in_words(content: bytes, said: str) -> None:
    assert said in refuse(content)


def test_entities_are_not_unfolded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'

    assert "damaged" in refuse(make_raw_xlsx("<row/>", sharedStrings=bomb))


BOMBS = {
    "a far away cell": make_raw_xlsx(
        '<row><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "a part of zeros": make_raw_xlsx("<row/>", sharedStrings=b" " * (140 * 1024 * 1024)),
    "one long text in many cells": make_raw_xlsx(
        "<row>" + '<c t="s"><v>0</v></c>' * 200 + "</row>",
        sharedStrings=f"<sst><si><t>{'x' * 1_000_000}</t></si></sst>",
    ),
    "a repeated row": edit_zip(
        make_ods({"Staff": [HEAD, SAM]}),
        "content.xml",
        "<table:table-row>",
        '<table:table-row table:number-rows-repeated="1000000">',
    ),
    "a repeated cell": edit_zip(
        make_ods({"Staff": [HEAD]}),
        "content.xml",
        "<table:table-cell",
        '<table:table-cell table:number-columns-repeated="1000000"',
    ),
    "many tables": edit_zip(
        make_ods({"A": [HEAD], "B": [HEAD]}),
        "content.xml",
        "<table:table-row>",
        '<table:table-row table:number-rows-repeated="249000"><table:table-cell '
        'table:number-columns-repeated="8"/>',
    ),
    "a table within a table": edit_zip(
        make_ods({"A": [HEAD]}), "content.xml", "<text:p>name</text:p>",
        '<table:table table:name="B"/>',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_it_goes_off(name: str) -> None:
    tracemalloc.start()
    try:
        told = refuse(BOMBS[name])
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert any(said in told for said in ("reaches to cell", "more ", "table within a table"))
    assert most < 60 * 1024 * 1024


def test_a_part_that_lies_about_its_size_is_not_believed() -> None:
    content = make_raw_xlsx("<row/>", sharedStrings=b" " * 5_000_000)
    told, short = struct.pack("<I", 5_000_000), struct.pack("<I", 10)
    assert content.count(told) >= 1

    assert "damaged" in refuse(content.replace(told, short))


def test_a_large_spreadsheet_is_refused_by_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_PACKED", 1000)

    assert "larger than 0 MB" in refuse(make_xlsx({"Staff": [HEAD, SAM]}))


def test_a_directory_without_end_is_refused() -> None:
    content = make_xlsx({"Staff": [HEAD]})
    end = content.rfind(b"PK\x05\x06")
    long = content[: end + 12] + b"\xff\xff\xff\x0f" + content[end + 16 :]

    assert "damaged" in refuse(long)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_damage_makes_it_raise(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([XLSX, ODS])))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))

    report = parse_roll(bytes(content))

    assert report.rows or report.faults


XLSX = make_xlsx({"Staff": [HEAD, SAM]})
ODS = make_ods({"Staff": [HEAD, SAM]})


@pytest.mark.slow
def test_a_hundred_thousand_rows_of_a_workbook_are_read_in_seconds() -> None:
    rows = "".join(
        f"<row><c><v>{n}</v></c>"
        f'<c t="inlineStr"><is><t>Siân Price {n}</t></is></c>'
        f'<c t="inlineStr"><is><t>sian.{n}@d{n % 40}.example</t></is></c></row>'
        for n in range(100_000)
    )
    content = make_raw_xlsx(f"<row>{_heads('reference', 'name', 'email')}</row>{rows}")
    began = time.process_time()

    report = parse_roll(content)

    assert len(report.rows) == 100_000
    assert time.process_time() - began < 30


def _heads(*told: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in told)

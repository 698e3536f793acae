"""A roll comes in from a file: nothing is stored of it that was not looked at and agreed to."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from werkzeug.test import TestResponse

from tests.organiser_ground import (
    Clerk,
    follow,
    import_roll,
    list_errors,
    make_draft,
    make_proposal,
    sign_in,
)
from tests.roll_ground import make_ods, make_raw_xlsx, make_xlsx, make_zip
from voting.domain.roll import files
from voting.store.database import db
from voting.store.proposals import Act
from voting.store.roll import Elector, RollImport
from voting.web.organiser import uploads

PEOPLE = [
    ("Payroll no", "Surname", "Forename", "Work email", "Pay grade"),
    ("00123", "Price", "Sam", "sam@example.org", "G7"),
    ("00124", "Okafor", "Ada", "ada@example.org", "G6"),
]
GUESSED = {"column-0": "reference", "column-1": "last_name", "column-2": "first_name"}
CHOSEN = {**GUESSED, "column-3": "email", "column-4": "", "sheet": "0", "heading_row": "1"}
MIXED = b"name,email\nSam,sam@example.org\nBo,nothing\nAda,sam@example.org\n"


def count(clerk: Clerk, table: type) -> int:
    with clerk.app.app_context():
        return db.session.query(table).count()


def read_names(clerk: Clerk) -> list[tuple[str, str]]:
    with clerk.app.app_context():
        return [(e.name, e.reference) for e in db.session.query(Elector).order_by(Elector.id)]


def send(clerk: Clerk, content: bytes, name: str = "roll.csv") -> TestResponse:
    """Upload a roll for the staff of a new proposal."""
    return clerk.send_roll(f"{make_proposal(clerk)}/roll/staff/upload", content, name)


def find_report(answer: TestResponse) -> str:
    """The fingerprint of the report that a page shows."""
    found = re.search(r'name="report"[^>]*value="([0-9a-f]{64})"', answer.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("make", [make_xlsx, make_ods])
def test_a_spreadsheet_comes_onto_the_roll_by_its_columns(clerk: Clerk, make) -> None:
    page = follow(send(clerk, make({"Staff": PEOPLE}), "staff list.xlsx"))

    shown = clerk.get(page).text
    for told in ("Column A: Payroll no", "“00123”, “00124”", "Column E: Pay grade", "“G7”"):
        assert told in shown
    for name, field in GUESSED.items():
        select = shown.partition(f'name="{name}"')[2].partition("</select>")[0]
        assert f'<option selected value="{field}">' in select
    preview = follow(clerk.post(page, CHOSEN))
    shown = clerk.get(preview).text
    assert "Put 2 people on the roll" in shown
    assert "Pay grade" not in shown
    assert read_names(clerk) == []
    follow(clerk.post(f"{preview}/confirm"))

    assert read_names(clerk) == [("Sam Price", "00123"), ("Ada Okafor", "00124")]
    with clerk.app.app_context():
        assert db.session.query(RollImport).one().content == b""


def test_another_sheet_and_another_row_of_headings_can_be_shown(clerk: Clerk) -> None:
    sheets = {"Notes": [["Nothing here"]], "Staff": [["List"], *PEOPLE], "Empty": []}
    page = follow(send(clerk, make_xlsx(sheets), "staff.xlsx"))

    assert '<option value="0" selected>Notes' in clerk.get(page).text
    shown = clerk.get(f"{page}?sheet=1").text
    assert "Column D: Work email" in shown
    assert 'name="heading_row" type="hidden" value="2"' in shown
    assert "Column D: Work email" in clerk.get(f"{page}?shown=0&sheet=1&heading=1").text
    assert "Column D: sam@example.org" in clerk.get(f"{page}?sheet=1&heading=3").text
    assert "There is nothing in this sheet from row 1 on" in clerk.get(f"{page}?sheet=2").text
    assert clerk.get(f"{page}?sheet=9").status_code == 422
    assert clerk.get(f"{page}?sheet=x&heading=y").status_code == 200
    follow(clerk.post(page, {**CHOSEN, "sheet": "1", "heading_row": "2"}))
    again = clerk.get(page).text
    assert '<option value="1" selected>Staff' in again
    assert "Column D: Work email" in again


def test_columns_that_cannot_be_are_refused_and_kept(clerk: Clerk) -> None:
    page = follow(send(clerk, make_xlsx({"Staff": PEOPLE}), "staff.xlsx"))
    for change, told in (
        ({"column-3": ""}, "Select the column with the email address"),
        ({"column-1": "", "column-2": ""}, "Select the column with the name"),
        ({"column-4": "email"}, "Column D is the email address already"),
        ({"column-4": "name"}, "Select the whole name, or first and last name, not both"),
        ({"column-4": "salary"}, "Select what the column is from the list"),
        ({"heading_row": "3"}, "The file has no rows below the column names"),
        ({"heading_row": "9"}, "The file has no rows below the column names"),
    ):
        answer = clerk.post(page, {**CHOSEN, **change})

        assert answer.status_code == 422, told
        assert [error for error in list_errors(answer) if told in error], list_errors(answer)
        assert clerk.get(page.removesuffix("/columns")).headers["Location"] == page
    answer = clerk.post(page, {**CHOSEN, "column-0": "weight_reason", "column-3": ""})
    assert '<option selected value="weight_reason">' in answer.text


def test_rows_are_refused_after_columns_are_chosen_too(clerk: Clerk) -> None:
    content = b"Full name,Mail,Grade\nSam,sam@example.org,G7\nBo,nowhere,G8\n"
    page = follow(send(clerk, content))
    form = {"column-0": "name", "column-1": "email", "column-2": "", "sheet": "0"}

    answer = clerk.post(page, {**form, "heading_row": "1"})

    assert answer.status_code == 422
    assert "<td>B3</td>" in answer.text
    assert list_errors(answer) == [
        "1 row is refused. Nothing of the file is on the roll.",
        "Row 3: 'nowhere' is not a mail address.",
    ]


UNREADABLE = (
    (b"", "The file is empty"),
    (
        b"name,reference\nSam,1\n",
        "The column &#39;email&#39; is missing. Row 1 has: name, reference",
    ),
    ("name,email\nSam,s@example.org\n".encode("utf-16"), "UTF-16"),
    (b"name,email\nS\x81m,s@example.org\n", "encoding that cannot be read"),
    (b"name,email\n" + b"x" * 2_000_000 + b",s@example.org\n", "Row 2: a cell is far too long"),
    (b"PK\x03\x04rest of a spreadsheet", "The file is damaged"),
    (b"\xd0\xcf\x11\xe0" * 600, "an Excel file of the old kind"),
    (b"%PDF-1.7", "This is not a CSV, XLSX or ODS file"),
    (make_zip({"word/document.xml": "<x/>"}), "not a spreadsheet that can be read"),
    (make_raw_xlsx('<row><c r="XFD1048576"><v>1</v></c></row>'), "cell XFD1048576"),
    (make_raw_xlsx("<row/>"), "The sheet is empty"),
    (make_raw_xlsx("<row/>", sharedStrings=b"0" * 140_000_000), "unpacks to more than 128 MB"),
    (b"PK\x03\x04" + bytes(50_000_000), "larger than 20 MB"),
)
FAULTY = (
    (b"name,email\n=1+1,s@example.org\n", "Row 2: the name begins with &#39;=&#39;"),
    (b"name,email\n@SUM(A1),s@example.org\n", "Row 2: the name begins with &#39;@&#39;"),
    (b"name,email\nSam,s@example.org\nAda,S@example.org\n", "same address as row 2"),
    (b"name,email\nSam,sam@example.org\n", "already on the roll of Staff"),
    (b"name,email\nSam,nowhere\n", "is not a mail address"),
    (b"name,email,weight\nSam,s@example.org,2\n", "needs a reason"),
    (b"name,email,language\nSam,s@example.org,fr\n", "the language &#39;fr&#39; is not offered"),
    (b"name,email\nS\x00m,s@example.org\n", "U+0000"),
    (b"name,email\nSam,s@example.org,x\n", "more cells than there are columns"),
    (make_xlsx({"A": [("name", "email"), ("=1+1", "s@example.org")]}), "<td>A2</td>"),
    (make_ods({"A": [("name", "email"), ("Sam", "x" * 2_000_000)]}), "has 2,000,000 characters"),
)


def test_a_file_that_is_no_roll_is_refused_in_words_and_not_kept(clerk: Clerk) -> None:
    path = f"{make_proposal(clerk)}/roll/staff/upload"
    for content, told in UNREADABLE:
        answer = clerk.send_roll(path, content)

        assert answer.status_code == 422, told
        assert list_errors(answer), told
        assert told in answer.text
        assert len(answer.data) < 100_000
        assert (count(clerk, RollImport), count(clerk, Elector)) == (0, 0)


def test_a_faulty_roll_is_refused_with_row_and_cell_and_waits(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    import_roll(clerk, path)
    for content, told in FAULTY:
        answer = clerk.send_roll(f"{path}/roll/staff/upload", content)

        assert answer.status_code == 422, told
        assert "<title>Error: Check the roll" in answer.text
        assert list_errors(answer), told
        assert told in answer.text
        assert len(answer.data) < 100_000
        assert count(clerk, Elector) == 2


def test_a_roll_in_a_windows_encoding_is_shown_as_it_will_be_stored(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    content = "name;email\nSiân Môn;sian@example.org\n".encode("cp1252")

    preview = clerk.get(follow(clerk.send_roll(f"{path}/roll/staff/upload", content)))

    assert "Siân Môn" in preview.text
    assert "Windows-1252" in preview.text
    assert count(clerk, Elector) == 0


def test_a_missing_file_is_asked_for(clerk: Clerk) -> None:
    path = make_proposal(clerk)

    assert list_errors(clerk.post(f"{path}/roll/staff/upload")) == [
        "Select a CSV, XLSX or ODS file"
    ]


def test_good_rows_are_imported_only_after_the_report_was_accepted(clerk: Clerk) -> None:
    answer = send(clerk, MIXED)
    assert "Import the good row, leave the 2 refused ones out" in answer.text
    confirm = re.search(r'action="([^"]+/confirm)"', answer.text)
    assert confirm is not None
    report = find_report(answer)

    unticked = clerk.post(confirm[1], {"report": report})
    assert unticked.status_code == 422
    assert "you have not agreed to leave them out" in list_errors(unticked)[0]
    assert find_report(unticked) == report
    assert clerk.post(confirm[1]).status_code == 422
    other = clerk.post(confirm[1], {"report": "0" * 64, "accept": "y"})
    assert other.status_code == 409
    assert "Look at it again" in other.text
    assert read_names(clerk) == []

    follow(clerk.post(confirm[1], {"report": report, "accept": "y"}))

    assert read_names(clerk) == [("Sam", "")]
    with clerk.app.app_context():
        act = db.session.query(Act).filter_by(kind="roll-imported").one()
        told = json.loads(act.body)
    assert (told["imported"], told["refused"], told["report"]) == (1, 2, "accepted")


def test_a_file_without_a_good_row_cannot_be_imported(clerk: Clerk) -> None:
    answer = send(clerk, b"name,email\nSam,nowhere\n")

    assert "leave the refused" not in answer.text
    page = follow_upload(answer)
    refused = clerk.post(f"{page}/confirm", {"accept": "y", "report": "0" * 64})
    assert refused.status_code == 422
    assert list_errors(refused) == ["Every row is refused. There is nobody to import."]


def follow_upload(answer: TestResponse) -> str:
    """The address of the upload that a page is about."""
    found = re.search(r'action="([^"]+)/drop"', answer.text)
    assert found is not None
    return found[1]


def test_the_report_can_be_saved_with_every_fault_in_its_place(clerk: Clerk) -> None:
    rows = "".join(f"Sam,nowhere{n}\n" for n in range(1500))
    answer = send(clerk, f"name,email\nSam,sam@example.org\n{rows}".encode())
    assert "The first 200 of 1,500 faults" in answer.text

    saved = clerk.get(f"{follow_upload(answer)}/report.csv")

    assert saved.headers["Content-Disposition"] == 'attachment; filename="staff-report.csv"'
    lines = list(csv.reader(io.StringIO(saved.data.decode("utf-8-sig"))))
    assert lines[0] == ["row", "cell", "column", "what is wrong"]
    assert lines[1] == ["3", "B3", "email", "Row 3: 'nowhere0' is not a mail address."]
    assert len(lines) == 1501


def test_a_new_file_replaces_the_one_that_waits(clerk: Clerk) -> None:
    path = make_proposal(clerk)
    first = follow_upload(clerk.send_roll(f"{path}/roll/staff/upload", MIXED))
    second = follow(clerk.send_roll(f"{path}/roll/staff/upload", MIXED[:30]))

    for page in ("", "/columns", "/report.csv"):
        assert clerk.get(f"{first}{page}").headers["Location"] == f"{path}/roll/staff"
    for act in ("confirm", "columns", "drop"):
        assert follow(clerk.post(f"{first}/{act}")) == f"{path}/roll/staff"
    assert clerk.get(second).status_code == 200
    assert clerk.get(f"{path}/roll/staff").text.count("waits for you") == 1


def test_a_frozen_roll_takes_no_file(clerk: Clerk) -> None:
    poll = make_draft(clerk)
    path = poll.partition("/polls/")[0]
    mixed = b"name,email\nJo,jo@example.org\nBo,nothing\n"
    waiting = follow_upload(clerk.send_roll(f"{path}/roll/staff/upload", mixed))
    follow(clerk.post(f"{poll}/freeze"))

    assert clerk.send_roll(f"{path}/roll/staff/upload", MIXED).status_code == 409
    form = {"accept": "y", "report": find_report(clerk.get(waiting))}
    assert clerk.post(f"{waiting}/confirm", form).status_code == 409
    assert count(clerk, Elector) == 10


def test_uploads_belong_to_one_roll_of_one_organiser(clerk: Clerk) -> None:
    upload = follow_upload(send(clerk, MIXED))
    other = sign_in(clerk.app)

    for page in ("", "/columns", "/report.csv"):
        assert other.get(f"{upload}{page}").status_code == 404
        assert clerk.get(f"{upload}9{page}").status_code == 404
    assert other.post(f"{upload}/drop").status_code == 404


def test_a_file_over_the_limit_is_refused_with_a_sentence(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    monkeypatch.setattr(files, "MOST_BYTES", 10)

    answer = send(clerk, MIXED)

    assert answer.status_code == 422
    assert "Divide it into smaller files" in list_errors(answer)[0]


def test_cells_are_shown_and_never_run(clerk: Clerk) -> None:
    nasty = "<script>alert(1)</script>"
    content = f"{nasty},Mail\n{nasty},{nasty}@x\n{nasty},s@example.org\n".encode()
    page = follow(send(clerk, content, name=f"{nasty}.csv"))
    form = {"column-0": "name", "column-1": "email", "sheet": "0", "heading_row": "1"}

    for answer in (clerk.get(page), clerk.post(page, form), clerk.get(page[: -len("/columns")])):
        assert nasty not in answer.text
        assert "&lt;script&gt;alert(1)" in answer.text

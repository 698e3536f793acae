"""Columns: guessed from their headings in English and Welsh, decided by people."""

from __future__ import annotations

import pytest

from tests.roll_ground import make_xlsx
from voting.domain.roll import (
    Layout,
    check_layout,
    look_at,
    name_column,
    open_file,
    parse_layout,
    require_addresses,
)
from voting.domain.roll.faults import UnreadableFileError

PERSON = "Sam,sam@people.example"


def look(text: str, **more: int):
    return look_at(open_file(text.encode()), **more)


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("Full name,E-mail address", ("name", "email")),
        ("Surname,Forename,Work email", ("last_name", "first_name", "email")),
        ("Name,Surname,Email", ("first_name", "last_name", "email")),
        ("Name,First name,Last name,Email", ("name", "", "", "email")),
        ("Enw,Cyfeiriad e-bost,Iaith", ("name", "email", "language")),
        ("Cyfenw,Enw cyntaf,E-bost", ("last_name", "first_name", "email")),
        ("Rhif cyflogres,Enw llawn,Ebost,Pwysau,Rheswm",
         ("reference", "name", "email", "weight", "weight_reason")),
        ("Name,Email,Weight,Weight reason,Rheswm",
         ("name", "email", "weight", "weight_reason", "weight_reason_cy")),
        ("Enw,E-bost,Rheswm,Rheswm Saesneg",
         ("name", "email", "weight_reason_cy", "weight_reason")),
        ("Name,Email,Reason in English,Reason in Welsh",
         ("name", "email", "weight_reason", "weight_reason_cy")),
        ("Name,Email,Rheswm Cymraeg", ("name", "email", "weight_reason_cy")),
        ("Payroll no.,Name,Email,Date of birth", ("reference", "name", "email", "")),
        ("Email,E-mail,Name", ("email", "", "name")),
        ("name,,email", ("name", "", "email")),
    ],
)  # fmt: skip
def test_headings_are_known_in_english_and_welsh(headings: str, fields: tuple[str, ...]) -> None:
    assert look(f"{headings}\nx,y,z").layout.fields == fields


def test_a_column_of_addresses_is_known_whatever_its_heading() -> None:
    sight = look(f"Name,Contact\n{PERSON}\nBo,\nAda,ada@people.example")

    assert sight.layout.fields == ("name", "email")
    assert sight.has_address


def test_each_column_is_shown_with_its_first_values() -> None:
    rows = "\n".join(f"P{n},p{n}@people.example," for n in range(9))
    columns = look(f"Full   name,Email,Notes\n\n{rows}").columns

    assert [(column.letters, column.heading) for column in columns] == [
        ("A", "Full name"),
        ("B", "Email"),
        ("C", "Notes"),
    ]
    assert columns[0].values == ("P0", "P1", "P2")
    assert columns[2].values == ()


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (f"name,email\n{PERSON}", 1),
        (f"Staff list,\nTaken in March,\nName,Email\n{PERSON}", 3),
        (f"Staff list,\nName,Contact,Ref\n{PERSON},1", 2),
        (f"\n\nWho,Where\n{PERSON}", 3),
        (f"{PERSON}\nBo,bo@people.example", 0),
    ],
)
def test_the_row_of_the_headings_is_found(text: str, row: int) -> None:
    assert look(text).layout.heading_row == row


def test_another_row_can_be_named() -> None:
    assert look(f"{PERSON}\nname,email\n{PERSON}", heading_row=2).layout.fields == ("name", "email")
    assert look(PERSON, heading_row=0).layout.fields == ("", "email")


@pytest.mark.parametrize(
    ("headings", "certain"),
    [
        ("name,email", True),
        ("E-Mail;NAME;weight reason", True),
        ("name,email,reference,language,weight,weight_reason", True),
        ("name,email,weight,weight_reason,weight_reason_cy", True),
        ("Full name,email", False),
        ("name,email,salary", False),
        ("name,email,email", False),
        ("name", False),
    ],
)
def test_only_headings_of_our_own_need_no_question(headings: str, certain: bool) -> None:
    assert look(f"{headings}\n{PERSON}").is_certain is certain


def test_several_sheets_are_always_asked_about() -> None:
    rows = [("name", "email"), ("Sam", "sam@people.example")]
    source = open_file(make_xlsx({"One": rows, "Two": rows, "None": []}))

    assert not look_at(source).is_certain
    assert look_at(source, 1).columns[1].values == ("sam@people.example",)
    assert look_at(source, 2).is_empty


def test_a_sheet_keeps_the_columns_beyond_its_headings() -> None:
    source = open_file(make_xlsx({"Staff": [("name", "email"), ("Sam", "s@x.example", "note")]}))

    assert [column.letters for column in look_at(source).columns] == ["A", "B", "C"]


def test_a_layout_needs_a_name_and_an_address_and_nothing_twice() -> None:
    def told(*fields: str) -> list[tuple[str, str]]:
        return [(fault.field, fault.message) for fault in check_layout(Layout(0, 1, fields))]

    assert told("name", "email") == told("first_name", "email") == []
    assert told("", "reference") == [
        ("column-0", "Select the column with the name"),
        ("column-0", "Select the column with the email address"),
    ]
    assert told("email", "name", "email") == [("column-2", "Column A is the email address already")]
    assert told("email", "last_name", "name") == [
        ("column-2", "Select the whole name, or first and last name, not both")
    ]


def test_a_file_without_any_address_lacks_a_column() -> None:
    with pytest.raises(UnreadableFileError, match="The column 'email' is missing"):
        require_addresses(look("name,reference\nSam,1"))
    with pytest.raises(UnreadableFileError, match="more than 200 columns"):
        look("x," * 201 + "x\n1")


def test_a_layout_is_kept_as_text() -> None:
    layout = Layout(2, 5, ("name", "", "email"))

    assert parse_layout(layout.to_json()) == layout


def test_columns_are_named_as_in_a_spreadsheet() -> None:
    assert [name_column(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip

"""Reading a roll: whatever is uploaded, the answer is a report with rows and cells."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting.domain.roll import Layout, RollRow, files, parse_roll, reading


def read(text, **more):
    return parse_roll(text.encode() if isinstance(text, str) else text, **more)


def told(report):
    return [(fault.row, fault.column, fault.message) for fault in report.faults]


def only_message(report):
    ((_row, _column, message),) = told(report)
    return message


def test_a_full_row_is_read():
    report = read(
        "name,email,reference,language,weight,weight_reason,weight_reason_cy\n"
        "Siân Price,Sian.Price@Example.ORG,S-1,CY,3,Consortium of three practices,Consortiwm\n"
    )

    assert report.rows == (
        RollRow(
            row=2,
            name="Siân Price",
            email="Sian.Price@example.org",
            email_key="sian.price@example.org",
            reference="S-1",
            language="cy",
            weight=3,
            weight_reason="Consortium of three practices",
            weight_reason_cy="Consortiwm",
        ),
    )
    assert (report.faults, report.encoding) == ((), "UTF-8")
    assert "Weights and reasons are published" in report.notes[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_byte_order_mark_and_line_ends_of_every_spreadsheet(delimiter, mark, end):
    lines = [f" E-Mail ;name{delimiter}weight reason".replace(" E-Mail ;", f"EMAIL{delimiter}")]
    lines.append(f"sam@people.example{delimiter}Sam{delimiter}")

    report = read(mark + end.join([*lines, ""]).encode())

    assert (report.faults, len(report.rows), report.rows[0].name) == ((), 1, "Sam")


def test_reasons_without_welsh_are_noted_where_the_proposal_is_in_both_languages():
    text = b"name,email,weight,weight_reason,weight_reason_cy\n"
    text += b"Sam,sam@people.example,2,Two sites,Dau safle\nBo,bo@people.example,3,Three sites,\n"
    noted = parse_roll(text, bilingual=True).notes

    assert "1 reason is in English alone" in noted[1]
    assert len(parse_roll(text).notes) == 1


def test_defaults_hold_where_a_cell_is_empty_or_missing():
    (row,) = read("name,email,language,weight\nSam,sam@people.example,,").rows

    assert (row.language, row.weight, row.reference, row.weight_reason) == ("en", 1, "", "")


def test_a_missing_column_is_named_with_what_is_there():
    report = read("name,telephone\nSam,01632 960001")

    assert told(report) == [
        (1, "email", "The column 'email' is missing. Row 1 has: name, telephone.")
    ]
    assert report.is_unreadable


def test_p1_columns_it_was_not_told_about_are_not_read():
    report = read("name,email,Date of birth\nSam,sam@people.example,1990")

    assert "1990" not in repr(report)
    assert [row.name for row in report.rows] == ["Sam"]


def test_columns_without_name_at_the_end_are_left_out_unless_they_hold_something():
    report = read("name,email,,\nSam,sam@people.example,,\nBo,bo@people.example,,x")

    assert [row.name for row in report.rows] == ["Sam"]
    assert told(report) == [(3, "", "Row 3 has more cells than there are columns.")]


def test_every_fault_names_its_cell_as_a_spreadsheet_does():
    report = read("email,x,name\nnowhere,x,Sam\nsam@people.example,x,")

    assert [(fault.row, fault.cell) for fault in report.faults] == [(2, "A2"), (3, "C3")]


def test_a_name_in_two_columns_is_joined():
    layout = Layout(0, 1, ("last_name", "first_name", "email"))
    content = "Surname,Forename,Mail\nPrice,Siân,sian@people.example\n,,bo@people.example\n"
    content += "Okafor,=1+1,ada@people.example\n"
    report = parse_roll(content.encode(), layout=layout)

    assert [row.name for row in report.rows] == ["Siân Price"]
    assert [(fault.row, fault.column, fault.cell) for fault in report.faults] == [
        (3, "name", "B3"),
        (4, "name", "B4"),
    ]


def test_a_file_without_headings_can_be_read():
    layout = Layout(0, 0, ("name", "email"))

    assert [row.row for row in parse_roll(b"Sam,sam@people.example", layout=layout).rows] == [1]


def test_a_reference_that_stands_twice_is_noted_because_it_may_be_one_person():
    rows = "Sam,a@b.example,E1\nSam,c@d.example,E1\nBo,e@f.example,E2"
    report = read(f"name,email,reference\n{rows}")

    assert report.faults == ()
    assert report.notes == (
        "1 reference stands in an earlier row too (“E1” in rows 2 and 3). If that is one person "
        "with two addresses, they would have two votes.",
    )


@pytest.mark.parametrize(
    ("word", "kept"),
    [("English", "en"), ("Saesneg", "en"), ("WELSH", "cy"), ("Cymraeg", "cy"), ("", "en")],
)
def test_languages_are_read_as_people_write_them(word, kept):
    (row,) = read(f"name,email,language\nSam,sam@people.example,{word}").rows

    assert row.language == kept


def test_another_report_has_another_fingerprint():
    one, same, other = (
        read(f"name,email\nSam,{address}").fingerprint
        for address in ("nowhere", "nowhere", "elsewhere")
    )

    assert one == same != other


def test_duplicates_in_the_file_are_explained():
    report = read("name,email\nSam,sam@people.example\n\nBo,SAM@people.example")

    assert told(report) == [
        (4, "email", "Row 4 has the same address as row 2 (S...@people.example).")
    ]
    assert len(report.rows) == 1


def test_duplicates_on_the_roll_are_explained():
    report = read(
        "name,email\nSam,sam@people.example", existing={"sam@people.example"}, place="Staff"
    )
    unnamed = read("name,email\nSam,sam@people.example", existing={"sam@people.example"})

    assert only_message(report) == (
        "Row 2 has an address that is already on the roll of Staff (s...@people.example)."
    )
    assert "already on this roll" in only_message(unnamed)


@pytest.mark.parametrize(("others", "said"), [(1, "1 person is"), (2, "2 people are")])
def test_people_on_another_roll_are_only_noted(others, said):
    content = "name,email\n" + "".join(f"Sam,s{n}@people.example\n" for n in range(others))
    report = read(content, elsewhere={"s0@people.example", "s1@people.example"})

    assert (len(report.rows), report.faults) == (others, ())
    assert said in report.notes[0]


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (",a@b.example", "name", "Row 2: the name is missing."),
        ("Sam,", "email", "Row 2: the address is missing."),
        ("Sam", "email", "Row 2: the address is missing."),
        ("Sam,a@@b", "email", "Row 2: 'a@@b' is not a mail address."),
        ("Sam,a@-b.example", "email", "Row 2: 'a@-b.example' is not a mail address."),
        ("Sam,a..b@c.example", "email", "Row 2: 'a..b@c.example' is not a mail address."),
        (
            "=1+1,a@b.example",
            "name",
            "Row 2: the name begins with '=', which a spreadsheet would run. Remove it.",
        ),
        (
            "  @x,a@b.example",
            "name",
            "Row 2: the name begins with '@', which a spreadsheet would run. Remove it.",
        ),
        (
            "\tSam,a@b.example",
            "name",
            "Row 2: the name begins with a tab, which a spreadsheet would run. Remove it.",
        ),
        ("Sam,+a@b.example", "email", "which a spreadsheet would run"),
        ("Sam,a@b.example,-1", "reference", "Row 2: the reference begins with '-'"),
        ('"Sam\nPrice",a@b.example', "name", "Row 2: the name has a line break in it."),
        ("S\0m,a@b.example", "name", "a character that cannot be shown (U+0000)"),
        ("S\u202em,a@b.example", "name", "a character that cannot be shown (U+202E)"),
        (f"{'a' * 201},a@b.example", "name", "has 201 characters. At most 200 are allowed."),
        (f"Sam,{'a' * 20000}", "email", "has 20,000 characters. At most 254"),
        (f"Sam,a@b.example,x,{'e' * 10001}", "language", "At most 10,000 are allowed."),
        ("Sam,a@b.example,x,fr", "language", "the language 'fr' is not offered"),
        ("Sam,a@b.example,x,en,0", "weight", "the weight '0' is not a whole number"),
        ("Sam,a@b.example,x,en,1.5", "weight", "the weight '1.5' is not a whole number"),
        ("Sam,a@b.example,x,en,1000001", "weight", "from 1 to 1,000,000"),
        ("Sam,a@b.example,x,en,٣", "weight", "is not a whole number"),
        (f"Sam,a@b.example,x,en,{'1' * 10001}", "weight", "At most 10,000 are allowed."),
        ("Sam,a@b.example,x,en,2,", "weight_reason", "needs a reason. The reason is published."),
        ("Sam,a@b.example,x,en,2,,Dwy", "weight_reason", "Row 2: a weight other than 1 needs a"),
        (
            "Sam,a@b.example,x,en,2,Two,=1+1",
            "weight_reason_cy",
            "Row 2: the weight reason in Welsh begins with '=', which a spreadsheet would run.",
        ),
        (f"Sam,a@b.example,x,en,2,Two,{'a' * 501}", "weight_reason_cy", "has 501 characters."),
    ],
)
def test_every_fault_of_a_cell_is_told_with_row_and_column(row, column, message):
    headings = "name,email,reference,language,weight,weight_reason,weight_reason_cy"
    report = read(f"{headings}\n{row}\n")

    assert report.rows == ()
    assert [fault[:2] for fault in told(report)] == [(2, column)]
    assert message in only_message(report)
    assert report.refused_rows == 1


@pytest.mark.parametrize(
    "email",
    [
        "o'neil@people.example",
        "a+b@people.example",
        "siân@people.example",
        "a!b@people.example",
        "sam@tŷ.example",
    ],
)
def test_unusual_addresses_are_taken(email):
    assert len(read(f"name,email\nSam,{email}").rows) == 1


def test_a_space_that_does_not_break_is_a_space():
    assert read("name,email\nSam\xa0Price,sam@people.example").rows[0].name == "Sam Price"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (b"PK\x03\x04rest", "The file is damaged"),
        (b"\xd0\xcf\x11\xe0rest", "an Excel file of the old kind, or one that is locked"),
        (b"%PDF-1.7 rest", "This is not a CSV, XLSX or ODS file."),
        (b"\x1f\x8b\x08rest", "This is not a CSV, XLSX or ODS file."),
        ("name,email".encode("utf-16"), "in UTF-16"),
        ("name,email".encode("utf-16-le"), "in UTF-16"),
        ("name,email".encode("utf-16-be"), "in UTF-16"),
        (b"name,email\n\x81,a@b.example", "an encoding that cannot be read"),
        (b"\xef\xbb\xbfname,email\n\xff,a@b.example", "an encoding that cannot be read"),
        (b"name,email\n\n", "no rows below the column names"),
        (
            b'name,email\n"Sam,a@b.example\n',
            "Row 2: a quotation mark is opened in this row and never closed.",
        ),
        (
            b'name,email\n"Sam"x,a@b.example\n',
            "Row 2: a quotation mark stands where there may be none.",
        ),
        (b"name,email\n" + b"a" * 2_000_000 + b",a@b.example", "Row 2: a cell is far too long"),
    ],
)
def test_a_file_that_is_no_roll_is_refused_in_words(content, said):
    report = read(content)

    assert report.is_unreadable
    assert report.rows == ()
    assert said in only_message(report)


def test_the_row_at_which_reading_stopped_is_named():
    report = read('name,email\nBo,bo@people.example\n"Sam,a@b.example\n')

    assert told(report)[0][0] == 3


def test_a_file_over_the_limit_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 10)

    assert only_message(read("name,email\nSam,a@b.example")) == "The file is larger than 0 MB."


def test_more_rows_than_a_roll_may_have_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    rows = "".join(f"Sam,s{n}@people.example\n" for n in range(3))

    assert "more than 2 rows" in only_message(read("name,email\n" + rows))


def test_windows_1252_is_read_and_said():
    report = read("name,email\nSiân ’Price’,a@b.example\n".encode("cp1252"))

    assert report.rows[0].name == "Siân ’Price’"
    assert report.encoding == "Windows-1252"
    assert "check that accented letters are right" in report.notes[0]


def test_mixed_encodings_are_found_by_cell():
    content = "name,email\nSiân,a@b.example\n".encode("cp1252") + "Siân,c@d.example".encode()
    report = read(content)

    assert told(report)[0][:2] == (3, "name")
    assert "another encoding than the rest" in only_message(report)


@pytest.mark.parametrize(("empty", "said"), [(1, "1 empty row was"), (2, "2 empty rows were")])
def test_empty_rows_are_left_out_and_counted(empty, said):
    report = read("name,email\nSam,a@b.example\n" + ",\n" * empty)

    assert report.notes == (f"{said} left out.",)


def test_at_most_a_thousand_faults_are_listed_and_all_are_counted():
    report = read("name,email\n" + "Sam,nothing\n" * 1500)

    assert (len(report.faults), report.fault_count, report.refused_rows) == (1000, 1500, 1500)


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_read_in_seconds():
    lines = [f"Siân Price {n},sian.{n}@d{n % 40}.example,S{n},en" for n in range(100_000)]
    content = "\n".join(["name,email,reference,language", *lines]).encode()
    began = time.process_time()

    report = parse_roll(content)

    assert len(report.rows) == 100_000
    assert time.process_time() - began < 15


cells = st.text(max_size=12)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(content):
    report = parse_roll(content)

    assert report.rows or report.faults


@settings(deadline=None)
@given(st.lists(st.lists(cells, max_size=8), max_size=6), st.sampled_from([",", ";", "\t"]))
def test_no_cells_make_it_raise_and_no_bad_row_gets_through(rows, delimiter):
    lines = [delimiter.join(["name", "email", "weight"]), *(delimiter.join(row) for row in rows)]

    report = parse_roll("\n".join(lines).encode("utf-8", "surrogatepass"))

    for row in report.rows:
        assert row.name
        assert "@" in row.email
        assert row.weight >= 1
        assert not row.name.startswith(("=", "+", "-", "@", "\t"))

"""The tables for an independent issuer, also when a spreadsheet has had them."""

from __future__ import annotations

import csv
import io

import pytest

from voting.domain.issuing import (
    IssueRow,
    UnreadableRoll,
    read_roll,
    write_letters,
    write_roll,
)

ROWS = [
    IssueRow(3, "E1", "Sam Price", "sam@example.org", "en", 1),
    IssueRow(4, "", '=HYPERLINK("http://x")', "+ada@example.org", "cy", 5),
    IssueRow(9, "'tis", "Ŵyn, the «2nd»", "w@example.org", "cy", 1),
]


def write() -> bytes:
    return "".join(write_roll(ROWS)).encode()


def test_a_roll_is_read_as_it_was_written() -> None:
    assert read_roll(write()) == ROWS


def test_a_roll_that_a_spreadsheet_saved_anew_is_read() -> None:
    text = write().decode()
    cells = list(csv.reader(io.StringIO(text)))
    anew = io.StringIO()
    csv.writer(anew, delimiter=";", lineterminator="\n").writerows(cells)
    assert read_roll(b"\xef\xbb\xbf" + anew.getvalue().encode()) == ROWS


def test_no_cell_is_a_formula() -> None:
    letters = "".join(write_letters((row, "QgGQN-JuHmEr-7dpgr-2Qw1ay") for row in ROWS))
    for row in csv.reader(io.StringIO(letters)):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
        assert row[-1] in ("code", "QgGQN-JuHmEr-7dpgr-2Qw1ay")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("elector,", "number,"), "no column elector"),
        (("\r\n4,", "\r\n3,"), "Row 3: elector 3 is in the roll twice"),
        (("\r\n4,", "\r\nfour,"), "Row 3: elector is not"),
        ((",5\r\n", ",0\r\n"), "Row 3: weight is not"),
        ((",5\r\n", ",\r\n"), "Row 3: weight is not"),
        (("Ŵ", "\udcff"), "UTF-8"),
    ],
)
def test_a_roll_with_a_fault_says_where(change: tuple[str, str], told: str) -> None:
    content = write().decode().replace(*change).encode(errors="surrogateescape")
    with pytest.raises(UnreadableRoll, match=told):
        read_roll(content)


def test_an_empty_roll_is_refused() -> None:
    with pytest.raises(UnreadableRoll, match="nobody"):
        read_roll("".join(write_roll([])).encode())

"""BLT files: every trap is read rightly or refused with line and column."""

from __future__ import annotations

import pytest

from tests.counting.ground import count, read, read_papers
from voting.counting.reading import BadFileError, grouping, read_votes
from voting.counting.tabulation import CountingError, Papers

NAMES = '"Ann"\n"Bob"\n"Cy"\n"Title"\n'
ABC = "0\nA\nB\nC\n"


def test_blt_reads_papers_names_and_title() -> None:
    papers = read_papers(f"3 2\n4 1 2 0\n2 3 0\n0\n{NAMES}")

    assert papers.candidates == ("Ann", "Bob", "Cy")
    assert papers.groups == {(0, 1): 4, (2,): 2}
    assert (papers.seats, papers.title) == (2, "Title")


@pytest.mark.parametrize(
    ("trap", "content"),
    [
        ("a paper without its final 0", f"3 1\n1 1 2\n1 3 0\n0\n{NAMES}"),
        ("comments", f"# top\n3 1 # head\n# papers\n1 1 2 0 # first\n1 3 0\n0\n# names\n{NAMES}"),
        ("names without quotes", "3 1\n1 1 2 0\n1 3 0\n0\nAnn\nBob\nCy\nTitle\n"),
        ("padding", f"  3   1  \n   1   1 2  0  \n\t1 3 0\n  0 \n\n  {NAMES}"),
        ("Windows line ends", f"3 1\n1 1 2 0\n1 3 0\n0\n{NAMES}".replace("\n", "\r\n")),
        ("a byte order mark", f"\ufeff3 1\n1 1 2 0\n1 3 0\n0\n{NAMES}"),
        ("names on one line", '3 1\n1 1 2 0\n1 3 0\n0\n"Ann" "Bob" "Cy" "Title"\n'),
        (
            "a comment after a name",
            '3 1\n1 1 2 0\n1 3 0\n0\n"Ann" # ALTERNATIVE "NAME"\n"Bob"\n"Cy"',
        ),
        ("papers with names", f"3 1\n(p1) 1 2 0\n(p2) 3 0\n0\n{NAMES}"),
        ("nicknames", f"3 1\n[nick a b c]\n1 a b 0\n1 c 0\n0\n{NAMES}"),
        ("no line end at the end", f"3 1\n1 1 2 0\n1 3 0\n0\n{NAMES}".rstrip()),
    ],
)
def test_blt_traps_are_read(trap: str, content: str) -> None:
    papers = read_papers(content)

    assert papers.groups == {(0, 1): 1, (2,): 1}, trap
    assert papers.candidates == ("Ann", "Bob", "Cy"), trap


def test_blt_withdrawn_candidates_never_stood() -> None:
    papers = read_papers(f"3 1\n-2\n3 1 2 3 0\n2 2 0\n0\n{NAMES}")

    assert papers.candidates == ("Ann", "Cy")
    assert papers.groups == {(0, 1): 3, (): 2}


def test_blt_reads_equal_and_skipped_preferences() -> None:
    papers = read_papers(f"3 1\n1 1=2 3 0\n1 1 - 3 0\n1 0\n0\n{NAMES}")

    assert papers.groups == {((0, 1), 2): 1, (0, (), 2): 1, (): 1}


def test_blt_tie_line_orders_the_ties() -> None:
    votes = read(f"3 1\n[tie 3 2 1]\n2 1 0\n1 2 0\n1 3 0\n0\n{NAMES}")

    assert count("scottish-stv", votes).stages[0].excluded == ("Cy",)


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ("", 1, 1),
        ("3\n", 1, 2),
        ("3 1 1\n", 1, 5),
        ("three 1\n", 1, 1),
        ("3 0\n", 1, 3),
        ("3 4\n1 1 0\n0\n" + NAMES, 1, 3),
        ("3 1\n-1 1 2 0\n0\n" + NAMES, 2, 1),
        ("3 1\n1 1 0\n-1 1 2 0\n0\n" + NAMES, 3, 1),
        ("3 1\n1.5 1 2 0\n0\n" + NAMES, 2, 1),
        ("3 1\n0 1 2 0\n0\n" + NAMES, 2, 1),
        ("3 1\n1 1 2 1 0\n0\n" + NAMES, 2, 7),
        ("3 1\n1 1 4 0\n0\n" + NAMES, 2, 5),
        ("3 1\n1 1 -2 0\n0\n" + NAMES, 2, 5),
        ("3 1\n1 1 0 2 0\n0\n" + NAMES, 2, 7),
        ("3 1\n1 1 1_0 0\n0\n" + NAMES, 2, 5),
        ("3 1\n12\n0\n" + NAMES, 2, 3),
        ("3 1\n1 1=1 0\n0\n" + NAMES, 2, 5),
        ("3 1\n1 1 2 0\n", 3, 1),
        ("3 1\n1 1 2 0\n" + NAMES, 3, 1),
        ("3 1\n0\n" + NAMES, 2, 1),
        ('3 1\n1 1 0\n0\n"Ann"\n"Bob"\n', 6, 1),
        ('3 1\n1 1 0\n0\n"Ann"\n"Bob"\n"Bob"\n', 6, 1),
        ('3 1\n1 1 0\n0\n"Ann"\n"Bob\n"Cy"\n', 5, 1),
        ("3 1\n-4\n1 1 0\n0\n" + NAMES, 2, 1),
        ("3 1\n[nick a b]\n1 1 0\n0\n" + NAMES, 2, 1),
        ("3 1\n1 1 \x07 0\n0\n" + NAMES, 2, 5),
    ],
)
def test_blt_faults_have_line_and_column(content: str, line: int, column: int) -> None:
    with pytest.raises(BadFileError) as caught:
        read(content, format="blt")

    assert (caught.value.line, caught.value.column) == (line, column), str(caught.value)
    assert "expected" in str(caught.value)


def test_equal_preferences_are_refused_where_the_rule_has_no_place_for_them() -> None:
    content = f"3 1\n1 1 0\n1 2=3 1 0\n0\n{NAMES}"

    with pytest.raises(BadFileError, match="line 3, column 3: this rule has no place"):
        read(content, "meek")
    assert count("scottish-stv", content).spoiled == 1


def test_a_wrong_line_deep_in_a_long_file_is_named() -> None:
    content = "3 1\n" + "1 1 2 0\n" * 200_000 + "1 9 0\n0\n" + NAMES

    with pytest.raises(BadFileError) as caught:
        read(content)

    assert (caught.value.line, caught.value.column) == (200_002, 3)


def test_more_seats_asked_for_than_candidates_are_refused() -> None:
    with pytest.raises(CountingError, match=r"more seats \(4\) than candidates \(3\)"):
        count("ers97", read(f"3 1\n1 1 0\n0\n{NAMES}", seats=4), seats=4)


class _Endless:
    """A file that never ends, and counts what is read from it."""

    def __init__(self, line: bytes) -> None:
        self.line = line
        self.given = 0

    def read(self, size: int, /) -> bytes:
        self.given += 1
        if self.given > 40:
            return b"1 9 0\n"
        return b"3 1\n" if self.given == 1 else self.line * (size // len(self.line))


def test_a_long_file_is_read_in_pieces() -> None:
    endless = _Endless(b"1 1 2 0\n")

    with pytest.raises(BadFileError, match="found 9"):
        read_votes(endless, rule="scottish-stv")


def test_a_line_without_end_is_refused_before_memory_is_full() -> None:
    endless = _Endless(b"1 ")

    with pytest.raises(BadFileError, match="expected the line to end"):
        read_votes(endless, rule="scottish-stv")
    assert endless.given < 10


@pytest.mark.parametrize(
    ("content", "line", "column", "told"),
    [
        ("10001 1\n", 1, 1, "candidates"),
        ("3 1\n[tie 1 2]\n1 1 0\n" + ABC, 2, 1, "order of ties"),
        ("3 1\n1 1=2 - - 0\n1 4=1 0\n" + ABC, 3, 3, "from 1 to 3"),
        ('3 1\n1 1 0\n0\n""\nB\nC\n', 4, 1, "a name"),
        ("3 1\n[nick a b c]\n1 a d 0\n" + ABC, 3, 5, "candidate"),
        ("3 1\n[nick 2 3 1]\n1 1 0\n1 9 0\n" + ABC, 4, 3, "candidate"),
        ("3 1\n99999999999999999 1 0\n" + ABC, 2, 1, "whole number"),
    ],
)
def test_rare_faults_of_blt_files(content: str, line: int, column: int, told: str) -> None:
    with pytest.raises(BadFileError, match=told) as caught:
        read(content, format="blt")

    assert (caught.value.line, caught.value.column) == (line, column), str(caught.value)


def test_nicknames_that_look_like_numbers_are_nicknames() -> None:
    papers = read("3 1\n[nick 2 3 1]\n[droop arithmetic=fixed]\n\n1 2 0\n1 1 0\n" + ABC)

    assert isinstance(papers, Papers)
    assert papers.groups == {(0,): 1, (2,): 1}


def test_quotes_end_where_a_comment_begins() -> None:
    papers = read('2 1\n1 1 0\n0\n"A" # "x" "y"\n"B" "of C" # z\n')

    assert isinstance(papers, Papers)
    assert papers.candidates == ("A", "B")


def test_papers_in_other_letters_are_read_one_by_one() -> None:
    papers = read("2 1\n[nick â b]\n2 â b 0\n1 b 0\n0\nA\nB\n")

    assert isinstance(papers, Papers)
    assert papers.groups == {(0, 1): 2, (1,): 1}


def test_a_file_with_very_many_different_papers_is_still_added_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grouping, "MOST_REMEMBERED", 1)
    content = "2 1\n" + "1 1=2 0\n" * 300_000 + "1 2 - 0\n1 1=2\n" * 5 + "0\nA\nB\n"

    papers = read(content)

    assert isinstance(papers, Papers)
    assert papers.groups == {((0, 1),): 300_005, (1,): 5}

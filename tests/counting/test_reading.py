"""Files of votes: every trap of every format is read rightly or refused with line and column."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counting.ground import count, read
from voting.counting.reading import BadFileError, read_votes
from voting.counting.reading.files import find_format
from voting.counting.rules import RULES
from voting.counting.tabulation import CountingError, Grades, Pairs, Papers, Scores

NAMES = '"Ann"\n"Bob"\n"Cy"\n"Title"\n'
CSV = "count,Ann,Bob,Cy\n"


def _papers(content: str | bytes, rule: str = "scottish-stv") -> Papers:
    found = read(content, rule)
    assert isinstance(found, Papers)
    return found


# BLT


def test_blt_reads_papers_names_and_title() -> None:
    papers = _papers(f"3 2\n4 1 2 0\n2 3 0\n0\n{NAMES}")

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
    papers = _papers(content)

    assert papers.groups == {(0, 1): 1, (2,): 1}, trap
    assert papers.candidates == ("Ann", "Bob", "Cy"), trap


def test_blt_withdrawn_candidates_never_stood() -> None:
    papers = _papers(f"3 1\n-2\n3 1 2 3 0\n2 2 0\n0\n{NAMES}")

    assert papers.candidates == ("Ann", "Cy")
    assert papers.groups == {(0, 1): 3, (): 2}


def test_blt_reads_equal_and_skipped_preferences() -> None:
    papers = _papers(f"3 1\n1 1=2 3 0\n1 1 - 3 0\n1 0\n0\n{NAMES}")

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


# Encodings


def test_names_in_windows_1252_are_read() -> None:
    papers = _papers('2 1\n1 1 0\n0\n"Siân"\n"Zoë"\n'.encode("cp1252"))

    assert papers.candidates == ("Siân", "Zoë")


def test_mixed_encodings_are_refused() -> None:
    raw = b'2 1\n1 1 0\n0\n"Si\xe2n"\n"Zo\xc3\xab"\n'

    with pytest.raises(BadFileError) as caught:
        read(raw)

    assert (caught.value.line, caught.value.column) == (5, 4)
    assert "line 4" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_with_advice(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]

    with pytest.raises(BadFileError, match="save the file as UTF-8"):
        read(mark + f"3 1\n1 1 0\n0\n{NAMES}".encode(encoding))


# Tables


def test_csv_reads_counts_blanks_gaps_and_equal_ranks() -> None:
    papers = _papers(f"{CSV}3,1,,2\n2,1,1,\n1,,,\n4,1,,3\n", "schulze")

    assert papers.groups == {(0, 2): 3, ((0, 1),): 2, (): 1, (0, (), 2): 4}


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_may_use_other_delimiters(delimiter: str) -> None:
    papers = _papers("Ann,Bob\n1,2\n2,1\n".replace(",", delimiter))

    assert papers.groups == {(0, 1): 1, (1, 0): 1}


def test_csv_names_may_be_quoted() -> None:
    papers = _papers('count,"Ann, Dr","Bob ""B"""\n1,1,2\n')

    assert papers.candidates == ("Ann, Dr", 'Bob "B"')


def test_weights_multiply_and_are_refused_where_papers_must_be_alike() -> None:
    content = "count,weight,Ann,Bob\n2,3,1,2\n1,1,2,1\n"

    assert count("meek", content).valid == 7
    with pytest.raises(CountingError, match="no place for weighted papers"):
        count("scottish-stv", content)


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (f"{CSV}1,4,,\n", 2, 3),
        (f"{CSV}1,0,,\n", 2, 3),
        (f"{CSV}1,1,x,\n", 2, 5),
        (f"{CSV}1,1,1.5,\n", 2, 5),
        (f"{CSV}1,1,2,3\n-2,1,2,3\n", 3, 1),
        (f"{CSV}1.5,1,2,3\n", 2, 1),
        (f"{CSV}0,1,2,3\n", 2, 1),
        (f"{CSV}1,1,2\n", 2, 6),
        (f"{CSV}1,1,2,3,4\n", 2, 10),
        (CSV, 2, 1),
        ("count,Ann,Ann\n1,1,2\n", 1, 1),
        (f'{CSV}1,"1,2,3\n', 2, 3),
    ],
)
def test_csv_faults_have_line_and_column(content: str, line: int, column: int) -> None:
    with pytest.raises(BadFileError) as caught:
        read(content, "schulze")

    assert (caught.value.line, caught.value.column) == (line, column), str(caught.value)


def test_choices_may_be_written_as_ones_and_noughts() -> None:
    outcome = count("approval", f"{CSV}3,1,0,1\n2,0,1,1\n1,0,0,0\n")

    assert dict(outcome.stages[0].votes) == {"Ann": 3, "Bob": 2, "Cy": 5}
    assert (outcome.valid, outcome.blank) == (5, 1)


def test_scores_and_grades_are_read_from_tables() -> None:
    scores = read("Ann,Bob\n5,0\n,3\n", "score")
    grades = read("count,Ann,Bob\n2,1,3\n1,2,2\n1,,\n1,1,\n", "majority-judgment")

    assert isinstance(scores, Scores)
    assert scores.groups == {(5, 0): 1, (None, 3): 1}
    assert isinstance(grades, Grades)
    assert grades.tallies == ((0, 1, 2), (2, 1, 0))
    assert (grades.blank, grades.spoiled) == (1, 1)


def test_pairs_are_read_from_a_square_table() -> None:
    pairs = read(",Ann,Bob\nBob,3,\nAnn,,5\n", "schulze")

    assert isinstance(pairs, Pairs)
    assert pairs.over == ((0, 5), (3, 0))
    assert count("schulze", pairs).winners == ("Ann",)


@pytest.mark.parametrize(
    ("content", "line"), [(",A,B\nA,,1\n", 3), (",A,B\nA,,1\nC,1,\n", 3), (",A,B\nA,,x\n", 2)]
)
def test_wrong_tables_of_pairs_are_refused(content: str, line: int) -> None:
    with pytest.raises(BadFileError) as caught:
        read(content, "schulze")

    assert caught.value.line == line


# Debian


def test_debian_tally_sheets_are_read_with_their_names() -> None:
    sheet = (
        "Tally sheet\n\n   Option 1 ------> Towns\n / Option 2 ----> McIntyre\n"
        " |/ Option 3 -> Further discussion\nV: 12-\tabc\nV: 21-  def\nV: 1-2 x\nV: --- y\n"
    )

    papers = _papers(sheet.encode("latin-1"), "schulze")

    assert papers.candidates == ("Towns", "McIntyre", "Further discussion")
    assert papers.groups == {(0, 1): 1, (1, 0): 1, (0, 2): 1, (): 1}


def test_debian_sheets_have_unranked_options_level_below_the_ranked() -> None:
    outcome = count("schulze", "V: 1--\nV: -1-\nV: 1--\n")

    assert outcome.ranking == ("Option 1", "Option 2", "Option 3")


@pytest.mark.parametrize(("vote", "column"), [("12", 4), ("1?2", 5), ("194", 5)])
def test_wrong_debian_votes_are_refused(vote: str, column: int) -> None:
    with pytest.raises(BadFileError) as caught:
        read(f"V: 123\nV: {vote}\n", "schulze")

    assert (caught.value.line, caught.value.column) == (2, column)


# JSON


def test_json_reads_ranks_and_rankings_by_name() -> None:
    ranks = _papers("[[1,2,0],[0,0,1],[1,2,0]]", "belenios-stv")
    named = _papers(
        '{"candidates": ["Ann","Bob","Cy"], "seats": 2, "ballots": ['
        '{"count": 3, "ranking": ["Bob", ["Ann","Cy"]]}, {"ranks": [1,0,2]}, [3,2,1]]}',
        "schulze",
    )

    assert ranks.groups == {(0, 1): 2, (2,): 1}
    assert ranks.candidates == ("Option 1", "Option 2", "Option 3")
    assert named.groups == {(1, (0, 2)): 3, (0, 2): 1, (2, 1, 0): 1}
    assert named.seats == 2


def test_json_pairs_may_be_a_table_or_named() -> None:
    table = read('{"candidates":["A","B"],"pairwise":[[null,5],[3,null]]}', "schulze")
    named = read('{"pairwise":{"A>B":5,"B>A":3}}', "schulze")

    assert isinstance(table, Pairs)
    assert table == named


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ("[[1,2],\n [1,3]]", 2, 2),
        ("[[1,2],\n [1]]", 2, 2),
        ("[[1,2],\n [1,-1]]", 2, 2),
        ("[[1,2],\n [1,1.5]]", 2, 2),
        ("[[1,2],\n [1,2]", 2, 7),
        ("[]", 1, 1),
        ('{"ballots": []}', 1, 13),
        ('{"candidates":["A","A"],"ballots":[[1,2]]}', 1, 20),
        ('{"candidates":["A","B"],"ballots":[{"ranking":["A","A"]}]}', 1, 36),
        ('{"candidates":["A","B"],"ballots":[{"ranking":["C"]}]}', 1, 36),
        ('{"candidates":["A","B"],"ballots":[{"ranking":["A"],"count":0}]}', 1, 36),
        ('{"candidates":["A","B"],"ballots":[{"ranking":["A"],"weight":0.5}]}', 1, 36),
        ('{"candidates":["A","B"],"seats":3,"ballots":[{"ranking":["A"]}]}', 1, 33),
        ('{"tallies": [[1,2],\n[1]]}', 2, 1),
        ('{"tallies": [[1,2]], "mode": "guess"}', 1, 30),
        ('{"nothing": 1}', 1, 1),
        ('{"ballots": [[1]]} x', 1, 20),
        ("[" * 100_000, 1, 2),
    ],
)
def test_json_faults_have_line_and_column(content: str, line: int, column: int) -> None:
    with pytest.raises(BadFileError) as caught:
        read(content, "schulze")

    assert (caught.value.line, caught.value.column) == (line, column), str(caught.value)


def test_missing_grades_are_counted_only_as_the_file_or_the_person_says() -> None:
    plain = '{"tallies": [[1,1,1],[0,1,1]]%s}'

    with pytest.raises(CountingError, match="2 of 3 grades"):
        count("majority-judgment", plain % "")
    worst = ', "mode": "StaticDefault", "default": 0'
    assert count("majority-judgment", plain % worst).ranking == (("Option 1", "Option 2"),)
    assert count("majority-judgment", plain % "", missing="median").winners == ("Option 2",)
    assert count("majority-judgment", plain % "", missing="normalised").winners == ("Option 2",)


# All of them


@settings(max_examples=400, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=80),
        st.text(alphabet='0123456789 -=#"\n,;[]{}:V', max_size=80).map(str.encode),
    ),
    rule=st.sampled_from(sorted(RULES)),
)
def test_anything_else_is_refused_in_words(content: bytes, rule: str) -> None:
    with suppress(CountingError):
        count(rule, read_votes(io.BytesIO(content), rule=rule))


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_in_words_or_counted_whole(data: st.DataObject) -> None:
    whole = f"3 1\n4 1 2 0\n2 3 0\n1 2=1 3 0\n0\n{NAMES}".encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=2)) + whole[at + 1 :]

    with suppress(BadFileError):
        read_votes(io.BytesIO(damaged), rule="scottish-stv")


@pytest.mark.parametrize(
    ("sample", "found"),
    [
        (b" [[1]]", "json"),
        (b"# note\n3 1\n", "blt"),
        (b"A,B\n", "csv"),
        (b",A,B\n", "pairs"),
        (b"hello\nV: 12\n", "debian"),
        (b"", "blt"),
    ],
)
def test_formats_are_told_from_the_first_lines(sample: bytes, found: str) -> None:
    assert find_format(sample) == found

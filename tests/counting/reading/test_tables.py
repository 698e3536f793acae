"""CSV tables of ranks, grades, points and pairs, read rightly or refused with line and column."""

from __future__ import annotations

import pytest

from tests.counting.ground import count, read, read_papers
from voting.counting.reading import BadFileError
from voting.counting.tabulation import CountingError, Grades, Pairs, Scores

CSV = "count,Ann,Bob,Cy\n"


def test_csv_reads_counts_blanks_gaps_and_equal_ranks() -> None:
    papers = read_papers(f"{CSV}3,1,,2\n2,1,1,\n1,,,\n4,1,,3\n", "schulze")

    assert papers.groups == {(0, 2): 3, ((0, 1),): 2, (): 1, (0, (), 2): 4}


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_may_use_other_delimiters(delimiter: str) -> None:
    papers = read_papers("Ann,Bob\n1,2\n2,1\n".replace(",", delimiter))

    assert papers.groups == {(0, 1): 1, (1, 0): 1}


def test_csv_names_may_be_quoted() -> None:
    papers = read_papers('count,"Ann, Dr","Bob ""B"""\n1,1,2\n')

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
        ("count,Ann,Ann\n1,1,2\n", 1, 11),
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


@pytest.mark.parametrize(
    ("content", "column", "told"),
    [
        ("A,,B\n1,2,\n", 3, "cell 2"),
        ("count,weight\n1,1\n", 1, "names of the candidates"),
        (",".join("A" * 10_001) + "\n1\n", 1, "columns"),
    ],
)
def test_rare_faults_of_tables(content: str, column: int, told: str) -> None:
    with pytest.raises(BadFileError, match=told) as caught:
        read(content, "schulze", format="csv")

    assert (caught.value.line, caught.value.column) == (1, column)


def test_an_empty_table_is_refused() -> None:
    for rule in ("schulze", "score", "majority-judgment"):
        with pytest.raises(BadFileError, match="the file is empty"):
            read("\n# nothing\n", rule, format="csv")


def test_a_fault_in_a_quoted_row_is_found_behind_the_quotes() -> None:
    with pytest.raises(BadFileError) as caught:
        read('"A","B, C"\n"1","x"\n', "schulze")

    assert (caught.value.line, caught.value.column) == (2, 5)


def test_points_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(BadFileError, match="points for B") as caught:
        read("A,B\n1,-2\n", "score")

    assert (caught.value.line, caught.value.column) == (2, 3)


def test_a_table_of_pairs_has_one_row_a_name() -> None:
    with pytest.raises(BadFileError, match="one row for each name"):
        read(",A,B\nA,,1\n\n# note\nA,,1\n", "schulze")


def test_equal_ranks_in_tables_and_json_are_refused_where_the_rule_has_no_place() -> None:
    for content in (
        "A,B\n1,1\n",
        "[[1,1]]",
        '{"candidates":["A","B"],"ballots":[{"ranking":[["A","B"]]}]}',
    ):
        with pytest.raises(BadFileError, match="no place for equal"):
            read(content, "wigm-prf")


def test_blank_papers_and_points_above_the_highest_are_told_apart() -> None:
    outcome = count("score", "A,B\n,\n6,1\n5,1\n", highest=5)

    assert (outcome.valid, outcome.blank, outcome.spoiled) == (1, 1, 1)
    with pytest.raises(CountingError, match="no valid paper"):
        count("score", "A,B\n,\n,\n")

"""The rarer faults of files of votes: each is named with its place."""

from __future__ import annotations

import pytest

from tests.counting.ground import count, read
from voting.counting.reading import BadFileError, lines
from voting.counting.tabulation import CountingError, Pairs, Papers, Scores

ABC = "0\nA\nB\nC\n"


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
    papers = read("3 1\n[nick 2 3 1]\n[other words]\n\n1 2 0\n1 1 0\n" + ABC)

    assert isinstance(papers, Papers)
    assert papers.groups == {(0,): 1, (2,): 1}


def test_quotes_end_where_a_comment_begins() -> None:
    papers = read('2 1\n1 1 0\n0\n"A" # "x" "y"\n"B" "of C" # z\n')

    assert isinstance(papers, Papers)
    assert papers.candidates == ("A", "B")


def test_a_byte_that_is_in_neither_encoding_is_named() -> None:
    with pytest.raises(BadFileError, match="UTF-8 or Windows-1252") as caught:
        read(b'2 1\n1 1 0\n0\n"A\x81"\nB\n')

    assert (caught.value.line, caught.value.column) == (4, 3)


def test_json_that_is_not_utf_8_is_named() -> None:
    with pytest.raises(BadFileError, match="UTF-8 text, which JSON is") as caught:
        read(b'{\n"title": "\xff"}', "schulze")

    assert (caught.value.line, caught.value.column) == (2, 11)


@pytest.mark.parametrize(
    ("content", "column", "told"),
    [
        ("A,,B\n1,2,\n", 1, "cell 2"),
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


def test_equal_ranks_in_tables_and_json_are_refused_where_the_rule_has_no_place() -> None:
    for content in (
        "A,B\n1,1\n",
        "[[1,1]]",
        '{"candidates":["A","B"],"ballots":[{"ranking":[["A","B"]]}]}',
    ):
        with pytest.raises(BadFileError, match="no place for equal"):
            read(content, "wigm-prf")


def test_points_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(BadFileError, match="points for B") as caught:
        read("A,B\n1,-2\n", "score")

    assert (caught.value.line, caught.value.column) == (2, 3)


def test_a_table_of_pairs_has_one_row_a_name() -> None:
    with pytest.raises(BadFileError, match="one row for each name"):
        read(",A,B\nA,,1\n\n# note\nA,,1\n", "schulze")


def test_debian_sheets_with_equal_or_missing_names_number_the_options() -> None:
    same = read("Option 1 -> X\nOption 2 -> X\nV: 12\n", "schulze")

    assert isinstance(same, Papers)
    assert same.candidates == ("Option 1", "Option 2")
    with pytest.raises(BadFileError, match="at least one line 'V: '"):
        read("hello\n", "schulze", format="debian")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"candidates": [1], "ballots": [[1]]}', "the name of a candidate"),
        ('{"candidates": ["A"], "seats": -1, "ballots": [[1]]}', "as 'seats'"),
        ('{"seats": 1, "seats": 2, "ballots": [[1]]}', "only once"),
        ("{1: 2}", "a name in quotes"),
        ('{"ballots": [7]}', "a paper"),
        ('{"ballots": [{"count": 1}]}', "a list of ranks"),
        ('{"ballots": [[]]}', "one number for each candidate"),
        ('{"ballots": [[true, 1]]}', "whole numbers"),
        ('{"ballots": [[NaN, 1]]}', "whole numbers"),
        ('{"ballots": [{"ranking": ["A"]}]}', "a list of candidates in the file"),
        ('{"candidates": ["A"], "ballots": [{"ranking": "A"}]}', "a list of names"),
        ('{"candidates": ["A"], "ballots": [{"ranking": [1]}]}', "the name of a candidate"),
        ('{"tallies": []}', "at least one tally"),
        ('{"tallies": [[]]}', "how often each grade"),
        ('{"tallies": [[-1]]}', "whole numbers"),
        ('{"candidates": ["A"], "tallies": [[1],[1]]}', "expected 1 tallies"),
        ('{"pairwise": [[0,1]]}', "square"),
        ('{"pairwise": [[0,1],[2]]}', "a row"),
        ('{"pairwise": [[0,-1],[2,0]]}', "whole numbers"),
        ('{"pairwise": {"A-B": 1}}', "expected pairs such as"),
        ('{"pairwise": {}}', "pairs of the candidates"),
        ('{"candidates": ["A"], "pairwise": {"A>B": 1}}', "pairs of the candidates"),
        ('{"ballots": [[1]], "x" 1}', "expected ':'"),
        ("[[1] [1]]", "expected ','"),
    ],
)
def test_rare_faults_of_json_files(content: str, told: str) -> None:
    with pytest.raises(BadFileError, match=told):
        read(content, "schulze")


def test_json_points_grades_and_nulls_are_read() -> None:
    scores = read('{"title": "T", "ballots": [{"scores": [5,null], "count": 2}, [1,2]]}', "score")

    assert isinstance(scores, Scores)
    assert scores.groups == {(5, None): 2, (1, 2): 1}
    assert scores.title == "T"


def test_json_pairs_may_tell_the_number_of_papers() -> None:
    pairs = read('{"pairwise": [[0,5],[3,0]], "valid": 9, "title": null}', "schulze")

    assert isinstance(pairs, Pairs)
    assert (pairs.valid, pairs.title) == (9, "")
    assert count("schulze", pairs).valid == 9


def test_blank_papers_and_points_above_the_highest_are_told_apart() -> None:
    outcome = count("score", "A,B\n,\n6,1\n5,1\n", highest=5)

    assert (outcome.valid, outcome.blank, outcome.spoiled) == (1, 1, 1)
    with pytest.raises(CountingError, match="no valid paper"):
        count("score", "A,B\n,\n,\n")


def test_papers_in_other_letters_are_read_one_by_one() -> None:
    papers = read("2 1\n[nick â b]\n2 â b 0\n1 b 0\n0\nA\nB\n")

    assert isinstance(papers, Papers)
    assert papers.groups == {(0, 1): 2, (1,): 1}


def test_a_file_with_very_many_different_papers_is_still_added_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "MOST_REMEMBERED", 0)
    content = "2 1\n" + "1 1 2 0\n" * 300_000 + "1 2 0\n" * 5 + "0\nA\nB\n"

    papers = read(content)

    assert isinstance(papers, Papers)
    assert papers.groups == {(0, 1): 300_000, (1,): 5}


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(BadFileError):
        read("[[" + "1" * 5000 + "]]", "schulze")


def test_a_number_with_a_fraction_is_shown_where_a_name_should_be() -> None:
    with pytest.raises(BadFileError, match=r"found 1\.5"):
        read('{"candidates":["A"],"ballots":[{"ranking":[1.5]}]}', "schulze")


def test_empty_levels_of_a_named_ranking_are_gaps() -> None:
    papers = read('{"candidates":["A","B"],"ballots":[{"ranking":["A",[],"B",[]]}]}', "schulze")

    assert isinstance(papers, Papers)
    assert papers.groups == {(0, (), 1): 1}

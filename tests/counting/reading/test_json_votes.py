"""JSON files of votes, read rightly or refused with line and column."""

from __future__ import annotations

import pytest

from tests.counting.ground import count, read, read_papers
from voting.counting.reading import BadFileError
from voting.counting.tabulation import CountingError, Pairs, Papers, Scores


def test_json_reads_ranks_and_rankings_by_name() -> None:
    ranks = read_papers("[[1,2,0],[0,0,1],[1,2,0]]", "belenios-stv")
    named = read_papers(
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
        ("[[1,2],\n [1,3]]", 2, 5),
        ("[[1,2],\n [1]]", 2, 2),
        ("[[1,2],\n [1,-1]]", 2, 5),
        ("[[1,2],\n [1,1.5]]", 2, 5),
        ("[[1,2],\n [1,2]", 2, 7),
        ("[]", 1, 2),
        ('{"ballots": []}', 1, 14),
        ('{"candidates":["A","A"],"ballots":[[1,2]]}', 1, 20),
        ('{"candidates":["A","B"],"ballots":[{"ranking":["A","A"]}]}', 1, 52),
        ('{"candidates":["A","B"],"ballots":[{"ranking":["C"]}]}', 1, 48),
        ('{"candidates":["A","B"],"ballots":[{"ranking":["A"],"count":0}]}', 1, 61),
        ('{"candidates":["A","B"],"ballots":[{"ranking":["A"],"weight":0.5}]}', 1, 62),
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


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"candidates": [1], "ballots": [[1]]}', "the name of a candidate"),
        ('{"candidates": ["A"], "seats": -1, "ballots": [[1]]}', "as 'seats'"),
        ('{"seats": 1, "seats": 2, "ballots": [[1]]}', "only once"),
        ("{1: 2}", "a name in quotes"),
        ('{"ballots": [7]}', "a paper"),
        ('{"ballots": [{"count": 1}]}', "one of ranking, ranks"),
        ('{"ballots": [[]]}', "one number for each candidate"),
        ('{"ballots": [[true, 1]]}', "a whole number"),
        ('{"ballots": [[NaN, 1]]}', "a whole number"),
        ('{"ballots": [{"ranking": ["A"]}]}', "a list of candidates in the file"),
        ('{"candidates": ["A"], "ballots": [{"ranking": "A"}]}', "a list of names"),
        ('{"candidates": ["A"], "ballots": [{"ranking": [1]}]}', "the name of a candidate"),
        ('{"tallies": []}', "at least one tally"),
        ('{"tallies": [[]]}', "how often each grade"),
        ('{"tallies": [[-1]]}', "a whole number"),
        ('{"candidates": ["A"], "tallies": [[1],[1]]}', "expected 1 tallies"),
        ('{"pairwise": [[0,1]]}', "square"),
        ('{"pairwise": [[0,1],[2]]}', "a row"),
        ('{"pairwise": [[0,-1],[2,0]]}', "a whole number"),
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

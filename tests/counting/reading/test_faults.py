"""Bad input, reader by reader: line, column and what was expected; never a partial count."""

from __future__ import annotations

import pytest

from tests.counting.ground import read
from voting.counting.reading import BadFileError

ABC = "0\nA\nB\nC\n"
NAMED = '{"candidates":["A","B"],\n"ballots":[%s]}'
FAULTS: list[tuple[str, str, str | bytes, int, int, str]] = [
    # BLT
    ("blt", "meek", f"3 1\n-2 1 0\n{ABC}", 2, 1, "a whole number of papers, 1 or more"),
    ("blt", "meek", f"3 1\n1 1 0\n1.5 1 0\n{ABC}", 3, 1, "1 or more, found '1.5'"),
    ("blt", "meek", f"3 1\n2 1 2 1 0\n{ABC}", 2, 7, "each candidate once"),
    ("blt", "meek", f"3 1\n2 1 4 0\n{ABC}", 2, 5, "a candidate from 1 to 3, found 4"),
    ("blt", "meek", f"3 4\n2 1 0\n{ABC}", 1, 3, "no more seats than candidates"),
    ("blt", "meek", f"3 3\n-2\n1 1 0\n{ABC}", 1, 3, "no more seats than candidates, found 3 for 2"),
    ("blt", "meek", f"3 1\n-1 -2 -3\n1 1 0\n{ABC}", 1, 3, "found 1 for 0"),
    ("blt", "meek", f"3 1\n{ABC}", 2, 1, "at least one paper"),
    ("blt", "meek", f"3 1\n1 1 0\n{ABC}Title\n1 2 0\n", 8, 1, "no paper after the names"),
    ("blt", "meek", f"3 1\n[quota 5]\n1 1 0\n{ABC}", 2, 1, "found .quota"),
    ("blt", "meek", b"2 1\n1 1 0\n0\n\xc3\x89va\nJos\xe9\n", 5, 4, "one encoding"),
    # CSV of ranks
    ("csv", "irv", "count,A,B\n-1,1,2\n", 2, 1, "a whole number, 1 or more"),
    ("csv", "irv", "weight,A,B\n1,1,2\n0.5,1,2\n", 3, 1, "1 or more, found '0.5'"),
    ("csv", "irv", "A,B\n1,3\n", 2, 3, "a rank from 1 to 2 for B"),
    ("csv", "irv", "A,B\n", 2, 1, "at least one paper"),
    ("csv", "irv", "A,B, A\n1,2,\n", 1, 5, "different names, found 'A' again"),
    ("csv", "irv", "count,A,B,Count\n1,1,2,3\n", 1, 11, "one column 'count'"),
    ("csv", "irv", b"\xc3\x89va,B\n1,2\nJos\xe9,2\n", 3, 4, "one encoding"),
    # CSV of points and of grades
    ("csv", "score", "A,B\n1,-2\n", 2, 3, "a whole number of points for B"),
    ("csv", "majority-judgment", "A,B\n1,1.5\n", 2, 3, "a grade from 1 to"),
    ("csv", "majority-judgment", "A,B\n1,2\n1,100000000000\n", 3, 3, "a grade from 1 to 1000"),
    # Tables of pairs
    ("pairs", "schulze", ",A,B\nA,,-1\nB,2,\n", 2, 4, "a number of papers"),
    ("pairs", "schulze", ",A,B\nA,,1\nA,2,\n", 3, 1, "one row for each name, found 'A'"),
    ("pairs", "schulze", ",A,B\nA,,1\nZ,2,\n", 3, 1, "one row for each name, found 'Z'"),
    ("pairs", "schulze", ",A,B\nA,,0\nB,0,\n", 4, 1, "at least one paper"),
    ("pairs", "schulze", ",A,B,count\nA,,1,1\nB,2,,1\n", 4, 1, "3 rows, found 2"),
    # Debian's sheets
    ("debian", "schulze", "V: 12\nV: 1\n", 2, 4, "2 ranks, found 1"),
    ("debian", "schulze", "V: 12\nV: 1.\n", 2, 5, "a rank from 1 to 2"),
    ("debian", "schulze", "V: 12\nV:\n", 2, 3, "a rank for each option"),
    ("debian", "schulze", "V: 12\nV:123\n", 2, 3, "2 ranks, found 3"),
    ("debian", "schulze", "no votes\n", 2, 1, "at least one line 'V: '"),
    # JSON
    ("json", "irv", NAMED % '{"ranking":["A"],"count":-1}', 2, 37, "1 or more, as 'count'"),
    ("json", "irv", NAMED % '{"ranking":["A"],"weight":0.5}', 2, 38, "1 or more, as 'weight'"),
    ("json", "irv", NAMED % '{"ranking":["A"],"wieght":2}', 2, 38, "found 'wieght'"),
    ("json", "irv", NAMED % '{"ranking":["A"],"count":1,"count":5}', 2, 12, "'count' only once"),
    ("json", "irv", NAMED % '{"ranking":["A","B","A"]}', 2, 32, "each candidate once"),
    ("json", "irv", NAMED % '{"ranks":[1,3]}', 2, 24, "a rank from 1 to 2, found 3"),
    ("json", "irv", NAMED % "[1,2],\n[1000000000000000,2]", 3, 2, "15 digits at most"),
    ("json", "irv", NAMED % "[1,2],\n[-1,2]", 3, 2, "a whole number, 0 or more"),
    ("json", "score", NAMED % '{"ranking":["A"]}', 2, 23, "scores, points"),
    ("json", "score", NAMED % '{"scores":[1,-2]}', 2, 25, "0 or more"),
    ("json", "irv", '{"seats":3,"candidates":["A","B"],"ballots":[[1,2]]}', 1, 10, "no more seats"),
    ("json", "irv", '{"seats":0,"candidates":["A","B"],"ballots":[[1,2]]}', 1, 10, "1 seat"),
    ("json", "irv", '{"ballots":[[1,2]],"papers":[[2,1]]}', 1, 29, "papers only once"),
    ("json", "irv", '{"ballots":[[1,2]],"pairwise":[[0,1],[1,0]]}', 1, 31, "one of ballots"),
    ("json", "irv", '{"candidates":[],"ballots":[[1,2]]}', 1, 15, "names of the candidates"),
    (
        "json",
        "irv",
        r'{"candidates":["\ud800","B"],"ballots":[[1,2]]}',
        1,
        16,
        "name of a candidate",
    ),
    ("json", "irv", '{"title":3,"ballots":[[1,2]]}', 1, 10, "as 'title'"),
    # tallies.json
    ("json", "majority-judgment", '{"tallies":[[1,1],\n[0,-2]]}', 2, 4, "0 or more"),
    ("json", "majority-judgment", '{"participants":1,"tallies":[[1,1]]}', 1, 17, "no more than 1"),
    (
        "json",
        "majority-judgment",
        '{"mode":"static default","default":2,"tallies":[[1,1]]}',
        1,
        36,
        "0 to 1",
    ),
    # pairs in JSON
    ("json", "schulze", '{"pairwise":[[null,1],\n[-2,null]]}', 2, 2, "0 or more"),
    ("json", "schulze", '{"pairwise":{"A>B":1,"A > B":2}}', 1, 30, "each pair once"),
    ("json", "schulze", '{"pairwise":{"A>B":1,"A>A":2}}', 1, 28, "pairs such as"),
    ("json", "schulze", '{"pairwise":[[null,0],[0,null]]}', 1, 13, "at least one paper"),
]


@pytest.mark.parametrize(("kind", "rule", "content", "line", "column", "told"), FAULTS)
def test_a_fault_has_its_line_and_column(
    kind: str, rule: str, content: str | bytes, line: int, column: int, told: str
) -> None:
    with pytest.raises(BadFileError, match=told) as caught:
        read(content, rule, format=kind)

    assert (caught.value.line, caught.value.column) == (line, column), str(caught.value)


def test_tallies_of_another_number_of_grades_are_refused() -> None:
    with pytest.raises(BadFileError, match="expected 3 grades, found 2") as caught:
        read('{"tallies":[[1,1]]}', "majority-judgment", grades=3)

    assert (caught.value.line, caught.value.column) == (1, 12)

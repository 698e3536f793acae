"""Candidates who are withdrawn: every kind of votes is counted as if they had never stood."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.counting.ground import CASES, count, make_papers
from tests.counting.test_count_command import load, run, write
from voting.counting.options import Options
from voting.counting.rules import RULES, count_votes
from voting.counting.tabulation import Choices, CountingError, Gone, Grades, Outcome, Pairs
from voting.counting.vectors import read_gradings, read_scorings
from voting.counting.withdrawals import withdraw

NAMES = ("Ann", "Bob", "Cat")
BLANK = "1 paper names nobody but those withdrawn, and counts as blank."
UNKNOWN = "How many papers named nobody but those withdrawn is not known."
BLT = "3 1\n2 1 2 0\n1 1 0\n2 3 2 0\n0\nAnn\nBob\nCat\n"
RANKED = [rule for rule, known in RULES.items() if rule not in ("score", "majority-judgment")]


def say(outcome: Outcome) -> str:
    return outcome.stages[0].sentence


@pytest.mark.parametrize("rule", RANKED)
def test_papers_go_to_the_next_preference_and_those_left_with_nothing_are_blank(rule: str) -> None:
    outcome = count(rule, BLT, withdrawn=("Ann",))

    assert outcome.candidates == ("Bob", "Cat")
    assert outcome.blank == 1
    assert outcome.options["withdrawn"] == ["Ann"]
    assert say(outcome).startswith(BLANK)


def test_who_was_withdrawn_in_the_file_itself_is_on_the_sheet_too() -> None:
    outcome = count("scottish-stv", BLT.replace("3 1\n", "3 1\n-1\n", 1), withdrawn=("Cat",))

    assert (outcome.winners, outcome.valid, outcome.blank) == (("Bob",), 4, 1)
    assert outcome.options["withdrawn"] == ["Ann", "Cat"]
    assert say(outcome).startswith(BLANK)


def test_a_count_without_withdrawals_says_nothing_of_them() -> None:
    assert "withdrawn" not in count("irv", BLT).options
    assert "withdrawn" not in say(count("irv", BLT))


@pytest.mark.parametrize("rule", ["plurality", "approval"])
def test_a_choice_for_who_is_withdrawn_alone_is_a_blank_paper(rule: str) -> None:
    votes = Choices(NAMES, (3, 2, 1), 6, blank=1)

    outcome = count_votes(rule, votes, Options(withdrawn=("Ann",)))

    assert (outcome.winners, outcome.valid, outcome.blank) == (("Bob",), 3, 4)
    assert dict(outcome.stages[0].votes) == {"Bob": 2, "Cat": 1}
    assert "3 papers name nobody but those withdrawn" in say(outcome)


def test_of_several_choices_added_up_the_blank_papers_cannot_be_told() -> None:
    votes = Choices(NAMES, (3, 2, 1), 5, most=2)

    outcome = count_votes("approval", votes, Options(withdrawn=("Ann",)))
    nobody = Choices(NAMES, (3, 2, 0), 5, most=2)
    unchosen = count_votes("approval", nobody, Options(withdrawn=("Cat",)))

    assert (outcome.winners, outcome.valid, outcome.blank) == (("Bob",), None, 0)
    assert say(outcome).startswith(UNKNOWN)
    assert (unchosen.valid, unchosen.winners) == (5, ("Ann",))
    alone = Choices(NAMES, (3, 0, 0), 3, most=2)
    with pytest.raises(CountingError, match="no valid paper"):
        count_votes("approval", alone, Options(withdrawn=("Ann",)))


def test_points_for_who_is_withdrawn_are_gone() -> None:
    text = "Ann,Bob,Cat\n5,,\n4,1,\n,0,3\n,,\n"

    outcome = count("score", text, withdrawn=("Ann",))

    assert dict(outcome.stages[0].votes) == {"Bob": 1, "Cat": 3}
    assert (outcome.valid, outcome.blank) == (2, 2)
    assert say(outcome).startswith(BLANK)


def test_a_sealed_paper_of_points_that_is_left_with_zeros_is_blank() -> None:
    scores = read_scorings(NAMES, [[5, 0, 0], [5, 1, 0], [0, 0, 0]], highest=5)

    outcome = count_votes("score", scores, Options(withdrawn=("Ann",)))

    assert (outcome.valid, outcome.blank, outcome.winners) == (1, 2, ("Bob",))


def test_a_paper_without_a_grade_for_who_is_withdrawn_is_whole() -> None:
    papers = [[1, 2, 3], [0, 2, 1], [3, 0, 0], [0, 0, 0], [4, 1, 1]]
    sealed = read_gradings(NAMES, papers, grades=3)
    text = "Ann,Bob,Cat\n" + "\n".join(",".join(map(str, paper)) for paper in papers[:4])

    outcome = count_votes("majority-judgment", sealed, Options(withdrawn=("Ann",)))
    read = count("majority-judgment", text, withdrawn=("Ann",))

    assert (sealed.participants, sealed.blank, sealed.spoiled) == (1, 1, 3)
    assert (outcome.valid, outcome.blank, outcome.spoiled) == (3, 2, 0)
    assert (read.valid, read.blank, read.spoiled) == (2, 2, 0)
    assert outcome.candidates == ("Bob", "Cat")
    assert say(outcome).startswith(BLANK)


def test_tallies_of_grades_lose_a_row() -> None:
    grades = Grades(NAMES, ((0, 1, 2), (1, 1, 1), (3, 0, 0)), participants=3)

    outcome = count_votes("majority-judgment", grades, Options(withdrawn=("Ann",)))

    assert (outcome.ranking, outcome.valid) == (("Bob", "Cat"), 3)
    assert outcome.options["withdrawn"] == ["Ann"]


@pytest.mark.parametrize("rule", ["schulze", "ranked-pairs"])
def test_a_table_of_pairs_loses_a_row_and_a_column(rule: str) -> None:
    pairs = Pairs(NAMES, ((0, 9, 2), (1, 0, 6), (8, 4, 0)), valid=10)  # a circle

    outcome = count_votes(rule, pairs, Options(withdrawn=("Ann",)))

    assert (outcome.candidates, outcome.winners, outcome.valid) == (("Bob", "Cat"), ("Bob",), None)
    assert outcome.details["pairwise"] == {"Bob": {"Cat": 6}, "Cat": {"Bob": 4}}
    assert say(outcome).startswith(UNKNOWN)


def test_withdrawing_twice_is_withdrawing_both() -> None:
    papers = make_papers([(0,), (1, 0), (2, 1)], 3)

    twice, once = withdraw(withdraw(papers, ["A"]), ["B"]), withdraw(papers, ["A", "B"])

    assert twice == once
    assert twice.gone == Gone(("A", "B"), 2)


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("irv", BLT.replace("2 1 2 0", "3 1 2 0")),
        ("plurality", "Ann,Bob,Cat\n1,,\n,1,\n,1,\n"),
        ("score", "Ann,Bob,Cat\n9,5,1\n"),
        ("majority-judgment", "Ann,Bob,Cat\n1,2,3\n"),
        (
            "majority-judgment",
            '{"options":["Ann","Bob","Cat"],"tallies":[[0,0,1],[0,1,0],[1,0,0]]}',
        ),
        ("schulze", ",Ann,Bob,Cat\nAnn,,9,9\nBob,1,,6\nCat,1,4,\n"),
        ("ranked-pairs", '{"pairwise":{"Ann>Bob":9,"Bob>Ann":1,"Bob>Cat":6,"Cat>Bob":4}}'),
        ("schulze", '{"candidates":["Ann","Bob","Cat"],"ballots":[[1,2,3]]}'),
        ("borda", "Option 1: Ann\nOption 2: Bob\nOption 3: Cat\nV: 123\nV: 1--\n"),
    ],
)
def test_the_command_withdraws_from_every_kind_of_file(
    tmp_path: Path, rule: str, content: str
) -> None:
    file = write(tmp_path, content)

    found = load("--rule", rule, "--withdrawn", "Ann", file)

    assert (found["candidates"], found["winners"]) == (["Bob", "Cat"], ["Bob"])
    assert found["options"]["withdrawn"] == ["Ann"]
    assert "withdrawn: Ann" in run("--rule", rule, "--withdrawn", "Ann", file).stdout
    for gone, told in (
        (("--withdrawn", "Zoe"), "No candidate is called 'Zoe'"),
        (("--withdrawn", "Ann", "--withdrawn", "Bob", "--withdrawn", "Cat"), "nobody is left"),
        (("--withdrawn", "Ann", "--seats", "3"), "one" if rule == "irv" else "more seats (3) than"),
    ):
        refused = run("--rule", rule, *gone, file)
        assert refused.exit_code == 2
        assert told in refused.stderr


def test_debian_without_the_winner() -> None:
    sheet = (CASES / "schulze_debian_2002").glob("*")
    file = next(path for path in sheet if path.suffix != ".json")

    first = load("--rule", "schulze", file)
    again = load("--rule", "schulze", "--withdrawn", first["winners"][0], file)

    assert again["winners"][0] in first["candidates"]
    assert again["winners"] != first["winners"]
    assert len(again["candidates"]) == len(first["candidates"]) - 1

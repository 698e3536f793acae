"""Majority judgment, whatever the grades."""

from __future__ import annotations

import time
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counting.ground import count
from voting.counting.majority_judgment import rank
from voting.counting.tabulation import Grades


@st.composite
def tallies(draw: st.DrawFn) -> list[list[int]]:
    size, grades, papers = (
        draw(st.integers(1, 5)),
        draw(st.integers(2, 5)),
        draw(st.integers(1, 12)),
    )
    made = []
    for _ in range(size):
        given_grades = draw(st.lists(st.integers(0, grades - 1), min_size=papers, max_size=papers))
        made.append([given_grades.count(grade) for grade in range(grades)])
    return made


def _by_removal(tally: list[int], *, upper: bool) -> list[int]:
    """The rule as it is told: write down the middle grade, remove it, and again."""
    left = [grade for grade, number in enumerate(tally) for _ in range(number)]
    found = []
    while left:
        found.append(left.pop(len(left) // 2 if upper else (len(left) - 1) // 2))
    return found


@settings(max_examples=400, deadline=None)
@given(made=tallies(), upper=st.booleans())
def test_majority_judgment_on_counts_is_removal_paper_by_paper(
    made: list[list[int]], upper: bool
) -> None:
    keys = [tuple(_by_removal(tally, upper=upper)) for tally in made]

    groups = rank(made, upper=upper)

    assert [keys[group[0]] for group in groups] == sorted(set(keys), reverse=True)
    assert all(keys[one] == keys[group[0]] for group in groups for one in group)


@settings(max_examples=300, deadline=None)
@given(made=tallies(), upper=st.booleans(), seed=st.integers(0, 2**32))
def test_majority_judgment_is_monotone(made: list[list[int]], upper: bool, seed: int) -> None:
    chance = Random(seed)
    winner = chance.choice(rank(made, upper=upper)[0])
    tally = made[winner]
    for _ in range(chance.randint(1, 4)):  # papers that give it a better grade
        raisable = [grade for grade, number in enumerate(tally[:-1]) if number]
        if raisable:
            grade = chance.choice(raisable)
            tally[grade] -= 1
            tally[chance.randint(grade + 1, len(tally) - 1)] += 1

    assert winner in rank(made, upper=upper)[0]


@settings(max_examples=150, deadline=None)
@given(made=tallies(), upper=st.booleans())
def test_other_names_and_another_order_of_options_only_rename(
    made: list[list[int]], upper: bool
) -> None:
    names = tuple("ABCDE"[: len(made)])
    middle = "upper" if upper else "lower"

    ours = count("majority-judgment", Grades(names, tuple(map(tuple, made))), middle=middle)
    turned = Grades(tuple(f"{name}x" for name in names[::-1]), tuple(map(tuple, made[::-1])))
    theirs = count("majority-judgment", turned, middle=middle)

    def groups(ranking: tuple[str | tuple[str, ...], ...]) -> list[set[str]]:
        return [{one} if isinstance(one, str) else set(one) for one in ranking]

    renamed = [{f"{name}x" for name in group} for group in groups(ours.ranking)]
    assert groups(theirs.ranking) == renamed


def test_majority_judgment_takes_no_longer_for_a_billion_papers() -> None:
    half = 5 * 10**8
    grades = Grades(("A", "B"), ((half, 1, half), (half - 1, 3, half - 1)))

    started = time.process_time()
    outcome = count("majority-judgment", grades)

    assert outcome.winners == ("B",)  # the second paper from the middle is better
    assert time.process_time() - started < 0.5

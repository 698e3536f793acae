"""Plain lines are read in haste, many of them cut in two: they come to the same papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counting.ground import read_papers
from voting.counting.halves import Halves
from voting.counting.pairwise import make_pairs
from voting.counting.reading import BadFileError, plain
from voting.counting.reading.plain import PlainPapers
from voting.counting.tabulation import Papers, Ranking

CANDIDATES = 12
NAMES = "".join(f"Name {number}\n" for number in range(CANDIDATES))

papers_of_one_line = st.tuples(
    st.sampled_from([1, 2, 9, 10, 123456]),
    st.permutations(range(CANDIDATES)),
    st.integers(0, CANDIDATES),
).map(lambda one: (one[0], tuple(one[1][: one[2]])))


@pytest.fixture
def always_cut() -> Iterator[None]:
    """Every block of lines is cut in two, however short."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "MANY", 0)
        yield


def write(lines: list[tuple[int, Ranking]]) -> str:
    text = "".join(
        f"{votes} {' '.join([*(str(int(one) + 1) for one in ranking), '0'])}\n"  # type: ignore[arg-type]
        for votes, ranking in lines
    )
    return f"{CANDIDATES} 1\n{text}0\n{NAMES}"


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(papers_of_one_line, min_size=1, max_size=20), again=st.integers(1, 3))
def test_cut_lines_come_to_the_same_papers_and_pairs(
    lines: list[tuple[int, Ranking]], again: int
) -> None:
    content = write([*lines * again, (1, (0,))])
    whole = read_papers(content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "MANY", 0)
        cut = read_papers(content)

    assert isinstance(cut.groups, Halves)
    assert dict(cut.groups) == whole.groups
    assert len(cut.groups) == len(whole.groups)
    assert all(cut.groups[ranking] == votes for ranking, votes in whole.groups.items())
    assert make_pairs(cut) == make_pairs(whole)


def test_a_long_file_of_many_different_papers_is_cut() -> None:
    random = Random(4)
    lines = [(1, tuple(random.sample(range(CANDIDATES), 7))) for _ in range(12_000)]

    papers = read_papers(write(lines))

    assert isinstance(papers.groups, Halves)
    assert sum(papers.groups.values()) == 12_000
    as_told = {ranking: lines.count((1, ranking)) for _, ranking in lines[:50]}
    assert {ranking: papers.groups[ranking] for ranking in as_told} == as_told


def test_papers_that_have_little_in_common_are_no_longer_cut() -> None:
    lines = [(1, ranking) for ranking in permutations(range(8), 8)]
    Random(4).shuffle(lines)
    wide = [(1, (11, 10, 9, *ranking[:6])) for _, ranking in lines]

    narrow = PlainPapers(CANDIDATES)
    odd = [narrow.add(Counter(_raw(part))) for part in (lines, wide[:20_000], wide[20_000:])]

    assert odd == [{}, {}, {}]
    assert sum(narrow.whole.values()) == len(wide) - 20_000
    assert sum(narrow.groups({}).values()) == len(lines) + len(wide)


def _raw(lines: list[tuple[int, Ranking]]) -> list[bytes]:
    return write(lines).encode().splitlines()[1 : len(lines) + 1]


@pytest.mark.usefixtures("always_cut")
@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("1 1 2 3 4 5 6 7 1 0", 17),
        ("1 1 2 1 4 5 6 7 8 0", 7),
        ("1 1 2 3 4 5 6 7 6 0", 17),
        ("1 1 2 3 4 5 6 7 13 0", 17),
        ("1 13 2 3 4 5 6 7 8 0", 3),
        ("0 1 2 3 4 5 6 7 8 0", 1),
        ("-1 1 2 3 4 5 6 7 8 0", 1),
        ("1.5 1 2 3 4 5 6 7 8 0", 1),
        ("1234567890123456 1 0", 1),
        ("1 1 2 3 4 0 6 7 8 0", 13),
        ("1 1 2 3 4 5 6 7 x 0", 17),
        ("1 1 2\x0b3 4 5 6 7 8 0", 6),
    ],
)
def test_a_wrong_line_is_told_whichever_half_is_wrong(line: str, column: int) -> None:
    right = "1 1 2 3 4 5 6 7 8 0\n1 8 7 6 5 4 3 2 1 0\n"

    with pytest.raises(BadFileError) as caught:
        read_papers(f"{CANDIDATES} 1\n{right}{line}\n{right}0\n{NAMES}")

    assert (caught.value.line, caught.value.column) == (4, column), str(caught.value)


@pytest.mark.usefixtures("always_cut")
@pytest.mark.parametrize("end", ["0", " 0", "0 # end", "\t0"])
def test_what_looks_like_a_paper_after_the_end_is_none(end: str) -> None:
    papers = read_papers(f"2 1\n1 1 2 0\n{end}\n1 2 0\n1 1 2 0\n1 2 1 0\n")

    assert dict(papers.groups) == {(0, 1): 1}
    assert papers.candidates == ("1 2 0", "1 1 2 0")
    assert make_pairs(papers).over == ((0, 1), (0, 0))


@pytest.mark.usefixtures("always_cut")
def test_a_missing_end_of_a_paper_and_other_spaces_are_read() -> None:
    papers = read_papers(f"{CANDIDATES} 1\n1  1 2 0 \n1 1 2\n1\t1\t2\t0\r\n1 10\n0\n{NAMES}")

    assert dict(papers.groups) == {(0, 1): 3, (9,): 1}


def test_a_ranking_that_nobody_has_is_not_there() -> None:
    papers = Papers(("A", "B"), Halves({(): {(0,): 2, (1,): 0}, (0,): {(): 1}}))

    assert dict(papers.groups) == {(0,): 3}
    assert papers.groups.get((1,)) is None
    assert make_pairs(papers).valid == 3

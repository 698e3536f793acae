"""What the counting tests share: small elections, made by hand or at random."""

from __future__ import annotations

import io
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st

from voting.counting.options import Options
from voting.counting.reading import read_votes
from voting.counting.rules import count_votes
from voting.counting.tabulation import Outcome, Papers, Ranking, Votes

CASES = Path(__file__).parents[1] / "vectors" / "counting"
STV = ("scottish-stv", "ers97", "meek", "wigm-prf", "belenios-stv")
STAGED = (*STV, "irv")


def read(content: str | bytes, rule: str = "scottish-stv", **how: object) -> Votes:
    """Read votes from text as from a file."""
    raw = content.encode() if isinstance(content, str) else content
    return read_votes(io.BytesIO(raw), rule=rule, **how)  # type: ignore[arg-type]


def read_papers(content: str | bytes, rule: str = "scottish-stv") -> Papers:
    """Read rankings from text as from a file."""
    found = read(content, rule)
    assert isinstance(found, Papers)
    return found


def count(rule: str, content: str | Votes, **chosen: object) -> Outcome:
    """Count text, or votes already read."""
    votes = read(content, rule) if isinstance(content, str) else content
    return count_votes(rule, votes, Options(**chosen))  # type: ignore[arg-type]


def make_papers(rankings: Iterable[Ranking], candidates: int, seats: int = 1) -> Papers:
    """Papers with candidates A, B, C and so on."""
    groups: dict[Ranking, int] = {}
    for ranking in rankings:
        groups[ranking] = groups.get(ranking, 0) + 1
    return Papers(tuple("ABCDEFGHIJ"[:candidates]), groups, seats)


@st.composite
def elections(draw: st.DrawFn, most_papers: int = 30, most: int = 5) -> Papers:
    """Strict partial rankings of two or more candidates, at least one paper not blank."""
    candidates = draw(st.integers(2, most))
    seats = draw(st.integers(1, candidates - 1))
    order = st.permutations(range(candidates))
    paper = st.tuples(order, st.integers(0, candidates)).map(lambda one: tuple(one[0][: one[1]]))
    rankings = draw(st.lists(paper, min_size=1, max_size=most_papers))
    return make_papers([*rankings, (draw(st.integers(0, candidates - 1)),)], candidates, seats)


def units(text: str) -> Fraction:
    """Decimal text as an exact number."""
    return Fraction(text)

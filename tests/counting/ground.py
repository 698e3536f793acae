"""What the counting tests share: small elections, made by hand or at random."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
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

Way = tuple[str, dict[str, str]]
STAGED_WAYS: tuple[Way, ...] = (
    *((rule, {}) for rule in STAGED),
    ("meek", {"variant": "hww"}),
    ("irv", {"until": "two"}),
    ("irv", {"exclude": "batch"}),
    ("irv", {"overvote": "skip"}),
    ("irv", {"overvote": "continuing"}),
)
ORDER_WAYS: tuple[Way, ...] = (
    *((rule, {}) for rule in ("plurality", "approval", "borda", "schulze", "ranked-pairs")),
    ("schulze", {"strength": "margins"}),
    ("ranked-pairs", {"strength": "margins"}),
)
RANKED_WAYS = (*STAGED_WAYS, *ORDER_WAYS)
"""Every rule that counts ranked papers, with each of its options"""

STRICT = ("meek", "wigm-prf")
"""Rules that refuse candidates who share a number"""


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


@st.composite
def weak_elections(draw: st.DrawFn, most_papers: int = 20, most: int = 5) -> Papers:
    """Papers with shared numbers and numbers left out, one of them with a single first."""
    candidates = draw(st.integers(2, most))
    seats = draw(st.integers(1, candidates - 1))
    ranks = st.lists(st.integers(0, candidates), min_size=candidates, max_size=candidates)
    papers = [to_ranking(row) for row in draw(st.lists(ranks, max_size=most_papers))]
    return make_papers([*papers, (draw(st.integers(0, candidates - 1)),)], candidates, seats)


def to_ranking(ranks: Sequence[int]) -> Ranking:
    """Ranks, 0 for none, as a ranking; a number left out is ()."""
    levels = [
        tuple(at for at, rank in enumerate(ranks) if rank == number)
        for number in range(1, max(ranks) + 1)
    ]
    return tuple(level[0] if len(level) == 1 else level for level in levels)


def count_way(way: Way, papers: Papers, **chosen: object) -> Outcome:
    """Count papers by a rule with its options, for the seats of the papers where it can."""
    rule, options = way
    seats = 1 if rule == "irv" else papers.seats
    return count(rule, papers, **{"seats": seats, **options, **chosen})


def hold_sums(outcome: Outcome) -> None:
    """At every stage, all valid papers are with a candidate or told as with none, loss included."""
    assert outcome.valid is not None
    total, lost = outcome.valid * 10**outcome.places, 0
    for stage in outcome.stages:
        assert sum(stage.votes.values()) + stage.non_transferable == total
        assert lost <= stage.loss <= stage.non_transferable <= total
        assert all(votes >= 0 for votes in stage.votes.values())
        lost = stage.loss


def units(text: str) -> Fraction:
    """Decimal text as an exact number."""
    return Fraction(text)

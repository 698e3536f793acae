"""The opened numbers of sealed papers, one an option, as the papers that a rule counts.

Ranks: 1 is best, 0 is not ranked; every rank from 1 to the last one used is there. Grades: 1 is the
best and every option has one. Scores: the points themselves. A paper of nothing but 0 is blank.
Whatever else comes out of the seal is a spoiled paper, and is counted as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from voting.counting.gradings import tally_grades
from voting.counting.tabulation import Grades, Papers, Preference, Ranking, Row, Scores

Vector = Sequence[int]


def read_ranking(vector: Vector, *, equal: bool, most: int) -> Ranking | None:
    """The ranking that *vector* stands for; None for a spoiled one."""
    used = sorted({rank for rank in vector if rank})
    if used != list(range(1, len(used) + 1)) or len(used) > most:
        return None
    levels = [tuple(at for at, one in enumerate(vector) if one == rank) for rank in used]
    if not equal and any(len(level) > 1 for level in levels):
        return None
    ranking: list[Preference] = [level[0] if len(level) == 1 else level for level in levels]
    return tuple(ranking)


def read_rankings(
    candidates: Sequence[str],
    vectors: Iterable[Vector],
    *,
    equal: bool = False,
    most: int | None = None,
    title: str = "",
) -> Papers:
    """Ranked papers. *most* is how many ranks a paper may use, None for one an option."""
    groups: dict[Ranking, int] = {}
    spoiled = 0
    limit = len(candidates) if most is None else most
    for vector in vectors:
        ranking = read_ranking(vector, equal=equal, most=limit)
        if ranking is None:
            spoiled += 1
        else:
            groups[ranking] = groups.get(ranking, 0) + 1
    return Papers(tuple(candidates), groups, spoiled=spoiled, title=title)


def hold_to_ranks(papers: Papers, *, equal: bool, most: int | None) -> Papers:
    """*papers* with those spoiled that share a rank, unless *equal*, or use more than *most*."""
    groups: dict[Ranking, int] = {}
    spoiled = papers.spoiled
    for ranking, votes in papers.groups.items():
        shared = any(isinstance(one, tuple) and len(one) > 1 for one in ranking)
        used = sum(one != () for one in ranking)
        if (shared and not equal) or (most is not None and used > most):
            spoiled += votes
        else:
            groups[ranking] = groups.get(ranking, 0) + votes
    return replace(papers, groups=groups, spoiled=spoiled)


def is_graded(vector: Vector, grades: int) -> bool:
    """Whether every option of a paper has one of so many grades."""
    return all(1 <= grade <= grades for grade in vector)


def read_gradings(
    candidates: Sequence[str], vectors: Iterable[Vector], *, grades: int, title: str = ""
) -> Grades:
    """How often each option got each grade, worst first. A paper with a gap is spoiled."""
    papers: Counter[Row] = Counter(tuple(vector) for vector in vectors)
    return tally_grades(tuple(candidates), papers, grades, title)


def read_scorings(
    candidates: Sequence[str], vectors: Iterable[Vector], *, highest: int, title: str = ""
) -> Scores:
    """Papers of points; one with more than *highest* for an option is spoiled."""
    groups: dict[tuple[int | None, ...], int] = {}
    spoiled = 0
    for vector in vectors:
        if any(points > highest for points in vector):
            spoiled += 1
        else:
            row = tuple(vector) if any(vector) else (None,) * len(candidates)
            groups[row] = groups.get(row, 0) + 1
    return Scores(tuple(candidates), groups, spoiled=spoiled, title=title, zeros_are_blank=True)

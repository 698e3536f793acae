"""Borda's count: of n candidates the first on a paper gets n - 1 points, the last none."""

from __future__ import annotations

from collections.abc import Sequence

from voting.counting.options import Options
from voting.counting.places import by_votes
from voting.counting.ranking_outcome import Sheet, make_outcome
from voting.counting.tabulation import CountingError, Outcome, Papers, Ranking
from voting.counting.words import phrase

RULE, VERSION = "borda", "n-1 to 0, shared places averaged"


def double_points(ranking: Ranking, size: int) -> list[int]:
    """Twice the points of each candidate on one paper, so that averages stay whole.

    Those who share a number, and those without one, get the average of the places they share.
    """
    points = [0] * size
    place = size - 1
    seen: set[int] = set()
    for preference in ranking:
        level = (preference,) if isinstance(preference, int) else preference
        if level:
            place = _share(points, level, place)
            seen.update(level)
    _share(points, [one for one in range(size) if one not in seen], place)
    return points


def _share(points: list[int], level: Sequence[int], place: int) -> int:
    for one in level:
        points[one] = 2 * place - len(level) + 1
    return place - len(level)


def count_borda(papers: Papers, options: Options) -> Outcome:
    """Count points; weighted papers count as that many.

    Raises CountingError for more seats than candidates and when no paper is valid.
    """
    size = len(papers.candidates)
    doubled = [0] * size
    blank = papers.groups.get((), 0)
    valid = sum(papers.groups.values()) - blank
    if not valid:
        raise CountingError("There is no valid paper to count.")
    for ranking, votes in papers.groups.items():
        if ranking:
            for one, points in enumerate(double_points(ranking, size)):
                doubled[one] += points * votes
    halves = any(points % 2 for points in doubled)
    votes_shown = [points * 5 if halves else points // 2 for points in doubled]
    sheet = Sheet(
        RULE,
        VERSION,
        {},
        by_votes(doubled),
        valid,
        blank,
        papers.spoiled,
        phrase("Points of all papers are added up."),
        votes_shown,
        1 if halves else 0,
    )
    return make_outcome(papers, sheet, options, options.seats_for(papers))

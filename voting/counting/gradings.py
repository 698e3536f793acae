"""Graded papers added up: how often each candidate got each grade."""

from __future__ import annotations

from collections.abc import Mapping

from voting.counting.tabulation import Grades, Row


def tally_grades(
    names: tuple[str, ...], papers: Mapping[Row, int], grades: int | None, title: str = ""
) -> Grades:
    """Add up papers of grades (1 best). A paper that leaves some out is spoiled, or blank.

    *grades* is how many there are; by default as many as the worst that was given.
    """
    number = grades or max((grade or 0 for row in papers for grade in row), default=0) or 1
    tallies = [[0] * number for _ in names]
    blank = spoiled = 0
    for row, votes in papers.items():
        if not any(row):
            blank += votes
        elif all(grade and grade <= number for grade in row):
            for tally, grade in zip(tallies, row, strict=True):
                tally[number - (grade or 0)] += votes
        else:
            spoiled += votes
    return Grades(
        names,
        tuple(map(tuple, tallies)),
        participants=sum(tallies[0]),
        blank=blank,
        spoiled=spoiled,
        title=title,
        papers=papers,
    )

"""Score voting: each paper gives each candidate a number of points; the most points win."""

from __future__ import annotations

from voting.counting.options import Options
from voting.counting.places import by_votes
from voting.counting.ranking_outcome import Sheet, make_outcome
from voting.counting.tabulation import CountingError, Outcome, Scores
from voting.counting.words import phrase

RULE, VERSION = "score", "sum of points; no number is no point"


def count_score(scores: Scores, options: Options) -> Outcome:
    """Add up points; weighted papers count as that many.

    A paper with a number above ``highest`` is spoiled; one without numbers is blank. Raises
    CountingError for more seats than candidates and when no paper is valid.
    """
    totals = [0] * len(scores.candidates)
    valid, blank, spoiled = 0, 0, scores.spoiled
    for row, votes in scores.groups.items():
        if all(points is None for points in row):
            blank += votes
        elif options.highest is not None and max(points or 0 for points in row) > options.highest:
            spoiled += votes
        else:
            valid += votes
            for one, points in enumerate(row):
                totals[one] += (points or 0) * votes
    if not valid:
        raise CountingError("There is no valid paper to count.")
    sheet = Sheet(
        RULE,
        VERSION,
        {"highest": options.highest},
        by_votes(totals),
        valid,
        blank,
        spoiled,
        phrase("Points of all papers are added up."),
        totals,
    )
    return make_outcome(scores, sheet, options, options.seats or 1)

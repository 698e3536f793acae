"""Schulze's method: the candidate whom no stronger chain of defeats beats.

Source: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and
Condorcet-consistent single-winner election method" (2011). Belenios and CIVS compare winning votes,
then fewer against. Debian's quorum, default option and casting vote are not applied.
"""

from __future__ import annotations

from voting.counting.options import Options
from voting.counting.pairwise import NO_DEFEAT, Strength, StrengthRule, make_pairs, table
from voting.counting.ranking_outcome import Sheet, make_outcome
from voting.counting.tabulation import Outcome, Pairs, Papers
from voting.counting.words import phrase

RULE, VERSION = "schulze", "beatpath"


def widest_paths(pairs: Pairs, rule: StrengthRule) -> list[list[Strength]]:
    """For each two candidates, the strongest chain of defeats: as strong as its weakest link."""
    size = range(len(pairs.candidates))
    paths = [[rule.of(pairs, upper, lower) for lower in size] for upper in size]
    for through in size:
        onward = paths[through]
        for start in size:
            reach, row = paths[start][through], paths[start]
            if start == through or reach == NO_DEFEAT:
                continue
            for end in size:
                if end not in (start, through):
                    row[end] = max(row[end], min(reach, onward[end]))
    return paths


def rank(paths: list[list[Strength]]) -> list[list[int]]:
    """All candidates in order: again and again those whom nobody left beats by a path."""
    left = list(range(len(paths)))
    groups = []
    while left:
        first = [
            one for one in left if all(paths[one][other] >= paths[other][one] for other in left)
        ]
        groups.append(first)
        left = [one for one in left if one not in first]
    return groups


def count_schulze(votes: Papers | Pairs, options: Options) -> Outcome:
    """Count by Schulze's method; those whom nobody beats share the first place.

    ``strength`` is winning or margins. Candidates without a number are level below all others.
    Raises CountingError for more seats than candidates and when no paper is valid.
    """
    rule = StrengthRule(options.strength)
    pairs = make_pairs(votes) if isinstance(votes, Papers) else votes
    paths = widest_paths(pairs, rule)
    names = pairs.candidates
    sheet = Sheet(
        RULE,
        VERSION,
        {"strength": rule.name},
        rank(paths),
        pairs.valid,
        pairs.blank,
        pairs.spoiled,
        phrase("Each two candidates are compared on all papers, then by chains of defeats."),
        details={
            "pairwise": table(pairs),
            "paths": {
                names[upper]: {
                    names[lower]: strength[0]
                    for lower, strength in enumerate(row)
                    if lower != upper
                }
                for upper, row in enumerate(paths)
            },
        },
    )
    seats = options.seats_for(votes) if isinstance(votes, Papers) else options.seats or 1
    return make_outcome(votes, sheet, options, seats)

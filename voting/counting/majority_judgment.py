"""Majority judgment: the candidate with the best middle grade wins.

Source: M. Balinski and R. Laraki, "Majority Judgment" (2011). ``lower`` takes the lower of two
middle grades, as they do; ``upper`` the better one, as the Belenios programs do. Candidates with
equal middle grades lose one paper of that grade each and are compared again, and so on.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import lcm

from voting.counting.options import Options
from voting.counting.ranking_outcome import Sheet, make_outcome
from voting.counting.tabulation import CountingError, Grades, Outcome
from voting.counting.words import phrase

RULE, VERSION = "majority-judgment", "median removal"


def middle(counts: Sequence[int], *, upper: bool) -> int:
    """The middle grade of *counts* (worst first), the better one of two with *upper*.

    ValueError when there is no grade at all.
    """
    total = sum(counts)
    if not total:
        raise ValueError("there is no grade")
    wanted = total // 2 + 1 if upper else (total + 1) // 2
    return bisect_left(list(accumulate(counts)), wanted)


def compare_keys(tallies: Sequence[Sequence[int]], *, upper: bool) -> list[tuple[int, ...]]:
    """For each tally a key: the greater, the better. All tallies have equally many grades.

    Removing one middle paper after the other visits the sorted papers from the middle outwards, to
    both sides in turn. The key holds the grades met at each distance where any of them changes, so
    that it has as many entries as there are grades, however many papers there are.
    """
    total = sum(tallies[0])
    start = total // 2 if upper else (total - 1) // 2
    sides = (-1, 1) if (total % 2 == 0) == upper else (1, -1)
    edges = [list(accumulate(tally)) for tally in tallies]
    distances = {1}
    for cuts in edges:
        distances.update(cut - start if cut > start else start - cut + 1 for cut in cuts)
    places = [start] + [start + side * distance for distance in sorted(distances) for side in sides]
    return [
        tuple(bisect_right(cuts, place) for place in places if 0 <= place < total) for cuts in edges
    ]


def level_tallies(grades: Grades, missing: str | None) -> tuple[tuple[int, ...], ...]:
    """Tallies that all have the same number of grades, as *missing* says (else as the file says).

    CountingError when they differ and nothing is said, or when it cannot be done.
    """
    how, default = _parse_missing(grades, missing)
    totals = [sum(tally) for tally in grades.tallies]
    wanted = max([*totals, grades.participants or 0])
    if not wanted:
        raise CountingError("There is no grade to count.")
    if all(total == wanted for total in totals):
        return grades.tallies
    if how == "refuse":
        at = next(at for at, total in enumerate(totals) if total != wanted)
        raise CountingError(
            f"{grades.candidates[at]} has {totals[at]:,} of {wanted:,} grades. Say how to count "
            "the missing ones: --missing static:GRADE, median or normalised."
        )
    if how == "normalised":
        return _normalise(grades)
    return tuple(
        _complete(tally, wanted, default if how == "static" else None, name)
        for tally, name in zip(grades.tallies, grades.candidates, strict=True)
    )


def _parse_missing(grades: Grades, missing: str | None) -> tuple[str, int]:
    how, default = (grades.missing, grades.default) if missing is None else (missing, 0)
    kind, _, grade = how.partition(":")
    if kind == "static" and grade:
        if not grade.isdecimal():
            raise CountingError("The grade of --missing static:GRADE is a number, 0 for the worst.")
        default = int(grade)
    if kind not in ("refuse", "static", "median", "normalised"):
        raise CountingError("Missing grades are: refuse, static:GRADE, median or normalised.")
    if kind == "static" and default >= len(grades.tallies[0]):
        raise CountingError(f"There is no grade {default} to give for missing ones.")
    return kind, default


def _complete(
    tally: tuple[int, ...], wanted: int, default: int | None, name: str
) -> tuple[int, ...]:
    counts = list(tally)
    if default is None:
        if not sum(counts):
            raise CountingError(f"{name} has no grade, so that there is no middle grade to give.")
        default = middle(counts, upper=False)
    counts[default] += wanted - sum(counts)
    return tuple(counts)


def _normalise(grades: Grades) -> tuple[tuple[int, ...], ...]:
    totals = [sum(tally) for tally in grades.tallies]
    for total, name in zip(totals, grades.candidates, strict=True):
        if not total:
            raise CountingError(f"{name} has no grade at all.")
    common = lcm(*totals)
    return tuple(
        tuple(number * (common // total) for number in tally)
        for tally, total in zip(grades.tallies, totals, strict=True)
    )


def rank(tallies: Sequence[Sequence[int]], *, upper: bool) -> list[list[int]]:
    """Candidates in groups, best first; those in a group are equal to the last paper."""
    keys = compare_keys(tallies, upper=upper)
    return [
        [one for one, key in enumerate(keys) if key == best]
        for best in sorted(set(keys), reverse=True)
    ]


def count_majority_judgment(grades: Grades, options: Options) -> Outcome:
    """Count by majority judgment, ``options.middle`` lower or upper.

    Raises CountingError when candidates have different numbers of grades and nothing says how to
    count the missing ones, and when there are no grades.
    """
    if options.middle not in ("lower", "upper"):
        raise CountingError("The middle grade is the lower or the upper one.")
    upper = options.middle == "upper"
    tallies = level_tallies(grades, options.missing)
    details = {
        name: {"grades": list(tally), "middle": middle(tally, upper=upper)}
        for name, tally in zip(grades.candidates, tallies, strict=True)
    }
    sheet = Sheet(
        RULE,
        VERSION,
        {"middle": options.middle, "missing": options.missing or grades.missing},
        rank(tallies, upper=upper),
        grades.participants or sum(tallies[0]),
        grades.blank,
        grades.spoiled,
        phrase("Candidates are compared by their middle grades."),
        details={"profiles": details, "grades": "worst first, 0 is the worst"},
    )
    return make_outcome(grades, sheet, options, options.seats or 1)
